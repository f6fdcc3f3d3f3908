"""Files as relations on the engine: one reader for text, Parquet and Excel sheets."""

from __future__ import annotations

import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import WorkbookError
from helpers.intake.layout.rows import UNREADABLE, text_rows, write_rows
from helpers.intake.reading import excel, text_files
from helpers.intake.reading.recognise import file_kind, unpacked
from helpers.intake.reading.sql import file_literal, identifier, literal
from helpers.settings.source import FileFormat

if TYPE_CHECKING:
    import duckdb

ROW = "__row"
FILE_NAME = "__file_name"


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
    rejects
        Temporary table of the lines the reader could not take apart (``line``, ``csv_line``,
        ``error_message``).
    unreadable
        Column with such a line, where the reader hands them on as rows of their own (Spark).
    many_files
        Whether ``__file_name`` says from which file a row is, because one relation reads many (Spark).
    """

    name: str
    sql: str
    columns: dict[str, str]
    typed_dates: bool = False
    rejects: str | None = None
    unreadable: str | None = None
    many_files: bool = False


def open_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    file_format: FileFormat,
    sheet: str | None,
    table: str,
    work: Path,
) -> Relation:
    """Make a file readable on the engine.

    Raises
    ------
    WorkbookError
        The file cannot be read: damaged, in another encoding, without header, with another sheet.
    """
    try:
        path = unpacked(path, work)
        kind = file_kind(path)
        if kind == "text" and file_format.is_laid_out:
            file = text_files.prepare(path, file_format, work)
            rows = text_rows(file, path.name)
            written = write_rows(path.name, rows, None, file_format.skip, file_format.header_rows, work)
            return row_by_row(path.name, connection, written, typed_dates=False)
        if kind == "text":
            return _text(path, file_format, work)
        if kind in ("excel", "html", "spreadsheetml"):
            sheet_file = excel.prepare(path, sheet, table, file_format, work)
            return row_by_row(path.name, connection, sheet_file, typed_dates=kind != "html")
        if kind in ("sqlite", "duckdb"):
            raise WorkbookError(
                f"{path.name} is a database: name it by itself, as in `workbook check {path.name}`."
            )
        reader = f"read_parquet({file_literal(path)}, file_row_number = true, hive_partitioning = false)"
        sql = f"(SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS {ROW} FROM {reader})"
        return Relation(path.name, sql, _columns(connection, sql))
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


_NO_ROOM = (
    "No space left",
    "Could not write",
    "File too large",
    "offload",
    "allocate",
    "max_temp_directory_size",
)


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
    """Give the gist of an engine's message."""
    lines = str(error).strip().splitlines()
    # Of what Spark's Java says, the first line tells only what of Python's was called.
    return lines[1].removeprefix(": ") if lines[0].startswith("An error occurred while calling") else lines[0]


def _columns(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()
    return {name: kind for name, kind, *_ in described if name not in (ROW, UNREADABLE)}


def row_by_row(
    name: str, connection: duckdb.DuckDBPyConnection, written: Path, typed_dates: bool = False
) -> Relation:
    """Give what :func:`helpers.intake.layout.rows.write_rows` has written as a relation."""
    sql = f"read_parquet({file_literal(written)}, hive_partitioning = false)"
    return Relation(name, sql, _columns(connection, sql), typed_dates, unreadable=identifier(UNREADABLE))


def _text(path: Path, file_format: FileFormat, work: Path) -> Relation:
    file = text_files.prepare(path, file_format, work)
    columns = dict.fromkeys(file.header, "VARCHAR")
    shape = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    rejects = f"rejects_{uuid.uuid4().hex}"
    reader = (
        f"read_csv({file_literal(file.path)}, auto_detect = false, header = true, skip = {file.skip}, delim = "
        f"{literal(file.delimiter)},"
        f" quote = '\"', escape = '\"', columns = {{{shape}}}, store_rejects = true, "
        f"hive_partitioning = false,"
        f" rejects_table = {literal(rejects)}, rejects_scan = {literal(rejects + '_scan')}, rejects_limit "
        f"= 0)"
    )
    return Relation(
        path.name, f"(SELECT *, row_number() OVER () AS {ROW} FROM {reader})", columns, rejects=rejects
    )
