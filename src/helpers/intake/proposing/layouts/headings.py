"""Texts between the rows of a report: headings, carried down to their lines, and notes and signatures, set aside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from helpers.intake.layout.words import total_word
from helpers.intake.proposing.layouts.blocks import Block, Layout, blank, column_name, exclusion
from helpers.intake.proposing.layouts.heads import is_time
from helpers.intake.proposing.layouts.parted import Parted, role_of
from helpers.intake.proposing.layouts.rows_apart import GROUP, is_footer
from helpers.intake.proposing.synonyms import CREDITS, CUSTOMER_NAME_WORDS, plain
from helpers.intake.reading.sql import literal

_CUSTOMERS = re.compile(
    r"(?i)customer|client|kund|debtor|buyer|\bparty\b|dealer|account|cliente|klant|客户|往来|购货|得意先|顧客|経销"
)


#: What a heading names before it: ``Customer: Brookfield``, or far before it, as in the lists of SAP.
_LABEL = re.compile(r"([^:：]{1,30}?)(?:\s*[:：]\s*|\s{3,})(\S.*)")


def propose_texts(layout: Layout, parted: Parted, about: str) -> None:
    """Carry headings down to the lines below them, and set aside what else has no amounts."""
    texts, notes, lines = parted.of("text"), parted.of("note"), parted.of("line")
    if not lines:
        return
    _sections(layout, parted)
    _headings(layout, parted, about)
    headings = [block for block in layout.blocks if block.key == "headings"]
    within = [place for place in texts if place < lines[-1]]
    if headings:
        footers = [place for place in within if parted.kinds[place] == "text"]
        column_texts: dict[int, dict[str, None]] = {}
        for place in footers:
            column = parted.cells(place)[0]
            column_texts.setdefault(column, {})[_general(parted.rows[place][column])] = None
        for column, patterns in column_texts.items():
            where = f"regexp_full_match({column_name(parted, column)}, {literal('|'.join(patterns))})"
            free = [each for each in [*parted.lines, *parted.usual] if each != column][:2]
            where = " AND ".join([where, *blank(parted, free)])
            layout.blocks.insert(0, exclusion("footer", where, "a line of the page, not of the table"))
        return
    free = [
        column for column in parted.lines if not any(parted.rows[place][column] for place in [*texts, *notes])
    ]
    usual = [
        column for column in parted.usual if not any(parted.rows[place][column] for place in [*texts, *notes])
    ]
    empty = blank(parted, [*free[:3], *usual[:3]])
    document = next((place for place, name in enumerate(parted.names) if role_of(name, ("order_id",))), None)
    if document is not None:
        _notes_in_numbers(layout, parted, document, texts)
        texts = [place for place in texts if parted.kinds[place] == "text"]
    plain_texts = [place for place in texts if document is None or not parted.rows[place][document]]
    if plain_texts:
        more = [] if document is None or document in parted.lines[:3] else blank(parted, [document])
        layout.blocks.append(
            exclusion(
                "no_line", " AND ".join([*empty, *more]), "has neither amounts nor what a line is about"
            )
        )
    if notes or len(plain_texts) < len(texts):
        layout.blocks.append(
            exclusion(
                "note",
                " AND ".join(empty),
                "a note: it has neither amounts nor what a line is about",
                as_read=False,
            )
        )


def _sections(layout: Layout, parted: Parted) -> None:
    """Name the parts of a sheet whose titles stand above the head again, where one of them holds what came back."""
    titles = [
        place
        for place in parted.of("text")
        if len(parted.cells(place)) == 1
        and parted.kinds[
            next((n for n in range(place + 1, len(parted.rows)) if parted.kinds[n] != "blank"), place)
        ]
        == "head"
    ]
    texts = {place: parted.rows[place][parted.cells(place)[0]] for place in titles}
    if not any(CREDITS.search(text) for text in texts.values()):
        return
    column = parted.cells(titles[0])[0]
    cell = column_name(parted, column)
    block = _heading(
        parted, "Section", column, cell, f"{cell} IN ({', '.join(map(literal, texts.values()))})"
    )
    block.values["first"] = next((cell for row in parted.above for cell in row if cell), "")
    layout.blocks.append(block)
    for place in titles:
        parted.kinds[place] = "heading"


def _notes_in_numbers(layout: Layout, parted: Parted, document: int, texts: Sequence[int]) -> None:
    """Set notes aside that stand in the column of document numbers: below them still comes the document above."""
    numbers = {parted.rows[place][document] for place in parted.of("line")} - {""}
    for differs, sql in ((lambda text: " " in text, "contains({}, ' ')"),
                         (lambda text: not re.search("[0-9]", text), "NOT regexp_matches({}, '[0-9]')")):  # fmt: skip
        found = [p for p in texts if parted.kinds[p] == "text" and parted.cells(p) == [document]
                 and differs(parted.rows[p][document])]  # fmt: skip
        if not found or any(map(differs, numbers)):
            continue
        free = [each for each in [*parted.lines, *parted.usual] if each != document][:4]
        where = " AND ".join([sql.format(column_name(parted, document)), *blank(parted, free)])
        layout.blocks.append(exclusion("note", where, "a note below a document: it is no document's number"))
        for place in found:
            parted.kinds[place] = "note"


def _general(text: str) -> str:
    """Write the pattern of a text in which numbers may differ."""
    return re.sub(r"[0-9]+", "[0-9]+", re.escape(text).replace("\\ ", " "))


def _headings(layout: Layout, parted: Parted, about: str) -> None:
    """Propose what headings name as columns, where the lines themselves do not say it, and mark the headings so."""
    lines = parted.of("line")
    found = _heading_columns(parted)
    texts = [
        place for place in parted.of("text", "headed_sum")
        if place < lines[-1] and not all(is_footer(parted.rows[place][c]) for c in parted.cells(place))
    ]  # fmt: skip
    blocks = _labelled(parted, texts)
    # What is the sum of the lines below it is a heading, wherever it stands.
    doubtful = [place for place in texts if parted.kinds[place] == "text"]
    asides = [] if blocks else _asides(layout, parted, doubtful, found)
    texts = [place for place in texts if place not in asides]
    if not blocks and found and (name := _unlabelled_name(layout, parted, texts, found[-1], about)):
        for column in found:
            called = name if column == found[-1] else "Group"
            standing = [place for place in texts if parted.rows[place][column]]
            value = column_name(parted, column)
            if all(GROUP.search(parted.rows[place][column]) for place in standing):
                value = f"regexp_replace(trim({value}), ' [(][0-9]+[)]$', '')"
            blocks.append(_heading(parted, called, column, value, rows=standing))
        for place in texts:
            if set(parted.cells(place)) & set(found):
                parted.kinds[place] = "heading"
        if asides:
            layout.blocks.append(_aside(parted, asides))
            for place in asides:
                parted.kinds[place] = "note"
    for place in parted.of("headed_sum"):
        parted.kinds[place] = "sum"
    layout.blocks += blocks


def _asides(layout: Layout, parted: Parted, texts: Sequence[int], columns: Sequence[int]) -> set[int]:
    """List the texts among headings that are none: not named by a total, where totals name the headings.

    Without such totals, a heading stands where a group ends, and none of them stands there again.
    """
    chosen = [place for place in texts if set(parted.cells(place)) & set(columns)]
    said = {
        place: next(parted.rows[place][c] for c in parted.cells(place) if c in columns) for place in chosen
    }
    totals = " | ".join(
        cell for place in parted.of("total") for cell in parted.rows[place] if total_word(cell) == "part"
    )
    named = {place for place in chosen if said[place] in totals}
    inner = {
        place
        for place in chosen
        if place + 1 < len(parted.rows) and parted.kinds[_next(parted, place)] == "line"
    }
    if (
        2 * len({said[place] for place in named}) >= len({said[place] for place in inner - named}) > 0
        or named >= inner
    ):
        return inner - named
    behind = {place for place in inner if parted.kinds[_previous(parted, place)] == "line"}
    if len(behind) < len(inner) - 1:
        return behind
    again = [text for text, count in Counter(said[place] for place in inner).items() if count > 1]
    if again:
        layout.questions["column"] = (
            f'"customer_id" if each row above its lines names a customer, also {again[0]!r}, which stands there '
            f"{sum(said[place] == again[0] for place in inner)} times; another name if not"
        )
    return set()


def _next(parted: Parted, place: int) -> int:
    """Find the next row that has something in it and is of no page."""
    return next((n for n in range(place + 1, len(parted.rows)) if not _is_of_page(parted, n)), place)


def _previous(parted: Parted, place: int) -> int:
    return next((n for n in range(place - 1, -1, -1) if not _is_of_page(parted, n)), place)


def _is_of_page(parted: Parted, place: int) -> bool:
    return parted.kinds[place] in ("blank", "head") or (
        parted.kinds[place] == "text"
        and all(is_footer(parted.rows[place][column]) for column in parted.cells(place))
    )


def _aside(parted: Parted, places: Collection[int]) -> Block:
    """Set texts aside that stand among headings and are none."""
    by_column: dict[int, dict[str, None]] = {}
    for place in sorted(places):
        column = parted.cells(place)[0]
        by_column.setdefault(column, {})[parted.rows[place][column]] = None
    conditions = []
    for column, texts in by_column.items():
        free = [each for each in [*parted.lines, *parted.usual] if each != column][:2]
        listed = ", ".join(map(literal, texts))
        conditions.append(
            " AND ".join([f"{column_name(parted, column)} IN ({listed})", *blank(parted, free)])
        )
    where = conditions[0] if len(conditions) == 1 else " OR ".join(f"({each})" for each in conditions)
    return exclusion("note", where, "a note among the lines: no heading")


def _heading(
    parted: Parted, name: str, column: int, value: str, where: str = "", rows: Sequence[int] = ()
) -> Block:
    free = [
        each
        for columns in (parted.lines, parted.usual)
        for each in columns
        if each != column and not any(parted.rows[place][each] for place in rows)
    ]
    empty = [
        *[each for each in free if each in parted.lines][:3],
        *[each for each in free if each in parted.usual][:2],
    ]
    where = where or f"{column_name(parted, column)} IS NOT NULL"
    return Block(
        "headings", {"column": name, "where": " AND ".join([where, *blank(parted, empty)]), "value": value}
    )


def _labelled(parted: Parted, texts: Sequence[int]) -> list[Block]:
    """Headings that say what they name: ``Customer: Brookfield`` in one cell, or the name beside ``Customer``."""
    in_one: dict[tuple[int, str], list[int]] = {}
    in_two: dict[tuple[int, int, str], list[int]] = {}
    for place in texts:
        cells = parted.cells(place)
        text = parted.rows[place][cells[0]]
        label = _LABEL.match(text)
        if len(cells) == 1 and label:
            in_one.setdefault((cells[0], label[1]), []).append(place)
        elif len(cells) == 2:
            in_two.setdefault((cells[0], cells[1], text.strip(":： ")), []).append(place)
    first = parted.of("line")[0]
    blocks: list[Block] = []
    marked: list[int] = []
    above = {
        label[1]: label[2]
        for row in parted.above
        for cell in row
        if (label := _LABEL.match(cell)) is not None
    }
    for (column, name), places in in_one.items():
        if name in above or (len(places) > 1 and places[0] < first):
            cell = column_name(parted, column)
            start = literal(f"^{re.escape(name)}( *[:：] *| {{3,}})")
            value = f"trim(regexp_replace({cell}, {start}, ''))"
            block = _heading(parted, name, column, value, f"regexp_matches({cell}, {start})")
            if name in above and places[0] >= first:  # what the first lines belong to stands above the head
                block.values["first"] = above[name]
            blocks.append(block)
            marked += places
    beside_above = {
        (columns[0], columns[1], row[columns[0]].strip(":： ")): row[columns[1]]
        for row in parted.above
        if len(columns := [n for n, cell in enumerate(row) if cell]) == 2
    }
    for key, places in in_two.items():
        column, beside, name = key
        if key in beside_above or (len(places) > 1 and places[0] < first):
            where = f"trim({column_name(parted, column)}, ':： ') = {literal(name)}"
            block = _heading_beside(parted, name, column, beside, where)
            if key in beside_above and places[0] >= first:
                block.values["first"] = beside_above[key]
            blocks.append(block)
            marked += places
    for place in marked:
        parted.kinds[place] = "heading"
    return blocks


def _heading_beside(parted: Parted, name: str, column: int, beside: int, where: str) -> Block:
    empty = [each for each in [*parted.lines[:3], *parted.usual[:2]] if each not in (column, beside)]
    where = " AND ".join([where, *blank(parted, empty)])
    return Block("headings", {"column": name, "where": where, "value": column_name(parted, beside)})


def _unlabelled_name(
    layout: Layout, parted: Parted, texts: Sequence[int], column: int, about: str
) -> str | None:
    """Name the column of headings that do not say what they name; None where the lines lack nothing."""
    lines = parted.of("line")
    values = list(dict.fromkeys(parted.rows[place][column] for place in texts if parted.rows[place][column]))

    def has(names: Sequence[str], words: Sequence[str] = ()) -> bool:
        return any(
            (role_of(name, names) or plain(name) in words) and any(parted.rows[place][n] for place in lines)
            for n, name in enumerate(parted.names)
        )

    if all(map(is_time, values)):
        return None if has(("order_date",)) else "Date"
    if has(("customer_id",), CUSTOMER_NAME_WORDS):
        return None
    empty = next(
        (
            name
            for name in parted.names
            if role_of(name, ("customer_id",)) or plain(name) in CUSTOMER_NAME_WORDS
        ),
        None,
    )
    own = empty or parted.names[column]
    if "column" not in layout.questions and (
        role_of(own, ("customer_id",)) or plain(own) in CUSTOMER_NAME_WORDS
    ):
        return own
    if "column" in layout.questions:
        return "?"
    if _CUSTOMERS.search(about):
        return "Customer"
    shown = ", ".join(repr(value) for value in values[:3])
    layout.questions["column"] = (
        f'"customer_id" if the rows above their lines ({shown}) name customers, or another name if not'
    )
    return "?"


def _heading_columns(parted: Parted) -> list[int]:
    """List the columns whose texts stand alone in rows above lines and name what these belong to.

    The first line must have such a heading above it: notes between lines do not begin a table.
    """
    lines = parted.of("line")
    texts = [
        place
        for place in parted.of("text", "headed_sum")
        if not all(is_footer(parted.rows[place][c]) for c in parted.cells(place))
    ]
    if not lines or not texts:
        return []
    above = [place for place in texts if place < lines[0]]
    last_line = lines[-1]
    counted = Counter(column for place in texts if place < last_line for column in parted.cells(place))
    first = {column for place in above for column in parted.cells(place)}
    first -= set(parted.amounts)
    return sorted(column for column in counted if column in first)
