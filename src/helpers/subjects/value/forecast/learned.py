"""A forecast that has learnt from the past how its models err, and puts that right.

Purchase models are blended, their total is scaled, and for the number of each single customer their shape is
sharpened. How much, is learnt on earlier days of the same histories, never on what is to be forecast:

1.  *Look ahead as far as wanted.* How far a model's total goes astray depends on how far it looks ahead, compared to
    how long the customers have been observed. So the past is cut where that ratio is the wanted one: the time between
    the cut and the end is to the mean observed time at the cut, as the horizon is to the mean observed time now.
2.  *Blend*: the geometric mean of the expectations of models which err differently.
3.  *Scale*: purchases that came after the cut, over those expected, from several such cuts of which an older one
    counts half of the next. Few purchases move it little.
4.  *Shape*: the mean forecast f of a customer is more than it will typically make, where f is small: most of those
    customers buy nothing and a few a lot. max(f / mean - threshold, 0) ** power, with the total kept, is nearer to
    what most customers do; threshold and power are those with the smallest mean absolute error after several cuts.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from helpers.core.by_content import ByContent, uncached
from helpers.core.digits import digits
from helpers.models.base import PurchaseModel
from helpers.models.errors import FitError
from helpers.models.patterns import Floats
from helpers.subjects.value.forecast.backtest import PurchaseHistories
from helpers.subjects.value.forecast.candidates import fit_model

#: Names in `MODEL_KINDS`: dropout at any time, after any purchase, and after any purchase but the first.
BLENDED = ("pareto_nbd", "mbg_cnbd_k", "bg_cnbd_k")
#: A slice with fewer purchases to foretell teaches nothing; a scale is drawn towards 1 by so many that came as
#: expected.
LEAST_ACTUAL = 30
_THRESHOLDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6)
_POWERS = (0.8, 0.9, 1.0, 1.1, 1.2, 1.35)


@dataclass(frozen=True)
class LearnedForecast:
    """Blended models with what was learnt about their errors; made by `LearnedForecast.learn`.

    Attributes
    ----------
    models
        Name in `MODEL_KINDS` -> the model fitted to everything known.
    scale
        By which the blend's total is multiplied.
    threshold, power
        Of the shape; 0 and 1 leave the mean forecast as it is.
    cutoffs
        Days from which it was learnt, the latest first. Empty: nothing could be learnt, and the blend stands as it
        is.
    summary
        The customers whose total the shape keeps: all that were known.
    """

    models: Mapping[str, PurchaseModel]
    scale: float
    threshold: float
    power: float
    cutoffs: tuple[pd.Timestamp, ...]
    summary: pd.DataFrame

    @classmethod
    def learn(cls, histories: PurchaseHistories, periods: float, by_content: ByContent = uncached) -> Self:
        """Learn for a horizon of ``periods``, in the histories' unit; ``by_content`` as for `fit_model`.

        Raises
        ------
        FitError
            No model can be fitted to these histories.
        """
        summary = histories.summary()
        models = _fit_models(summary, by_content)
        slices: list[tuple[Floats, Floats]] = []
        cutoffs = []
        for origin in histories.matched_origins(periods):
            if origin.actual.sum() < LEAST_ACTUAL:
                continue
            try:
                expected = _blend(_fit_models(origin.summary, by_content), origin.summary, origin.periods)
            except FitError:  # an earlier slice of few customers: the others teach without it
                continue
            actual = np.asarray(origin.actual, dtype=np.float64)
            slices.append((expected, actual))
            cutoffs.append(origin.cutoff)
        return cls(models, _scale(slices), *_best_shape(slices), tuple(cutoffs), summary)

    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series[float]:
        """Forecast each customer's mean purchases in the next ``periods``: what value and totals are made of.

        The scale is that of the horizon learnt for; another horizon is forecast with the same.
        """
        expected = self.scale * _blend(self.models, summary, periods)
        return pd.Series(expected, summary.index, name="expected_purchases")

    def typical_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series[float]:
        """Forecast the number to name for each customer: nearer to what most make than the mean is.

        Over all customers known the total is that of `expected_purchases`; over a part of them it need not be.
        """
        everybody = self.expected_purchases(self.summary, periods).to_numpy()
        mean = everybody.mean()
        if not mean > 0:
            return self.expected_purchases(summary, periods).rename("typical_purchases")
        keep = 1 / _shaped(everybody / mean, self.threshold, self.power).mean()
        relative = self.expected_purchases(summary, periods) / mean
        typical = digits(mean * keep * _shaped(relative.to_numpy(), self.threshold, self.power))
        return pd.Series(typical, summary.index, name="typical_purchases")


def _fit_models(summary: pd.DataFrame, by_content: ByContent) -> dict[str, PurchaseModel]:
    fitted: dict[str, PurchaseModel] = {}
    failure: FitError | None = None
    for name in BLENDED:
        try:
            fitted[name] = fit_model(name, summary, by_content)
        except FitError as error:
            failure = failure or error
    if not fitted:
        assert failure is not None
        raise failure
    return fitted


def _blend(models: Mapping[str, PurchaseModel], summary: pd.DataFrame, periods: float) -> Floats:
    with np.errstate(divide="ignore"):  # an expectation of 0 makes the blend 0
        logs = [np.log(model.expected_purchases(summary, periods).to_numpy()) for model in models.values()]
        return digits(np.asarray(np.exp(np.mean(logs, axis=0))))


def _scale(slices: Sequence[tuple[Floats, Floats]]) -> float:
    """Purchases that came over those expected, the latest slice first and each older one with half the weight."""
    weights = 0.5 ** np.arange(len(slices))
    came = float(sum(weight * actual.sum() for weight, (_, actual) in zip(weights, slices, strict=True)))
    expected = float(sum(weight * mean.sum() for weight, (mean, _) in zip(weights, slices, strict=True)))
    return digits((came + LEAST_ACTUAL) / (expected + LEAST_ACTUAL))


def _shaped(relative: Floats, threshold: float, power: float) -> Floats:
    shaped = np.maximum(relative - threshold, 0.0) ** power
    return shaped if shaped.any() else relative  # all alike and below the threshold


def _best_shape(slices: Sequence[tuple[Floats, Floats]]) -> tuple[float, float]:
    """Threshold and power with the smallest mean absolute error over mean purchases, averaged over the slices."""
    if not slices:
        return 0.0, 1.0

    def loss(shape: tuple[float, float]) -> float:
        errors = []
        for expected, actual in slices:
            shaped = _shaped(expected / expected.mean(), *shape)
            errors.append(np.abs(shaped * (actual.mean() / shaped.mean()) - actual).mean() / actual.mean())
        return float(np.mean(errors))

    # Of equal ones the mildest.
    return min(itertools.product(_THRESHOLDS, _POWERS), key=lambda shape: (digits(loss(shape)), shape))
