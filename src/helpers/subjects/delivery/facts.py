"""Facts about deliveries: what was promised, what came in time and in full, what waits at the month end.

Judged is a line of an order with a promised day (of several the first): in time and in full where all of it was shipped
by that day. An order with lines taken back under its own number (cancelled or changed) is not judged and waits for
nothing: what of it was still wanted nobody says. An order whose deliveries do not each name one of its lines is judged
as a whole.
"""

# Ibis columns are not pandas': there `notnull` is the name.

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.engine.as_of import MONEY
from helpers.engine.fact import Fact, company_only, own_customers, own_owner
from helpers.engine.facts import Facts

_LINES = {
    "customer_id": "string", "order_id": "string", "line_no": "string", "product_id": "string", "order_date": "date",
    "ordered_quantity": MONEY, "ordered_amount": MONEY, "promised": "date", "in_time_quantity": MONEY,
    "shipped_quantity": MONEY, "open_amount": MONEY,
}  # fmt: skip
_MONTHS = {
    "customer_id": "string", "month": "date", "judged": "int64", "failed": "int64", "booked_amount": MONEY,
    "shipped_amount": MONEY,
}  # fmt: skip
_COUNTS = {
    "judged": "int64", "in_full": "int64", "judged_before": "int64", "in_full_before": "int64",
    "waiting_lines": "int64", "waiting_amount": MONEY, "open_amount": MONEY, "longest_days": "int64",
}  # fmt: skip


def _shipped(deliveries: ir.Table, month_end: dt.date) -> ir.Table:
    """Return the deliveries as known at the month end."""
    later = (deliveries.shipped_date > ibis.date(month_end)).fill_null(False)
    return deliveries.mutate(shipped=later.ifelse(ibis.null("date"), deliveries.shipped_date))


def _with_lines(deliveries: ir.Table, lines: ir.Table) -> ir.Table:
    """Add ``line_key``: the line of orders whose deliveries each name a line that the order has once, else NULL."""
    known = lines.semi_join(deliveries, "order_id").group_by("order_id", "line_no").agg(times=ibis._.count())
    known = known.select("times", of_order="order_id", of_line="line_no")
    named = deliveries.left_join(
        known, [deliveries.order_id == known.of_order, deliveries.line_no == known.of_line]
    )
    names_one = (named.times == 1).fill_null(False).ifelse(1, 0)
    by_line = names_one.min().over(group_by=named.order_id) == 1
    return named.mutate(line_key=by_line.ifelse(named.line_no, ibis.null("string")))


def delivery_lines(
    deliveries: ir.Table | None, lines: ir.Table, order_days: ir.Table, month_end: dt.date, *, by_line: bool
) -> ir.Table:
    """Return what became of each line, or of each order (see the module), that the deliveries name.

    Parameters
    ----------
    lines, order_days
        The order lines up to the month end, and the fact.
    by_line
        Whether deliveries and order lines have line numbers.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, order_id, line_no and product_id (NULL: the whole order), order_date, ordered_quantity,
        ordered_amount, promised (NULL: nothing promised), in_time_quantity (shipped by then), shipped_quantity (by the
        month end, no more than ordered), open_amount (of what is not shipped).
    """
    if deliveries is None:
        return ibis.memtable([], schema=ibis.schema(_LINES))
    rows, nothing = _shipped(deliveries, month_end), ibis.null(MONEY)
    rows = _with_lines(rows, lines) if by_line else rows.mutate(line_key=ibis.null("string"))
    keys = ["order_id", "line_key"]
    rows = rows.mutate(promised=rows.promised_date.min().over(group_by=keys))
    sent = rows.group_by(sent_order="order_id", line_key="line_key").agg(
        promised=rows.promised.min(),
        in_time_quantity=(rows.shipped <= rows.promised).ifelse(rows.quantity, nothing).sum(),
        sent_quantity=rows.shipped.notnull().ifelse(rows.quantity, nothing).sum(),
    )
    changed = order_days.filter(
        order_days.returns_amount.notnull() & (order_days.gross_amount > 0).fill_null(True)
    )
    kept = lines.anti_join(changed, "order_id")
    kept = kept.filter((kept.quantity > 0) & kept.customer_id.notnull())
    # What is sent without a line is the whole order.
    its = sent.line_key.isnull() | (sent.line_key == kept.line_no) if by_line else True
    both = kept.inner_join(sent, [kept.order_id == sent.sent_order, its])
    found = both.group_by(keys).agg(
        customer_id=both.customer_id.min(),
        line_no=both.line_key.min(),
        product_id=both.line_key.notnull().ifelse(both.product_id, ibis.null("string")).min(),
        order_date=both.order_date.min(),
        ordered_quantity=both.quantity.sum().cast(MONEY),
        ordered_amount=both.net_amount.sum().cast(MONEY),
        promised=both.promised.min(),
        in_time_quantity=both.in_time_quantity.min(),
        sent_quantity=both.sent_quantity.min(),
    )
    shipped = ibis.least(found.sent_quantity.fill_null(0).cast(MONEY), found.ordered_quantity)
    left = (found.ordered_quantity - shipped).cast("float64") / found.ordered_quantity.cast("float64")
    found = found.mutate(
        in_time_quantity=found.in_time_quantity.fill_null(0).cast(MONEY),
        shipped_quantity=shipped,
        open_amount=(found.ordered_amount.cast("float64") * left).round(4).cast(MONEY),
    )
    return found.select(*_LINES).cast(_LINES)


def _counts(
    rows: ir.Table, month_end: dt.date, first_day: dt.date, first_before: dt.date
) -> dict[str, ir.Value]:
    """Count judged lines of the window and of the one a year before, and what waits past its day.

    A line promised on the last day is judged by that day, and past it from the next one on, as an invoice is.
    """
    end, first = ibis.date(month_end), ibis.date(first_day)
    last_before = ibis.date(_year_before(month_end))
    recent = rows.promised.between(first, end)
    before = rows.promised.between(ibis.date(first_before), last_before)
    kept = rows.in_time_quantity >= rows.ordered_quantity
    waits = (rows.promised < end) & (rows.shipped_quantity < rows.ordered_quantity)
    nothing = ibis.null(MONEY)
    return {
        "judged": recent.ifelse(1, 0).sum(), "in_full": (recent & kept).ifelse(1, 0).sum(),
        "judged_before": before.ifelse(1, 0).sum(), "in_full_before": (before & kept).ifelse(1, 0).sum(),
        "waiting_lines": waits.ifelse(1, 0).sum(),
        "waiting_amount": waits.ifelse(rows.open_amount, nothing).sum().fill_null(0),
        "open_amount": rows.open_amount.sum().fill_null(0),
        "longest_days": waits.ifelse(end.delta(rows.promised, unit="day"), ibis.null("int64")).max(),
    }  # fmt: skip


def _year_before(day: dt.date) -> dt.date:
    """The last day of the same month a year before."""
    return day.replace(day=1, year=day.year - 1 + day.month // 12, month=day.month % 12 + 1) - dt.timedelta(1)


def delivery_months(rows: ir.Table, deliveries: ir.Table | None, month_end: dt.date) -> ir.Table:
    """Return by customer and month what was judged and failed (by the promised day), booked and shipped.

    ``shipped_amount`` is the part of the line's amount that its shipped quantity is of the ordered one.
    """
    if deliveries is None:
        return ibis.memtable([], schema=ibis.schema(_MONTHS))
    none, count = ibis.literal(0).cast(MONEY), ibis.literal(0, "int64")
    sent = _shipped(deliveries, month_end)
    sent = sent.filter(sent.shipped.notnull())
    of = rows.select("customer_id", "ordered_quantity", "ordered_amount", of_order="order_id",
                     of_line=rows.line_no.fill_null(""))  # fmt: skip
    # A row without a line is the whole order.
    its = (of.of_line == "") | (of.of_line == sent.line_no)
    sent = sent.inner_join(of, [sent.order_id == of.of_order, its])
    part = sent.quantity.cast("float64") / sent.ordered_quantity.cast("float64")
    amount = (sent.ordered_amount.cast("float64") * part).round(4).cast(MONEY)
    due = rows.filter(rows.promised <= ibis.date(month_end))
    failed = (due.in_time_quantity < due.ordered_quantity).ifelse(ibis.literal(1, "int64"), count)

    def month(day: ir.Value) -> ir.Value:
        return day.truncate("M").cast("date")

    parts = [
        due.select("customer_id", month=month(due.promised), judged=ibis.literal(1, "int64"), failed=failed,
                   booked_amount=none, shipped_amount=none),
        rows.select("customer_id", month=month(rows.order_date), judged=count, failed=count,
                    booked_amount="ordered_amount", shipped_amount=none),
        sent.select("customer_id", month=month(sent.shipped), judged=count, failed=count, booked_amount=none,
                    shipped_amount=amount),
    ]  # fmt: skip
    both = parts[0].union(*parts[1:])
    keys = ["customer_id", "month"]
    sums = both.group_by(keys).agg(**{name: both[name].sum() for name in list(_MONTHS)[2:]})
    return sums.select(*_MONTHS).cast(_MONTHS).order_by(keys)


def _of_customers(f: Facts) -> ir.Table:
    rows = f.table("delivery_lines")
    schema = {"customer_id": "string", **_COUNTS}
    sums = rows.group_by("customer_id").agg(**_counts(rows, f.month_end, f.window()[0], f.window(12)[0]))
    return sums.select(*schema).cast(schema).order_by("customer_id")


def _of_products(f: Facts) -> ir.Table:
    schema = {"product_id": "string", "salesperson_id": "string", "team": "string", **_COUNTS}
    owners = f.table("customers").select("salesperson_id", "team", owned_id="customer_id")
    rows = f.table("delivery_lines")
    rows = rows.filter(rows.product_id.notnull()).left_join(owners, rows.customer_id == owners.owned_id)
    keys = ["product_id", "salesperson_id", "team"]
    sums = rows.group_by(keys).agg(**_counts(rows, f.month_end, f.window()[0], f.window(12)[0]))
    return sums.select(*schema).cast(schema).order_by(keys)


def _coverage(f: Facts) -> ir.Table:
    """Count the window's lines of goods that the deliveries do not name, and those of orders that were changed."""
    schema = {"lines": "int64", "named": "int64"}
    if (deliveries := f.optional("deliveries")) is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    lines = f.lines.filter((f.lines.order_date >= ibis.date(f.window()[0])) & (f.lines.quantity > 0))
    named = lines.semi_join(deliveries.select("order_id").distinct(), "order_id").agg(named=ibis._.count())
    return lines.agg(lines=ibis._.count()).cross_join(named).select(*schema).cast(schema)


def _by_line(f: Facts) -> bool:
    return f.tables.has("deliveries", "line_no") and f.tables.has("order_lines", "line_no")


FACTS: dict[str, Fact] = {
    "delivery_lines": Fact(
        lambda f: delivery_lines(
            f.optional("deliveries"), f.lines, f.table("order_days"), f.month_end, by_line=_by_line(f)
        ),
        order=("order_id", "line_no"),
        scoped=own_customers,
    ),
    "delivery_customers": Fact(
        _of_customers, order=("customer_id",), scoped=own_customers, written_in_order=True
    ),
    "delivery_products": Fact(_of_products, order=("product_id", "salesperson_id", "team"), scoped=own_owner),
    "delivery_months": Fact(
        lambda f: delivery_months(f.table("delivery_lines"), f.optional("deliveries"), f.month_end),
        order=("customer_id", "month"),
        scoped=own_customers,
        written_in_order=True,
    ),
    "delivery_coverage": Fact(_coverage, order=("lines",), scoped=company_only),
}
