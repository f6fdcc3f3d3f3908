"""Payments with the invoices that they settle: what all facts about money owed need, joined once for all of them."""

# Ibis columns are not pandas': there `notnull` is the name.

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.engine.as_of import MONEY
from helpers.engine.fact import Fact, own_customers

SCHEMA = {
    "payment_date": "date", "amount": MONEY, "customer_id": "string", "payer_id": "string", "invoice_id": "string",
    "invoice_date": "date", "due_date": "date", "names_invoice": "boolean",
}  # fmt: skip


def linked_payments(invoices: ir.Table | None, payments: ir.Table | None, until: dt.date) -> ir.Table:
    """Return the payments up to a day with the invoices up to that day which they name.

    Parameters
    ----------
    invoices, payments
        Standard tables; there are no rows where one of them is not supplied.

    Returns
    -------
    ibis.expr.types.Table
        payment_date, amount (of a payment that names a known invoice what it takes off it: at the rate at which the
        invoice stands, so that what rates have moved since is in no balance), customer_id (of the invoice; where none
        is known, of the payment), payer_id (of the payment), invoice_id, invoice_date, due_date (NULL: it names no
        invoice that is known by then), names_invoice (whether it names one at all).
    """
    if invoices is None or payments is None:
        return ibis.memtable([], schema=ibis.schema(SCHEMA))
    known = invoices.filter(invoices.invoice_date <= ibis.date(until))
    owed = known.select("invoice_date", "due_date", known_id="invoice_id", owed_by="customer_id")
    paid = payments.filter(payments.payment_date <= ibis.date(until))
    joined = paid.left_join(owed, paid.invoice_id == owed.known_id)
    settled = ibis.coalesce(joined.settled_amount, joined.amount)
    return joined.select(
        "payment_date", amount=joined.known_id.notnull().ifelse(settled, joined.amount),
        customer_id=ibis.coalesce(joined.owed_by, joined.customer_id),
        payer_id="customer_id", invoice_id="known_id", invoice_date="invoice_date", due_date="due_date",
        names_invoice=joined.invoice_id.notnull(),
    )  # fmt: skip


FACTS: dict[str, Fact] = {
    "linked_payments": Fact(
        lambda f: linked_payments(f.optional("invoices"), f.optional("payments"), f.year.last_day(f.month)),
        order=("payment_date", "payer_id", "invoice_id", "amount"),
        scoped=own_customers,
    ),
}
