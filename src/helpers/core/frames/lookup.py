"""The one way in which an analysis looks up a fact by customer (or another key), adds it up and ranks its rows."""

from typing import Any, Literal, TypeVar, overload

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from helpers.core.amounts import MANY_ROWS, factorize_sorted, run_length_encode
from helpers.core.periods import factorize_months, month_number

Values = TypeVar("Values", pd.Series, pd.DataFrame)


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
        return _taken(found, codes, missing).set_axis(index)
    if isinstance(keys, pd.Series) and len(keys) >= MANY_ROWS and keys.dtype == "str":
        heads, lengths = run_length_encode(keys)
        if len(heads) < len(keys) / 2:  # texts take long to look up: the first of each run stands for it
            found = look_up(heads, values, missing).reset_index(drop=True)
            return found.take(np.repeat(np.arange(len(heads)), lengths)).set_axis(index)
    return _taken(values, index_positions(values.index, pd.Index(keys)), missing).set_axis(index)


def _taken(values: Values, places: np.ndarray, missing: Any = None) -> Values:
    """Return the values, or the rows, at these places; -1 is nowhere."""
    if not len(places) or places.min() >= 0:
        found = values.take(places)
        return found if missing is None else found.fillna(missing)
    numbered = values.reset_index(drop=True)
    if missing is None:
        return numbered.reindex(places)
    return numbered.reindex(places, fill_value=missing).fillna(missing)


def left_join(table: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``table`` with what is known of their customers beside them, as a left merge has it.

    Columns keep their types as in `look_up`; ``known`` has each customer once.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": ["b", "x"]})
    >>> left_join(rows, pd.DataFrame({"customer_id": ["a", "b"], "name": ["A", "B"]}))["name"].tolist()
    ['B', nan]
    """
    found = reindex_rows(pd.Index(table["customer_id"]), known.set_index("customer_id"))
    return pd.concat([table, found.set_axis(table.index)], axis=1)


def reindex_rows(keys: pd.Index, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the row of a frame for each key (the frame's index), all missing where it has none: one look-up for all.

    Examples
    --------
    >>> reindex_rows(pd.Index(["b", "x"]), pd.DataFrame({"n": [1.0, 2.0]}, index=["a", "b"]))["n"].tolist()
    [2.0, nan]
    """
    return _taken(frame, index_positions(frame.index, keys)).set_axis(keys)


def index_positions(index: pd.Index, keys: pd.Index) -> np.ndarray:
    """Return where each key stands in ``index`` (-1: nowhere); texts are compared by Arrow, five times as quick.

    Raises
    ------
    ValueError
        ``index`` has a key twice.

    Examples
    --------
    >>> index_positions(pd.Index(["a", "b"]), pd.Index(["b", "x", "b"])).tolist()
    [1, -1, 1]
    """
    if not _rises(index) and not index.is_unique:
        raise ValueError("cannot look up in an index with duplicate keys")
    if len(index) == len(keys) and index.equals(keys):  # as customers stand in most facts
        return np.arange(len(index))
    if not (index.dtype == "str" and keys.dtype == "str"):
        return index.get_indexer(keys)
    found = compute.index_in(pa.array(keys), value_set=pa.array(index))
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype("int64")


def _rises(index: pd.Index) -> bool:
    """Whether texts stand in their order, each once: quicker to see than whether any comes twice."""
    return index.dtype == "str" and bool(np.asarray(index.array[1:] > index.array[:-1], dtype=bool).all())


Aggregation = Literal["sum", "min", "max", "first", "size"]


@overload
def aggregate(keys: pd.Series, values: pd.Series, how: Aggregation) -> pd.Series: ...
@overload
def aggregate(keys: pd.Series, values: pd.DataFrame, how: Aggregation) -> pd.DataFrame: ...
def aggregate(
    keys: pd.Series, values: pd.Series | pd.DataFrame, how: Aggregation
) -> pd.Series | pd.DataFrame:
    """Return the sum (or else) of each key's values, in the order of keys: grouping by number, not by text.

    Examples
    --------
    >>> aggregate(pd.Series(["a", "a", "b"]), pd.Series([1, 2, 5]), "sum").tolist()
    [3, 5]
    """
    if isinstance(keys.dtype, pd.CategoricalDtype):
        codes, found = keys.cat.codes.to_numpy(), keys.cat.categories
        result: pd.Series | pd.DataFrame = getattr(values.groupby(codes, sort=True), how)()
        # -1, the first: rows that have no key, or one that nobody knows, together.
        return result.set_axis(found.take(result.index.to_numpy(), fill_value=np.nan))
    codes, found = factorize_sorted(keys)
    return getattr(values.groupby(codes, sort=True), how)().set_axis(found)


def run_positions(index: pd.Index, keys: pd.Series) -> np.ndarray:
    """Return where each key stands in ``index`` (-1: nowhere); equal keys in a row are looked up once.

    Examples
    --------
    >>> run_positions(pd.Index(["a", "b"]), pd.Series(["b", "b", "x"])).tolist()
    [1, 1, -1]
    """
    if len(keys) == 0:
        return np.zeros(0, dtype="int64")
    heads, lengths = run_length_encode(keys)
    return np.repeat(index_positions(index, pd.Index(heads)), lengths)


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


def largest_first(
    rows: pd.DataFrame, *by: str, then: str = "customer_id", ignore_index: bool = False
) -> pd.DataFrame:
    """Sort rows by columns, largest values first and missing ones last; equal rows go by ``then``, ascending.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": ["b", "c", "a"], "net_amount": [5, 9, 5]})
    >>> largest_first(rows, "net_amount")["customer_id"].tolist()
    ['c', 'a', 'b']
    """
    return rows.sort_values([*by, then], ascending=[False] * len(by) + [True], ignore_index=ignore_index)
