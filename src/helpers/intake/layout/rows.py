"""Rows of a sheet, or of a text laid out for people, streamed to Parquet: every cell as text, and the row's number."""

from __future__ import annotations

import csv
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, dropwhile, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.intake.reading.text_files import HEAD_WITHIN, TextFile, clean_header

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 20_000
#: So many rows say how wide a table is.
_ROWS_AHEAD = 1000
UNREADABLE = "__unreadable"
#: Why a row of a sheet is set aside by the map.
HIDDEN, STRUCK = "hidden in the sheet", "struck through in the sheet"


class Aside(list[Any]):
    """A row that is set aside as a whole."""

    def __init__(self, cells: Iterable[Any], why: str) -> None:
        super().__init__(cells)
        self.why = why


def write_rows(
    name: str,
    rows: Iterator[Sequence[Any]],
    text: Callable[[Any], str | None] | None,
    skip: int | list[str] | None,
    header_rows: int | None,
    work: Path,
) -> Path:
    """Write a table as Parquet below ``work``.

    It has the table's columns, ``__row`` (rows below the head, from 1 on), and what of a row stands beyond the columns.
    Rows with nothing in them are left out, and counted.

    Parameters
    ----------
    name
        What the file is called in messages.
    text
        Gives a cell as text; None where the cells are texts.
    skip
        Rows above the head, or cells that the head has; None where it is the first row with something in it.

    Raises
    ------
    WorkbookError
        There is no head there.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if text is not None:
        rows = (_texts(row, text) for row in rows)
    if skip is None:
        rows = dropwhile(lambda row: not _filled(row), rows)
    else:
        rows = _from_head(name, rows, skip) if isinstance(skip, list) else islice(rows, skip, None)
    heads = list(islice(rows, header_rows or 1))
    ahead = list(islice(rows, _ROWS_AHEAD))
    header = header_of(name, heads, max(map(_filled, ahead), default=0))
    if {column.lower() for column in header} & {"__row", UNREADABLE}:
        raise WorkbookError(f"{name} has a column called __row or {UNREADABLE}; call it otherwise.")
    schema = pa.schema(
        [("__row", pa.int64()), *((c, pa.string()) for c in header), (UNREADABLE, pa.string())]
    )
    target = work / f"{uuid.uuid4().hex}.parquet"
    numbered = enumerate(chain(ahead, rows), 1)
    with pq.ParquetWriter(target, schema) as writer:
        while batch := list(islice(numbered, _BATCH_ROWS)):
            writer.write_batch(_batch(batch, schema))
    return target


def _texts(row: Sequence[Any], text: Callable[[Any], str | None]) -> list[str]:
    texts = [text(cell) or "" for cell in row]
    return Aside(texts, row.why) if isinstance(row, Aside) else texts


def _from_head(name: str, rows: Iterator[Sequence[str]], cells: Sequence[str]) -> Iterator[Sequence[str]]:
    """Return the rows from the first on that has some cells."""
    wanted = set(cells)
    for row in islice(rows, HEAD_WITHIN):
        if wanted <= {cell.strip() for cell in row}:
            return chain([row], rows)
    raise WorkbookError(
        f"{name} has no head with {', '.join(cells)} in its first {HEAD_WITHIN} lines, by which skip finds it. Correct "
        "skip under the table in workbook.toml."
    )


def _batch(numbered: Sequence[tuple[int, Sequence[str]]], schema: pa.Schema) -> pa.RecordBatch:
    """Make a batch of rows, without blanks around cells, as lists for people fill them up; empty cells are NULL."""
    import pyarrow as pa
    import pyarrow.compute as pc

    width = len(schema) - 2
    numbers = [number for number, _ in numbered]
    beyond = [
        row.why
        if isinstance(row, Aside)
        else None
        if len(row) <= width
        else " ".join(filter(None, row[width:]))
        for _, row in numbered
    ]
    cells = [
        row if len(row) == width else row[:width] if len(row) > width else [*row, *[""] * (width - len(row))]
        for _, row in numbered
    ]
    columns = [pa.array(column, pa.string()) for column in (*zip(*cells, strict=True), beyond)]
    columns = [pc.utf8_trim_whitespace(column) for column in columns]
    blank = [pc.equal(pc.fill_null(column, ""), "") for column in columns]
    columns = [
        pc.if_else(empty, pa.scalar(None, pa.string()), column)
        for empty, column in zip(blank, columns, strict=True)
    ]
    nothing = blank[0]
    for empty in blank[1:]:
        nothing = pc.and_(nothing, empty)
    batch = pa.record_batch([pa.array(numbers, pa.int64()), *columns], schema)
    return batch.filter(pc.invert(nothing))


def header_of(name: str, heads: Sequence[Sequence[str]], width: int = 0) -> tuple[str, ...]:
    """Name the columns by a head of one, two or three rows: of a cell that spans others and one below it, by both."""
    if not heads:
        raise WorkbookError(
            f"{name} has no header: it ends before. See skip in workbook.toml, or export it again."
        )
    width = max(width, *map(_filled, heads))
    padded = [[cell.strip() for cell in row[:width]] + [""] * (width - len(row)) for row in heads]
    parts: list[list[str]] = [[cell] if cell else [] for cell in padded[-1]]
    for row in reversed(padded[:-1]):
        carried = ""
        under: list[list[str]] = []
        for place, cell in enumerate(row):
            own = parts[place]
            if cell:
                carried, under = cell, []
            elif (
                not own or own in under
            ):  # a cell spans no two columns of one name: totals may follow the last
                carried = ""
            under.append([*own])
            if carried and carried not in own:
                own.insert(0, carried)
    return clean_header(name, ["/".join(each) for each in parts])


def _filled(row: Sequence[str]) -> int:
    """Return how many columns a row has, up to the last with something in it."""
    return max((place for place, cell in enumerate(row, 1) if cell and not cell.isspace()), default=0)


def text_rows(file: TextFile, name: str) -> Iterator[list[str]]:
    """Return the lines of a text file taken apart; a blank line is a row without cells.

    Raises
    ------
    WorkbookError
        A line cannot be taken apart, as where a quotation mark is not closed.
    """
    csv.field_size_limit(sys.maxsize)
    with file.path.open(encoding="utf-8-sig", newline="") as text:
        for _ in range(file.skip):
            text.readline()
        reader = csv.reader(text, delimiter=file.delimiter, strict=True)
        try:
            yield from reader
        except csv.Error as error:
            raise WorkbookError(
                f"{name} cannot be taken apart at line {reader.line_num + file.skip}: {error}. A quotation mark there "
                "is probably not closed; export the file again."
            ) from None
