"""Facts about lifetime value: when each customer bought, month by month, so that any past month end can be rebuilt."""

from __future__ import annotations

import ibis.expr.types as ir

from helpers.engine.fact import Fact, own_customers


def purchase_months(occasions: ir.Table) -> ir.Table:
    """Return each customer's months with a purchase occasion, from `panel.occasion_months`.

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
    "purchase_months": Fact(
        lambda f: purchase_months(f.table("occasion_months")),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
}
