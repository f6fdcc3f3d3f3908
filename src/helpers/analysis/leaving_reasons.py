"""Why a customer is taken to leave: what each group of signs adds to the chosen model's own score."""

from __future__ import annotations

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.analysis.leaving_features import REASONS
from helpers.analysis.leaving_fit import fitted, forms, months_known

_MOST = 3
#: Parts smaller than this, in log odds, are no reason; of signals more is asked, for they are told less plainly.
_LEAST, _LEAST_SENT = 0.1, 0.3
#: Who has bought for longer is no new customer, whatever the model makes of the time.
_NEW_DAYS = 365


def reasons(
    table: pd.DataFrame,
    x: pd.DataFrame,
    paths: pd.DataFrame,
    tenure_days: pd.Series,
    this: pd.Series,
    sent: list[str],
    candidate: str,
) -> list[tuple[str, ...]]:
    """Name what speaks most for each customer's leaving, from the model that scored it.

    A reason's part is how much the model's log odds fall when that reason's signs are those of the typical
    (median) customer and all others stay, put to the model that was chosen. It draws nothing, so it is the same on
    every run.

    Parameters
    ----------
    table, x, paths, sent
        As for `leaving_walk.walk_forward`.
    tenure_days
        Days since the first purchase.
    this
        The rows of this month end.
    candidate
        The form that was chosen; empty where none was learnt: then silence is all that was looked at.

    Returns
    -------
    list of tuple of str
        By row of ``this``, up to three of `leaving_features.REASONS`, the strongest first.
    """
    rows = x[this]
    if rows.empty or not candidate:
        return [("silence",)] * len(rows)
    known = months_known(table, paths, int(table.loc[this, "number"].iloc[0]))
    looked_at = forms(x, sent)[candidate]
    typical = x.iloc[np.unique(known[0])].median()
    groups = {reason: [name for name in columns if name in looked_at] for reason, columns in REASONS.items()}
    with threadpool_limits(1):
        score = fitted(candidate, looked_at, x, known)
        whole = _log_odds(score(rows)[:, -1])
        parts = np.column_stack(
            [
                # What is not known of a customer is no reason, though a model may learn from the gap: who is silent
                # has no discount.
                np.where(
                    rows[columns].notna().any(axis=1),
                    whole - _log_odds(score(rows.assign(**{name: typical[name] for name in columns}))[:, -1]),
                    0.0,
                )
                if columns
                else np.zeros(len(rows))
                for columns in groups.values()
            ]
        )
    names = np.array(list(REASONS), dtype=object)
    parts[np.ix_(tenure_days[this].to_numpy() > _NEW_DAYS, names == "short_relationship")] = -np.inf
    told_less = np.array([not columns or columns[0] in sent for columns in groups.values()])
    parts = np.where(told_less & (parts <= _LEAST_SENT), 0.0, parts).round(9)
    order = np.argsort(-parts, axis=1, kind="stable")[:, :_MOST]
    told = np.where(np.take_along_axis(parts, order, axis=1) > _LEAST, order, -1)
    # Few different lists are given to many customers.
    lists, which = np.unique(told, axis=0, return_inverse=True)
    texts = [tuple(names[place] for place in best if place >= 0) for best in lists]
    return [texts[number] for number in which.ravel()]


def _log_odds(probability: np.ndarray) -> np.ndarray:
    bounded = probability.clip(1e-6, 1 - 1e-6)
    return np.log(bounded / (1 - bounded))
