"""Effect of complaints on later sales: customers with a complaint against comparable ones without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import parts_of
from helpers.core.disclosure import disclosed_count
from helpers.core.frames.lookup import customer_codes, run_positions
from helpers.core.periods import Span, factorize_months

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
