"""Facts about deliveries: lines promised, on time and in full, and waiting at the month end.

A line is judged if it has a promised day (the first one counts): on time and in full if all of it was shipped by that
day. Orders with cancelled or changed lines under their own number are not judged and do not wait, since nobody knows
what was still wanted. An order whose deliveries do not each name one of its lines is judged as a whole.
"""

# Ibis columns, not pandas: `notnull` is Ibis' name.

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.periods import trailing
from helpers.engine.as_of import MONEY, OWNER_COLUMNS, month_of
from helpers.engine.fact import Fact, by_customer, by_owner, company_only
from helpers.engine.facts import Facts
from helpers.subjects.delivery.lines import (
    DELIVERED,
    LINES,
    as_shipped,
    changed_orders,
    delivery_lines,
    known_deliveries,
    lines_in_parts,
    named_deliveries,
    orders_apart,
    part_of_amount,
    parted_lines,
    single_lines,
    unclear_orders,
)

_MONTHS = {
    "customer_id": "string", "month": "date", "judged": "int64", "failed": "int64", "booked_amount": MONEY,
    "shipped_amount": MONEY,
}  # fmt: skip
_COUNTS = {
    "judged": "int64", "in_full": "int64", "judged_before": "int64", "in_full_before": "int64",
    "waiting_lines": "int64", "waiting_amount": MONEY, "open_amount": MONEY, "longest_days": "int64",
}  # fmt: skip


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

    def counted(condition: ir.Value) -> ir.Value:
        # A count is half of what a sum of ones costs the engine.
        return condition.ifelse(1, ibis.null("int8")).count()

    return {
        "judged": counted(recent), "in_full": counted(recent & kept),
        "judged_before": counted(before), "in_full_before": counted(before & kept),
        "waiting_lines": counted(waits),
        "waiting_amount": waits.ifelse(rows.open_amount, nothing).sum().fill_null(0),
        "open_amount": rows.open_amount.sum().fill_null(0),
        "longest_days": waits.ifelse(end.delta(rows.promised, unit="day"), ibis.null("int64")).max(),
    }  # fmt: skip


def delivery_months(
    rows: ir.Table,
    rest: ir.Table,
    deliveries: ir.Table,
    month_end: dt.date,
    months: FiscalPeriods | None,
) -> ir.Table:
    """Return judged, late, booked and shipped sums by customer and month.

    ``shipped_amount`` is the part of the line's amount that its shipped quantity is of the ordered one.

    Parameters
    ----------
    rows
        The fact delivery_lines.
    rest, deliveries
        Those of the rows that may be sent in several deliveries, and the deliveries of their orders.
    """
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
        shipped_amount=one_shipment.ifelse(part_of_amount(rows, rows.sent_quantity), zero["shipped_amount"]),
    )  # fmt: skip
    # First by all three months at once: one look at the lines, of which an order's have the same.
    keys = ["customer_id", "ordered_in", "due_in", "sent_in"]
    sums = marked.group_by(keys).agg(**{name: marked[name].sum().cast(_MONTHS[name]) for name in zero})
    several = rest.filter(rest.sent_times > 1).select(
        "customer_id", "line_no", "ordered_quantity", "ordered_amount", of_order="order_id"
    )
    sent = as_shipped(deliveries, month_end)
    sent = sent.filter(sent.shipped.notnull()).select("order_id", "shipped", "quantity", sent_line="line_no")
    by_line = sent.inner_join(several, [sent.order_id == several.of_order, sent.sent_line == several.line_no])
    whole_orders = several.filter(several.line_no.isnull())
    whole_orders = sent.inner_join(whole_orders, sent.order_id == whole_orders.of_order)

    of_month = {
        "ordered_in": ["booked_amount"],
        "due_in": ["judged", "failed"],
        "sent_in": ["shipped_amount"],
    }
    # Then by each month once, with all that it has of the three, which mostly are the same.
    parts, columns = [], list(of_month)
    for place, month in enumerate(columns):
        new = [~(sums[month] == sums[other]).fill_null(False) for other in columns[:place]]
        of_it = {
            name: (sums[other] == sums[month]).ifelse(sums[name], zero[name])
            for other in columns[place:]
            for name in of_month[other]
        }
        rows_of_it = sums.filter(sums[month].notnull(), *new)
        parts.append(rows_of_it.select("customer_id", month=month, **(zero | of_it)))
    for each in (by_line, whole_orders):
        amount = {"shipped_amount": part_of_amount(each, each.quantity)}
        parts.append(each.select("customer_id", month=month_of(each.shipped, months), **(zero | amount)))
    both = ibis.union(*parts)
    keys = ["customer_id", "month"]
    sums = both.group_by(keys).agg(**{name: both[name].sum() for name in zero})
    return sums.select(*_MONTHS).cast(_MONTHS).order_by(keys)


def _counted_by(key: str, f: Facts) -> ir.Table:
    """Count by one column; lines without it are left out."""
    schema = {key: "string", **_COUNTS}
    rows = f.table("delivery_lines")
    rows = rows.filter(rows[key].notnull())
    return rows.group_by(key).agg(**_counts(rows, f)).select(*schema).cast(schema).order_by(key)


def _of_products(f: Facts) -> ir.Table:
    """Count by product and owner; grouped by a number for the owner, which is quicker than by two texts."""
    schema = {"product_id": "string", "salesperson_id": "string", "team": "string", **_COUNTS}
    customers = f.table("customers")
    customers = customers.filter(ibis.coalesce(*(customers[name] for name in OWNER_COLUMNS)).notnull())
    number = ibis.dense_rank().over(order_by=[customers[name] for name in OWNER_COLUMNS])
    customers = customers.select(*OWNER_COLUMNS, owned_id="customer_id", owner=number)
    rows = f.table("delivery_lines")
    rows = rows.filter(rows.product_id.notnull())
    rows = rows.left_join(customers.select("owned_id", "owner"), rows.customer_id == customers.owned_id)
    sums = rows.group_by(["product_id", "owner"]).agg(**_counts(rows, f))
    owners = customers.select(*OWNER_COLUMNS, of_owner="owner").distinct()
    sums = sums.left_join(owners, sums.owner == owners.of_owner)
    return sums.select(*schema).cast(schema).order_by("product_id", *OWNER_COLUMNS)


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


def _by_line(f: Facts) -> bool:
    return f.tables.has("deliveries", "line_no") and f.tables.has("order_lines", "line_no")


def _parted(f: Facts) -> ir.Table:
    return f.of_all_months("parted_lines", lambda: parted_lines(f.all_rows("deliveries")))


def _named(f: Facts) -> ir.Table:
    def build() -> ir.Table:
        return named_deliveries(f.all_rows("deliveries"), f.all_rows("order_lines"), _parted(f))

    return f.of_all_months("named_deliveries", build)


def _unclear(f: Facts) -> ir.Table:
    def build() -> ir.Table:
        # A delivery stands beside each line that it names: equal counts say that no two lines have one number.
        named, rows = (
            int(each.count().to_pyarrow().as_py()) for each in (_named(f), f.all_rows("deliveries"))
        )
        return unclear_orders(_named(f), f.all_rows("order_lines") if named > rows else None)

    return f.of_all_months("unclear_orders", build)


def _orders_apart(f: Facts) -> ir.Table:
    if not _by_line(f):
        return ibis.memtable([], schema=ibis.schema({"order_id": "string", "changed": "boolean"}))
    return orders_apart(_named(f), _unclear(f), f.table("order_days"), f.month_end)


def _known(f: Facts) -> ir.Table:
    # A view: what one query reads twice would be held in memory.
    return known_deliveries(_named(f).view(), f.table("orders_apart"), f.month_end, f.year.last_day(f.month))


def _rest(f: Facts) -> ir.Table:
    """Return the lines and orders that are not those of one delivery each."""
    if (deliveries := f.optional("deliveries")) is None:
        return ibis.memtable([], schema=ibis.schema(LINES))
    when = (f.year.last_day(f.month), f.year.months)
    if not _by_line(f):
        changed = changed_orders(f.table("order_days"))
        return delivery_lines(deliveries, f.lines, changed, *when, by_line=False)
    apart = f.table("orders_apart")
    unclear, changed = (apart.filter(each).select("order_id") for each in (~apart.changed, apart.changed))
    deliveries, lines = (each.semi_join(unclear, "order_id") for each in (deliveries, f.lines))
    by_shipment = delivery_lines(deliveries, lines, changed, *when, by_line=True)
    return lines_in_parts(_known(f), *when).union(by_shipment)


def _lines(f: Facts) -> ir.Table:
    rest = f.table("delivery_rest")
    if not _by_line(f):
        return rest
    return single_lines(_known(f), f.year.last_day(f.month), f.year.months).union(rest)


def _months(f: Facts) -> ir.Table:
    if (deliveries := f.optional("deliveries")) is None:
        return ibis.memtable([], schema=ibis.schema(_MONTHS))
    if _by_line(f):
        apart, known = f.table("orders_apart"), _known(f)
        unclear = deliveries.semi_join(apart.filter(~apart.changed), "order_id")
        deliveries = known.filter(known.in_parts).select(*DELIVERED).union(unclear.select(*DELIVERED))
    return delivery_months(
        f.table("delivery_lines"),
        f.table("delivery_rest"),
        deliveries,
        f.year.last_day(f.month),
        f.year.months,
    )


FACTS: dict[str, Fact] = {
    "orders_apart": Fact(_orders_apart, order=("order_id", "changed"), scoped=company_only),
    "delivery_rest": Fact(_rest, order=("order_id", "line_no"), scoped=by_customer),
    "delivery_lines": Fact(_lines, order=("order_id", "line_no"), scoped=by_customer, materialized="view"),
    "delivery_customers": Fact(
        lambda f: _counted_by("customer_id", f),
        order=("customer_id",),
        scoped=by_customer,
        is_ordered=True,
    ),
    "delivery_products": Fact(
        _of_products,
        order=("product_id", "salesperson_id", "team"),
        scoped=by_owner,
        scoped_only=True,
        empty_without="delivery_customers",
    ),
    "company_delivery_products": Fact(
        lambda f: _counted_by("product_id", f),
        order=("product_id",),
        scoped=company_only,
        is_ordered=True,
        empty_without="delivery_customers",
    ),
    "delivery_months": Fact(
        _months,
        order=("customer_id", "month"),
        scoped=by_customer,
        is_ordered=True,
        empty_without="delivery_customers",
    ),
    "delivery_coverage": Fact(_coverage, order=("lines",), scoped=company_only),
}
