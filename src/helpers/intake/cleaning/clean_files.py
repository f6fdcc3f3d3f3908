"""Parquet files that hold a standard table as it must be: looked through once, and taken over as they are.

Most of what intake does for a table of text (reading each value, giving each row a verdict and a hash, sorting) is for
nothing where the file is typed and nothing in it is wrong. So a table whose files have the contract's types is first
looked through on the engine: any row that would be changed or set aside sends the table the long way
(`helpers.intake.cleaning.staging`), whose result is then the only one. Where rows repeat and nothing else is wrong,
those alone go the long way. Rows taken over stand in the order of their file.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from helpers.intake import contracts
from helpers.intake.cleaning.problems import years_of
from helpers.intake.cleaning.staging import TYPES
from helpers.intake.cleaning.verdicts import MOST
from helpers.intake.reading.readers import engine_errors, lacks_room, no_room
from helpers.intake.reading.recognise import PARQUET_ENDINGS
from helpers.intake.reading.sql import file_literal, identifier, literal
from helpers.intake.values import rules
from helpers.intake.values.moments import years_sql
from helpers.settings.config import Settings
from helpers.settings.source import TableMap, TableName

if TYPE_CHECKING:
    import duckdb

#: Rows whose hashes are compared at once: twice 8 bytes a row are in memory.
_ROWS_AT_ONCE = 120_000_000
#: Where more of the rows repeat, all of them go the long way.
_MOST_REPEATED = 0.02


@dataclass(frozen=True)
class Taken:
    """A table taken over: the standard columns that its files have, and the rows of each file.

    ``kept`` tells the file, month, rows and money of what was taken over, for the reconciliation.
    ``rest`` is the SQL condition of the rows that were left for the long way; None where there are none.
    """

    columns: tuple[str, ...]
    rows: dict[Path, int]
    kept: list[tuple[str, Any, int, Any]]
    rest: str | None


def take_over(
    connection: duckdb.DuckDBPyConnection,
    table: TableName,
    paths: Sequence[Path],
    settings: Settings,
    folder: Path,
) -> Taken | None:
    """Take a table over from its files into ``folder``.

    Returns
    -------
    Taken or None
        None, and nothing done, where some row, or the map, asks for more.
    """
    mapped = settings.tables.get(table, TableMap())
    if mapped.model_copy(update={"files": []}) != TableMap():
        return None
    if (
        settings.customers.same_codes
        or settings.source.nothing
        or settings.source.calendar
        or settings.source.time_zone
    ):
        return None
    if any(path.suffix.lower() not in PARQUET_ENDINGS for path in paths):
        return None
    try:
        return _take(connection, table, paths, settings, folder)
    except engine_errors() as error:
        if lacks_room(error):
            raise no_room(error) from None
        return None  # the long way says what is wrong with the file


def _take(
    connection: duckdb.DuckDBPyConnection,
    table: TableName,
    paths: Sequence[Path],
    settings: Settings,
    folder: Path,
) -> Taken | None:
    contract = contracts.columns(table)
    wanted = {column.name: TYPES.get(column.kind, "VARCHAR") for column in contract}
    described = [_described(connection, path) for path in paths]
    found = [name for name in wanted if name in described[0]]
    exact = [(name, wanted[name]) for name in wanted]
    must = {column.name for column in contract if column.required}
    must |= set(contracts.NEEDED_COLUMNS.get(table, ()))
    if any(set(each) != set(found) or each != {n: wanted[n] for n in each} for each in described):
        return None
    if not must <= set(found):
        return None
    source = f"read_parquet([{', '.join(map(file_literal, paths))}], hive_partitioning = false)"
    month, amount = contracts.known_month(table, found), contracts.AMOUNT.get(table)
    money = f"sum({identifier(amount)})" if amount in found else "NULL"
    if any(_some(connection, source, wrong) for wrong in _wrong(table, contract, found, settings)):
        return None
    named = f"{source[:-1]}, filename = '__path')"
    by_month = f"SELECT __path, {month}, count(*), {money} FROM {named}"
    kept = connection.execute(f"{by_month} GROUP BY 1, 2").fetchall()
    rows = sum(count for _, _, count, _ in kept)
    sizes = [
        f"sum(abs({identifier(column.name)})) >= {MOST}"
        for column in contract
        if column.kind in ("money", "quantity") and column.name in found
    ]
    too_large = connection.execute(f"SELECT {' OR '.join(sizes) or 'false'} FROM {source}").fetchone()
    if rows == 0 or too_large == (True,):
        return None
    hashed = _hash(table, found)
    repeated = _find_repeated(connection, hashed, source, rows)
    if repeated > min(_MOST_REPEATED, settings.quarantine.max_share) * rows:
        return None
    target = folder / f"{table}.parquet"
    listed = ", ".join(
        identifier(name) if name in found else f"CAST(NULL AS {kind}) AS {identifier(name)}"
        for name, kind in exact
    )
    if repeated == 0 and len(paths) == 1 and list(described[0].items()) == exact:
        shutil.copyfile(paths[0], target)
    else:
        single = f"WHERE {hashed} NOT IN (FROM repeated_hashes)" if repeated else ""
        connection.execute(
            f"COPY (SELECT {listed} FROM {source} {single}) TO {literal(str(target))} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
    if repeated:
        kept = connection.execute(
            f"{by_month} WHERE {hashed} NOT IN (FROM repeated_hashes) GROUP BY 1, 2"
        ).fetchall()
    kept = [(Path(path).name, *sums) for path, *sums in kept]
    counts = {path: _rows(connection, path) for path in paths}
    return Taken(tuple(found), counts, kept, f"{hashed} IN (FROM repeated_hashes)" if repeated else None)


def _some(connection: duckdb.DuckDBPyConnection, source: str, condition: str) -> bool:
    """Whether any row meets a condition.

    Each condition is a query of its own: it reads one column, and the engine looks at each of the column's different
    values once. With all of them in one query it looks at every row.
    """
    found = connection.execute(f"SELECT count(*) FROM {source} WHERE {condition}").fetchone()
    return bool(found and found[0])


def _rows(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    found = connection.execute(
        f"SELECT count(*) FROM read_parquet({file_literal(path)}, hive_partitioning = false)"
    ).fetchone()
    return int(found[0]) if found else 0


def _described(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    rows = connection.execute(
        f"DESCRIBE SELECT * FROM read_parquet({file_literal(path)}, hive_partitioning = false)"
    ).fetchall()
    return {name: kind for name, kind, *_ in rows}


def _wrong(
    table: TableName, contract: Sequence[contracts.Column], found: Sequence[str], settings: Settings
) -> list[str]:
    """Conditions of rows that the long way would change or set aside."""
    conditions = []
    for column in contract:
        if column.name not in found:
            continue
        name = identifier(column.name)
        if column.required:
            conditions.append(f"{name} IS NULL")
        if column.kind in ("date", "timestamp"):
            conditions.append(years_sql(name, years_of(table, column.name)))
        elif column.kind == "score":
            conditions.append(f"NOT isfinite({name})")
        elif column.kind not in ("money", "quantity"):
            conditions.append(_text_is_wrong(column, name, settings))
    one_of = [identifier(name) for name in contracts.ONE_OF.get(table, ()) if name in found]
    if one_of:
        conditions.append("(" + " AND ".join(f"{name} IS NULL" for name in one_of) + ")")
    if table == "surveys":
        low, high = (
            f'coalesce("{name}", {end})' if name in found else str(end)
            for name, end in (("scale_min", 0), ("scale_max", 10))
        )
        conditions.append(f'("score" < {low} OR "score" > {high} OR {low} >= {high})')
    # A line without number is told apart by its whole row: the long way knows how.
    if table == "order_lines" and "line_no" in found:
        conditions.append('"line_no" IS NULL')
    return [f"coalesce({condition}, false)" for condition in conditions]


def _text_is_wrong(column: contracts.Column, name: str, settings: Settings) -> str:
    if column.kind == "code":
        return f"{name} <> {literal(settings.report.currency)}"  # any other currency is converted
    if column.kind == "choice":
        return f"{name} NOT IN ({', '.join(map(literal, column.choices))})"
    if column.kind == "period":
        return f"NOT regexp_full_match({name}, '[0-9]{{4}}(-(Q[1-4]|0[1-9]|1[0-2]))?')"
    changed = f"{rules.clean_text(name, 'VARCHAR')} IS DISTINCT FROM {name}"
    if column.kind == "id":
        changed = f"({changed} OR {rules.identifier_text(name)} <> {name})"
        if settings.source.nothing is None:
            words = ", ".join(map(literal, (*rules.WORDS_FOR_NOTHING, *rules.ERROR_CELLS)))
            changed = f"({changed} OR {name} IN ({words}))"
    return f"({name} IS NOT NULL AND {changed})"


def _hash(table: TableName, found: Sequence[str]) -> str:
    """Write the SQL of a hash of what tells rows apart: a collision costs time and nothing else."""
    keys = [name for name in contracts.key_columns(table) if name in found]
    if not keys or (table == "order_lines" and "line_no" not in keys):
        keys = list(found)
    return f"hash({', '.join(map(identifier, keys))})"


def _find_repeated(connection: duckdb.DuckDBPyConnection, hashed: str, source: str, rows: int) -> int:
    """Fill ``repeated_hashes`` with those that two rows or more have; return how many rows have them.

    Sorted numbers show what repeats in a third of the time that the engine takes to group them.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE repeated_hashes (h UBIGINT)")
    parts, repeating = rows // _ROWS_AT_ONCE + 1, 0
    for part in range(parts):
        within = f"WHERE {hashed} % {parts} = {part}" if parts > 1 else ""
        fetched = connection.execute(f"SELECT {hashed} AS h FROM {source} {within}").fetchnumpy()
        hashes = np.asarray(fetched["h"])
        hashes.sort()
        again = hashes[1:][hashes[1:] == hashes[:-1]]
        found = np.unique(again)
        repeating += len(again) + len(found)
        if len(found):
            connection.register("found_hashes", pa.table({"h": found}))
            connection.execute("INSERT INTO repeated_hashes FROM found_hashes")
            connection.unregister("found_hashes")
    return repeating
