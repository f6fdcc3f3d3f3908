"""Other files and tables whose columns are joined to the rows: at most one of their rows for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import WorkbookError
from helpers.intake.layout.columns import find_column
from helpers.intake.map_sql import check_names
from helpers.intake.reading.readers import ROW, Relation, engine_errors, first_line, open_files
from helpers.intake.reading.sql import Connection, identifier, stripped_sql
from helpers.intake.values import rules
from helpers.settings.source import FileFormat, Lookup, TableMap, TableName

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
    files: Mapping[str, Sequence[Path]],
    form: FileFormat,
    work: Path,
) -> list[JoinedLookup]:
    """Load the lookups of a table.

    Raises
    ------
    WorkbookError
        A lookup cannot be read, has no such column, or has two rows for one key, so that rows would multiply.
    """
    form = form.model_copy(update={"skip": None, "header_rows": None})  # which are the table's own
    relations = {}
    for name, lookup in mapped.lookups.items():
        found, left_out = open_files(
            connection, [(path, lookup.sheet) for path in files[name]], form, name, work
        )
        relations[name] = _together(found)
        for place, (row, why, line) in ((n, one) for n, lines in left_out.items() for one in lines):
            raise WorkbookError(  # whose rows it would be is not known
                f"{files[name][place].name}, data row {row}, "
                f"cannot be taken apart: {line[:80]!r} ({why}). It is looked "
                f"up for {table} (tables.{table}.lookups.{name}): correct the line, or export the file again."
            )
    return join_lookups(connection, table, mapped, relations)


def _together(relations: Sequence[Relation]) -> Relation:
    """Return files as one: a row that stands in several of them, as in exports that overlap, is one."""
    if len(relations) == 1:
        return relations[0]
    columns = {name: kind for each in reversed(relations) for name, kind in each.columns.items()}
    sql = " UNION ALL BY NAME ".join(f"SELECT * EXCLUDE ({ROW}) FROM {each.sql}" for each in relations)
    called = " and ".join(each.name for each in relations[:2])
    return replace(relations[0].over(f"(SELECT DISTINCT * FROM ({sql}))", columns), name=called)


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
            keys.append(f"{key_text(identifier(actual), relation.columns[actual])} AS __key_{number}")
        target = identifier(f"lookup_{table}_{name}")
        sql, columns = _select_rows(connection, relation, lookup, keys, place)
        packed = ", ".join(f"{identifier(column)} := {identifier(column)}" for column in columns)
        listed = ", ".join(f"__key_{number}" for number in range(len(keys)))
        connection.execute(
            f"CREATE TEMP TABLE {target} AS SELECT {listed}, struct_pack({packed}) AS {identifier(name)} FROM {sql}"
        )
        _check_unique(connection, target, list(lookup.on.values()), relation.name, place)
        joined.append(JoinedLookup(name, columns, lookup.on, target))
    return joined


def _select_rows(
    connection: Connection, relation: Relation, lookup: Lookup, keys: list[str], place: str
) -> tuple[str, tuple[str, ...]]:
    """Write what stands after FROM: the rows of a lookup that count, with their keys; and name their columns."""
    where = f" WHERE ({lookup.where}\n)" if lookup.where else ""
    sql = f"(SELECT *, {', '.join(keys)} FROM {relation.sql}{where})"
    if lookup.where:
        _check_condition(connection, sql, f"{place}.where", lookup.where, relation)
    listed = ", ".join(f"__key_{number}" for number in range(len(keys)))
    if lookup.last_by:
        column = find_column(lookup.last_by, relation.columns, relation.name, f"{place}.last_by")
        order = _comparable(connection, sql, column, relation, f"{place}.last_by")
        last = f"(SELECT *, max({order}) OVER (PARTITION BY {listed}) AS __last FROM {sql})"
        return f"(SELECT * FROM {last} WHERE {order} IS NOT DISTINCT FROM __last)", tuple(relation.columns)
    if not lookup.take:
        return sql, tuple(relation.columns)
    aggregates = {}
    for name, function in lookup.take.items():
        column = find_column(name, relation.columns, relation.name, f"{place}.take")
        quoted = identifier(column)
        if function == "count":
            aggregates[column] = f"count({stripped_sql(f'CAST({quoted} AS VARCHAR)')})"
        else:
            value = _comparable(connection, sql, column, relation, f"{place}.take", function == "sum")
            aggregates[column] = (
                f"sum({value})" if function == "sum" else f"CAST({function}({value}) AS VARCHAR)"
            )
    aggregated = ", ".join(
        f"{expression} AS {identifier(column)}" for column, expression in aggregates.items()
    )
    return f"(SELECT {listed}, {aggregated} FROM {sql} GROUP BY {listed})", tuple(aggregates)


def _check_condition(connection: Connection, sql: str, key: str, condition: str, relation: Relation) -> None:
    try:
        connection.execute(f"DESCRIBE SELECT * FROM {sql}")
    except engine_errors() as error:
        raise WorkbookError(f"{key}: '{condition}' is not valid SQL here: {first_line(error)}") from None
    check_names({key: condition}, relation.columns)


def _comparable(
    connection: Connection, sql: str, column: str, relation: Relation, place: str, number: bool = False
) -> str:
    """Write the SQL by which values are ordered or added: as text, 9 would be more than 10.

    Raises
    ------
    WorkbookError
        The texts are neither all numbers nor all dates of ISO 8601.
    """
    quoted = identifier(column)
    if relation.columns[column] != "VARCHAR":
        return quoted
    text = stripped_sql(quoted)
    casts = {f"TRY_CAST({text} AS DECIMAL(28,8))": "true"}
    if not number:
        whole = f"regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        casts[f"TRY_CAST({text} AS DATE)"] = whole
        casts[f"TRY_CAST({text} AS TIMESTAMP)"] = (
            f"regexp_matches({text}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
        )
    for value, shape in casts.items():
        mismatches = connection.execute(
            f"SELECT count(*) FROM {sql} WHERE {text} IS NOT NULL AND ({value} IS NULL OR NOT {shape})"
        ).fetchone()
        if mismatches == (0,):
            return value
    kinds = "numbers" if number else "numbers or dates as 2026-04-03"
    raise WorkbookError(f"{place}: not all values of {column} in {relation.name} are {kinds}.")


def key_text(expression: str, engine_type: str) -> str:
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
            "must have one row for a key, else rows would multiply: join on a column that is unique in it, or say "
            f'under [{place}] which row counts: where = "...", last_by = "COLUMN", or take = {{ COLUMN = "max" }}.'
        )
