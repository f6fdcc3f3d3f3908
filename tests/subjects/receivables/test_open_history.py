"""What was open at past month ends, in one pass, is what the open items of each of those month ends say."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import ibis
import pandas as pd
import pytest

from helpers.engine.as_of import MONEY
from helpers.subjects.receivables.facts import open_items
from helpers.subjects.receivables.open_history import bills as items_of
from helpers.subjects.receivables.open_history import linked_payments, open_history

ENDS = [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31), dt.date(2026, 4, 30)]
INVOICE = {
    "invoice_id": "string", "instalment": "string", "customer_id": "string", "invoice_date": "date",
    "due_date": "date", "amount": MONEY, "currency": "string",
}  # fmt: skip
PAYMENT = {
    "payment_date": "date", "invoice_id": "string", "customer_id": "string", "amount": MONEY, "instalment": "string",
}  # fmt: skip
#: So many customers, each of whom owes and pays at random, and owes nobody else.
CUSTOMERS = 60


def rows(kinds, values):
    return ibis.memtable(
        pd.DataFrame(values, columns=list(kinds), dtype=object), schema=ibis.schema(kinds)
    ).cast(kinds)


def bills(values):
    return rows(INVOICE, [(f"i{place}", None, *value, None) for place, value in enumerate(values)])


def paid(values):
    return rows(PAYMENT, values).mutate(settled_amount=ibis.null(MONEY))


def told(engine, table):
    frame = engine.to_pyarrow(table.order_by(["month", "item_id"])).to_pylist()
    return [tuple(row.values()) for row in frame]


def linked(engine, invoices, payments, end):
    """The payments, written down as the fact of that name is."""
    return ibis.memtable(engine.to_pyarrow(linked_payments(invoices, payments, end)))


def one_by_one(engine, invoices, payments, ends):
    """The rows of `open_items` at each month end."""
    wanted = []
    for end in ends:
        items = open_items(invoices, linked(engine, invoices, payments, end), end)
        keys = items_of(invoices, end).select("item_id", "invoice_id", part="instalment")
        items = items.filter(items.open_amount > 0).mutate(month=ibis.date(end.replace(day=1)))
        items = items.inner_join(
            keys, [items.invoice_id == keys.invoice_id, items.instalment.identical_to(keys.part)]
        )
        wanted += told(engine, items.select("month", "item_id", "customer_id", "open_amount", "days_late"))
    return wanted


def drawn(draw):
    """Invoices, some of them in parts, and payments of them, of others' and on account; whole tens, refunds too."""

    def day():
        return dt.date(2025, 11, 1) + dt.timedelta(draw.randrange(181))

    def tens():
        return Decimal(10 * draw.randrange(-4, 13))  # so that payments often settle an invoice to the penny

    invoices, payments = [], []
    for each in range(CUSTOMERS):
        numbers = [f"{each}-{place}" for place in range(draw.randrange(1, 6))]
        for number in numbers:
            date, due = day(), day()
            parts = draw.choice([0, 0, 1, 2, 3, 4])
            for part in range(max(parts, 1)):
                invoices.append((number, str(part) if parts else None, f"c{each}", date, due, tens(), None))
                due += dt.timedelta(draw.randrange(70))
        for _ in range(draw.randrange(9)):
            named = draw.choice([*numbers, *numbers, "unknown", None])
            part = draw.choice([None, "0", "1", "2"])  # of an invoice that is due as a whole, none is meant
            payments.append((day(), named, draw.choice([f"c{each}", None]), tens(), part))
    return rows(INVOICE, invoices), paid(payments)


@pytest.mark.slow
def test_each_month_end_has_the_open_items_of_its_own_report():
    engine = ibis.duckdb.connect()
    invoices, payments = drawn(random.Random(29))
    found = told(engine, open_history(invoices, linked(engine, invoices, payments, ENDS[-1]), ENDS))
    assert found == one_by_one(engine, invoices, payments, ENDS)
    assert sum("\x1f" in row[1] for row in found) > CUSTOMERS  # parts of invoices among them


def test_month_ends_can_be_asked_for_alone():
    engine = ibis.duckdb.connect()
    invoices = bills([("c1", ENDS[0], ENDS[0], Decimal(100)), ("c1", ENDS[1], ENDS[2], Decimal(50))])
    payments = paid([(ENDS[1], "i0", "c1", Decimal(60), None), (ENDS[3], None, "c1", Decimal(70), None)])
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
