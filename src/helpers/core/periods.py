"""Spans of months that figures are summed over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Span:
    """The months from ``first`` to ``last``, both included."""

    first: pd.Period
    last: pd.Period

    def holds(self, months: pd.Series) -> np.ndarray:
        """Tell for each month (datetime64, first of the month, or such categories) whether it lies in the span."""
        if isinstance(months.dtype, pd.CategoricalDtype):
            return self.holds(pd.Series(months.cat.categories))[months.cat.codes.to_numpy()]
        return ((months >= self.first.to_timestamp()) & (months <= self.last.to_timestamp())).to_numpy()

    def back(self, months: int) -> Span:
        """Return the span of the same length that lies so many months earlier."""
        return Span(self.first - months, self.last - months)

    def months(self) -> pd.PeriodIndex:
        """Return the months of the span."""
        return pd.period_range(self.first, self.last, freq="M")


def trailing(month: pd.Period, window_months: int) -> Span:
    """Return the ``window_months`` months that end with ``month``."""
    return Span(month - (window_months - 1), month)


def year_to_date(month: pd.Period) -> Span:
    """Return January of the month's calendar year to the month."""
    return Span(pd.Period(year=month.year, month=1, freq="M"), month)


def up_to_month(month: pd.Period) -> Span:
    """Return all months up to this one."""
    return Span(pd.Period("1700-01", "M"), month)


def month_numbers(moments: pd.Series) -> np.ndarray:
    """Return months since year 0 (January of year 1: 13), so that differences are whole months; none may be missing.

    Each different moment is looked at once: months of millions of rows are few.
    """
    codes, starts = numbered_months(moments)
    return np.asarray(starts.year * 12 + starts.month, dtype="int64")[codes]


def numbered_months(moments: pd.Series) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Return a number for each moment, and the moments by number; those of categories are numbered already."""
    if isinstance(moments.dtype, pd.CategoricalDtype):
        return moments.cat.codes.to_numpy(), pd.DatetimeIndex(moments.cat.categories)
    codes, found = pd.factorize(moments)
    return codes, pd.DatetimeIndex(found)


def first_month_of(*frames: pd.DataFrame | None) -> pd.Period | None:
    """Return the earliest ``month`` in the frames; None where they have no rows."""
    starts = [
        starts[np.unique(codes)].min()
        for codes, starts in (numbered_months(f["month"]) for f in frames if f is not None and len(f))
    ]
    return min(starts).to_period("M") if starts else None
