"""A plain pandas frame as a table of the page and of its Excel file."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd

from helpers.core.calendar.period_names import period_name, period_of_first_day
from helpers.core.frames.csv_file import to_csv_bytes
from helpers.present.charts.chart import plain
from helpers.present.numbers import MISSING, Format, Numbers
from helpers.present.table import Column, Table, table

#: So many rows are shown of a frame; the Excel file of the tables has all.
MOST_ROWS = 100
_YEARS = range(1900, 2101)


def frame_table(frame: pd.DataFrame | pd.Series, caption: str, n: Numbers) -> Table:
    """Set a frame as it stands: an index that has names or labels first, heads as they are called.

    Whole numbers are written without decimals, others with two (four where all are small), days (with the time where
    one has any) and months as the report's language has them; text is data. Of more than `MOST_ROWS` rows the caption
    says so, and the Excel file has all of them.
    """
    rows = frame.to_frame() if isinstance(frame, pd.Series) else frame
    if not rows.shape[1] and not shows_index(rows):
        rows = pd.DataFrame({"": []}, dtype="str")  # nothing at all is a table without rows
    flat = _flat(rows)
    columns = {
        str(name): Column(head, _format(flat[name], n)) for name, head in zip(flat, _heads(rows), strict=True)
    }
    if len(flat) <= MOST_ROWS:
        return table(flat, columns, caption, sortable=len(flat) > 1)
    note = n.words(
        "{caption}: the first {shown} of {all} rows; the Excel file of the tables has all",
        caption=caption, shown=n.count(MOST_ROWS), all=n.count(len(flat)),
    )  # fmt: skip
    shown = table(flat.head(MOST_ROWS), columns, note, sortable=True)
    return replace(shown, frame=flat, caption=plain(caption), row_count=len(flat))


def shows_index(rows: pd.DataFrame) -> bool:
    """Whether the index says something: the numbers of the rows do not."""
    return not (isinstance(rows.index, pd.RangeIndex) and rows.index.name is None)


def _heads(rows: pd.DataFrame) -> list[str]:
    heads = [
        " / ".join(str(part) for part in (name if isinstance(name, tuple) else (name,)) if str(part))
        for name in rows.columns
    ]
    if not shows_index(rows):
        return heads
    return ["" if name is None else str(name) for name in rows.index.names] + heads


def _flat(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the levels of the index as columns, and every column named by its place."""
    parts = [rows.index.get_level_values(level) for level in range(rows.index.nlevels)]
    series = [pd.Series(part, index=None) for part in parts] if shows_index(rows) else []
    series += [rows.iloc[:, place].reset_index(drop=True) for place in range(rows.shape[1])]
    return pd.DataFrame({f"c{place}": _plain(each) for place, each in enumerate(series)})


def _plain(values: pd.Series) -> pd.Series:
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if isinstance(next(iter(values.dropna()), None), Decimal):
        return values.astype("float64")
    months = _numbered(values)
    return (values if months is None else months).reset_index(drop=True)


def _format(values: pd.Series, n: Numbers) -> Format | None:
    """Choose how a column's figures are written; None: as text."""
    if isinstance(values.dtype, pd.PeriodDtype):
        return Format(lambda value, _: MISSING if pd.isna(value) else _period(value, n))
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = values.dropna()
        if (days == days.dt.normalize()).all():
            return n.date
        return Format(lambda value, _: MISSING if pd.isna(value) else f"{n.date(value)} {value:%H:%M}")
    if pd.api.types.is_bool_dtype(values.dtype) or not pd.api.types.is_numeric_dtype(values.dtype):
        return None
    known = values.dropna()
    if pd.api.types.is_integer_dtype(values.dtype):
        is_year = len(known) > 0 and known.isin(_YEARS).all()
        return (
            n.count.written(lambda value: MISSING if pd.isna(value) else str(value)) if is_year else n.count
        )
    finite = known[known.abs() != float("inf")]
    if (finite == finite.round()).all():
        return n.count
    return n.decimal.to(4 if (finite.abs() < 0.1).all() else 2)


def with_periods_named(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with ``2026-P10`` where a column holds numbers of periods of a year of thirteen."""
    found = {name: _numbered(frame[name]) for name in frame.columns if frame.columns.is_unique}
    return frame.assign(
        **{
            str(name): months.map(lambda month: None if pd.isna(month) else period_name(month))
            for name, months in found.items()
            if months is not None
        }
    )


def _numbered(values: pd.Series) -> pd.Series | None:
    """Return a column as periods where it holds their numbers; None: it holds something else."""
    if isinstance(values.dtype, pd.PeriodDtype) and str(values.dtype) == "period[M]":
        values = values.dt.to_timestamp()
    known = values.dropna()
    if not pd.api.types.is_datetime64_any_dtype(values.dtype) or not len(known):
        return None
    if known.min().year <= _YEARS[-1] or any(period_of_first_day(day) is None for day in known.unique()):
        return None
    return values.dt.to_period("M")


def _period(value: Any, n: Numbers) -> str:
    return n.month(value) if value.freqstr.startswith("M") else str(value)


def frame_to_csv(frame: pd.DataFrame) -> bytes:
    """Write a CSV file as `helpers.core.frames.csv_file.to_csv_bytes` does, periods by their names."""
    return to_csv_bytes(with_periods_named(frame))
