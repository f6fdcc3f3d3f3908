"""What several files, or lines of one number, say differently: which of it counts is asked, and never guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning.mapping import line_identity
from helpers.intake.cleaning.staging import Stage
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import identifier
from helpers.settings.source import TableMap

if TYPE_CHECKING:
    import duckdb

#: What makes two order lines of one number the same line.
CONTENT = ("order_date", "customer_id", "product_id", "quantity", "net_amount", "currency")
#: What a record of a table with a key is worth.
_WORTH_COLUMN = contracts.AMOUNT | {"exchange_rates": "rate"}
_ANSWERS = {
    True: '"last" (the later replaces the earlier), "first", or "all" (line numbers start anew: they are different '
    "lines)",
    False: '"last" (the later file replaces the earlier), "first", or "all" (they are different sales)',
}
_RECORD_ANSWERS = '"last" (the later file replaces the earlier) or "first"'


def worth_columns(stage: Stage) -> list[str]:
    """Name the columns that say what a record of a table with a key is worth."""
    return [
        name for name in (_WORTH_COLUMN.get(stage.table), "customer_id") if name and name in stage.supplied
    ]


def check_lines(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> list[str]:
    """Look at lines of one order and line number that files have with different values: changed, or numbered anew.

    Raises
    ------
    WorkbookError
        Lines were changed between two exports.
    """
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE changed AS
        WITH numbers AS (SELECT same, count(DISTINCT file) AS files FROM left_alike WHERE numbered GROUP BY same),
        contents AS (SELECT same, whole, count(DISTINCT file) AS files FROM left_alike WHERE numbered GROUP BY ALL)
        SELECT l.* FROM left_alike AS l JOIN numbers USING (same) JOIN contents AS c USING (same, whole)
        WHERE numbered AND numbers.files > 1 AND c.files < numbers.files"""
    )
    identity_columns = ", ".join(
        identifier(name) if name in stage.supplied else f"NULL AS {identifier(name)}" for name in CONTENT[:3]
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE pairs AS
        WITH before AS (SELECT *, lag((file, place, whole)) OVER (PARTITION BY same ORDER BY file, number) AS one
            FROM changed),
        in_common AS (SELECT DISTINCT lag(file) OVER (PARTITION BY same, whole ORDER BY file) AS one, file AS other
            FROM left_alike WHERE numbered),
        said AS (SELECT rowid AS place, {identity_columns} FROM {stage.rows})
        SELECT before.file, before.number, before.place, one[2] AS one_place, amount,
            a.order_date = b.order_date AND a.customer_id
            IS NOT DISTINCT FROM b.customer_id AND a.product_id IS NOT DISTINCT FROM b.product_id
            OR EXISTS (SELECT 1 FROM in_common AS i WHERE i.one = before.one[1] AND i.other = file) AS is_same
        FROM before JOIN said AS a ON a.place = one[2] JOIN said AS b ON b.place = before.place
        WHERE one[1] < file AND whole <> one[3]"""
    )
    first_pair = "min((file, number, place, one_place))"
    count, example = _fetch_row(connection, f"SELECT count(*), {first_pair} FROM pairs WHERE is_same")
    if count:
        raise conflict_question(connection, stage, mapped, count, example[3], example[2], numbered=True)
    count, amount, example = _fetch_row(connection, f"SELECT count(*), sum(amount), {first_pair} FROM pairs")
    if not count:
        return []
    second, first = (_describe_row(connection, stage, place)[0] for place in (example[2], example[3]))
    return [
        f"{rows_and_money(count, amount)} have the order and line number of a row in another file, and another day, "
        f"customer or product, as {second} and {first}: numbers start anew, and all count. If the later replaces the "
        f'earlier, write same_number = "last" under [tables.{stage.table}].'
    ]


def _fill_covered(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Fill ``covered``: which file speaks of which identity, and ``lines``, the lines without a number.

    A report whose months stand side by side speaks of each of them for all of whom it has a row, blank or not: so a
    value that became blank is a value that was changed.
    """
    day = "day" if mapped.unpivot is not None else "CAST(NULL AS DATE)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE lines AS SELECT file, number, place, content AS identity, {day} AS month, whole,"
        " amount FROM left_alike WHERE content IS NOT NULL"
    )
    months = "SELECT NULL AS month"
    if mapped.unpivot is not None:
        months = f"SELECT DISTINCT __file AS file, order_date AS month FROM {stage.rows} WHERE __problem = 0"
    join_condition = "USING (file)" if mapped.unpivot is not None else "ON true"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE covered AS SELECT identity, m.month, file FROM"
        f" (SELECT DISTINCT identity, file FROM lines) AS l JOIN ({months}) AS m {join_condition}"
    )


def check_values(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Stop where two files say different things of one identity, of lines without a number.

    A line more in one of two files that list documents is a line added; of months side by side it is a change too.

    Raises
    ------
    WorkbookError
        The message has an example, and how to say which counts.
    """
    _fill_covered(connection, stage, mapped)
    is_conflict = "bool_or(more > 0) AND bool_or(more < 0)"
    if mapped.unpivot is not None:
        is_conflict = "bool_or(more <> 0)"
    count, example = _fetch_row(
        connection,
        f"""WITH pairs AS (SELECT *, lag(file) OVER (PARTITION BY identity, month ORDER BY file) AS one FROM covered
            QUALIFY one IS NOT NULL),
        cells AS (SELECT p.identity, p.month, p.one, p.file AS other, l.whole,
            count(*) FILTER (l.file = p.one) - count(*) FILTER (l.file = p.file) AS more,
            min((number, place)) FILTER (l.file = p.one) AS ones,
            min((number, place)) FILTER (l.file = p.file) AS others
            FROM pairs AS p JOIN lines AS l ON l.identity = p.identity AND l.month IS NOT DISTINCT FROM p.month
            AND l.file IN (p.one, p.file) GROUP BY ALL),
        found AS (SELECT one, other, min(ones) FILTER (more > 0) AS ones, min(others) FILTER (more < 0) AS others
            FROM cells GROUP BY identity, month, one, other HAVING {is_conflict})
        SELECT count(*), min((other, one, others, ones)) FROM found""",
    )
    if count:
        second_file, first_file, second_row, first_row = example
        first, second = (pair and pair[1] for pair in (first_row, second_row))
        raise conflict_question(connection, stage, mapped, count, first, second, (first_file, second_file))


def supersede(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Set lines without a number aside that another file speaks of, which the map says counts."""
    _fill_covered(connection, stage, mapped)
    which = "max" if mapped.same_number == "last" else "min"
    connection.execute(
        f"""INSERT INTO duplicates
        WITH counts AS (SELECT identity, month, {which}(file) AS file FROM covered GROUP BY ALL)
        SELECT l.file, l.number, l.place, c.file, o.number FROM lines AS l
        JOIN counts AS c ON c.identity = l.identity AND c.month IS NOT DISTINCT FROM l.month AND c.file <> l.file
        LEFT JOIN (SELECT identity, month, file, min(number) AS number FROM lines GROUP BY ALL) AS o
            ON o.identity = c.identity AND o.month IS NOT DISTINCT FROM c.month AND o.file = c.file"""
    )
    connection.execute("DELETE FROM left_alike WHERE content IS NOT NULL")


def check_orders(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Look at orders that two overlapping files have with different lines, each some that the other has not.

    Looked at are the days of both files, so that an order delivered in parts is no changed one. Where the map says
    which file counts, the other's lines of such an order are set aside.

    Raises
    ------
    WorkbookError
        The map does not say which counts.
    """
    if "order_id" not in stage.supplied or stage.by_row or mapped.unpivot is not None:
        return
    supplied = [column.name for column in contracts.columns(stage.table) if column.name in stage.supplied]
    unnumbered = "line_no IS NULL" if "line_no" in supplied else "true"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE edited AS
        WITH pairs AS (SELECT DISTINCT least(__file, first_file) AS one, greatest(__file, first_file) AS other
            FROM duplicates WHERE __file <> first_file),
        days AS (SELECT __file AS file, min(order_date) AS since, max(order_date) AS until FROM {stage.name}
            WHERE __problem = 0 AND __file IN (SELECT unnest([one, other]) FROM pairs) GROUP BY 1),
        sides AS (SELECT p.*, unnest([one, other]) AS file, unnest([1, -1]) AS side,
            greatest(a.since, b.since) AS since, least(a.until, b.until) AS until
            FROM pairs AS p JOIN days AS a ON a.file = one JOIN days AS b ON b.file = other),
        said AS (SELECT one, other, since, until, order_id, hash({", ".join(map(identifier, supplied))}) AS content,
            sum(side) AS more, min({ROW}) AS row FROM {stage.name} JOIN sides ON __file = file
            WHERE __problem = 0 AND {unnumbered} AND order_date BETWEEN since AND until GROUP BY ALL)
        SELECT one, other, since, until, order_id, min(row) FILTER (more > 0) AS ones,
            min(row) FILTER (more < 0) AS others
        FROM said GROUP BY ALL HAVING ones IS NOT NULL AND others IS NOT NULL"""
    )
    count, example = _fetch_row(
        connection, "SELECT count(*), min((other, others, one, ones, order_id)) FROM edited"
    )
    if not count:
        return
    if mapped.same_number in ("first", "last") and stage.sound is None:
        superseded, counting = ("one", "other") if mapped.same_number == "last" else ("other", "one")
        connection.execute(
            f"INSERT INTO duplicates SELECT s.__file, s.{ROW}, s.rowid, e.{counting}, NULL FROM {stage.rows} AS s"
            f" JOIN edited AS e ON e.{superseded} = s.__file AND e.order_id = s.order_id WHERE s.__problem = 0"
            f" AND {unnumbered} AND s.order_date BETWEEN since AND until"
            " AND s.rowid NOT IN (SELECT place FROM duplicates)"
        )
        return
    second_file, second_row, first_file, first_row, order = example
    files = [stage.relations[number].name for number in (first_file, second_file)]
    remedy = f"say which counts: same_number = {_ANSWERS[False]}"
    if stage.sound is not None:
        remedy = 'leave the outdated file out of files, or write same_number = "all"'
    raise WorkbookError(
        f"Order {order} was changed between two exports: {files[0]} has data row {first_row}, which {files[1]} has not,"
        f" and that has data row {second_row}; so it is with {count} {'order' if count == 1 else 'orders'}. Under"
        f" [tables.{stage.table}] in workbook.toml, {remedy}."
    )


def check_records(connection: duckdb.DuckDBPyConnection, stage: Stage, mapped: TableMap) -> None:
    """Stop where files give one record of a table with a key different worth.

    Raises
    ------
    WorkbookError
        The message has an example, and how to say which counts.
    """
    count, example = _fetch_row(
        connection,
        """WITH known AS (SELECT same, min((file, number, place)) AS one, arg_min(content, (file, number)) AS content
           FROM left_alike GROUP BY same)
        SELECT count(*), min((file, number, place, one[3])) FROM left_alike AS l JOIN known USING (same)
        WHERE file <> one[1] AND l.content <> known.content""",
    )
    if count:
        raise conflict_question(connection, stage, mapped, count, example[3], example[2])


def conflict_question(
    connection: duckdb.DuckDBPyConnection,
    stage: Stage,
    mapped: TableMap,
    count: int,
    first: int | None,
    second: int | None,
    files: tuple[int, int] = (0, 0),
    *,
    numbered: bool = False,
) -> WorkbookError:
    """Ask which of two rows counts, by their places in staging, with both of them; None: blank in its file."""
    names = contracts.key_columns(stage.table)
    if stage.table == "order_lines":
        day = ["order_date"] if mapped.unpivot is not None else []
        names = (*line_identity(mapped, stage.supplied, stage.by_row), *day)
    descriptions, record, blank_note = [], "", ""
    for row, file in zip((first, second), files, strict=True):
        if row is None:
            blank_note = f" and is blank in {stage.relations[file].name}"
            continue
        location, cells = _describe_row(connection, stage, row)
        record = ", ".join(f"{name} {cells[name]}" for name in names if name in cells)
        if numbered:
            record = f"Line {cells['line_no']} of order {cells['order_id']}"
        shown = CONTENT[:4:3] + CONTENT[4:5] if stage.table == "order_lines" else worth_columns(stage)
        descriptions.append(
            f"{location} ({', '.join(_cell_text(name, cells) for name in shown if name in cells)})"
        )
    answers = _ANSWERS[numbered] if stage.table == "order_lines" else _RECORD_ANSWERS
    return WorkbookError(
        f"{record} stands in {' and in '.join(descriptions)}{blank_note}, with different values; so it is with {count} "
        f"{'line' if count == 1 else 'lines'}. Say which counts, under [tables.{stage.table}] in workbook.toml: "
        f"same_number = {answers}."
    )


def _cell_text(name: str, cells: dict[str, str]) -> str:
    return f"quantity {cells[name]}" if name == "quantity" else cells[name]


def _describe_row(
    connection: duckdb.DuckDBPyConnection, stage: Stage, row_id: int
) -> tuple[str, dict[str, str]]:
    """Say where a staged row comes from, and give its cells as a reader knows them."""
    columns = [column for column in contracts.columns(stage.table) if column.name in stage.supplied]
    listed = ", ".join(identifier(column.name) for column in columns)
    file, number, *values = connection.execute(
        f"SELECT __file, {ROW}, {listed} FROM {stage.rows} WHERE rowid = {row_id}"
    ).fetchall()[0]
    forms = {"money": ",.2f", "quantity": "f"}
    cells = {
        column.name: format(value, forms.get(column.kind, ""))
        for column, value in zip(columns, values, strict=True)
        if value is not None
    }
    return f"data row {number} of {stage.relations[file].name}", cells


def _fetch_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchall()[0]


def rows_and_money(count: int, amount: Decimal | None) -> str:
    """Say how many rows there are, and their money."""
    money = "" if amount is None else f" ({amount:,.2f})"
    return f"{count:,} {'row' if count == 1 else 'rows'}{money}"
