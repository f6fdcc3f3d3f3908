"""Purchase models as candidates for a forecast: fitted so that nearly any customers can be forecast."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Mapping

import pandas as pd

from helpers.core.by_content import ByContent, uncached
from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD
from helpers.models.base import PurchaseModel
from helpers.models.errors import FitDivergedError, NoRepeatPurchasesError, WeaklyIdentifiedWarning

#: Fewer customers than this, and a model is fitted with the weak prior; so it is where the likelihood has no summit.
FEW_CUSTOMERS = 200

#: In the order in which they are taken where nothing can be judged.
MODEL_KINDS: Mapping[str, Callable[..., PurchaseModel]] = {
    "mbg_cnbd_k": MBGCNBDk,
    "mbg_nbd": MBGNBD,
    "pareto_nbd": ParetoNBD,
    "bg_cnbd_k": BGCNBDk,
    "bg_nbd": BGNBD,
}


def fit_model(name: str, summary: pd.DataFrame, by_content: ByContent = uncached) -> PurchaseModel:
    """Fit a model of `MODEL_KINDS` by maximum likelihood, or with the weak prior where that has no summit.

    ``by_content`` may know the fit to the same customers: several candidates ask for it.

    Raises
    ------
    FitError
        These customers determine it with neither.
    """
    if not summary["T"].max() > 0:
        raise NoRepeatPurchasesError(
            "All customers bought for the first time on the last day, so how often they come back is not known yet."
        )
    values = [summary[column].to_numpy() for column in ("frequency", "recency", "T", "sum_log_gaps")]
    return by_content(name, values, lambda: _fitted(MODEL_KINDS[name], summary))


def _fitted(make: Callable[..., PurchaseModel], summary: pd.DataFrame) -> PurchaseModel:
    with warnings.catch_warnings():
        # Parameters are no findings here; what the forecast is worth, the origins say.
        warnings.simplefilter("ignore", WeaklyIdentifiedWarning)
        if len(summary) >= FEW_CUSTOMERS:
            with contextlib.suppress(FitDivergedError):
                return make().fit(summary)
        return make(prior="weak").fit(summary)
