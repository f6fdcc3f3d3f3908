"""Facts for learning who leaves: what was known of every customer at each of many past month ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import product

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.calendar.own_periods import months_a_year
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.engine.as_of import MONEY
from helpers.engine.fact import Fact, company_only, own_customers
from helpers.engine.months.working_days import Lull, days_of_silence, lulls_of
from helpers.engine.sampled import sampled
from helpers.subjects.sales.purchase_summary import purchases_until, with_times
from helpers.subjects.signals.windows import months_back

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
    year: CompanyYear = CALENDAR_YEAR,
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
    year
        The company's, whose months they are.

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
    ends = [year.closes(origin) for origin in origins]
    if last_day is not None:
        ends[-1] = last_day
    if sampled_months is None:
        return _at(months, dict(zip(origins, ends, strict=True)), first_month, lulls)
    both = list(zip(origins, ends, strict=True))
    early, last = dict(both[:-ORIGINS_OF_ALL]), dict(both[-ORIGINS_OF_ALL:])
    everybody = _at(months, last, first_month, lulls)
    return _at(sampled_months, early, first_month, lulls).union(everybody) if early else everybody


def _at(
    months: ir.Table, ends: Mapping[pd.Period, dt.date], first_month: pd.Period, lulls: Sequence[Lull]
) -> ir.Table:
    """Add up from the first month on, a row a customer and month: windows are differences of these running sums."""
    known, of_customer = (
        _every_month(months, ends, first_month),
        {"group_by": "customer_id", "order_by": "at"},
    )
    ever = ibis.cumulative_window(**of_customer)
    known = known.mutate(
        **{name: value.over(ever) for name, value in purchases_until(known).items()},
        **{f"{name}_0": known[name].sum().over(ever) for name in _AMOUNTS},
        gap_squares=known.gap_squares.sum().over(ever).cast("float64"),
        longest_gap_days=known.longest_gap_days.max().over(ever),
        returned_gap_days=known.longest_gap_days.max().over(
            ibis.window(preceding=2, following=0, **of_customer)
        ),
    )
    a_year = months_a_year(first_month)
    back_to = sorted({back + width for back in (0, a_year) for width in (0, *WINDOWS)} - {0})
    in_order = ibis.window(**of_customer)
    known = known.mutate(
        **{
            f"{name}_{back}": known[f"{name}_0"].lag(back).over(in_order)
            for name in _AMOUNTS
            for back in back_to
        }
    )
    lived = known.filter(known.origin.notnull())  # noqa: PD004
    reach = -months_back(lived["at"], first_month.to_timestamp().date())
    windows = {}
    for (back, tail), width, (name, kind) in product(
        ((0, ""), (a_year, "_year_ago")), WINDOWS, _AMOUNTS.items()
    ):
        until, before = (lived[f"{name}_{each}"].fill_null(0) for each in (back, back + width))
        amount = (until - before).cast(kind)
        # What the data do not reach is not known.
        windows[f"{name}_{width}{tail}"] = (
            (reach >= a_year + width - 1).ifelse(amount, ibis.null(kind)) if tail else amount
        )
    lived = with_times(
        lived.mutate(net_amount_lifetime=lived.net_amount_0.cast(MONEY), **windows), lived.origin
    )
    if lulls:
        trading = days_of_silence(lived.last_purchase, lived.origin, lulls)
        lived = lived.mutate(T_days=lived.recency_days + trading)
    lived = lived.mutate(
        origin=lived["at"],
        silence_days=lived.origin.delta(lived.last_purchase, unit="day").cast("float64"),
    )
    return lived.select(
        "customer_id", "origin", "purchases_lifetime", "frequency", "recency_days", "T_days", "silence_days",
        "sum_log_gaps", "gap_squares", "longest_gap_days", "returned_gap_days", "net_amount_lifetime", *windows,
    )  # fmt: skip


def _every_month(months: ir.Table, ends: Mapping[pd.Period, dt.date], first_month: pd.Period) -> ir.Table:
    """Return a row for each month from a customer's first on: ``at``, and ``origin``, its end where it is asked for."""
    spanned = pd.period_range(first_month, max(ends), freq="M")
    calendar = ibis.memtable(
        {
            "at": [month.to_timestamp().date() for month in spanned],
            "origin": [ends.get(each) for each in spanned],
        },
        schema=ibis.schema({"at": "date", "origin": "date"}),
    )
    begun = months.group_by("customer_id").agg(begun=months.month.min())
    every = begun.cross_join(calendar)
    every = every.filter(every["at"] >= every.begun).select("at", "origin", member_id="customer_id")
    bought = every.left_join(months, [every.member_id == months.customer_id, every["at"] == months.month])
    return bought.drop("customer_id", "month").rename(customer_id="member_id")


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
            f.year,
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
