"""Tables with their values instead of their texts, for spreadsheets: numbers as numbers, days as days."""

import datetime
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import is_numbered, period_name, period_of_first_day
from helpers.present.charts.chart import plain
from helpers.present.numbers import MISSING
from helpers.present.table import Column, Table

Value = str | int | float | datetime.date | None
_DAY, _MONTH = "yyyy-mm-dd", "yyyy-mm"


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
    identity
        Its id on the page.
    rows_by
        Heads of the columns by whose values its rows add up to figures of other tables.
    """

    caption: str
    heads: tuple[str, ...]
    formats: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    total: tuple[Value, ...] | None = None
    identity: str = ""
    rows_by: tuple[str, ...] = ()


def typed_table(table: Table) -> TypedTable:
    """Return the values of a finished table; a value that is neither number nor day is given as it is shown."""
    columns = table.columns
    values = {
        name: [_value(value, column) for value in table.frame[name].tolist()]
        for name, column in columns.items()
    }
    total = None
    if table.total is not None:
        total = tuple(_value(table.total.get(name), column) for name, column in columns.items())
    formats = tuple(
        _format([*values[name], *([total[place]] if total else [])], table.frame[name], column)
        for place, (name, column) in enumerate(columns.items())
    )
    heads = tuple(plain(column.label) for column in columns.values())
    rows = tuple(zip(*values.values(), strict=True))
    rows_by = tuple(plain(columns[name].label) for name in table.rows_by if name in columns)
    return TypedTable(table.caption, heads, formats, rows, total, table.identity, rows_by)


def _value(value: Any, column: Column) -> Value:
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, pd.Period):
        return period_name(value) if is_numbered(value) else value.to_timestamp().date()
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return period_of_first_day(value) or value
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        text = column.text(value)
        return None if text == MISSING else text
    if column.format is None:
        return plain(value)
    factor = column.format.factor
    number = float(value) if factor == 1 else round(float(value) * factor, 12)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _format(found: list[Value], raw: pd.Series, column: Column) -> str:
    """Return the number format that shows a column's values as the page does."""
    if any(isinstance(value, datetime.date) for value in found):
        return _MONTH if isinstance(raw.dtype, pd.PeriodDtype) else _DAY
    is_figures = any(isinstance(value, (int, float)) for value in found)
    return column.format.excel if column.format is not None and is_figures else ""
