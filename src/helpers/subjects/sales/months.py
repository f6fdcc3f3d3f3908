"""Facts by customer and month: the sums that most analyses start from."""

import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.engine.as_of import MONEY, line_month
from helpers.engine.fact import Fact, by_customer, company_only, monthly_fact
from helpers.engine.months.monthly import HistorySource, Monthly

_SUMS = (
    "net_amount", "list_amount", "cost_amount", "net_amount_with_list", "net_amount_with_cost", "quantity",
)  # fmt: skip


def _month_sums(order_days: ir.Table, keys: list[str]) -> ir.Table:
    """Return the sums of every monthly fact by ``keys``; cost and list price are NULL if no line has them.

    Orders are counted by their rows, less the few that have another row in the month already. That is twice as fast as
    counting distinct orders.
    """
    rows = order_days.group_by(keys).agg(
        **{name: order_days[name].sum().cast(MONEY) for name in _SUMS},
        lines=order_days.lines.sum().cast("int64"),
        order_rows=order_days.order_id.count(),
    )
    named = order_days.filter(order_days.order_id.notnull())
    by_order = named.group_by([*keys, "order_id"]).agg(rows_of_order=named.count())
    several = by_order.filter(by_order.rows_of_order > 1)
    again = several.group_by(keys).agg(again_counted=(several.rows_of_order - 1).sum())
    counted = _with_count(rows, again, keys, "again")
    return counted.mutate(orders=(counted.order_rows - counted.again).cast("int64")).drop(
        "order_rows", "again"
    )


def _with_count(table: ir.Table, counts: ir.Table, keys: list[str], name: str) -> ir.Table:
    """Join ``NAME_counted`` by keys as column ``NAME``, 0 where there is none."""
    counts = counts.rename({f"{key}_of_{name}": key for key in keys})
    joined = table.left_join(counts, [table[key] == counts[f"{key}_of_{name}"] for key in keys])
    counted = joined.mutate(**{name: joined[f"{name}_counted"].fill_null(0)})
    return counted.drop(f"{name}_counted", *(f"{key}_of_{name}" for key in keys))


def line_months(order_days: ir.Table) -> ir.Table:
    """Return each customer's months with any order line: the columns of `customer_months` but purchase_days.

    Parameters
    ----------
    order_days
        `orders.order_days`, of any months.
    """
    return _month_sums(order_days.filter(order_days.customer_id.notnull()), ["customer_id", "month"])


def customer_months(months: ir.Table, occasions: ir.Table) -> ir.Table:
    """Return each customer's months with any order line, from `line_months` and `purchase_months.occasion_months`.

    Columns: customer_id, month (DATE, first of the month), net_amount (returns included on their own date),
    list_amount, cost_amount, net_amount_with_list and net_amount_with_cost (net sales of the lines that have
    a list price or a cost: the base of a discount or a margin), quantity, lines, orders, purchase_days (purchase
    occasions of the month).
    """
    keys = ["customer_id", "month"]
    days = occasions.select(*keys, purchase_days_counted="purchases")
    return _with_count(months, days, keys, "purchase_days").order_by(keys)


def unassigned_months(order_days: ir.Table) -> ir.Table:
    """Return, by month, the lines without a customer id: the columns of `customer_months` but customer_id.

    ``purchase_days`` is left out too: a purchase occasion is a customer's.
    """
    return _month_sums(order_days.filter(order_days.customer_id.isnull()), ["month"]).order_by("month")


FACTS: dict[str, Fact] = {
    "line_months": monthly_fact(
        Monthly(
            lambda f, after: line_months(f.order_days_after(after)), made_of=(HistorySource("order_lines"),)
        ),
        order=("customer_id", "month"),
        scoped=by_customer,
    ),
    "customer_months": Fact(
        lambda f: customer_months(f.table("line_months"), f.table("occasion_months")),
        order=("customer_id", "month"),
        scoped=by_customer,
        is_ordered=True,
    ),
    "unassigned_months": Fact(
        lambda f: unassigned_months(f.table("order_days")), order=("month",), scoped=company_only
    ),
    "occasion_months": Fact(
        lambda f: occasion_months(f.table("purchase_occasions"), f.year.months),
        order=("customer_id", "month"),
        scoped=by_customer,
    ),
    "purchase_months": Fact(
        lambda f: purchase_months(f.table("occasion_months")),
        order=("customer_id", "month"),
        scoped=by_customer,
    ),
}


def occasion_months(occasions: ir.Table, months: FiscalPeriods | None = None) -> ir.Table:
    """Return purchases, money and gaps by customer and month, the base of summaries and panels.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE, first of the month), purchases, net_amount, first_date, last_date (of the month's
        purchases), gap_squares (sum of the squared gaps in days that ended in the month), sum_log_gaps (of their
        natural logarithms), longest_gap_days (NULL if none ended).
    """
    previous = occasions.date.lag().over(group_by="customer_id", order_by="date")
    days = occasions.mutate(
        month=line_month(occasions.date, months), gap=occasions.date.delta(previous, unit="day")
    )
    days = days.mutate(log_gap=days.gap.cast("float64").ln().cast("decimal(18, 12)"))
    return days.group_by(["customer_id", "month"]).agg(
        purchases=days.count(),
        net_amount=days.net_amount.sum().cast(MONEY),
        first_date=days.date.min(),
        last_date=days.date.max(),
        gap_squares=(days.gap * days.gap).sum().cast("int64").fill_null(0),
        sum_log_gaps=days.log_gap.sum().fill_null(0),
        longest_gap_days=days.gap.max().cast("int64"),
    )


def purchase_months(occasions: ir.Table) -> ir.Table:
    """Return each customer's months with a purchase occasion, from `occasion_months`.

    Summed up to a month end they give the customer's summary as of that day.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE, first of the month), purchase_days, first_purchase and last_purchase (of the
        month), sum_log_gaps (natural logarithms of the gaps in days that end in the month).
    """
    return occasions.select(
        "customer_id",
        "month",
        purchase_days="purchases",
        first_purchase="first_date",
        last_purchase="last_date",
        sum_log_gaps=occasions.sum_log_gaps.cast("float64"),
    )
