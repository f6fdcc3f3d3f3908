"""Every customer's net sales in the trailing window, as it stood at the end of each of several months."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.core.amounts import key_codes, to_units
from helpers.core.periods import numbered_months, up_to


def trailing_sums(
    customer_months: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    history_months: int,
    amount: str = "net_amount",
) -> tuple[pd.Index, Iterator[tuple[pd.Period, np.ndarray]]]:
    """Return the customers (of categories all), ascending, and month by month their sums in int64 ten-thousandths.

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
    codes, ids = numbered(rows["customer_id"])
    sums = window_sums(
        codes, ages_of(rows["month"], month), rows[amount], len(ids), window_months, history_months
    )
    months = (month - back for back in range(history_months - 1, -1, -1))
    return ids, zip(months, sums, strict=True)


def numbered(keys: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Number the customers of rows in the order of their ids; categories are all numbered, in their order."""
    if isinstance(keys.dtype, pd.CategoricalDtype):
        return keys.cat.codes.to_numpy(), keys.cat.categories
    return key_codes(keys)


def ages_of(months: pd.Series, month: pd.Period) -> np.ndarray:
    """Return how many months before ``month`` each month (datetime64, first of the month) lies."""
    codes, starts = numbered_months(months)
    ages = month.year * 12 + month.month - (starts.year * 12 + starts.month)
    return np.asarray(ages, dtype="int16")[codes]


def window_sums(
    codes: np.ndarray,
    ages: np.ndarray,
    amounts: pd.Series,
    size: int,
    window_months: int,
    history_months: int,
) -> Iterator[np.ndarray]:
    """Return `trailing_sums` of ``size`` customers month by month, the oldest first.

    Parameters
    ----------
    codes, ages
        By row: the customer's number, and how many months before the last month it lies (0 or more).
    amounts
        By row.
    """

    def of_month(back: int) -> np.ndarray:
        there = np.flatnonzero(
            ages == back
        )  # quicker than to put rows in the order of months, and in no memory
        sums = np.zeros(size, dtype="int64")
        np.add.at(sums, codes[there].astype(np.intp, copy=False), to_units(values[there]))
        return sums

    values, sums = amounts.to_numpy(), np.zeros(size, dtype="int64")
    for back in range(history_months, history_months + window_months - 1):
        sums += of_month(back)
    for back in range(history_months - 1, -1, -1):
        sums = sums + of_month(back)
        yield sums
        sums = sums - of_month(back + window_months - 1)
