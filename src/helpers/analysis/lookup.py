"""The one way in which an analysis looks up a fact by customer (or another key), and adds one up by it."""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np
import pandas as pd

from helpers.analysis.money import MANY_ROWS, key_codes, runs


def look_up(keys: pd.Series | pd.Index, values: pd.Series, missing: Any = None) -> pd.Series:
    """Return for each key its value, in the values' own type: dates stay dates, text text, numbers numbers.

    `pandas.Series.map` takes the type from what it finds, so that a column of nobody is one of no type, which the
    next step then trips over. Here the type is that of ``values``, with and without rows.

    Parameters
    ----------
    keys
        The keys, in any order, repeated or not; missing ones find nothing.
    values
        One value a key (its index); indexes that repeat a key are an error.
    missing
        What stands where there is no value, or a missing one; None leaves it missing, and whole numbers and truths,
        which have no missing value, become float64 and object.

    Returns
    -------
    pandas.Series
        With the index of ``keys`` (an Index stands for itself).

    Raises
    ------
    ValueError
        ``values`` has a key twice.

    Examples
    --------
    >>> look_up(pd.Series(["b", "x"]), pd.Series([1.5, 2.5], index=["a", "b"]), 0.0).tolist()
    [2.5, 0.0]
    """
    index = keys.index if isinstance(keys, pd.Series) else keys
    if isinstance(keys.dtype, pd.CategoricalDtype):  # each key once, however often it comes
        codes = pd.Categorical(keys).codes
        found = look_up(pd.Index(keys.dtype.categories), values, missing)
        return found.reset_index(drop=True).reindex(codes).set_axis(index)
    if isinstance(keys, pd.Series) and len(keys) >= MANY_ROWS and keys.dtype == "str":
        heads, lengths = runs(keys)
        if len(heads) < len(keys) / 2:  # texts take long to look up: the first of each run stands for it
            found = look_up(heads, values, missing).reset_index(drop=True)
            return found.take(np.repeat(np.arange(len(heads)), lengths)).set_axis(index)
    if missing is None:
        return values.reindex(keys).set_axis(index)
    return values.reindex(keys, fill_value=missing).fillna(missing).set_axis(index)


How = Literal["sum", "min", "max", "first", "size"]


@overload
def by_key(keys: pd.Series, values: pd.Series, how: How) -> pd.Series: ...
@overload
def by_key(keys: pd.Series, values: pd.DataFrame, how: How) -> pd.DataFrame: ...
def by_key(keys: pd.Series, values: pd.Series | pd.DataFrame, how: How) -> pd.Series | pd.DataFrame:
    """Return the sum (or else) of each key's values, in the order of keys: grouping by number, not by text.

    Examples
    --------
    >>> by_key(pd.Series(["a", "a", "b"]), pd.Series([1, 2, 5]), "sum").tolist()
    [3, 5]
    """
    if isinstance(keys.dtype, pd.CategoricalDtype):
        codes, found = keys.cat.codes.to_numpy(), keys.cat.categories
        result: pd.Series | pd.DataFrame = getattr(values.groupby(codes, sort=True), how)()
        return result.set_axis(found.take(result.index.to_numpy()))
    codes, found = key_codes(keys)
    return getattr(values.groupby(codes, sort=True), how)().set_axis(found)


def places_in(index: pd.Index, keys: pd.Series) -> np.ndarray:
    """Return where each key stands in ``index`` (-1: nowhere); of a run of equal keys only one is looked up.

    Examples
    --------
    >>> places_in(pd.Index(["a", "b"]), pd.Series(["b", "b", "x"])).tolist()
    [1, 1, -1]
    """
    if len(keys) == 0:
        return np.zeros(0, dtype="int64")
    heads, lengths = runs(keys)
    return np.repeat(index.get_indexer(pd.Index(heads)), lengths)
