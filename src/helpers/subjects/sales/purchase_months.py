"""Purchases of each customer by month, from which any past month end can be rebuilt."""

from __future__ import annotations

import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.engine.as_of import MONEY, line_month
from helpers.engine.fact import Fact, by_customer


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


FACTS: dict[str, Fact] = {
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
