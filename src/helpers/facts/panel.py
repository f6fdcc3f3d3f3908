"""Facts for learning who leaves: what was known of every customer at each of many past month ends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.facts.drawn import drawn
from helpers.facts.expressions import MONEY
from helpers.facts.fact import Fact, company_only, own_customers

#: Lengths, in months, of the trailing windows that purchases and money are counted in.
WINDOWS = (1, 3, 6, 12)
#: So many month ends at most, the latest.
MOST_ORIGINS = 48
#: Where only some customers are learnt from, the others have so many month ends: this one, and the one before for what
#: is new since then.
ORIGINS_OF_ALL = 2


def occasion_months(occasions: ir.Table) -> ir.Table:
    """Return purchases, money and gaps by customer and month: what `purchase_panel` adds up.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE, first of the month), purchases, net_amount, first_date, last_date (of the
        month's purchases), gap_squares (sum of the squared gaps in days that ended in the month), sum_log_gaps
        (of their natural logarithms), longest_gap_days (NULL where none ended).
    """
    previous = occasions.date.lag().over(group_by="customer_id", order_by="date")
    days = occasions.mutate(
        month=occasions.date.truncate("M").cast("date"), gap=occasions.date.delta(previous, unit="day")
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


def purchase_panel(
    months: ir.Table,
    origins: Sequence[pd.Period],
    first_month: pd.Period,
    drawn_months: ir.Table | None = None,
) -> ir.Table:
    """Return one row per customer and month end (origin), with what was known then and nothing later.

    The future needs no columns: what followed in the next h months is the difference to the row h months on.

    Parameters
    ----------
    months
        `occasion_months`.
    origins
        The month ends.
    first_month
        First month of the data: a window that begins before it is NULL a year ago.
    drawn_months
        ``months`` of the customers that are learnt from (see `helpers.facts.drawn`): the others then have rows at the
        last `ORIGINS_OF_ALL` month ends alone. None: all are learnt from.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, origin (DATE, first of the month); purchases_lifetime, frequency (purchases after the
        first), recency_days (first to last purchase), T_days (first purchase to month end), silence_days,
        sum_log_gaps, gap_squares, longest_gap_days, returned_gap_days (the longest gap that ended in the last
        three months; NULL for none), net_amount_lifetime; purchases_W and net_amount_W in the last W months (1,
        3, 6, 12) and ..._W_year_ago in the same months a year before.
    """
    learnt = months if drawn_months is None else drawn_months
    parts = [
        _at(learnt if place < len(origins) - ORIGINS_OF_ALL else months, origin, first_month)
        for place, origin in enumerate(origins)
    ]
    return reduce(lambda one, other: one.union(other), parts)


def _at(months: ir.Table, origin: pd.Period, first_month: pd.Period) -> ir.Table:
    known = months.filter(months.month <= _day(origin))
    windows = {}
    for back, tail in ((0, ""), (12, "_year_ago")):
        for width in WINDOWS:
            first, last = origin - back - width + 1, origin - back
            covered = back == 0 or first >= first_month
            inside = known.month.between(_day(first), _day(last))
            for column, kind in (("purchases", "int64"), ("net_amount", MONEY)):
                # What a month has in the window or 0: quicker than a sum over the months in the window.
                amount = inside.ifelse(known[column], ibis.literal(0).cast(kind)).sum().cast(kind)
                windows[f"{column}_{width}{tail}"] = amount if covered else ibis.null(kind)
    lived = known.group_by("customer_id").agg(
        purchases_lifetime=known.purchases.sum().cast("int64"),
        first_date=known.first_date.min(),
        last_date=known.last_date.max(),
        sum_log_gaps=known.sum_log_gaps.sum().cast("float64"),
        gap_squares=known.gap_squares.sum().cast("float64"),
        longest_gap_days=known.longest_gap_days.max(),
        returned_gap_days=known.longest_gap_days.max(where=known.month >= _day(origin - 2)),
        net_amount_lifetime=known.net_amount.sum().cast(MONEY),
        **windows,
    )
    end = ibis.date(origin.to_timestamp(how="end").date())
    lived = lived.mutate(
        origin=_day(origin),
        frequency=(lived.purchases_lifetime - 1).cast("float64"),
        recency_days=lived.last_date.delta(lived.first_date, unit="day").cast("float64"),
        T_days=end.delta(lived.first_date, unit="day").cast("float64"),
        silence_days=end.delta(lived.last_date, unit="day").cast("float64"),
    )
    return lived.select(
        "customer_id", "origin", "purchases_lifetime", "frequency", "recency_days", "T_days", "silence_days",
        "sum_log_gaps", "gap_squares", "longest_gap_days", "returned_gap_days", "net_amount_lifetime", *windows,
    )  # fmt: skip


def _day(month: pd.Period) -> ir.Value:
    return ibis.date(month.to_timestamp().date())


def last_contacts(interactions: ir.Table | None, month_end: ir.Value) -> ir.Table:
    """Return the day of each customer's last contact up to the month end: customer_id, last_contact (DATE)."""
    if interactions is None:
        return ibis.memtable([], schema=ibis.schema({"customer_id": "string", "last_contact": "date"}))
    known = interactions.filter((interactions.date <= month_end) & interactions.customer_id.notnull())  # noqa: PD004
    return known.group_by("customer_id").agg(last_contact=known.date.max().cast("date"))


FACTS: dict[str, Fact] = {
    "occasion_months": Fact(
        lambda f: occasion_months(f.table("purchase_occasions")),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "drawn_months": Fact(
        lambda f: drawn(f.table("occasion_months"), f.learning_share),
        order=("customer_id", "month"),
        scoped=company_only,
    ),
    "purchase_panel": Fact(
        lambda f: purchase_panel(
            f.table("occasion_months"),
            pd.period_range(
                max(f.coverage.months[0], f.month - MOST_ORIGINS + 1), f.month, freq="M"
            ).tolist(),
            f.coverage.months[0],
            f.table("drawn_months") if f.learning_share < 1 else None,
        ),
        order=("customer_id", "origin"),
        scoped=own_customers,
    ),
    "last_contacts": Fact(
        lambda f: last_contacts(f.optional("interactions"), ibis.date(f.month_end)),
        order=("customer_id",),
        scoped=own_customers,
    ),
}
