"""Lifetime value through the book: the fact it rests on, and what a salesperson's book knows."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from books import book_on
from builders import line

from helpers.subjects.value import contribution_views

LINES = [
    line(
        who,
        f"2025-{month:02d}-{3 + month + number:02d}",
        100 * (number + 1),
        cost_amount=str(60 * (number + 1)),
    )
    for number, who in enumerate(("a", "b", "c", "d"))
    for month in range(1, 13)
]
LINES += [line("a", "2026-10-01", 100, cost_amount="60"), line("a", "2026-10-11", 100, cost_amount="60")]
PEOPLE = [
    {"customer_id": who, "salesperson_id": "S1" if who in "ab" else "S2", "name": who.upper()}
    for who in "abcd"
]


@pytest.fixture
def book_of(facts_of):
    given = {"order_lines": LINES, "customers": PEOPLE}
    return lambda scope="company", month="2026-10", **supplied: book_on(
        facts_of(month, **(given | supplied)), scope, currency="EUR"
    )


def test_months_of_purchases_hold_what_rebuilds_any_month_end(book_of):
    frame = book_of().frame("purchase_months").set_index(["customer_id", "month"])
    october = frame.loc[("a", pd.Timestamp("2026-10-01"))]
    assert october["purchase_days"] == 2
    assert (october["first_purchase"], october["last_purchase"]) == (
        pd.Timestamp("2026-10-01"),
        pd.Timestamp("2026-10-11"),
    )
    # The gap since 15 December 2025 ends in October 2026 too: 290 days.
    assert october["sum_log_gaps"] == pytest.approx(math.log(290) + math.log(10))


@pytest.mark.slow
def test_a_salespersons_customers_are_worth_what_they_are_worth_to_the_company(book_of):
    company, own = book_of().lifetime(), book_of("salesperson:S1").lifetime()
    assert set(own.customers["customer_id"]) == {"a", "b"}
    whole = company.customers.set_index("customer_id")["value_amount"]
    assert own.customers.set_index("customer_id")["value_amount"].to_dict() == whole[["a", "b"]].to_dict()
    assert company.by_margin and company.horizon_years == 3


@pytest.mark.slow
def test_orders_of_the_next_month_change_nothing(book_of):
    later = [*LINES, line("b", "2026-11-02", 9_999, cost_amount="1")]
    before, after = book_of().lifetime(), book_of(order_lines=later).lifetime()
    pd.testing.assert_frame_equal(before.customers, after.customers)
    pd.testing.assert_frame_equal(before.equity, after.equity)


@pytest.mark.slow
def test_what_eight_months_of_data_charged_is_not_taken_for_that_of_a_year(book_of):
    costs = [
        {"date": f"2025-{month:02d}-20", "customer_id": "a", "kind": "freight", "amount": 5}
        for month in range(1, 13)
    ]
    book = book_of(month="2025-08", costs=costs)
    value = book.lifetime()
    left = book.lifetime_left(value)
    assert left.window_months == 8
    # 40 of 800 in eight months are 60 of 1,200 a year.
    of_a, expected = (each.customers.set_index("customer_id").loc["a"] for each in (left, value))
    assert expected["sales_1"] > 0
    rate = 60 / max(1200.0, expected["sales_1"])
    assert of_a["charged_amount"] == pytest.approx(rate * expected[f"sales_{value.horizon_years}"])
    assert left.partly == ()
    some = book_of(month="2025-08", costs=costs[:5])
    (kind, first, last) = some.lifetime_left(some.lifetime()).partly[0]
    assert (kind, f"{first}", f"{last}") == ("freight", "2025-01", "2025-05")
    said = contribution_views.remaining(value, some.lifetime_left(value), some.numbers)[0].sentences
    assert said[2] == (
        "Freight: the table has January 2025 to May 2025; nothing is counted of the other months."
    )


@pytest.mark.slow
def test_a_customers_tier_beside_its_value_is_the_one_in_its_class(book_of):
    # The year's sales are 400 of a and of b, 600 of c, 800 of d: 82 % are reached before b over all, half in its class.
    classes = {"a": "Shops", "b": "Shops", "c": "DIY", "d": "DIY"}
    book = book_of(customers=[{**each, "trade_class": classes[each["customer_id"]]} for each in PEOPLE])
    worth = book.lifetime()
    assert worth.customers.set_index("customer_id")["tier"].to_dict() == dict.fromkeys("abcd", "A")
    assert worth.groups["tier"][["group", "customers"]].to_numpy().tolist() == [["A", 4]]
