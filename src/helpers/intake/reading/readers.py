"""Files as relations on the engine: one reader for text, Parquet and Excel sheets."""

from __future__ import annotations

import sys
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import WorkbookError
from helpers.intake.layout.rows import UNREADABLE, text_rows, write_rows
from helpers.intake.reading import excel, text_files
from helpers.intake.reading.recognise import FileKind, file_kind, unpacked
from helpers.intake.reading.sql import file_literal, identifier, literal
from helpers.settings.source import FileFormat

if TYPE_CHECKING:
    import duckdb

ROW = "__row"
FILE_NAME = "__file_name"


@dataclass(frozen=True)
class Stored:
    """The Parquet file in which a relation's rows stand as they are, so that one of its columns can be read alone.

    Attributes
    ----------
    numbered
        Whether rows are numbered by their place; else the file has ``__row``.
    file
        The number in the column ``__file`` of the relation's rows, where the Parquet file holds those of several files.
    added
        Columns that say the same in all of the relation's rows, as folders do.
    """

    path: Path
    numbered: bool = False
    file: int | None = None
    added: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        """What stands after FROM."""
        added = [
            f"CAST({_text_or_null(text)} AS VARCHAR) AS {identifier(c)}" for c, text in self.added.items()
        ]
        rows = "*" if self.file is None else "* EXCLUDE (__file)"
        chosen = "" if self.file is None else f" WHERE __file = {self.file}"
        if not (self.numbered or added or chosen):
            return _parquet([self])
        return f"(SELECT {', '.join([_numbered(self, rows), *added])} FROM {_parquet([self])}{chosen})"


def _parquet(files: Sequence[Stored]) -> str:
    listed = ", ".join(file_literal(each.path) for each in files)
    numbers = ", file_row_number = true" if files[0].numbered else ""
    return f"read_parquet({listed if len(files) == 1 else f'[{listed}]'}{numbers}, hive_partitioning = false)"


def _numbered(stored: Stored, rows: str) -> str:
    return f"{rows} EXCLUDE (file_row_number), file_row_number + 1 AS {ROW}" if stored.numbered else rows


def _text_or_null(text: str | None) -> str:
    return "NULL" if text is None else literal(text)


@dataclass(frozen=True)
class Relation:
    """A file on the engine.

    Attributes
    ----------
    sql
        What stands after FROM: the file's columns and ``__row``, the number of the data row from 1 on.
    columns
        Column -> type of the engine, in file order.
    typed_dates
        Whether dates are ISO 8601 as the file's own format gives them, whatever format is declared (Excel).
    stored
        The Parquet file that ``sql`` reads as it stands, where it does; `over` says what else it reads.
    unreadable
        Column with such a line, where the reader hands them on as rows of their own (Spark).
    many_files
        Whether ``__file_name`` says from which file a row is, because one relation reads many (Spark).
    """

    name: str
    sql: str
    columns: dict[str, str]
    typed_dates: bool = False
    stored: Stored | None = None
    unreadable: str | None = None
    many_files: bool = False

    def over(self, sql: str, columns: dict[str, str] | None = None) -> Relation:
        """Return the file by another query: no Parquet file holds its rows as they are then."""
        return replace(self, sql=sql, columns=self.columns if columns is None else columns, stored=None)

    def at(self, stored: Stored, columns: dict[str, str] | None = None) -> Relation:
        """Return the file as a Parquet file holds its rows."""
        columns = self.columns if columns is None else columns
        return replace(self, sql=stored.sql, columns=columns, stored=stored)


def alike(relations: Sequence[Relation]) -> Iterator[list[int]]:
    """Put together the places of relations that one query can read: stored, with the same columns of the same types."""
    groups: dict[object, list[int]] = {}
    for place, each in enumerate(relations):
        key: object = place
        if (at := each.stored) is not None:
            one = None if at.file is None else at.path
            key = (tuple(each.columns.items()), each.typed_dates, at.numbered, one, tuple(at.added))
        groups.setdefault(key, []).append(place)
    yield from groups.values()


def together(relations: Sequence[Relation], numbers: Sequence[int]) -> str:
    """Write relations that are alike as one, with ``__file``: the number that each is given."""
    files = [relation.stored for relation in relations if relation.stored is not None]
    first = files[0]
    columns = [_numbered(first, "*")]
    if first.file is not None:  # all in one Parquet file, under their numbers
        by_number = {number: each.added for number, each in zip(numbers, files, strict=True)}
        place = "__file"
        added = [by_number.get(number, {}) for number in range(max(numbers) + 1)]
        files = files[:1]
    else:
        place, added = "CAST(file_index AS INTEGER)", [each.added for each in files]
        counted = list(numbers) == list(range(len(numbers)))
        number = place if counted else f"[{', '.join(map(str, numbers))}][{place} + 1]"
        columns.append(f"{number} AS __file")
    columns += [
        f"CAST([{', '.join(_text_or_null(each.get(name)) for each in added)}][{place} + 1] AS VARCHAR) "
        f"AS {identifier(name)}"
        for name in first.added
    ]
    return f"(SELECT {', '.join(columns)} FROM {_parquet(files)})"


def store(connection: duckdb.DuckDBPyConnection, relation: Relation, work: Path) -> Relation:
    """Write a relation's rows to a Parquet file, where they stand in none as they are."""
    if relation.stored is not None:
        return relation
    target = work / f"{uuid.uuid4().hex}.parquet"
    connection.execute(
        f"COPY (FROM {relation.sql}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION lz4)"
    )
    return relation.at(Stored(target))


def _open_alone(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    kind: FileKind,
    file_format: FileFormat,
    sheet: str | None,
    table: str,
    work: Path,
) -> Relation:
    """Make a file readable on the engine that is read by itself: any but a text that begins with its head."""
    try:
        if kind == "text":
            rows = text_rows(text_files.prepare(path, file_format, work), path.name)
            written = write_rows(path.name, rows, None, file_format.skip, file_format.header_rows, work)
            return row_by_row(path.name, connection, written, typed_dates=False)
        if kind in ("excel", "html", "spreadsheetml"):
            sheet_file = excel.prepare(path, sheet, table, file_format, work)
            return row_by_row(path.name, connection, sheet_file, typed_dates=kind != "html")
        if kind in ("sqlite", "duckdb"):
            raise WorkbookError(
                f"{path.name} is a database: name it by itself, as in `workbook check {path.name}`."
            )
        stored = Stored(path, numbered=True)
        return Relation(path.name, stored.sql, _columns(connection, stored.sql), stored=stored)
    except OSError as error:
        raise WorkbookError(f"{path.name} cannot be read: {error.strerror or error}.") from None
    except engine_errors() as error:
        raise WorkbookError(
            f"{path.name} cannot be read as {kind}: {first_line(error)} It may be damaged or cut off; "
            f"export it again."
        ) from None


def engine_errors() -> tuple[type[Exception], ...]:
    """List what the engines raise, as far as they are in use."""
    import duckdb

    if "pyspark" not in sys.modules:
        return (duckdb.Error,)
    from pyspark.errors import PySparkException
    from sqlglot.errors import SqlglotError

    if "py4j" not in sys.modules:  # Spark Connect alone
        return (duckdb.Error, PySparkException, SqlglotError)
    from py4j.protocol import (
        Py4JJavaError,  # what PySpark has no exception of its own for, such as a task that fails
    )

    return (duckdb.Error, PySparkException, SqlglotError, Py4JJavaError)


def resource_errors() -> tuple[type[Exception], ...]:
    """List what the engine raises when disk or memory do not suffice."""
    import duckdb

    return (duckdb.IOException, duckdb.OutOfMemoryException)


_NO_ROOM = ("No space left", "Could not write", "File too large", "offload", "allocate",
            "max_temp_directory_size")  # fmt: skip


def lacks_room(error: Exception) -> bool:
    """Whether it is disk or memory that did not suffice, and nothing is wrong with the data."""
    return isinstance(error, resource_errors()) and any(words in str(error) for words in _NO_ROOM)


def no_room(error: Exception) -> WorkbookError:
    """Say that disk or memory did not suffice for reading the data, and the way out."""
    return WorkbookError(
        f"There is no room to read the data: {first_line(error)} Free disk space where the cache is (or set "
        "WORKBOOK_CACHE), or give the engine more memory: memory_gigabytes under [engine] in workbook.toml."
    )


def first_line(error: Exception) -> str:
    """Return the gist of an engine's message."""
    lines = str(error).strip().splitlines()
    # Of what Spark's Java says, the first line tells only what of Python's was called.
    return lines[1].removeprefix(": ") if lines[0].startswith("An error occurred while calling") else lines[0]


def _columns(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()
    return {name: kind for name, kind, *_ in described if name not in (ROW, UNREADABLE)}


def row_by_row(
    name: str, connection: duckdb.DuckDBPyConnection, written: Path, typed_dates: bool = False
) -> Relation:
    """Return what :func:`helpers.intake.layout.rows.write_rows` has written as a relation."""
    stored = Stored(written)
    columns = _columns(connection, stored.sql)
    return Relation(name, stored.sql, columns, typed_dates, stored, unreadable=identifier(UNREADABLE))


def _text(name: str, files: Sequence[text_files.TextFile], rejects: str) -> Relation:
    """Give text files of one head as one relation; ``__file`` is a file's place among them.

    What cannot be taken apart goes into the temporary table ``rejects``: ``file_id``, ``line``, ``csv_line``,
    ``error_message``.
    """
    first = files[0]
    columns = dict.fromkeys(first.header, "VARCHAR")
    shape = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    listed = ", ".join(file_literal(file.path) for file in files)
    reader = (
        f"read_csv([{listed}], auto_detect = false, header = true, skip = {first.skip}, delim = "
        f"{literal(first.delimiter)},"
        f" quote = '\"', escape = '\"', columns = {{{shape}}}, store_rejects = true, "
        f"hive_partitioning = false,"
        f" rejects_table = {literal(rejects)}, rejects_scan = {literal(rejects + '_scan')}, rejects_limit "
        f"= 0)"
    )
    file = ", CAST(file_index AS INTEGER) AS __file" if len(files) > 1 else ""
    sql = f"(SELECT *, row_number() OVER () AS {ROW}{file} FROM {reader})"
    return Relation(name, sql, columns)


#: Text files up to this size are read together: a query for each would take longer than reading it.
_SMALL = 1 << 20
#: Of a line that the reader cannot take apart: its row, why, and the line.
LeftOut = tuple[int, str, str]


def open_files(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[tuple[Path, str | None]],
    file_format: FileFormat,
    table: str,
    work: Path,
) -> tuple[list[Relation], dict[int, list[LeftOut]]]:
    """Make files readable on the engine; text files of one head are read as one.

    Returns
    -------
    tuple
        The files as relations, in their order; and by the place of a file the lines of it that cannot be taken apart.

    Raises
    ------
    WorkbookError
        A file cannot be read: damaged, in another encoding, without header, with another sheet.
    """
    found: dict[int, Relation] = {}
    texts: dict[object, list[tuple[int, text_files.TextFile]]] = {}
    for place, (path, sheet) in enumerate(files):
        try:
            plain = unpacked(path, work)
            kind = file_kind(plain)
            if kind == "text" and not file_format.is_laid_out:
                file = text_files.prepare(plain, file_format, work)
                alone = place if plain.stat().st_size > _SMALL else None
                texts.setdefault((alone, replace(file, path=Path())), []).append((place, file))
                continue
        except OSError as error:
            raise WorkbookError(f"{path.name} cannot be read: {error.strerror or error}.") from None
        found[place] = _open_alone(connection, plain, kind, file_format, sheet, table, work)
    left_out: dict[int, list[LeftOut]] = {}
    for group in texts.values():
        names = {place: files[place][0].name for place, _ in group}
        found |= _together_or_each(connection, group, names, table, work, left_out)
    return [found[place] for place in range(len(files))], left_out


def _together_or_each(
    connection: duckdb.DuckDBPyConnection,
    group: Sequence[tuple[int, text_files.TextFile]],
    names: Mapping[int, str],
    table: str,
    work: Path,
    left_out: dict[int, list[LeftOut]],
) -> dict[int, Relation]:
    """Read text files of one head; where that fails, each by itself, as nothing says which of them it is."""
    try:
        return _read_texts(connection, group, names, work, left_out)
    except engine_errors() as error:
        if len(group) == 1:
            raise unreadable(names[group[0][0]], table, error) from None
    found: dict[int, Relation] = {}
    for each in group:
        found |= _together_or_each(connection, [each], names, table, work, left_out)
    return found


def _read_texts(
    connection: duckdb.DuckDBPyConnection,
    group: Sequence[tuple[int, text_files.TextFile]],
    names: Mapping[int, str],
    work: Path,
    left_out: dict[int, list[LeftOut]],
) -> dict[int, Relation]:
    """Read text files of one head once, whole, and note the lines that the reader could not take apart.

    The reader numbers the rows it kept; each line it left out moves those behind it by one. Line 1 is the header.
    """
    places = [place for place, _ in group]
    several = len(places) > 1
    rejects = f"rejects_{uuid.uuid4().hex}"
    rows = store(connection, _text(names[places[0]], [file for _, file in group], rejects), work)
    lines = connection.execute(
        f"SELECT {'file_id' if several else '0'}, line, any_value(csv_line), any_value(error_message) "
        f"FROM {rejects} GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    gaps: Counter[int] = Counter()
    moved = []
    for file, line, text, message in lines:
        left_out.setdefault(places[file], []).append((line - 1, message.splitlines()[0], text))
        gaps[file] += 1
        moved.append(f"({file}, {line - gaps[file]}, {gaps[file]})")
    if several or lines:
        # Rows are numbered through all the files, which stand in their order.
        start = f"min({ROW}) OVER (PARTITION BY __file) - 1" if several else "0"
        own = "*" if several else "*, 0 AS __file"
        sql = f"(SELECT * REPLACE ({ROW} - __start AS {ROW}) FROM (SELECT {own}, {start} AS __start FROM {rows.sql}))"
        if lines:
            known = f"(VALUES {', '.join(moved)}) AS v (file, start, moved)"
            sql = (
                f"(SELECT k.* REPLACE (k.{ROW} + coalesce(o.moved, 0) AS {ROW}) FROM {sql} AS k ASOF LEFT JOIN "
                f"(SELECT file, start, max(moved) AS moved FROM {known} GROUP BY 1, 2) AS o "
                f"ON k.__file = o.file AND k.{ROW} >= o.start)"
            )
        numbered = f"CAST([{', '.join(map(str, places))}][__file + 1] AS INTEGER) AS __file"
        left = f"EXCLUDE (__start) REPLACE ({numbered})" if several else "EXCLUDE (__start, __file)"
        rows = store(connection, rows.over(f"(SELECT * {left} FROM {sql} ORDER BY __file, {ROW})"), work)
    if rows.stored is None:
        raise AssertionError("what was stored is stored")
    at = rows.stored
    return {
        place: replace(rows.at(replace(at, file=place if several else None)), name=names[place])
        for place in places
    }


def unreadable(name: str, table: str, error: Exception) -> WorkbookError:
    """Say that the engine failed on a row of a file, or for want of room, and what helps."""
    if lacks_room(error):
        return no_room(error)
    return WorkbookError(
        f"{name} cannot be read into {table}: {first_line(error)} If an SQL expression of the map fails on some row, "
        "use TRY_CAST in it; if the file is damaged or cut off, export it again."
    )
