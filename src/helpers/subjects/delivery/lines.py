"""Deliveries by the order line that they name, or by order, as of a month end.

Nearly every delivery is the only one that names its line: what is to be said of the line stands in the two rows. So the
tables are joined once for all months (`named_deliveries`), and only orders of which that is not true (`orders_apart`)
are looked into shipment by shipment.
"""

# Ibis columns, not pandas: `notnull` is Ibis' name.

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.engine.as_of import MONEY, month_of

#: The columns of `delivery_lines`.
LINES = {
    "customer_id": "string", "order_id": "string", "line_no": "string", "product_id": "string", "order_date": "date",
    "ordered_quantity": MONEY, "ordered_amount": MONEY, "promised": "date", "in_time_quantity": MONEY,
    "shipped_quantity": MONEY, "open_amount": MONEY, "sent_quantity": MONEY, "sent_times": "int64",
    "sent_month": "date",
}  # fmt: skip
_SENT = {
    "promised": "date", "in_time_quantity": MONEY, "sent_quantity": MONEY, "sent_times": "int64", "sent_month": "date",
}  # fmt: skip
DELIVERED = ("order_id", "line_no", "promised_date", "shipped_date", "quantity")
_OF_LINES = ("customer_id", "order_id", "line_no", "product_id", "order_date", "quantity", "net_amount")


def parted_lines(deliveries: ir.Table) -> ir.Table:
    """Return order_id and line_no of lines that several deliveries name, of all months."""
    times = deliveries.group_by(["order_id", "line_no"]).agg(times=ibis._.count())
    return times.filter(times.times > 1).select("order_id", "line_no")


def named_deliveries(deliveries: ir.Table, lines: ir.Table, parted: ir.Table) -> ir.Table:
    """Return each delivery beside each order line that it names, of all months.

    Returns
    -------
    ibis.expr.types.Table
        order_id, line_no, promised_date, shipped_date, quantity, recorded_on of the delivery; in_parts (one of
        `parted_lines`); order_date, customer_id, product_id, ordered_quantity and ordered_amount of the line (NULL: it
        names none); is_goods: whether the line is goods of a customer, which are judged.
    """
    line = lines.select(
        "customer_id", "product_id", "order_date", of_order="order_id", of_line="line_no",
        is_goods=(lines.quantity > 0) & lines.customer_id.notnull(),
        ordered_quantity="quantity", ordered_amount="net_amount",
    )  # fmt: skip
    parted = parted.select(parted_order="order_id", parted_line="line_no")
    sent = deliveries.left_join(
        parted, [deliveries.order_id == parted.parted_order, deliveries.line_no == parted.parted_line]
    )
    sent = sent.select(*DELIVERED, "recorded_on", in_parts=sent.parted_order.notnull())
    both = sent.left_join(line, [sent.order_id == line.of_order, sent.line_no == line.of_line])
    return both.drop("of_order", "of_line")


def unclear_orders(named: ir.Table, lines: ir.Table | None) -> ir.Table:
    """Return order_id of orders with a delivery that does not name one of their lines, of all months.

    Parameters
    ----------
    named
        `named_deliveries`.
    lines
        All order lines, if any two of an order have the same number.
    """
    lost = named.filter(named.order_date.isnull()).select("order_id")
    if lines is not None:
        times = lines.group_by(["order_id", "line_no"]).agg(times=ibis._.count())
        lost = lost.union(times.filter(times.times > 1).select("order_id"))
    return lost.distinct()


def orders_apart(named: ir.Table, unclear: ir.Table, order_days: ir.Table, month_end: dt.date) -> ir.Table:
    """Return the orders for which `named_deliveries` is not enough as of the month end.

    Returns
    -------
    ibis.expr.types.Table
        order_id; changed: True for orders with cancelled or changed lines, which are not judged; False for
        `unclear_orders` and orders with a delivered line dated after the month end. An order may have both rows.
    """
    later = named.filter(named.order_date > ibis.date(month_end)).select("order_id")
    return ibis.union(
        unclear.union(later).distinct().mutate(changed=False),
        changed_orders(order_days).mutate(changed=True),
    )


def changed_orders(order_days: ir.Table) -> ir.Table:
    """Return order_id of orders with cancelled or changed lines under their own number."""
    changed = order_days.returns_amount.notnull() & (order_days.gross_amount > 0).fill_null(True)
    return order_days.filter(changed).select("order_id").distinct()


def known_deliveries(named: ir.Table, apart: ir.Table, month_end: dt.date, known_until: dt.date) -> ir.Table:
    """Return the rows of `named_deliveries` that are known and judged, without those of `orders_apart`.

    Parameters
    ----------
    month_end, known_until
        The last day of the month for order lines, and for deliveries, which keep their own days.
    """
    rows = named.anti_join(apart, "order_id")
    rows = rows.filter(rows.is_goods & (rows.order_date <= ibis.date(month_end)))
    return rows.filter((rows.recorded_on <= ibis.date(known_until)).fill_null(True))


def single_lines(known: ir.Table, month_end: dt.date, months: FiscalPeriods | None) -> ir.Table:
    """Return the lines that one delivery names and no other, of `known_deliveries`: columns as of `delivery_lines`."""
    rows = as_shipped(known.filter(~known.in_parts), month_end)
    none = ibis.literal(0).cast(MONEY)
    return _as_lines(
        rows.mutate(
            promised=rows.promised_date,
            in_time_quantity=(rows.shipped <= rows.promised_date).ifelse(rows.quantity, none),
            sent_quantity=rows.shipped.notnull().ifelse(rows.quantity, none),
            sent_times=rows.shipped.notnull().ifelse(1, 0),
            sent_month=month_of(rows.shipped, months),
        )
    )


def lines_in_parts(known: ir.Table, month_end: dt.date, months: FiscalPeriods | None) -> ir.Table:
    """Return the same of the lines that several deliveries name."""
    rows = known.filter(known.in_parts)
    sent = shipments(rows, month_end, months, ["order_id", "line_no"])
    line = ["customer_id", "product_id", "order_date", "ordered_quantity", "ordered_amount"]
    of_line = rows.group_by(of_order="order_id", of_line="line_no").agg(
        **{name: rows[name].min() for name in line}
    )
    both = sent.inner_join(of_line, [sent.order_id == of_line.of_order, sent.line_no == of_line.of_line])
    return _as_lines(both)


def as_shipped(deliveries: ir.Table, month_end: dt.date) -> ir.Table:
    """Return deliveries with ``shipped``, the day as known at the month end."""
    later = (deliveries.shipped_date > ibis.date(month_end)).fill_null(False)
    return deliveries.mutate(shipped=later.ifelse(ibis.null("date"), deliveries.shipped_date))


def shipments(
    deliveries: ir.Table, month_end: dt.date, months: FiscalPeriods | None, keys: Sequence[str]
) -> ir.Table:
    """Return the shipments of each line that deliveries name, or of each order if ``keys`` name no line.

    ``month_end``: the last day of the report's month, in the company's ``months``.

    Returns
    -------
    ibis.expr.types.Table
        The keys; promised (the first promise; NULL: nothing promised), in_time_quantity (shipped by then),
        sent_quantity (by the month end), sent_times (in so many deliveries), sent_month (DATE, the first of them).
    """
    rows = as_shipped(deliveries, month_end).select(*keys, "promised_date", "shipped", "quantity")
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
    deliveries: ir.Table,
    lines: ir.Table,
    changed: ir.Table,
    month_end: dt.date,
    months: FiscalPeriods | None,
    *,
    by_line: bool,
) -> ir.Table:
    """Return deliveries by line, or by order (see the module), found shipment by shipment.

    Parameters
    ----------
    lines
        The order lines up to the month end.
    changed
        Orders that are not judged (order_id).
    month_end, months
        As for `shipments`.
    by_line
        Whether deliveries and order lines have line numbers.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, order_id, line_no and product_id (NULL: the whole order), order_date, ordered_quantity,
        ordered_amount, promised (NULL: nothing promised), in_time_quantity (shipped by then), shipped_quantity (by the
        month end, no more than ordered), open_amount (of what is not shipped); sent_quantity, sent_times and sent_month
        of `shipments`.
    """
    goods = lines.select(*_OF_LINES)
    goods = goods.filter((goods.quantity > 0) & goods.customer_id.notnull()).anti_join(changed, "order_id")
    if not by_line:
        return _as_lines(_whole_orders(deliveries, goods, month_end, months))
    of_lines = shipments(deliveries, month_end, months, ["order_id", "line_no"])
    whole_orders = orders_sent_whole(of_lines, lines)
    sent = of_lines.anti_join(whole_orders, "order_id")
    sent = sent.select(*_SENT, sent_order="order_id", sent_line="line_no")
    named = goods.inner_join(sent, [goods.order_id == sent.sent_order, goods.line_no == sent.sent_line])
    named = named.rename(ordered_quantity="quantity", ordered_amount="net_amount")
    few = goods.semi_join(whole_orders, "order_id")
    orders = _whole_orders(deliveries.semi_join(whole_orders, "order_id"), few, month_end, months)
    columns = [name for name in LINES if name not in ("shipped_quantity", "open_amount")]
    return _as_lines(named.select(columns).union(orders.select(columns)))


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
    left = part_of_amount(found, found.ordered_quantity - shipped)
    found = found.mutate(shipped_quantity=shipped, open_amount=left)
    return found.select(*LINES).cast(LINES)


def part_of_amount(sent: ir.Table, quantity: ir.Value) -> ir.Value:
    """Return the part of the ordered amount that a quantity is of the ordered quantity.

    Nearly always this is all or nothing, without floats. Floats are rounded to eight decimals first, as engines round a
    half of the fourth decimal differently; below a billion in 18 digits, as DuckDB takes thirty times as long for 28.
    """
    part = quantity.cast("float64") / sent.ordered_quantity.cast("float64")
    value = sent.ordered_amount.cast("float64") * part
    short, long = (value.cast(f"decimal({digits}, 8)").cast(MONEY) for digits in (18, 28))
    divided = (value.abs() < 1e9).ifelse(short, long)
    return ibis.cases(
        (quantity == sent.ordered_quantity, sent.ordered_amount),
        (quantity == 0, ibis.literal(0).cast(MONEY)),
        else_=divided,
    )
