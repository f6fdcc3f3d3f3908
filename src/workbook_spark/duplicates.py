"""Repeated rows on Spark: marked in one query, by the rules of `helpers.intake.cleaning.duplicates`."""

from __future__ import annotations

from collections.abc import Iterable

from helpers.intake import contracts
from helpers.intake.cleaning.problems import Problem
from helpers.intake.cleaning.staging import Stage
from helpers.intake.reading.readers import FILE_NAME, ROW
from helpers.intake.reading.sql import identifier
from helpers.settings.source import TableMap

_IN_ORDER = f"__file, {FILE_NAME}, __content"
"""Rows of one file have no order of their own: their content says which comes first."""


def without_repeats(stage: Stage, mapped: TableMap, judged: str) -> str:
    """Write the query that marks repeated rows as duplicates; the earliest by date, then the first in order, stays.

    A folder counts as one file, however many parts it has: lines that the source repeats rightly may lie in two of
    them. What is shown of a repeated row is what was read of it, the standard columns.
    """
    columns = [column.name for column in contracts.columns(stage.table)]
    listed = ", ".join(map(identifier, columns))
    within = stage.number(Problem("quarantined", "duplicate", "the same record already stands in {}."))
    stage.overlap = stage.number(
        Problem("quarantined", "duplicate", "the files overlap: the same record already stands in {}.")
    )
    values = ", ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), chr(0))" for name in columns)
    rows = f"(SELECT *, md5(concat_ws(chr(31), {values})) AS __content FROM {judged})"
    again = _says_the_same(stage, columns) if mapped.distinct else "0"
    rows = f"(SELECT *, {again} AS __again FROM {rows})"
    kept = "(__problem = 0 AND __again = 0)"
    # Where the source repeats lines rightly, the second of a file is held against the second of another.
    of_file = f"row_number() OVER (PARTITION BY {kept}, __identity, __file ORDER BY {_IN_ORDER})"
    rows = f"(SELECT *, {of_file if mapped.repeats_lines else '1'} AS __occurrence FROM {rows})"
    date = contracts.date_column(stage.table)
    order = f"{identifier(date)} NULLS LAST, {_IN_ORDER}" if date else _IN_ORDER
    same = f"OVER (PARTITION BY {kept}, __identity, __occurrence ORDER BY {order})"
    first = f"first_value(struct_pack(file := __file, name := {FILE_NAME})) {same}"
    rows = f"(SELECT *, row_number() {same} AS __place, {first} AS __first FROM {rows})"
    repeat = f"{kept} AND __place > 1"
    return (
        f"SELECT __file, {ROW}, CASE WHEN {repeat} AND __first.file = __file THEN {within}"
        f" WHEN {repeat} THEN {stage.overlap} WHEN __problem = 0 THEN __again ELSE __problem END AS __problem,"
        f" CASE WHEN {repeat} THEN __first.name ELSE __value END AS __value,"
        f" CASE WHEN {repeat} THEN CAST(to_json({_packed(columns)}) AS VARCHAR) ELSE __raw END AS __raw,"
        f" __amount, __rounded, {listed}, {FILE_NAME} FROM {rows}"
    )


def _says_the_same(stage: Stage, columns: Iterable[str]) -> str:
    """Write what marks, of a record's rows in a row that say the same, by date, all but the first."""
    date = contracts.date_column(stage.table)
    supplied = [name for name in columns if name in stage.supplied]
    keys = [name for name in contracts.key_columns(stage.table) if name in supplied and name != date]
    said = _packed(name for name in supplied if name != date)
    order = f"{identifier(date)} NULLS FIRST, {_IN_ORDER}" if date else _IN_ORDER
    number = stage.number(
        Problem("filtered", "repeated", "says the same as the record's row before it (distinct = true).")
    )
    before = (
        f"lag({said}) OVER (PARTITION BY __problem = 0, {', '.join(map(identifier, keys))} ORDER BY {order})"
    )
    return f"CASE WHEN __problem = 0 AND {before} IS NOT DISTINCT FROM {said} THEN {number} ELSE 0 END"


def _packed(names: Iterable[str]) -> str:
    return f"struct_pack({', '.join(f'{identifier(name)} := {identifier(name)}' for name in names)})"
