"""The beginnings of what is to be mapped: columns with their first values, of files, sheets and database tables."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.intake.reading import text_files
from helpers.intake.reading.encodings import encoding_readings
from helpers.intake.reading.excel import cell_text, sheet_rows
from helpers.intake.reading.recognise import file_kind
from helpers.intake.reading.sources import as_database, list_files

_SAMPLE_ROWS = 1000


@dataclass(frozen=True)
class Sample:
    """The beginning of a file, sheet or database table: column -> texts; ``settings`` goes into the map."""

    name: str
    settings: tuple[str, ...]
    columns: dict[str, list[str]]
    comments: tuple[str, ...] = ()
    """What a person should know of it, as comments of the map."""
    typed_dates: bool = False
    as_text: bool = True
    repeated: tuple[str, ...] = ()
    """Rows that stand there again, word for word."""


def read_samples(data: Any) -> tuple[list[Sample], list[str]]:
    """Give the beginnings of what there is, and the names of what cannot be read."""
    database = as_database(data)
    if database is not None:
        from helpers.intake.reading.databases import sample_tables

        tables, unreadable = sample_tables(database, _SAMPLE_ROWS)
        found = [
            Sample(name, (f"table = {json.dumps(name)}",), columns, typed_dates=True, as_text=False)
            for name, columns in tables.items()
        ]
        return found, unreadable
    return [sample for path in list_files(data) for sample in _file_samples(path)], []


def _file_samples(path: Path) -> list[Sample]:
    files = f"files = [{json.dumps(path.name, ensure_ascii=False)}]"
    kind = file_kind(path)
    if kind in ("excel", "html", "spreadsheetml"):
        return _sheet_samples(path, files, kind != "html")
    if kind == "parquet":
        return [Sample(path.name, (files,), _parquet_columns(path), typed_dates=True, as_text=False)]
    readings = encoding_readings(path)
    encoding = readings[0][0] if readings else None
    comments = [f"encoding = {json.dumps(encoding)}"] if encoding else []
    told = {text: name for name, text in reversed(readings) if text}
    words = [
        f'{json.dumps(text, ensure_ascii=False)} with "{told[text]}"'
        for text in dict.fromkeys(t for _, t in readings if t)
    ][:3]
    if len(words) > 1:
        comments.append(f"# A value reads {', '.join(words)}: see that the encoding is right.")
    with tempfile.TemporaryDirectory() as work:
        file = text_files.prepare(path, encoding, None, Path(work))
        with file.path.open(encoding="utf-8-sig", newline="") as text:
            for _ in range(file.skip):
                text.readline()
            texts = list(islice(csv.reader(text, delimiter=file.delimiter), _SAMPLE_ROWS))
    return [Sample(path.name, (files,), _by_column(path, texts), tuple(comments), repeated=_repeated(texts))]


def _sheet_samples(path: Path, files: str, typed_dates: bool) -> list[Sample]:
    """Give the sheets of a file; those with the same heads are one table."""
    by_heads: dict[tuple[str, ...], list[Sample]] = {}
    names: dict[tuple[str, ...], list[str]] = {}
    for sheet, hidden, rows in sheet_rows(path):
        texts = [[cell_text(cell) or "" for cell in row] for row in islice(rows, _SAMPLE_ROWS)]
        if texts and any(texts[0]):
            columns = _by_column(path, texts)
            comments = (
                (f"# The sheet {sheet} is hidden in the file: see that it is meant.",) if hidden else ()
            )
            sample = Sample(
                f"{sheet}.sheet", (files,), columns, comments, typed_dates, repeated=_repeated(texts)
            )
            by_heads.setdefault(tuple(columns), []).append(sample)
            names.setdefault(tuple(columns), []).append(sheet)
    found = []
    for heads, samples in by_heads.items():
        one = names[heads][0] if len(names[heads]) == 1 else names[heads]
        columns = {head: [text for sample in samples for text in sample.columns[head]] for head in heads}
        all_comments = tuple(comment for sample in samples for comment in sample.comments)
        named = f"sheet = {json.dumps(one, ensure_ascii=False)}"
        repeated = tuple(row for sample in samples for row in sample.repeated)
        found.append(
            Sample(samples[0].name, (files, named), columns, all_comments, typed_dates, repeated=repeated)
        )
    return found


def _repeated(rows: list[list[str]]) -> tuple[str, ...]:
    counted = Counter(tuple(row) for row in rows[1:] if any(row))
    return tuple(" ".join(filter(None, row)) for row, count in counted.items() for _ in range(count - 1))


def _by_column(path: Path, rows: list[list[str]]) -> dict[str, list[str]]:
    header = text_files.clean_header(path.name, rows[0])
    return {
        name: [row[place].strip() for row in rows[1:] if place < len(row) and row[place].strip()]
        for place, name in enumerate(header)
    }


def _parquet_columns(path: Path) -> dict[str, list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        batch = next(pq.ParquetFile(path).iter_batches(_SAMPLE_ROWS), None)
        names = pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise WorkbookError(f"{path.name} cannot be read as parquet: {error} Export it again.") from None
    if batch is None:
        return {name: [] for name in names}
    return {
        name: [str(value).strip() for value in column.to_pylist() if value is not None and str(value).strip()]
        for name, column in zip(names, batch.columns, strict=True)
    }
