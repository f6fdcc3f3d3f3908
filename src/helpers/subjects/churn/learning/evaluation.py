"""How right scores of leaving were, against what followed: ranking, calibration, and how sure we are of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.core.digits import digits


def auc(outcome: np.ndarray, score: np.ndarray) -> float:
    """Chance that who left has the higher score than who stayed, equal scores counting half; NaN for one kind."""
    return float(_aucs(outcome, score, np.ones((len(outcome), 1)))[0])


def _aucs(outcome: np.ndarray, score: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`auc` with rows counted as often as each column of ``weights`` says: sorted once for all."""
    order = np.argsort(score, kind="stable")
    left = outcome[order] == 1
    counted = weights[order]
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))  # of equal scores
    up_to = np.cumsum(np.where(left[:, None], 0.0, counted), axis=0)[ends]
    below = np.vstack([np.zeros(weights.shape[1]), up_to[:-1]])
    group = np.searchsorted(ends, np.flatnonzero(left))
    won = (counted[left] * ((below + up_to) / 2)[group]).sum(axis=0)
    pairs = counted[left].sum(axis=0) * up_to[-1]
    return np.divide(won, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)


def average_precision(outcome: np.ndarray, score: np.ndarray) -> float:
    """Area under precision over recall, as a step function; equal scores come in together."""
    values, place = np.unique(-score, return_inverse=True)
    hits = np.bincount(place, outcome, len(values))
    listed = np.cumsum(np.bincount(place, minlength=len(values)))
    return float((hits * np.cumsum(hits) / listed).sum() / outcome.sum()) if outcome.sum() else float("nan")


def calibration_error(outcome: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean |predicted - observed| over tenths of the customers by probability."""
    people = np.arange(len(outcome))
    return float(_errors(outcome, probability, people, np.ones((len(outcome), 1)), bins)[0])


def _errors(
    outcome: np.ndarray, probability: np.ndarray, people: np.ndarray, draws: np.ndarray, bins: int = 10
) -> np.ndarray:
    """`calibration_error` with people counted as often as each column of ``draws`` says; the tenths stay."""
    tenth = np.empty(len(outcome), dtype="int64")
    for number, part in enumerate(np.array_split(np.argsort(probability, kind="stable"), bins)):
        tenth[part] = number
    cells = people * bins + tenth
    excess = np.bincount(cells, probability - outcome, len(draws) * bins).reshape(-1, bins)
    with threadpool_limits(1):  # sums in one order: the same bits on any number of cores
        rows = np.bincount(people, minlength=len(draws)) @ draws
        errors: np.ndarray = np.abs(excess.T @ draws).sum(axis=0) / np.maximum(rows, 1.0)
    return errors


def lift(outcome: np.ndarray, score: np.ndarray, share: float = 0.1) -> float:
    """Return the share of leavers in the top ``share`` by score over that of all."""
    count = max(round(share * len(score)), 1)
    top = np.argsort(-score, kind="stable")[:count]
    return float(outcome[top].mean() / outcome.mean()) if outcome.sum() else float("nan")


def evaluate(
    rows: pd.DataFrame, scores: Mapping[str, str], draws: int = 200, against: str = "recency"
) -> pd.DataFrame:
    """Compare scores over many month ends; intervals by a bootstrap over customers.

    Parameters
    ----------
    rows
        customer_id, number (month end), left (0, 1) and the columns of ``scores``; one row a customer and month
        end, none of them learnt from.
    scores
        Name -> column, higher for who leaves; those between 0 and 1 are judged as probabilities too.
    draws
        Bootstrap draws; each takes customers with all their month ends.
    against
        The name of the baseline.

    Returns
    -------
    pandas.DataFrame
        By score: rows, customers, left_share, auc (mean over month ends) with auc_low and auc_high (95 %),
        gain (auc less the baseline's) with gain_low and gain_high, average_precision, lift, brier,
        calibration_error with calibration_low and calibration_high (these and brier NaN unless it is a probability).
    """
    codes, people = pd.factorize(rows["customer_id"], sort=True)
    rng = np.random.default_rng(0)
    times = [
        np.bincount(rng.integers(0, len(people), len(people)), minlength=len(people)) for _ in range(draws)
    ]
    weights = np.column_stack([np.ones(len(people)), *times])
    places = [np.flatnonzero(rows["number"].to_numpy() == number) for number in np.unique(rows["number"])]
    outcome = rows["left"].to_numpy(dtype="float64")
    aucs, result = {}, []
    for name, column in scores.items():
        score = rows[column].to_numpy(dtype="float64")
        by_end = [_aucs(outcome[at], score[at], weights[codes[at]]) for at in places]
        aucs[name] = np.nanmean(by_end, axis=0)
        whole = rows[column].between(0, 1).all()
        errors = _errors(outcome, score, codes, weights) if whole else np.array([np.nan])
        result.append(
            {
                "score": name, "rows": len(rows), "customers": len(people), "left_share": outcome.mean(),
                "auc": aucs[name][0],
                "average_precision": float(np.nanmean([average_precision(outcome[at], score[at]) for at in places])),
                "lift": float(np.nanmean([lift(outcome[at], score[at]) for at in places])),
                "brier": float(((score - outcome) ** 2).mean()) if whole else np.nan,
                "calibration_error": errors[0],
                "calibration_low": float(np.percentile(errors[1:] if len(errors) > 1 else errors, 2.5)),
                "calibration_high": float(np.percentile(errors[1:] if len(errors) > 1 else errors, 97.5)),
            }
        )  # fmt: skip
    table = pd.DataFrame(result)
    for name, values in (("auc", aucs), ("gain", {n: d - aucs[against] for n, d in aucs.items()})):
        if name == "gain":
            table["gain"] = [values[score][0] for score in table["score"]]
        for side, part in (("low", 2.5), ("high", 97.5)):
            table[f"{name}_{side}"] = [float(np.percentile(values[s][1:], part)) for s in table["score"]]
    return digits(table)
