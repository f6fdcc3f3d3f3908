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
MANY_ROWS = 100_000
"""From so many rows on keys are numbered run by run: texts are slow to compare."""


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
    listed = _listed(keys)
    if len(frame) < MANY_ROWS or any(isinstance(frame[key].dtype, pd.CategoricalDtype) for key in listed):
        return _sum_by(frame, keys, columns)
    codes, values = zip(*(key_codes(frame[key]) for key in listed), strict=True)
    units = pd.DataFrame({column: to_units(frame[column]) for column in columns})
    grouped = units.groupby(list(codes), sort=True)[columns].sum()
    sums = from_units(grouped)
    if frame[columns].isna().any(axis=None):
        known = pd.DataFrame({column: frame[column].notna().to_numpy() for column in columns})
        sums = sums.where(known.groupby(list(codes), sort=True).any())
    levels = [taken.take(grouped.index.get_level_values(number)) for number, taken in enumerate(values)]
    index = levels[0] if len(listed) == 1 else pd.MultiIndex.from_arrays(levels)
    return sums.set_axis(index.set_names(listed))


def _sum_by(frame: pd.DataFrame, keys: str | list[str], columns: list[str]) -> pd.DataFrame:
    units = frame[_listed(keys)].copy()
    for column in columns:
        units[column] = to_units(frame[column])
    grouped = units.groupby(keys, dropna=False, sort=True)[columns].sum()
    if not frame[columns].isna().any(axis=None):
        return from_units(grouped)
    present = (
        frame[columns].notna().groupby([units[key] for key in _listed(keys)], dropna=False, sort=True).any()
    )
    return from_units(grouped).where(present)


def key_codes(keys: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Number the values of a key in their order, a missing one last; `pandas.factorize`, but quick on runs.

    Facts stand in the order of their keys, so that a customer's rows follow each other: only the first of each run is
    looked up.
    """
    if len(keys) == 0:
        return np.zeros(0, dtype="int64"), pd.Index(keys)
    heads, lengths = runs(keys)
    codes, values = pd.factorize(heads, sort=True, use_na_sentinel=True)
    found = pd.Index(values)
    if (codes < 0).any():
        codes = np.where(codes < 0, len(found), codes)
        nothing = pd.Index(heads[heads.isna()].iloc[:1])
        found = (
            found.append(nothing)
            if len(found)
            else pd.Index([np.nan] if nothing.dtype == object else nothing)
        )
    elif found.dtype == object:
        found = found.infer_objects()  # as grouping by the column itself has it
    return np.repeat(codes, lengths), found


def runs(keys: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Return the first key of each run of equal ones, and how long the run is."""
    values = keys.array
    differs = np.asarray(values[1:] != values[:-1])
    missing = np.asarray(keys.isna())
    if missing.any():  # NaN differs from itself, and NA from everything
        differs = np.where(missing[1:] | missing[:-1], missing[1:] != missing[:-1], differs)
    begins = np.flatnonzero(np.concatenate([[True], differs.astype(bool)]))
    return keys.iloc[begins], np.diff(begins, append=len(keys))


def _listed(keys: str | list[str]) -> list[str]:
    return [keys] if isinstance(keys, str) else keys
