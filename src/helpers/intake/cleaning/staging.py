"""One standard table on the engine: its files mapped, typed and judged.

``stage_TABLE`` has every row read: ``__file`` (number of the file), ``__row`` (data row in it), ``__problem`` (0: kept;
else a number of ``problems``), ``__value`` (the value at fault), ``__raw`` (the row as read, JSON; only of rows set
aside), ``__amount`` (the reconciled amount before conversion), ``__rounded`` (whether a number of the row has more
decimals than are kept), and the contract's columns. Rows that were judged one by one stand in the table
``judged_TABLE``, with ``__identity`` (128-bit hash of what tells rows apart): all rows of a small table; of a large one
those that something may be wrong with, beside which the others are read from their files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from helpers.core.calendar.fiscal_periods import FiscalPeriods, fiscal_periods
from helpers.intake import contracts, map_sql
from helpers.intake.cleaning import lookups as lookup_tables
from helpers.intake.cleaning import mapping, sound_rows
from helpers.intake.cleaning.judging import TYPES, Judged, judge, problems_of
from helpers.intake.cleaning.lookups import JoinedLookup
from helpers.intake.cleaning.problems import Problem
from helpers.intake.cleaning.sound_rows import Sound
from helpers.intake.layout.arrange import arranged, check_years
from helpers.intake.layout.currencies import by_currency
from helpers.intake.reading.excel import chosen_sheets
from helpers.intake.reading.readers import (
    ROW,
    LeftOut,
    Relation,
    alike,
    engine_errors,
    lacks_room,
    no_room,
    open_files,
    store,
    together,
    unreadable,
)
from helpers.intake.reading.sources import Plan
from helpers.intake.reading.sql import Connection, identifier
from helpers.intake.values import macros
from helpers.settings.config import Settings
from helpers.settings.periods import CALENDAR, Year
from helpers.settings.source import FileFormat, TableMap, TableName, ValueFormat

if TYPE_CHECKING:
    import duckdb


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
    left_out
        By file the lines that cannot be taken apart: data row, why, and the line.
    sound
        The sources' sound rows, where not all rows were judged one by one.
    dated
        Currencies whose rates are by day.
    year
        The company's year (`helpers.settings.periods.Periods.year`): from when on targets are known.
    periods
        The company's months; an order line is dated into its own (`FiscalPeriods.moves`).
    by_row
        The order's number is made of the row's in its file (`helpers.intake.cleaning.mapping.numbers_rows`).
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
    left_out: dict[int, list[LeftOut]] = field(default_factory=dict)
    sound: list[Sound] | None = None
    dated: frozenset[str] = frozenset()
    year: Year = CALENDAR
    periods: FiscalPeriods | None = None
    by_row: bool = False

    @classmethod
    def of(cls, table: TableName, settings: Settings) -> Self:
        """Open the staging of a table, by the company's year and months."""
        return cls(table, year=settings.periods.year, periods=fiscal_periods(settings.periods))

    @property
    def name(self) -> str:
        """What all rows are called on the engine."""
        return f"stage_{self.table}"

    @property
    def rows(self) -> str:
        """The table, on the engine, of the rows that were judged one by one."""
        return f"judged_{self.table}"

    @property
    def all_sound(self) -> bool:
        """Whether no row had to be judged by itself."""
        return self.sound is not None and not self.left_out and not any(each.rest for each in self.sound)

    @property
    def is_clean(self) -> bool:
        """Whether the files have the contract's names and types, and nothing is wrong in them."""
        kinds = {c.name: TYPES.get(c.kind, "VARCHAR") for c in contracts.columns(self.table)}
        return self.sound is not None and all(
            each.takes_all
            and all(sql == identifier(name) for name, sql in each.judged.found.items())
            and all(kind == kinds[name] for name, kind in each.judged.types.items())
            for each in self.sound
        )

    def as_it_stands(self) -> Path | None:
        """Return the file that holds the table just as it must be written, where there is one."""
        if not self.is_clean or self.sound is None or len(self.relations) > 1 or self.moved is not None:
            return None
        relation = self.relations[0]
        named = list(relation.columns) == [column.name for column in contracts.columns(self.table)]
        stored = relation.stored is not None and relation.stored.path == self.paths[0]
        return self.paths[0] if named and stored else None

    @property
    def moved(self) -> FiscalPeriods | None:
        """The company's months, where the rows are dated into them: order lines are."""
        return self.periods if self.table == "order_lines" else None

    @property
    def counted_columns(self) -> str:
        """The SQL of its columns; of order lines with the day on which each counts, and its own beside."""
        day, own = contracts.DATES["order_lines"], contracts.OWN_DAY
        return f"* REPLACE ({self.moved.counted_sql(day)} AS {day}), {day} AS {own}" if self.moved else "*"

    def number(self, problem: Problem) -> int:
        """Return the number of a problem, which is added where it is new."""
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
        marks = {mark: code for mark, code in own.currency_marks.items() if code == settings.report.currency}
        return own.model_copy(update={"currency_marks": marks})
    return own


def _first_declared(model: type[ValueFormat], declared: ValueFormat, fallback: ValueFormat) -> dict[str, Any]:
    pairs = ((key, getattr(declared, key), getattr(fallback, key)) for key in model.model_fields)
    return {key: inner if inner is not None else outer for key, inner, outer in pairs}


def stage_table(
    connection: duckdb.DuckDBPyConnection,
    table: TableName,
    plan: Plan,
    lookups: Mapping[str, Sequence[Path]],
    settings: Settings,
    work: Path,
    dated: frozenset[str] = frozenset(),
) -> Stage:
    """Read all files of a table into staging.

    Of a large table only those rows are typed and judged one by one that something may be wrong with
    (`helpers.intake.cleaning.sound_rows`).

    Raises
    ------
    WorkbookError
        A file cannot be read, a column is missing, SQL of the map is wrong, or a lookup's key is not unique.
    """
    stage = replace(Stage.of(table, settings), dated=dated)
    mapped = settings.tables.get(table, TableMap())
    form = file_format(settings, table)
    macros.define(connection, form)
    joined = lookup_tables.open_lookups(connection, table, mapped, lookups, form, work)
    files = chosen_sheets(plan.tables[table], mapped.sheet, table)
    opened, stage.left_out = open_files(connection, files, form, table, work)
    for (path, sheet), relation in zip(files, opened, strict=True):
        name = plan.name(path) + (f", sheet {sheet}" if isinstance(mapped.sheet, list) else "")
        named = replace(relation, name=name)
        stage.relations.append(mapping.add_source_columns(named, mapped, plan.partitions(path), sheet))
        stage.paths.append(path)
    stage.by_row = mapping.numbers_rows(mapped, stage.relations)
    sources = _sources(connection, stage, mapped, settings)
    if not _stage_sound(connection, stage, sources, mapped, joined, settings, work):
        stage.problems.clear()
        stage.sources.clear()
        stage.recoded.clear()
        _create(connection, stage)
        for source in sources:
            _insert(connection, stage, source, mapped, joined, settings)
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {stage.name} AS SELECT {stage.counted_columns} FROM {stage.rows}"
        )
    _insert_left_out(connection, stage)
    return stage


@dataclass(frozen=True)
class _Source:
    """Files of a table that one query reads: their numbers, and the SQL of a row's."""

    relation: Relation
    numbers: Sequence[int]

    @property
    def file(self) -> str:
        return "__file" if len(self.numbers) > 1 else str(self.numbers[0])


def _sources(
    connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap, settings: Settings
) -> list[_Source]:
    """Put together the files that are alike, unless a row is read by the others of its file; arrange their rows."""
    place, by_file = f"tables.{stage.table}", map_sql.sees_other_rows(connection, stage.table, mapped)
    rates = stage.table == "exchange_rates"  # a file may have its currencies side by side
    if by_file or rates:
        check_years(stage.relations, mapped, place)
        stage.relations = [arranged(connection, each, mapped, place) for each in stage.relations]
        if rates:
            report_currency = settings.report.currency
            stage.relations = [by_currency(each, mapped, report_currency) for each in stage.relations]
        return [_Source(each, [number]) for number, each in enumerate(stage.relations)]
    sources = []
    for numbers in alike(stage.relations):
        relations = [stage.relations[number] for number in numbers]
        combined = relations[0] if len(numbers) == 1 else relations[0].over(together(relations, numbers))
        sources.append(_Source(arranged(connection, combined, mapped, place), numbers))
    return sources


def _create(connection: Connection, stage: Stage) -> None:
    columns = ", ".join(
        f"{identifier(c.name)} {TYPES.get(c.kind, 'VARCHAR')}" for c in contracts.columns(stage.table)
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE {stage.rows} (__file INTEGER, {ROW} BIGINT, __problem UTINYINT, __value "
        f"VARCHAR, __raw VARCHAR,"
        f" __amount DECIMAL(18,4), __rounded BOOLEAN, __identity UHUGEINT, {columns})"
    )


def _insert(
    connection: duckdb.DuckDBPyConnection,
    stage: Stage,
    source: _Source,
    mapped: TableMap,
    joined: list[JoinedLookup],
    settings: Settings,
) -> None:
    """Judge each row of a source by itself."""
    rows = mapping.joined_sql(connection, stage.table, source.relation, joined)
    judged = judged_rows(connection, stage, source.relation, rows, source.file, mapped, joined, settings)
    try:
        connection.execute(f"INSERT INTO {stage.rows} {judged.sql()}")
    except engine_errors() as error:
        for number in source.numbers if len(source.numbers) > 1 else ():  # which of them it is
            rearranged = arranged(connection, stage.relations[number], mapped, f"tables.{stage.table}")
            _insert(connection, stage, _Source(rearranged, [number]), mapped, joined, settings)
        raise unreadable(source.relation.name, stage.table, error) from None


def _stage_sound(
    connection: duckdb.DuckDBPyConnection,
    stage: Stage,
    sources: Sequence[_Source],
    mapped: TableMap,
    joined: list[JoinedLookup],
    settings: Settings,
    work: Path,
) -> bool:
    """Stage a large table most of whose rows are sound; return whether it is one."""
    if mapped.distinct:  # which row of a record says something new only all of them tell
        return False
    if mapped.multiplies_rows or stage.table == "exchange_rates":  # a row of the file is several
        return False
    try:
        count = sum(sound_rows.count_rows(connection, source.relation.sql) for source in sources)
        if count < sound_rows.LEAST_ROWS or len(sources) > sound_rows.MOST_SOURCES:
            return False
        judged = []
        for source in sources:
            relation, joined_rows = (
                source.relation,
                mapping.joined_sql(connection, stage.table, source.relation, joined),
            )
            if len(source.numbers) == 1 or joined:  # those that are alike are stored
                stored = store(connection, relation if not joined else relation.over(joined_rows), work)
                joined_rows = stored.sql
                if not joined:
                    stage.relations[source.numbers[0]] = stored
            judged.append(
                judged_rows(connection, stage, relation, joined_rows, source.file, mapped, joined, settings)
            )
        keyed = stage.table != "order_lines" and set(contracts.key_columns(stage.table)) & stage.supplied
        values = [] if keyed or len(stage.relations) == 1 else sorted(stage.supplied)
        if values and stage.table == "order_lines":
            values = mapping.line_identity(mapped, stage.supplied, stage.by_row)
            values += {"line_no"} & stage.supplied
        found = sound_rows.find_sound(connection, judged, count, settings.report.currency, values)
        if found is None:
            return False
        _create(connection, stage)
        for each in found:
            if each.rest:
                connection.execute(f"INSERT INTO {stage.rows} {each.rest.sql()}")
        stage.sound = found
        queries = [each.sql for each in found]
        if not stage.all_sound:
            queries.append(f"SELECT * EXCLUDE (__identity) FROM {stage.rows}")
        rows = " UNION ALL ".join(queries)
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {stage.name} AS SELECT {stage.counted_columns} FROM ({rows})"
        )
    except engine_errors() as error:
        if lacks_room(error):
            raise no_room(error) from None
        stage.sound = None
        return False  # judging row by row says what is wrong, and in which file
    return True


def judged_rows(
    connection: Connection,
    stage: Stage,
    relation: Relation,
    source: str,
    file: str,
    mapped: TableMap,
    joined: list[JoinedLookup],
    settings: Settings,
) -> Judged:
    """Find out how a file is read and judged, and note in the stage what it supplies and which problems there are."""
    table = stage.table
    form = file_format(settings, table)
    formats = {c.name: _value_format(form, mapped, c, table, settings) for c in contracts.columns(table)}
    judged = judge(connection, table, relation, source, file, mapped, joined, formats, settings, stage.dated)
    stage.supplied.update(judged.values)
    stage.formats.update(formats)
    stage.recoded.extend(judged.recoded.values())
    if not relation.typed_dates:
        texts = {name: judged.found[name] for name, value in judged.values.items() if value.is_text}
        stage.sources.append((source, texts))
    stage.unknown.update(mapping.unknown_columns(relation, table, mapped))
    return replace(judged, problems={stage.number(problem): problem for problem in problems_of(judged)})


def _insert_left_out(connection: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Take in the lines that the reader of text files could not take apart."""
    for file, lines in stage.left_out.items():
        number = stage.number(Problem("quarantined", "unreadable_line", "the line cannot be taken apart: {}"))
        connection.execute(
            f"INSERT INTO {stage.rows} (__file, {ROW}, __problem, __value, __raw) "
            f"SELECT {file}, unnest(?), {number}, unnest(?), unnest(?)",
            [list(values) for values in zip(*lines, strict=True)],
        )
