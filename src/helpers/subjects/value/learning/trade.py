"""What all customers' trade went through together, and how much of that passed: a strike, a closed border, a boom.

What each month brought over what the purchase model expects of those who had joined stands in a table of years by
calendar months. Medians take it apart into each year's level and each calendar month's season (median polish; Tukey,
1977): what is left over came and passed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.core.digits import digits
from helpers.subjects.value.learning.histories import Ledger, ordinal

#: Purchases added to each month's, came and expected, so that few of them tell little.
_EVEN = 5.0
#: The first months say nothing: hardly anybody has joined. A few more than a year's tell season from level.
_FIRST, _LEAST_MORE, _SWEEPS = 3, 3, 10


class Trade(NamedTuple):
    """The purchases of all customers by month, first ones left out, and what is usual by level and season.

    Attributes
    ----------
    first
        Number of the first month, as from `helpers.subjects.value.learning.histories.ordinal`.
    """

    first: int
    came: np.ndarray
    usual: np.ndarray

    def passed(self, month: pd.Period, months: int) -> float:
        """Return the logarithm of what the ``months`` after a month brought over the usual."""
        start = ordinal(month) + 1 - self.first
        came, usual = (each[start : start + months].sum() for each in (self.came, self.usual))
        return digits(float(np.log((came + _EVEN * months) / (usual + _EVEN * months))))


def trade(book: Ledger, month: pd.Period, newcomer: np.ndarray, a_year: int) -> Trade:
    """Take the months up to ``month`` apart.

    Parameters
    ----------
    newcomer
        Purchases that are expected of a newcomer in its first half month and each month after, as many as there are.
    a_year
        Months that a year has.
    """
    bought = book.purchases[book.purchases["number"] <= ordinal(month)]
    joins = bought.groupby("code")["number"].min().to_numpy()
    first, length = int(joins.min()), len(newcomer)
    joined = np.bincount(joins - first, minlength=length)
    came = np.bincount(bought["number"] - first, bought["purchase_days"], length) - joined
    if length < a_year + _LEAST_MORE:
        return Trade(first, came, came)
    expected = np.convolve(joined, newcomer)[:length]
    told = np.log((came + _EVEN) / (expected + _EVEN))[_FIRST:]
    rest = np.concatenate([np.full(-len(told) % a_year, np.nan), told]).reshape(-1, a_year)
    for _ in range(_SWEEPS):
        rest = rest - np.nanmedian(rest, axis=1, keepdims=True)
        rest = rest - np.nanmedian(rest, axis=0, keepdims=True)
    left = np.concatenate([np.zeros(_FIRST), rest.ravel()[-len(told) :]])
    return Trade(first, came, (came + _EVEN) * np.exp(-left) - _EVEN)
