"""How right scores of leaving were, against what followed: ranking, calibration, and how sure we are of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.digits import digits
from helpers.models.rates import NORMAL_95

#: Drift is looked for in the latest month ends; less than so much on the whole is none to act on.
_LAST_ENDS, _LEAST_OFF = 3, 0.03


@dataclass(frozen=True)
class Interval:
    """A mean over month ends, with the bounds between which it lies in 95 of 100 cases; NaN where nothing is known."""

    mean: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")


def auc(outcome: np.ndarray, score: np.ndarray) -> float:
    """Chance that who left has the higher score than who stayed, equal scores counting half; NaN for one kind."""
    return _placed(outcome, score)[0]


def _placed(outcome: np.ndarray, score: np.ndarray) -> tuple[float, np.ndarray]:
    """Return `auc`, and what each row moves it by (DeLong, DeLong and Clarke-Pearson 1988)."""
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
    number: np.ndarray,
    people: np.ndarray,
    outcome: np.ndarray,
    score: np.ndarray,
    against: np.ndarray | None = None,
) -> Interval:
    """Return the mean `auc` over month ends, less that of ``against`` on the same customers, and how sure it is.

    Chance is judged over customers, each with all its month ends, and over month ends, each with all its customers.

    Parameters
    ----------
    number, people
        Month end and customer (as a code from 0) of each row.
    outcome, score, against
        Who left (1, 0), and the scores, higher for who leaves.
    """
    placed = _placed_by_end(number, outcome, score)
    return _mean_of(placed, people, None if against is None else _placed_by_end(number, outcome, against))


#: `auc` at each month end, and what each row moves its own by.
_Placed = tuple[np.ndarray, np.ndarray]


def _placed_by_end(number: np.ndarray, outcome: np.ndarray, score: np.ndarray) -> _Placed:
    areas, moved = [], np.zeros(len(number))
    for end in np.unique(number):
        at = np.flatnonzero(number == end)
        area, moved[at] = _placed(outcome[at], score[at])
        areas.append(area)
    return np.array(areas), moved


def _mean_of(placed: _Placed, people: np.ndarray, against: _Placed | None = None) -> Interval:
    areas, moved = placed if against is None else (placed[0] - against[0], placed[1] - against[1])
    areas = areas[~np.isnan(areas)]
    if not len(areas):
        return Interval()
    return _interval(float(np.mean(areas)), moved / len(areas), people, areas)


def mean_over(number: np.ndarray, people: np.ndarray, values: np.ndarray) -> Interval:
    """Return the mean of the values of all rows, and how sure it is; chance and parameters as in `mean_auc`."""
    mean = float(values.mean())
    by_end = pd.Series(values).groupby(number).mean().to_numpy()
    return _interval(mean, (values - mean) / len(values), people, by_end)


def _interval(
    mean: float, moved: np.ndarray, people: np.ndarray, by_end: np.ndarray | None = None
) -> Interval:
    """Give a mean its bounds, clustered both ways (Cameron, Gelbach and Miller 2011), or by customers alone."""
    variance = over_people = float((np.bincount(people, moved) ** 2).sum())
    if by_end is not None and len(by_end) > 1:
        over_ends = float(by_end.var(ddof=1)) / len(by_end)
        variance = max(over_people, over_people + over_ends - float((moved**2).sum()))
    reach = NORMAL_95 * np.sqrt(variance)
    return Interval(*(digits(value) for value in (mean, mean - reach, mean + reach)))


def average_precision(outcome: np.ndarray, score: np.ndarray) -> float:
    """Area under precision over recall, as a step function; equal scores come in together."""
    values, place = np.unique(-score, return_inverse=True)
    hits = np.bincount(place, outcome, len(values))
    listed = np.cumsum(np.bincount(place, minlength=len(values)))
    return float((hits * np.cumsum(hits) / listed).sum() / outcome.sum()) if outcome.sum() else float("nan")


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
    """Of late other than said left, by more than chance.

    Attributes
    ----------
    more
        Whether more left than were expected.
    ends
        The last month ends whose outcome is known, over which that holds.
    said, came
        The part of the customers who were expected to leave, and who left; NaN where the reader is not to know.
    odds
        Odds of leaving as they came over those said.
    """

    more: bool
    ends: int
    said: float
    came: float
    odds: float

    def withheld(self) -> Drift:
        """Return the same without the company's parts, and how far they were off in two digits."""
        return replace(self, said=float("nan"), came=float("nan"), odds=digits(self.odds, 2))

    def shifted(self, probability: pd.Series) -> pd.Series:
        """Return what the probabilities would be if they were off by as much today, in log odds."""
        return digits(probability * self.odds / (1 - probability + probability * self.odds))


def drift(rows: pd.DataFrame) -> Drift | None:
    """Tell whether the probabilities of the last `_LAST_ENDS` month ends were off on the whole by more than chance.

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
    people = pd.factorize(rows["customer_id"], sort=True)[0]
    # What moves all customers of a month together is no chance here: it is what is looked for.
    off = _interval(float(excess.mean()), (excess - excess.mean()) / len(excess), people)
    if off.low <= 0 <= off.high or abs(off.mean) < _LEAST_OFF:
        return None
    said, came = (digits(float(rows[name].mean())) for name in ("probability", "left"))
    low, high = (min(max(part, 1e-6), 1 - 1e-6) for part in (said, came))
    return Drift(off.mean > 0, len(ends), said, came, digits(high / (1 - high) * (1 - low) / low))


def evaluate(rows: pd.DataFrame, scores: Mapping[str, str], against: str = "recency") -> pd.DataFrame:
    """Compare scores over many month ends.

    Parameters
    ----------
    rows
        customer_id, number (month end), left (0, 1) and the columns of ``scores``; one row a customer and month
        end, none of them learnt from.
    scores
        Name -> column, higher for who leaves; those between 0 and 1 are judged as probabilities too.
    against
        The name of the baseline.

    Returns
    -------
    pandas.DataFrame
        By score: rows, customers, left_share, auc (mean over month ends) with auc_low and auc_high (`mean_auc`),
        gain (auc less the baseline's) with gain_low and gain_high, average_precision, lift, brier,
        calibration_error (these two NaN unless it is a probability).
    """
    number, people = rows["number"].to_numpy(), pd.factorize(rows["customer_id"], sort=True)[0]
    places = [np.flatnonzero(number == end) for end in np.unique(number)]
    outcome = rows["left"].to_numpy(dtype="float64")
    values = {name: rows[column].to_numpy(dtype="float64") for name, column in scores.items()}
    placed = {name: _placed_by_end(number, outcome, score) for name, score in values.items()}
    result = []
    for name, score in values.items():
        whole = rows[scores[name]].between(0, 1).all()
        area, gain = _mean_of(placed[name], people), _mean_of(placed[name], people, placed[against])
        result.append(
            {
                "score": name, "rows": len(rows), "customers": int(people.max()) + 1, "left_share": outcome.mean(),
                "auc": area.mean, "auc_low": area.low, "auc_high": area.high,
                "gain": gain.mean, "gain_low": gain.low, "gain_high": gain.high,
                "average_precision": float(np.nanmean([average_precision(outcome[at], score[at]) for at in places])),
                "lift": float(np.nanmean([lift(outcome[at], score[at]) for at in places])),
                "brier": float(((score - outcome) ** 2).mean()) if whole else np.nan,
                "calibration_error": calibration_error(outcome, score) if whole else np.nan,
            }
        )  # fmt: skip
    return digits(pd.DataFrame(result))
