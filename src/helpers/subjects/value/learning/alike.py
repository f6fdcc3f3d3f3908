"""Customers of like histories: what is slow to compute and changes smoothly is computed once for each such group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.models.base import PurchaseModel

#: Histories are alike when purchases, silence and time observed lie in the same steps of so much of themselves.
_STEP = 0.15
#: Up to so many purchases each number stands for itself.
_EXACT_PURCHASES = 12
_READ = ["frequency", "recency", "T", "sum_log_gaps"]


def purchases_by(ends: np.ndarray, known: pd.DataFrame, model: PurchaseModel) -> np.ndarray:
    """Return the purchases that the model expects up to each end of ``ends`` (columns), by groups of like histories.

    Parameters
    ----------
    ends
        Ascending, in weeks.
    known
        As from `helpers.subjects.value.learning.histories.known_at`.
    """
    grouped = known[_READ].groupby(_keys(known), sort=True)
    means = grouped.mean()
    frequency = means["frequency"].round()
    # A repeat purchase has its time, and none has none: rounding must not part them.
    recency = np.where(frequency > 0, np.maximum(means["recency"], 1e-9), 0.0)
    like = means.assign(frequency=frequency, recency=np.minimum(recency, means["T"]))
    expected = model.expected_purchases(like, list(ends)).to_numpy()
    return np.asarray(expected[grouped.ngroup().to_numpy()])


def _keys(known: pd.DataFrame) -> np.ndarray:
    """Number the group of each history: one whole number of frequency, silence and time observed."""
    frequency = known["frequency"].to_numpy(dtype="float64")
    step = np.log1p(_STEP)
    many = _EXACT_PURCHASES + 1 + np.log(np.maximum(frequency, 1) / _EXACT_PURCHASES) / step
    bought = np.where(frequency <= _EXACT_PURCHASES, frequency, np.floor(many)).astype("int64")
    silent = np.floor(np.log1p((known["T"] - known["recency"]).to_numpy()) / step)
    observed = np.floor(np.log1p(known["T"].to_numpy()) / step)
    return np.asarray(bought * 1_000_000 + silent.astype("int64") * 1_000 + observed.astype("int64"))
