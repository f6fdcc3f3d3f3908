"""Excel sheets, streamed to Parquet with each cell as text: ids keep their zeros, dates are ISO 8601."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from itertools import dropwhile, islice
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.intake.reading.text_files import clean_header

_BATCH_ROWS = 20_000


def prepare(path: Path, sheet: str | None, table: str, work: Path) -> Path:
    """Write one sheet as Parquet below ``work``: its columns as text, and ``__row``, the data row from 1 on.

    Parameters
    ----------
    sheet
        Name of the sheet; None takes the one called like the table, else the only one.
    table
        The standard table (or lookup) that the sheet is read for.

    Raises
    ------
    WorkbookError
        The file is no workbook, the sheet is not there or not named, or the sheet has no header.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = _rows(path, sheet, table)
    header = clean_header(path.name, [cell_text(cell) or "" for cell in next(rows, [])])
    schema = pa.schema([("__row", pa.int64()), *((column, pa.string()) for column in header)])
    target = work / f"{uuid.uuid4().hex}.parquet"
    with pq.ParquetWriter(target, schema) as writer:
        numbered = ((number, row) for number, row in enumerate(rows, 1) if any(cell != "" for cell in row))
        while batch := list(islice(numbered, _BATCH_ROWS)):
            columns = [[number for number, _ in batch]]
            columns += [
                [cell_text(row[place]) if place < len(row) else None for _, row in batch]  # type: ignore[misc]
                for place in range(len(header))
            ]
            writer.write_batch(
                pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema)
            )
    return target


def sheet_rows(path: Path) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """Each sheet of a workbook, with its rows from the header on."""
    book = _open(path)
    for name in book.sheet_names:
        yield name, _from_header(book, name)


def _rows(path: Path, sheet: str | None, table: str) -> Iterator[list[Any]]:
    """Rows of the sheet from its header on."""
    book = _open(path)
    names = list(book.sheet_names)
    if sheet is None:
        named = [name for name in names if name.strip().lower() == table]
        if not named and len(names) > 1:
            raise WorkbookError(
                f"{path.name} has the sheets {', '.join(names)}; say which one holds {table}: "
                f'sheet = "{names[0]}" under [tables.{table}] in workbook.toml.'
            )
        sheet = (named or names)[0]
    elif sheet not in names:
        raise WorkbookError(
            f"{path.name} has no sheet '{sheet}'; its sheets are {', '.join(names)}. Correct 'sheet' for "
            f"{table}."
        )
    return _from_header(book, sheet)


def _open(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise WorkbookError(
            f"{path.name} cannot be read as an Excel file ({error}). Save it again as .xlsx."
        ) from None


def _from_header(book: Any, sheet: str) -> Iterator[list[Any]]:
    return dropwhile(lambda row: all(cell == "" for cell in row), book.get_sheet_by_name(sheet).iter_rows())


def cell_text(cell: Any) -> str | None:
    """Give a cell as text: whole numbers without ``.0``, dates as ISO 8601, an empty cell as None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
