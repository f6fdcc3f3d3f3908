"""Exact sums of money in pandas: amounts are counted in ten-thousandths, as whole numbers.

Facts hand out money as float64 rounded to 4 decimals. Sums of floats depend on the order of the rows; sums of
whole numbers do not. Exact for amounts below 9e11 in all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

UNITS = 10_000
"""Units (ten-thousandths) in one unit of money."""


def to_units(amounts: Any) -> np.ndarray:
    """Return amounts as int64 ten-thousandths; missing amounts count as nothing."""
    values = np.asarray(amounts, dtype="float64")
    return np.rint(np.nan_to_num(values, nan=0.0) * UNITS).astype("int64")


def from_units(units: Any) -> Any:
    """Return float64 amounts of int64 ten-thousandths; the inverse of `to_units`."""
    return units / UNITS


def total(amounts: Any) -> float:
    """Return the exact sum of amounts."""
    return float(to_units(amounts).sum() / UNITS)


def sum_by(frame: pd.DataFrame, keys: str | list[str], columns: list[str]) -> pd.DataFrame:
    """Sum money columns by keys, exactly; rows in key order, missing keys as a group of their own.

    A column whose amounts are all missing in a group is missing (NaN) there, not zero.
    """
    units = frame[[keys] if isinstance(keys, str) else keys].copy()
    for column in columns:
        units[column] = to_units(frame[column])
    grouped = units.groupby(keys, dropna=False, sort=True)[columns].sum()
    if not frame[columns].isna().any(axis=None):
        return from_units(grouped)
    present = (
        frame[columns].notna().groupby([units[key] for key in _listed(keys)], dropna=False, sort=True).any()
    )
    return from_units(grouped).where(present)


def _listed(keys: str | list[str]) -> list[str]:
    return [keys] if isinstance(keys, str) else keys
