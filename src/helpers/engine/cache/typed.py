"""Answers in a file as typed data: a line of JSON, and after it the columns of frames as Arrow.

What is read back is what was written, down to dtypes, the kind of a mapping's keys and the last bit of a number; a
value of a type that has no rule here is an error when it is written. Reading runs nothing that the file names: it makes
values, objects of this package's own records, and of a stated list of fitted models.
"""

import base64
import datetime as dt
import enum
import functools
import importlib
import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, BinaryIO, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel

from helpers.engine.cache.columns import UnknownTypeError, from_arrow, to_arrow
from helpers.present.words import Words, words

_OURS = "helpers."
#: Where the functions come from that may be named: they write sentences of rows, and touch nothing else.
_WRITERS = ("helpers.subjects.", "helpers.present.")
_PLAIN = (type(None), bool, int, str, float)
_TREES = "sklearn.ensemble._hist_gradient_boosting"
#: What is fitted, and is wholly told by its attributes.
_FITTED = (
    "helpers.models.cnbdk:MBGCNBDk",
    "helpers.models.cnbdk:MBGNBD",
    "sklearn.pipeline:Pipeline",
    "sklearn.preprocessing._data:StandardScaler",
    "sklearn.preprocessing._label:LabelEncoder",
    "sklearn.linear_model._logistic:LogisticRegression",
    f"{_TREES}.gradient_boosting:HistGradientBoostingClassifier",
    f"{_TREES}.binning:_BinMapper",
    f"{_TREES}.predictor:TreePredictor",
    "sklearn._loss.loss:HalfBinomialLoss",
    "sklearn._loss.link:Interval",
    "sklearn._loss.link:LogitLink",
    "sklearn._loss._loss:CyHalfBinomialLoss",
)


def write(answer: Any, file: BinaryIO) -> None:
    """Write an answer.

    Raises
    ------
    UnknownTypeError
        Something in it is of a type that has no rule; nothing is written then.
    """
    writer = _Writer()
    head = json.dumps(writer.value(answer))
    file.write(head.encode() + b"\n")
    for column in writer.columns:
        batch = pa.RecordBatch.from_arrays([column], names=["values"])
        with pa.ipc.new_stream(file, batch.schema) as stream:
            stream.write_batch(batch)


def read(file: BinaryIO) -> Any:
    """Read what `write` wrote; what is no such file is a ValueError or an EOFError."""
    return _Reader(file).value(json.loads(file.readline()))


class _Writer:
    """Encodes values as JSON and collects the columns to write after it, in the order of their encoding."""

    def __init__(self) -> None:
        self.columns: list[pa.Array] = []

    def value(self, it: Any) -> Any:
        """Tell a value: as itself, a list as a list, all else as a mapping of its kind to what is said of it."""
        kind = type(it)
        if kind in _PLAIN:
            return it
        if kind is list:
            return [self.value(each) for each in it]
        if kind in _RULES:
            name, tell, _ = _RULES[kind]
            return {name: tell(self, it)}
        for base, name, tell in _FAMILIES:
            if isinstance(it, base):
                return {name: tell(self, it)}
        return {"object": [_path(it), self.value(_state(it))]}

    def column(self, values: pd.Series | pd.Index) -> list[Any]:
        """Put a column after the JSON."""
        array, kind = to_arrow(values, self.value)
        self.columns.append(array)
        return kind


class _Reader:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def value(self, encoded: Any) -> Any:
        if isinstance(encoded, list):
            return [self.value(each) for each in encoded]
        if not isinstance(encoded, dict):
            return encoded
        ((name, content),) = encoded.items()
        return _READ[name](self, content)

    def column(self, kind: list[Any]) -> Any:
        """Take the next column; those that its kind tells of were written before it."""
        if kind[0] in ("category", "objects"):
            kind = [kind[0], self.value(kind[1]), *kind[2:]]
        with pa.ipc.open_stream(self._file) as stream:
            array = stream.read_all().column(0).combine_chunks()
        return from_arrow(array, kind)


def _array(writer: _Writer, it: np.ndarray) -> list[Any]:
    if it.dtype.hasobject:
        return ["objects", list(it.shape), [writer.value(each) for each in it.ravel()]]
    order: Literal["C", "F"] = "F" if it.flags.f_contiguous and not it.flags.c_contiguous else "C"
    code = np.lib.format.dtype_to_descr(it.dtype)
    if np.lib.format.descr_to_dtype(code) != it.dtype:
        raise UnknownTypeError(f"dtype {it.dtype}")
    return [code, list(it.shape), order, base64.b64encode(it.tobytes(order)).decode()]


def _to_array(reader: _Reader, encoded: list[Any]) -> np.ndarray:
    if encoded[0] == "objects":
        filled = np.empty(int(np.prod(encoded[1])), dtype=object)
        filled[:] = [reader.value(each) for each in encoded[2]]
        return filled.reshape(encoded[1])
    code, shape, order, content = encoded
    dtype = np.dtype(code if isinstance(code, str) else [tuple(field) for field in code])
    flat = np.frombuffer(bytearray(base64.b64decode(content)), dtype) if content else np.empty(0, dtype)
    return flat.reshape(shape, order=order)


def _scalar(writer: _Writer, it: np.generic) -> list[Any]:
    if it.dtype.kind not in "biuf" or it.dtype.itemsize > 8:
        raise UnknownTypeError(f"dtype {it.dtype}")
    return [it.dtype.str, it.item()]


def _generator(writer: _Writer, it: np.random.Generator) -> Any:
    if type(it.bit_generator) is not np.random.PCG64:
        raise UnknownTypeError(type(it.bit_generator))
    return writer.value(it.bit_generator.state)


def _to_generator(reader: _Reader, encoded: Any) -> np.random.Generator:
    bits = np.random.PCG64()
    bits.state = reader.value(encoded)
    return np.random.Generator(bits)


def _index(writer: _Writer, it: pd.Index) -> list[Any]:
    names = [writer.value(each) for each in it.names]
    if type(it) is pd.RangeIndex:
        return ["range", names, it.start, it.stop, it.step]
    if isinstance(it, pd.MultiIndex):
        levels = [writer.value(level.rename(None)) for level in it.levels]
        return ["levels", names, levels, [writer.value(np.asarray(codes)) for codes in it.codes]]
    frequency = getattr(it, "freq", None) if isinstance(it, (pd.DatetimeIndex, pd.TimedeltaIndex)) else None
    return ["values", names, writer.column(it), frequency and frequency.freqstr]


def _to_index(reader: _Reader, encoded: list[Any]) -> pd.Index:
    form, names, *rest = encoded[0], [reader.value(each) for each in encoded[1]], *encoded[2:]
    if form == "range":
        start, stop, step = rest
        return pd.RangeIndex(start, stop, step, name=names[0])
    if form == "levels":
        levels, codes = ([reader.value(each) for each in part] for part in rest)
        return pd.MultiIndex(levels, codes, names=names, verify_integrity=False)
    values, frequency = reader.column(rest[0]), rest[1]
    found = pd.Index(values, dtype=values.dtype, name=names[0])
    if frequency:
        found.freq = frequency
    return found


def _series(writer: _Writer, it: pd.Series) -> list[Any]:
    if it.attrs:
        raise UnknownTypeError("a column with attributes")
    return [writer.value(it.index), writer.value(it.name), writer.column(it)]


def _to_series(reader: _Reader, encoded: list[Any]) -> pd.Series:
    index, name = reader.value(encoded[0]), reader.value(encoded[1])
    values = reader.column(encoded[2])
    return pd.Series(values, index, dtype=values.dtype, name=name, copy=False)


def _frame(writer: _Writer, it: pd.DataFrame) -> list[Any]:
    if it.attrs:
        raise UnknownTypeError("a frame with attributes")
    columns = [writer.column(values) for _, values in it.items()]
    return [columns, writer.value(it.index), writer.value(it.columns)]


def _to_frame(reader: _Reader, encoded: list[Any]) -> pd.DataFrame:
    columns = {place: _as_it_is(reader.column(kind)) for place, kind in enumerate(encoded[0])}
    found, index = pd.DataFrame(columns, copy=False), reader.value(encoded[1])
    if not columns:
        found = pd.DataFrame(index=index)
    found.index, found.columns = index, reader.value(encoded[2])
    return found


def _as_it_is(values: Any) -> Any:
    """Name the dtype of objects, since pandas would look for another one for texts."""
    is_object = isinstance(values, np.ndarray) and values.dtype.hasobject
    return pd.Series(values, dtype=object, copy=False) if is_object else values


def _partial(writer: _Writer, it: functools.partial[Any]) -> list[Any]:
    return [writer.value(it.func), writer.value(it.args), writer.value(it.keywords)]


def _to_partial(reader: _Reader, encoded: list[Any]) -> functools.partial[Any]:
    function, arguments, named = (reader.value(each) for each in encoded)
    return functools.partial(function, *arguments, **named)


def _function(writer: _Writer, it: types.FunctionType) -> str:
    path = f"{it.__module__}:{it.__qualname__}"
    if not path.startswith(_WRITERS) or _found(path) is not it:
        raise UnknownTypeError(f"the function {path}")
    return path


def _to_function(reader: _Reader, path: str) -> types.FunctionType:
    found = _found(path)
    if not path.startswith(_WRITERS) or type(found) is not types.FunctionType:
        raise ValueError(f"{path} is no function of ours.")
    return found


def _state(it: Any) -> dict[str, Any]:
    """Return the attributes that an object is told by: of a record its fields, of what was fitted all."""
    if _is_record(type(it)):
        if isinstance(it, tuple):
            return dict(zip(it._fields, it, strict=True))  # type: ignore[attr-defined]
        if isinstance(it, BaseModel):
            return {**it.__dict__, "": sorted(it.model_fields_set)}
        return {each.name: getattr(it, each.name) for each in fields(it)}
    if _path(it) in _FITTED:
        return getattr(it, "__dict__", {})
    raise UnknownTypeError(type(it))


def _to_object(reader: _Reader, encoded: list[Any]) -> Any:
    path, state = encoded[0], reader.value(encoded[1])
    kind = _found(path)
    if not isinstance(kind, type) or not (_is_record(kind) or path in _FITTED):
        raise ValueError(f"{path} is no record of ours.")
    if issubclass(kind, tuple):
        return kind(**state)
    if issubclass(kind, BaseModel):
        return kind.model_construct(set(state.pop("")), **state)
    made = kind.__new__(kind)
    for name, value in state.items():
        object.__setattr__(made, name, value)
    return made


def _is_record(kind: type) -> bool:
    """Whether a class is ours and made of its fields alone: a dataclass, a named tuple, a model of settings."""
    named_tuple = issubclass(kind, tuple) and hasattr(kind, "_fields")
    return kind.__module__.startswith(_OURS) and (
        is_dataclass(kind) or named_tuple or issubclass(kind, BaseModel)
    )


def _path(it: Any) -> str:
    return f"{type(it).__module__}:{type(it).__qualname__}"


def _found(path: str) -> Any:
    """Return what a module of ours, or of scikit-learn, calls so; None where it has no such thing."""
    module, _, name = path.partition(":")
    if not (module.startswith(_OURS) or path in _FITTED):
        return None
    return getattr(importlib.import_module(module), name, None)


def _enum(writer: _Writer, it: enum.Enum) -> list[str]:
    if not type(it).__module__.startswith(_OURS):
        raise UnknownTypeError(type(it))
    return [_path(it), it.name]


def _to_enum(reader: _Reader, encoded: list[str]) -> enum.Enum:
    kind = _found(encoded[0])
    if not (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        raise ValueError(f"{encoded[0]} is no enumeration of ours.")
    return kind[encoded[1]]


def _many(writer: _Writer, it: Any) -> list[Any]:
    return [writer.value(each) for each in it]


def _timestamp(writer: _Writer, it: pd.Timestamp) -> list[Any]:
    return [int(it.to_datetime64().astype("int64")), it.unit, it.tz and str(it.tz)]


def _to_timestamp(reader: _Reader, encoded: list[Any]) -> pd.Timestamp:
    value, unit, zone = encoded
    moment = pd.Timestamp(np.datetime64(value, unit))
    return moment.tz_localize("UTC").tz_convert(zone) if zone else moment


Tell = Callable[[_Writer, Any], Any]
Read = Callable[[_Reader, Any], Any]
#: By type: the kind's name, how it is told, how it is read.
_RULES: dict[type, tuple[str, Tell, Read]] = {
    tuple: ("tuple", _many, lambda reader, said: tuple(map(reader.value, said))),
    set: ("set", _many, lambda reader, said: set(map(reader.value, said))),
    frozenset: ("frozenset", _many, lambda reader, said: frozenset(map(reader.value, said))),
    dict: (
        "mapping",
        lambda writer, it: [_many(writer, pair) for pair in it.items()],
        lambda reader, said: {reader.value(key): reader.value(value) for key, value in said},
    ),
    Decimal: ("decimal", lambda writer, it: str(it), lambda reader, said: Decimal(said)),
    dt.date: ("day", lambda writer, it: it.isoformat(), lambda reader, said: dt.date.fromisoformat(said)),
    pd.Timestamp: ("timestamp", _timestamp, _to_timestamp),
    pd.Timedelta: (
        "timedelta",
        lambda writer, it: [int(it.to_timedelta64().astype("int64")), it.unit],
        lambda reader, said: pd.Timedelta(np.timedelta64(*said)),
    ),
    pd.Period: (
        "period",
        lambda writer, it: [it.ordinal, it.freqstr],
        lambda reader, said: pd.Period(ordinal=said[0], freq=said[1]),
    ),
    type(pd.NaT): ("nat", lambda writer, it: None, lambda reader, said: pd.NaT),
    type(pd.NA): ("na", lambda writer, it: None, lambda reader, said: pd.NA),
    np.ndarray: ("array", _array, _to_array),
    np.random.Generator: ("generator", _generator, _to_generator),
    pd.DataFrame: ("frame", _frame, _to_frame),
    pd.Series: ("series", _series, _to_series),
    Words: (
        "words",
        lambda writer, it: [it.language, it.thirteen, *map(list, it.labels)],
        lambda reader, said: words(said[0], tuple((one, other) for one, other in said[2:]), said[1]),
    ),
    functools.partial: ("partial", _partial, _to_partial),
    types.FunctionType: ("function", _function, _to_function),
}
#: By what it is a kind of, where the type is not among the rules.
_FAMILIES: tuple[tuple[type, str, Tell], ...] = (
    (np.generic, "scalar", _scalar),
    (pd.Index, "index", _index),
    (enum.Enum, "enum", _enum),
)
_READ: dict[str, Read] = {name: back for name, _, back in _RULES.values()} | {
    "scalar": lambda reader, said: np.dtype(said[0]).type(said[1]),
    "index": _to_index,
    "enum": _to_enum,
    "object": _to_object,
}
