"""Exact sums and shares of money in pandas: amounts are counted in ten-thousandths, as whole numbers.

Facts hand out money as float64 rounded to 4 decimals. Sums of floats depend on the order of the rows; sums of
whole numbers do not. Exact for amounts below 9e11 in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNITS = 10_000
"""Units (ten-thousandths) in one unit of money."""
_ROWS_AT_ONCE = 250_000
MANY_ROWS = 100_000
"""From so many rows on keys are numbered run by run: texts are slow to compare."""
TENTHS = 1000
"""Tenths of a percent in the whole."""


def to_units(amounts: Any) -> np.ndarray:
    """Return amounts as int64 ten-thousandths; missing amounts count as nothing."""
    values = np.array(amounts, dtype="float64")
    values[np.isnan(values)] = 0.0
    values *= UNITS
    return np.rint(values, out=values).astype("int64")


def from_units(units: Any) -> Any:
    """Return float64 amounts of int64 ten-thousandths; the inverse of `to_units`."""
    return units / UNITS


def sums_at(places: np.ndarray, amounts: np.ndarray, size: int) -> np.ndarray:
    """Return the exact sums of amounts by place, in ten-thousandths.

    Part by part: the whole numbers of all rows at once would take more memory than the amounts.
    """
    sums = np.zeros(size, dtype="int64")
    for at, values in parts_of(places, amounts, None):
        np.add.at(sums, at, to_units(values))
    return sums


def counts_at(
    places: np.ndarray, counts: np.ndarray, size: int, chosen: np.ndarray | None = None
) -> np.ndarray:
    """Return the sums of whole numbers, or of truths, by place; as `sums_at`."""
    sums = np.zeros(size, dtype="int64")
    for at, values in parts_of(places, counts, chosen):
        np.add.at(sums, at, values.astype("int64"))
    return sums


def parts_of(
    places: np.ndarray, values: np.ndarray, chosen: np.ndarray | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return the places and values of the rows that are chosen, so many at once as are quick to go through."""
    for start in range(0, len(places), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        at, part = places[rows], values[rows]
        if chosen is not None:
            at, part = at[chosen[rows]], part[chosen[rows]]
        yield at.astype(np.intp, copy=False), part  # NumPy adds fast by these alone


def total(amounts: Any) -> float:
    """Return the exact sum of amounts."""
    values = np.asarray(amounts, dtype="float64")
    parts = (
        to_units(values[start : start + _ROWS_AT_ONCE]) for start in range(0, len(values), _ROWS_AT_ONCE)
    )
    return sum(int(part.sum()) for part in parts) / UNITS


def sum_by(frame: pd.DataFrame, keys: str | list[str], columns: list[str]) -> pd.DataFrame:
    """Sum money columns by keys, exactly; rows in key order, missing keys as a group of their own.

    A column whose amounts are all missing in a group is missing (NaN) there, not zero.
    """
    listed = _listed(keys)
    if len(frame) < MANY_ROWS:
        return _sum_by(frame, keys, columns)
    codes, values = zip(*(factorize_sorted(frame[key]) for key in listed), strict=True)
    sizes = tuple(len(each) for each in values)
    cells = np.asarray(codes[0] if len(codes) == 1 else np.ravel_multi_index(codes, sizes))
    size, found = int(np.prod(sizes)), None
    if size > 2 * len(frame):  # most pairs of keys never meet, as of customers and products: no room for all
        cells, found = pd.factorize(cells, sort=True)
        size = len(found)
    there = np.flatnonzero(np.bincount(cells, minlength=size))
    sums = pd.DataFrame({column: _sums(cells, frame[column], size)[there] for column in columns})
    places = np.unravel_index(there if found is None else found, sizes)
    levels = [taken.take(place) for taken, place in zip(values, places, strict=True)]
    index = levels[0] if len(listed) == 1 else pd.MultiIndex.from_arrays(levels)
    return sums.set_axis(index.set_names(listed))


def _sums(cells: np.ndarray, amounts: pd.Series, size: int) -> np.ndarray:
    """Exact sums by cell; NaN where no amount is known."""
    units, known = sums_at(cells, amounts.to_numpy(), size), amounts.notna().to_numpy()
    if known.all():
        return np.asarray(from_units(units))
    return np.where(counts_at(cells, known, size) > 0, from_units(units), np.nan)


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


def factorize_sorted(keys: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Number the values of a key in their order, a missing one last; `pandas.factorize`, but quick on runs of texts.

    Facts stand in the order of their keys, so that a customer's rows follow each other: only the first of each run is
    looked up.
    """
    if len(keys) == 0:
        return np.zeros(0, dtype="int64"), pd.Index(keys)
    if isinstance(keys.dtype, pd.CategoricalDtype):
        codes, found = keys.cat.codes.to_numpy(dtype="int64"), keys.cat.categories
        if codes.min() < 0:
            codes, found = np.where(codes < 0, len(found), codes), found.insert(len(found), np.nan)
        there = np.bincount(codes, minlength=len(found)) > 0
        return (np.cumsum(there) - 1)[codes], found[there]
    heads, lengths = run_length_encode(keys) if keys.dtype.kind == "O" else (keys, None)
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
    return codes if lengths is None else np.repeat(codes, lengths), found


def run_length_encode(keys: pd.Series) -> tuple[pd.Series, np.ndarray]:
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


def shares(amounts: Any) -> np.ndarray:
    """Return each amount over the total, as fractions; all NaN where the total is zero or negative.

    A negative amount (more returned than bought) has a negative share: the shares still add to 1.
    """
    units = to_units(amounts)
    total = int(units.sum())
    return units / total if total > 0 else np.full(len(units), np.nan)


def rounded_percent(amounts: Any) -> np.ndarray:
    """Return shares in percent to one decimal that add to exactly 100.0, by the largest-remainder method.

    Every share is rounded down to a tenth; the tenths left over go to the largest remainders, the first in
    order where remainders are equal. Whole numbers throughout, so equal inputs give equal outputs on every
    machine. All NaN where the total is zero or negative.

    References
    ----------
    Hamilton's (Hare-Niemeyer) method: Balinski & Young, *Fair Representation*, 1982.
    """
    units = [int(value) for value in to_units(amounts)]
    total = sum(units)
    if total <= 0:
        return np.full(len(units), np.nan)
    parts = [divmod(value * TENTHS, total) for value in units]
    tenths = np.array([whole for whole, _ in parts], dtype="int64")
    left = TENTHS - int(tenths.sum())
    by_remainder = sorted(range(len(parts)), key=lambda position: -parts[position][1])
    tenths[by_remainder[:left]] += 1
    return tenths / 10


#: Digits of what is learnt: far fewer mean something.
DIGITS = 8
_POWERS = np.array([float(f"1e{power}") for power in range(309)])


@overload
def round_significant(values: float, kept: int = DIGITS) -> float: ...
@overload
def round_significant(values: np.ndarray, kept: int = DIGITS) -> NDArray[np.float64]: ...
@overload
def round_significant(values: pd.Series[float], kept: int = DIGITS) -> pd.Series[float]: ...
@overload
def round_significant(values: pd.DataFrame, kept: int = DIGITS) -> pd.DataFrame: ...
def round_significant(
    values: float | np.ndarray | pd.Series[float] | pd.DataFrame, kept: int = DIGITS
) -> float | NDArray[np.float64] | pd.Series[float] | pd.DataFrame:
    """Round to ``kept`` significant digits, or one more; NaN and infinity stay.

    By multiplication and rounding alone, which are the same to the last bit on every processor. Of a frame the columns
    of floats are rounded.

    Examples
    --------
    >>> round_significant(1234.56789, 6), round_significant(-0.000123456789, 3), round_significant(0.0)
    (1234.568, -0.0001235, 0.0)
    """
    if isinstance(values, pd.DataFrame):
        floats = values.select_dtypes("float").columns
        return values.assign(**{name: round_significant(values[name], kept) for name in floats})
    if isinstance(values, pd.Series):
        return pd.Series(round_significant(values.to_numpy(), kept), values.index, name=values.name)
    given = np.asarray(values, dtype=np.float64)
    finite = np.where(np.isfinite(given), given, 0.0)
    _, binary = np.frexp(finite)
    # Of the power of two above: a logarithm of the values themselves would have last bits of its own.
    places = np.clip(kept - np.floor(binary * 0.30102999566).astype(np.int64), -308, 308)
    up, down = _POWERS[np.maximum(places, 0)], _POWERS[np.maximum(-places, 0)]
    rounded = np.where(np.isfinite(given), np.rint(finite * up / down) / up * down, given)
    return float(rounded) if np.ndim(values) == 0 else rounded
