"""Rows that say the same record twice: one is kept, the others go to quarantine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.intake import contracts
from helpers.intake.cleaning.problems import Problem
from helpers.intake.cleaning.staging import Stage
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import identifier, literal
from helpers.settings.source import TableMap

if TYPE_CHECKING:
    import duckdb

#: Rows whose identities are compared at once: it bounds the engine's memory.
_ROWS_AT_ONCE = 20_000_000


def set_aside_duplicates(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Mark repeated rows as duplicates; the one with the earliest date, then first in file order, stays.

    Where the source repeats lines rightly, a row still counts no more often than in the file that has it
    most often,
    so that overlapping exports do not count twice.
    """
    if mapped.distinct:
        _take_once(connection, stage)
    rows = connection.execute(f"SELECT count(*) FROM {stage.name}").fetchone()[0]  # type: ignore[index]
    parts = rows // _ROWS_AT_ONCE + 1
    connection.execute("CREATE OR REPLACE TEMP TABLE repeated (__identity UHUGEINT)")
    for part in range(parts):
        connection.execute(
            f"INSERT INTO repeated SELECT __identity FROM {stage.name} WHERE __problem = 0"
            f" AND __identity % {parts} = {part} GROUP BY __identity HAVING count(*) > 1"
        )
    date = contracts.date_column(stage.table)
    order = f"{identifier(date)} NULLS LAST, __file, {ROW}" if date else f"__file, {ROW}"
    occurrence = (
        f"row_number() OVER (PARTITION BY __identity, __file ORDER BY {ROW})" if mapped.repeats_lines else "1"
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE duplicates AS
        SELECT __file, {ROW}, first_value(__file) OVER same AS first_file,
               first_value({ROW}) OVER same AS first_row
        FROM (SELECT *, {occurrence} AS __occurrence FROM {stage.name} SEMI JOIN repeated USING (__identity)
              WHERE __problem = 0)
        WINDOW same AS (PARTITION BY __identity, __occurrence ORDER BY {order})
        QUALIFY row_number() OVER same > 1"""
    )
    within = stage.number(Problem("quarantined", "duplicate", "the same record already stands in {}."))
    across = stage.number(
        Problem("quarantined", "duplicate", "the files overlap: the same record already stands in {}.")
    )
    stage.overlap = across
    for number, relation in enumerate(stage.relations):
        found = connection.execute(f"SELECT count(*) FROM duplicates WHERE __file = {number}").fetchone()
        if not found or not found[0]:
            continue
        packed = ", ".join(f"{identifier(column)} := {identifier(column)}" for column in relation.columns)
        names = "[" + ", ".join(literal(each.name) for each in stage.relations) + "]"
        connection.execute(
            f"""UPDATE {stage.name} AS s SET
                __problem = CASE WHEN d.first_file = {number} THEN {within} ELSE {across} END,
                __value = 'data row ' || d.first_row || ' of ' || {names}[d.first_file + 1],
                __raw = d.raw
            FROM (SELECT duplicates.*, raw FROM duplicates JOIN
                  (SELECT {ROW}, CAST(to_json(struct_pack({packed})) AS VARCHAR) AS raw
                   FROM {relation.sql}) AS file
                  USING ({ROW}) WHERE __file = {number}) AS d
            WHERE s.__file = {number} AND s.{ROW} = d.{ROW}"""
        )


def _take_once(connection: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Of a record's rows in a row that say the same, by date then file order, keep the first."""
    date = contracts.date_column(stage.table)
    supplied = [column.name for column in contracts.columns(stage.table) if column.name in stage.supplied]
    keys = [name for name in contracts.key_columns(stage.table) if name in supplied and name != date]
    said = ", ".join(f"{identifier(name)}" for name in supplied if name != date)
    order = f"{identifier(date)} NULLS FIRST, __file, {ROW}" if date else f"__file, {ROW}"
    number = stage.number(
        Problem("filtered", "repeated", "says the same as the record's row before it (distinct = true).")
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE said_again AS
        SELECT __file, {ROW} FROM {stage.name} WHERE __problem = 0
        QUALIFY lag(row({said})) OVER (PARTITION BY {", ".join(map(identifier, keys))} ORDER BY {order})
            IS NOT DISTINCT FROM row({said})"""
    )
    connection.execute(
        f"UPDATE {stage.name} AS s SET __problem = {number} FROM said_again AS a"
        f" WHERE s.__file = a.__file AND s.{ROW} = a.{ROW}"
    )
