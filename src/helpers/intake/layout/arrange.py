"""A report laid out for people, as a table: the SQL of what its map says of headings, totals, blanks and months."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import compress

from helpers.errors import WorkbookError
from helpers.intake.layout.columns import find_column
from helpers.intake.layout.dated_columns import read_heads, year_of_books
from helpers.intake.layout.periods import mapped_period, year_in
from helpers.intake.layout.stacking import stacked
from helpers.intake.map_sql import check_names, expressions_as_read
from helpers.intake.reading.readers import ROW, Relation, engine_errors, first_line
from helpers.intake.reading.sql import Connection, identifier, literal, stripped_sql
from helpers.settings.source import TableMap, Unpivot

#: True in a row that is a heading.
HEADING = "__heading"
_NO_DATA, _DOCUMENT = "__no_data", "__document"


def as_read_name(place: int) -> str:
    """Name the column that says whether the exclusion at a place of the map holds of the row as it stands."""
    return f"__as_read_{place}"


def check_sql(connection: Connection, key: str, sql: str, source: str) -> None:
    """Stop where the SQL of a key of the map, which is one expression, is not valid over the columns there are."""
    try:
        connection.execute(f"DESCRIBE SELECT ({sql}\n) AS value FROM {source}")
    except engine_errors() as error:
        raise WorkbookError(f"{key}: '{sql}' is not valid SQL here: {first_line(error)}") from None


def arranged(connection: Connection, relation: Relation, mapped: TableMap, place: str) -> Relation:
    """Make rows of a table of a report's rows, in the order of the file.

    Rows that are no data stay, marked; blank cells are filled from above, never from such a row nor from another
    document; headings become columns; what stands side by side becomes rows.

    Raises
    ------
    WorkbookError
        The map names a column that is not there, or SQL that is not valid; the message names the key, below ``place``.
    """
    found = list(expressions_as_read(place.removeprefix("tables."), mapped))
    if not (found or mapped.fill_down or mapped.multiplies_rows):
        return relation
    for key, sql in found:
        check_sql(connection, key, sql, relation.sql)
        check_names({key: sql}, relation.columns)
    relation = _filled(_with_headings(_marked(relation, mapped), mapped), mapped, place)
    if mapped.side_by_side:
        relation = stacked(relation, mapped.side_by_side, f"{place}.side_by_side")
    return (
        relation
        if mapped.unpivot is None
        else _unpivoted(connection, relation, mapped.unpivot, f"{place}.unpivot")
    )


def _holds(condition: str) -> str:
    return f"coalesce(CAST(({condition}\n) AS BOOLEAN), false)"


def _marked(relation: Relation, mapped: TableMap) -> Relation:
    """Mark the rows that are no data, and those that are headings."""
    as_read = [number for number, each in enumerate(mapped.exclude) if each.as_read]
    marks = [f"{_holds(mapped.exclude[number].where)} AS {as_read_name(number)}" for number in as_read]
    marks += [f"{_holds(each.where)} AS __meant_{place}" for place, each in enumerate(mapped.headings)]
    marks += [
        f"CAST(({each.value}\n) AS VARCHAR) AS __value_{place}" for place, each in enumerate(mapped.headings)
    ]
    none = " OR ".join(map(as_read_name, as_read)) or "false"
    headings = " OR ".join(f"__meant_{place}" for place in range(len(mapped.headings))) or "false"
    sql = f"(SELECT {', '.join(['*', *marks])} FROM {relation.sql})"
    sql = f"(SELECT *, ({none}) AS {_NO_DATA}, NOT ({none}) AND ({headings}) AS {HEADING} FROM {sql})"
    return relation.over(sql)


def _with_headings(relation: Relation, mapped: TableMap) -> Relation:
    """Carry what headings say down to the rows below them; an outer heading ends those within it."""
    columns = dict(relation.columns)
    sql, outer = relation.sql, "0"
    for place, each in enumerate(mapped.headings):
        name = next((known for known in columns if known.lower() == each.column.lower()), each.column)
        meant = f"(__meant_{place} AND NOT {_NO_DATA})"
        carried = (
            f"last_value(CASE WHEN {meant} THEN __value_{place} END IGNORE NULLS) OVER "
            f"(PARTITION BY __outer_{place} ORDER BY {ROW} ROWS UNBOUNDED PRECEDING)"
        )
        if each.first is not None:
            carried = f"coalesce({carried}, CASE WHEN __outer_{place} = 0 THEN {literal(each.first)} END)"
        sql = f"(SELECT *, {outer} AS __outer_{place} FROM {sql})"
        if name in columns:
            own = f"CASE WHEN NOT {HEADING} AND NOT {_NO_DATA} THEN {_text(name, columns[name])} END"
            sql = f"(SELECT * REPLACE (coalesce({own}, {carried}) AS {identifier(name)}) FROM {sql})"
        else:
            sql = f"(SELECT *, {carried} AS {identifier(name)} FROM {sql})"
        columns[name] = "VARCHAR"
        outer = (
            f"__outer_{place} + sum(CASE WHEN {meant} THEN 1 ELSE 0 END) OVER "
            f"(ORDER BY {ROW} ROWS UNBOUNDED PRECEDING)"
        )
    return relation.over(sql, columns)


def _filled(relation: Relation, mapped: TableMap, place: str) -> Relation:
    """Put into the blank cells of some columns what stands above them: blank means there as above."""
    if not mapped.fill_down:
        return relation
    sql, within = relation.sql, ""
    source = f"NOT {_NO_DATA} AND NOT {HEADING}"
    if mapped.fill_within is not None:
        key = find_column(mapped.fill_within, relation.columns, relation.name, f"{place}.fill_within")
        number = _text(key, relation.columns[key])
        sql = (
            f"(SELECT *, last_value(CASE WHEN {source} THEN {number} END IGNORE NULLS) OVER (ORDER BY {ROW} ROWS "
            f"UNBOUNDED PRECEDING) AS {_DOCUMENT} FROM {sql})"
        )
        within = f"PARTITION BY {_DOCUMENT} "
    filled = []
    for each in mapped.fill_down:
        name = find_column(each, relation.columns, relation.name, f"{place}.fill_down")
        value = _text(name, relation.columns[name])
        above = (
            f"last_value(CASE WHEN {source} THEN {value} END IGNORE NULLS) OVER ({within}ORDER BY {ROW} ROWS "
            "UNBOUNDED PRECEDING)"
        )
        filled.append(f"CASE WHEN {source} THEN {above} ELSE {value} END AS {identifier(name)}")
    return relation.over(f"(SELECT * REPLACE ({', '.join(filled)}) FROM {sql})")


def _text(name: str, kind: str) -> str:
    """Write the SQL of a cell that is NULL where it is blank."""
    return stripped_sql(identifier(name)) if kind == "VARCHAR" else identifier(name)


def unpivot_columns(unpivot: Unpivot, columns: Sequence[str]) -> list[str]:
    """List the columns that a map means, in the order of the file."""
    patterns, skipped = _patterns(unpivot), _skipped(unpivot)
    return [name for name in columns if _fits(name, patterns) and not _fits(name, skipped)]


def _patterns(unpivot: Unpivot) -> list[str]:
    return [unpivot.columns] if isinstance(unpivot.columns, str) else unpivot.columns


def _skipped(unpivot: Unpivot) -> list[str]:
    return [one[1:] for one in _patterns(unpivot) if one.startswith("!")]


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(name == one or fnmatchcase(name, one) for one in patterns)


def year_of(file: str, sheet: str = "") -> int | None:
    """Return the one year that a sheet's name says, or else the file's; None where it says none, or several."""
    return year_in(sheet) or year_in(file.rpartition("/")[2])


def _year_of(relation: Relation) -> int | None:
    file, _, sheet = relation.name.partition(", sheet ")
    return year_of(file, sheet)


def check_years(relations: Sequence[Relation], mapped: TableMap, place: str) -> None:
    """Stop where all files were to be of one year, and their names say that they are of several."""
    unpivot = mapped.unpivot
    if unpivot is None:
        return
    for_all = "year" if isinstance(unpivot.year, int) else "begins"
    if for_all == "begins" and (unpivot.begins is None or "=" in unpivot.begins):
        return
    named = {year: each.name for each in relations if (year := _year_of(each)) is not None}
    if len(named) > 1:
        raise WorkbookError(
            f"{place}.unpivot.{for_all} is {getattr(unpivot, for_all)} for all files, but "
            f"{' and '.join(sorted(named.values()))} are of several years by their names: "
            + (
                'write year = "name".'
                if for_all == "year"
                else "let the heads of each say its year, as FY2026 P01."
            )
        )


def _check_left(
    connection: Connection, relation: Relation, names: Sequence[str], unpivot: Unpivot, place: str
) -> None:
    """Stop where a column with something in it is such a time too, and is not among those that are read."""
    meant = [period for name in names if (period := mapped_period(name)) is not None]
    kinds, rests = {period.kind for period in meant}, {period.rest for period in meant}
    skipped = _skipped(unpivot)
    left = [
        name
        for name in relation.columns
        if name not in names
        and not _fits(name, skipped)
        and (period := mapped_period(name)) is not None
        and period.kind in kinds
        and period.rest in rests
    ]
    if not left:
        return
    counted = ", ".join(f"count({_text(name, relation.columns[name])})" for name in left)
    counts = connection.execute(f"SELECT {counted} FROM {relation.sql}").fetchone()
    filled = list(compress(left, counts))
    if filled:
        listed = ", ".join(json.dumps(name, ensure_ascii=False) for name in filled)
        raise WorkbookError(
            f"{place}.columns: {relation.name} has {listed} too, which would be left unread. Add to columns what "
            f'belongs to it, or a pattern such as "20*"; what does not, with a ! before it: "!{filled[0]}".'
        )


#: Stands for the year that a column says of each row; none of its months is longer than usual.
_ANY_YEAR = 2001


def _day_sql(day: datetime.date, of_rows: str | None, instead_of: int | None) -> str:
    """Write the last day of a time, with the year that a column says of each row in the place of one."""
    if of_rows is None or instead_of is None:
        return f"DATE {literal(day.isoformat())}"
    year = f"TRY_CAST({identifier(of_rows)} AS INTEGER)"
    return f"last_day(make_date({year} + ({day.year - instead_of}), {day.month}, 1))"


def _unpivoted(connection: Connection, relation: Relation, unpivot: Unpivot, place: str) -> Relation:
    """Make a row of each cell of the columns that are times, if it is neither blank nor zero."""
    names = unpivot_columns(unpivot, list(relation.columns))
    if not names:
        raise WorkbookError(
            f"{place}.columns: {relation.name} has no column '{unpivot.columns}'. "
            f"It has: {', '.join(relation.columns)}."
        )
    _check_left(connection, relation, names, unpivot, place)
    year = _year_of(relation) if unpivot.year == "name" else unpivot.year
    of_rows = None
    if isinstance(year, str):
        of_rows = find_column(year, relation.columns, relation.name, f"{place}.year")
        year = year_of_books(unpivot.begins) if unpivot.begins else _ANY_YEAR
        period = mapped_period(names[0])
        if year is None or (period and period.kind in ("day", "week")):
            raise WorkbookError(
                f"{place}: the column '{of_rows}' says the year of months or periods alone, and begins then names it "
                'too, as "FY2026 = 2025-04". Export days and weeks with their year in the heads.'
            )
    try:
        dated = read_heads(names, year, unpivot.begins, unpivot.date_format)
    except ValueError as error:
        raise WorkbookError(f"{place}: in {relation.name} {error}.") from None
    measures = list(dict.fromkeys(rest for _, _, rest in dated))
    # A column that is called like what stands in each month is its total over them, and no value of one.
    left_out = [
        *names,
        *(name for name in relation.columns if name in measures or name in unpivot.sums),
    ]
    kept = {name: kind for name, kind in relation.columns.items() if name not in left_out}
    values = {rest: rest or unpivot.value for rest in measures}
    number = f"'row ' || {ROW} || ', ' || __time"
    added = {unpivot.date: "__time"} | {name: f"__measure_{n}" for n, name in enumerate(values.values())}
    if len(measures) == 1:
        added |= {"quantity": "'1'"} if "quantity" not in kept else {}
    added |= {"order_id": number} if "order_id" not in kept else {}
    taken = [name for name in added if name.lower() in {column.lower() for column in kept}]
    if taken:
        raise WorkbookError(
            f"{place}: {relation.name} has a column '{taken[0]}' already; name date or value otherwise."
        )
    days: dict[str, dict[str, str]] = {}
    for name, day, rest in dated:
        days.setdefault(_day_sql(day, of_rows, year), {})[rest] = name
    structs = ", ".join(
        "{"
        + ", ".join(
            [f"'__time': {day}"]
            + [
                f"'__measure_{n}': "
                + (f"CAST({identifier(cells[rest])} AS VARCHAR)" if rest in cells else "NULL")
                for n, rest in enumerate(measures)
            ]
        )
        + "}"
        for day, cells in days.items()
    )
    something = " OR ".join(
        f"coalesce(regexp_matches(__measure_{n}, '[^0.,\\s\\-\\x{{2013}}\\x{{2014}}]'), false)"
        for n in range(len(measures))
    )
    listed = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in added.items())
    excluded = ", ".join(map(identifier, left_out))
    sql = f"(SELECT * EXCLUDE ({excluded}), unnest([{structs}], recursive := true) FROM {relation.sql})"
    sql = f"(SELECT *, {listed} FROM {sql} WHERE {something})"
    return relation.over(sql, kept | dict.fromkeys(added, "VARCHAR") | {unpivot.date: "DATE"})
