"""Customers and months of rows by number: texts and dates of millions of rows are few."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.core.amounts import factorize_sorted
from helpers.core.periods import factorize_months, month_number


def customer_codes(keys: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Number the customers of rows in the order of their ids; categories are all numbered, in their order."""
    if isinstance(keys.dtype, pd.CategoricalDtype):
        return keys.cat.codes.to_numpy(), keys.cat.categories
    return factorize_sorted(keys)


def month_ages(months: pd.Series, month: pd.Period) -> np.ndarray:
    """Return how many months before ``month`` each month (datetime64, first of the month) lies."""
    codes, starts = factorize_months(months)
    ages = month_number(month) - (starts.year * 12 + starts.month)
    return np.asarray(ages, dtype="int16")[codes]
