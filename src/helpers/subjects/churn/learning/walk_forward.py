"""The walk-forward backtest: at each month end fit on what was known by then, and score the customers of that day.

No row is scored by a model that was fitted on it: a month of a row's horizon is used at month end t only when it had
passed at t. These out-of-time scores serve for everything: the choice of the model, calibration, the test, and the
record of past warnings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.core.amounts import round_significant
from helpers.core.backtest import outcome_known
from helpers.core.content_cache import ContentCache, uncached
from helpers.subjects.churn.learning.evaluation import mean_auc, mean_over
from helpers.subjects.churn.learning.fit import (
    RECENCY,
    TRAINING_ORIGINS,
    Fit,
    Samples,
    candidate_features,
    exceeds_one_fit,
    fit_candidates,
    sampling_hash,
    single_thread,
)

if TYPE_CHECKING:
    from sklearn.isotonic import IsotonicRegression

#: The feature that `RECENCY` looks at.
_SILENCE = "log_silence"
#: The best of the other candidates as of each month end.
_LEARNED = "learned"
#: The simpler first: the probability as it is, then stretched and shifted in log odds, then by any rising steps.
CALIBRATIONS = ("raw", "platt", "isotonic")
_LEAST_OF_A_KIND = 40
#: `learning.evaluation.auc` of a random score.
_CHANCE = 0.5
#: Candidates whose log loss differs by less differ by their last bits alone.
_NO_GAIN = 1e-6
#: Scores are kept for so many month ends: this one, and the one before for what is new since then.
_SCORED_ORIGINS = 2
#: A fit serves for so many month ends where there is more to learn from than it takes.
_MONTHS_A_FIT = 3


@dataclass(frozen=True)
class Score:
    """How customers of one month end are scored: the model chosen as of that day, and its calibration.

    Attributes
    ----------
    columns
        The features in the order in which the fit takes them.
    fit
        The model, as fitted on what was known.
    calibration
        One of `CALIBRATIONS`.
    platt
        Slope and level.
    isotonic
        None where too little is known to calibrate.
    is_informative
        False where the scores of past month ends ranked customers no better than chance.
    """

    candidate: str
    columns: list[str]
    fit: Fit
    calibration: str
    platt: tuple[float, float]
    isotonic: IsotonicRegression | None
    is_informative: bool = True

    def probability(self, features: pd.DataFrame) -> np.ndarray:
        """Return the calibrated probability of each row of the features, as `walk_forward` does."""
        with single_thread():
            raw = self.fit.curves(features[self.columns].to_numpy(dtype="float64"))[:, -1]
        probability: np.ndarray = calibrated(raw, self.platt, self.isotonic)[self.calibration]
        return round_significant(probability)


@dataclass(frozen=True)
class WalkForwardBacktest:
    """What `walk_forward` has made.

    Attributes
    ----------
    scored
        In the index of the rows scored: number, probability, candidate (the model chosen as of that day, see
        `learning.fit.candidate_features`, or `RECENCY`), calibration (one of `CALIBRATIONS`, likewise), the probability
        of the chosen one by each calibration, each candidate's own, learned (that of the candidate which would have
        been chosen without `RECENCY`) and tells (`Score.is_informative`). No rows where no month end had enough to fit.
    scores
        Month end -> how it is scored, of the last two that are.
    """

    scored: pd.DataFrame
    scores: dict[int, Score]

    @property
    def uninformative(self) -> list[int]:
        """The month ends at which the score ranked customers no better than chance."""
        return self.scored.loc[~self.scored["tells"].astype(bool), "number"].unique().tolist()


def walk_forward(
    table: pd.DataFrame,
    features: pd.DataFrame,
    outcome_paths: pd.DataFrame,
    signal_names: Sequence[str],
    max_origins: int = 24,
    by_content: ContentCache = uncached,
    *,
    prefer_recency: bool = False,
) -> WalkForwardBacktest:
    """Score month ends out of time by each candidate model, choose and calibrate as of that day.

    Parameters
    ----------
    table
        customer_id and number (the month end, counted in months), one row a customer and month end.
    features
        Features, in the same index; those named in ``signal_names`` are signals and may be NaN.
    outcome_paths
        Column m: 1 where the outcome held through the first m months that followed, 0 where not, NaN: not known yet.
        The last column is the outcome whose probability is wanted.
    max_origins
        So many month ends are scored, the latest.
    by_content
        See `learning.fit.fit_candidates`.
    prefer_recency
        Whether `RECENCY` is taken where no other candidate has been better by more than chance.
    """
    names = [str(name) for name in features.columns]
    candidates = {
        candidate: np.array([names.index(c) for c in used_features])
        for candidate, used_features in candidate_features(names, signal_names).items()
    }
    if prefer_recency:
        candidates[RECENCY] = np.array([names.index(_SILENCE)])
    origins, horizons = table["number"].to_numpy(), outcome_paths.columns.to_numpy(dtype="int64")
    outcomes = outcome_paths.to_numpy(dtype="float64")
    customers = pd.factorize(table["customer_id"], sort=True)[0]
    rows = Samples(origins, sampling_hash(table), features.to_numpy(dtype="float64"), outcomes, horizons)
    places: list[np.ndarray] = []
    curves: dict[str, list[np.ndarray]] = {name: [] for name in candidates}
    fits: dict[int, dict[str, Fit]] = {}
    with single_thread():
        fitting = _Fitter(rows, customers, candidates, by_content)
        for origin in map(int, np.unique(origins)[-max_origins:]):
            if not fitting.has_enough(origin):
                continue
            places.append(np.flatnonzero(origins == origin))
            fits[origin] = fitting.at(origin)
            for candidate, fit in fits[origin].items():
                curves[candidate].append(fit.curves(rows.features[places[-1]]))
    if not places:
        return WalkForwardBacktest(
            pd.DataFrame(columns=["number", "probability", "candidate", "learned", "tells"]), {}
        )
    index = np.concatenate(places)
    past_scores = PastScores(
        origins[index], customers[index], outcomes[index], horizons,
        {name: np.concatenate(parts) for name, parts in curves.items()},
    )  # fmt: skip
    scored, chosen = _choose_and_calibrate(past_scores)
    scores = {}
    for origin in list(fits)[-_SCORED_ORIGINS:]:
        candidate, calibration, platt, isotonic, is_informative = chosen[origin]
        scores[origin] = Score(
            candidate, names, fits[origin][candidate], calibration, platt, isotonic, is_informative
        )
    return WalkForwardBacktest(scored.set_index(table.index[index]), scores)


class _Fitter:
    """Fits all candidates as of a month end.

    Where there are more rows than a fit takes, a fit serves for the rest of the quarter: it scores nothing that it was
    fitted on, and the month ends of a quarter have one fit whatever month the report is of.
    """

    def __init__(
        self,
        rows: Samples,
        customers: np.ndarray,
        candidates: dict[str, np.ndarray],
        by_content: ContentCache,
    ) -> None:
        self._samples = rows
        self._customers = customers
        self._candidates = candidates
        self._by_content = by_content
        self._last: tuple[int, dict[str, Fit]] | None = None

    def has_enough(self, origin: int) -> bool:
        """Return whether whole horizons had passed for enough customers of both kinds."""
        origins, horizon = self._samples.origins, self._samples.horizons[-1]
        is_complete = outcome_known(origins, horizon, origin) & (
            origins > origin - horizon - TRAINING_ORIGINS
        )
        return _enough(self._customers[is_complete], self._samples.outcomes[is_complete, -1])

    def at(self, origin: int) -> dict[str, Fit]:
        """Return the fits that serve at this month end; month ends are asked for in their order."""
        quarter = origin - origin % _MONTHS_A_FIT
        training = self._samples.training_set(quarter)
        if not (exceeds_one_fit(training) and self.has_enough(quarter)):
            quarter, training = origin, self._samples.training_set(origin)
        if self._last is None or self._last[0] != quarter:
            self._last = quarter, fit_candidates(self._candidates, self._samples, training, self._by_content)
        return self._last[1]


class PastScores:
    """Scores of past month ends by every candidate, and the outcomes since.

    Parameters
    ----------
    number, people
        Month end and customer (as a code) of each row.
    truth
        By row and column of the paths, as in `walk_forward`.
    months
        After how many months each column is known.
    curves
        Candidate -> probability, by row and column.
    """

    def __init__(
        self, origins: np.ndarray, customers: np.ndarray, outcomes: np.ndarray, horizons: np.ndarray,
        curves: dict[str, np.ndarray],
    ) -> None:  # fmt: skip
        self.origins, self.customers, self.outcomes, self.horizons = origins, customers, outcomes, horizons
        self.curves = curves | {_LEARNED: np.full(outcomes.shape, np.nan)}

    def resolved(self, origin: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Return rows, outcomes and probabilities as far as each horizon had passed at the month end ``origin``.

        So a candidate is judged from the first month after its first scores on, not a whole horizon later.
        """
        step = np.searchsorted(self.horizons, origin - self.origins, side="right") - 1
        rows = np.flatnonzero((self.origins < origin) & (step >= 0))
        rows = rows[~np.isnan(self.outcomes[rows, step[rows]])]
        return (
            rows,
            self.outcomes[rows, step[rows]],
            {name: curve[rows, step[rows]] for name, curve in self.curves.items()},
        )

    def choose(self, origin: int) -> tuple[str, str]:
        """Choose by what was known at the month end ``origin``: the best fitted candidate, and the score to use.

        That is `RECENCY` unless the fitted candidates have been better by more than chance, where both are known.
        Better is a higher AUC, or a lower log loss with an AUC that is no lower.
        """
        rows, outcome, predicted = self.resolved(origin)
        customers, origins = self.customers[rows], self.origins[rows]
        learned = {candidate: p for candidate, p in predicted.items() if candidate not in (RECENCY, _LEARNED)}
        best = _choose(pd.DataFrame(learned), outcome, customers)
        if RECENCY not in predicted or not _enough(customers, outcome):
            return best, best
        auc_gain = mean_auc(origins, customers, outcome, predicted[_LEARNED], predicted[RECENCY])
        loss_gain = mean_over(
            origins, customers, _loss(outcome, predicted[RECENCY]) - _loss(outcome, predicted[_LEARNED])
        )
        is_better = auc_gain.low > 0 or (loss_gain.low > 0 and auc_gain.high >= 0)
        return best, best if is_better else RECENCY

    def complete(self, origin: int) -> np.ndarray:
        """Return the rows whose whole horizon had passed at the month end ``origin``."""
        return np.flatnonzero(
            outcome_known(self.origins, self.horizons[-1], origin) & ~np.isnan(self.outcomes[:, -1])
        )


#: Candidate, its calibration, Platt's slope and level, the isotonic steps, and whether it ranks better than chance.
ChosenModel = tuple[str, str, tuple[float, float], "IsotonicRegression | None", bool]


def _choose_and_calibrate(past_scores: PastScores) -> tuple[pd.DataFrame, dict[int, ChosenModel]]:
    origins, size = np.unique(past_scores.origins), len(past_scores.origins)
    table = pd.DataFrame({candidate: curve[:, -1] for candidate, curve in past_scores.curves.items()})
    table = table.assign(number=past_scores.origins, candidate="", tells=True, probability=0.0)
    table = table.assign(calibration=CALIBRATIONS[0], **dict.fromkeys(CALIBRATIONS, np.zeros(size)))
    chosen: dict[int, ChosenModel] = {}
    for origin in origins:
        current, complete = np.flatnonzero(past_scores.origins == origin), past_scores.complete(origin)
        (best, candidate), outcome = past_scores.choose(origin), past_scores.outcomes[complete, -1]
        past_scores.curves[_LEARNED][current] = past_scores.curves[best][current]
        platt, isotonic = _calibration(
            table[candidate].to_numpy()[complete], outcome, past_scores.customers[complete]
        )
        probabilities = calibrated(table[candidate].to_numpy()[current], platt, isotonic)
        table.loc[current, list(CALIBRATIONS)] = np.column_stack(
            [probabilities[name] for name in CALIBRATIONS]
        )
        calibration = _choose(
            table[list(CALIBRATIONS)].iloc[complete], outcome, past_scores.customers[complete]
        )
        auc = mean_auc(
            past_scores.origins[complete],
            past_scores.customers[complete],
            outcome,
            table["raw"].to_numpy()[complete],
        )
        is_informative = not auc.low <= _CHANCE  # of what is not tested yet nothing is known
        table.loc[current, ["candidate", "calibration"]] = (candidate, calibration)
        table.loc[current, "tells"] = is_informative
        table.loc[current, "probability"] = round_significant(probabilities[calibration])
        chosen[int(origin)] = candidate, calibration, platt, isotonic, is_informative
    return table.assign(learned=past_scores.curves[_LEARNED][:, -1]), chosen


def _calibration(
    raw: np.ndarray, outcome: np.ndarray, customers: np.ndarray
) -> tuple[tuple[float, float], IsotonicRegression | None]:
    if not _enough(customers, outcome):
        return (1.0, 0.0), None
    from sklearn.isotonic import IsotonicRegression

    logits = _logit(raw)
    isotonic = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip").fit(logits, outcome)
    return _platt(logits, outcome), isotonic


def calibrated(
    raw: np.ndarray, platt: tuple[float, float], isotonic: IsotonicRegression | None
) -> dict[str, np.ndarray]:
    """Return probabilities by each of `CALIBRATIONS`; all as they are where too little is known to calibrate."""
    if isotonic is None:
        return dict.fromkeys(CALIBRATIONS, raw)
    slope, level = platt
    logit = _logit(raw)
    straight = 1 / (1 + np.exp(-(slope * logit + level)))
    return dict(zip(CALIBRATIONS, (raw, straight, isotonic.predict(logit)), strict=True))


def _enough(customers: np.ndarray, outcome: np.ndarray) -> bool:
    """Return whether enough different customers of both kinds are known."""
    return all(
        np.count_nonzero(np.bincount(customers[outcome == value])) >= _LEAST_OF_A_KIND for value in (0, 1)
    )


def _choose(candidates: pd.DataFrame, outcome: np.ndarray, customers: np.ndarray) -> str:
    """Choose a candidate: a more complex one only if its log loss is lower by more than a standard error."""
    best = str(candidates.columns[0])
    if not _enough(customers, outcome):
        return best
    losses = {str(name): _loss(outcome, candidates[name].to_numpy()) for name in candidates}
    is_present = np.bincount(customers) > 0
    for name in losses:
        gain = np.bincount(customers, losses[best] - losses[name])[is_present]
        if gain.sum() > gain.std(ddof=1) * np.sqrt(len(gain)) + _NO_GAIN:
            best = name
    return best


def _loss(outcome: np.ndarray, probability: np.ndarray) -> np.ndarray:
    loss: np.ndarray = -np.log(np.where(outcome == 1, probability, 1 - probability).clip(1e-6))
    return loss


def _platt(logits: np.ndarray, outcome: np.ndarray) -> tuple[float, float]:
    """Fit P = 1 / (1 + exp(-(slope logit + level))) by Newton's method, drawn weakly towards (1, 0)."""
    design = np.column_stack([logits, np.ones_like(logits)])
    start = np.array([1.0, 0.0])
    point = start.copy()
    for _ in range(25):
        probability = 1 / (1 + np.exp(-np.clip(design @ point, -30, 30)))
        gradient = design.T @ (outcome - probability) - (point - start)
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design + np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        point = point + step
        if np.abs(step).max() < 1e-13:
            break
    return max(round_significant(float(point[0])), 0.05), round_significant(float(point[1]))


def _logit(probability: np.ndarray) -> np.ndarray:
    bounded = probability.clip(1e-5, 1 - 1e-5)
    return round_significant(np.log(bounded / (1 - bounded)))
