"""From a log of purchases to one row a customer: the input of the purchase models."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from helpers.models.errors import InvalidSummaryError

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Days in one unit of time; months and years have their mean length, so that time runs evenly.
UNIT_DAYS = {"D": 1.0, "W": 7.0, "M": 365.25 / 12, "Y": 365.25}
Unit = Literal["D", "W", "M", "Y"]


def purchase_summary(
    log: pd.DataFrame | ir.Table,
    customer: str,
    date: str,
    observed_until: str | dt.date,
    unit: Unit = "W",
    value: str | None = None,
) -> pd.DataFrame:
    """Reduce a purchase log to frequency, recency, observed time, regularity and value of each customer.

    All rows of a customer on one day are one purchase. Rows after ``observed_until`` are not looked at, and
    customers who came later do not appear. An Ibis table is reduced on its engine: what comes back is one row
    a customer.

    Parameters
    ----------
    log
        One row a purchase, order or order line.
    customer, date, value
        Its columns: customer id, date (a time of day is dropped), and optionally money (which is summed
        exactly, in ten-thousandths).
    observed_until
        The last day observed, inclusive.
    unit
        Unit of all times in the result: day, week, month (365.25 / 12 days) or year (365.25 days).

    Returns
    -------
    DataFrame
        Index: the customer, sorted. Columns: ``frequency`` (purchase days after the first, int), ``recency``
        (time from first to last purchase), ``T`` (time from first purchase to ``observed_until``),
        ``sum_log_gaps`` (sum of the natural logarithms of the gaps between purchases), all in ``unit``; with
        ``value`` also ``monetary_value``: mean net value of a purchase day after the first (NaN without
        repeat; zero and negative days count as what they are).

    Raises
    ------
    InvalidSummaryError
        A column is missing, a customer or a date is missing, or the unit is unknown.
    """
    if unit not in UNIT_DAYS:
        raise InvalidSummaryError(f"unit = {unit!r} is unknown; use one of {', '.join(UNIT_DAYS)}.")
    until = pd.Timestamp(observed_until).normalize()
    wanted = [customer, date, *([value] if value else [])]
    for name in wanted:
        if name not in log.columns:
            raise InvalidSummaryError(f"The purchase log has no column '{name}'.")
    if isinstance(log, pd.DataFrame):
        days = _from_pandas(log[wanted], customer, date, until, value)
    elif "ibis" in sys.modules:
        days = _from_ibis(log, customer, date, until, value)
    else:
        raise InvalidSummaryError(
            f"The purchase log is a {type(log).__name__}, not a DataFrame or Ibis table."
        )

    length = UNIT_DAYS[unit]
    repeats = days["repeats"].astype("int64")
    result = pd.DataFrame(
        {
            "frequency": repeats,
            "recency": days["recency_days"] / length,
            "T": days["T_days"] / length,
            "sum_log_gaps": days["sum_log_gap_days"] - repeats * np.log(length),
        }
    )
    if value:
        result["monetary_value"] = (days["repeat_value"] / repeats.where(repeats > 0)).astype("float64")
    return result


def _refuse_missing(rows: int, customer: str, date: str) -> None:
    if rows:
        raise InvalidSummaryError(
            f"{rows} rows of the purchase log have no '{customer}' or no '{date}'. "
            "Leave rows without customer out before modelling customers."
        )


def _from_pandas(
    log: pd.DataFrame, customer: str, date: str, until: pd.Timestamp, value: str | None
) -> pd.DataFrame:
    day = pd.to_datetime(log[date]).dt.normalize()
    seen = ~(day > until)  # a missing date is not after the end: it is refused
    log, day = log[seen], day[seen]
    _refuse_missing(int(log[[customer, date]].isna().any(axis=1).sum()), customer, date)
    epoch = pd.Timestamp(0)
    frame = pd.DataFrame({"customer": log[customer].to_numpy(), "day": ((day - epoch).dt.days).to_numpy()})
    if value:
        money = log[value].astype("float64").fillna(0.0).to_numpy()
        frame["value"] = np.rint(money * 1e4).astype("int64")
    last_day = (until - epoch).days
    keys = frame.groupby(["customer", "day"], sort=True, observed=True)
    occasions = (keys["value"].sum() if value else keys.size()).rename("value").reset_index()
    gap = occasions["day"].diff().where(occasions["customer"].eq(occasions["customer"].shift()))
    repeat = gap.notna()
    # Summed as whole 1e-12ths, like the engine's decimals: exact, so in any order the same.
    occasions["log_gap"] = np.rint(np.log(gap.fillna(1.0)) * 1e12).astype("int64")
    occasions["value"] = occasions["value"].where(repeat, 0)
    grouped = occasions.groupby("customer", sort=True, observed=True)
    first, last = grouped["day"].min(), grouped["day"].max()
    days = pd.DataFrame(
        {
            "repeats": grouped.size() - 1,
            "recency_days": (last - first).astype("float64"),
            "T_days": (last_day - first).astype("float64"),
            "sum_log_gap_days": grouped["log_gap"].sum() / 1e12,
            "repeat_value": grouped["value"].sum() / 1e4,
        }
    )
    return days.rename_axis(customer)


def _from_ibis(log: Any, customer: str, date: str, until: pd.Timestamp, value: str | None) -> pd.DataFrame:
    import ibis

    rows = log.select(
        customer=log[customer],
        day=log[date].cast("date"),
        value=(log[value].cast("decimal(18, 4)") if value else ibis.literal(0).cast("decimal(18, 4)")),
    )
    last_day = ibis.date(until.year, until.month, until.day)
    rows = rows.filter((rows.day <= last_day) | rows.day.isnull())  # noqa: PD003
    incomplete = rows.filter(rows.customer.isnull() | rows.day.isnull())  # noqa: PD003
    _refuse_missing(int(incomplete.count().to_pandas()), customer, date)
    occasions = rows.group_by("customer", "day").aggregate(value=rows.value.sum())
    before = occasions.day.lag().over(ibis.window(group_by="customer", order_by="day"))
    occasions = occasions.mutate(gap=occasions.day.delta(before, unit="day"))
    repeat = occasions.gap.notnull()  # noqa: PD004
    # Decimals, because a sum of floating-point numbers depends on the order of the engine's threads.
    log_gap = occasions.gap.cast("float64").ln().cast("decimal(18, 12)")
    customers = occasions.group_by("customer").aggregate(
        repeats=occasions.count() - 1,
        first=occasions.day.min(),
        recency_days=occasions.day.max().delta(occasions.day.min(), unit="day"),
        sum_log_gap_days=log_gap.sum(where=repeat),
        repeat_value=occasions.value.sum(where=repeat),
    )
    customers = customers.mutate(T_days=last_day.delta(customers["first"], unit="day")).drop("first")
    exact = ["recency_days", "T_days", "sum_log_gap_days", "repeat_value"]
    days = customers.mutate(**{name: customers[name].cast("float64") for name in exact}).to_pandas()
    days = days.set_index("customer").sort_index().rename_axis(customer)
    return days.assign(**{name: days[name].fillna(0.0) for name in ("sum_log_gap_days", "repeat_value")})
