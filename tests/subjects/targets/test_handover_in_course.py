"""Sales before and since, by seller and by owner, in a month that is not over."""

from __future__ import annotations

import pytest
from books import book_on
from builders import line

from helpers.settings.config import Settings

PEOPLE = [
    {"customer_id": "kept", "salesperson_id": "S1", "valid_from": "2024-01-01"},
    {"customer_id": "moved", "salesperson_id": "S1", "valid_from": "2024-01-01"},
    {"customer_id": "moved", "salesperson_id": "S2", "valid_from": "2026-06-01"},
]


@pytest.mark.parametrize(("window_months", "then"), [(12, "2025-10"), (6, "2026-04")])
def test_sales_after_the_day_reached_do_not_count_as_a_fall_of_a_month_in_course(
    facts_of, window_months, then
):
    lines = [
        line("kept", "2023-01-01", 1, salesperson_id="S1"),
        line("kept", f"{then}-10", 100, salesperson_id="S1"),
        line("kept", f"{then}-25", 500, salesperson_id="S1"),
        line("kept", "2026-10-10", 120, salesperson_id="S1"),
        line("moved", f"{then}-12", 40, salesperson_id="S1"),
        line("moved", f"{then}-29", 900, salesperson_id="S1"),
        line("moved", "2026-10-12", 60, salesperson_id="S2"),
        line(None, f"{then}-05", 7, "till"), line(None, f"{then}-30", 70, "late till"),
    ]  # fmt: skip
    settings = Settings(periods={"complete_until": "2026-10-20", "window_months": window_months})
    facts = facts_of("2026-10", settings, order_lines=lines, customers=PEOPLE)
    for scope, before in (
        ("company", {"S1": 140.0, "S2": 0.0, None: 7.0}),
        ("salesperson:S1", {"S1": 140.0}),
    ):
        book = book_on(facts, scope, currency="EUR")
        found = book.handover()
        sold = found.sellers["sold_amount_previous"]
        sellers = [None if each != each else each for each in found.sellers["salesperson_id"]]
        assert dict(zip(sellers, sold, strict=True)) == before
        assert found.kept_change_percent == pytest.approx(20)  # from 100 to 120
    whole = found.sellers["net_amount_previous"].sum()
    assert whole == 100.0  # of S1's customers today
