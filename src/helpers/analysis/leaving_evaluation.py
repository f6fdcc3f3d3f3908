"""How right scores of leaving were, against what followed: ranking, calibration, and how sure we are of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd


def auc(outcome: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Chance that who left has the higher score than who stayed, equal scores counting half; NaN for one kind.

    ``weight`` counts rows several times, as a bootstrap does.
    """
    values, place = np.unique(score, return_inverse=True)
    return _auc(outcome, place, len(values), np.ones(len(outcome)) if weight is None else weight)


def _auc(outcome: np.ndarray, place: np.ndarray, places: int, weight: np.ndarray) -> float:
    """`auc` where each row's place among the different scores is known already: sorting is what takes time."""
    left = np.bincount(place, weight * outcome, places)
    stayed = np.bincount(place, weight * (1 - outcome), places)
    pairs = left.sum() * stayed.sum()
    below = np.cumsum(stayed) - stayed
    return float((left * (below + stayed / 2)).sum() / pairs) if pairs > 0 else float("nan")


def average_precision(outcome: np.ndarray, score: np.ndarray) -> float:
    """Area under precision over recall, as a step function; equal scores come in together."""
    values, place = np.unique(-score, return_inverse=True)
    hits = np.bincount(place, outcome, len(values))
    listed = np.cumsum(np.bincount(place, minlength=len(values)))
    return float((hits * np.cumsum(hits) / listed).sum() / outcome.sum()) if outcome.sum() else float("nan")


def calibration_error(
    outcome: np.ndarray, probability: np.ndarray, bins: int = 10, weight: np.ndarray | None = None
) -> float:
    """Expected calibration error: mean |predicted - observed| over tenths of the customers by probability.

    ``weight`` counts rows several times, as a bootstrap does; the tenths stay those of the rows.
    """
    weight = np.ones(len(outcome)) if weight is None else weight
    order = np.argsort(probability, kind="stable")
    excess = (weight * (probability - outcome))[order]
    gaps = [abs(float(part.sum())) for part in np.array_split(excess, bins)]
    return sum(gaps) / max(float(weight.sum()), 1.0)


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
    weights: list[np.ndarray] = [np.ones(len(rows))]
    weights += [np.bincount(rng.integers(0, len(people), len(people)), minlength=len(people))[codes] * 1.0
                for _ in range(draws)]  # fmt: skip
    places = [np.flatnonzero(rows["number"].to_numpy() == number) for number in np.unique(rows["number"])]
    outcome = rows["left"].to_numpy(dtype="float64")
    drawn, result = {}, []
    for name, column in scores.items():
        score = rows[column].to_numpy(dtype="float64")
        ranked = [(at, *np.unique(score[at], return_inverse=True)) for at in places]
        drawn[name] = np.array(
            [
                np.nanmean([_auc(outcome[at], rank, len(values), w[at]) for at, values, rank in ranked])
                for w in weights
            ]
        )
        whole = rows[column].between(0, 1).all()
        errors = [calibration_error(outcome, score, weight=w) for w in weights] if whole else [np.nan]
        result.append(
            {
                "score": name, "rows": len(rows), "customers": len(people), "left_share": outcome.mean(),
                "auc": drawn[name][0],
                "average_precision": float(np.nanmean([average_precision(outcome[at], score[at]) for at in places])),
                "lift": float(np.nanmean([lift(outcome[at], score[at]) for at in places])),
                "brier": float(((score - outcome) ** 2).mean()) if whole else np.nan,
                "calibration_error": errors[0],
                "calibration_low": float(np.percentile(errors[1:] or errors, 2.5)),
                "calibration_high": float(np.percentile(errors[1:] or errors, 97.5)),
            }
        )  # fmt: skip
    table = pd.DataFrame(result)
    for name, values in (("auc", drawn), ("gain", {n: d - drawn[against] for n, d in drawn.items()})):
        if name == "gain":
            table["gain"] = [values[score][0] for score in table["score"]]
        for side, part in (("low", 2.5), ("high", 97.5)):
            table[f"{name}_{side}"] = [float(np.percentile(values[s][1:], part)) for s in table["score"]]
    return table
