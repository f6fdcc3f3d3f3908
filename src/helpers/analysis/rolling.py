"""Every customer's net sales in the trailing window, as it stood at the end of each of several months."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.analysis.money import to_units
from helpers.analysis.periods import trailing


def trailing_sums(
    customer_months: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    history_months: int,
    amount: str = "net_amount",
) -> tuple[pd.Index, Iterator[tuple[pd.Period, np.ndarray]]]:
    """Return the customers, ascending, and month by month their sums in int64 ten-thousandths.

    One pass over the rows: each step adds the month that enters the window and takes off the one that leaves.

    Parameters
    ----------
    customer_months
        The fact of this name; rows after ``month`` are not looked at.
    month, window_months, history_months
        The last month, the length of the window, and for how many months up to ``month`` the sums are wanted.
    amount
        The column that is summed.
    """
    rows = customer_months[customer_months["month"] <= month.to_timestamp()]
    codes, ids = pd.factorize(rows["customer_id"], sort=True)
    units = to_units(rows[amount])
    number = (
        (rows["month"].dt.year * 12 + rows["month"].dt.month) - (month.year * 12 + month.month)
    ).to_numpy()

    def of_month(back: int) -> np.ndarray:
        there = number == -back
        sums = np.zeros(len(ids), dtype="int64")
        np.add.at(sums, codes[there], units[there])
        return sums

    def walk() -> Iterator[tuple[pd.Period, np.ndarray]]:
        first = trailing(month - (history_months - 1), window_months)
        sums = np.zeros(len(ids), dtype="int64")
        for each in first.months()[:-1]:
            sums += of_month((month - each).n)
        for back in range(history_months - 1, -1, -1):
            sums = sums + of_month(back)
            yield month - back, sums
            sums = sums - of_month(back + window_months - 1)

    return pd.Index(ids), walk()
