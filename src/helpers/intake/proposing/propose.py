"""The first draft of a map: what the columns of an export seem to be, for a person to approve."""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.proposing.synonyms import (
    COLUMN_WORDS,
    CURRENCY_MARKS,
    CUSTOMER_NAME_WORDS,
    TABLE_WORDS,
    UNIT_PRICE_WORDS,
    plain,
    unit,
)
from helpers.intake.proposing.values import credit_lines, format_lines
from helpers.intake.reading import text_files
from helpers.intake.reading.encodings import encoding_readings
from helpers.intake.reading.excel import cell_text, sheet_rows
from helpers.intake.reading.recognise import file_kind
from helpers.intake.reading.sources import as_database, list_files
from helpers.intake.reading.sql import identifier
from helpers.settings.config import TABLE_NAMES, TableName

_SAMPLE_ROWS = 1000
#: Up to this share of rows that repeat they are lines alike of one document; more are rows exported twice.
_FEW_REPEATED = 0.05


@dataclass(frozen=True)
class _Sample:
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


def propose_map(data: Path | str | Sequence[Path | str]) -> str:
    """Propose a ``workbook.toml`` for an export, from its headers and first rows.

    Each file goes to the standard table that most of its columns fit. Columns that nothing is made of stand
    as comments, as do columns that are needed and not found, and dates that can be read in two ways, with
    both readings.

    Parameters
    ----------
    data
        As for :func:`helpers.intake.read_tables`.

    Returns
    -------
    str
        TOML that :func:`helpers.settings.config.load_settings` reads.

    Raises
    ------
    WorkbookError
        There is nothing to read.
    """
    samples, unreadable = _samples(data)
    chosen: dict[TableName, list[_Sample]] = {}
    left: list[str] = []
    for sample in samples:
        table = _table_of(sample)
        if table is None:
            left.append(sample.name)
        else:
            chosen.setdefault(table, []).append(sample)
    lines = ["# Proposed by `workbook init` from the headers. Check every line before the first report.", ""]
    lines += ["[report]", '# company = "..."', _currency_line(samples), ""]
    for table in TABLE_NAMES:
        fitting = sorted(chosen.get(table, []), key=lambda sample: -_fit(table, sample))
        for place, sample in enumerate(fitting):
            text = _table_lines(table, sample)
            # A second candidate for one table is shown, not chosen.
            lines += [line and f"# {line}" for line in text] if place else text
    if left:
        lines.append(f"# Not recognised as a standard table: {', '.join(left)}.")
    if unreadable:
        lines.append(f"# Could not be read: {', '.join(unreadable)}.")
    return "\n".join(lines).rstrip() + "\n"


def _currency_line(samples: Sequence[_Sample]) -> str:
    """Give the currency that the heads of amounts name, where all name one."""
    marks = {unit(column) for sample in samples for column in sample.columns}
    codes = {CURRENCY_MARKS[mark] for mark in marks if mark in CURRENCY_MARKS}
    return f'currency = "{codes.pop()}"' if len(codes) == 1 else '# currency = "EUR"'


def _table_lines(table: TableName, sample: _Sample) -> list[str]:
    found, unmatched = match_columns(table, list(sample.columns))
    lines = [f"[tables.{table}]", *sample.settings]
    lines += sample.comments
    rows = max(map(len, sample.columns.values()), default=0)
    if table == "order_lines" and "line_no" not in found and 0 < len(sample.repeated) <= _FEW_REPEATED * rows:
        lines.append(
            f"repeats_lines = true  # so {len(sample.repeated)} rows that stand there twice count twice, such as "
            f"{sample.repeated[0][:80]!r}; without it, once"
        )
    kinds = {column.name: column.kind for column in contracts.columns(table)}
    lines += format_lines(
        kinds, {name: sample.columns[source] for name, source in found.items()}, sample.typed_dates
    )
    credits, signed = (
        credit_lines(found, kinds, sample.columns, sample.as_text) if table == "order_lines" else ([], set())
    )
    lines += ["", f"[tables.{table}.columns]"]
    lines += [
        f"{name} = {json.dumps(source, ensure_ascii=False)}"
        for name, source in found.items()
        if name not in signed
    ]
    if table == "order_lines" and "customer_id" not in found:
        by_name = next((column for column in unmatched if plain(column) in CUSTOMER_NAME_WORDS), None)
        if by_name is not None:
            found["customer_id"] = by_name
            unmatched.remove(by_name)
            lines.append(
                f"customer_id = {json.dumps(by_name, ensure_ascii=False)}  # by name: no number was found"
            )
    if unmatched:
        lines.append(
            f"# Nothing is made of: {', '.join(json.dumps(name, ensure_ascii=False) for name in unmatched)}"
        )
    needed = [column.name for column in contracts.columns(table) if column.required]
    missing = [name for name in (*needed, *contracts.NEEDED_COLUMNS.get(table, ())) if name not in found]
    derived = _derived(table, found, list(sample.columns)) if "net_amount" in missing else None
    for name in missing:
        if not (name == "net_amount" and derived):
            lines.append(f'# {name} is needed and was not found: {name} = "..."')
    if credits:
        lines += ["", f"[tables.{table}.derived]", *credits]
    elif derived:
        lines += ["", f"[tables.{table}.derived]", f"net_amount = {json.dumps(derived, ensure_ascii=False)}"]
    return [*lines, ""]


def _derived(table: TableName, found: dict[str, str], columns: list[str]) -> str | None:
    """Give a net amount from quantity and unit price, where the file has these."""
    price = next((column for column in columns if plain(column) in UNIT_PRICE_WORDS), None)
    if table != "order_lines" or price is None or "quantity" not in found:
        return None
    return " * ".join(
        f"TRY_CAST({identifier(column)} AS DECIMAL(18,4))" for column in (found["quantity"], price)
    )


def match_columns(table: TableName, columns: list[str]) -> tuple[dict[str, str], list[str]]:
    """Which column of a file each standard column seems to be, and which columns are left."""
    by_plain: dict[str, str] = {}
    for column in columns:
        by_plain.setdefault(plain(column), column)
    found: dict[str, str] = {}
    # A column that bears the standard name goes before one that bears a synonym.
    for place in range(1 + max(map(len, COLUMN_WORDS.values()))):
        for each in contracts.columns(table):
            words = (plain(each.name), *COLUMN_WORDS[each.name])
            if each.name not in found and place < len(words):
                source = by_plain.get(words[place])
                if source is not None and source not in found.values():
                    found[each.name] = source
    ordered = {each.name: found[each.name] for each in contracts.columns(table) if each.name in found}
    return ordered, [column for column in columns if column not in found.values()]


def _table_of(sample: _Sample) -> TableName | None:
    """Find the table that a sample fits best, by name, needed columns, and columns at all."""
    best = max(TABLE_NAMES, key=lambda table: _fit(table, sample))
    return best if _fit(best, sample) > 0 else None


def _fit(table: TableName, sample: _Sample) -> float:
    found, _ = match_columns(table, list(sample.columns))
    needed = [column.name for column in contracts.columns(table) if column.required]
    if table == "order_lines" and "quantity" in found and _derived(table, found, list(sample.columns)):
        found["net_amount"] = ""
    share = sum(name in found for name in needed) / len(needed)
    name = plain(Path(sample.name).stem)
    named = max((len(word) / len(name) for word in TABLE_WORDS[table] if name and word in name), default=0)
    return share + named + len(found) / 10 if share + named >= 0.75 else 0.0


def _samples(data: Any) -> tuple[list[_Sample], list[str]]:
    """Give the beginnings of what there is, and the names of what cannot be read."""
    database = as_database(data)
    if database is not None:
        from helpers.intake.reading.databases import sample_tables

        tables, unreadable = sample_tables(database, _SAMPLE_ROWS)
        found = [
            _Sample(name, (f"table = {json.dumps(name)}",), columns, typed_dates=True, as_text=False)
            for name, columns in tables.items()
        ]
        return found, unreadable
    return [sample for path in list_files(data) for sample in _file_samples(path)], []


def _file_samples(path: Path) -> list[_Sample]:
    files = f"files = [{json.dumps(path.name, ensure_ascii=False)}]"
    kind = file_kind(path)
    if kind in ("excel", "html", "spreadsheetml"):
        return _sheet_samples(path, files, kind != "html")
    if kind == "parquet":
        return [_Sample(path.name, (files,), _parquet_columns(path), typed_dates=True, as_text=False)]
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
    return [_Sample(path.name, (files,), _by_column(path, texts), tuple(comments), repeated=_repeated(texts))]


def _sheet_samples(path: Path, files: str, typed_dates: bool) -> list[_Sample]:
    """Give the sheets of a file; those with the same heads are one table."""
    by_heads: dict[tuple[str, ...], list[_Sample]] = {}
    names: dict[tuple[str, ...], list[str]] = {}
    for sheet, hidden, rows in sheet_rows(path):
        texts = [[cell_text(cell) or "" for cell in row] for row in islice(rows, _SAMPLE_ROWS)]
        if texts and any(texts[0]):
            columns = _by_column(path, texts)
            comments = (
                (f"# The sheet {sheet} is hidden in the file: see that it is meant.",) if hidden else ()
            )
            sample = _Sample(
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
            _Sample(samples[0].name, (files, named), columns, all_comments, typed_dates, repeated=repeated)
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
