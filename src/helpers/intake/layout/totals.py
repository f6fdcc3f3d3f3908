"""Totals and page heads among the rows of a table whose map does not speak of them: they must not be sales.

A row that is called a total and is the sum of the rows above it is set aside and said; one that may be a total stops
the run, with the line of the map that settles it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning.problems import Problem
from helpers.intake.cleaning.staging import Stage
from helpers.intake.cleaning.verdicts import location
from helpers.intake.layout.words import spellings, total_word
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import Connection, identifier, literal
from helpers.settings.source import TableMap

#: A sum of so few rows may come about by chance, where no word says that it is one.
_LEAST_SUMMED = 3
#: So many groups must have such a line for it to be no chance.
_NEARLY_ALL = 0.8
#: So many rows, the first, tell how a table is.
_MOST_ROWS = 200_000
#: Where more rows lack their customer or product, that is how the table is, and no sign of a total.
_MOST_CANDIDATES = 2_000
_MOST_ASIDE = 20_000
_TOLERANCE = Decimal("0.011")
_TOTAL = Problem("excluded", "total_row", "is called {} and is the sum of other rows: it is no sale.")
_AGAIN = Problem("excluded", "repeated_head", "repeats the names of the columns: the head of a page.")


@dataclass(frozen=True)
class _Row:
    file: int
    row: int
    column: str
    text: str | None
    summed: int
    """Rows whose sum the row is; 0 where it is none."""


def check_totals(connection: Connection, stage: Stage, mapped: TableMap) -> None:
    """Set aside what is a total or a page's head for certain, and stop at what may be a total.

    Raises
    ------
    WorkbookError
        The message names file, row and text, and the line for the map.
    """
    _set_aside_heads(connection, stage)
    amount = contracts.AMOUNT.get(stage.table)
    ids = [
        column.name
        for column in contracts.columns(stage.table)
        if column.kind == "id" and column.name in stage.supplied
    ]
    if amount is None or amount not in stage.supplied or not ids:
        return
    number = 0
    for found in _called_totals(connection, stage, mapped, ids):
        if not found.summed:
            raise _asked(stage, mapped, found)
        number = number or stage.number(_TOTAL)
        connection.execute(
            f"UPDATE {stage.rows} SET __problem = {number}, __value = {literal(found.text or '')}, "
            f"__raw = coalesce(__raw, {literal(json.dumps({found.column: found.text}, ensure_ascii=False))}) "
            f"WHERE __file = {found.file} AND {ROW} = {found.row} "
            f"AND {identifier(found.column)} = {literal(found.text or '')}"
        )
    for found in _nameless_sums(connection, stage, mapped, ids):
        raise _asked(stage, mapped, found)
    if stage.table == "order_lines" and mapped.unpivot is None and "*" not in mapped.not_totals:
        _check_groups(connection, stage)


def _set_aside_heads(connection: Connection, stage: Stage) -> None:
    """Set aside rows that say the names of the columns again, and were set aside as values that cannot be read."""
    broken = [n for n, problem in enumerate(stage.problems, 1) if problem.status == "quarantined"]
    if not broken:
        return
    rows = connection.execute(
        f"SELECT __file, {ROW}, __raw FROM {stage.name} WHERE __problem IN ({', '.join(map(str, broken))}) "
        f"AND __raw IS NOT NULL LIMIT {_MOST_ASIDE}"
    ).fetchall()
    again = [(file, row) for file, row, raw in rows if raw.startswith("{") and _is_head(json.loads(raw))]
    for file, row in again:
        number = stage.number(_AGAIN)
        connection.execute(
            f"UPDATE {stage.rows} SET __problem = {number} WHERE __file = {file} AND {ROW} = {row}"
        )


def _is_head(cells: dict[str, object]) -> bool:
    filled = {name: str(cell).strip() for name, cell in cells.items() if cell not in (None, "")}
    return len(filled) > 1 and all(
        cell.lower() in (name.lower(), name.rsplit("/", 1)[-1].lower(), name.rsplit(" (", 1)[0].lower())
        for name, cell in filled.items()
    )


def _called_totals(connection: Connection, stage: Stage, mapped: TableMap, ids: list[str]) -> Iterator[_Row]:
    """Find kept rows one of whose ids is the word of a total, and which say nothing else that a line says."""
    words = ", ".join(map(literal, spellings()))
    called = " OR ".join(f"{identifier(name)} IN (SELECT word FROM words)" for name in ids)
    rows = connection.execute(
        f"WITH words(word) AS MATERIALIZED (SELECT unnest([{words}])) "
        f"SELECT __file, {ROW}, {', '.join(map(identifier, ids))} FROM {stage.name} WHERE __problem = 0 AND ({called}) "
        f"ORDER BY __file, {ROW} LIMIT {_MOST_CANDIDATES}"
    ).fetchall()
    candidates = []
    for file, row, *texts in rows:
        cells = dict(zip(ids, texts, strict=True))
        column = next(name for name, text in cells.items() if text and total_word(text) == "exact")
        named = cells[column] in mapped.not_totals
        # A customer may be called so: then the line has its product, or its number, as others have.
        whole = (
            column == "customer_id" and cells.get("product_id") and total_word(cells["product_id"]) is None
        )
        if not named and not whole:
            candidates.append((file, row, column, cells[column]))
    yield from _summed(connection, stage, mapped, candidates)


def _nameless_sums(connection: Connection, stage: Stage, mapped: TableMap, ids: list[str]) -> Iterator[_Row]:
    """Find kept rows without customer or product that are the sum of the rows above them, or of those below."""
    for column in ("customer_id", "product_id"):
        if column not in ids:
            continue
        rows = connection.execute(
            f"SELECT __file, {ROW} FROM {stage.name} WHERE __problem = 0 AND {identifier(column)} IS NULL "
            f"GROUP BY 1, 2 ORDER BY 1, 2 LIMIT {_MOST_CANDIDATES + 1}"
        ).fetchall()
        every = connection.execute(f"SELECT count(*) FROM {stage.name} WHERE __problem = 0").fetchone() or (
            0,
        )
        if not rows or len(rows) > min(_MOST_CANDIDATES, every[0] / 4):
            continue
        found = _summed(connection, stage, mapped, [(file, row, column, None) for file, row in rows])
        yield from (each for each in found if each.summed >= _LEAST_SUMMED)


def _check_groups(connection: Connection, stage: Stage) -> None:
    """Stop where a line of each order, or of each customer, is the sum of its others: a total, or a set and its parts.

    Of customers only lines without article are looked at.
    """
    for name, of, met in (("order_id", "order", "true"), ("customer_id", "customer", "product_id IS NULL")):
        if not {name, "order_id" if met == "true" else "product_id"} <= stage.supplied:
            continue
        same = f"PARTITION BY __file, {identifier(name)}"
        groups, sums, example = connection.execute(
            f"""SELECT count(*), count(line), min(line) FROM (
                SELECT min((__file, {ROW})) FILTER (WHERE {met} AND 2 * __amount = whole) AS line FROM (
                    SELECT *, sum(__amount) OVER same AS whole, count(*) OVER same AS lines
                    FROM (FROM {stage.name} WHERE __problem = 0 LIMIT {_MOST_ROWS}) WINDOW same AS ({same}))
                WHERE lines > 2 AND whole > 0 GROUP BY __file, {identifier(name)})"""
        ).fetchall()[0]
        if sums >= _LEAST_SUMMED and sums >= _NEARLY_ALL * groups:
            raise WorkbookError(
                f"In {sums} of {groups} {of}s of three lines or more one line is the sum of the others, such as "
                f"{location(stage, *example)}: it seems to be their total, or a set whose parts follow, and its money "
                f"would count twice. Exclude such lines under [tables.{stage.table}] in workbook.toml: exclude = "
                '[{rule = "total", where = "...", because = "a total"}]; if they are sales, write not_totals = ["*"].'
            )


def _summed(
    connection: Connection, stage: Stage, mapped: TableMap, candidates: list[tuple[int, int, str, str | None]]
) -> Iterator[_Row]:
    """Hold candidates against the sums of the rows above, since the start or another of them, and of all below."""
    if not candidates:
        return
    listed = ", ".join(f"({file}, {row})" for file, row, _, _ in candidates)
    part = ", order_date" if mapped.unpivot is not None and "order_date" in stage.supplied else ""
    quantity = "quantity" if "quantity" in stage.supplied and mapped.unpivot is None else "NULL"
    over = f"OVER (PARTITION BY __file{part} ORDER BY {ROW} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    whole = f"OVER (PARTITION BY __file{part})"
    line = f"CASE WHEN (__file, {ROW}) NOT IN ({listed}) THEN"
    rows = connection.execute(
        f"SELECT * FROM (SELECT __file, {ROW}, __amount, {quantity}, coalesce(sum({line} __amount END) {over}, 0), "
        f"coalesce(sum({line} {quantity} END) {over}, 0), coalesce(count({line} 1 END) {over}, 0), "
        f"coalesce(sum({line} __amount END) {whole}, 0), coalesce(count({line} 1 END) {whole}, 0){part} "
        f"FROM {stage.name} WHERE __problem = 0) WHERE (__file, {ROW}) IN ({listed}) ORDER BY __file, {ROW}"
    ).fetchall()
    kept: dict[tuple[int, int], list[int]] = {}
    boundaries: dict[tuple[object, ...], list[tuple[Decimal, Decimal, int]]] = {}
    for file, row, amount, pieces, above, pieces_above, count, every, every_count, *day in rows:
        before = boundaries.setdefault((file, *day), [(Decimal(0), Decimal(0), 0)])
        summed = 0
        for then, pieces_then, count_then in before:
            same = amount is not None and abs(above - then - amount) < _TOLERANCE
            counted = pieces is None or pieces in (1, pieces_above - pieces_then)
            if amount and same and counted and count > count_then:
                summed = max(summed, count - count_then)
        if amount and abs(every - above - amount) < _TOLERANCE and every_count - count > 1:
            summed = max(summed, every_count - count)
        before.append((above, pieces_above, count))
        kept.setdefault((file, row), []).append(summed)
    for file, row, column, text in candidates:
        found = kept.get((file, row), [0])
        yield _Row(file, row, column, text, min(found))


def _asked(stage: Stage, mapped: TableMap, found: _Row) -> WorkbookError:
    source = identifier(mapped.names_of(found.column)[0] if found.column in mapped.columns else found.column)
    where = f"{location(stage, found.file, found.row)}, column {found.column}"
    if found.text is None:
        said = f"{where} is blank, and the amount is the sum of {found.summed} other rows: it seems to be a total"
        condition, other = f"{source} IS NULL", ""
    else:
        said = f"{where} is '{found.text}', which reads as a total, but the amount is not the sum of the rows above it"
        condition = f"{source} = {literal(found.text)}"
        other = f" If it is a name, write not_totals = {json.dumps([found.text], ensure_ascii=False)} there."
    block = json.dumps(condition, ensure_ascii=False)
    return WorkbookError(
        f"{said}. Its money would count twice. If it is one, write under [tables.{stage.table}] in workbook.toml: "
        f'exclude = [{{rule = "total", where = {block}, because = "a total", as_read = true}}].{other} '
        "`workbook init` proposes such lines."
    )
