"""Who started buying, in a month that is not over: windows end on the day that it has reached."""

from __future__ import annotations

from books import book_on
from builders import line

from helpers.settings.config import Settings

SETTINGS = Settings(periods={"complete_until": "2026-10-20"})
LINES = [
    *(line("usual", f"{year}-{month:02}-15", 100) for year in (2024, 2025, 2026) for month in range(1, 11)),
    line("september", "2026-09-25", 70),
    line("a year ago", "2025-10-25", 50), line("a year ago", "2026-03-01", 50),
    line("back", "2024-02-01", 40), line("back", "2025-10-30", 40), line("back", "2026-04-01", 40),
    line("twice", "2025-10-02", 30), line("twice", "2025-10-25", 30), line("twice", "2026-05-01", 90),
]  # fmt: skip


def test_a_first_purchase_after_the_day_on_which_the_earlier_window_ends_is_a_start(facts_of):
    known = [{"customer_id": who} for who in ("usual", "september", "a year ago", "back", "twice")]
    facts = facts_of("2026-10", SETTINGS, order_lines=LINES, customers=known)
    book = book_on(facts, currency="EUR")
    assert str(book.until) == "2026-10-20"
    month, year = (
        book.bridge(against=against).customers.set_index("customer_id")["movement"].to_dict()
        for against in ("last_month", "last_year")
    )
    # The 12 months to 20 September 2026 hold nothing of who first bought on the 25th.
    assert month["september"] == year["september"] == "new"
    assert year["a year ago"] == "new"
    assert year["back"] == "reactivated"  # after 19 full months without a purchase
    assert year["twice"] == "growing"  # from the 30 of 2 October to 90
