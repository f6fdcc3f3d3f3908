"""Tables of an SQLite file: each value says of what kind it is, whatever its column is declared as."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.intake.reading.sql import identifier

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 50_000
_DIGITS = re.compile(rb"[+-]?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?")
_EXACT = 2**53


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file to read; what SQLite says of it names the file."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = lambda text: text.decode("utf-8", "replace")
            yield connection
    except sqlite3.Error as error:
        raise WorkbookError(
            f"The database {path.name} cannot be read: {error}. It may be damaged, or another program has locked it; "
            "close that, or copy the file."
        ) from None


def table_names(connection: sqlite3.Connection) -> list[str]:
    """Name the tables and views."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return [name for (name,) in found]


def first_rows(connection: sqlite3.Connection, name: str, rows: int) -> dict[str, list[str]]:
    """Return the first rows of a table as text by column; blank where there is nothing."""
    cursor = connection.execute(f"SELECT * FROM {identifier(name)} LIMIT {rows}")
    columns = [each[0] for each in cursor.description]
    fetched = cursor.fetchall()
    return {column: [_text(row[place]) or "" for row in fetched] for place, column in enumerate(columns)}


def columns(connection: sqlite3.Connection, name: str) -> tuple[list[str], list[str]]:
    """Name the columns of a table, and those of its primary key."""
    cursor = connection.execute(f"SELECT * FROM {identifier(name)} LIMIT 0")
    described = connection.execute(f"PRAGMA table_xinfo({identifier(name)})").fetchall()
    return [each[0] for each in cursor.description], [
        column for _, column, _, _, _, part, *_ in described if part
    ]


def write(connection: sqlite3.Connection, name: str, columns: list[str], target: Path) -> None:
    """Write columns to Parquet: whole numbers, floats and days as such where all values are, else as text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    declared = {
        column: (kind or "").upper()
        for _, column, kind, *_ in connection.execute(f"PRAGMA table_xinfo({identifier(name)})")
    }
    schema = pa.schema(
        [(column, _type(connection, name, column, declared.get(column, ""))) for column in columns]
    )
    listed = ", ".join(map(identifier, columns))
    cursor = connection.execute(f"SELECT {listed} FROM {identifier(name)}")
    with pq.ParquetWriter(target, schema) as writer:
        while rows := cursor.fetchmany(_BATCH_ROWS):
            arrays = [
                _array(values, field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema))


def _type(connection: sqlite3.Connection, table: str, column: str, declared: str) -> pa.DataType:
    """Find the type that holds every value of a column as it is."""
    import pyarrow as pa

    name = identifier(column)
    kinds = {
        kind for (kind,) in connection.execute(f"SELECT DISTINCT typeof({name}) FROM {identifier(table)}")
    } - {"null"}
    if kinds == {"integer"}:
        return pa.int64()
    if kinds and kinds <= {"integer", "real"}:
        long = connection.execute(
            f"SELECT count(*) FROM {identifier(table)} WHERE typeof({name}) = 'integer' AND abs({name}) > {_EXACT}"
        ).fetchone()
        return pa.string() if long != (0,) else pa.float64()
    if kinds == {"text"} and ("DATE" in declared or "TIMESTAMP" in declared):
        real = f"substr({name}, 1, 10) IS date(substr({name}, 1, 10))"  # 30 February is none
        day = f"{name} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]{{}}' AND {real}"
        for shape, kind in (("", pa.date32()), ("[ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9]", pa.timestamp("us"))):
            other = connection.execute(
                f"SELECT count(*) FROM {identifier(table)} WHERE {name} IS NOT NULL AND NOT ({day.format(shape)})"
            ).fetchone()
            if other == (0,):
                return kind
    return pa.string()


def _array(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return pa.array(values, kind)
    texts = pa.array([_text(value) for value in values], pa.string())
    return texts if pa.types.is_string(kind) else texts.cast(kind)


def _text(value: Any) -> str | None:
    """Return a value as text; bytes that are the digits of a number are that number."""
    if isinstance(value, bytes):
        return value.decode("ascii") if _DIGITS.fullmatch(value) else f"0x{value.hex()}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return None if value is None else str(value)
