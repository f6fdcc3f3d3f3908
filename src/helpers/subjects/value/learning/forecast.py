"""One forecast of what each customer will buy and bring: a purchase model, put right by what past forecasts missed.

1.  The *spine* is a purchase model: MBG/CNBD-k, or Pareto/NBD where customers buy at random (k = 1).
2.  *Own change*: who bought more, or less, in the last year than at its pace so far goes on changing by a part of
    that. *Opening orders* of a new customer are not a rhythm and count for a part.
3.  *Comebacks*: nobody is written off for good. Those silent for a year, of whom the model expects next to nothing,
    come back at a rate that past origins tell, halved with each further year.
4.  *Few purchases, large ones*: whether who bought once or twice, for more than is usual, comes back as often and as
    large as others, past origins tell by a power.
5.  *Level*: what came over what was expected, at past origins. Purchases first, then what a purchase brings.
6.  *Last year's sales* have a part of the value, where they were nearer to what came.

How much of each is learnt at past origins and drawn towards a stated belief (the spine as it is for level and last
year), the more so the less past there is: a whole year of forecasts from as much history as today counts as much as
the belief. Rules of thumb have no part.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.digits import digits
from helpers.models import ParetoNBD
from helpers.models.base import PriorName, PurchaseModel
from helpers.models.errors import FitError, ModelWarning
from helpers.subjects.sales.purchase_model import PurchaseFit, fit_purchases
from helpers.subjects.sales.purchase_summary import WEEK_DAYS
from helpers.subjects.value.learning.histories import YEAR_DAYS
from helpers.subjects.value.learning.spend import came_new, outlying, spend

#: Powers of a customer's own change and of its opening that are believed before any past is looked at, and how firmly
#: (the standard deviation is a quarter).
BELIEF = np.array([0.5, 0.2])
#: The same of the size of few purchases: as often as others, and as large as they were.
SIZE_BELIEF = np.zeros(1)
FIRMNESS = 16.0
#: Purchases added on both sides of a customer's change, and of all customers' level, that came as expected.
_EVEN_PURCHASES, _EVEN_TOTAL = 2.0, 30.0
#: Of whom the spine expects fewer purchases a year than this, it has given up on; what such customers are believed to
#: buy a year after a year of silence, by how many customers that is believed, and what they buy at least.
_GIVEN_UP, _COMEBACKS, _BELIEVED, _LEAST_COMEBACKS = 0.1, 0.02, 20.0, 0.001
#: By maximum likelihood; with weak beliefs where that has no summit.
PRIORS: tuple[PriorName | None, ...] = (None, "weak")
_SHARES_OF_LAST_YEAR = np.arange(7) / 10


@dataclass(frozen=True)
class Then:
    """What was known at a month end, and the models fitted to that.

    Attributes
    ----------
    month, length
        The month, and how many months the history had by then.
    known
        As from `helpers.subjects.value.learning.histories.known_at`.
    fit, spine
        The purchase model that all subjects share, and the one that forecasts.
    """

    month: pd.Period
    length: int
    known: pd.DataFrame
    fit: PurchaseFit
    spine: PurchaseModel

    @property
    def year(self) -> float:
        """A year in weeks, the unit of all times."""
        return YEAR_DAYS / WEEK_DAYS

    @property
    def a_year(self) -> int:
        """How many months a year has."""
        return months_a_year(self.month)

    @cached_property
    def alive(self) -> np.ndarray:
        """P(alive) by the model that all subjects share; asked for each horizon."""
        return np.asarray(self.fit.model.p_alive(self.known))

    @property
    def shape(self) -> np.ndarray:
        """The shape of the gamma distribution of each customer's pace, if it is still one."""
        model = self.fit.model
        return np.asarray(model.params_["r"] + model.k_ * self.known["frequency"].to_numpy(dtype="float64"))


@dataclass(frozen=True)
class Lesson:
    """A past origin whose outcome is known.

    Attributes
    ----------
    expected, spend, outlying
        Purchases that the bare spine expected of each customer in the months judged, what one brings, and as from
        `helpers.subjects.value.learning.spend.outlying`.
    last_year
        Net sales of the year before the origin, over as many months.
    signs
        As from `signs`.
    silent
        As from `silent`.
    alive, shape
        P(alive) by the model that all subjects share, and the shape of the pace of who is.
    came, brought
        What came.
    weight
        Independent years that it tells of: a quarter for origins a quarter apart, less from a shorter history.
    """

    expected: np.ndarray
    spend: np.ndarray
    outlying: np.ndarray
    last_year: np.ndarray
    signs: np.ndarray
    silent: np.ndarray
    alive: np.ndarray
    shape: np.ndarray
    came: np.ndarray
    brought: np.ndarray
    weight: float


@dataclass(frozen=True)
class Stack:
    """What was learnt of how forecasts err.

    Attributes
    ----------
    powers
        Of a customer's own change, and of its opening.
    comebacks
        Purchases a year of those whom the spine has given up on, after a year of silence.
    size_power
        Of how large few purchases were.
    level, spend_level
        Factors on everybody's purchases, and on what a purchase brings.
    last_year
        Share of last year's sales in a customer's value.
    years
        Independent years of past forecasts that it rests on.
    """

    powers: np.ndarray
    comebacks: float
    size_power: float
    level: float
    spend_level: float
    last_year: float
    years: float


def then(known: pd.DataFrame, month: pd.Period, length: int, fit: PurchaseFit | None = None) -> Then:
    """Fit what forecasts to what was known at a month end; ``fit`` is the shared purchase model, if there is one."""
    fit = fit or fit_purchases(known)
    spine: PurchaseModel = fit.model
    if fit.model.k_ == 1 and fit.fallback is None:
        for prior in PRIORS:
            with warnings.catch_warnings(), contextlib.suppress(FitError):
                warnings.simplefilter("ignore", ModelWarning)
                spine = ParetoNBD(prior=prior).fit(known)
                break
    return Then(month, length, known, fit, spine)


def signs(known: pd.DataFrame, year: float) -> np.ndarray:
    """Return the logarithms of each customer's own change of pace and of what is left without its opening."""
    bought, observed = known["purchases"].to_numpy(dtype="float64"), known["T"].to_numpy(dtype="float64")
    usual = (bought - 1) / np.maximum(observed, 1e-9) * year
    change = np.log((known["last_year"] + _EVEN_PURCHASES) / (usual + _EVEN_PURCHASES))
    later = bought - known["opening_purchases"].to_numpy(dtype="float64") + 1
    opening = np.where(came_new(known, year) & (observed < 2 * year), np.log(later / bought), 0.0)
    return digits(np.column_stack([np.where(observed > 1.5 * year, change, 0.0), opening]))


def silent(now: Then, purchases: np.ndarray, months: int) -> np.ndarray:
    """Return a weight for each customer silent for a year of whom the spine expects next to nothing.

    It is 1, halved with each further year of silence.
    """
    silence = (now.known["T"] - now.known["recency"]).to_numpy(dtype="float64") / now.year
    given_up = (silence >= 1) & (purchases < _GIVEN_UP * months / now.a_year)
    return digits(np.where(given_up, 0.5 ** (silence - 1) * months / now.a_year, 0.0))


def lesson(earlier: Then, months: int, came: pd.DataFrame, weight: float = 1.0) -> Lesson:
    """Hold the bare spine of a past origin against what came in the ``months`` after it."""
    expected = digits(
        earlier.spine.expected_purchases(earlier.known, months * earlier.year / earlier.a_year).to_numpy()
    )
    size = spend(earlier.known, earlier.year)
    return Lesson(
        expected,
        size,
        outlying(earlier.known, size),
        _last_year(earlier, months),
        signs(earlier.known, earlier.year),
        silent(earlier, expected, months),
        digits(earlier.alive),
        earlier.shape,
        came["purchases"].to_numpy(dtype="float64"),
        came["net_amount"].to_numpy(dtype="float64"),
        weight,
    )


def learn_stack(lessons: Sequence[Lesson]) -> Stack:
    """Learn from past origins; without any, the belief."""
    told = [each for each in lessons if each.came.sum() > 0 and each.expected.sum() > 0 and each.weight > 0]
    years = float(sum(each.weight for each in told))
    powers = _powers([(each.expected, each.signs, each.came, each.weight) for each in told], BELIEF)
    # Each origin counts by its weight; customers, not years, tell how many come back.
    silences = sum(float(each.silent.sum()) * each.weight for each in told)
    returned = sum(float((each.came - each.expected)[each.silent > 0].sum()) * each.weight for each in told)
    comebacks = digits(max((returned + _COMEBACKS * _BELIEVED) / (silences + _BELIEVED), _LEAST_COMEBACKS))
    if not told:
        return Stack(powers, comebacks, 0.0, 1.0, 1.0, 0.0, 0.0)
    counts = [_counts(each.expected, each.signs, each.silent, powers, comebacks) for each in told]
    purchases = [each.sum() for each in counts]
    levels = [
        np.log((each.came.sum() + _EVEN_TOTAL) / (expected + _EVEN_TOTAL))
        for each, expected in zip(told, purchases, strict=True)
    ]
    amounts = [each.spend * count for each, count in zip(told, counts, strict=True)]
    # In usual purchases, so that the belief counts as much in every currency.
    usual = [max(each.brought.sum() / each.came.sum(), 1e-9) for each in told]
    sized = [
        (amount / one, each.outlying[:, None], each.brought / one, each.weight)
        for each, amount, one in zip(told, amounts, usual, strict=True)
        if amount.sum() > 0 and each.brought.sum() > 0
    ]
    size_power = float(_powers(sized, SIZE_BELIEF)[0])
    amounts = [
        amount * np.exp(size_power * each.outlying) for each, amount in zip(told, amounts, strict=True)
    ]
    spends = [
        np.log(max(each.brought.sum(), 0.01 * amount.sum()) / amount.sum())
        - np.log(each.came.sum() / expected)
        if amount.sum() > 0
        else 0.0
        for each, amount, expected in zip(told, amounts, purchases, strict=True)
    ]
    weights = [each.weight for each in told]
    return Stack(
        powers=powers,
        comebacks=comebacks,
        size_power=size_power,
        level=digits(float(np.exp(np.dot(weights, levels) / (years + 1)))),
        spend_level=digits(float(np.exp(np.dot(weights, spends) / (years + 1)))),
        last_year=digits(_share_of_last_year(told, amounts) * years / (years + 1)),
        years=digits(years),
    )


def expected(now: Then, stack: Stack, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Forecast each customer's purchases and net sales in the next ``months``."""
    spine = digits(now.spine.expected_purchases(now.known, months * now.year / now.a_year).to_numpy())
    changed, silences = signs(now.known, now.year), silent(now, spine, months)
    purchases = stack.level * _counts(spine, changed, silences, stack.powers, stack.comebacks)
    size = spend(now.known, now.year)
    amount = purchases * size * np.exp(stack.size_power * outlying(now.known, size))
    shared = _mixed(amount, _last_year(now, months), stack.last_year)
    return digits(purchases), digits(stack.spend_level * shared)


def counted(each: Lesson, stack: Stack) -> np.ndarray:
    """Return what ``stack`` makes of the purchases that the spine expected at a past origin."""
    counts = _counts(each.expected, each.signs, each.silent, stack.powers, stack.comebacks)
    return digits(stack.level * counts)


def _counts(
    spine: np.ndarray, changed: np.ndarray, silences: np.ndarray, powers: np.ndarray, comebacks: float
) -> np.ndarray:
    """Return the purchases that the spine expects, by each customer's own signs, and those of who comes back."""
    return np.asarray(spine * np.exp(changed @ powers) + comebacks * silences)


def _last_year(now: Then, months: int) -> np.ndarray:
    return np.maximum(now.known["last_year_amount"].to_numpy(dtype="float64"), 0.0) * months / now.a_year


def _mixed(amount: np.ndarray, last_year: np.ndarray, share: float) -> np.ndarray:
    """Mix in last year's sales, brought to the same total: the level is learnt for all alike."""
    before = last_year.sum()
    return (
        amount
        if share == 0 or before <= 0
        else (1 - share) * amount + share * last_year * amount.sum() / before
    )


def _powers(
    past: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray, float]], belief: np.ndarray
) -> np.ndarray:
    """Powers of signs: ridge regression (Poisson, as wide as what came was spread) about a belief.

    Parameters
    ----------
    past
        What was expected, the signs, what came, and weight, of each origin.
    """
    powers = belief.copy()
    for _ in range(8 if past else 0):
        gradient, curvature = FIRMNESS * (belief - powers), FIRMNESS * np.eye(len(belief))
        for expected, signs, came, weight in past:
            mean = expected * np.exp(signs @ powers)
            mean = mean * came.sum() / mean.sum()  # the level is learnt apart
            spread = max(float(((came - mean) ** 2 / np.maximum(mean, 0.05)).mean()), 1.0)
            centred = signs - (signs * mean[:, None]).sum(axis=0) / mean.sum()
            gradient = gradient + weight / spread * (centred.T @ (came - mean))
            curvature = curvature + weight / spread * (centred * mean[:, None]).T @ centred
        powers = powers + np.clip(np.linalg.solve(curvature, gradient), -0.5, 0.5)
    return digits(powers)


def _share_of_last_year(lessons: Sequence[Lesson], amounts: Sequence[np.ndarray]) -> float:
    """Return the share with the smallest mean absolute error of a customer's value; of equal ones the smallest."""

    def error(share: float) -> float:
        total = 0.0
        for each, amount in zip(lessons, amounts, strict=True):
            brought = float(each.brought.sum())
            if brought <= 0 or amount.sum() <= 0:
                continue
            mixed = _mixed(amount, each.last_year, share)
            total += each.weight * float(np.abs(mixed * brought / mixed.sum() - each.brought).sum() / brought)
        return digits(total, 6)

    return float(min(_SHARES_OF_LAST_YEAR, key=error))
