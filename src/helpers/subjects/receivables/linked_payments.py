"""Payments with the invoices that they settle: what all facts about money owed need, joined once for all of them.

An invoice that is due in parts (``instalment``) has a row for each. A payment that names a part settles that first.
What else is paid for the invoice, and what is paid over a part that was named, settles its parts in the order of their
due dates; so a payment is here as many rows as there are parts of which it pays something. What a
refund takes back is taken from the part that it names, or from the one settled last, and what is paid over the invoice
stands on its last part. How much of a part is settled follows from what was paid by then, so nothing that is paid later
changes it; a part named after others' money had settled it leaves that money to the parts after it.
"""

# Ibis columns, not pandas: `notnull` is Ibis' name.

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.engine.as_of import MONEY
from helpers.engine.fact import Fact, by_customer

SCHEMA = {
    "payment_date": "date", "amount": MONEY, "customer_id": "string", "payer_id": "string", "invoice_id": "string",
    "item_id": "string", "invoice_date": "date", "due_date": "date", "turn": "date", "names_invoice": "boolean",
}  # fmt: skip
#: Parts in another currency are converted one by one: what they are short of the whole by that is below this.
_ROUNDED = 0.001


def bills(invoices: ir.Table, until: dt.date) -> ir.Table:
    """Return the invoices up to a day, one row for each part.

    Returns
    -------
    ibis.expr.types.Table
        Their columns; item_id (the invoice's number, and the part's place where it has parts) and turn (the day by
        which money on the customer's account comes to it: the invoice's own; of a later part the day on which the part
        before it is due).
    """
    known = invoices.filter(invoices.invoice_date <= ibis.date(until))
    unsplit = known.filter(known.instalment.isnull())
    unsplit = unsplit.mutate(item_id=unsplit.invoice_id, turn=unsplit.invoice_date)
    return unsplit.union(_parts(known).select(*unsplit.columns))


def _parts(known: ir.Table) -> ir.Table:
    """Return the parts of invoices as in `bills`, with ``place`` by due date and ``size``, 0 or more."""
    parts = known.filter(known.instalment.notnull())
    nothing = ibis.literal(0).cast(MONEY)
    parts = parts.mutate(size=ibis.greatest(parts.amount, nothing).cast(MONEY))
    order = {"group_by": parts.invoice_id, "order_by": [parts.due_date, parts.instalment]}
    place = ibis.row_number().over(ibis.window(**order))
    due_before = parts.due_date.lag().over(ibis.window(**order)).fill_null(parts.invoice_date)
    return parts.mutate(
        place=place,
        is_last=parts.due_date.lead().over(ibis.window(**order)).isnull(),
        item_id=parts.invoice_id + "\x1f" + place.cast("string").lpad(4, "0"),
        turn=ibis.greatest(parts.invoice_date, due_before),
    )


def linked_payments(invoices: ir.Table | None, payments: ir.Table | None, until: dt.date) -> ir.Table:
    """Return the payments up to a day, joined with the invoices up to that day which they name.

    Parameters
    ----------
    invoices, payments
        Standard tables; there are no rows where one of them is not supplied.

    Returns
    -------
    ibis.expr.types.Table
        payment_date, amount (of a payment that names a known invoice what it takes off it: at the rate at which the
        invoice stands, so that what rates have moved since is in no balance; of one in parts what it takes off the
        part), customer_id (of the invoice; where none is known, of the payment), payer_id (of the payment), invoice_id,
        item_id, invoice_date, due_date, turn (as `bills` has them; NULL: it names no invoice that is known by then),
        names_invoice (whether it names one at all).
    """
    if invoices is None or payments is None:
        return ibis.memtable([], schema=ibis.schema(SCHEMA))
    known = invoices.filter(invoices.invoice_date <= ibis.date(until))
    unsplit = known.filter(known.instalment.isnull())
    owed = unsplit.select("invoice_date", "due_date", known_id="invoice_id", owed_by="customer_id")
    paid = payments.filter(payments.payment_date <= ibis.date(until))
    parts = _parts(known)
    joined = paid.anti_join(parts, "invoice_id").left_join(owed, ibis._.invoice_id == owed.known_id)
    settled = ibis.coalesce(joined.settled_amount, joined.amount)
    linked = joined.select(
        "payment_date", amount=joined.known_id.notnull().ifelse(settled, joined.amount),
        customer_id=ibis.coalesce(joined.owed_by, joined.customer_id),
        payer_id="customer_id", invoice_id="known_id", item_id="known_id", invoice_date="invoice_date",
        due_date="due_date", turn="invoice_date", names_invoice=joined.invoice_id.notnull(),
    ).cast(SCHEMA)  # fmt: skip
    return linked.union(_of_parts(paid, parts).select(*SCHEMA).cast(SCHEMA))


def _of_parts(paid: ir.Table, parts: ir.Table) -> ir.Table:
    """Spread payments of invoices in parts over these: what all up to one settle, less what those before it do."""
    paid = paid.semi_join(parts, "invoice_id")
    paid = paid.select(
        "payment_date", payer_id="customer_id", paid_id="invoice_id", names="instalment",
        amount=ibis.coalesce(paid.settled_amount, paid.amount),
    )  # fmt: skip
    in_order = ibis.window(
        group_by=paid.paid_id, order_by=[paid.payment_date, paid.amount, paid.payer_id, paid.names]
    )
    paid = paid.mutate(number=ibis.row_number().over(in_order))
    instalments = parts.select(
        "customer_id", "invoice_id", "item_id", "invoice_date", "due_date", "turn", "place", "size", "is_last",
        part="instalment", slack=parts.currency.isnull().ifelse(0.0, _ROUNDED),
    )  # fmt: skip
    pairs = paid.inner_join(instalments, paid.paid_id == instalments.invoice_id)
    nothing = ibis.literal(0).cast(MONEY)
    so_far = ibis.cumulative_window(group_by=[pairs.invoice_id, pairs.place], order_by=pairs.number)
    of_it = (pairs.names == pairs.part).fill_null(False).ifelse(pairs.amount, nothing)
    pairs = pairs.mutate(paid_until=pairs.amount.sum().over(so_far), named=of_it.sum().over(so_far))
    named = ibis.least(ibis.greatest(pairs.named, nothing), pairs["size"])
    named = ((pairs.named - pairs["size"]).abs() <= pairs.slack).ifelse(pairs["size"], named).cast(MONEY)
    pairs = pairs.mutate(named=named, size=(pairs["size"] - named).cast(MONEY))
    # Of one payment all parts: what is left of those before, and what is paid that no part takes as its own.
    at_once, before = (
        window(group_by=[pairs.invoice_id, pairs.number], **order)
        for window, order in ((ibis.window, {}), (ibis.cumulative_window, {"order_by": pairs.place}))
    )
    pairs = pairs.mutate(
        left=(
            pairs.paid_until
            - pairs.named.sum().over(at_once)
            - pairs["size"].sum().over(before)
            + pairs["size"]
        )
    )
    pairs = pairs.mutate(settled=(pairs.named + _settled(pairs)).cast(MONEY))
    earlier = pairs.settled.lag().over(
        ibis.window(group_by=[pairs.invoice_id, pairs.place], order_by=pairs.number)
    )
    pairs = pairs.mutate(amount=(pairs.settled - earlier.fill_null(0)).cast(MONEY), names_invoice=True)
    return pairs.filter(pairs.amount != 0)


def _settled(pairs: ir.Table) -> ir.Value:
    """Return what of the rest of a part (``size``) is settled by what is ``left`` once those before have theirs."""
    nothing, left, size = ibis.literal(0).cast(MONEY), pairs.left, pairs["size"]
    found = (pairs.place == 0).ifelse(left, ibis.greatest(left, nothing))
    found = pairs.is_last.ifelse(found, ibis.least(found, size))
    found = ((pairs.place > 0) & (left.abs() <= pairs.slack)).ifelse(nothing, found)
    return ((left - size).abs() <= pairs.slack).ifelse(size, found)


FACTS: dict[str, Fact] = {
    "linked_payments": Fact(
        lambda f: linked_payments(f.optional("invoices"), f.optional("payments"), f.year.last_day(f.month)),
        order=("payment_date", "payer_id", "invoice_id", "amount", "item_id"),
        scoped=by_customer,
    )
}
