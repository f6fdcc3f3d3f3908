"""Customers with equal histories are computed once: the check of a summary, and its distinct rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from helpers.models.errors import InvalidSummaryError

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Patterns:
    """The distinct purchase histories of a summary.

    Attributes
    ----------
    x, t_x, T
        Repeat purchases (whole numbers), time of the last one and time observed, one entry a distinct
        history.
    weight
        How many customers (sum of their weights) have that history.
    inverse
        For each row of the summary the position of its history.
    log_gap_total
        Weighted sum of ``sum_log_gaps`` over all customers, NaN where the summary has no such column. Its
        share of the likelihood holds no parameter, so the histories need not be told apart by it.
    """

    x: Indices
    t_x: Floats
    T: Floats
    weight: Floats
    inverse: Indices
    log_gap_total: float

    @property
    def repeats(self) -> float:
        """Weighted number of repeat purchases."""
        return float(self.weight @ self.x)

    @property
    def customers(self) -> float:
        """Sum of the weights."""
        return float(self.weight.sum())

    def rescaled(self, scale: float) -> Patterns:
        """Return the same histories with times in units of ``scale``."""
        return replace(
            self,
            t_x=self.t_x / scale,
            T=self.T / scale,
            log_gap_total=self.log_gap_total - self.repeats * np.log(scale),
        )


def find_patterns(summary: pd.DataFrame, weights: ArrayLike | None = None) -> Patterns:
    """Check a purchase summary and reduce it to its distinct histories.

    Parameters
    ----------
    summary
        One row a customer: ``frequency`` (repeat purchases), ``recency`` (time of the last since the first),
        ``T`` (time observed since the first), optionally ``sum_log_gaps``; all times in one unit.
    weights
        How often each row counts; default once.

    Raises
    ------
    InvalidSummaryError
        A column is missing, a value is missing or infinite, or a row contradicts itself; the message names
        it.
    """
    x, t_x, T = (_column(summary, name) for name in ("frequency", "recency", "T"))
    _refuse(summary, (x < 0) | (x != np.floor(x)), "frequency", "is not a whole number of repeat purchases")
    _refuse(summary, (t_x < 0) | (t_x > T * (1 + 1e-9)), "recency", "does not lie between 0 and T")
    _refuse(summary, (t_x > 0) != (x > 0), "recency", "must be positive with repeat purchases and 0 without")
    t_x = np.minimum(t_x, T)
    weight = check_weights(weights, len(summary))

    total = float("nan")
    if "sum_log_gaps" in summary:
        total = float(weight @ _column(summary, "sum_log_gaps"))

    code = np.zeros(len(x), dtype=np.int64)
    for values in (x, t_x, T):
        codes, levels = pd.factorize(values)
        code, distinct = pd.factorize(code * max(len(levels), 1) + codes)
    # Sorted by history, so that sums over histories do not depend on the order of the rows.
    first = np.empty(len(distinct), dtype=np.int64)
    first[code[::-1]] = np.arange(len(x))[::-1]
    order = np.lexsort((T[first], t_x[first], x[first]))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    inverse, first = rank[code], first[order]
    counts = np.bincount(inverse, weights=weight, minlength=len(first)).astype(np.float64)
    return Patterns(x[first].astype(np.int64), t_x[first], T[first], counts, inverse, total)


def check_weights(weights: ArrayLike | None, rows: int) -> Floats:
    """Return one non-negative weight a row, ones by default."""
    if weights is None:
        return np.ones(rows)
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape != (rows,) or not np.isfinite(weight).all() or (weight < 0).any():
        raise InvalidSummaryError(
            f"weights: expected {rows} finite numbers of 0 or more, one for each row of the summary; "
            f"got an array of shape {weight.shape}."
        )
    return weight


def _column(summary: pd.DataFrame, name: str) -> Floats:
    if name not in summary:
        raise InvalidSummaryError(
            f"The summary has no column '{name}' (it has {', '.join(map(str, summary.columns))})."
        )
    values = summary[name].to_numpy(dtype=np.float64, na_value=np.nan)
    _refuse(summary, ~np.isfinite(values), name, "is missing or infinite")
    return values


def _refuse(summary: pd.DataFrame, bad: NDArray[np.bool_], column: str, problem: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise InvalidSummaryError(
            f"Summary row {summary.index[row]!r}: {column} = {summary[column].iloc[row]} {problem} "
            f"({int(bad.sum())} such rows)."
        )
