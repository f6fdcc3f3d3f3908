"""Forecasts of rebates: the level at the period's end, the next bracket, and pulled-forward purchases."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

#: Weeks of history that a forecast uses, and the least number it needs.
WEEKS, LEAST_WEEKS = 52, 13
#: Half the width of an interval of 80% in standard deviations.
_WIDE = 1.2816
#: Weeks before the month end at which the forecast is made again, to be compared with what came.
ORIGINS = (13, 26, 39)
#: Days before and after a bracket was reached in which purchases are compared with the usual.
BEFORE_DAYS, AFTER_DAYS = 14, 28
#: So many times the usual before, and at most so much of it after, make a question.
MORE, LESS = 2.0, 0.5
_YEAR_DAYS = 365
_RARELY = 0.1


@dataclass(frozen=True)
class PurchaseForecast:
    """Expected purchases until a period's end, with an 80% interval."""

    expected: float
    spread: float

    @property
    def low(self) -> float:
        """The lower bound."""
        return self.expected - _WIDE * self.spread

    @property
    def high(self) -> float:
        """The upper bound."""
        return self.expected + _WIDE * self.spread

    def reaches(self, distance: float) -> float:
        """Return the probability that purchases reach this distance."""
        if self.spread <= 0:
            return float(self.expected >= distance)
        return float(ndtr((self.expected - distance) / self.spread))


def forecast(days: pd.Series, end: pd.Timestamp, days_left: int) -> PurchaseForecast | None:
    """Forecast the remaining weeks from the mean and spread of the last 52, as if independent.

    Parameters
    ----------
    days
        Purchases that count, by day.
    end
        The day after which the forecast begins.
    days_left
        Days until the period's end.

    Returns
    -------
    Ahead or None
        None with fewer than 13 weeks since the first purchase.
    """
    weeks = _weeks(days, end, WEEKS)
    if len(weeks) < LEAST_WEEKS:
        return None
    left = days_left / 7
    spread = float(np.std(weeks, ddof=1)) * math.sqrt(left + left**2 / len(weeks))
    return PurchaseForecast(float(weeks.mean()) * left, spread)


def backtest(days: pd.Series, end: pd.Timestamp) -> tuple[int, int]:
    """Return how many 13-week forecasts at earlier days had the outcome in their interval, and of how many."""
    hits = made = 0
    for origin in ORIGINS:
        then = end - pd.Timedelta(weeks=origin)
        found = forecast(days[days.index <= then], then, 91)
        if found is not None:
            actual = float(days[(days.index > then) & (days.index <= then + pd.Timedelta(days=91))].sum())
            hits += found.low <= actual <= found.high
            made += 1
    return hits, made


def _weeks(days: pd.Series, end: pd.Timestamp, most: int) -> np.ndarray:
    """Return the sums of the last whole weeks up to a day, since the first purchase at most."""
    known = days[days.index <= end]
    if known.empty:
        return np.zeros(0)
    back = (end - pd.DatetimeIndex(known.index)).days.to_numpy() // 7
    count = min(most, int(back.max()) + 1)
    return np.bincount(back[back < count], known.to_numpy()[back < count], minlength=count)


def pulled_forward(
    days: pd.Series, starts: list[float], first: pd.Timestamp, end: pd.Timestamp
) -> list[dict[str, Any]]:
    """Find brackets reached after far more purchases than usual, and before far fewer.

    A season, a project or a delivery looks the same, so this is only a question. If more than a tenth of other purchase
    days in the previous year look the same, it is the customer's usual pattern and is left out.

    Parameters
    ----------
    days
        Purchases that count, by day.
    starts
        Where the brackets begin, in the unit of ``days``.
    first, end
        First day of the period, and the month end: nothing later is used.

    Returns
    -------
    list of dict
        day (on which the bracket was reached), before, after (what was bought in the 14 days up to it and the 28
        after), usual_before, usual_after (what as many days of the previous year bring), alike, compared (on so many of
        so many other days with purchases it looked the same).
    """
    known = days[days.index <= end]
    level = known[known.index >= first].cumsum()
    last = end - pd.Timedelta(days=AFTER_DAYS)
    reached = {level.index[level >= start][0] for start in starts if start > 0 and (level >= start).any()}
    if not reached or min(reached) > last:
        return []
    every = known.reindex(pd.date_range(known.index[0], end), fill_value=0.0)
    before = every.rolling(BEFORE_DAYS).sum()
    after = every.rolling(AFTER_DAYS).sum().shift(-AFTER_DAYS)
    a_day = every.rolling(_YEAR_DAYS, min_periods=_YEAR_DAYS // 2).sum().shift(BEFORE_DAYS) / _YEAR_DAYS
    odd = (a_day > 0) & (before >= MORE * BEFORE_DAYS * a_day) & (after <= LESS * AFTER_DAYS * a_day)
    found = []
    for day in sorted(each for each in reached if each <= last and odd[each]):
        others = known.index[
            (known.to_numpy() > 0)
            & (known.index < day)
            & (known.index >= day - pd.Timedelta(days=_YEAR_DAYS))
        ]
        others_odd = int(odd[others].sum())
        if others_odd <= _RARELY * len(others):
            row = {
                "day": day,
                "before": float(before[day]),
                "after": float(after[day]),
                "alike": others_odd,
                "compared": len(others),
            }
            usual = {"usual_before": a_day[day] * BEFORE_DAYS, "usual_after": a_day[day] * AFTER_DAYS}
            found.append({**row, **usual})
    return found
