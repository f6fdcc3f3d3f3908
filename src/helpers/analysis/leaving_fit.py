"""Walk forward: at each month end learn from what was known by then, and score the customers of that day.

Nothing is ever scored by a model that has seen it: a row counts for learning at month end t only when its
outcome, ``horizon_months`` later, was known at t. The scores so made serve for everything: choosing between the
candidates, calibration, the test, and the record of past warnings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

#: The simpler first: it wins unless the other's loss is lower by more than a standard error.
CANDIDATES = ("rhythm", "logistic", "boosting")
#: Likewise: the probability as it is, then stretched and shifted in log odds, then by any rising steps.
CALIBRATIONS = ("raw", "platt", "isotonic")
#: What the simplest, a logistic regression on silence and the purchase model alone, looks at.
_RHYTHM = ["log_silence", "logit_none", "one_time"]
_TRAINING_ORIGINS = 18
_LEAST_OF_A_KIND = 40
#: Of more rows so many are learnt from, evenly spaced: what a hundred thousand more would add is far below the noise.
_MOST_ROWS = 60_000


def walk_forward(
    table: pd.DataFrame, signs: pd.DataFrame, outcome: pd.Series, horizon_months: int, most_steps: int = 24
) -> pd.DataFrame:
    """Score month ends out of time by each candidate, calibrate and choose as of that day.

    Parameters
    ----------
    table
        customer_id and number (the month end, counted in months), one row a customer and month end.
    signs, outcome
        Features and what followed (0, 1, NaN: not known yet), in the same index.
    horizon_months
        When an outcome is known.
    most_steps
        So many month ends are scored, the latest.

    Returns
    -------
    pandas.DataFrame
        In the index of the rows scored: number, probability, candidate (the one chosen as of that day), calibration
        (one of `CALIBRATIONS`, chosen as of that day), the raw probability of each candidate, and the chosen one's by
        each calibration. No rows where no month end had enough to learn from.
    """
    numbers = np.sort(table["number"].unique())[-most_steps:]
    raw = []
    with threadpool_limits(1):  # sums in one order: the same bits on any number of cores
        for number in numbers:
            known = learnt_from(table, outcome, number, horizon_months)
            if not _enough(table[known], outcome[known]):
                continue
            now = table["number"] == number
            scored = {name: fitted(name, signs[known], outcome[known])(signs[now]) for name in CANDIDATES}
            raw.append(pd.DataFrame(scored, index=table.index[now]).assign(number=number))
    if not raw:
        return pd.DataFrame(columns=["number", "probability", "candidate", *CANDIDATES])
    rows = pd.concat(raw)
    known = outcome.reindex(rows.index)
    customers = table["customer_id"].reindex(rows.index)
    ends = rows["number"].unique()
    rows = pd.concat(
        _as_of(rows, known, customers, end, horizon_months) for end in ends
    )  # in the order they had
    return pd.concat(_calibrated(rows, known, customers, end, horizon_months) for end in ends)


def learnt_from(table: pd.DataFrame, outcome: pd.Series, number: int, horizon_months: int) -> pd.Series:
    """Tell the rows that a model of the month end ``number`` is learnt from: the outcome was known by then."""
    known = outcome.notna() & (table["number"] <= number - horizon_months)
    return known & (table["number"] > number - horizon_months - _TRAINING_ORIGINS)


def _enough(rows: pd.DataFrame, outcome: pd.Series) -> bool:
    """Tell whether enough different customers of both kinds are known."""
    return all(rows.loc[outcome == kind, "customer_id"].nunique() >= _LEAST_OF_A_KIND for kind in (0, 1))


def fitted(name: str, x: pd.DataFrame, y: pd.Series) -> Callable[[pd.DataFrame], np.ndarray]:
    """Fit a candidate, and return how it scores rows: probability of the outcome 1, not yet calibrated."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model: Any
    columns = _RHYTHM if name == "rhythm" else list(x.columns)
    if name != "boosting":
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000))
    else:
        model = HistGradientBoostingClassifier(
            max_iter=70, learning_rate=0.07, max_leaf_nodes=8, min_samples_leaf=50, l2_regularization=5.0,
            early_stopping=False, random_state=0,
        )  # fmt: skip
    if len(x) > _MOST_ROWS:
        some = np.linspace(0, len(x) - 1, _MOST_ROWS).astype("int64")
        x, y = x.iloc[some], y.iloc[some]
    model.fit(x[columns].to_numpy(), y.to_numpy())
    return lambda rows: model.predict_proba(rows[columns].to_numpy())[:, 1]


def _as_of(
    rows: pd.DataFrame, outcome: pd.Series, customers: pd.Series, number: int, horizon_months: int
) -> pd.DataFrame:
    """Choose a candidate by the scores whose outcome was known at the month end ``number``, and calibrate it."""
    past = (rows["number"] <= number - horizon_months) & outcome.notna()
    now = rows[rows["number"] == number].copy()
    y = outcome[past]
    enough = _enough(pd.DataFrame({"customer_id": customers[past]}), y)
    name = _choose(rows[past], y, customers[past], CANDIDATES) if enough else CANDIDATES[0]
    now = now.assign(candidate=name, raw=now[name], platt=now[name], isotonic=now[name])
    if enough:
        from sklearn.isotonic import IsotonicRegression

        before = _logit(rows.loc[past, name])
        slope, level = _platt(before, y.to_numpy())
        steps = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip").fit(before, y.to_numpy())
        now["platt"] = 1 / (1 + np.exp(-(slope * _logit(now[name]) + level)))
        now["isotonic"] = steps.predict(_logit(now[name]))
    return now


def _calibrated(
    rows: pd.DataFrame, outcome: pd.Series, customers: pd.Series, number: int, horizon_months: int
) -> pd.DataFrame:
    """Choose by how the calibrations fared at month ends whose outcome was known at ``number``; as it is wins ties."""
    past = (rows["number"] <= number - horizon_months) & outcome.notna()
    y, who = outcome[past], customers[past]
    way = CALIBRATIONS[0]
    if _enough(pd.DataFrame({"customer_id": who}), y):
        way = _choose(rows[past], y, who, CALIBRATIONS)
    now = rows[rows["number"] == number]
    return now.assign(probability=now[way].round(9), calibration=way)


def _choose(past: pd.DataFrame, outcome: pd.Series, customers: pd.Series, offered: tuple[str, ...]) -> str:
    """Take a richer one only where its log loss is lower by more than a standard error over customers."""
    y, best = outcome.to_numpy(), offered[0]
    losses = {name: -np.log(np.where(y == 1, past[name], 1 - past[name]).clip(1e-6)) for name in offered}
    for name in offered[1:]:
        gain = pd.Series(losses[best] - losses[name], past.index).groupby(customers).sum()
        if float(gain.sum()) > float(gain.std()) * np.sqrt(len(gain)):
            best = name
    return best


def _platt(logits: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Fit P = 1 / (1 + exp(-(slope logit + level))) by Newton's method, drawn weakly towards (1, 0)."""
    design = np.column_stack([logits, np.ones_like(logits)])
    start = np.array([1.0, 0.0])
    point = start.copy()
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(design @ point, -30, 30)))
        gradient = design.T @ (y - p) - (point - start)
        curvature = (design * (p * (1 - p))[:, None]).T @ design + np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        point = point + step
        if np.abs(step).max() < 1e-13:
            break
    return max(float(point[0]), 0.05), float(point[1])


def _logit(probability: pd.Series) -> np.ndarray:
    bounded = probability.to_numpy().clip(1e-5, 1 - 1e-5)
    return np.log(bounded / (1 - bounded))
