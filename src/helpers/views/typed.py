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

from helpers.views.chart import plain
from helpers.views.numbers import MISSING
from helpers.views.table import Column, Table

Value = str | int | float | datetime.date | None
_FIGURES = re.compile(r"[+\-\u2212]?\d[\d,]*(?:\.\d+)?")
_DAY, _MONTH = "yyyy-mm-dd", "yyyy-mm"
_PROBES = (2.0, 1234.5678)


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
    values = [[_value(value, column) for value in table.frame[name].tolist()] for name, column in columns]
    total = None
    if table.total is not None:
        total = tuple(_value(table.total.get(name), column) for name, column in columns)
    kinds = [
        _format([*found, *([total[place]] if total else [])], table.frame[name], column.format)
        for place, ((name, column), found) in enumerate(zip(columns, values, strict=True))
    ]
    heads = tuple(plain(column.label) for _, column in columns)
    return TypedTable(table.caption, heads, tuple(kinds), tuple(zip(*values, strict=True)), total)


def _value(value: Any, column: Column) -> Value:
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
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _format(found: list[Value], raw: pd.Series, spell: Callable[[Any], str] | None) -> str:
    """Return the number format that shows a column's values as the page does."""
    if any(isinstance(value, datetime.date) for value in found):
        return _MONTH if isinstance(raw.dtype, pd.PeriodDtype) else _DAY
    if spell is None or not any(isinstance(value, (int, float)) for value in found):
        return ""
    return number_format(spell)


def number_format(spell: Callable[[Any], str]) -> str:
    """Return a spreadsheet's format for numbers that ``spell`` writes: found by what it makes of two numbers.

    Decimals, percent, sign and unit are kept; what is abbreviated (1.2M) is written out, and what cannot be told is
    shown with up to two decimals.
    """
    try:
        shown = [plain(spell(probe)) for probe in _PROBES]
    except Exception:  # a view's own function may take only some numbers; the values are right in any format
        return "#,##0.##"
    parts = [_FIGURES.search(text) for text in shown]
    if not all(parts):
        return "#,##0.##"
    figures = parts[1][0] if parts[1] else ""
    around = [
        (text[: part.start()], text[part.end() :]) for text, part in zip(shown, parts, strict=True) if part
    ]
    before, after = around[0] if around[0] == around[1] else ("", "")
    digits = figures.lstrip("+-\u2212").replace(",", "")
    written, decimals = float(digits), len(digits.partition(".")[2])
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    if after.startswith("%") and _is_near(written, _PROBES[1] * 100, decimals):
        pattern, after = pattern + "%", after[1:]
    elif _is_near(written, _PROBES[1] * 100, decimals):
        return pattern  # a share that is spelt in points without a percent sign: shown as it is
    elif not _is_near(written, _PROBES[1], decimals):
        return "#,##0.##" if not before else f"{_quoted(before)}#,##0"
    signed = figures.startswith("+")
    if before.endswith("+"):
        signed, before = True, before[:-1]
    body = _quoted(before) + pattern + _quoted(after)
    return f"+{body};-{body};{body}" if signed else body


def _is_near(written: float, meant: float, decimals: int) -> bool:
    return abs(written - meant) <= 0.51 * 10**-decimals


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "") + '"' if text else ""
