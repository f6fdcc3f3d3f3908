"""Evaluate churn scores against outcomes: ranking (AUC, lift), calibration, drift, each with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.amounts import round_significant
from helpers.models.rates import NORMAL_95

#: Drift is tested over the latest month ends; a mean error smaller than this is ignored.
_LAST_ENDS, _LEAST_BIAS = 3, 0.03


@dataclass(frozen=True)
class Interval:
    """A mean over month ends, with the bounds between which it lies in 95 of 100 cases; NaN where nothing is known."""

    mean: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")


def auc(outcome: np.ndarray, score: np.ndarray) -> float:
    """Area under the ROC curve, ties counting half; NaN where all left or all stayed."""
    return _auc_and_influence(outcome, score)[0]


def _auc_and_influence(outcome: np.ndarray, score: np.ndarray) -> tuple[float, np.ndarray]:
    """Return `auc` and the influence of each row on it (DeLong, DeLong and Clarke-Pearson 1988)."""
    left = outcome == 1
    leavers, stayers = int(left.sum()), int((~left).sum())
    if not leavers or not stayers:
        return float("nan"), np.zeros(len(outcome))
    ranks, share = stats.rankdata(score), np.empty(len(outcome))
    share[left] = (ranks[left] - stats.rankdata(score[left])) / stayers
    share[~left] = 1 - (ranks[~left] - stats.rankdata(score[~left])) / leavers
    area = float(share[left].mean())
    return area, (share - area) / np.where(left, leavers, stayers)


def mean_auc(
    origins: np.ndarray,
    customers: np.ndarray,
    outcome: np.ndarray,
    score: np.ndarray,
    baseline: np.ndarray | None = None,
) -> Interval:
    """Return the mean `auc` over month ends, less that of ``baseline`` on the same customers, and how sure it is.

    Chance is judged over customers, each with all its month ends, and over month ends, each with all its customers.

    Parameters
    ----------
    origins, customers
        Month end and customer (as a code from 0) of each row.
    outcome, score, baseline
        Who left (1, 0), and the scores, higher for who leaves.
    """
    scored = _auc_by_origin(origins, outcome, score)
    return _mean_of_auc(
        scored, customers, None if baseline is None else _auc_by_origin(origins, outcome, baseline)
    )


#: `auc` at each month end, and the influence of each row on that of its month end.
_AucByOrigin = tuple[np.ndarray, np.ndarray]


def _auc_by_origin(origins: np.ndarray, outcome: np.ndarray, score: np.ndarray) -> _AucByOrigin:
    areas, influence = [], np.zeros(len(origins))
    for origin in np.unique(origins):
        rows = np.flatnonzero(origins == origin)
        area, influence[rows] = _auc_and_influence(outcome[rows], score[rows])
        areas.append(area)
    return np.array(areas), influence


def _mean_of_auc(
    scored: _AucByOrigin, customers: np.ndarray, baseline: _AucByOrigin | None = None
) -> Interval:
    areas, influence = scored if baseline is None else (scored[0] - baseline[0], scored[1] - baseline[1])
    areas = areas[~np.isnan(areas)]
    if not len(areas):
        return Interval()
    return _interval(float(np.mean(areas)), influence / len(areas), customers, areas)


def mean_over(origins: np.ndarray, customers: np.ndarray, values: np.ndarray) -> Interval:
    """Return the mean of the values of all rows, and how sure it is; chance and parameters as in `mean_auc`."""
    mean = float(values.mean())
    by_origin = pd.Series(values).groupby(origins).mean().to_numpy()
    return _interval(mean, (values - mean) / len(values), customers, by_origin)


def _interval(
    mean: float, influence: np.ndarray, customers: np.ndarray, by_origin: np.ndarray | None = None
) -> Interval:
    """Return a mean with its bounds, clustered both ways (Cameron, Gelbach and Miller 2011) or by customer alone."""
    variance = of_customers = float((np.bincount(customers, influence) ** 2).sum())
    if by_origin is not None and len(by_origin) > 1:
        of_origins = float(by_origin.var(ddof=1)) / len(by_origin)
        variance = max(of_customers, of_customers + of_origins - float((influence**2).sum()))
    half_width = NORMAL_95 * np.sqrt(variance)
    return Interval(*(round_significant(value) for value in (mean, mean - half_width, mean + half_width)))


def average_precision(outcome: np.ndarray, score: np.ndarray) -> float:
    """Area under precision over recall, as a step function; equal scores come in together."""
    values, rank = np.unique(-score, return_inverse=True)
    hits = np.bincount(rank, outcome, len(values))
    ranked = np.cumsum(np.bincount(rank, minlength=len(values)))
    return float((hits * np.cumsum(hits) / ranked).sum() / outcome.sum()) if outcome.sum() else float("nan")


def calibration_error(outcome: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean |predicted - observed| over tenths of the customers by probability."""
    excess = (probability - outcome)[np.argsort(probability, kind="stable")]
    return float(sum(abs(part.sum()) for part in np.array_split(excess, bins)) / max(len(excess), 1))


def lift(outcome: np.ndarray, score: np.ndarray, share: float = 0.1) -> float:
    """Return the share of leavers in the top ``share`` by score over that of all."""
    count = max(round(share * len(score)), 1)
    top = np.argsort(-score, kind="stable")[:count]
    return float(outcome[top].mean() / outcome.mean()) if outcome.sum() else float("nan")


@dataclass(frozen=True)
class Drift:
    """The latest probabilities were off by more than chance.

    Attributes
    ----------
    is_underestimate
        Whether more customers left than predicted.
    origins
        How many of the last month ends whose outcome is known were tested.
    predicted, observed
        Share of the customers predicted to leave, and share who left; NaN where the reader may not see it.
    odds
        Observed odds of leaving over predicted odds.
    """

    is_underestimate: bool
    origins: int
    predicted: float
    observed: float
    odds: float

    def withheld(self) -> Drift:
        """Return the same without the company's parts, and how far they were off in two digits."""
        return replace(
            self, predicted=float("nan"), observed=float("nan"), odds=round_significant(self.odds, 2)
        )

    def shifted(self, probability: pd.Series) -> pd.Series:
        """Return what the probabilities would be if they were off by as much today, in log odds."""
        return round_significant(probability * self.odds / (1 - probability + probability * self.odds))


def drift(rows: pd.DataFrame) -> Drift | None:
    """Test whether the probabilities of the last `_LAST_ENDS` month ends were off on average by more than chance.

    Parameters
    ----------
    rows
        customer_id, number, probability and left (0, 1), as in `evaluate`.
    """
    ends = np.sort(rows["number"].unique())[-_LAST_ENDS:]
    rows = rows[rows["number"].isin(ends)]
    if len(ends) < _LAST_ENDS:
        return None
    excess = (rows["left"] - rows["probability"]).to_numpy(dtype="float64")
    customers = pd.factorize(rows["customer_id"], sort=True)[0]
    # Clustered by customer alone: a shift common to all customers of a month is the drift to be found.
    bias = _interval(float(excess.mean()), (excess - excess.mean()) / len(excess), customers)
    if bias.low <= 0 <= bias.high or abs(bias.mean) < _LEAST_BIAS:
        return None
    predicted, observed = (round_significant(float(rows[name].mean())) for name in ("probability", "left"))
    low, high = (min(max(part, 1e-6), 1 - 1e-6) for part in (predicted, observed))
    return Drift(
        bias.mean > 0, len(ends), predicted, observed, round_significant(high / (1 - high) * (1 - low) / low)
    )


def evaluate(rows: pd.DataFrame, scores: Mapping[str, str]) -> pd.DataFrame:
    """Compare scores over many month ends.

    Parameters
    ----------
    rows
        customer_id, number (month end), left (0, 1) and the columns of ``scores``; one row a customer and month
        end, none of them learnt from.
    scores
        Name -> column, higher for who leaves; those between 0 and 1 are judged as probabilities too. ``recency`` is the
        baseline.

    Returns
    -------
    pandas.DataFrame
        By score: rows, customers, left_share, auc (mean over month ends) with auc_low and auc_high (`mean_auc`),
        gain (auc less the baseline's) with gain_low and gain_high, average_precision, lift, brier,
        calibration_error (these two NaN unless it is a probability).
    """
    origins, customers = rows["number"].to_numpy(), pd.factorize(rows["customer_id"], sort=True)[0]
    by_origin = [np.flatnonzero(origins == origin) for origin in np.unique(origins)]
    outcome = rows["left"].to_numpy(dtype="float64")
    values = {name: rows[column].to_numpy(dtype="float64") for name, column in scores.items()}
    areas = {name: _auc_by_origin(origins, outcome, score) for name, score in values.items()}
    result = []
    for name, score in values.items():
        is_probability = rows[scores[name]].between(0, 1).all()
        area = _mean_of_auc(areas[name], customers)
        gain = _mean_of_auc(areas[name], customers, areas["recency"])
        result.append(
            {
                "score": name, "rows": len(rows), "customers": int(customers.max()) + 1, "left_share": outcome.mean(),
                "auc": area.mean, "auc_low": area.low, "auc_high": area.high,
                "gain": gain.mean, "gain_low": gain.low, "gain_high": gain.high,
                "average_precision": float(np.nanmean([average_precision(outcome[i], score[i]) for i in by_origin])),
                "lift": float(np.nanmean([lift(outcome[i], score[i]) for i in by_origin])),
                "brier": float(((score - outcome) ** 2).mean()) if is_probability else np.nan,
                "calibration_error": calibration_error(outcome, score) if is_probability else np.nan,
            }
        )  # fmt: skip
    return round_significant(pd.DataFrame(result))
