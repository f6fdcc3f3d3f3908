"""A period of thirteen is known by the number of a month that no day lies in: days are held against its own days."""

from __future__ import annotations

import pandas as pd
import pytest
from books import book_on
from builders import line

from helpers.core.calendar.period_names import parse_period
from helpers.settings.config import Settings

THIRTEEN = Settings(periods={"pattern": "13x4"})
#: P10 of 2026 ends on 10 October, P06 begins on 24 May.
LAST_DAY = pd.Timestamp("2026-10-10")


@pytest.fixture
def book_of(facts_of):
    return lambda **supplied: book_on(facts_of(parse_period("2026-P10"), THIRTEEN, **supplied))


@pytest.mark.slow
def test_who_was_visited_last_week_was_not_forgotten_and_who_was_not_since_may_was(book_of):
    days = [str(day.date()) for day in pd.date_range("2024-01-08", LAST_DAY, freq="28D")]
    lines = [line(customer, day, 100) for customer in "ab" for day in days]
    visited = {"a": days, "b": [day for day in days if day < "2026-06"]}
    visits = [
        {"customer_id": who, "date": day, "kind": "visit"} for who, own in visited.items() for day in own
    ]
    book = book_of(order_lines=lines, customers=[{"customer_id": who} for who in "ab"], interactions=visits)
    found = book.signals()
    assert "visits" not in set(found.of("a")["signal"])
    forgotten = found.of("b").set_index("signal").loc["visits"]
    since = {who: (LAST_DAY - pd.Timestamp(own[-1])).days for who, own in visited.items()}
    assert forgotten["value"] == since["b"]
    learnt = book.facts.frame("signal_panel").groupby("customer_id").last()
    assert learnt["days_since_visit"].to_dict() == since


def test_periods_count_by_the_class_that_was_on_record_at_their_end(book_of):
    lines = [line("a", "2024-01-08", 1), line("a", "2026-05-20", 30), line("a", "2026-06-20", 70)]
    lines.append(line("a", "2026-10-05", 5))
    records = [
        {"customer_id": "a", "trade_class": trade_class, "valid_from": day}
        for trade_class, day in (("Shops", "2020-01-01"), ("Chains", "2026-05-24"))
    ]
    then = book_of(order_lines=lines, customers=records).composition(grouping="then").groups
    assert dict(zip(then["group"], then["net_amount"], strict=True)) == {"Shops": 30, "Chains": 70 + 5}
