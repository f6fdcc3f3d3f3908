"""Columns of pandas as Arrow arrays and back: the same values of the same dtype, or an error."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa

#: How a value that Arrow does not know is told as JSON.
EncodeValue = Callable[[Any], Any]
_NUMBERS, _TIMES = "biuf", "mM"


class UnknownTypeError(TypeError):
    """There is no way to keep a value of this type so that it comes back as it was."""

    def __init__(self, what: object) -> None:
        super().__init__(f"An answer of {what} cannot be kept: say in helpers.engine.cache.typed how it is.")


def to_arrow(values: pd.Series | pd.Index, encode: EncodeValue) -> tuple[pa.Array, list[Any]]:
    """Return values as an Arrow array, and in JSON which they are: a kind, and what else is needed to have them back.

    Raises
    ------
    UnknownTypeError
        For their dtype there is no rule.
    """
    dtype = values.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in _NUMBERS and dtype.isnative:
        return pa.array(values.to_numpy()), ["number", dtype.str]
    if isinstance(dtype, np.dtype) and dtype.kind in _TIMES and dtype.isnative:
        return pa.array(values.to_numpy().view("int64")), ["time", dtype.str]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return pa.array(pd.DatetimeIndex(values).asi8), ["zoned", dtype.unit, str(dtype.tz)]
    if isinstance(dtype, pd.PeriodDtype):
        return pa.array(pd.PeriodIndex(values).asi8), ["period", str(dtype)]
    if isinstance(dtype, pd.CategoricalDtype):
        codes = cast("pd.Categorical", values.array).codes
        return pa.array(codes), ["category", encode(dtype.categories), bool(dtype.ordered)]
    if isinstance(dtype, pd.StringDtype):
        return _chunk(pa.array(values.array, from_pandas=True)), [
            "text",
            dtype.storage,
            dtype.na_value is pd.NA,
        ]
    if isinstance(dtype, np.dtype) and dtype.hasobject:
        return _objects(values.to_numpy(), encode)
    nullable = isinstance(dtype, (pd.Float32Dtype, pd.Float64Dtype))
    if nullable and np.isnan(values.array.to_numpy("float64", na_value=0.0)).any():
        # On its way back from Arrow, pandas would make it missing.
        raise UnknownTypeError(f"dtype {dtype} with what is not a number")
    if hasattr(dtype, "__from_arrow__") and _named(str(dtype)) == dtype:
        return _chunk(pa.array(values.array)), ["extension", str(dtype)]
    raise UnknownTypeError(f"dtype {dtype}")


def from_arrow(array: pa.Array, kind: Sequence[Any]) -> Any:
    """Return what `to_arrow` was given, as an array of numpy or pandas that may be written to.

    What of its kind was told as JSON is given as the values that it was.
    """
    match kind:
        case ["number", dtype]:
            return array.to_numpy(zero_copy_only=False).astype(dtype)
        case ["time", dtype]:
            return array.to_numpy().copy().view(dtype)
        case ["zoned", unit, zone]:
            times = pd.DatetimeIndex(array.to_numpy().copy().view(f"M8[{unit}]"))
            return times.tz_localize("UTC").tz_convert(zone).array
        case ["period", name]:
            return pd.arrays.PeriodArray(array.to_numpy().copy(), dtype=_named(name))
        case ["category", categories, ordered]:
            dtype = pd.CategoricalDtype(categories, ordered)
            return pd.Categorical.from_codes(array.to_numpy().copy(), dtype=dtype)
        case ["text", storage, has_na]:
            texts: Any = pd.StringDtype(storage, na_value=pd.NA if has_na else np.nan)
            return texts.__from_arrow__(array)
        case ["objects", values]:
            return _filled(values)
        case ["tuples"]:
            return _filled([tuple(each) for each in array.to_pylist()])
        case ["extension", name]:
            return _named(name).__from_arrow__(array)
    raise ValueError(f"No column is kept as {kind}.")


def _objects(values: np.ndarray, encode: EncodeValue) -> tuple[pa.Array, list[Any]]:
    """Encode tuples of texts as an Arrow list column, since there are many of them, and all else one by one."""
    if all(type(each) is tuple and all(type(text) is str for text in each) for each in values):
        return pa.array(values, pa.list_(pa.large_string())), ["tuples"]
    return pa.nulls(0), ["objects", [encode(each) for each in values]]


def _filled(values: list[Any]) -> np.ndarray:
    filled = np.empty(len(values), dtype=object)
    filled[:] = values
    return filled


def _chunk(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _named(name: str) -> Any:
    """Return the dtype of pandas that calls itself so; None where it cannot be told from the name."""
    try:
        return pd.api.types.pandas_dtype(name)
    except (TypeError, ValueError, NotImplementedError):
        return None
