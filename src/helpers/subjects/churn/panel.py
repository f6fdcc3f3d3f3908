"""Facts for learning who leaves: what was known of every customer at each of many past month ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import product

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.engine.as_of import MONEY
from helpers.engine.fact import Fact, company_only, own_customers
from helpers.engine.months.working_days import Lull, days_of_silence, lulls_of
from helpers.engine.sampled import sampled
from helpers.subjects.sales.purchase_summary import purchases_until, with_times
from helpers.subjects.signals.windows import aged, months_back

#: Lengths, in months, of the trailing windows that purchases and money are counted in.
WINDOWS = (1, 3, 6, 12)
_AMOUNTS = {"purchases": "int64", "net_amount": MONEY}
#: So many month ends at most, the latest.
MOST_ORIGINS = 48
#: Where only some customers are learnt from, the others have so many month ends: this one, and the one before for what
#: is new since then.
ORIGINS_OF_ALL = 2


def purchase_panel(
    months: ir.Table,
    origins: Sequence[pd.Period],
    first_month: pd.Period,
    sampled_months: ir.Table | None = None,
    last_day: dt.date | None = None,
    lulls: Sequence[Lull] = (),
) -> ir.Table:
    """Return one row per customer and month end (origin), with what was known then and nothing later.

    The future needs no columns: what followed in the next h months is the difference to the row h months on.

    Parameters
    ----------
    months
        `helpers.subjects.sales.purchase_months.occasion_months`.
    origins
        The month ends.
    first_month
        First month of the data: a window that begins before it is NULL a year ago.
    sampled_months
        ``months`` of the customers that are learnt from (see `helpers.engine.sampled`): the others then have rows at
        the last `ORIGINS_OF_ALL` month ends alone. None: all are learnt from.
    last_day
        In place of the last month end, where the last month is not over.
    lulls
        Days that count little as silence: see `helpers.engine.months.working_days.days_of_silence`.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, origin (DATE, first of the month); purchases_lifetime, frequency (purchases after the
        first), recency_days (first to last purchase), T_days (first purchase to month end; of the
        days since the last one, those of a lull only for what is bought in them), silence_days,
        sum_log_gaps, gap_squares, longest_gap_days, returned_gap_days (the longest gap that ended in the last
        three months; NULL for none), net_amount_lifetime; purchases_W and net_amount_W in the last W months (1,
        3, 6, 12) and ..._W_year_ago in the same months a year before.
    """
    ends = [origin.to_timestamp(how="end").date() for origin in origins]
    if last_day is not None:
        ends[-1] = last_day
    if sampled_months is None:
        return _at(months, ends, first_month, lulls)
    early, last = ends[:-ORIGINS_OF_ALL], ends[-ORIGINS_OF_ALL:]
    everybody = _at(months, last, first_month, lulls)
    return _at(sampled_months, early, first_month, lulls).union(everybody) if early else everybody


def _at(months: ir.Table, ends: Sequence[dt.date], first_month: pd.Period, lulls: Sequence[Lull]) -> ir.Table:
    known = aged(months, ends)
    nothing = {name: ibis.literal(0).cast(known[name].type()) for name in _AMOUNTS}
    sums = {
        f"{name}_{width}{tail}": known.age.between(back, back + width - 1)
        .ifelse(known[name], nothing[name])
        .sum()
        for back, tail in ((0, ""), (12, "_year_ago"))
        for width in WINDOWS
        for name in _AMOUNTS
    }
    lived = known.group_by(["customer_id", "origin"]).agg(
        **purchases_until(known),
        gap_squares=known.gap_squares.sum().cast("float64"),
        longest_gap_days=known.longest_gap_days.max(),
        returned_gap_days=(known.age <= 2).ifelse(known.longest_gap_days, ibis.null("int64")).max(),
        net_amount_lifetime=known.net_amount.sum().cast(MONEY),
        **sums,
    )
    reach = -months_back(lived.origin, first_month.to_timestamp().date())
    windows = {}
    for width, (name, kind), tail in product(WINDOWS, _AMOUNTS.items(), ("", "_year_ago")):
        amount = lived[f"{name}_{width}{tail}"].cast(kind)
        # What the data do not reach is not known.
        windows[f"{name}_{width}{tail}"] = (
            (reach >= 12 + width - 1).ifelse(amount, ibis.null(kind)) if tail else amount
        )
    lived = with_times(lived, lived.origin)
    if lulls:
        trading = days_of_silence(lived.last_purchase, lived.origin, lulls)
        lived = lived.mutate(T_days=lived.recency_days + trading)
    lived = lived.mutate(
        origin=lived.origin.truncate("M").cast("date"),
        silence_days=lived.origin.delta(lived.last_purchase, unit="day").cast("float64"),
        **windows,
    )
    return lived.select(
        "customer_id", "origin", "purchases_lifetime", "frequency", "recency_days", "T_days", "silence_days",
        "sum_log_gaps", "gap_squares", "longest_gap_days", "returned_gap_days", "net_amount_lifetime", *sums,
    )  # fmt: skip


def last_contacts(interactions: ir.Table | None, month_end: ir.Value) -> ir.Table:
    """Return the day of each customer's last contact up to the month end: customer_id, last_contact (DATE)."""
    if interactions is None:
        return ibis.memtable([], schema=ibis.schema({"customer_id": "string", "last_contact": "date"}))
    known = interactions.filter((interactions.date <= month_end) & interactions.customer_id.notnull())  # noqa: PD004
    return known.group_by("customer_id").agg(last_contact=known.date.max().cast("date"))


FACTS: dict[str, Fact] = {
    "sampled_months": Fact(
        lambda f: sampled(f.table("occasion_months"), f.sampled_share),
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
            f.table("sampled_months") if f.sampled_share < 1 else None,
            f.coverage.until,
            lulls_of(f),
        ),
        order=("customer_id", "origin"),
        scoped=own_customers,
    ),
    "last_contacts": Fact(
        lambda f: last_contacts(f.optional("interactions"), ibis.date(f.year.last_day(f.month))),
        order=("customer_id",),
        scoped=own_customers,
    ),
}
