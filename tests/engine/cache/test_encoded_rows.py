"""Rows by number are the fact's rows, whichever way they are fetched, and columns asked for later stand beside them."""

import pandas as pd
import pytest
from builders import line

from helpers.core.scope import COMPANY
from helpers.engine.cache import encoded_rows
from helpers.engine.cache.encoded_rows import EncodedRows
from helpers.engine.store import FactStore

LINES = [
    line(customer, f"2026-{month:02}-0{day}", 10 * month + day)
    for customer in "cabd"
    for month in range(3, 11)
    for day in range(1, 1 + month % 4)
]
CUSTOMERS = [
    {"customer_id": name, "name": name.upper(), "trade_class": "Chains", "salesperson_id": f"S{number % 2}"}
    for number, name in enumerate("abcdz")
]


@pytest.fixture
def facts(facts_of) -> FactStore:
    return facts_of("2026-10", order_lines=LINES, customers=CUSTOMERS)


@pytest.fixture(params=["at once", "by ranges of customers", "in any order"])
def way(request, monkeypatch) -> str:
    """Fetch as with few customers, or as with more than fit into memory at once."""
    if request.param != "at once":
        monkeypatch.setattr(encoded_rows, "_CUSTOMERS_AT_ONCE", 2)
    if request.param == "in any order":
        monkeypatch.setattr(EncodedRows, "_stand_in_order", False)
    return request.param


def rows_of(facts: FactStore, scope=COMPANY) -> EncodedRows:
    return EncodedRows(
        facts, "customer_months", scope, pd.Index(facts.frame("customers", scope)["customer_id"])
    )


def as_told(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with texts and dates again, in the order of customers and months."""
    told = rows.astype({"customer_id": "str", "month": "datetime64[us]"})
    told = told.astype(dict.fromkeys(told.columns.difference(["customer_id", "month"]), "float64"))
    return told.sort_values(["customer_id", "month"]).reset_index(drop=True)


@pytest.mark.parametrize("whose", ["company", "salesperson:S1"])
def test_rows_by_number_are_the_rows_of_the_fact(facts, way, whose):
    scope = facts.scope(whose)
    names = ["net_amount", "purchase_days"]
    found = rows_of(facts, scope).columns(*names)
    expected = facts.frame("customer_months", scope)[["customer_id", "month", *names]]
    pd.testing.assert_frame_equal(as_told(found), as_told(expected))
    assert list(found["customer_id"].cat.categories) == list(facts.frame("customers", scope)["customer_id"])


def test_a_column_that_is_asked_for_later_stands_beside_the_right_rows(facts, way):
    rows = rows_of(facts)
    rows.columns("net_amount")
    both = rows.columns("net_amount", "orders")
    expected = facts.frame("customer_months")[["customer_id", "month", "net_amount", "orders"]]
    pd.testing.assert_frame_equal(as_told(both), as_told(expected))


def test_rows_that_name_no_customer_are_there_too(facts_of, way):
    facts = facts_of(
        "2026-10",
        order_lines=LINES,
        customers=CUSTOMERS,
        invoices=[
            {
                "invoice_id": "1",
                "customer_id": "a",
                "invoice_date": "2026-08-01",
                "due_date": "2026-09-01",
                "amount": 7,
            },
            {
                "invoice_id": "2",
                "customer_id": None,
                "invoice_date": "2026-08-01",
                "due_date": "2026-09-01",
                "amount": 5,
            },
        ],
    )
    whose = pd.Index(facts.frame("customers")["customer_id"])
    found = EncodedRows(facts, "receivable_months", COMPANY, whose).columns("invoiced_amount")
    assert found["invoiced_amount"].sum() == facts.frame("receivable_months")["invoiced_amount"].sum() == 12
    assert found.loc[found["customer_id"].isna(), "invoiced_amount"].tolist() == [5]


def test_a_fact_without_a_row_has_none_by_number_either(facts, way):
    whose = pd.Index(facts.frame("customers")["customer_id"])
    found = EncodedRows(facts, "contact_months", COMPANY, whose).columns("contacts", "last_visit")
    assert len(found) == 0
    assert list(found) == ["customer_id", "month", "contacts", "last_visit"]
