"""Samples of what is to be mapped: columns with their first values, of files, sheets and database tables."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.intake.layout.file_patterns import written
from helpers.intake.layout.rows import text_rows
from helpers.intake.proposing.columns import signed_columns
from helpers.intake.proposing.layouts.blocks import Layout
from helpers.intake.proposing.layouts.heads import find_head, head_names, is_known
from helpers.intake.proposing.layouts.layout import find_layout
from helpers.intake.proposing.layouts.records import refuse_records
from helpers.intake.proposing.layouts.tell_rows import LOOKED_AT, tell_rows
from helpers.intake.proposing.toml import toml
from helpers.intake.reading import text_files
from helpers.intake.reading.encodings import encoding_readings
from helpers.intake.reading.excel import cell_text, open_book
from helpers.intake.reading.recognise import file_kind, unpacked
from helpers.intake.reading.shown import question_lines
from helpers.intake.reading.sources import (
    as_database,
    ending,
    every_file,
    list_files,
    name_below,
    partitions,
)
from helpers.settings.source import FileFormat

#: So many rows tell which separator a text has.
_HEAD_ROWS = 60
#: One line that is shorter than the head may be cut off; more are how the file is written.
_SHORT_ROWS = 2
#: So many gaps of two blanks and more in a line, in so many of the lines, set columns apart.
_GAPS, _NEARLY_ALL = 2, 0.9


@dataclass(frozen=True)
class Sample:
    """The beginning of a file, sheet or database table: column -> texts; ``settings`` goes into the map."""

    name: str
    settings: tuple[str, ...]
    columns: dict[str, list[str]]
    """Column -> its text in each row, blank where there is none."""
    comments: tuple[str, ...] = ()
    """What a person should know of it, as comments of the map."""
    typed_dates: bool = False
    as_text: bool = True
    repeated: tuple[str, ...] = ()
    """Rows that are exact duplicates."""
    file: str = ""
    """Name below the data folder; empty where it is a table of a database."""
    sheet: str | None = None
    blocks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Blocks below the table in the map, as ``exclude``: key and lines."""
    postings: text_files.Postings | None = None
    """What a file of DATEV's format says of its postings."""
    parts: tuple[tuple[str, str | None, int], ...] = ()
    """Of several files or sheets: each with the number of its rows, in their order."""
    return_files: tuple[str, ...] = ()
    """Of several files: those, or their sheets, that hold returns by their names."""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of several files: columns that some call otherwise, with all names; ``""`` where some have none."""

    @cached_property
    def filled(self) -> dict[str, list[str]]:
        """Column -> its texts, without blanks."""
        return {name: [text for text in texts if text] for name, texts in self.columns.items()}

    @property
    def rows(self) -> int:
        """Number of rows in the sample."""
        return max(map(len, self.columns.values()), default=0)

    @property
    def is_complete(self) -> bool:
        """Whether these are all rows there are."""
        return self.rows < LOOKED_AT - 1


def read_samples(data: Any) -> tuple[list[Sample], list[str], list[str]]:
    """Return samples of all sources, what cannot be read and why, and the names of all files.

    The columns that stand for folders (``Date=2026-09-01/``) are among those of their files.
    """
    database = as_database(data)
    if database is not None:
        from helpers.intake.reading.databases import sample_tables

        tables, unreadable = sample_tables(database, LOOKED_AT)
        file_samples = [
            Sample(name, (f"table = {toml(name)}",), columns, typed_dates=True, as_text=False)
            for name, columns in tables.items()
        ]
        return file_samples, unreadable, []
    folder, paths = list_files(data)
    samples, unreadable = [], []
    for path in paths:
        name = name_below(folder, path)
        try:
            with tempfile.TemporaryDirectory() as work:
                file_samples = _file_samples(unpacked(path, Path(work)), name)
        except WorkbookError as error:
            if len(paths) == 1:
                raise
            unreadable.append(str(error))
            continue
        partition_values = {key: value for key, value in partitions(name).items() if value}
        samples += [
            replace(
                each,
                columns={
                    **{key: [value] * each.rows for key, value in partition_values.items()},
                    **each.columns,
                },
            )
            for each in file_samples
            if each.columns
        ]
        unreadable += [
            f"{each.sheet} of {name}: the sheet is empty" for each in file_samples if not each.columns
        ]
    if folder is not None:
        unreadable += [
            f"{name_below(folder, path)}: a file that ends in {ending(path) or 'nothing'} is not read"
            for path in every_file(folder)
            if path not in paths and path.suffix != ".toml"
        ]
    return samples, unreadable, [name_below(folder, path) for path in paths]


def _file_samples(path: Path, name: str) -> list[Sample]:
    files = f"files = [{toml(written(name))}]"
    kind = file_kind(path)
    if kind in ("excel", "html", "spreadsheetml"):
        return list(_sheet_samples(path, name, files, kind != "html"))
    if kind == "parquet":
        columns = _parquet_columns(path)
        return [Sample(path.name, (files,), columns, typed_dates=True, as_text=False, file=name)]
    readings = encoding_readings(path)
    encoding = readings[0][0] if readings else None
    comments = [f"encoding = {toml(encoding)}"] if encoding else []
    encoding_by_text = {text: name for name, text in reversed(readings) if text}
    words = [
        f'{toml(text)} with "{encoding_by_text[text]}"' for text in dict.fromkeys(t for _, t in readings if t)
    ][:3]
    if len(words) > 1:
        comments.append(f"# A value reads {', '.join(words)}: see that the encoding is right.")
    with tempfile.TemporaryDirectory() as work:
        file = text_files.prepare(path, FileFormat(encoding=encoding, skip=0), Path(work))
        if file.postings is None:
            file = replace(file, delimiter=_delimiter(file, path.name))
        rows = [[cell.strip() for cell in row] for row in islice(text_rows(file, path.name), LOOKED_AT)]
        if file.postings is None:
            refuse_records(rows, path.name)
            _check_separated(path.name, rows)
        layout = find_layout(rows, path.stem)
        short = sum(0 < len(row) < len(layout.names) and any(row) for row in rows[layout.skip + 1 :])
        sample = Sample(path.name, (files,), {}, tuple(comments), file=name, postings=file.postings)
        if file.postings is not None:
            return [_without_layout(sample, path, rows)]
        broken = any("\n" in name for name in layout.names)  # the engine ends such a head at its first line
        if layout.is_plain and short < _SHORT_ROWS and not broken:
            return [_without_layout(sample, path, rows[layout.skip :])]
        detected = text_files.prepare(
            path, FileFormat(encoding=encoding, skip=layout.skip), Path(work)
        ).delimiter
    separator = () if detected == file.delimiter else (f"delimiter = {toml(file.delimiter)}",)
    sample = replace(sample, comments=(*sample.comments, *separator))
    return [_with_layout(sample, path, rows, layout)]


def _check_separated(name: str, rows: list[list[str]]) -> None:
    """Refuse a list for a printer: where its columns end nobody knows, and a larger amount later lies across."""
    filled = [" ".join(filter(None, row)) for row in rows if any(row)]
    set_apart = [text for text in filled if len(re.findall(r"\S {2,}(?=\S)", text)) >= _GAPS]
    if len(filled) > 1 and len(set_apart) >= _NEARLY_ALL * len(filled):
        raise WorkbookError(
            f"{name}: blanks set its columns apart, as for a printer, and no separator does. Export it with one (CSV) "
            "or to Excel; or open it in Excel (Data, From Text, fixed width), see that amounts are whole, and save it."
        )


def _without_layout(sample: Sample, path: Path, rows: list[list[str]]) -> Sample:
    """Fill the sample from a table whose first row is its head."""
    rows = rows[:LOOKED_AT]
    return replace(sample, columns=_columns_of(path, rows), repeated=_repeated(rows))


def _with_layout(sample: Sample, path: Path, rows: list[list[str]], layout: Layout) -> Sample:
    """Fill the sample from a report, as the table that its layout describes."""
    arranged = tell_rows(path.name, rows, layout)
    return replace(
        sample,
        columns=arranged.columns,
        comments=(*sample.comments, *arranged.settings),
        repeated=_repeated([[], *arranged.rows]),
        blocks=arranged.blocks,
    )


def _delimiter(file: text_files.TextFile, name: str) -> str:
    """Find the separator by which the first lines have a head of known names; else the one of the first line."""

    def rating(separator: str) -> float:
        try:
            rows = [
                [cell.strip() for cell in row]
                for row in islice(text_rows(replace(file, delimiter=separator), name), _HEAD_ROWS)
            ]
        except WorkbookError:
            return 0.0
        if not any(map(any, rows)):
            return 0.0
        skip, _ = find_head(rows)
        cells = [cell for cell in rows[skip] if cell]
        return (sum(map(is_known, cells)) + len(cells) / 10) * (len(cells) > 1)

    first = file.delimiter
    best = max(text_files.SEPARATORS, key=rating)
    return best if rating(best) > rating(first) else first


def _sheet_samples(path: Path, name: str, files: str, typed_dates: bool) -> Iterator[Sample]:
    """Return the sheets of a file; one without rows has no columns."""
    book = open_book(path)
    for sheet in book.names:
        rows = [
            [(cell_text(cell) or "").strip() for cell in row] for row in islice(book.rows(sheet), LOOKED_AT)
        ]
        hidden_comment = (
            [f"# The sheet {sheet} is hidden in the file: see that it is meant."]
            if sheet in book.hidden
            else []
        )
        comments = (
            *hidden_comment,
            *question_lines(book.shown(sheet), rows, f"{name}, sheet {sheet}", signed_columns),
        )
        settings = (files, f"sheet = {toml(sheet)}")
        sample = Sample(f"{sheet}.sheet", settings, {}, comments, typed_dates, file=name, sheet=sheet)
        if not any(map(any, rows)):
            yield sample
            continue
        refuse_records(rows, f"{name}, sheet {sheet}")
        layout = find_layout(rows, f"{path.stem} {sheet}")
        if layout.is_plain:
            yield _without_layout(sample, path, rows[layout.skip :])
        else:
            yield _with_layout(sample, path, rows, layout)


def _repeated(rows: list[list[str]]) -> tuple[str, ...]:
    counted = Counter(tuple(row) for row in rows[1:] if any(row))
    return tuple(" ".join(filter(None, row)) for row, count in counted.items() for _ in range(count - 1))


def _columns_of(path: Path, rows: list[list[str]]) -> dict[str, list[str]]:
    header = head_names(path.name, rows, 0, 1)
    body = [row for row in rows[1:] if any(row)]
    return {
        name: [row[place] if place < len(row) else "" for row in body] for place, name in enumerate(header)
    }


def _parquet_columns(path: Path) -> dict[str, list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        batch = next(pq.ParquetFile(path).iter_batches(LOOKED_AT), None)
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise WorkbookError(f"{path.name} cannot be read as parquet: {error} Export it again.") from None
    if batch is None:
        return {name: [] for name in names}
    return {
        name: ["" if value is None else str(value).strip() for value in column.to_pylist()]
        for name, column in zip(names, batch.columns, strict=True)
    }
