"""Reasons for a customer's score: the contribution of each group of features to the chosen model's log odds."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.subjects.churn.learning.features import reason_columns
from helpers.subjects.churn.learning.walk_forward import Score

_MOST = 3
#: Contributions smaller than this, in log odds, are no reason; signals are noisier and need more.
_LEAST, _LEAST_OF_SIGNAL = 0.1, 0.3
#: Who has bought for longer is no new customer, whatever the model makes of the time.
_NEW_DAYS = 365


def reasons(
    features: pd.DataFrame, tenure_days: pd.Series, signal_names: Collection[str], score: Score | None
) -> list[tuple[str, ...]]:
    """Return the strongest reasons for each customer's leaving, from the model that scored it.

    A reason's contribution is how much the model's log odds fall when that reason's features are set to those of the
    median customer and all others stay. Nothing is random, so it is the same on every run.

    Parameters
    ----------
    features
        Features, a row a customer; those named in ``signal_names`` are signals and may be NaN.
    tenure_days
        Days since the first purchase.
    score
        What scored them; None: no model was fitted, and silence is all that was used.

    Returns
    -------
    list of tuple of str
        By row, up to three of `features.reason_columns`, the strongest first.
    """
    if features.empty or score is None:
        return [("silence",)] * len(features)
    columns_by_reason = reason_columns(score.columns)
    names = np.array(list(columns_by_reason), dtype=object)
    positions = {score.columns[position]: int(position) for position in score.fit.informative}
    groups = [[name for name in columns if name in positions] for columns in columns_by_reason.values()]
    values = features[score.columns].to_numpy(dtype="float64")
    contributions = np.zeros((len(values), len(groups)))
    with threadpool_limits(1):
        log_odds = _log_odds(score.fit.curves(values)[:, -1])
        for reason, columns in enumerate(groups):
            changed = [positions[name] for name in columns]
            # What is not known of a customer is no reason, though a model may learn from the gap: who is silent
            # has no discount.
            is_known_row = (
                np.flatnonzero(~np.isnan(values[:, changed]).all(axis=1))
                if changed
                else np.empty(0, dtype="int64")
            )
            if len(is_known_row):
                neutral = values[is_known_row]
                neutral[:, changed] = score.fit.medians[changed]
                contributions[is_known_row, reason] = log_odds[is_known_row] - _log_odds(
                    score.fit.curves(neutral)[:, -1]
                )
    contributions[np.ix_(tenure_days.to_numpy() > _NEW_DAYS, names == "short_relationship")] = -np.inf
    is_signal = np.array([not columns or columns[0] in signal_names for columns in groups])
    contributions = np.where(is_signal & (contributions <= _LEAST_OF_SIGNAL), 0.0, contributions).round(9)
    order = np.argsort(-contributions, axis=1, kind="stable")[:, :_MOST]
    best = np.where(np.take_along_axis(contributions, order, axis=1) > _LEAST, order, -1)
    # Few different lists are given to many customers.
    distinct, inverse = np.unique(best, axis=0, return_inverse=True)
    reason_lists = [tuple(names[position] for position in row if position >= 0) for row in distinct]
    return [reason_lists[reason] for reason in inverse.ravel()]


def _log_odds(probability: np.ndarray) -> np.ndarray:
    bounded = probability.clip(1e-6, 1 - 1e-6)
    return np.log(bounded / (1 - bounded))
