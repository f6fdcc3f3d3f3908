"""Facts about deliveries: lines promised, on time and in full, and waiting at the month end.

A line is judged if it has a promised day (the first one counts): on time and in full if all of it was shipped by that
day. Orders with cancelled or changed lines under their own number are not judged and do not wait, since nobody knows
what was still wanted. An order whose deliveries do not each name one of its lines is judged as a whole.
"""

# Ibis columns, not pandas: `notnull` is Ibis' name.

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.periods import trailing
from helpers.engine.as_of import MONEY, month_of
from helpers.engine.fact import Fact, by_customer, by_owner, company_only
from helpers.engine.facts import Facts

_LINES = {
    "customer_id": "string", "order_id": "string", "line_no": "string", "product_id": "string", "order_date": "date",
    "ordered_quantity": MONEY, "ordered_amount": MONEY, "promised": "date", "in_time_quantity": MONEY,
    "shipped_quantity": MONEY, "open_amount": MONEY, "sent_quantity": MONEY, "sent_times": "int64",
    "sent_month": "date",
}  # fmt: skip
_SENT = {
    "promised": "date", "in_time_quantity": MONEY, "sent_quantity": MONEY, "sent_times": "int64", "sent_month": "date",
}  # fmt: skip
_OF_LINES = ("customer_id", "order_id", "line_no", "product_id", "order_date", "quantity", "net_amount")
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


def shipments(
    deliveries: ir.Table | None, month_end: dt.date, months: FiscalPeriods | None, keys: Sequence[str]
) -> ir.Table:
    """Return the shipments of each line that deliveries name, or of each order if ``keys`` name no line.

    ``month_end``: the last day of the report's month, in the company's ``months``.

    Returns
    -------
    ibis.expr.types.Table
        The keys; promised (the first promise; NULL: nothing promised), in_time_quantity (shipped by then),
        sent_quantity (by the month end), sent_times (in so many deliveries), sent_month (DATE, the first of them).
    """
    if deliveries is None:
        return ibis.memtable([], schema=ibis.schema({**dict.fromkeys(keys, "string"), **_SENT}))
    rows = _shipped(deliveries, month_end).select(*keys, "promised_date", "shipped", "quantity")
    none = ibis.literal(0).cast(MONEY)

    def in_time(rows: ir.Table, promise: str) -> ir.Value:
        return (rows.shipped <= rows[promise]).ifelse(rows.quantity, none).sum()

    sent = rows.group_by(list(keys)).agg(
        promised=rows.promised_date.min(),
        last_promised=rows.promised_date.max(),
        not_promised=rows.promised_date.isnull().ifelse(1, 0).max(),
        in_time_quantity=in_time(rows, "promised_date"),
        sent_quantity=rows.shipped.notnull().ifelse(rows.quantity, none).sum().fill_null(0),
        sent_times=rows.shipped.count(),
        sent_month=month_of(rows.shipped.min(), months),
    )
    # Of what was promised for one day each row tells itself what came by then; of the rest the first promise does.
    moved = sent.filter((sent.last_promised > sent.promised) | (sent.not_promised == 1))
    moved = moved.filter(moved.promised.notnull()).select(
        promise="promised", **{f"of_{key}": key for key in keys}
    )
    again = rows.inner_join(moved, [rows[key].identical_to(moved[f"of_{key}"]) for key in keys])
    again = again.group_by(**{f"of_{key}": key for key in keys}).agg(in_time_then=in_time(again, "promise"))
    sent = sent.left_join(again, [sent[key].identical_to(again[f"of_{key}"]) for key in keys])
    sent = sent.mutate(in_time_quantity=ibis.coalesce(sent.in_time_then, sent.in_time_quantity, none))
    return sent.select(*keys, *_SENT).cast({**dict.fromkeys(keys, "string"), **_SENT})


def orders_sent_whole(of_lines: ir.Table, lines: ir.Table) -> ir.Table:
    """Return order_id of orders that have a shipment not matched to exactly one of their lines."""
    times = lines.group_by(of_order="order_id", of_line="line_no").agg(times=ibis._.count())
    named = of_lines.left_join(
        times, [of_lines.order_id == times.of_order, of_lines.line_no == times.of_line]
    )
    return named.filter(~(named.times == 1).fill_null(False)).select("order_id").distinct()


def delivery_lines(
    deliveries: ir.Table | None,
    lines: ir.Table,
    order_days: ir.Table,
    of_lines: ir.Table | None,
    whole_orders: ir.Table,
    month_end: dt.date,
    months: FiscalPeriods | None,
) -> ir.Table:
    """Return deliveries by line, or by order (see the module).

    Parameters
    ----------
    lines, order_days
        The order lines up to the month end, and the fact.
    of_lines
        `shipments` by line; None if deliveries or order lines have no line numbers.
    whole_orders
        `orders_sent_whole`.
    month_end, months
        As for `shipments`.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, order_id, line_no and product_id (NULL: the whole order), order_date, ordered_quantity,
        ordered_amount, promised (NULL: nothing promised), in_time_quantity (shipped by then), shipped_quantity (by the
        month end, no more than ordered), open_amount (of what is not shipped); sent_quantity, sent_times and sent_month
        of `shipments`.
    """
    if deliveries is None:
        return ibis.memtable([], schema=ibis.schema(_LINES))
    changed = order_days.filter(
        order_days.returns_amount.notnull() & (order_days.gross_amount > 0).fill_null(True)
    )

    def kept(lines: ir.Table) -> ir.Table:
        goods = lines.select(*_OF_LINES)
        goods = goods.filter((goods.quantity > 0) & goods.customer_id.notnull())
        return goods.anti_join(changed.select("order_id"), "order_id")

    if of_lines is None:
        return _as_lines(_whole_orders(deliveries, kept(lines), month_end, months))
    # Nearly all orders are judged by line, each of which one row of either table tells of: nothing is added up.
    sent = of_lines.anti_join(whole_orders, "order_id")
    sent = sent.select(*_SENT, sent_order="order_id", sent_line="line_no")
    goods = kept(lines)
    by_line = goods.inner_join(sent, [goods.order_id == sent.sent_order, goods.line_no == sent.sent_line])
    by_line = by_line.rename(ordered_quantity="quantity", ordered_amount="net_amount")
    # A view: read twice, lines would be held in memory.
    few = kept(lines.view().semi_join(whole_orders, "order_id"))
    orders = _whole_orders(deliveries.semi_join(whole_orders, "order_id"), few, month_end, months)
    columns = [name for name in _LINES if name not in ("shipped_quantity", "open_amount")]
    return _as_lines(by_line.select(columns).union(orders.select(columns)))


def _whole_orders(
    deliveries: ir.Table, kept: ir.Table, month_end: dt.date, months: FiscalPeriods | None
) -> ir.Table:
    """Match shipments of an order with everything ordered in it."""
    sent = shipments(deliveries, month_end, months, ["order_id"]).rename(sent_order="order_id")
    ordered = kept.group_by("order_id").agg(
        customer_id=kept.customer_id.min(),
        order_date=kept.order_date.min(),
        ordered_quantity=kept.quantity.sum().cast(MONEY),
        ordered_amount=kept.net_amount.sum().cast(MONEY),
    )
    both = ordered.inner_join(sent, ordered.order_id == sent.sent_order)
    return both.mutate(line_no=ibis.null("string"), product_id=ibis.null("string"))


def _as_lines(found: ir.Table) -> ir.Table:
    shipped = ibis.least(found.sent_quantity, found.ordered_quantity)
    left = _part(found, found.ordered_quantity - shipped)
    found = found.mutate(shipped_quantity=shipped, open_amount=left)
    return found.select(*_LINES).cast(_LINES)


def _counts(rows: ir.Table, f: Facts) -> dict[str, ir.Value]:
    """Count judged lines of this window and the one a year earlier, and lines waiting past their day.

    A line promised on the last day is judged by that day, and is past due from the next day on, as for invoices.
    """
    year, window = f.year, trailing(f.month, f.settings.periods.window_months)
    end = ibis.date(year.last_day(f.month))
    recent, before = (
        rows.promised.between(ibis.date(year.first_day(span.first)), ibis.date(year.last_day(span.last)))
        for span in (window, window.year_back())
    )
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


def _part(sent: ir.Table, quantity: ir.Value) -> ir.Value:
    """Return the part of the ordered amount that a quantity is of the ordered quantity.

    Nearly always this is all or nothing, without floats. Floats are rounded to eight decimals first, as engines round a
    half of the fourth decimal differently.
    """
    part = quantity.cast("float64") / sent.ordered_quantity.cast("float64")
    divided = (sent.ordered_amount.cast("float64") * part).cast("decimal(28, 8)").cast(MONEY)
    return ibis.cases(
        (quantity == sent.ordered_quantity, sent.ordered_amount),
        (quantity == 0, ibis.literal(0).cast(MONEY)),
        else_=divided,
    )


def delivery_months(
    rows: ir.Table, deliveries: ir.Table | None, month_end: dt.date, months: FiscalPeriods | None
) -> ir.Table:
    """Return judged, late, booked and shipped sums by customer and month.

    ``shipped_amount`` is the part of the line's amount that its shipped quantity is of the ordered one.
    """
    if deliveries is None:
        return ibis.memtable([], schema=ibis.schema(_MONTHS))
    zero = {name: ibis.literal(0).cast(kind) for name, kind in list(_MONTHS.items())[2:]}
    one, due = ibis.literal(1, "int64"), (rows.promised <= ibis.date(month_end)).fill_null(False)
    one_shipment = rows.sent_times == 1  # most lines are sent in one delivery, of which their row says all
    marked = rows.select(
        "customer_id", ordered_in=month_of(rows.order_date, None),
        due_in=due.ifelse(month_of(rows.promised, months), ibis.null("date")),
        sent_in=one_shipment.ifelse(rows.sent_month, ibis.null("date")),
        judged=due.ifelse(one, zero["judged"]),
        failed=(due & (rows.in_time_quantity < rows.ordered_quantity)).ifelse(one, zero["failed"]),
        booked_amount="ordered_amount",
        shipped_amount=one_shipment.ifelse(_part(rows, rows.sent_quantity), zero["shipped_amount"]),
    )  # fmt: skip
    # First by all three months at once: one look at the lines, of which an order's have the same.
    keys = ["customer_id", "ordered_in", "due_in", "sent_in"]
    sums = marked.group_by(keys).agg(**{name: marked[name].sum().cast(_MONTHS[name]) for name in zero})
    several = rows.filter(rows.sent_times > 1).select(
        "customer_id", "line_no", "ordered_quantity", "ordered_amount", of_order="order_id"
    )
    sent = _shipped(deliveries, month_end)
    sent = sent.filter(sent.shipped.notnull()).select("order_id", "shipped", "quantity", sent_line="line_no")
    # Few of the deliveries, and looked for by their order alone: both joins below read what is found.
    sent = sent.semi_join(several.select(order_id="of_order"), "order_id").view()
    by_line = sent.inner_join(several, [sent.order_id == several.of_order, sent.sent_line == several.line_no])
    whole_orders = several.filter(several.line_no.isnull())
    whole_orders = sent.inner_join(whole_orders, sent.order_id == whole_orders.of_order)

    of_month = {
        "ordered_in": ["booked_amount"],
        "due_in": ["judged", "failed"],
        "sent_in": ["shipped_amount"],
    }
    parts = [
        sums.select("customer_id", month=month, **(zero | {name: sums[name] for name in names}))
        for month, names in of_month.items()
    ]
    for each in (by_line, whole_orders):
        amount = {"shipped_amount": _part(each, each.quantity)}
        parts.append(each.select("customer_id", month=month_of(each.shipped, months), **(zero | amount)))
    both = ibis.union(*parts)
    both = both.filter(both.month.notnull())
    keys = ["customer_id", "month"]
    sums = both.group_by(keys).agg(**{name: both[name].sum() for name in zero})
    return sums.select(*_MONTHS).cast(_MONTHS).order_by(keys)


def _of_customers(f: Facts) -> ir.Table:
    schema = {"customer_id": "string", **_COUNTS}
    rows = f.table("delivery_lines")
    sums = rows.group_by("customer_id").agg(**_counts(rows, f))
    return sums.select(*schema).cast(schema).order_by("customer_id")


def _of_products(f: Facts) -> ir.Table:
    schema = {"product_id": "string", "salesperson_id": "string", "team": "string", **_COUNTS}
    owners = f.table("customers").select("salesperson_id", "team", owned_id="customer_id")
    rows = f.table("delivery_lines")
    rows = rows.filter(rows.product_id.notnull()).left_join(owners, rows.customer_id == owners.owned_id)
    keys = ["product_id", "salesperson_id", "team"]
    sums = rows.group_by(keys).agg(**_counts(rows, f))
    return sums.select(*schema).cast(schema).order_by(keys)


def _coverage(f: Facts) -> ir.Table:
    """Count the window's lines of goods without deliveries, and those of changed orders."""
    schema = {"lines": "int64", "named": "int64"}
    if (deliveries := f.optional("deliveries")) is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    days = f.table("order_days").filter(ibis._.month >= ibis.date(f.window()[0]))
    days = days.select("order_id", "goods_lines")
    named = days.semi_join(deliveries.select("order_id"), "order_id")
    lines, named = (
        rows.agg(**{name: rows.goods_lines.sum().fill_null(0)})
        for name, rows in (("lines", days), ("named", named))
    )
    return lines.cross_join(named).select(*schema).cast(schema)


def _sent_whole(f: Facts) -> ir.Table:
    if not _by_line(f):
        return ibis.memtable([], schema=ibis.schema({"order_id": "string"}))
    return orders_sent_whole(f.table("shipments"), f.lines)


def _by_line(f: Facts) -> bool:
    return f.tables.has("deliveries", "line_no") and f.tables.has("order_lines", "line_no")


FACTS: dict[str, Fact] = {
    "shipments": Fact(
        lambda f: shipments(
            f.optional("deliveries") if _by_line(f) else None,
            f.year.last_day(f.month),
            f.year.months,
            ["order_id", "line_no"],
        ),
        order=("order_id", "line_no"),
        scoped=company_only,
    ),
    "orders_sent_whole": Fact(_sent_whole, order=("order_id",), scoped=company_only),
    "delivery_lines": Fact(
        lambda f: delivery_lines(
            f.optional("deliveries"),
            f.lines,
            f.table("order_days"),
            f.table("shipments") if _by_line(f) else None,
            f.table("orders_sent_whole"),
            f.year.last_day(f.month),
            f.year.months,
        ),
        order=("order_id", "line_no"),
        scoped=by_customer,
    ),
    "delivery_customers": Fact(
        _of_customers,
        order=("customer_id",),
        scoped=by_customer,
        is_ordered=True,
        empty_without="delivery_lines",
    ),
    "delivery_products": Fact(
        _of_products,
        order=("product_id", "salesperson_id", "team"),
        scoped=by_owner,
        empty_without="delivery_lines",
    ),
    "delivery_months": Fact(
        lambda f: delivery_months(
            f.table("delivery_lines"), f.optional("deliveries"), f.year.last_day(f.month), f.year.months
        ),
        order=("customer_id", "month"),
        scoped=by_customer,
        is_ordered=True,
    ),
    "delivery_coverage": Fact(_coverage, order=("lines",), scoped=company_only),
}
