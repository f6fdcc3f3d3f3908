"""Every customer's net sales in the trailing window, as it stood at the end of each of several months."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.analysis.money import key_codes, to_units
from helpers.analysis.periods import trailing, up_to


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
    rows = up_to(month, customer_months[["customer_id", "month", amount]])
    if isinstance(rows["customer_id"].dtype, pd.CategoricalDtype):
        codes, ids = pd.factorize(rows["customer_id"], sort=True)
    else:
        codes, ids = key_codes(rows["customer_id"])
    units = to_units(rows[amount])
    ages = (
        (month.year * 12 + month.month) - (rows["month"].dt.year * 12 + rows["month"].dt.month)
    ).to_numpy()
    # The rows of each month stand together, so that no step looks at those of all.
    order = np.argsort(ages, kind="stable")
    codes, units, ages = codes[order], units[order], ages[order]

    def of_month(back: int) -> np.ndarray:
        there = slice(*np.searchsorted(ages, [back, back + 1]))
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
