"""Scores of a purchase model, customer by customer: what can be computed wherever the customers are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.rounding import round_significant
from helpers.models.base import PurchaseModel
from helpers.subjects.sales import purchase_summary
from helpers.subjects.sales.purchase_summary import in_units
from helpers.subjects.value.learning.recalibration import AS_IT_IS, Recalibration

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
