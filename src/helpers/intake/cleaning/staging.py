"""One standard table on the engine: its files mapped, typed and judged row by row into a staging table.

The staging table ``stage_TABLE`` holds every row read: ``__file`` (number of the file), ``__row`` (data row
in it),
``__problem`` (0: kept; else a number of ``problems``), ``__value`` (the value at fault), ``__raw`` (the row
as read,
JSON; only of rows set aside), ``__amount`` (the reconciled amount before conversion), ``__rounded`` (whether a number
of the row has more decimals than are kept), ``__identity`` (128-bit hash of what tells rows apart), and the contract's
columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning import lookups as lookup_tables
from helpers.intake.cleaning import mapping
from helpers.intake.cleaning.lookups import JoinedLookup
from helpers.intake.cleaning.problems import (
    Problem,
    layer_name,
    line_problems,
    map_problems,
    mark_problems,
    rate_problems,
    value_problems,
    years_of,
)
from helpers.intake.layout.arrange import arranged, as_read_name
from helpers.intake.reading.excel import chosen_sheets
from helpers.intake.reading.readers import (
    FILE_NAME,
    ROW,
    Relation,
    engine_errors,
    first_line,
    lacks_room,
    no_room,
    open_file,
)
from helpers.intake.reading.sources import Plan
from helpers.intake.reading.sql import Connection, identifier, literal
from helpers.intake.values import codes, macros, notations, rules
from helpers.intake.values.moments import years_sql
from helpers.settings.config import Settings
from helpers.settings.source import FileFormat, TableMap, TableName, ValueFormat

if TYPE_CHECKING:
    import duckdb


#: Type on the engine by kind of column; all others are text.
TYPES = {
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "money": "DECIMAL(18,4)",
    "quantity": "DECIMAL(18,4)",
    "score": "DOUBLE",
}


@dataclass
class Stage:
    """A standard table in staging.

    Attributes
    ----------
    problems
        Why rows are set aside; a row's ``__problem`` is the place in this list, from 1 on.
    supplied
        Standard columns that some file of the table has.
    unknown
        Columns of the files that are neither mapped nor standard.
    relations
        The files, by their number in ``__file``.
    paths
        The file on disk of each of them, where it is one; several sheets may be of one file.
    overlap
        Number of the problem of rows that another file has too; 0 while none is known.
    formats
        How the values of each standard column are declared to be written.
    sources
        For each file of text, what stands after FROM, and the SQL of the columns that are text there.
    recoded
        Queries of the customers' codes that are read as another.
    """

    table: TableName
    problems: list[Problem] = field(default_factory=list)
    supplied: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    relations: list[Relation] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    overlap: int = 0
    formats: dict[str, ValueFormat] = field(default_factory=dict)
    sources: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    recoded: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The staging table's name on the engine."""
        return f"stage_{self.table}"

    def number(self, problem: Problem) -> int:
        """Give the number of a problem, which is added where it is new."""
        for number, known in enumerate(self.problems, 1):
            if (known.rule, known.sentence) == (problem.rule, problem.sentence):
                return number
        self.problems.append(problem)
        return len(self.problems)


def file_format(settings: Settings, table: TableName) -> FileFormat:
    """How the table's files are read: what the table declares, else what ``[source]`` says."""
    own = settings.tables.get(table, TableMap())
    return FileFormat(**_first_declared(FileFormat, own, settings.source))


def column_format(file: FileFormat, mapped: TableMap, name: str) -> ValueFormat:
    """How the values of one column are written: what it declares itself, else what its table does."""
    own = mapped.formats.get(name)
    return file if own is None else ValueFormat(**_first_declared(ValueFormat, own, file))


def _value_format(
    form: FileFormat, mapped: TableMap, column: contracts.Column, table: TableName, settings: Settings
) -> ValueFormat:
    """How a column's values are written; where lines have no currency of their own, only the report's may be marked."""
    own = column_format(form, mapped, column.name)
    if own.currency_marks and "currency" not in {each.name for each in contracts.columns(table)}:
        ours = {mark: code for mark, code in own.currency_marks.items() if code == settings.report.currency}
        return own.model_copy(update={"currency_marks": ours})
    return own


def _first_declared(model: type[ValueFormat], own: ValueFormat, other: ValueFormat) -> dict[str, Any]:
    both = ((key, getattr(own, key), getattr(other, key)) for key in model.model_fields)
    return {key: inner if inner is not None else outer for key, inner, outer in both}


def stage_table(
    connection: duckdb.DuckDBPyConnection,
    table: TableName,
    plan: Plan,
    lookups: Mapping[str, Path],
    settings: Settings,
    work: Path,
    only: str | None = None,
) -> Stage:
    """Read all files of a table into its staging table; with ``only``, an SQL condition, the rows that meet it.

    Raises
    ------
    WorkbookError
        A file cannot be read, a column is missing, SQL of the map is wrong, or a lookup's key is not unique.
    """
    stage = Stage(table)
    mapped = settings.tables.get(table, TableMap())
    columns = ", ".join(
        f"{identifier(c.name)} {TYPES.get(c.kind, 'VARCHAR')}" for c in contracts.columns(table)
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {stage.name} (__file INTEGER, {ROW} BIGINT, __problem UTINYINT, __value "
        f"VARCHAR, __raw VARCHAR,"
        f" __amount DECIMAL(18,4), __rounded BOOLEAN, __identity UHUGEINT, {columns})"
    )
    form = file_format(settings, table)
    macros.define(connection, form)
    joined = lookup_tables.open_lookups(connection, table, mapped, lookups, form, work)
    for path, sheet in chosen_sheets(plan.tables[table], mapped.sheet, table):
        relation = replace(open_file(connection, path, form, sheet, table, work), name=plan.name(path))
        relation = mapping.placed(relation, mapped, plan.partitions(path), sheet)
        if only is not None:
            relation = replace(relation, sql=f"(SELECT * FROM {relation.sql} WHERE {only})")
        if isinstance(mapped.sheet, list):
            relation = replace(relation, name=f"{relation.name}, sheet {sheet}")
        relation = arranged(connection, relation, mapped, f"tables.{table}")
        stage.relations.append(relation)
        stage.paths.append(path)
        _stage_file(connection, stage, relation, mapped, joined, form, settings)
    return stage


def _stage_file(
    connection: duckdb.DuckDBPyConnection,
    stage: Stage,
    relation: Relation,
    mapped: TableMap,
    joined: list[JoinedLookup],
    form: FileFormat,
    settings: Settings,
) -> None:
    """Type and judge one file's rows into the staging table."""
    sql = judged_sql(connection, stage, relation, mapped, joined, form, settings)
    try:
        connection.execute(f"INSERT INTO {stage.name} {sql}")
    except engine_errors() as error:
        raise unreadable(relation, stage.table, error) from None
    _stage_rejects(connection, stage, relation)


def unreadable(relation: Relation, table: TableName, error: Exception) -> WorkbookError:
    """Say that the engine failed on a row, or for want of room, and what helps."""
    if lacks_room(error):
        return no_room(error)
    return WorkbookError(
        f"{relation.name} cannot be read into {table}: {first_line(error)} If an SQL expression of "
        f"the map fails on "
        "some row, use TRY_CAST in it; if the file is damaged or cut off, export it again."
    )


def judged_sql(
    connection: Connection,
    stage: Stage,
    relation: Relation,
    mapped: TableMap,
    joined: list[JoinedLookup],
    form: FileFormat,
    settings: Settings,
) -> str:
    """Write the query that types and judges the rows, in layers of SELECT: source values, text, type, verdict.

    It gives the staging table's columns and, where the relation has it, ``__file_name``.
    """
    table = stage.table
    source = mapping.joined_sql(connection, table, relation, joined)
    found = mapping.expressions(table, relation, mapped, joined)
    formats = {c.name: _value_format(form, mapped, c, table, settings) for c in contracts.columns(table)}
    amount = contracts.AMOUNT.get(table)
    marks = formats[amount].currency_marks if amount and "currency" in formats else None
    if marks:
        found.setdefault("currency", "CAST(NULL AS VARCHAR)")
    names = (*relation.columns, *(lookup.name for lookup in joined))
    types = mapping.bind(connection, table, source, found, mapped, names)
    contract = contracts.columns(table)
    values = {
        c.name: rules.read_value(
            c,
            layer_name("raw", c),
            layer_name("text", c),
            types[c.name],
            formats[c.name],
            relation.typed_dates,
        )
        for c in contract
        if c.name in found
    }
    if marks and amount:
        beside = notations.currency_sql(layer_name("text", values[amount].column), marks)
        own = values["currency"]
        values["currency"] = replace(own, typed=f"coalesce({own.typed}, {beside})")
    for name in codes.COLUMNS if settings.customers.same_codes else ():
        if name in values:
            own, differences = values[name], settings.customers.same_codes
            as_read = rules.identifier_text(rules.source_text(found[name], types[name], formats[name]))
            stage.recoded.append(codes.recoded_sql(name, source, as_read, differences))
            values[name] = replace(own, typed=codes.one_code_sql(own.typed, differences))
    stage.supplied.update(values)
    stage.formats.update(formats)
    if not relation.typed_dates:
        stage.sources.append((source, {name: found[name] for name, value in values.items() if value.is_text}))
    stage.unknown.update(mapping.unknown_columns(relation, table, mapped))
    rates = _rates(settings) if "currency" in values else {}
    problems = [
        *line_problems(relation),
        *map_problems(mapped),
        *value_problems(table, values, formats),
        *mark_problems(values, formats),
        *rate_problems(values, rates),
    ]
    numbers = [stage.number(problem) for problem in problems]
    verdicts = " ".join(f"WHEN {p.condition} THEN {n}" for p, n in zip(problems, numbers, strict=True))
    faults = " ".join(f"WHEN {n} THEN {p.value}" for p, n in zip(problems, numbers, strict=True))
    quoted = [identifier(column) for column in relation.columns]
    packed = ", ".join(f"{column} := {column}" for column in quoted)
    conditions = [f"coalesce(CAST(({mapped.where or 'true'}\n) AS BOOLEAN), false) AS __wanted"]
    conditions += [
        f"coalesce(CAST(({as_read_name(n) if e.as_read else e.where}\n) AS BOOLEAN), false) AS __exclude_{n}"
        for n, e in enumerate(mapped.exclude)
    ]
    raw = [f"{found[c.name]}\n AS {layer_name('raw', c)}" for c in contract if c.name in found]
    text = [
        f"{rules.source_text(layer_name('raw', v.column), types[name], formats[name])} "
        f"AS {layer_name('text', v.column)}"
        for name, v in values.items()
    ]
    typed = [f"{value.typed} AS {layer_name('typed', value.column)}" for value in values.values()]
    result = [
        f"{len(stage.relations) - 1} AS __file",
        ROW,
        "__problem",
        f"CASE __problem {faults} END AS __value",
        f"CASE WHEN __problem > 0 AND __wanted THEN CAST(to_json(struct_pack({packed})) AS VARCHAR) END AS __raw",
        (identifier(f"__typed_{amount}") if amount in values else "NULL") + " AS __amount",
        f"coalesce({' OR '.join(v.rounded for v in values.values() if v.rounded) or 'false'}, false) AS __rounded",
        f"{_identity(table, values, quoted)} AS __identity",
        *(
            f"{_converted(table, c, rates) if c.name in values else 'NULL'} AS {identifier(c.name)}"
            for c in contract
        ),
        *([FILE_NAME] if relation.many_files else []),
    ]
    sql = f"(SELECT *, {', '.join([*raw, *conditions])} FROM {source})"
    sql = f"(SELECT *, {', '.join(text)} FROM {sql})"
    sql = f"(SELECT *, {', '.join(typed)} FROM {sql})"
    sql = f"(SELECT *, CASE {verdicts} ELSE 0 END AS __problem FROM {sql})"
    return f"SELECT {', '.join(result)} FROM {sql}"


def _rates(settings: Settings) -> dict[str, str]:
    """Currency -> exact decimal literal of its rate to the report's currency."""
    rates = {code: format(Decimal(str(rate)), "f") for code, rate in settings.source.currency_rates.items()}
    return rates | {settings.report.currency: "1"}


def _converted(table: TableName, column: contracts.Column, rates: dict[str, str]) -> str:
    """Write the SQL of the final value: money in the report's currency, no date of a year that cannot be meant."""
    typed = layer_name("typed", column)
    if column.kind in ("date", "timestamp"):
        return f"CASE WHEN NOT ({years_sql(typed, years_of(table, column.name))}) THEN {typed} END"
    if column.kind != "money" or not rates:
        return typed
    cases = " ".join(
        f"WHEN {literal(code)} THEN CAST({typed} * CAST({literal(rate)} AS DECIMAL(18,8)) AS DECIMAL(18,4))"
        for code, rate in rates.items()
        if rate != "1"
    )
    return f'CASE "__typed_currency" {cases} ELSE {typed} END' if cases else typed


def _identity(table: TableName, values: dict[str, rules.Value], quoted: list[str]) -> str:
    """Write the SQL of the 128-bit hash of what tells rows apart: the key, else the whole row as read."""
    whole = ", ".join(f"coalesce(CAST({column} AS VARCHAR), chr(0))" for column in sorted(quoted))
    row = f"md5_number(concat_ws(chr(31), {whole}))"
    keys = [name for name in contracts.key_columns(table) if name in values]
    if not keys or (table == "order_lines" and "line_no" not in keys):
        return row
    parts = ", ".join(
        f"coalesce(CAST({layer_name('typed', values[name].column)} AS VARCHAR), chr(0))" for name in keys
    )
    keyed = f"md5_number(concat_ws(chr(31), {parts}))"
    if table != "order_lines":
        return keyed
    return f'CASE WHEN "__typed_line_no" IS NULL THEN {row} ELSE {keyed} END'


def _stage_rejects(connection: duckdb.DuckDBPyConnection, stage: Stage, relation: Relation) -> None:
    """Take in the lines that the reader of text files could not take apart."""
    if relation.rejects is None:
        return
    lines = connection.execute(
        f"SELECT line, any_value(csv_line), any_value(error_message) FROM {relation.rejects} GROUP BY "
        f"line ORDER BY line"
    ).fetchall()
    if not lines:
        return
    file = len(stage.relations) - 1
    # The reader numbers the rows it kept; each line it left out moves those behind it by one. Line 1 is
    # the header.
    starts = [(line - 1 - place, place + 1) for place, (line, _, _) in enumerate(lines)]
    connection.execute("CREATE OR REPLACE TEMP TABLE left_out (start BIGINT, moved BIGINT)")
    connection.executemany("INSERT INTO left_out VALUES (?, ?)", starts)
    connection.execute(
        f"""UPDATE {stage.name} AS s SET {ROW} = s.{ROW} + o.moved FROM
        (SELECT k.rowid AS id, moved FROM {stage.name} AS k
         ASOF JOIN (SELECT start, max(moved) AS moved FROM left_out GROUP BY start) ON k.{ROW} >= start
         WHERE __file = {file}) AS o WHERE s.rowid = o.id"""
    )
    number = stage.number(Problem("quarantined", "unreadable_line", "the line cannot be taken apart: {}"))
    connection.executemany(
        f"INSERT INTO {stage.name} (__file, {ROW}, __problem, __value, __raw) VALUES ({file}, ?, "
        f"{number}, ?, ?)",
        [(line - 1, message.splitlines()[0], text) for line, text, message in lines],
    )
