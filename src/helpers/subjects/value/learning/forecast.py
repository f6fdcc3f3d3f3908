"""The forecast of each customer's purchases and margin: a purchase model, corrected by the errors of past forecasts.

1.  The *spine* is a purchase model: MBG/CNBD-k. Where customers buy at random (k = 1) Pareto/NBD tells them apart, and
    the total is the mean of both (Bates and Granger, 1969).
2.  *Own change*: a customer whose last year was above or below its earlier pace, beyond what all customers changed by,
    keeps a part of that change. *Opening orders* of a new customer are not a rhythm and count only in part.
3.  *Comebacks*: nobody is written off for good. Customers silent for a year, from whom the model expects almost
    nothing, come back at the rate observed at past origins, halved with each further year of silence.
4.  *Few purchases, large ones*: whether a customer who bought once or twice, for more than is usual, comes back as
    often and buys as much as others is learnt from past origins, as a power.
5.  *Level*: the observed total over the one that today's model would have expected, at past origins: the change common
    to all customers, first in purchases, then in the value of a purchase. What was temporary (`common_trend`) is left
    out. The spine is corrected only by the part of the mean past error that exceeds its standard error (the
    one-standard-error rule of Breiman et al., 1984); that error grows with the disagreement between origins (Birge's
    ratio, 1932), as in a slow recovery.
6.  *Last year's sales* get a share of the forecast where they were nearer to the outcome.

The size of each correction is learnt at past origins and shrunk towards a stated prior (no correction, for level and
last year): the more, the shorter the past and the larger its random variation. No rule of thumb is used.
"""

import contextlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.core.amounts import round_significant
from helpers.core.calendar.period_names import months_a_year
from helpers.core.periods import month_number
from helpers.models import ParetoNBD
from helpers.models.base import PriorName, PurchaseModel
from helpers.models.errors import FitError, ModelWarning
from helpers.subjects.sales.purchase_summary import WEEK_DAYS, PurchaseFit, fit_purchases
from helpers.subjects.value.learning.common_trend import level
from helpers.subjects.value.learning.histories import YEAR_DAYS, joined_later, outlying, purchases_by, spend

#: Powers of a customer's own change and of its opening that are believed before any past is looked at, and how firmly
#: (the standard deviation is a third).
BELIEF = np.array([0.3, 0.2])
#: The same of the size of few purchases: as often as others, and as large as they were.
SIZE_BELIEF = np.zeros(1)
FIRMNESS = 8.0
#: Purchases added on both sides of a customer's change.
_EVEN_PURCHASES = 2.0
#: Of whom the spine expects fewer purchases a year than this, it has given up on; what such customers are believed to
#: buy a year after a year of silence, by how many customers that is believed, and what they buy at least.
_GIVEN_UP, _COMEBACKS, _BELIEVED, _LEAST_COMEBACKS = 0.1, 0.02, 20.0, 0.001
#: By maximum likelihood; with weak beliefs where that has no summit.
PRIORS: tuple[PriorName | None, ...] = (None, "weak")
_SHARES_OF_LAST_YEAR = np.arange(7) / 10


@dataclass(frozen=True)
class Snapshot:
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

    @cached_property
    def spend(self) -> np.ndarray:
        """As from `helpers.subjects.value.learning.histories.spend`."""
        return spend(self.known, self.year)

    @cached_property
    def outlying(self) -> np.ndarray:
        """As from `helpers.subjects.value.learning.histories.outlying`."""
        return outlying(self.known, self.spend)

    @cached_property
    def features(self) -> np.ndarray:
        """As from `features`."""
        return features(self.known, self.year)

    @property
    def shape(self) -> np.ndarray:
        """The shape of the gamma distribution of each customer's pace, if it is still one."""
        model = self.fit.model
        return np.asarray(model.params_["r"] + model.k_ * self.known["frequency"].to_numpy(dtype="float64"))


@dataclass(frozen=True)
class PastOrigin:
    """A past origin whose outcome is known.

    Attributes
    ----------
    expected, spend, outlying
        Purchases that today's bare spine expects of each customer in the months judged, by what was known of it at the
        origin, what one brings, and as from `helpers.subjects.value.learning.histories.outlying`.
    last_year
        Net sales of the year before the origin, over as many months.
    features, lapsed
        As from `features` and `lapsed`.
    alive, shape
        P(alive) by the model that all subjects share, and the shape of the pace of who is.
    observed, sales
        Purchases and net sales in the months judged.
    transient
        As from `helpers.subjects.value.learning.common_trend.CommonTrend.transient`, of the months judged.
    weight
        Independent years that it tells of: a quarter for origins a quarter apart, less from a shorter history, and of
        a part of a year.
    place
        When it was, in lengths of the months judged: outcomes of origins less than one apart overlap.
    """

    expected: np.ndarray
    spend: np.ndarray
    outlying: np.ndarray
    last_year: np.ndarray
    features: np.ndarray
    lapsed: np.ndarray
    alive: np.ndarray
    shape: np.ndarray
    observed: np.ndarray
    sales: np.ndarray
    transient: float
    weight: float
    place: float


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
    """

    powers: np.ndarray
    comebacks: float
    size_power: float
    level: float
    spend_level: float
    last_year: float


def snapshot(known: pd.DataFrame, month: pd.Period, length: int, fit: PurchaseFit | None = None) -> Snapshot:
    """Fit what forecasts to what was known at a month end; ``fit`` is the shared purchase model, if there is one."""
    fit = fit or fit_purchases(known)
    spine: PurchaseModel = fit.model
    if fit.model.k_ == 1 and fit.fallback is None:
        for prior in PRIORS:
            with warnings.catch_warnings(), contextlib.suppress(FitError):
                warnings.simplefilter("ignore", ModelWarning)
                spine = ParetoNBD(prior=prior).fit(known)
                break
    return Snapshot(month, length, known, fit, spine)


def features(known: pd.DataFrame, year: float) -> np.ndarray:
    """Return the logarithms of each customer's own change of pace and of what is left without its opening."""
    bought, observed = known["purchases"].to_numpy(dtype="float64"), known["T"].to_numpy(dtype="float64")
    usual = (bought - 1) / np.maximum(observed, 1e-9) * year
    change = np.log((known["last_year"] + _EVEN_PURCHASES) / (usual + _EVEN_PURCHASES))
    later = bought - known["opening_purchases"].to_numpy(dtype="float64") + 1
    opening = np.where(joined_later(known, year) & (observed < 2 * year), np.log(later / bought), 0.0)
    return round_significant(np.column_stack([np.where(observed > 1.5 * year, change, 0.0), opening]))


def lapsed(now: Snapshot, purchases: np.ndarray, months: int) -> np.ndarray:
    """Return a weight for each customer silent for a year of whom the spine expects next to nothing.

    It is 1, halved with each further year of silence.
    """
    silence = (now.known["T"] - now.known["recency"]).to_numpy(dtype="float64") / now.year
    given_up = (silence >= 1) & (purchases < _GIVEN_UP * months / now.a_year)
    return round_significant(np.where(given_up, 0.5 ** (silence - 1) * months / now.a_year, 0.0))


def expected_newcomer(now: Snapshot, months: int) -> np.ndarray:
    """Return the purchases that the spine expects of a newcomer in its first half month and each month after."""
    new = pd.DataFrame({"frequency": [0], "recency": [0.0], "T": [0.0], "sum_log_gaps": [0.0]})
    ends = (np.arange(months) + 0.5) * now.year / now.a_year
    return round_significant(np.diff(now.spine.expected_purchases(new, ends).to_numpy()[0], prepend=0.0))


def past_origin(
    earlier: Snapshot, today: Snapshot, months: int, observed: pd.DataFrame, transient: float, weight: float
) -> PastOrigin:
    """Hold today's bare spine, as of a past origin, against what came in the ``months`` after it."""
    reach = np.array([months * earlier.year / earlier.a_year])
    expected = _of_both(purchases_by(reach, earlier.known, today.spine)[:, 0], today, earlier, reach)
    return PastOrigin(
        expected,
        earlier.spend,
        earlier.outlying,
        _last_year(earlier, months),
        earlier.features,
        lapsed(earlier, expected, months),
        round_significant(earlier.alive),
        earlier.shape,
        observed["purchases"].to_numpy(dtype="float64"),
        observed["net_amount"].to_numpy(dtype="float64"),
        transient,
        weight,
        month_number(earlier.month) / months,
    )


def fit_stack(past_origins: Sequence[PastOrigin]) -> Stack:
    """Learn from past origins; without any, the belief."""
    usable = [each for each in past_origins if min(each.observed.sum(), each.expected.sum(), each.weight) > 0]
    years = float(sum(each.weight for each in usable))
    powers = _powers([(each.expected, each.features, each.observed, each.weight) for each in usable], BELIEF)
    # Each origin counts by its weight; customers, not years, tell how many come back.
    silences = sum(float(each.lapsed.sum()) * each.weight for each in usable)
    returned = sum(
        float((each.observed - each.expected)[each.lapsed > 0].sum()) * each.weight for each in usable
    )
    comebacks = round_significant(
        max((returned + _COMEBACKS * _BELIEVED) / (silences + _BELIEVED), _LEAST_COMEBACKS)
    )
    if not usable:
        return Stack(powers, comebacks, 0.0, 1.0, 1.0, 0.0)
    missed, paid = [], []
    for each in usable:
        count = _counts(each.expected, each.features, each.lapsed, powers, comebacks)
        missed.append(_missed(each, each.observed, count, each.transient))
        if (count * each.spend).sum() > 0 and each.sales.sum() > 0:
            paid.append((each, count * each.spend, count))
    # In usual purchases, so that the belief counts as much in every currency.
    usual = [each.sales.sum() / each.observed.sum() for each, _, _ in paid]
    sized = [
        (amount / one, each.outlying[:, None], each.sales / one, each.weight)
        for (each, amount, _), one in zip(paid, usual, strict=True)
    ]
    size_power = float(_powers(sized, SIZE_BELIEF)[0])
    paid = [(each, amount * np.exp(size_power * each.outlying), count) for each, amount, count in paid]
    # What a purchase brings: beside how many there were.
    spends = [
        _missed(each, each.sales, amount, np.log(each.observed.sum() / count.sum()))
        for each, amount, count in paid
    ]
    share = _share_of_last_year([(each, amount) for each, amount, _ in paid])
    return Stack(
        powers=powers,
        comebacks=comebacks,
        size_power=size_power,
        level=level(missed),
        spend_level=level(spends),
        last_year=round_significant(share * years / (years + 1)),
    )


def expected(now: Snapshot, stack: Stack, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Forecast each customer's purchases and net sales in the next ``months``."""
    reach = months * now.year / now.a_year
    spine = now.spine.expected_purchases(now.known, reach).to_numpy()
    spine = _of_both(spine, now, now, np.array([reach]))
    counts = _counts(spine, now.features, lapsed(now, spine, months), stack.powers, stack.comebacks)
    purchases = stack.level * counts
    amount = purchases * now.spend * np.exp(stack.size_power * now.outlying)
    shared = _mixed(amount, _last_year(now, months), stack.last_year)
    return round_significant(purchases), round_significant(stack.spend_level * shared)


def corrected_purchases(each: PastOrigin, stack: Stack) -> np.ndarray:
    """Return what ``stack`` makes of the purchases that the spine expected at a past origin."""
    counts = _counts(each.expected, each.features, each.lapsed, stack.powers, stack.comebacks)
    return round_significant(stack.level * counts)


def _counts(
    spine: np.ndarray, changed: np.ndarray, silences: np.ndarray, powers: np.ndarray, comebacks: float
) -> np.ndarray:
    """Return the purchases that the spine expects, by each customer's own features, and those of who comes back.

    Own changes move purchases from one customer to another: what all changed by is in the level.
    """
    opened = spine * np.exp(changed[:, 1] * powers[1])
    own = opened * np.exp(changed[:, 0] * powers[0])
    return np.asarray(own * (opened.sum() / max(own.sum(), 1e-12)) + comebacks * silences)


def _of_both(spine: np.ndarray, today: Snapshot, then: Snapshot, reach: np.ndarray) -> np.ndarray:
    """Bring what the spine expects halfway to the total of the model that all subjects share."""
    if today.spine is today.fit.model or spine.sum() <= 0:
        return round_significant(spine)
    shared = purchases_by(reach, then.known, today.fit.model).sum()
    return round_significant(spine * (1 + shared / spine.sum()) / 2)


def _missed(each: PastOrigin, observed: np.ndarray, expected: np.ndarray, known: float) -> np.ndarray:
    """Return an origin's error (log of observed over expected, less its ``known`` part), variance, weight and place.

    The variance is that of the total by the chance in each customer's own purchases.
    """
    total = observed.sum()
    chance = ((observed - expected) ** 2).sum() / total**2
    return np.array([np.log(total / expected.sum()) - known, chance, each.weight, each.place])


def _last_year(now: Snapshot, months: int) -> np.ndarray:
    return np.maximum(now.known["last_year_amount"].to_numpy(dtype="float64"), 0.0) * months / now.a_year


def _mixed(amount: np.ndarray, last_year: np.ndarray, share: float) -> np.ndarray:
    """Mix in last year's sales, brought to the same total: the level is learnt for all alike."""
    before = last_year.sum()
    if share == 0 or before <= 0:
        return amount
    return (1 - share) * amount + share * last_year * amount.sum() / before


def _powers(
    past: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray, float]], belief: np.ndarray
) -> np.ndarray:
    """Powers of features: ridge regression (Poisson, as wide as what came was spread) about a belief.

    Parameters
    ----------
    past
        Expected, features, observed and weight of each origin.
    """
    powers = belief.copy()
    for _ in range(8 if past else 0):
        gradient, curvature = FIRMNESS * (belief - powers), FIRMNESS * np.eye(len(belief))
        for expected, features, observed, weight in past:
            mean = expected * np.exp(features @ powers)
            mean = mean * observed.sum() / mean.sum()  # the level is learnt apart
            spread = max(float(((observed - mean) ** 2 / np.maximum(mean, 0.05)).mean()), 1.0)
            centred = features - (features * mean[:, None]).sum(axis=0) / mean.sum()
            gradient = gradient + weight / spread * (centred.T @ (observed - mean))
            curvature = curvature + weight / spread * (centred * mean[:, None]).T @ centred
        powers = powers + np.clip(np.linalg.solve(curvature, gradient), -0.5, 0.5)
    return round_significant(powers)


def _share_of_last_year(past: Sequence[tuple[PastOrigin, np.ndarray]]) -> float:
    """Return the share with the smallest mean absolute error of a customer's value; of equal ones the smallest."""

    def error(share: float) -> float:
        total = 0.0
        for each, amount in past:
            sales, mixed = float(each.sales.sum()), _mixed(amount, each.last_year, share)
            total += each.weight * float(np.abs(mixed * sales / mixed.sum() - each.sales).sum() / sales)
        return round_significant(total, 6)

    return float(min(_SHARES_OF_LAST_YEAR, key=error))
