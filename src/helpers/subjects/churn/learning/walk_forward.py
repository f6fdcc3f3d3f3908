"""The walk-forward backtest: at each month end learn from what was known by then, and score the customers of that day.

Nothing is ever scored by a model that has seen it: a month of a row's horizon counts for learning at month end t only
when it had passed at t. The scores so made serve for everything: choosing between the forms, calibration, the test,
and the record of past warnings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.core.backtest import known_by
from helpers.core.by_content import ByContent, uncached
from helpers.core.digits import digits
from helpers.subjects.churn.learning.evaluation import mean_auc, mean_over
from helpers.subjects.churn.learning.fit import (
    RECENCY,
    TRAINING_ORIGINS,
    Fit,
    Rows,
    fitted,
    forms,
    is_ample,
    one_thread,
    sampling_hash,
)

if TYPE_CHECKING:
    from sklearn.isotonic import IsotonicRegression

#: The feature that `RECENCY` looks at.
_SILENCE = "log_silence"
#: Whichever of the other forms was the best as of each month end.
_LEARNED = "learned"
#: The simpler first: the probability as it is, then stretched and shifted in log odds, then by any rising steps.
CALIBRATIONS = ("raw", "platt", "isotonic")
_LEAST_OF_A_KIND = 40
#: `learning.evaluation.auc` of who guesses.
_CHANCE = 0.5
#: Log loss below which forms that say the same differ by their last bits alone.
_NO_GAIN = 1e-6
#: Scores are kept for so many month ends: this one, and the one before for what is new since then.
_KEPT = 2
#: A fit serves for so many month ends where there is more to learn from than it takes.
_MONTHS_A_FIT = 3


@dataclass(frozen=True)
class Score:
    """How customers of one month end are scored: the form that was chosen as of that day, and how it is calibrated.

    Attributes
    ----------
    candidate
        The form's name.
    columns
        The features in the order in which the fit takes them.
    fit
        The form, as fitted on what was known.
    calibration
        One of `CALIBRATIONS`.
    platt
        Slope and level.
    isotonic
        None where too little is known to calibrate.
    tells
        False where the scores of past month ends told who would leave no better than chance.
    """

    candidate: str
    columns: list[str]
    fit: Fit
    calibration: str
    platt: tuple[float, float]
    isotonic: IsotonicRegression | None
    tells: bool = True

    def probability(self, features: pd.DataFrame) -> np.ndarray:
        """Return the calibrated probability of each row of the features, as `walk_forward` does."""
        with one_thread():
            raw = self.fit.curves(features[self.columns].to_numpy(dtype="float64"))[:, -1]
        probability: np.ndarray = calibrated(raw, self.platt, self.isotonic)[self.calibration]
        return digits(probability)


@dataclass(frozen=True)
class WalkForwardBacktest:
    """What `walk_forward` has made.

    Attributes
    ----------
    scored
        In the index of the rows scored: number, probability, candidate (the form chosen as of that day, see
        `learning.fit.forms`, or `RECENCY`), calibration (one of `CALIBRATIONS`, likewise), the probability of the
        chosen one by each calibration, each form's own, learned (that of the form which would have been chosen without
        `RECENCY`) and tells (see `Score`). No rows where no month end had enough to learn from.
    scores
        Month end -> how it is scored, of the last two that are.
    """

    scored: pd.DataFrame
    scores: dict[int, Score]

    @property
    def uninformative(self) -> list[int]:
        """The month ends at which the score told no better than chance who would leave."""
        return self.scored.loc[~self.scored["tells"].astype(bool), "number"].unique().tolist()


def walk_forward(
    table: pd.DataFrame,
    features: pd.DataFrame,
    paths: pd.DataFrame,
    signal_names: Sequence[str],
    most_steps: int = 24,
    by_content: ByContent = uncached,
    *,
    over_recency: bool = False,
) -> WalkForwardBacktest:
    """Score month ends out of time by each form of the score, choose and calibrate as of that day.

    Parameters
    ----------
    table
        customer_id and number (the month end, counted in months), one row a customer and month end.
    features
        Features, in the same index; those named in ``signal_names`` are signals and may be NaN.
    paths
        Column m: 1 where the outcome held through the first m months that followed, 0 where not, NaN: not known yet.
        The last column is the outcome whose probability is wanted.
    most_steps
        So many month ends are scored, the latest.
    by_content
        See `learning.fit.fitted`.
    over_recency
        Whether `RECENCY` is taken where the learned forms have not been better than it by more than chance.
    """
    names = [str(name) for name in features.columns]
    offered = {
        form: np.array([names.index(c) for c in used]) for form, used in forms(names, signal_names).items()
    }
    if over_recency:
        offered[RECENCY] = np.array([names.index(_SILENCE)])
    numbers, months = table["number"].to_numpy(), paths.columns.to_numpy(dtype="int64")
    truth, people = paths.to_numpy(dtype="float64"), pd.factorize(table["customer_id"], sort=True)[0]
    rows = Rows(numbers, sampling_hash(table), features.to_numpy(dtype="float64"), truth, months)
    places: list[np.ndarray] = []
    curves: dict[str, list[np.ndarray]] = {name: [] for name in offered}
    fits: dict[int, dict[str, Fit]] = {}
    with one_thread():
        fitting = _Fitting(rows, people, offered, by_content)
        for number in map(int, np.unique(numbers)[-most_steps:]):
            if not fitting.enough(number):
                continue
            places.append(np.flatnonzero(numbers == number))
            fits[number] = fitting.at(number)
            for form, fit in fits[number].items():
                curves[form].append(fit.curves(rows.features[places[-1]]))
    if not places:
        return WalkForwardBacktest(
            pd.DataFrame(columns=["number", "probability", "candidate", "learned", "tells"]), {}
        )
    at = np.concatenate(places)
    past = Past(
        numbers[at], people[at], truth[at], months,
        {name: np.concatenate(parts) for name, parts in curves.items()},
    )  # fmt: skip
    scored, ways = _finished(past)
    scores = {}
    for number in list(fits)[-_KEPT:]:
        form, calibration, platt, isotonic, tells = ways[number]
        scores[number] = Score(form, names, fits[number][form], calibration, platt, isotonic, tells)
    return WalkForwardBacktest(scored.set_index(table.index[at]), scores)


class _Fitting:
    """Fits all forms as of a month end.

    Where more is known than a fit takes, a fit serves for the rest of the quarter of the year: nothing that it is put
    to has been seen by it, and the month ends of a quarter have one fit whatever month the report is of.
    """

    def __init__(
        self, rows: Rows, people: np.ndarray, offered: dict[str, np.ndarray], by_content: ByContent
    ) -> None:
        self._rows, self._people, self._offered, self._by_content = rows, people, offered, by_content
        self._last: tuple[int, dict[str, Fit]] | None = None

    def enough(self, number: int) -> bool:
        """Tell whether whole horizons had passed for enough customers of both kinds."""
        numbers, horizon = self._rows.number, self._rows.months[-1]
        whole = known_by(numbers, horizon, number) & (numbers > number - horizon - TRAINING_ORIGINS)
        return _enough(self._people[whole], self._rows.truth[whole, -1])

    def at(self, number: int) -> dict[str, Fit]:
        """Return the fits that serve at this month end; month ends are asked for in their order."""
        quarter = number - number % _MONTHS_A_FIT
        known = self._rows.known(quarter)
        if not (is_ample(known) and self.enough(quarter)):
            quarter, known = number, self._rows.known(number)
        if self._last is None or self._last[0] != quarter:
            self._last = quarter, fitted(self._offered, self._rows, known, self._by_content)
        return self._last[1]


class Past:
    """Scores of past month ends by every form, and what has become of them since.

    Parameters
    ----------
    number, people
        Month end and customer (as a code) of each row.
    truth
        By row and column of the paths, as in `walk_forward`.
    months
        After how many months each column is known.
    curves
        Form -> probability, by row and column.
    """

    def __init__(
        self, number: np.ndarray, people: np.ndarray, truth: np.ndarray, months: np.ndarray,
        curves: dict[str, np.ndarray],
    ) -> None:  # fmt: skip
        self.number, self.people, self.truth, self.months = number, people, truth, months
        self.curves = curves | {_LEARNED: np.full(truth.shape, np.nan)}

    def so_far(self, number: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Return rows, outcomes and probabilities as far as each horizon had passed at the month end ``number``.

        So a form is judged from the first month after its first scores on, not a whole horizon later.
        """
        step = np.searchsorted(self.months, number - self.number, side="right") - 1
        rows = np.flatnonzero((self.number < number) & (step >= 0))
        rows = rows[~np.isnan(self.truth[rows, step[rows]])]
        return (
            rows,
            self.truth[rows, step[rows]],
            {name: curve[rows, step[rows]] for name, curve in self.curves.items()},
        )

    def chosen(self, number: int) -> tuple[str, str]:
        """Choose by what was known at the month end ``number``: the best of the learned forms, and what is the score.

        That is `RECENCY` unless the learned forms have been better by more than chance, where both are known. Better is
        who ranks customers better, or who gives what came the higher probability and ranks no worse.
        """
        rows, outcome, said = self.so_far(number)
        people, ends = self.people[rows], self.number[rows]
        learned = {form: p for form, p in said.items() if form not in (RECENCY, _LEARNED)}
        best = _choose(pd.DataFrame(learned), outcome, people)
        if RECENCY not in said or not _enough(people, outcome):
            return best, best
        ranked = mean_auc(ends, people, outcome, said[_LEARNED], said[RECENCY])
        spared = mean_over(ends, people, _loss(outcome, said[RECENCY]) - _loss(outcome, said[_LEARNED]))
        gains = ranked.low > 0 or (spared.low > 0 and ranked.high >= 0)
        return best, best if gains else RECENCY

    def whole(self, number: int) -> np.ndarray:
        """Return the rows whose whole horizon had passed at the month end ``number``."""
        return np.flatnonzero(known_by(self.number, self.months[-1], number) & ~np.isnan(self.truth[:, -1]))


#: A form, its calibration, what this would be by slope and level and by steps, and whether it tells anything.
Way = tuple[str, str, tuple[float, float], "IsotonicRegression | None", bool]


def _finished(past: Past) -> tuple[pd.DataFrame, dict[int, Way]]:
    ends, size = np.unique(past.number), len(past.number)
    table = pd.DataFrame({form: curve[:, -1] for form, curve in past.curves.items()})
    table = table.assign(number=past.number, candidate="", tells=True, probability=0.0)
    table = table.assign(calibration=CALIBRATIONS[0], **dict.fromkeys(CALIBRATIONS, np.zeros(size)))
    ways: dict[int, Way] = {}
    for end in ends:
        now, known = np.flatnonzero(past.number == end), past.whole(end)
        (best, form), outcome = past.chosen(end), past.truth[known, -1]
        past.curves[_LEARNED][now] = past.curves[best][now]
        platt, isotonic = _calibration(table[form].to_numpy()[known], outcome, past.people[known])
        offered = calibrated(table[form].to_numpy()[now], platt, isotonic)
        table.loc[now, list(CALIBRATIONS)] = np.column_stack([offered[name] for name in CALIBRATIONS])
        way = _choose(table[list(CALIBRATIONS)].iloc[known], outcome, past.people[known])
        ranked = mean_auc(past.number[known], past.people[known], outcome, table["raw"].to_numpy()[known])
        tells = not ranked.low <= _CHANCE  # of what is not tested yet nothing is known
        table.loc[now, ["candidate", "calibration"]], table.loc[now, "tells"] = (form, way), tells
        table.loc[now, "probability"] = digits(offered[way])
        ways[int(end)] = form, way, platt, isotonic, tells
    return table.assign(learned=past.curves[_LEARNED][:, -1]), ways


def _calibration(
    raw: np.ndarray, outcome: np.ndarray, people: np.ndarray
) -> tuple[tuple[float, float], IsotonicRegression | None]:
    if not _enough(people, outcome):
        return (1.0, 0.0), None
    from sklearn.isotonic import IsotonicRegression

    before = _logit(raw)
    steps = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip").fit(before, outcome)
    return _platt(before, outcome), steps


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


def _enough(people: np.ndarray, outcome: np.ndarray) -> bool:
    """Tell whether enough different customers of both kinds are known."""
    return all(np.count_nonzero(np.bincount(people[outcome == kind])) >= _LEAST_OF_A_KIND for kind in (0, 1))


def _choose(offered: pd.DataFrame, outcome: np.ndarray, people: np.ndarray) -> str:
    """Take a richer one only where its log loss is lower by more than a standard error over customers."""
    best = str(offered.columns[0])
    if not _enough(people, outcome):
        return best
    losses = {str(name): _loss(outcome, offered[name].to_numpy()) for name in offered}
    there = np.bincount(people) > 0
    for name in losses:
        gain = np.bincount(people, losses[best] - losses[name])[there]
        if gain.sum() > gain.std(ddof=1) * np.sqrt(len(gain)) + _NO_GAIN:
            best = name
    return best


def _loss(outcome: np.ndarray, probability: np.ndarray) -> np.ndarray:
    loss: np.ndarray = -np.log(np.where(outcome == 1, probability, 1 - probability).clip(1e-6))
    return loss


def _platt(logits: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Fit P = 1 / (1 + exp(-(slope logit + level))) by Newton's method, drawn weakly towards (1, 0)."""
    design = np.column_stack([logits, np.ones_like(logits)])
    start = np.array([1.0, 0.0])
    point = start.copy()
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(design @ point, -30, 30)))
        gradient = design.T @ (y - p) - (point - start)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        point = point + step
        if np.abs(step).max() < 1e-13:
            break
    return max(digits(float(point[0])), 0.05), digits(float(point[1]))


def _logit(probability: np.ndarray) -> np.ndarray:
    bounded = probability.clip(1e-5, 1 - 1e-5)
    return digits(np.log(bounded / (1 - bounded)))
