"""P(alive), recalibrated by who bought again in the year after past month ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from helpers.core.amounts import round_significant
from helpers.models.base import PurchaseModel
from helpers.subjects.sales import purchase_summary
from helpers.subjects.sales.purchase_summary import in_units
from helpers.subjects.value.learning.forecast import PastOrigin, Stack, corrected_purchases

#: Nobody is sure to be gone, or to be still there: P(alive) is not told beyond these.
_LEAST, _MOST = 1e-4, 1 - 1e-4
#: The prior that P(alive) needs no correction: standard deviations of slope and level of roughly a fifth; it weighs as
#: much as a tenth of a year of past forecasts, since chance in a month is common to all its customers.
_FIRMNESS, _BELIEVED_YEARS = 5.0, 0.1


class Recalibration(NamedTuple):
    """How log odds of P(alive) are stretched and shifted; a rising curve, so that the order of customers stays.

    Attributes
    ----------
    slope, level
        1 and 0: as it is.
    """

    slope: float = 1.0
    level: float = 0.0

    def of(self, alive: np.ndarray) -> np.ndarray:
        """Return the recalibrated P(alive) for the purchase model's ``alive``; NaN stays NaN."""
        alive = round_significant(np.asarray(alive, dtype="float64"))
        if self == AS_IT_IS:
            return alive
        return round_significant(expit(self.slope * logit(alive.clip(_LEAST, _MOST)) + self.level))


#: P(alive) by the purchase model alone.
AS_IT_IS = Recalibration()


def buys_again(alive: np.ndarray, shape: np.ndarray, purchases: np.ndarray) -> np.ndarray:
    """Return the probability of at least one purchase, given the expected number of purchases; never above that number.

    Parameters
    ----------
    alive, shape
        P(alive), and the shape of the gamma distribution of the pace of who is.
    """
    none = (1 + purchases / alive / shape) ** -shape
    return round_significant(np.minimum(alive * (1 - none), purchases))


def recalibration(past_origins: Sequence[PastOrigin], stack: Stack, ahead: float) -> Recalibration:
    """Learn from past origins how P(alive) errs: the likelihood of who bought in the year that followed, by Newton.

    Buying means being alive and, if so, buying within the year; only the first probability is corrected. The result is
    shrunk towards no correction, and is none where past forecasts are shorter than a year.

    Parameters
    ----------
    past_origins, stack
        What the forecast is learnt from (as of one month end), and what was learnt.
    ahead
        Years that the past origins look ahead.
    """
    years = float(sum(each.weight for each in past_origins))
    # Less than a whole year tells of a season, not of leaving.
    if ahead < 1 or years <= 0:
        return AS_IT_IS
    parts = []
    for each in past_origins:
        alive = each.alive.clip(_LEAST, _MOST)
        again = buys_again(alive, each.shape, corrected_purchases(each, stack)) / alive
        parts.append((logit(alive), again, each.observed > 0, np.full(len(alive), each.weight)))
    log_odds, again, observed, weight = (np.concatenate(part) for part in zip(*parts, strict=True))
    design = np.column_stack([log_odds, np.ones(len(log_odds))])
    start = point = np.array([1.0, 0.0])
    for _ in range(25):
        alive = expit(design @ point)
        buys = (alive * again).clip(1e-6, 1 - 1e-6)
        rises = alive * (1 - alive) * again
        gradient = design.T @ (weight * rises * (observed / buys - (1 - observed) / (1 - buys)))
        curvature = (design * (weight * rises**2 / (buys * (1 - buys)))[:, None]).T @ design
        step = np.linalg.solve(curvature + _FIRMNESS * np.eye(2), gradient - _FIRMNESS * (point - start))
        point = point + step.clip(-0.5, 0.5)
        if np.abs(step).max() < 1e-12:
            break
    slope, level = start + (point - start) * years / (years + _BELIEVED_YEARS)
    return Recalibration(max(round_significant(float(slope), 6), 0.05), round_significant(float(level), 6))


#: What of the fact customer_summary is needed.
COLUMNS = ("customer_id", *purchase_summary.COLUMNS)


@dataclass(frozen=True)
class PurchaseScorer:
    """A fitted model that scores rows of customer_summary; picklable, and each row's scores come from it alone.

    Attributes
    ----------
    model
        Fitted in weeks; None: nothing could be learnt, and nobody has a score.
    weeks
        Horizon of the expected purchases.
    alive
        How its P(alive) is put right.
    """

    model: PurchaseModel | None
    weeks: float
    alive: Recalibration = AS_IT_IS

    def __call__(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Return customer_id, p_alive and expected_purchases (in the next ``weeks``); NaN for who never bought."""
        bought = customers["frequency"].notna().to_numpy()
        summary = in_units(customers[bought])
        scores = pd.DataFrame({"customer_id": customers["customer_id"]})
        if self.model is None:
            return scores.assign(p_alive=np.nan, expected_purchases=np.nan)
        for name, values in (
            ("p_alive", self.alive.of(self.model.p_alive(summary).to_numpy())),
            (
                "expected_purchases",
                round_significant(self.model.expected_purchases(summary, self.weeks).to_numpy()),
            ),
        ):
            scores[name] = np.nan
            scores.loc[bought, name] = values
        return scores
