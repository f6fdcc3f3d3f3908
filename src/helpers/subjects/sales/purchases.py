"""Purchase occasions by customer, and their summary.

Logarithms are rounded to 12 decimals before they are summed, so that sums do not depend on the order of threads.
"""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.engine.as_of import MONEY
from helpers.engine.fact import Fact, by_customer
from helpers.engine.months.working_days import Lull, find_lulls, silent_days
from helpers.subjects.sales.purchase_summary import with_times


def purchase_occasions(order_days: ir.Table) -> ir.Table:
    """Return the days on which a customer has positive net sales: customer_id, date, net_amount.

    An order that is cancelled in full (it has positive and negative lines and all of them together come to
    nothing or less, as of the `orders.order_days` given) does not count, and none of its lines does, so that a
    customer who cancels and orders anew on one day has bought on that day. Lines of later months are not among those
    given: an order that is cancelled next month is still an occasion in this month's report.
    """
    assigned = order_days.filter(order_days.customer_id.notnull())
    # Only an order with a line below zero can be cancelled: the others, nearly all, need not be added up.
    returned = assigned.filter(assigned.returns_amount < 0).select("customer_id", "order_id").distinct()
    some = assigned.semi_join(returned, ["customer_id", "order_id"])
    orders = some.group_by(["customer_id", "order_id"]).agg(
        total=some.net_amount.sum(), bought=some.gross_amount.max()
    )
    cancelled = orders.filter((orders.total <= 0) & (orders.bought > 0))
    kept = assigned.anti_join(cancelled, ["customer_id", "order_id"])
    days = kept.group_by(customer_id=kept.customer_id, date=kept.order_date).agg(
        net_amount=kept.net_amount.sum().cast(MONEY)
    )
    return days.filter(days.net_amount > 0)


def _rhythm(occasions: ir.Table, month_end: dt.date, lulls: Sequence[Lull]) -> ir.Table:
    """Return first and last purchase, frequency and gaps, one row per customer with purchases."""
    end = ibis.date(month_end)
    sums = occasions.group_by(buyer_id=occasions.customer_id).agg(
        purchases_lifetime=occasions.purchases.sum().cast("int64"),
        first_purchase=occasions.first_date.min(),
        last_purchase=occasions.last_date.max(),
        sum_log_gaps=occasions.sum_log_gaps.sum().cast("float64"),
    )
    rhythm = with_times(sums, end)
    rhythm = rhythm.mutate(silence_days=silent_days(rhythm.last_purchase, end, ()))
    if lulls:
        trading = silent_days(rhythm.last_purchase, end, lulls)
        rhythm = rhythm.mutate(T_days=rhythm.recency_days + trading)
    rhythm = rhythm.mutate(mean_gap_days=rhythm.recency_days / rhythm.frequency.nullif(0))
    return rhythm.select(
        "buyer_id", "first_purchase", "last_purchase", "frequency", "sum_log_gaps", "recency_days", "T_days",
        "mean_gap_days", "silence_days",
    )  # fmt: skip


def customer_summary(
    order_days: ir.Table,
    occasions: ir.Table,
    month_end: dt.date,
    window: tuple[dt.date, dt.date],
    previous_window: tuple[dt.date, dt.date],
    lulls: Sequence[Lull] = (),
) -> ir.Table:
    """Return one row per customer with any order line up to the month end.

    Parameters
    ----------
    order_days, occasions
        `orders.order_days` as of the month end and their `purchase_months.occasion_months`.
    month_end
        Last day of the report's month, or the last line's where it is not over: where the time observed, ``T_days``,
        ends.
    window, previous_window
        First day of the first and of the last month of the trailing window and of the same window a year ago.
    lulls
        Days of holidays that count little as silence.

    Returns
    -------
    ibis.expr.types.Table
        customer_id; first_purchase, last_purchase (NULL if the customer has no purchase occasion), frequency (occasions
        after the first), recency_days (from first to last purchase), T_days (from first purchase to the month end; days
        after the last purchase by trading time), silence_days (from the last purchase to the month end, by the
        calendar), sum_log_gaps (natural logs of the gaps in days), mean_gap_days (NULL without a repeat); net_amount,
        list_amount, cost_amount, net_amount_with_cost, quantity, orders, returns_amount (of negative lines, as a
        positive number), gross_amount (of positive lines), returns_share (returns / gross) in the window;
        net_amount_previous of the previous window; net_amount_lifetime, cost_amount_lifetime,
        net_amount_with_cost_lifetime, orders_lifetime, lines_lifetime (returns too); first_line_date, last_line_date.
    """
    assigned = order_days.filter(order_days.customer_id.notnull())
    inside = assigned.month.between(ibis.date(window[0]), ibis.date(window[1]))
    before = assigned.month.between(ibis.date(previous_window[0]), ibis.date(previous_window[1]))
    # By order first, an order's days inside and outside of the window apart: so orders are counted without sets.
    orders = assigned.group_by(["customer_id", "order_id"]).agg(is_inside=inside.ifelse(1, 0).max())
    counts = orders.group_by(ordered_by="customer_id").agg(
        orders=orders.is_inside.sum().cast("int64"), orders_lifetime=orders.count()
    )
    net = assigned.net_amount
    totals = assigned.group_by("customer_id").agg(
        net_amount=net.sum(where=inside).cast(MONEY).fill_null(0),
        list_amount=assigned.list_amount.sum(where=inside).cast(MONEY),
        cost_amount=assigned.cost_amount.sum(where=inside).cast(MONEY),
        net_amount_with_cost=assigned.net_amount_with_cost.sum(where=inside).cast(MONEY),
        quantity=assigned.quantity.sum(where=inside).cast(MONEY).fill_null(0),
        returns_amount=(-assigned.returns_amount.sum(where=inside)).cast(MONEY).fill_null(0),
        gross_amount=assigned.gross_amount.sum(where=inside).cast(MONEY).fill_null(0),
        net_amount_previous=net.sum(where=before).cast(MONEY).fill_null(0),
        net_amount_lifetime=net.sum().cast(MONEY),
        cost_amount_lifetime=assigned.cost_amount.sum().cast(MONEY),
        net_amount_with_cost_lifetime=assigned.net_amount_with_cost.sum().cast(MONEY),
        lines_lifetime=assigned.lines.sum().cast("int64"),
        first_line_date=assigned.order_date.min(),
        last_line_date=assigned.order_date.max(),
    )
    totals = totals.inner_join(counts, totals.customer_id == counts.ordered_by).drop("ordered_by")
    totals = totals.relocate("orders", after="quantity").relocate(
        "orders_lifetime", after="net_amount_with_cost_lifetime"
    )
    rhythm = _rhythm(occasions, month_end, lulls)
    joined = totals.left_join(rhythm, totals.customer_id == rhythm.buyer_id).drop("buyer_id")
    share = joined.returns_amount.cast("float64") / joined.gross_amount.cast("float64").nullif(0)
    return joined.mutate(returns_share=share).order_by("customer_id")


FACTS: dict[str, Fact] = {
    "purchase_occasions": Fact(
        lambda f: purchase_occasions(f.table("order_days")), order=("customer_id", "date"), scoped=by_customer
    ),
    "customer_summary": Fact(
        lambda f: customer_summary(
            f.table("order_days"),
            f.table("occasion_months"),
            f.coverage.day,
            f.window(),
            f.window(f.year.length),
            find_lulls(f),
        ),
        order=("customer_id",),
        scoped=by_customer,
        is_ordered=True,
    ),
}
