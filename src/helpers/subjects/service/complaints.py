"""Complaints by cause and severity, time to resolution including open ones, and repeated complaints."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.amounts import parts_of
from helpers.core.disclosure import disclosed_count
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import customer_codes, largest_first, left_join, look_up, run_positions
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, Span, factorize_months, trailing

#: Number of bands of earlier sales for matching, and the least number of matched customers.
_BANDS, _LEAST_ALIKE, _LEAST_CASES = 5, 5, 20
#: Largest number of months of complaints used.
_MOST_MONTHS = 36


@dataclass(frozen=True)
class ComplaintEffect:
    """Sales after a complaint relative to the sales expected from comparable customers.

    Attributes
    ----------
    cases, customers
        Complaints compared and the customers behind them.
    unmatched
        Complaints left out: fewer than five comparable customers.
    span_months
        Months before and after.
    change
        Sales after it over those expected, less 1; -0.1: a tenth less.
    low, high
        Its 95 % interval, with several complaints of a customer taken together.
    about
        Whether the counts are rounded: see `disclosed`.
    """

    cases: int
    customers: int
    unmatched: int
    span_months: int
    change: float
    low: float
    high: float
    about: bool = False

    def disclosed(self) -> ComplaintEffect:
        """Return the same, rounded for a scope: approximate counts and whole percents."""
        change, low, high = (round(value, 2) for value in (self.change, self.low, self.high))
        counts = (
            disclosed_count(pd.Series([self.cases, self.customers, self.unmatched])).fillna(0).astype(int)
        )
        cases, customers, unmatched = (int(count) for count in counts)
        return ComplaintEffect(cases, customers, unmatched, self.span_months, change, low, high, about=True)


def complaint_effect(
    cases: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    span_months: int = 6,
) -> ComplaintEffect | None:
    """Compare sales after each first complaint with those of comparable customers in the same month.

    A complaint counts when the customer bought in the ``span_months`` before it and had no other in them. Alike are
    customers without a complaint up to that month who sold in the same fifth of earlier sales and did or did not buy in
    the last two months alike; their sales after over before, times the complainer's sales before, are what was to be
    expected. The month of the complaint counts on neither side.

    Returns
    -------
    ComplaintEffect or None
        None with fewer than 20 complaints to compare.
    """
    anchors = pd.period_range(
        max(first_month + span_months, month - span_months - _MOST_MONTHS + 1), month - span_months, freq="M"
    )
    if cases.empty or not len(anchors):
        return None
    span = Span(anchors[0] - span_months, month)
    sold = customer_months.loc[span.holds(customer_months["month"]), ["customer_id", "month", "net_amount"]]
    customer_positions, ids = customer_codes(sold["customer_id"])
    so_far = _running(customer_positions, len(ids), sold["month"], span, sold["net_amount"].to_numpy())
    in_span = cases[span.holds(cases["opened_at"].dt.to_period("M").dt.to_timestamp())]
    positions = run_positions(ids, in_span["customer_id"])
    in_span, positions = in_span[positions >= 0], positions[positions >= 0]
    complained = _running(
        positions, len(ids), in_span["opened_at"], span, np.ones(len(in_span), dtype="int32")
    )
    found, unmatched = [], 0
    for place in range(span_months, span_months + len(anchors)):
        frame = pd.DataFrame(
            {
                "customer": np.arange(len(ids)),
                "before": so_far[:, place] - so_far[:, place - span_months],
                "late": so_far[:, place] - so_far[:, place - min(2, span_months)] > 0,
                "after": so_far[:, place + 1 + span_months] - so_far[:, place + 1],
                "earlier": complained[:, place] - complained[:, place - span_months] > 0,
                "case": complained[:, place + 1] > complained[:, place],
            }
        )
        matched, lost = _matched(frame[(frame["before"] > 0) & ~frame["earlier"]])
        found.append(matched)
        unmatched += lost
    return _estimate(pd.concat(found), unmatched, span_months)


def _running(
    customer_positions: np.ndarray, customers: int, moments: pd.Series, span: Span, values: np.ndarray
) -> np.ndarray:
    """Return cumulative sums of ``values`` by customer (rows) before each month of a span, and at its end."""
    width = len(span.months()) + 1
    sums = np.zeros((customers, width), dtype=values.dtype)
    codes, starts = factorize_months(moments)
    steps = np.asarray(starts.year * 12 + starts.month, dtype="int64") - (
        span.first.year * 12 + span.first.month
    )
    cells = customer_positions.astype("int64") * width + steps[codes] + 1
    for at, part in parts_of(cells, values, None):
        np.add.at(sums.reshape(-1), at, part)
    return np.cumsum(sums, axis=1, out=sums)


def _matched(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the expected ratio of each complaint of a month, and how many have too few matches."""
    if not frame["case"].any():
        return frame.assign(expected=np.nan).iloc[:0], 0
    frame = frame.assign(
        band=np.ceil(frame["before"].rank(method="first", pct=True) * _BANDS).astype(int), alike=1
    )
    keys = ["band", "late"]
    sums = frame[~frame["case"]].groupby(keys)[["before", "after", "alike"]].sum().reset_index()
    cases = (
        frame[frame["case"]].drop(columns="alike").merge(sums, on=keys, how="left", suffixes=("", "_alike"))
    )
    cases["expected"] = cases["before"] * cases["after_alike"] / cases["before_alike"]
    kept = cases["alike"] >= _LEAST_ALIKE
    return cases[kept], int((~kept).sum())


def _estimate(rows: pd.DataFrame, unmatched: int, span_months: int) -> ComplaintEffect | None:
    """Return the ratio of sums, with its error from residuals by customer (a clustered ratio estimator)."""
    expected = float(rows["expected"].sum())
    if len(rows) < _LEAST_CASES or expected <= 0:
        return None
    ratio = float(rows["after"].sum()) / expected
    residuals = (rows["after"] - ratio * rows["expected"]).groupby(rows["customer"]).sum()
    customers = len(residuals)
    error = float(np.sqrt((residuals**2).sum() * customers / max(customers - 1, 1)) / expected)
    low, high = ratio - 1 - 1.96 * error, ratio - 1 + 1.96 * error
    return ComplaintEffect(len(rows), customers, unmatched, span_months, ratio - 1, max(low, -1.0), high)


#: Severities in order; others follow by name.
SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class Complaints(Answer):
    """Complaints as of a month end.

    Attributes
    ----------
    causes
        category (NaN: not recorded), complaints, high (of high severity), previous (in the window a year earlier),
        open; most complaints first.
    times
        Of complaints opened in the window, one row per severity and one for all (``whole``): severity, whole, stage
        (``answer``, ``resolution``), cases, open, median_days and slow_days (within which half and nine in ten are
        done; NaN: fewer are), closed_mean_days (mean of the closed ones alone: too low by what is open).
    months
        month, opened, open (at its end), over the window and the previous one, from the first month of the data.
    customers
        One row per customer with a complaint in the window or an open case, the largest sales first: customer_id, name,
        salesperson_name, complaints, open, longest_open_days, severity (worst open), unanswered (open without an
        answer), net_amount (of the window), repeat.
    opened, opened_previous, open, backwards
        Complaints opened in the window, in the one a year earlier; open now; cases whose answer or
        settlement is dated before their opening, which no time counts.
    has_responses, has_resolutions
        Whether the source has these dates.
    effect
        What follows a complaint in sales, learnt from all customers; None with too few.
    tells_effect
        Whether the reader may see results from all customers.
    """

    month: pd.Period
    window_months: int
    causes: pd.DataFrame
    times: pd.DataFrame
    months: pd.DataFrame
    customers: pd.DataFrame
    opened: int
    opened_previous: int
    open: int
    backwards: int
    has_responses: bool
    has_resolutions: bool
    effect: ComplaintEffect | None
    tells_effect: bool


def complaints(
    cases: pd.DataFrame,
    customers: pd.DataFrame,
    summary: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    repeat_complaints: int,
    first_month: pd.Period,
    effect: ComplaintEffect | None = None,
    *,
    has_responses: bool = True,
    has_resolutions: bool = True,
    tells_effect: bool = True,
    year: CompanyYear = CALENDAR_YEAR,
    until: dt.date | None = None,
) -> Complaints:
    """Compute `Complaints` from the facts ``complaint_cases``, ``customers`` and ``customer_summary``.

    ``year``: the company's. ``until``: the day that a month in course has reached; so the earlier one ends.
    """
    window = trailing(month, window_months)
    before = window.year_back()
    opened_in = year.counts_in(cases["opened_at"])
    reached = pd.Timestamp(year.like_day(before.last, until) if until else year.last_day(before.last))
    late = before.holds(opened_in) & (cases["opened_at"].dt.normalize() > reached)
    end = pd.Timestamp(year.first_day(month + 1))
    rows = cases.assign(
        recent=window.holds(opened_in),
        previous=before.holds(opened_in) & ~late,
        open=cases["resolved_at"].isna() & has_resolutions,
        open_days=(end - cases["opened_at"]).dt.total_seconds() / 86_400,
    )
    rows["unanswered"] = rows["open"] & rows["first_response_at"].isna() & has_responses
    moments = rows[["first_response_at", "resolved_at"]]
    backwards = moments.lt(rows["opened_at"], axis=0).any(axis=1)
    return Complaints(
        month=month,
        window_months=window_months,
        causes=_causes(rows),
        times=_times(rows[rows["recent"] & ~backwards], has_responses, has_resolutions),
        months=_months(rows, max(month - (2 * window_months - 1), first_month), month, year),
        customers=_customers(rows, customers, summary, repeat_complaints),
        opened=int(rows["recent"].sum()),
        opened_previous=int(rows["previous"].sum()),
        open=int(rows["open"].sum()),
        backwards=int(backwards.sum()),
        has_responses=has_responses,
        has_resolutions=has_resolutions,
        effect=effect if tells_effect else None,
        tells_effect=tells_effect,
    )


def _causes(rows: pd.DataFrame) -> pd.DataFrame:
    counted = rows.assign(high=rows["recent"] & (rows["severity"] == "high"))
    sums = counted.groupby("category", dropna=False)[["recent", "high", "previous", "open"]].sum()
    sums = sums.astype("int64").reset_index().rename(columns={"recent": "complaints"})
    sums = sums[sums[["complaints", "previous", "open"]].any(axis=1)]
    order = largest_first(sums, "complaints", then="category")
    return order[["category", "complaints", "high", "previous", "open"]].reset_index(drop=True)


def _times(rows: pd.DataFrame, has_responses: bool, has_resolutions: bool) -> pd.DataFrame:
    stages = [("answer", "first_response_at")] * has_responses + [
        ("resolution", "resolved_at")
    ] * has_resolutions
    severities = sorted(rows["severity"].dropna().unique(), key=_severity_order)
    parts = [(None, True, rows), *((name, False, rows[rows["severity"] == name]) for name in severities)]
    table = [
        {"severity": severity, "whole": is_total, "stage": stage, **_time(part, column)}
        for stage, column in stages
        for severity, is_total, part in parts
        if len(part)
    ]
    days = ["median_days", "slow_days", "closed_mean_days"]
    frame = pd.DataFrame(table, columns=["severity", "whole", "stage", "cases", "open", *days])
    return frame.astype({"whole": "bool", "cases": "int64", "open": "int64"} | dict.fromkeys(days, "float64"))


def _severity_order(severity: str) -> tuple[int, str]:
    known = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return known, severity


def _time(rows: pd.DataFrame, column: str) -> dict[str, float]:
    """Return Kaplan-Meier days from opening to ``column``; open cases are censored at the month end."""
    days = (rows[column] - rows["opened_at"]).dt.total_seconds().to_numpy() / 86_400
    done = np.isfinite(days)
    open_days = rows["open_days"].to_numpy()[~done]
    return {
        "cases": len(days),
        "open": len(open_days),
        "median_days": time_until(days[done], open_days, 0.5),
        "slow_days": time_until(days[done], open_days, 0.9),
        "closed_mean_days": float(days[done].mean()) if done.any() else float("nan"),
    }


def time_until(done: np.ndarray, open_days: np.ndarray, share: float) -> float:
    """Return the time within which ``share`` of all are done (Kaplan and Meier 1958); NaN if fewer ever were."""
    if not len(done):
        return float("nan")
    curve = stats.ecdf(stats.CensoredData(uncensored=done, right=open_days)).cdf
    reached = np.flatnonzero(curve.probabilities >= share - 1e-12)
    return float(curve.quantiles[reached[0]]) if len(reached) else float("nan")


def _months(rows: pd.DataFrame, first: pd.Period, month: pd.Period, year: CompanyYear) -> pd.DataFrame:
    months = pd.period_range(first, month, freq="M")
    starts, ends = (
        pd.DatetimeIndex([year.first_day(each) for each in some]).to_numpy() for some in (months, months + 1)
    )
    opened, resolved = (np.sort(rows[name].dropna().to_numpy()) for name in ("opened_at", "resolved_at"))
    so_far = np.searchsorted(opened, ends)
    before = np.searchsorted(opened, starts)
    return pd.DataFrame(
        {"month": months, "opened": so_far - before, "open": so_far - np.searchsorted(resolved, ends)}
    )


def _customers(
    rows: pd.DataFrame, customers: pd.DataFrame, summary: pd.DataFrame, repeat_complaints: int
) -> pd.DataFrame:
    shown = rows[rows["recent"] | rows["open"]]
    place = pd.Series(range(len(SEVERITIES)), index=list(SEVERITIES))
    order = look_up(shown["severity"], place, len(SEVERITIES))
    worst = (
        shown[shown["open"]].assign(order=order).sort_values(["order", "open_days"], ascending=[True, False])
    )
    sums = (
        shown.assign(open_days=shown["open_days"].where(shown["open"]))
        .groupby("customer_id")
        .agg(
            complaints=("recent", "sum"), open=("open", "sum"), unanswered=("unanswered", "sum"),
            longest_open_days=("open_days", "max"),
        )
    )  # fmt: skip
    sums["severity"] = worst.groupby("customer_id")["severity"].first()
    sums["net_amount"] = look_up(sums.index, summary.set_index("customer_id")["net_amount"], 0.0)
    sums["repeat"] = sums["complaints"] >= repeat_complaints
    known = customers[["customer_id", "name", "salesperson_name"]]
    table = left_join(sums.reset_index(), known)
    return largest_first(table, "net_amount", ignore_index=True)
