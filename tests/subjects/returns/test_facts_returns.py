"""What came back, as of a month end: goods, on their own day, from the order lines alone."""

import pandas as pd
import pytest
from builders import line

from helpers.core.calendar.period_names import parse_period
from helpers.settings.config import Settings

PEOPLE = [{"customer_id": each, "salesperson_id": f"S{each}"} for each in ("a", "b")]


def sold(customer, date, net, quantity, order, product="p", no="1"):
    return line(customer, date, net, order, quantity=quantity, product_id=product, line_no=no)


LINES = [
    sold("a", "2026-09-01", 100, 10, "A1"), sold("a", "2026-09-01", 50, 5, "A1", "q", "2"),
    sold("a", "2026-10-02", -20, -2, "R1"),  # goods back on a credit note
    sold("a", "2026-10-05", -7, 0, "R2"),  # money back, no goods
    sold("b", "2026-10-06", 30, 3, "B1"), sold("b", "2026-10-08", -30, -3, "B1", no="2"),  # cancelled in full
    sold("b", "2026-10-09", 40, 4, "B2"), sold("b", "2026-11-03", -10, -1, "R3"),  # back after the month
]  # fmt: skip


@pytest.fixture
def facts(facts_of):
    return lambda month="2026-10", **more: facts_of(month, order_lines=LINES, customers=PEOPLE, **more)


def test_a_return_takes_goods_back_and_a_cancelled_order_is_neither_sold_nor_returned(facts):
    rows = facts().frame("customer_returns").set_index("customer_id")
    assert rows.loc["a", ["sold_orders", "sold_amount", "returned_orders", "returned_amount"]].tolist() == [
        1,
        150,
        1,
        20,
    ]
    assert rows.loc["a", "credit_amount"] == 7
    assert rows.loc["b", ["sold_orders", "sold_amount", "returned_orders"]].tolist() == [1, 40, 0]


def test_a_year_of_thirteen_periods_has_its_returns_too(facts_of):
    """P10 of 2026 is 13 September to 10 October; the window begins with P11 of 2025, a year of 53 weeks: 5 October."""
    before = [sold("a", day, 1, 1, day) for day in ("2025-10-04", "2025-10-05")]
    facts = facts_of(
        parse_period("2026-P10"),
        Settings(periods={"pattern": "13x4"}),
        order_lines=[*LINES, *before],
        customers=PEOPLE,
    )
    rows = facts.frame("customer_returns").set_index("customer_id")
    assert rows.loc["a", ["sold_orders", "sold_amount", "returned_orders", "returned_amount"]].tolist() == [
        2, 100 + 50 + 1, 1, 20,
    ]  # fmt: skip


def test_what_came_back_later_is_in_no_earlier_month(facts):
    later = facts("2026-11").frame("customer_returns").set_index("customer_id")
    assert later.loc["b", "returned_amount"] == 10


def test_products_are_counted_by_who_owns_the_customers(facts):
    rows = facts().frame("product_returns").set_index(["product_id", "salesperson_id"])
    assert rows.loc[("p", "Sa"), ["sold_quantity", "returned_quantity"]].tolist() == [10, 2]
    assert rows.loc[("p", "Sb"), "returned_orders"] == 0


def test_the_company_counts_an_order_once_whoever_owns_the_customers_of_its_lines(facts_of):
    shared = [sold("a", "2026-09-02", 10, 1, "A1"), sold("b", "2026-09-02", 20, 2, "A1", no="2")]
    facts = facts_of("2026-10", order_lines=[*shared, *LINES[2:4]], customers=PEOPLE)
    company = facts.frame("company_product_returns").set_index("product_id")
    by_owner = facts.frame("product_returns").groupby("product_id").sum(numeric_only=True)
    assert company.loc["p", "sold_orders"] == 1
    assert by_owner.loc["p", "sold_orders"] == 2
    pd.testing.assert_frame_equal(
        company.drop(columns="sold_orders"), by_owner.drop(columns="sold_orders"), check_dtype=False
    )


def test_the_reason_of_a_line_goes_before_that_of_its_document_and_never_adds_an_amount(facts):
    reasons = [
        {"order_id": "R1", "reason": "damaged"}, {"order_id": "R1", "line_no": "1", "reason": "defect"},
        {"order_id": "R1", "line_no": "9", "reason": "other"},
    ]  # fmt: skip
    rows = facts(return_reasons=reasons).frame("return_rows")
    assert rows[["reason", "orders", "amount"]].to_numpy().tolist() == [["defect", 1, 20]]


def test_a_reason_recorded_later_is_not_known_yet(facts):
    reasons = [{"order_id": "R1", "reason": "damaged", "recorded_on": "2026-11-02"}]
    assert facts(return_reasons=reasons).frame("return_rows")["reason"].isna().all()
    assert facts("2026-11", return_reasons=reasons).frame("return_rows")["reason"].dropna().tolist() == [
        "damaged"
    ]
