"""Fit one form of the score on past month ends: the chance, month by month, of buying nothing for one more month.

What is wanted is the probability of no purchase within a horizon of several months. Learning it in one piece would use
only month ends a whole horizon back. Taken apart into the months of the horizon, each given silence until then
(discrete-time survival, Cox 1972; Singer and Willett 1993), the last months teach too: of a month end two months ago
the first two months are known. The product of the months is the probability wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

#: What the simplest form, a logistic regression on silence and the purchase model alone, looks at.
_RHYTHM = ("log_silence", "logit_none", "one_time")
#: Month ends that are learnt from: older ones tell of another market.
TRAINING_ORIGINS = 18
#: More rows than these teach nothing more, and would take long: then some customers stand for all.
_MOST_ROWS = 120_000

#: Scores rows: for each the chance of silence through the first month, the first two, ... of the horizon.
Curves = Callable[[pd.DataFrame], np.ndarray]


def forms(signs: pd.DataFrame, sent: list[str]) -> dict[str, list[str]]:
    """Return the forms that compete, the simplest first, each with the columns that it looks at.

    ``rhythm``, ``logistic`` and ``boosting`` look at purchases; ``logistic_signals`` and ``boosting_signals`` at the
    signals ``sent`` too. Where there are signals, the trees look at all from the start.
    """
    bought = [name for name in signs.columns if name not in sent]
    offered = {"rhythm": list(_RHYTHM), "logistic": bought}
    if not sent:
        return offered | {"boosting": bought}
    return offered | {"logistic_signals": [*bought, *sent], "boosting_signals": [*bought, *sent]}


def months_known(
    table: pd.DataFrame, paths: pd.DataFrame, number: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what a fit of the month end ``number`` is learnt from, one entry a row and month of its horizon.

    Parameters
    ----------
    table
        customer_id and number (the month end, counted in months).
    paths
        Column m: 1 where the outcome held through the first m months after the row's month end, 0 where not, NaN
        where that is not known; in the index of ``table``. Only months that had passed at ``number`` are used.

    Returns
    -------
    tuple of numpy.ndarray
        Places of the rows, step (1 for the first column of ``paths``, ...), and whether the outcome held through it.
    """
    numbers, known_after = table["number"].to_numpy(), paths.columns.to_numpy(dtype="int64")
    first = number - known_after[-1] - TRAINING_ORIGINS
    held = np.ones(len(table), dtype=bool)
    parts = []
    for step, months in enumerate(known_after, start=1):
        values = paths.iloc[:, step - 1].to_numpy()
        here = held & (numbers <= number - months) & (numbers > first) & ~np.isnan(values)
        parts.append((np.flatnonzero(here), np.full(here.sum(), step), values[here]))
        held = values == 1
    rows, steps, outcome = (np.concatenate(part) for part in zip(*parts, strict=True))
    if len(rows) > _MOST_ROWS:
        people = pd.util.hash_array(table["customer_id"].to_numpy(dtype=object)) / 2.0**64
        taken = people[rows] < _MOST_ROWS / len(rows)
        rows, steps, outcome = rows[taken], steps[taken], outcome[taken]
    return rows, steps, outcome


def fitted(
    name: str, columns: list[str], signs: pd.DataFrame, known: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> Curves:
    """Fit a form on what `months_known` returns, and return how it scores rows; not yet calibrated."""
    rows, steps, outcome = known
    seen = signs[columns].iloc[np.unique(rows)]
    # A sign that nobody shows, or all alike, teaches nothing.
    told = seen.columns[seen.min() < seen.max()]
    # Trees know of gaps; else what is not known of a customer is taken to be as with the typical one.
    typical = seen[told].median().to_numpy() if "boosting" not in name else None
    design = _by_side if typical is None else _by_product
    model, last = _model(name), int(steps.max())
    model.fit(design(_values(signs[told], typical)[rows], steps, last), outcome)

    def curves(asked: pd.DataFrame) -> np.ndarray:
        values = _values(asked[told], typical)
        months = [
            model.predict_proba(design(values, np.full(len(values), step), last))[:, 1]
            for step in range(1, last + 1)
        ]
        return np.cumprod(np.column_stack(months), axis=1)

    return curves


def _values(table: pd.DataFrame, typical: np.ndarray | None) -> np.ndarray:
    values = table.to_numpy(dtype="float64")
    return values if typical is None else np.where(np.isnan(values), typical, values)


def _model(name: str) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if "boosting" in name:
        return HistGradientBoostingClassifier(
            max_iter=40, learning_rate=0.12, max_leaf_nodes=8, max_bins=63, min_samples_leaf=50,
            l2_regularization=5.0, early_stopping=False, random_state=0,
        )  # fmt: skip
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000))


def _by_side(values: np.ndarray, steps: np.ndarray, last: int) -> np.ndarray:
    return np.column_stack([values, steps])


def _by_product(values: np.ndarray, steps: np.ndarray, last: int) -> np.ndarray:
    """Each month has a level of its own; what a sign counts for may fade or grow with the months."""
    levels = [(steps == step).astype("float64") for step in range(2, last + 1)]
    if not levels:
        return values
    return np.column_stack([values, *levels, values * np.log(steps)[:, None]])
