"""The backtest: what a forecast's errors at past origins say of it, of its interval, and of which rule to take.

Everything walks forward: at an origin only that counts whose outcome was known by then (`outcome_known`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.amounts import round_significant

#: From fewer past errors nothing is concluded.
MIN_TESTS = 4
#: How often an interval should hold what comes.
COVERAGE = 0.8


def outcome_known(origins: Any, horizon: Any, now: Any) -> Any:
    """Return for which origins the outcome of the horizon was known at ``now``: only these may be learnt from.

    Parameters
    ----------
    origins, horizon, now
        Months (periods, and how many), or any numbers that count time.
    """
    return origins + horizon <= now


def error_measures(expected: np.ndarray, actual: np.ndarray) -> dict[str, float]:
    """Say how far a forecast of many customers was off.

    Returns
    -------
    dict
        ``error`` (expected over actual total, less 1; NaN where nothing came), ``mae`` and ``rmse`` (a customer).
    """
    total = float(actual.sum())
    return {
        "error": float(expected.sum()) / total - 1 if total > 0 else float("nan"),
        "mae": float(np.abs(expected - actual).mean()),
        "rmse": float(np.sqrt(((expected - actual) ** 2).mean())),
    }


def interval(amount: float, tests: pd.DataFrame, coverage: float = COVERAGE) -> tuple[float, float]:
    """Return the interval about a forecast in which its past errors would lie; NaN with fewer than `MIN_TESTS`.

    Errors are taken as ratios (actual over forecast), normal in the logarithm about no error, with Student's t for the
    few there are.

    Parameters
    ----------
    tests
        forecast_amount and actual_amount, one row a past forecast; those of zero or less tell nothing.
    """
    forecast, actual = (tests[[f"{name}_amount"]].to_numpy("float64").T for name in ("forecast", "actual"))
    low, high = intervals(np.array([amount], dtype="float64"), forecast, actual, coverage)
    return float(low[0]), float(high[0])


def intervals(
    amounts: np.ndarray, forecast: np.ndarray, actual: np.ndarray, coverage: float = COVERAGE
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of many forecasts, each by its own past errors; see `interval`.

    Parameters
    ----------
    forecast, actual
        A row each forecast, a column each time that it was tried; NaN, zero and less tell nothing.
    """
    low, high = np.full(len(amounts), np.nan), np.full(len(amounts), np.nan)
    sound = (forecast > 0) & (actual > 0)
    counts = np.where(amounts > 0, sound.sum(axis=1), 0)
    for count in np.unique(counts[counts >= MIN_TESTS]):
        rows = np.flatnonzero(counts == count)
        ratios = (actual[rows][sound[rows]] / forecast[rows][sound[rows]]).reshape(len(rows), count)
        squares = np.mean(np.log(ratios) ** 2, axis=1)
        reach = stats.t.ppf(0.5 + coverage / 2, count) * np.sqrt(squares)
        low[rows], high[rows] = amounts[rows] * np.exp(-reach), amounts[rows] * np.exp(reach)
    return round_significant(low), round_significant(high)


def mape(forecast: pd.Series, actual: pd.Series) -> float:
    """Return the mean absolute error as a share of the observed values, over those above zero; NaN without any."""
    has_sales = actual > 0
    return float((forecast[has_sales] / actual[has_sales] - 1).abs().mean())


def interval_hits(tests: pd.DataFrame, horizon_months: int) -> tuple[int, int]:
    """Count how many past intervals contained the observed value, and how many there were.

    Parameters
    ----------
    tests
        forecast_amount and actual_amount by origin (index, period[M]); what came is known ``horizon_months`` later.
    """
    inside, tried = 0, 0
    for origin, row in tests.iterrows():
        known = tests[outcome_known(tests.index, horizon_months, origin)]
        low, high = interval(float(row["forecast_amount"]), known)
        if np.isfinite(low):
            tried += 1
            inside += int(low <= row["actual_amount"] <= high)
    return inside, tried


def choose_rules(tests: pd.DataFrame, horizon_months: int, rules: Sequence[str], now: pd.Period) -> pd.Series:
    """Choose at each origin, and now, the rule whose errors known by then are the smallest.

    Parameters
    ----------
    tests
        actual_amount and one column ``RULE_amount`` a rule, by origin (index, period[M]).
    rules
        The simplest first: it is taken at equal errors, and while fewer than `MIN_TESTS` are known.

    Returns
    -------
    pandas.Series
        Name of a rule, by origin; the last is that of ``now``.
    """
    chosen = {}
    for origin in [*tests.index, now]:
        known = tests[outcome_known(tests.index, horizon_months, origin) & (tests["actual_amount"] > 0)]
        # Rounded, so that equal errors are equal.
        means = [round(mape(known[f"{rule}_amount"], known["actual_amount"]), 9) for rule in rules]
        chosen[origin] = rules[int(np.argmin(means))] if len(known) >= MIN_TESTS else rules[0]
    return pd.Series(chosen, dtype="str")
