"""Open invoices at all past month ends, in one pass over invoices and payments.

An invoice's own payments change its rest in a few months only, so each invoice is first turned into spans of months
with a constant rest. Each month end then looks up its spans, without summing anew.
"""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.engine.as_of import MONEY, month_of
from helpers.engine.fact import Fact, by_customer

# Ibis columns, not pandas: `notnull` is Ibis' name.


_LINKED = {
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
        return ibis.memtable([], schema=ibis.schema(_LINKED))
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
    ).cast(_LINKED)  # fmt: skip
    return linked.union(_of_parts(paid, parts).select(*_LINKED).cast(_LINKED))


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


# Ibis columns, not pandas: `notnull` is Ibis' name.


SCHEMA = {"month": "date", "item_id": "string", "customer_id": "string", "open_amount": MONEY,
          "days_late": "int64"}  # fmt: skip
_ITEM = ("item_id", "customer_id", "turn", "due_date")


def open_history(
    invoices: ir.Table | None,
    paid: ir.Table,
    month_ends: Sequence[dt.date],
    months: FiscalPeriods | None = None,
) -> ir.Table:
    """Return every invoice, or part of one, open at these month ends, as known then.

    The rules are those of `helpers.subjects.receivables.facts.open_items`, whose rows for each of the month ends
    these are.

    Parameters
    ----------
    paid
        `linked_payments` as of the last of the month ends.
    month_ends
        Last days of months, in any order; they need not follow each other.

    Returns
    -------
    ibis.expr.types.Table
        month (DATE, first day of the month that ends then), item_id (as `bills` gives it), customer_id, open_amount
        (above 0), days_late.
    """
    if invoices is None or not month_ends:
        return ibis.memtable([], schema=ibis.schema(SCHEMA))
    known_as = [
        months.month_with(end).to_timestamp().date() if months else end.replace(day=1) for end in month_ends
    ]
    first, last = min(known_as), max(month_ends)
    steps = ibis.memtable(
        {"month": known_as, "month_end": list(month_ends), "step": [_months(first, each) for each in known_as]},
        schema=ibis.schema({"month": "date", "month_end": "date", "step": "int64"}),
    )  # fmt: skip
    end = _months(first, max(known_as)) + 1

    def step(day: ir.DateValue) -> ir.Value:
        return _step(month_of(day, months), first)

    items = bills(invoices, last)
    items = items.select(*_ITEM, "amount", since=step(items.invoice_date))
    paid = paid.filter(paid.payment_date <= ibis.date(last))
    since = paid.item_id.isnull().ifelse(ibis.null("int64"), step(paid.invoice_date))
    paid = paid.select(*_ITEM, "amount", payer="payer_id", at=step(paid.payment_date), since=since)
    stretches = _stretches(items, paid, end)
    return _open_at(stretches, _credits(paid, stretches, end), steps)


def _months(first: dt.date, day: dt.date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def _step(day: ir.Value, first: dt.date) -> ir.Value:
    """Return the number of months from the first month end to the first month end after a day; 0 or more."""
    months = day.year() * 12 + day.month() - (first.year * 12 + first.month)
    return ibis.greatest(months.cast("int64"), 0)


def _stretches(items: ir.Table, paid: ir.Table, end: int) -> ir.Table:
    """Return spans of steps with an invoice's constant ``rest`` (amount less own payments); never 0."""
    own = paid.filter(paid.item_id.notnull())
    own = own.mutate(start=ibis.greatest(own["at"], own.since))
    later = own.start > 0
    nothing = ibis.literal(0).cast(MONEY)
    # Columns in place of conditions of the sums, which cost more where there are as many groups as rows.
    split = own.select(
        "item_id",
        first_amount=later.ifelse(nothing, own.amount), changed_by=later.ifelse(own.amount, nothing),
        later_start=own.start.nullif(0),
    )  # fmt: skip
    sums = split.group_by(paid_item="item_id").agg(
        first_amount=split.first_amount.sum(),
        changed_by=split.changed_by.sum(),
        changed_at=split.later_start.min(),
        last_changed_at=split.later_start.max(),
    )
    begun = items.left_join(sums, items.item_id == sums.paid_item)
    begun = begun.select(
        *_ITEM, "since", "changed_by", "changed_at", "last_changed_at",
        rest=(begun.amount - begun.first_amount.fill_null(0)).cast(MONEY),
    )  # fmt: skip
    several = begun.changed_at < begun.last_changed_at
    # Most invoices change once or never: before and after are written down without putting anything in order.
    simple = begun.filter(~several.fill_null(False))
    before = simple.select(
        *_ITEM, start="since", rest="rest", until=simple.changed_at.fill_null(ibis.literal(end, "int64"))
    )
    changed = simple.filter(simple.changed_at.notnull())
    after = changed.select(
        *_ITEM, start="changed_at", rest=(changed.rest - changed.changed_by).cast(MONEY),
        until=ibis.literal(end, "int64"),
    )  # fmt: skip
    calm = before.union(after)
    # An invoice's changes follow its beginning; of two in one month the first is over as soon as it begins.
    restless = begun.filter(several)
    changes = own.filter(later).semi_join(restless, "item_id")
    rows = restless.select(*_ITEM, "rest", start="since").union(
        changes.select(*_ITEM, rest=(-changes.amount).cast(MONEY), start="start")
    )
    in_order = ibis.window(group_by=rows.item_id, order_by=rows.start)
    until_here = ibis.cumulative_window(group_by=rows.item_id, order_by=rows.start)
    changing = rows.mutate(
        rest=rows.rest.sum().over(until_here).cast(MONEY),
        until=rows.start.lead().over(in_order).fill_null(end),
    )
    stretches = calm.union(changing.select(*calm.columns))
    return stretches.filter((stretches.rest != 0) & (stretches.start < stretches.until))


def _credits(paid: ir.Table, stretches: ir.Table, end: int) -> ir.Table:
    """Return spans of steps with a customer's credit on account.

    That is money paid without an invoice or before its invoice was recorded, and overpayments.
    """
    early = paid.filter(paid.since.isnull() | (paid["at"] < paid.since))
    account = early.select(
        customer_id="payer", start="at", until=early.since.fill_null(end), credit_amount="amount"
    )
    over = stretches.filter(stretches.rest < 0)
    over = over.select("customer_id", "start", "until", credit_amount=(-over.rest).cast(MONEY))
    return account.union(over)


def _at(stretches: ir.Table, steps: ir.Table) -> ir.Table:
    """Repeat each span for the steps in it."""
    pairs = stretches.cross_join(steps)
    return pairs.filter((pairs.start <= pairs.step) & (pairs.step < pairs.until))


def _open_at(stretches: ir.Table, credits: ir.Table, steps: ir.Table) -> ir.Table:
    """Settle invoices from a customer's credit, oldest first, at each step; the rows are those of `SCHEMA`."""
    spells = _at(credits, steps)
    sums = spells.group_by(credit_of="customer_id", credit_step="step").agg(
        credit_amount=spells.credit_amount.sum().cast(MONEY)
    )
    rows = _at(stretches.filter(stretches.rest > 0), steps)
    rows = rows.left_join(sums, [rows.customer_id == sums.credit_of, rows.step == sums.credit_step])
    has_credit = (rows.credit_amount > 0).fill_null(False)
    owed = rows.filter(~has_credit).mutate(open_amount=rows.rest)
    # Only where there is credit have a customer's invoices to be put in order.
    some = rows.filter(has_credit)
    oldest_first = ibis.cumulative_window(
        group_by=[some.customer_id, some.step], order_by=[some.turn, some.item_id]
    )
    uncovered = (some.rest.sum().over(oldest_first) - some.credit_amount).cast(MONEY)
    some = some.mutate(open_amount=ibis.least(some.rest, uncovered))
    some = some.filter(some.open_amount > 0)
    both = owed.select(*owed.columns).union(some.select(*owed.columns))
    return both.mutate(days_late=both.month_end.delta(both.due_date, unit="day")).select(*SCHEMA).cast(SCHEMA)
