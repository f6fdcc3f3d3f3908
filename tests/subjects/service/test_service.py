"""Complaint times, what follows complaints, visits due, conversion: small worlds with values found by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.subjects.contacts.prospects import converted_within
from helpers.subjects.contacts.visits import visits
from helpers.subjects.service.complaints import complaint_effect, time_until

MONTH = pd.Period("2026-06", "M")


def test_open_cases_lengthen_the_time_that_closed_ones_alone_would_show():
    closed = np.array([1.0, 2.0, 3.0])
    assert time_until(closed, np.array([]), 0.5) == 2
    # Kaplan-Meier by hand: 5/6, 4/6, then 3/6 still open after three days.
    assert time_until(closed, np.array([10.0, 10.0, 10.0]), 0.5) == 3
    assert np.isnan(time_until(closed, np.full(4, 10.0), 0.5))


def test_a_young_prospect_does_not_lower_the_conversion():
    done, old = np.array([30.0]), np.array([400.0])
    assert converted_within(done, old, 180) == pytest.approx(0.5)
    assert converted_within(done, np.array([400.0, 5.0]), 180) == pytest.approx(0.5)
    assert np.isnan(converted_within(done, np.array([5.0]), 180))


@pytest.mark.parametrize("after", [0.5, 1.0])
def test_halved_sales_after_a_complaint_are_found_and_unchanged_ones_are_not(after):
    months = pd.period_range("2025-01", MONTH, freq="M")
    ids = [f"c{number:03}" for number in range(200)]
    opened = pd.Period("2025-09", "M")
    complainers = set(ids[::5])
    rows = [
        (name, month.to_timestamp(), 100.0 * (after if name in complainers and month > opened else 1.0))
        for name in ids
        for month in months
    ]
    sales = pd.DataFrame(rows, columns=["customer_id", "month", "net_amount"])
    cases = pd.DataFrame({"customer_id": sorted(complainers), "opened_at": pd.Timestamp("2025-09-12 10:00")})
    effect = complaint_effect(cases, sales, MONTH, months[0])
    assert effect.change == pytest.approx(after - 1)
    assert effect.cases + effect.unmatched == len(complainers)


def test_too_few_complaints_tell_nothing():
    sales = pd.DataFrame({"customer_id": ["c1"], "month": [pd.Timestamp("2026-06-01")], "net_amount": [1.0]})
    cases = pd.DataFrame({"customer_id": ["c1"], "opened_at": [pd.Timestamp("2026-06-03")]})
    assert complaint_effect(cases, sales, MONTH, pd.Period("2025-01", "M")) is None


def test_who_was_last_visited_longer_ago_than_the_plan_is_overdue_and_largest_comes_first():
    ids = ["c1", "c2", "c3"]
    customers = pd.DataFrame({"customer_id": ids, "name": ids, "salesperson_name": "s"})
    tiered = pd.DataFrame({"customer_id": ids, "tier": ["A", "A", "B"], "amount": [10.0, 20.0, 5.0]})
    summary = pd.DataFrame({"customer_id": ids, "first_purchase": pd.Timestamp("2024-01-01")})
    last = pd.to_datetime(["2026-03-31", "2026-06-20"])
    contact = pd.DataFrame(
        {"customer_id": ids[:2], "month": last.to_period("M").to_timestamp(), "visits": 1, "last_visit": last}
    )
    result = visits(customers, tiered, summary, contact, MONTH, 12, {"A": 90, "B": 180, "C": 365})
    # c1: 31 March + 90 days = 29 June; c3 was never visited: since its first purchase; c2 is not due.
    assert list(result.due["customer_id"]) == ["c1", "c3"]
    assert result.due["overdue"].all()
    assert list(result.plan["made"]) == [2, 0, 0]
    assert result.plan["planned"].iloc[0] == pytest.approx(2 * 365 / 90)
