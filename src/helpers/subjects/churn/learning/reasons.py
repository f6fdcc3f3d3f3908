"""Why a customer is taken to leave: what each group of features adds to the chosen model's own score."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.subjects.churn.learning.features import columns_of_reasons
from helpers.subjects.churn.learning.walk_forward import Score

_MOST = 3
#: Parts smaller than this, in log odds, are no reason; of signals more is asked, for they are told less plainly.
_LEAST, _LEAST_SENT = 0.1, 0.3
#: Who has bought for longer is no new customer, whatever the model makes of the time.
_NEW_DAYS = 365


def reasons(
    features: pd.DataFrame, tenure_days: pd.Series, signal_names: Collection[str], score: Score | None
) -> list[tuple[str, ...]]:
    """Name what speaks most for each customer's leaving, from the model that scored it.

    A reason's part is how much the model's log odds fall when that reason's features are those of the typical
    (median) customer and all others stay, put to the model that was chosen. It draws nothing, so it is the same on
    every run.

    Parameters
    ----------
    features
        Features, a row a customer; those named in ``signal_names`` are signals and may be NaN.
    tenure_days
        Days since the first purchase.
    score
        What scored them; None: nothing was learnt, and silence is all that was looked at.

    Returns
    -------
    list of tuple of str
        By row, up to three of `features.columns_of_reasons`, the strongest first.
    """
    if features.empty or score is None:
        return [("silence",)] * len(features)
    speaking = columns_of_reasons(score.columns)
    names = np.array(list(speaking), dtype=object)
    looked_at = {score.columns[place]: int(place) for place in score.fit.looked_at}
    groups = [[name for name in columns if name in looked_at] for columns in speaking.values()]
    values = features[score.columns].to_numpy(dtype="float64")
    parts = np.zeros((len(values), len(groups)))
    with threadpool_limits(1):
        whole = _log_odds(score.fit.curves(values)[:, -1])
        for number, columns in enumerate(groups):
            at = [looked_at[name] for name in columns]
            # What is not known of a customer is no reason, though a model may learn from the gap: who is silent
            # has no discount.
            known = np.flatnonzero(~np.isnan(values[:, at]).all(axis=1)) if at else np.empty(0, dtype="int64")
            if len(known):
                usual = values[known]
                usual[:, at] = score.fit.typical[at]
                parts[known, number] = whole[known] - _log_odds(score.fit.curves(usual)[:, -1])
    parts[np.ix_(tenure_days.to_numpy() > _NEW_DAYS, names == "short_relationship")] = -np.inf
    of_signals = np.array([not columns or columns[0] in signal_names for columns in groups])
    parts = np.where(of_signals & (parts <= _LEAST_SENT), 0.0, parts).round(9)
    order = np.argsort(-parts, axis=1, kind="stable")[:, :_MOST]
    best = np.where(np.take_along_axis(parts, order, axis=1) > _LEAST, order, -1)
    # Few different lists are given to many customers.
    lists, which = np.unique(best, axis=0, return_inverse=True)
    texts = [tuple(names[place] for place in row if place >= 0) for row in lists]
    return [texts[number] for number in which.ravel()]


def _log_odds(probability: np.ndarray) -> np.ndarray:
    bounded = probability.clip(1e-6, 1 - 1e-6)
    return np.log(bounded / (1 - bounded))
