"""A month that is not over is held against the same days of earlier years, whatever is counted."""

from __future__ import annotations

import pytest
from books import book_on
from builders import line

from helpers.settings.config import Settings

UP_TO_THE_20TH = Settings(periods={"complete_until": "2026-10-20", "history_months": 25})
LINES = [
    line("frequent", "2023-01-15", 1), line("large", "2023-01-15", 1),
    # A year ago: two purchases up to the 20th, one on the 20th, two after it.
    line("frequent", "2025-10-03", 10), line("frequent", "2025-10-20", 10),
    line("frequent", "2025-10-21", 10), line("frequent", "2025-10-31", 10),
    line("frequent", "2026-10-05", 10),
    line("large", "2025-10-08", 60), line("large", "2025-10-30", 900), line("large", "2026-10-01", 30),
    line("large", "2024-10-08", 80), line("large", "2024-10-30", 900), line("frequent", "2024-10-01", 20),
]  # fmt: skip


@pytest.fixture(params=["company", "salesperson:S1"])
def book(facts_of, request):
    people = [{"customer_id": who, "salesperson_id": "S1"} for who in ("frequent", "large")]
    facts = facts_of("2026-10", UP_TO_THE_20TH, order_lines=LINES, customers=people)
    return book_on(facts, request.param, currency="EUR")


def test_purchase_days_of_the_year_before_end_on_the_day_reached(book):
    found = book.behaviour().customers.set_index("customer_id")
    assert found["frequency"].to_dict() == {"frequent": 1, "large": 1}
    assert found["frequency_previous"].to_dict() == {"frequent": 2, "large": 1}
    assert found.loc["frequent", "frequency_change"] == pytest.approx(-0.5)  # by whole months from 4


def test_concentration_a_year_ago_ends_on_the_day_reached(book):
    history = book.concentration().history.set_index("month")
    # By whole months the largest of 2025 had 960 of 1,000, that of 2024 980 of 1,000.
    assert history.loc["2025-10-01", "top_1_share"] == pytest.approx(60 / 80)
    assert history.loc["2024-10-01", "top_1_share"] == pytest.approx(80 / 100)
    assert history.loc["2026-10-01", "top_1_share"] == book.concentration().measures["top_1_share"]
