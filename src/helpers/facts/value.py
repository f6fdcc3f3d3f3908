"""Facts about lifetime value: when each customer bought, month by month, so that any past month end can be rebuilt."""

from __future__ import annotations

import ibis.expr.types as ir

from helpers.facts.fact import Fact, own_customers


def purchase_months(occasions: ir.Table) -> ir.Table:
    """Return each customer's months with a purchase occasion, from `expressions.purchase_occasions`.

    Summed up to a month end they give the customer's summary as of that day.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE, first of the month), purchase_days, first_purchase and last_purchase (of the
        month), sum_log_gaps (natural logarithms of the gaps in days that end in the month).
    """
    previous = occasions.date.lag().over(group_by="customer_id", order_by="date")
    gaps = occasions.mutate(
        month=occasions.date.truncate("M").cast("date"),
        gap_days=occasions.date.delta(previous, unit="day").cast("float64"),
    )
    gaps = gaps.mutate(log_gap=gaps.gap_days.ln().cast("decimal(18, 12)"))
    keys = ["customer_id", "month"]
    months = gaps.group_by(keys).agg(
        purchase_days=gaps.count(),
        first_purchase=gaps.date.min(),
        last_purchase=gaps.date.max(),
        sum_log_gaps=gaps.log_gap.sum().cast("float64").fill_null(0.0),
    )
    return months.order_by(keys)


FACTS: dict[str, Fact] = {
    "purchase_months": Fact(
        lambda f: purchase_months(f.table("purchase_occasions")),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
}
