"""Rows that say the same record twice: one is kept, the others go to quarantine.

Which rows are one record:

- In a table with a key (customers, products, invoices ...), rows with the same key, wherever they stand.
- Order lines with a line number: rows with the same order and line number. Of one file the earliest counts; a single
  other with other values is a slip, several stop the run. Of several files those are one that agree in day, customer,
  product, quantity, amount and currency. Where they differ, either numbers start anew in each file (all count; the
  files have no line in common), or a line was changed between two exports: then the run asks which counts
  (``same_number``).
- Rows without a number. **Within one file** rows are one only where they agree in every column as read: two lines
  alike but for a batch number that no map names are two. **Across files** they are one where all mapped values agree,
  however the files write them and whatever else stands there, each counted as often as in the file that has it most
  often. Where they agree in what is mapped alone, and the files have less than half of the rows of their common days in
  common, they are no overlapping exports: then all count.
- Where files say different things of one order, day, customer and product, or give a record of a table with a key
  another worth, the run asks which counts (`helpers.intake.cleaning.changed`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.intake import contracts
from helpers.intake.cleaning import changed
from helpers.intake.cleaning.changed import rows_and_money
from helpers.intake.cleaning.mapping import line_identity
from helpers.intake.cleaning.problems import Problem
from helpers.intake.cleaning.staging import Stage
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import identifier, literal
from helpers.settings.source import TableMap

if TYPE_CHECKING:
    import duckdb

#: Rows whose identities are compared at once: it bounds the engine's memory.
_ROWS_PER_PASS = 20_000_000
#: A single line that has the number of another of its file, and other values, is a slip.
_LEAST_CHANGED = 2
_MOST_NOTES = 5


def set_aside_duplicates(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> list[str]:
    """Mark repeated rows as duplicates; the one with the earliest date, then first in file order, stays.

    Where the source repeats lines rightly, a row still counts no more often than in the file that has it most often, so
    that overlapping exports do not count twice.

    Returns
    -------
    list of str
        What a reader should know: which files overlap, in rows and money; what was taken for different rows although it
        is alike.

    Raises
    ------
    WorkbookError
        Lines of one number, or several files, say different things, and the map does not say which counts.
    """
    if mapped.distinct:
        _drop_repeated_states(connection, stage)
    _find_candidates(connection, stage, mapped)
    _find_within_files(connection, stage, mapped)
    notes = []
    if len(stage.relations) > 1:
        notes = _find_across_files(connection, stage, mapped)
    _mark(connection, stage, mapped)
    return notes


def _find_candidates(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Fill ``alike`` with all rows that may be one with another.

    Its columns: ``file``, ``number`` (the row's in the file), ``place`` (the row's in staging: several are of one row
    of a file whose columns are times or currencies), ``day``, ``same`` (what makes rows one within a file),
    ``numbered`` (it is the order and line number), ``whole`` (what makes rows one across files), ``content`` (of order
    lines without a number what tells them apart, of records what they are worth; else NULL), ``amount``.
    """
    rows = connection.execute(f"SELECT count(*) FROM {stage.rows}").fetchone()[0]  # type: ignore[index]
    parts = rows // _ROWS_PER_PASS + 1
    date = contracts.date_column(stage.table)
    supplied = [column.name for column in contracts.columns(stage.table) if column.name in stage.supplied]
    keys = [name for name in contracts.key_columns(stage.table) if name in supplied]
    is_record = bool(keys) and stage.table != "order_lines"
    is_numbered = stage.table == "order_lines" and {"order_id", "line_no"} <= set(supplied)
    has_number = "line_no IS NOT NULL" if is_numbered else "false"
    identity = [name for name in supplied if name != "order_id" or not stage.by_row]
    record_hash, content = "__identity" if is_record else _hash_sql(identity), "NULL"
    if stage.table == "order_lines":
        identity = line_identity(mapped, stage.supplied, stage.by_row)
        content = f"CASE WHEN NOT {has_number} THEN {_hash_sql(identity)} END"
    elif is_record and (worth := changed.worth_columns(stage)):
        content = _hash_sql(worth)
    if is_numbered:
        of_line = _hash_sql([name for name in changed.CONTENT if name in supplied])
        record_hash = f"CASE WHEN {has_number} THEN {of_line} ELSE {record_hash} END"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE alike (file INTEGER, number BIGINT, place BIGINT, day DATE, same UHUGEINT,"
        " numbered BOOLEAN, whole UHUGEINT, content UHUGEINT, amount DECIMAL(18,4))"
    )
    passes = [("__identity", "true", "count(*) > 1")]
    if len(stage.relations) > 1 and not is_record:
        across = f"hash({', '.join(map(identifier, identity))})"
        passes.append((across, f"NOT ({has_number})", "min(__file) <> max(__file)"))
    for key, condition, several in passes:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {key} AS k FROM {stage.rows} LIMIT 0"
        )
        for part in range(parts):
            connection.execute(
                f"INSERT INTO repeated SELECT {key} AS k FROM {stage.rows} WHERE __problem = 0 AND {condition}"
                f" AND {key} % {parts} = {part} GROUP BY k HAVING {several}"
            )
        connection.execute(
            f"INSERT INTO alike SELECT __file, {ROW}, rowid, {f'CAST({identifier(date)} AS DATE)' if date else 'NULL'},"
            f" __identity, {has_number}, {record_hash}, {content}, __amount FROM {stage.rows} WHERE __problem = 0"
            f" AND {condition} AND {key} IN (SELECT k FROM repeated) AND NOT EXISTS"
            f" (SELECT 1 FROM alike WHERE place = {stage.rows}.rowid)"
        )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE duplicates (__file INTEGER, __row BIGINT, place BIGINT, first_file INTEGER, "
        "first_row BIGINT)"
    )


def _hash_sql(names: list[str]) -> str:
    """Write the SQL of a hash over typed columns."""
    texts = ", ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), chr(0))" for name in names)
    return f"md5_number(concat_ws(chr(31), {texts}))"


def _find_within_files(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Find the rows that their own file has twice."""
    if mapped.repeats_lines:
        return
    same = "same, CASE WHEN numbered THEN whole END" if mapped.same_number == "all" else "same"
    order = "day DESC NULLS LAST, number DESC" if mapped.same_number == "last" else "day NULLS LAST, number"
    repeated = (
        f"SELECT *, first_value(number) OVER w AS first_row, first_value(place) OVER w AS first_place,"
        f" first_value(whole) OVER w AS first_whole FROM alike"
        f" WINDOW w AS (PARTITION BY file, {same} ORDER BY {order}) QUALIFY row_number() OVER w > 1"
    )
    count, example = connection.execute(
        f"SELECT count(*), min((file, number, place, first_place)) FROM ({repeated})"
        " WHERE numbered AND whole <> first_whole"
    ).fetchall()[0]
    if count >= _LEAST_CHANGED and mapped.same_number is None:
        raise changed.conflict_question(
            connection, stage, mapped, count, example[3], example[2], numbered=True
        )
    connection.execute(
        f"INSERT INTO duplicates SELECT file, number, place, file, first_row FROM ({repeated})"
    )


def _find_across_files(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> list[str]:
    """Find the rows that another file has too, as often as both have them; and say which files overlap."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE left_alike AS SELECT * FROM alike WHERE place NOT IN "
        "(SELECT place FROM duplicates)"
    )
    notes: list[str] = []
    is_lines = stage.table == "order_lines"
    if mapped.same_number in ("first", "last") and is_lines:
        order = "file DESC" if mapped.same_number == "last" else "file"
        connection.execute(
            f"INSERT INTO duplicates SELECT file, number, place, first_value(file) OVER w, first_value(number)"
            f" OVER w FROM left_alike WHERE numbered WINDOW w AS (PARTITION BY same ORDER BY {order}, number)"
            " QUALIFY file <> first_value(file) OVER w"
        )
        connection.execute("DELETE FROM left_alike WHERE numbered")
        changed.supersede(connection, stage, mapped)
    elif mapped.same_number is None and is_lines:
        notes += changed.check_lines(connection, stage, mapped)
        changed.check_values(connection, stage, mapped)
    elif mapped.same_number is None:
        changed.check_records(connection, stage, mapped)
    key = "CASE WHEN numbered THEN same END, whole"
    order = "file DESC" if mapped.same_number == "last" and not is_lines else "day NULLS LAST, file"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE across AS
        SELECT file, number, place, same, numbered, amount, first_value(file) OVER w AS first_file,
               first_value(number) OVER w AS first_row, first_value(same) OVER w AS first_same
        FROM (SELECT *, row_number() OVER (PARTITION BY file, {key} ORDER BY number) AS occurrence FROM left_alike)
        WINDOW w AS (PARTITION BY {key}, occurrence ORDER BY {order}, number)
        QUALIFY row_number() OVER w > 1"""
    )
    notes += _keep_chance_matches(connection, stage)
    connection.execute("INSERT INTO duplicates SELECT file, number, place, first_file, first_row FROM across")
    if is_lines and mapped.same_number != "all":
        changed.check_orders(connection, stage, mapped)
    overlaps = connection.execute(
        "SELECT d.__file, d.first_file, count(*), sum(a.amount) FROM duplicates AS d"
        " JOIN alike AS a USING (place) WHERE d.__file <> d.first_file"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    for file, first, count, amount in overlaps[:_MOST_NOTES]:
        notes.append(
            f"{rows_and_money(count, amount)} of {stage.relations[file].name} stand in {stage.relations[first].name} "
            "too: they count once."
        )
    if len(overlaps) > _MOST_NOTES:
        count = sum(overlap[2] for overlap in overlaps[_MOST_NOTES:])
        notes.append(f"{count:,} rows more stand in another file too, and count once.")
    return notes


def _keep_chance_matches(connection: duckdb.DuckDBPyConnection, stage: Stage) -> list[str]:
    """Take rows back that agree only in what is mapped, of files that have little else in common."""
    pairs = connection.execute(
        "SELECT first_file, file, count(*) FROM across WHERE NOT numbered GROUP BY 1, 2"
        " HAVING count(*) FILTER (WHERE same <> first_same) > 0 ORDER BY 1, 2"
    ).fetchall()
    date = contracts.date_column(stage.table)
    day = f"CAST({identifier(date)} AS DATE)" if date else "0"
    notes: list[str] = []
    for first, second, matching in pairs:
        common = connection.execute(
            f"SELECT least(sum(ours), sum(theirs)) FROM (SELECT {day} AS day, count(*) FILTER (WHERE __file = {first})"
            f" AS ours, count(*) FILTER (WHERE __file = {second}) AS theirs FROM {stage.name} WHERE __problem = 0 AND"
            f" __file IN ({first}, {second}) GROUP BY 1) WHERE ours > 0 AND theirs > 0"
        ).fetchone()
        if not common or common[0] is None or 2 * matching >= common[0]:
            continue
        is_chance = f"first_file = {first} AND file = {second} AND NOT numbered AND same <> first_same"
        count, amount = connection.execute(
            f"SELECT count(*), sum(amount) FROM across WHERE {is_chance}"
        ).fetchone() or (0, None)
        connection.execute(f"DELETE FROM across WHERE {is_chance}")
        if len(notes) < _MOST_NOTES:
            notes.append(
                f"{rows_and_money(count, amount)} of {stage.relations[second].name} are like rows of "
                f"{stage.relations[first].name} in all that is mapped, and the files have little else in common: all "
                "count."
            )
    return notes


def _mark(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Set the duplicates aside, each with what it repeats and the row as read.

    Where several rows are of one row of the file, a row is written as what was made of it.
    """
    mapped_columns = ", ".join(
        f"{name} := {name}" for c in contracts.columns(stage.table) if c.name in stage.supplied
        for name in [identifier(c.name)]
    )  # fmt: skip
    is_unpivoted = mapped.multiplies_rows or stage.table == "exchange_rates"
    within = stage.number(Problem("quarantined", "duplicate", "the same record already stands in {}."))
    across = stage.number(
        Problem("quarantined", "duplicate", "the files overlap: the same record already stands in {}.")
    )
    stage.overlap = across
    names = "[" + ", ".join(literal(relation_of_file.name) for relation_of_file in stage.relations) + "]"
    for (number,) in connection.execute("SELECT DISTINCT __file FROM duplicates ORDER BY 1").fetchall():
        relation = stage.relations[number]
        raw_columns = ", ".join(
            f"{identifier(column)} := file.{identifier(column)}" for column in relation.columns
        )
        raw = (
            f"SELECT duplicates.*, CAST(to_json(struct_pack({raw_columns})) AS VARCHAR) AS raw FROM {relation.sql}"
            f" AS file JOIN duplicates ON file.{ROW} = duplicates.{ROW} WHERE duplicates.__file = {number}"
        )
        if is_unpivoted:
            raw = (
                f"SELECT duplicates.*, CAST(to_json(struct_pack({mapped_columns})) AS VARCHAR) AS raw FROM {stage.rows}"
                f" JOIN duplicates ON {stage.rows}.rowid = duplicates.place WHERE duplicates.__file = {number}"
            )
        connection.execute(
            f"""UPDATE {stage.rows} AS s SET
                __problem = CASE WHEN d.first_file = {number} THEN {within} ELSE {across} END,
                __value = coalesce('data row ' || d.first_row || ' of ', '') || {names}[d.first_file + 1],
                __raw = d.raw
            FROM ({raw}) AS d WHERE s.rowid = d.place"""
        )


def _drop_repeated_states(connection: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Of a record's rows that say the same keep one: of those by date the first in a row, else the fullest.

    A cell left blank on some of the lines that a record is gathered from says nothing against the others.
    """
    date = contracts.date_column(stage.table)
    supplied = [column.name for column in contracts.columns(stage.table) if column.name in stage.supplied]
    keys = [
        identifier(name) for name in contracts.key_columns(stage.table) if name in supplied and name != date
    ]
    compared = [identifier(name) for name in supplied if name != date]
    rows = f"FROM {stage.rows} WHERE __problem = 0"
    if date in supplied:
        number = stage.number(
            Problem("filtered", "repeated", "says the same as the record's row before it (distinct = true).")
        )
        order = f"{identifier(str(date))} NULLS FIRST, __file, {ROW}"
        again = f"""SELECT rowid AS place {rows}
            QUALIFY lag(row({", ".join(compared)})) OVER (PARTITION BY {", ".join(keys)} ORDER BY {order})
                IS NOT DISTINCT FROM row({", ".join(compared)})"""
    else:
        number = stage.number(
            Problem(
                "filtered",
                "repeated",
                "says nothing that another row of the record does not (distinct = true).",
            )
        )
        blanks = " + ".join(f"CAST({name} IS NULL AS INTEGER)" for name in compared)
        of_key = " AND ".join(f"a.{name} IS NOT DISTINCT FROM kept.{name}" for name in keys)
        no_more = " AND ".join(f"(a.{name} IS NULL OR a.{name} = kept.{name})" for name in compared)
        again = f"""SELECT a.rowid AS place FROM {stage.rows} AS a JOIN (
                SELECT rowid AS place, * {rows}
                QUALIFY row_number() OVER (PARTITION BY {", ".join(keys)} ORDER BY {blanks}, __file, {ROW}) = 1
            ) AS kept ON {of_key} WHERE a.__problem = 0 AND a.rowid <> kept.place AND {no_more}"""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE said_again AS {again}")
    connection.execute(
        f"UPDATE {stage.rows} AS s SET __problem = {number} FROM said_again AS a WHERE s.rowid = a.place"
    )
