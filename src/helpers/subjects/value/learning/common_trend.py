"""Changes common to all customers, and the temporary part of them: a strike, a closed border, a boom.

The ratio of each month's purchases to those that the purchase model expects is laid out by years and calendar months.
Medians split it into each year's level and each calendar month's season (median polish; Tukey, 1977): the remainder is
temporary. By the lasting part the model is corrected as far as that exceeds its standard error.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.core.amounts import round_significant
from helpers.core.periods import month_number
from helpers.subjects.value.learning.histories import Ledger

#: Purchases added to each month's, came and expected, so that few of them tell little.
_EVEN = 5.0
#: The first months say nothing: hardly anybody has joined. A few more than a year's tell season from level.
_FIRST, _LEAST_MORE, _SWEEPS = 3, 3, 10
#: Standard deviation, as a share, of what a year has in store for all customers alike, beside each one's own chance;
#: and by how many origins that is believed beside what they show.
_LUCK, _SUPPOSED = 0.07, 1.0


class CommonTrend(NamedTuple):
    """Purchases of all customers by month (a customer's first one excluded), and those usual by level and season.

    Attributes
    ----------
    first
        Number of the first month, as from `helpers.core.periods.month_number`.
    """

    first: int
    observed: np.ndarray
    usual: np.ndarray

    def transient(self, month: pd.Period, months: int) -> float:
        """Return the log ratio of observed to usual purchases in the ``months`` months after a month."""
        start = month_number(month) + 1 - self.first
        observed, usual = (each[start : start + months].sum() for each in (self.observed, self.usual))
        return round_significant(float(np.log((observed + _EVEN * months) / (usual + _EVEN * months))))


def common_trend(book: Ledger, month: pd.Period, newcomer: np.ndarray, a_year: int) -> CommonTrend:
    """Take the months up to ``month`` apart.

    Parameters
    ----------
    newcomer
        Purchases that are expected of a newcomer in its first half month and each month after, as many as there are.
    a_year
        Months that a year has.
    """
    bought = book.purchases[book.purchases["number"] <= month_number(month)]
    joins = bought.groupby("code")["number"].min().to_numpy()
    first, length = int(joins.min()), len(newcomer)
    joined = np.bincount(joins - first, minlength=length)
    observed = np.bincount(bought["number"] - first, bought["purchase_days"], length) - joined
    if length < a_year + _LEAST_MORE:
        return CommonTrend(first, observed, observed)
    expected = np.convolve(joined, newcomer)[:length]
    log_ratio = np.log((observed + _EVEN) / (expected + _EVEN))[_FIRST:]
    rest = np.concatenate([np.full(-len(log_ratio) % a_year, np.nan), log_ratio]).reshape(-1, a_year)
    for _ in range(_SWEEPS):
        rest = rest - np.nanmedian(rest, axis=1, keepdims=True)
        rest = rest - np.nanmedian(rest, axis=0, keepdims=True)
    left = np.concatenate([np.zeros(_FIRST), rest.ravel()[-len(log_ratio) :]])
    return CommonTrend(first, observed, (observed + _EVEN) * np.exp(-left) - _EVEN)


def level(missed: Sequence[np.ndarray]) -> float:
    """Return the factor by which the mean of past misses exceeds its standard error.

    Its variance grows or shrinks by how far they differ beside what luck and chance make of months not shared.
    """
    if not missed:
        return 1.0
    logs, chances, weights, places = np.array(missed).T
    variances = _LUCK**2 + chances
    surely = weights / variances
    apart = np.minimum(np.abs(places[:, None] - places), 1.0).sum() / len(logs)
    differ = ((logs[:, None] - logs) ** 2 / (variances[:, None] + variances)).sum() / len(logs)
    error = np.sqrt((_SUPPOSED + differ) / (_SUPPOSED + apart) / surely.sum())
    mean = surely @ logs / surely.sum()
    return round_significant(float(np.exp(np.sign(mean) * max(abs(mean) - error, 0.0))))
