"""From a file's columns to the contract's: what the map says, bound and checked on the engine."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning import rules
from helpers.intake.reading.readers import Relation, engine_errors, first_line, open_file
from helpers.intake.reading.sql import Connection, identifier
from helpers.settings.config import FileFormat, TableMap, TableName

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class JoinedLookup:
    """A lookup on the engine: a table of its keys (``__key_0`` ...) and one struct column called ``name``."""

    name: str
    columns: tuple[str, ...]
    on: Mapping[str, str]
    relation: str


def open_lookups(
    connection: duckdb.DuckDBPyConnection,
    table: TableName,
    mapped: TableMap,
    files: Mapping[str, Path],
    form: FileFormat,
    work: Path,
) -> list[JoinedLookup]:
    """Load the lookups of a table.

    Raises
    ------
    WorkbookError
        A lookup cannot be read, has no such column, or has two rows for one key, so that rows would multiply.
    """
    relations = {
        name: open_file(connection, files[name], form, lookup.sheet, name, work)
        for name, lookup in mapped.lookups.items()
    }
    return join_lookups(connection, table, mapped, relations)


def join_lookups(
    connection: Connection,
    table: TableName,
    mapped: TableMap,
    relations: Mapping[str, Relation],
) -> list[JoinedLookup]:
    """Prepare lookups that are readable on the engine; errors are those of `open_lookups`."""
    joined = []
    for name, lookup in mapped.lookups.items():
        place = f"tables.{table}.lookups.{name}"
        relation = relations[name]
        keys = []
        for number, column in enumerate(lookup.on.values()):
            actual = find_column(column, relation.columns, relation.name, f"{place}.on")
            keys.append(f"{_key_text(identifier(actual), relation.columns[actual])} AS __key_{number}")
        packed = ", ".join(f"{identifier(column)} := {identifier(column)}" for column in relation.columns)
        target = identifier(f"lookup_{table}_{name}")
        connection.execute(
            f"CREATE TEMP TABLE {target} AS SELECT {', '.join(keys)}, struct_pack({packed}) AS "
            f"{identifier(name)}"
            f" FROM {relation.sql}"
        )
        _check_unique(connection, target, list(lookup.on.values()), relation.name, place)
        joined.append(JoinedLookup(name, tuple(relation.columns), lookup.on, target))
    return joined


def _key_text(expression: str, engine_type: str) -> str:
    """Keys meet as text: a number in one file and a text in the other still match."""
    return rules.identifier_text(rules.clean_text(expression, engine_type))


def _check_unique(
    connection: Connection,
    target: str,
    columns: list[str],
    file: str,
    place: str,
) -> None:
    keys = ", ".join(f"__key_{number}" for number in range(len(columns)))
    filled = " AND ".join(f"__key_{number} IS NOT NULL" for number in range(len(columns)))
    repeated = connection.execute(
        f"SELECT {keys}, count(*) FROM {target} WHERE {filled} GROUP BY {keys} HAVING count(*) > 1 ORDER "
        f"BY {keys} LIMIT 1"
    ).fetchone()
    if repeated is not None:
        raise WorkbookError(
            f"{place}: {file} has {repeated[-1]} rows with {', '.join(columns)} = "
            f"'{', '.join(repeated[:-1])}'. A lookup "
            "must have one row for a key, else rows would multiply: join on a column that is unique in it."
        )


def joined_sql(
    connection: Connection,
    table: TableName,
    relation: Relation,
    joined: Iterable[JoinedLookup],
) -> str:
    """Write what stands after FROM: the file's rows, each with one struct a lookup (or NULL)."""
    sql = relation.sql
    for number, lookup in enumerate(joined):
        if lookup.name.lower() in (column.lower() for column in relation.columns):
            raise WorkbookError(
                f"tables.{table}.lookups.{lookup.name}: {relation.name} has a column of that name; call "
                f"the lookup otherwise."
            )
        conditions = []
        for key, (column, _) in enumerate(lookup.on.items()):
            expression = column_sql(column, relation, joined, f"tables.{table}.lookups.{lookup.name}.on")
            kind = connection.execute(f"DESCRIBE SELECT {expression} AS k FROM {sql}").fetchall()[0][1]
            conditions.append(f"{_key_text(expression, kind)} = l{number}.__key_{key}")
        sql = (
            f"(SELECT s{number}.*, l{number}.{identifier(lookup.name)} FROM {sql} AS s{number}"
            f" LEFT JOIN {lookup.relation} AS l{number} ON {' AND '.join(conditions)})"
        )
    return sql


def column_sql(name: str, relation: Relation, joined: Iterable[JoinedLookup], place: str) -> str:
    """Write the SQL of a column by its name in the map: a column of the file, or ``lookup.column``."""
    if name not in relation.columns and "." in name:
        prefix, _, inner = name.partition(".")
        for lookup in joined:
            if lookup.name == prefix:
                actual = find_column(inner, lookup.columns, f"the lookup {prefix}", place)
                return f"{identifier(prefix)}.{identifier(actual)}"
    return identifier(find_column(name, relation.columns, relation.name, place))


def find_column(name: str, columns: Iterable[str], file: str, place: str) -> str:
    """Give the column of that name, in whatever case it is written.

    Raises
    ------
    WorkbookError
        There is none; the message lists the nearest names.
    """
    columns = list(columns)
    found = name if name in columns else next((c for c in columns if c.lower() == name.lower()), None)
    if found is None:
        _check_named_once(name, columns, file)
        raise WorkbookError(f"{place}: {file} has no column '{name}'. {near_matches(name, columns)}")
    return found


def near_matches(name: str, columns: Iterable[str]) -> str:
    """Give a sentence with the columns most like a name, or with all where none is."""
    columns = list(columns)
    lowered = {column.lower(): column for column in columns}
    near = [lowered[match] for match in difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.5)]
    return f"Near: {', '.join(near)}." if near else f"It has: {', '.join(columns)}."


def expressions(
    table: TableName, relation: Relation, mapped: TableMap, joined: list[JoinedLookup]
) -> dict[str, str]:
    """Write the SQL of each standard column the file supplies: derived, mapped, or so called.

    Raises
    ------
    WorkbookError
        The map names a column that is not of the contract or not in the file, or a needed column has no
        source.
    """
    contract = {column.name: column for column in contracts.columns(table)}
    for part in ("columns", "derived"):
        for name in getattr(mapped, part):
            if name not in contract:
                raise WorkbookError(
                    f"tables.{table}.{part}: '{name}' is no standard column of {table}. "
                    f"{near_matches(name, contract)}"
                )
    twice = set(mapped.columns) & set(mapped.derived)
    if twice:
        raise WorkbookError(
            f"tables.{table}: '{min(twice)}' stands both in columns and in derived; leave one."
        )
    found = {name: f"({expression})" for name, expression in mapped.derived.items()}
    for name, column in mapped.columns.items():
        found[name] = column_sql(column, relation, joined, f"tables.{table}.columns.{name}")
    by_name = {column.lower(): column for column in relation.columns}
    for name in contract:
        if name not in found and name in by_name:
            found[name] = identifier(by_name[name])
    needed = [name for name, column in contract.items() if column.required]
    for name in (*needed, *contracts.NEEDED_COLUMNS.get(table, ())):
        if name not in found:
            raise _missing(table, name, relation)
    one_of = contracts.ONE_OF.get(table, ())
    if one_of and not set(one_of) & set(found):
        raise _missing(table, " or ".join(one_of), relation)
    return {name: found[name] for name in contract if name in found}


def _check_named_once(name: str, columns: Iterable[str], file: str) -> None:
    """Stop where the file has two columns of that name: which is meant must be said."""
    numbered = [column for column in columns if column.lower().startswith(f"{name.lower()} (")]
    if f"{name.lower()} (1)" in (column.lower() for column in numbered):
        raise WorkbookError(
            f"{file} has two columns called '{name}': map {' or '.join(numbered)}, the first or the second of them."
        )


def _missing(table: TableName, name: str, relation: Relation) -> WorkbookError:
    _check_named_once(name, relation.columns, relation.name)
    return WorkbookError(
        f"{relation.name}: the table {table} needs the column {name}, which is not there. "
        f"{near_matches(name, relation.columns)} Say which it is in workbook.toml: "
        f'{name.split(" ")[0]} = "..." under [tables.{table}.columns], or run `workbook init`.'
    )


def unknown_columns(relation: Relation, table: TableName, mapped: TableMap) -> set[str]:
    """Columns of the file that the map does not name and the contract does not know."""
    sql = " ".join([*mapped.derived.values(), mapped.where or "", *(each.where for each in mapped.exclude)])
    named = {column.lower() for column in mapped.columns.values()} | {
        c.name for c in contracts.columns(table)
    }
    named |= {column.lower() for lookup in mapped.lookups.values() for column in lookup.on}
    return {
        column
        for column in relation.columns
        if column.lower() not in named and column.lower() not in sql.lower()
    }


def bind(
    connection: Connection,
    table: TableName,
    source: str,
    found: Mapping[str, str],
    mapped: TableMap,
) -> dict[str, str]:
    """Check every expression of the map by itself on the engine, and give the engine's type of each.

    Raises
    ------
    WorkbookError
        An expression is no single SQL expression over the columns there are; the message names its key.
    """
    keys = {f"tables.{table}.derived.{name}": mapped.derived[name] for name in mapped.derived}
    keys |= {f"tables.{table}.exclude.{each.rule}": each.where for each in mapped.exclude}
    if mapped.where is not None:
        keys[f"tables.{table}.where"] = mapped.where
    for key, sql in keys.items():
        try:
            if len(connection.extract_statements(f"SELECT ({sql}\n)")) != 1:
                raise WorkbookError(f"{key}: '{sql}' must be one SQL expression.")
            connection.execute(f"DESCRIBE SELECT ({sql}\n) AS value FROM {source}")
        except engine_errors() as error:
            raise WorkbookError(f"{key}: '{sql}' is not valid SQL here: {first_line(error)}") from None
    selected = ", ".join(f"{sql}\n AS {identifier(name)}" for name, sql in found.items())
    described = connection.execute(f"DESCRIBE SELECT {selected} FROM {source}").fetchall()
    return {name: kind for name, kind, *_ in described}
