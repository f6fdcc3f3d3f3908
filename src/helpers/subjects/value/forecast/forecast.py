"""How many purchases each customer will make: the forecaster that has proved itself on earlier days.

Every candidate, the naive rules among them, forecasts from several days of the past what was then still to come. The
one with the smallest loss is fitted to everything and used; its scores stand beside those of all others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from helpers.core.backtest import errors
from helpers.core.by_content import ByContent, InMemory, uncached
from helpers.core.digits import digits
from helpers.models.errors import FitError, InvalidSummaryError
from helpers.subjects.value.forecast.backtest import Origin, PurchaseHistories
from helpers.subjects.value.forecast.candidates import MODEL_KINDS, fit_model
from helpers.subjects.value.forecast.learned import LearnedForecast
from helpers.subjects.value.forecast.naive import LastYearsRate, RateSoFar, SilentIsGone

#: Fewer purchases than this to be foretold, on an average origin, and the scores are chance.
LEAST_ACTUAL = 30

Why = Literal["scores", "naive", "fallback"]


class Forecaster(Protocol):
    """What a candidate must be able to do."""

    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series[float]:
        """Forecast each customer's purchases in the ``periods`` after the summary's end."""
        ...


#: Fits to what is known, for a horizon in its unit.
Candidate = Callable[[PurchaseHistories, float], Forecaster]


@dataclass(frozen=True)
class ForecastChoice:
    """The forecaster in use, and what speaks for it.

    Attributes
    ----------
    name
        Of the candidate chosen: a key of `CANDIDATES`.
    why
        ``scores`` (a model had the smallest loss), ``naive`` (a naive rule had it), ``fallback`` (too little to judge
        by: the first model, or the rate so far, that could be fitted).
    forecaster
        The one chosen, fitted to everything.
    periods
        Horizon for which was chosen, in the histories' unit.
    scores
        One row a candidate and origin, and one a candidate with ``cutoff`` NaT for the mean over origins: name, cutoff,
        periods (judged), customers, actual (purchases), aggregate_error (forecast over actual, less 1), mae (of
        ``typical_purchases``; all else of ``expected_purchases``), rmse (both purchases a customer), correlation (over
        customers; NaN where nothing varies), loss. Ascending by mean loss.
    summary
        The histories' summary that the final fit rests on.
    """

    name: str
    why: Why
    forecaster: Forecaster
    periods: float
    scores: pd.DataFrame
    summary: pd.DataFrame

    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series[float]:
        """Forecast each customer's mean purchases with the forecaster chosen: for value and totals."""
        return digits(self.forecaster.expected_purchases(summary, periods))

    def mean_scores(self) -> pd.DataFrame:
        """One row a candidate: its means over the origins, the smallest loss first."""
        return self.scores[self.scores["cutoff"].isna()].drop(columns="cutoff").reset_index(drop=True)


NAIVE: Mapping[str, Candidate] = {
    "rate_so_far": lambda histories, periods: RateSoFar(histories.unit),
    "last_years_rate": lambda histories, periods: LastYearsRate(histories.unit),
    "silent_is_gone": lambda histories, periods: SilentIsGone(histories.unit),
}


def candidates_with(by_content: ByContent) -> dict[str, Candidate]:
    """Return all candidates, their models found in one cache: what learns from the past blends the same models."""

    def model(name: str) -> Candidate:
        return lambda histories, periods: fit_model(name, histories.summary(), by_content)

    return {
        **{name: model(name) for name in MODEL_KINDS},
        "learned": lambda histories, periods: LearnedForecast.learn(histories, periods, by_content),
        **NAIVE,
    }


#: In the order in which they are taken where nothing can be judged: what learns from the past comes after the models.
CANDIDATES: Mapping[str, Candidate] = candidates_with(uncached)


def choose_forecaster(
    histories: PurchaseHistories,
    periods: float,
    candidates: Mapping[str, Candidate] | None = None,
) -> ForecastChoice:
    """Choose the candidate that forecast best from earlier days, and fit it to everything.

    The loss of a forecast is the mean absolute error of its ``typical_purchases`` over that of forecasting nothing (the
    mean purchases), plus the absolute aggregate error of its ``expected_purchases``: single customers and the total
    count alike, in the same unit. The mean over the origins decides; equal losses are decided by the order of
    ``candidates``. The origins look ahead as far, compared to the time observed, as is wanted now
    (`PurchaseHistories.matched_origins`), and a candidate knows nothing after their cuts. One that cannot be fitted
    from every origin is not chosen.

    Parameters
    ----------
    histories
        Everything known.
    periods
        Horizon of the forecast wanted, in the histories' unit.
    candidates
        Name -> what fits it to histories for a horizon; at least one that always can. None: `CANDIDATES`.

    Raises
    ------
    InvalidSummaryError
        There is no customer.
    """
    if not len(histories.customers):
        raise InvalidSummaryError("There is no customer with a purchase, so there is nothing to forecast.")
    candidates = candidates or candidates_with(InMemory())
    backward = [origin for origin in histories.matched_origins(periods) if origin.actual.sum() > 0]
    scores = _scores(histories, backward, candidates)
    ranked = _ranking(scores, candidates, len(backward))
    enough = sum(int(origin.actual.sum()) for origin in backward) >= LEAST_ACTUAL * max(len(backward), 1)
    judged = enough and bool(ranked)
    order = ranked if judged else [*candidates]
    for name in order:
        with contextlib.suppress(FitError):
            forecaster = candidates[name](histories, periods)
            break
    else:
        raise InvalidSummaryError("No candidate can be fitted to these customers; add a naive rule to them.")
    return ForecastChoice(
        name=name,
        why="fallback" if not judged else "naive" if name in NAIVE else "scores",
        forecaster=forecaster,
        periods=periods,
        scores=_with_means(scores, [*ranked, *(each for each in candidates if each not in ranked)]),
        summary=histories.summary(),
    )


def forecast_errors(
    forecast: pd.Series, actual: pd.Series, typical: pd.Series | None = None
) -> dict[str, float]:
    """Say how a forecast compares with what came: aggregate_error, mae (of ``typical``), rmse, correlation, loss."""
    came = actual.to_numpy(dtype=np.float64)
    of_mean = errors(forecast.to_numpy(dtype=np.float64), came)
    named = forecast if typical is None else typical
    mae = errors(named.to_numpy(dtype=np.float64), came)["mae"]
    varies = len(came) > 1 and float(np.ptp(forecast)) > 0 and int(np.ptp(actual)) > 0
    found = {
        "aggregate_error": of_mean["error"],
        "mae": mae,
        "rmse": of_mean["rmse"],
        "correlation": float(np.corrcoef(forecast, actual)[0, 1]) if varies else np.nan,
        "loss": mae / came.mean() + abs(of_mean["error"]) if came.any() else np.nan,
    }
    return {name: digits(value) for name, value in found.items()}


def _typical_purchases(forecaster: Forecaster, summary: pd.DataFrame, periods: float) -> pd.Series[float]:
    if isinstance(forecaster, LearnedForecast):
        return forecaster.typical_purchases(summary, periods)
    return digits(forecaster.expected_purchases(summary, periods))


_MEASURES = ["aggregate_error", "mae", "rmse", "correlation", "loss"]
_COLUMNS = ["name", "cutoff", "periods", "customers", "actual", *_MEASURES]


def _scores(
    histories: PurchaseHistories,
    origins: Sequence[Origin],
    candidates: Mapping[str, Candidate],
) -> pd.DataFrame:
    rows = []
    for origin in origins:
        known = histories.until(origin.cutoff)
        for name, candidate in candidates.items():
            try:
                forecaster = candidate(known, origin.periods)
            except FitError:
                continue
            expected = digits(forecaster.expected_purchases(origin.summary, origin.periods))
            typical = _typical_purchases(forecaster, origin.summary, origin.periods)
            rows.append(
                {
                    "name": name,
                    "cutoff": origin.cutoff,
                    "periods": origin.periods,
                    "customers": len(origin.actual),
                    "actual": int(origin.actual.sum()),
                    **forecast_errors(expected, origin.actual, typical),
                }
            )
    return pd.DataFrame(rows, columns=_COLUMNS)


def _ranking(scores: pd.DataFrame, candidates: Mapping[str, Candidate], origins: int) -> list[str]:
    """Names of the candidates that were fitted from every origin, the smallest mean loss first."""
    losses = scores.groupby("name", sort=False)["loss"].agg(["mean", "size"]).reindex([*candidates])
    losses["mean"] = digits(losses["mean"])  # equal losses are equal
    return losses[losses["size"] == origins].sort_values("mean", kind="stable").index.tolist()


def _with_means(scores: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    means = digits(scores.groupby("name", sort=False)[_COLUMNS[2:]].mean()).reset_index()
    both = pd.concat([scores, means]) if len(scores) else scores  # the means have no cutoff: NaT
    both = both.astype({"cutoff": "datetime64[us]"})[_COLUMNS]
    place = both["name"].map({name: place for place, name in enumerate(order)})
    return (
        both.assign(place=place)
        .sort_values(["place", "cutoff"], na_position="first", kind="stable")
        .drop(columns="place")
        .reset_index(drop=True)
    )
