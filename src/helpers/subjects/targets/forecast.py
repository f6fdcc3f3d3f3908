"""Forecast of a period's remaining months: a purchase model or a straight line, whichever erred less.

The purchase model uses the months in which a customer bought: expected buying months times its mean amount, plus sales
of new customers, corrected by its past errors and, if that helped in the past, by last year's season. At every past
month end only data known then are used, also to choose between the two.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, round_significant
from helpers.core.backtest import choose_rules, outcome_known
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.lookup import look_up

#: frequency, recency, T in months, and horizons -> expected buying months of each customer by horizon.
Expect = Callable[[pd.DataFrame, list[int]], dict[int, np.ndarray]]
#: A customer's mean is drawn towards everybody's as if it had bought in so many more months.
_WEIGHT_OF_ALL = 1.0
#: Months of history before a forecast is tried.
_LEAST_MONTHS = 6
_LEVEL_ORIGINS, _LEVEL_DOUBT = 6, 3.0
#: Forecasting rules, simplest first.
RULES = ("straight", "model")


@dataclass(frozen=True)
class PeriodForecast:
    """Expected net sales of the months after the report's month, by owner of the customers.

    Attributes
    ----------
    month
        The report's month: the last one known.
    ahead
        horizon_months, salesperson_id (NaN: nobody's customers), model_amount (net sales of those months).
    tests
        Past month ends: origin (period[M]), horizon_months, elapsed_months, salesperson_id, model_amount,
        straight_amount (mean of the elapsed months times the horizon), forecast_amount (of the two, what was to be
        chosen then), actual_amount.
    chosen
        (elapsed, remaining) months -> which of `RULES` is taken now, by the company's errors.
    """

    month: pd.Period
    ahead: pd.DataFrame
    tests: pd.DataFrame
    chosen: dict[tuple[int, int], str]


def period_forecast(
    sold: pd.DataFrame,
    owners: pd.DataFrame,
    month: pd.Period,
    spans: list[tuple[int, int]],
    first_month: pd.Period,
    origins: int = 12,
    expect: Expect | None = None,
    working_days: np.ndarray | None = None,
) -> PeriodForecast:
    """Forecast the rest of periods, and backtest the forecast at past month ends.

    Parameters
    ----------
    sold
        Net sales by customer and month, from the first month of the data to ``month``: see
        `helpers.engine.months.windows.amounts_by_month`.
    owners
        The fact ``customers``: customer_id, salesperson_id.
    spans
        (elapsed, remaining) months of each period, remaining 1 or more.
    origins
        Largest number of past month ends.
    expect
        Fits a purchase model to the summary that it is given, and forecasts; None: `mean_rate`.
    working_days
        Of the months of ``sold``: the straight line is then drawn by working days, not by months.
    """
    sold = sold[(sold != 0).any(axis=1)]
    sales = np.ascontiguousarray(from_units(sold.to_numpy()))
    owner = look_up(sold.index, owners.set_index("customer_id")["salesperson_id"])
    codes, names = pd.factorize(owner, use_na_sentinel=False)
    last = sales.shape[1] - 1
    ends = [end for end in range(_LEAST_MONTHS - 1, last + 1) if (sales[:, : end + 1] > 0).any()]
    ends = ends[-(origins + max((ahead for _, ahead in spans), default=0) + _LEVEL_ORIGINS) :]
    horizons = sorted({ahead for _, ahead in spans})
    rule = expect or mean_rate
    raw = {end: _raw(sales, end, horizons, codes, len(names), rule) for end in ends}
    ahead, tests = [], []
    for elapsed, horizon in spans:
        corrected = _corrected(raw, sales, horizon, months_a_year(month))
        if last in corrected:
            ahead.append((horizon, corrected[last]))
        for end in [end for end in ends if end + horizon <= last and end + 1 >= elapsed][-origins:]:
            straight = sales[:, end + 1 - elapsed : end + 1].sum(axis=1) / elapsed * horizon
            if working_days is not None:
                done = working_days[end + 1 - elapsed : end + 1].sum()
                left = working_days[end + 1 : end + 1 + horizon].sum()
                straight *= left * elapsed / (done * horizon) if done else 1.0
            actual = sales[:, end + 1 : end + 1 + horizon].sum(axis=1)
            tests.append(
                pd.DataFrame(
                    {
                        "origin": first_month + end, "horizon_months": horizon, "elapsed_months": elapsed,
                        "salesperson_id": names, "model_amount": corrected[end],
                        "straight_amount": np.bincount(codes, straight, len(names)),
                        "actual_amount": np.bincount(codes, actual, len(names)),
                    }
                )
            )  # fmt: skip
    frames = [
        pd.DataFrame({"horizon_months": horizon, "salesperson_id": names, "model_amount": amounts})
        for horizon, amounts in dict(ahead).items()
    ]
    empty = pd.DataFrame(columns=["horizon_months", "salesperson_id", "model_amount"])
    tested = pd.concat(tests, ignore_index=True) if tests else pd.DataFrame(columns=_TESTED)
    tested, chosen = _chosen(tested, spans, month)
    return PeriodForecast(month, pd.concat(frames, ignore_index=True) if frames else empty, tested, chosen)


_TESTED = ["origin", "horizon_months", "elapsed_months", "salesperson_id", "model_amount", "straight_amount",
           "actual_amount"]  # fmt: skip


def _chosen(
    tests: pd.DataFrame, spans: list[tuple[int, int]], month: pd.Period
) -> tuple[pd.DataFrame, dict[tuple[int, int], str]]:
    """Choose a rule by the company's errors, at every past month end and now, and add its forecast."""
    amounts = [f"{rule}_amount" for rule in RULES]
    now, forecast = {}, tests["straight_amount"].copy()
    for elapsed, horizon in spans:
        rows = (tests["elapsed_months"] == elapsed) & (tests["horizon_months"] == horizon)
        sums = tests[rows].groupby("origin", sort=True)[[*amounts, "actual_amount"]].sum()
        rule = choose_rules(sums, horizon, RULES, month)
        now[elapsed, horizon] = str(rule.iloc[-1])
        model = rows & tests["origin"].isin(rule.index[:-1][rule.iloc[:-1] == "model"])
        forecast = forecast.mask(model, tests["model_amount"])
    return tests.assign(forecast_amount=forecast), now


def _raw(
    sales: np.ndarray, end: int, horizons: list[int], codes: np.ndarray, owners: int, expect: Expect
) -> dict[int, np.ndarray]:
    """Return expected net sales of known and new customers in the months after ``end``, by owner."""
    past = sales[:, : end + 1]
    bought = past > 0
    count = bought.sum(axis=1)
    known = count > 0
    first, last = bought.argmax(axis=1), end - bought[:, ::-1].argmax(axis=1)
    summary = pd.DataFrame(
        {
            "frequency": count[known] - 1,
            "recency": (last - first)[known].astype("float64"),
            "T": (end - first)[known].astype("float64"),
        }
    )
    buys = expect(summary, horizons)
    mean = past.sum() / max(count.sum(), 1)
    each = (past.sum(axis=1) + _WEIGHT_OF_ALL * mean) / (count + _WEIGHT_OF_ALL)
    joined = np.where(known, first, -1)
    result = {}
    for horizon in horizons:
        amounts = np.zeros(len(sales))
        amounts[known] = round_significant(buys[horizon] * each[known])
        result[horizon] = np.bincount(codes, amounts, owners) + _newcomers(
            past, joined, horizon, codes, owners
        )
    return result


def mean_rate(summary: pd.DataFrame, horizons: list[int]) -> dict[int, np.ndarray]:
    """Return the expected buying months of each customer by horizon, at its rate so far."""
    rate = (summary["frequency"] + 1) / (summary["T"] + 1)
    return {horizon: (rate * horizon).to_numpy() for horizon in horizons}


def _newcomers(
    past: np.ndarray, joined: np.ndarray, horizon: int, codes: np.ndarray, owners: int
) -> np.ndarray:
    """Return sales in ``horizon`` months of customers who join in them, as in the last months, by owner."""
    end = past.shape[1] - 1
    window = min(12, (end + 1) // 2)
    sums = np.zeros(owners)
    if not window:
        return sums
    for age in range(horizon):
        # Joined so long ago that this age is known, within the window.
        starts = range(end - age - window + 1, end - age + 1)
        for start in [start for start in starts if start > 0]:
            new = joined == start
            sums += (horizon - age) * np.bincount(codes[new], past[new, start + age], owners) / window
    return sums


def _corrected(
    raw: dict[int, dict[int, np.ndarray]], sales: np.ndarray, horizon: int, a_year: int
) -> dict[int, np.ndarray]:
    """Correct each forecast's level by the errors known by then, and by season if that would have helped."""
    totals = sales.sum(axis=0)
    plain = {end: float(by_horizon[horizon].sum()) for end, by_horizon in raw.items()}
    season = {end: plain[end] * _season(totals, end, horizon, a_year) for end in raw}
    result = {}
    for end in raw:
        known = [past for past in raw if outcome_known(past, horizon, end) and plain[past] > 0]
        actual = {past: totals[past + 1 : past + 1 + horizon].sum() for past in known}
        known = [past for past in known if actual[past] > 0]
        # A season can be judged only where it was known.
        tested = [past for past in known if season[past] != plain[past]]
        use_season = len(tested) >= _LEVEL_DOUBT and season[end] != plain[end] and (
            _spread([np.log(actual[past] / season[past]) for past in tested if season[past] > 0])
            < _spread([np.log(actual[past] / plain[past]) for past in tested])
        )  # fmt: skip
        base = season if use_season else plain
        errors = [np.log(actual[p] / base[p]) for p in (tested if use_season else known) if base[p] > 0]
        recent = errors[-_LEVEL_ORIGINS:]
        level = (
            round_significant(float(np.exp(np.sum(recent) / (len(recent) + _LEVEL_DOUBT)))) if recent else 1.0
        )
        factor = level * (season[end] / plain[end] if use_season and plain[end] > 0 else 1.0)
        result[end] = raw[end][horizon] * factor
    return result


def _spread(errors: list[float]) -> float:
    return round_significant(float(np.std(errors))) if errors else float("inf")


def _season(totals: np.ndarray, end: int, horizon: int, a_year: int) -> float:
    """Return last year's sales of the same months over the mean of the year around them; 1 if unknown."""
    begin = end - a_year + 1
    around = totals[max(begin - 5, 0) : begin + a_year - 5]
    same = totals[begin : begin + horizon]
    if begin - 5 < 0 or len(around) < a_year or around.mean() <= 0 or same.sum() <= 0:
        return 1.0
    return float(same.mean() / around.mean())
