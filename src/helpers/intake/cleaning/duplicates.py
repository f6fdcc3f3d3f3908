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
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from helpers.errors import WorkbookError
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
#: What makes two order lines of one number the same line.
_CONTENT = ("order_date", "customer_id", "product_id", "quantity", "net_amount", "currency")
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
        Lines of one order and line number have different values, and the map does not say which counts.
    """
    if mapped.distinct:
        _take_once(connection, stage)
    _find_alike(connection, stage)
    _within_files(connection, stage, mapped)
    notes = []
    if len(stage.relations) > 1:
        notes = _across_files(connection, stage, mapped)
    _mark(connection, stage, mapped)
    return notes


def _find_alike(connection: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Fill ``alike`` with all rows that may be one with another.

    Its columns: ``file``, ``number`` (the row's in the file), ``place`` (the row's in staging: several are of one row
    of a file whose columns are times or currencies), ``day``, ``same`` (what makes rows one within a file),
    ``numbered`` (it is the order and line number), ``whole`` (what makes rows one across files), ``amount``.
    """
    rows = connection.execute(f"SELECT count(*) FROM {stage.rows}").fetchone()[0]  # type: ignore[index]
    parts = rows // _ROWS_AT_ONCE + 1
    date = contracts.date_column(stage.table)
    supplied = [column.name for column in contracts.columns(stage.table) if column.name in stage.supplied]
    keys = [name for name in contracts.key_columns(stage.table) if name in supplied]
    is_record = bool(keys) and stage.table != "order_lines"
    is_numbered = stage.table == "order_lines" and {"order_id", "line_no"} <= set(supplied)
    numbered = "line_no IS NOT NULL" if is_numbered else "false"
    whole = "__identity" if is_record else _hashed(supplied)
    if is_numbered:
        content = _hashed([name for name in _CONTENT if name in supplied])
        whole = f"CASE WHEN {numbered} THEN {content} ELSE {whole} END"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE alike (file INTEGER, number BIGINT, place BIGINT, day DATE, same UHUGEINT,"
        " numbered BOOLEAN, whole UHUGEINT, amount DECIMAL(18,4))"
    )
    passes = [("__identity", "true")]
    if len(stage.relations) > 1 and not is_record:
        passes.append((f"hash({', '.join(map(identifier, supplied))})", f"NOT ({numbered})"))
    for key, which in passes:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {key} AS k FROM {stage.rows} LIMIT 0"
        )
        for part in range(parts):
            connection.execute(
                f"INSERT INTO repeated SELECT {key} AS k FROM {stage.rows} WHERE __problem = 0 AND {which}"
                f" AND {key} % {parts} = {part} GROUP BY k HAVING count(*) > 1"
            )
        connection.execute(
            f"INSERT INTO alike SELECT __file, {ROW}, rowid, {f'CAST({identifier(date)} AS DATE)' if date else 'NULL'},"
            f" __identity, {numbered}, {whole}, __amount FROM {stage.rows} WHERE __problem = 0 AND {which}"
            f" AND {key} IN (SELECT k FROM repeated) AND NOT EXISTS"
            f" (SELECT 1 FROM alike WHERE place = {stage.rows}.rowid)"
        )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE duplicates (__file INTEGER, __row BIGINT, place BIGINT, first_file INTEGER, "
        "first_row BIGINT)"
    )


def _hashed(names: list[str]) -> str:
    """Write the SQL of a hash over typed columns."""
    texts = ", ".join(f"coalesce(CAST({identifier(name)} AS VARCHAR), chr(0))" for name in names)
    return f"md5_number(concat_ws(chr(31), {texts}))"


def _within_files(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Find the rows that their own file has twice."""
    if mapped.repeats_lines:
        return
    same = "same, CASE WHEN numbered THEN whole END" if mapped.same_number == "all" else "same"
    order = "day DESC NULLS LAST, number DESC" if mapped.same_number == "last" else "day NULLS LAST, number"
    found = (
        f"SELECT *, first_value(number) OVER w AS first_row, first_value(whole) OVER w AS first_whole FROM alike"
        f" WINDOW w AS (PARTITION BY file, {same} ORDER BY {order}) QUALIFY row_number() OVER w > 1"
    )
    changed = f"FROM ({found}) WHERE numbered AND whole <> first_whole"
    count, file, row, first = connection.execute(
        f"SELECT count(*), arg_min(file, (file, number)), arg_min(number, (file, number)),"
        f" arg_min(first_row, (file, number)) {changed}"
    ).fetchone() or (0, 0, 0, 0)
    if count >= _LEAST_CHANGED and mapped.same_number is None:
        raise _which_counts(connection, stage, count, (file, row), (file, first))
    connection.execute(f"INSERT INTO duplicates SELECT file, number, place, file, first_row FROM ({found})")


def _across_files(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> list[str]:
    """Find the rows that another file has too, as often as both have them; and say which files overlap."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE left_alike AS SELECT * FROM alike WHERE place NOT IN "
        "(SELECT place FROM duplicates)"
    )
    notes = []
    if mapped.same_number in ("first", "last"):
        order = "file DESC" if mapped.same_number == "last" else "file"
        connection.execute(
            f"INSERT INTO duplicates SELECT file, number, place, first_value(file) OVER w, first_value(number)"
            f" OVER w FROM left_alike WHERE numbered WINDOW w AS (PARTITION BY same ORDER BY {order}, number)"
            " QUALIFY file <> first_value(file) OVER w"
        )
        connection.execute("DELETE FROM left_alike WHERE numbered")
    elif mapped.same_number is None:
        notes += _check_changed(connection, stage)
    key = "CASE WHEN numbered THEN same END, whole"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE across AS
        SELECT file, number, place, same, numbered, amount, first_value(file) OVER w AS first_file,
               first_value(number) OVER w AS first_row, first_value(same) OVER w AS first_same
        FROM (SELECT *, row_number() OVER (PARTITION BY file, {key} ORDER BY number) AS occurrence FROM left_alike)
        WINDOW w AS (PARTITION BY {key}, occurrence ORDER BY day NULLS LAST, file, number)
        QUALIFY row_number() OVER w > 1"""
    )
    notes += _keep_chance_likenesses(connection, stage)
    connection.execute("INSERT INTO duplicates SELECT file, number, place, first_file, first_row FROM across")
    overlaps = connection.execute(
        "SELECT d.__file, d.first_file, count(*), sum(a.amount) FROM duplicates AS d"
        " JOIN alike AS a USING (place) WHERE d.__file <> d.first_file"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    for file, first, count, amount in overlaps[:_MOST_NOTES]:
        notes.append(
            f"{_rows(count, amount)} of {stage.relations[file].name} stand in {stage.relations[first].name} too: "
            "they count once."
        )
    if len(overlaps) > _MOST_NOTES:
        count = sum(each[2] for each in overlaps[_MOST_NOTES:])
        notes.append(f"{count:,} rows more stand in another file too, and count once.")
    return notes


def _check_changed(connection: duckdb.DuckDBPyConnection, stage: Stage) -> list[str]:
    """Look at lines of one order and line number that files have with different values: changed, or numbered anew."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE changed AS
        WITH numbers AS (SELECT same, count(DISTINCT file) AS files FROM left_alike WHERE numbered GROUP BY same),
        contents AS (SELECT same, whole, count(DISTINCT file) AS files FROM left_alike WHERE numbered GROUP BY ALL)
        SELECT l.* FROM left_alike AS l JOIN numbers USING (same) JOIN contents AS c USING (same, whole)
        WHERE numbered AND numbers.files > 1 AND c.files < numbers.files"""
    )
    content = ", ".join(
        identifier(name) if name in stage.supplied else f"NULL AS {identifier(name)}" for name in _CONTENT[:3]
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE pairs AS
        WITH before AS (SELECT *, lag(file) OVER w AS one, lag(number) OVER w AS one_row, lag(whole) OVER w AS one_whole
            FROM changed WINDOW w AS (PARTITION BY same ORDER BY file, number)),
        in_common AS (SELECT DISTINCT lag(file) OVER (PARTITION BY same, whole ORDER BY file) AS one, file AS other
            FROM left_alike WHERE numbered),
        said AS (SELECT __file, {ROW}, {content} FROM {stage.rows})
        SELECT one, one_row, file AS other, number AS other_row, amount, a.order_date = b.order_date AND a.customer_id
            IS NOT DISTINCT FROM b.customer_id AND a.product_id IS NOT DISTINCT FROM b.product_id
            OR EXISTS (SELECT 1 FROM in_common AS i WHERE i.one = before.one AND i.other = file) AS is_same
        FROM before JOIN said AS a ON a.__file = one AND a.{ROW} = one_row
        JOIN said AS b ON b.__file = file AND b.{ROW} = number WHERE one < file AND whole <> one_whole"""
    )
    asked = connection.execute(
        "SELECT count(*), min((other, other_row, one, one_row)) FROM pairs WHERE is_same"
    ).fetchone()
    if asked and asked[0]:
        count, (other, other_row, one, one_row) = asked
        raise _which_counts(connection, stage, count, (other, other_row), (one, one_row))
    anew = connection.execute(
        "SELECT count(*), sum(amount), min((other, other_row, one, one_row)) FROM pairs"
    ).fetchone()
    if not anew or not anew[0]:
        return []
    count, amount, (other, other_row, one, one_row) = anew
    return [
        f"{_rows(count, amount)} have the order and line number of a row in another file, and another day, customer or "
        f"product, as data row {other_row} of {stage.relations[other].name} and data row {one_row} of "
        f"{stage.relations[one].name}: numbers start anew, and all count. If the later replaces the earlier, write "
        f'same_number = "last" under [tables.{stage.table}].'
    ]


def _keep_chance_likenesses(connection: duckdb.DuckDBPyConnection, stage: Stage) -> list[str]:
    """Take rows back that agree only in what is mapped, of files that have little else in common."""
    pairs = connection.execute(
        "SELECT first_file, file, count(*) FROM across WHERE NOT numbered GROUP BY 1, 2"
        " HAVING count(*) FILTER (WHERE same <> first_same) > 0 ORDER BY 1, 2"
    ).fetchall()
    date = contracts.date_column(stage.table)
    day = f"CAST({identifier(date)} AS DATE)" if date else "0"
    notes: list[str] = []
    for one, other, found in pairs:
        common = connection.execute(
            f"SELECT least(sum(ours), sum(theirs)) FROM (SELECT {day} AS day, count(*) FILTER (WHERE __file = {one}) AS"
            f" ours, count(*) FILTER (WHERE __file = {other}) AS theirs FROM {stage.name} WHERE __problem = 0 AND"
            f" __file IN ({one}, {other}) GROUP BY 1) WHERE ours > 0 AND theirs > 0"
        ).fetchone()
        if not common or common[0] is None or 2 * found >= common[0]:
            continue
        chance = f"first_file = {one} AND file = {other} AND NOT numbered AND same <> first_same"
        count, amount = connection.execute(
            f"SELECT count(*), sum(amount) FROM across WHERE {chance}"
        ).fetchone() or (0, None)
        connection.execute(f"DELETE FROM across WHERE {chance}")
        if len(notes) < _MOST_NOTES:
            notes.append(
                f"{_rows(count, amount)} of {stage.relations[other].name} are like rows of "
                f"{stage.relations[one].name} in all that is mapped, and the files have little else in common: all "
                "count."
            )
    return notes


def _rows(count: int, amount: Decimal | None) -> str:
    money = "" if amount is None else f" ({amount:,.2f})"
    return f"{count:,} {'row' if count == 1 else 'rows'}{money}"


def _which_counts(
    connection: duckdb.DuckDBPyConnection,
    stage: Stage,
    count: int,
    other: tuple[int, int],
    first: tuple[int, int],
) -> WorkbookError:
    """Ask which of two lines of one number counts, with both of them."""
    said = []
    for file, row in (first, other):
        order, line, day, quantity, amount = connection.execute(
            f"SELECT order_id, line_no, order_date, quantity, net_amount FROM {stage.rows} WHERE __file = {file}"
            f" AND {ROW} = {row}"
        ).fetchone() or ("", "", "", 0, 0)
        said.append(
            f"data row {row} of {stage.relations[file].name} ({day}, quantity {quantity:f}, {amount:,.2f})"
        )
    return WorkbookError(
        f"Line {line} of order {order} stands in {said[0]} and in {said[1]}, with different values; so it is with "
        f"{count} {'line' if count == 1 else 'lines'}. Say which counts, under [tables.{stage.table}] in workbook.toml:"
        ' same_number = "last" (the later replaces the earlier), "first", or "all" (line numbers start anew: they are '
        "different lines)."
    )


def _mark(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Set the duplicates aside, each with what it repeats and the row as read.

    Where several rows are of one row of the file, a row is written as what was made of it.
    """
    made = ", ".join(
        f"{name} := {name}" for c in contracts.columns(stage.table) if c.name in stage.supplied
        for name in [identifier(c.name)]
    )  # fmt: skip
    parted = mapped.unpivot is not None or stage.table == "exchange_rates"
    within = stage.number(Problem("quarantined", "duplicate", "the same record already stands in {}."))
    across = stage.number(
        Problem("quarantined", "duplicate", "the files overlap: the same record already stands in {}.")
    )
    stage.overlap = across
    names = "[" + ", ".join(literal(each.name) for each in stage.relations) + "]"
    for (number,) in connection.execute("SELECT DISTINCT __file FROM duplicates ORDER BY 1").fetchall():
        relation = stage.relations[number]
        packed = ", ".join(
            f"{identifier(column)} := file.{identifier(column)}" for column in relation.columns
        )
        raw = (
            f"SELECT duplicates.*, CAST(to_json(struct_pack({packed})) AS VARCHAR) AS raw FROM {relation.sql} AS file"
            f" JOIN duplicates ON file.{ROW} = duplicates.{ROW} WHERE duplicates.__file = {number}"
        )
        if parted:
            raw = (
                f"SELECT duplicates.*, CAST(to_json(struct_pack({made})) AS VARCHAR) AS raw FROM {stage.rows}"
                f" JOIN duplicates ON {stage.rows}.rowid = duplicates.place WHERE duplicates.__file = {number}"
            )
        connection.execute(
            f"""UPDATE {stage.rows} AS s SET
                __problem = CASE WHEN d.first_file = {number} THEN {within} ELSE {across} END,
                __value = 'data row ' || d.first_row || ' of ' || {names}[d.first_file + 1],
                __raw = d.raw
            FROM ({raw}) AS d WHERE s.rowid = d.place"""
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
        SELECT rowid AS place FROM {stage.rows} WHERE __problem = 0
        QUALIFY lag(row({said})) OVER (PARTITION BY {", ".join(map(identifier, keys))} ORDER BY {order})
            IS NOT DISTINCT FROM row({said})"""
    )
    connection.execute(
        f"UPDATE {stage.rows} AS s SET __problem = {number} FROM said_again AS a WHERE s.rowid = a.place"
    )
