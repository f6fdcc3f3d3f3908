"""Tables with their values instead of their texts, for spreadsheets: numbers as numbers, days as days."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.present.charts.chart import plain
from helpers.present.numbers import MISSING
from helpers.present.table import Column, Table

Value = str | int | float | datetime.date | None
_FIGURES = re.compile(r"[+\-\u2212]?\d[\d,]*(?:\.\d+)?")
_DAY, _MONTH = "yyyy-mm-dd", "yyyy-mm"
_PROBES = (5.432109, 2.345678)
"""Small enough to be written in full, large enough to tell a share from a percentage."""
_UNKNOWN = "#,##0.00"


@dataclass(frozen=True)
class TypedTable:
    """A table as plain Python values, so that it can be handed between processes.

    Attributes
    ----------
    caption
        What the table shows.
    heads, formats
        By column: its head, and the number format of a spreadsheet (empty for text).
    rows
        The rows in the order shown, each with a value a column; None stands for a missing one.
    total
        The last row, if the table has one.
    """

    caption: str
    heads: tuple[str, ...]
    formats: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None


def typed(table: Table) -> TypedTable:
    """Return the values of a finished table; a value that is neither number nor day is given as it is shown."""
    columns = list(table.columns.items())
    spelt = [SpeltAs("") if column.format is None else number_format(column.format) for _, column in columns]
    values = [
        [_value(value, column, way.factor) for value in table.frame[name].tolist()]
        for (name, column), way in zip(columns, spelt, strict=True)
    ]
    total = None
    if table.total is not None:
        total = tuple(
            _value(table.total.get(name), column, way.factor)
            for (name, column), way in zip(columns, spelt, strict=True)
        )
    kinds = [
        _format([*found, *([total[place]] if total else [])], table.frame[name], spelt[place])
        for place, ((name, _), found) in enumerate(zip(columns, values, strict=True))
    ]
    heads = tuple(plain(column.label) for _, column in columns)
    return TypedTable(table.caption, heads, tuple(kinds), tuple(zip(*values, strict=True)), total)


def _value(value: Any, column: Column, factor: int) -> Value:
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, pd.Period):
        return value.to_timestamp().date()
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        text = column.text(value)
        return None if text == MISSING else text
    if column.format is None:
        return plain(value)
    number = float(value) if factor == 1 else round(float(value) * factor, 12)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _format(found: list[Value], raw: pd.Series, spelt: SpeltAs) -> str:
    """Return the number format that shows a column's values as the page does."""
    if any(isinstance(value, datetime.date) for value in found):
        return _MONTH if isinstance(raw.dtype, pd.PeriodDtype) else _DAY
    figures = [value for value in found if isinstance(value, (int, float))]
    if spelt.pattern == _UNKNOWN and all(isinstance(value, int) for value in figures):
        return "#,##0" if figures else ""
    return spelt.pattern if figures else ""


@dataclass(frozen=True)
class SpeltAs:
    """A spreadsheet's number format, and what a value is multiplied by before: points of a share are 100 times it."""

    pattern: str
    factor: int = 1


def number_format(spell: Callable[[Any], str]) -> SpeltAs:
    """Return how a spreadsheet shows numbers as ``spell`` writes them: found by what it makes of two numbers.

    Decimals, percent, points, sign and unit are kept; what is abbreviated (1.2M) is written out, and what cannot be
    told is shown with two decimals.
    """
    try:
        shown = [plain(spell(probe)) for probe in _PROBES]
    except Exception:  # a view's own function may take only some numbers; the values are right in any format
        return SpeltAs(_UNKNOWN)
    first, second = (_FIGURES.search(text) for text in shown)
    if first is None or second is None:
        return SpeltAs(_UNKNOWN)
    around = [
        (text[: part.start()], text[part.end() :]) for text, part in zip(shown, (first, second), strict=True)
    ]
    before, after = around[0] if around[0] == around[1] else ("", "")
    digits = second[0].lstrip("+-\u2212").replace(",", "")
    written, decimals = float(digits), len(digits.partition(".")[2])
    pattern, factor = "#,##0" + ("." + "0" * decimals if decimals else ""), 1
    if _is_near(written, _PROBES[1] * 100, decimals):
        if after.startswith("%"):
            pattern, after = pattern + "%", after[1:]
        else:
            factor = 100
    elif not _is_near(written, _PROBES[1], decimals):
        return SpeltAs(_UNKNOWN)
    signed = second[0].startswith("+") or before.startswith("+")
    body = _quoted(before.lstrip("+")) + pattern + _quoted(after)
    return SpeltAs(f"+{body};-{body};{body}" if signed else body, factor)


def _is_near(written: float, meant: float, decimals: int) -> bool:
    return abs(written - meant) <= 0.51 * 10**-decimals


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "") + '"' if text else ""
