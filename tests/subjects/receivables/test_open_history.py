"""What was open at past month ends, in one pass, is what the open items of each of those month ends say."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.engine.as_of import MONEY
from helpers.subjects.receivables.facts import open_items
from helpers.subjects.receivables.linked_payments import linked_payments
from helpers.subjects.receivables.open_history import open_history

ENDS = [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31), dt.date(2026, 4, 30)]
INVOICE = {
    "invoice_id": "string", "customer_id": "string", "invoice_date": "date", "due_date": "date", "amount": MONEY,
}  # fmt: skip
PAYMENT = {"payment_date": "date", "invoice_id": "string", "customer_id": "string", "amount": MONEY}
CUSTOMERS = st.sampled_from(["c1", "c2"])
DAYS = st.dates(dt.date(2025, 11, 1), dt.date(2026, 4, 30))
#: Whole tens, so that payments often settle an invoice to the penny; below zero: credit notes and refunds.
MONEYS = st.integers(-4, 12).map(lambda tens: Decimal(10 * tens))
INVOICES = st.lists(st.tuples(CUSTOMERS, DAYS, DAYS, MONEYS), min_size=1, max_size=7)
NUMBERS = st.sampled_from(["i0", "i1", "i2", "i99", None])
PAYMENTS = st.lists(st.tuples(DAYS, NUMBERS, st.sampled_from(["c1", "c2", None]), MONEYS), max_size=9)


def rows(kinds, values):
    return ibis.memtable(
        pd.DataFrame(values, columns=list(kinds), dtype=object), schema=ibis.schema(kinds)
    ).cast(kinds)


def bills(values):
    return rows(INVOICE, [(f"i{place}", *value) for place, value in enumerate(values)])


def paid(values):
    return rows(PAYMENT, values).mutate(settled_amount=ibis.null(MONEY))


def told(engine, table):
    frame = engine.to_pyarrow(table.order_by(["month", "invoice_id"])).to_pylist()
    return [tuple(row.values()) for row in frame]


def one_by_one(engine, invoices, payments, ends):
    """The rows of `open_items` at each month end."""
    wanted = []
    for end in ends:
        items = open_items(invoices, linked_payments(invoices, payments, end), end)
        items = items.filter(items.open_amount > 0).mutate(month=ibis.date(end.replace(day=1)))
        wanted += told(engine, items.select("month", "invoice_id", "customer_id", "open_amount", "days_late"))
    return wanted


@settings(max_examples=25, deadline=None)
@given(INVOICES, PAYMENTS)
def test_each_month_end_has_the_open_items_of_its_own_report(invoices, payments):
    engine = ibis.duckdb.connect()
    given_invoices, given_payments = bills(invoices), paid(payments)
    found = told(
        engine, open_history(given_invoices, linked_payments(given_invoices, given_payments, ENDS[-1]), ENDS)
    )
    assert found == one_by_one(engine, given_invoices, given_payments, ENDS)


def test_month_ends_can_be_asked_for_alone():
    engine = ibis.duckdb.connect()
    invoices = bills([("c1", ENDS[0], ENDS[0], Decimal(100)), ("c1", ENDS[1], ENDS[2], Decimal(50))])
    payments = paid([(ENDS[1], "i0", "c1", Decimal(60)), (ENDS[3], None, "c1", Decimal(70))])
    some = [ENDS[0], ENDS[3]]
    found = told(engine, open_history(invoices, linked_payments(invoices, payments, max(some)), some))
    assert found == one_by_one(engine, invoices, payments, some)
    assert [(row[1], row[3]) for row in found] == [("i0", 100), ("i1", 20)]


def test_without_payments_everything_is_open():
    engine = ibis.duckdb.connect()
    invoices = bills([("c1", ENDS[0], ENDS[0], Decimal(100))])
    assert [
        row[3]
        for row in told(engine, open_history(invoices, linked_payments(invoices, None, ENDS[-1]), ENDS))
    ] == [100] * 4
