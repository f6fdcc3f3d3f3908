"""How a report laid out for people becomes a table: the settings that a map needs, found in the report's rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from helpers.errors import WorkbookError
from helpers.intake.layout.words import is_starred, is_statistic, total_pattern, total_word
from helpers.intake.proposing.layouts.blocks import Layout, blank, column_name, exclusion
from helpers.intake.proposing.layouts.document_rows import propose_document_rows
from helpers.intake.proposing.layouts.headings import propose_texts
from helpers.intake.proposing.layouts.heads import find_head, head_names, holds_below, is_head
from helpers.intake.proposing.layouts.months import propose_unpivot
from helpers.intake.proposing.layouts.parted import Parted, role_of
from helpers.intake.proposing.layouts.records import propose_lines_below_documents
from helpers.intake.proposing.layouts.rows_apart import part_rows
from helpers.intake.proposing.layouts.side_by_side import propose_side_by_side
from helpers.intake.proposing.synonyms import CUSTOMER_NAME_WORDS, plain
from helpers.intake.reading.sql import literal

#: So many columns that are blank together, in the few documents that have a second line, are those of its first.
_HEADER = 3


def find_layout(rows: Sequence[Sequence[str]], called: str) -> Layout:
    """Find where the table in a report is, and which of its rows are no data.

    Parameters
    ----------
    rows
        Cells as texts without blanks around them.
    called
        Names of the file and the sheet, which may say what the report is about.
    """
    first = next((place for place, row in enumerate(rows) if any(row)), 0)
    skip, header_rows = find_head(rows)
    names = head_names(called, rows, skip, header_rows)
    layout = Layout(skip, header_rows, names, first=first)
    width = len(names)
    body = [[*row[:width], *[""] * (width - len(row))] for row in rows[skip + header_rows :]]
    parted = part_rows(body, names, rows[: skip + header_rows])
    _refuse_another_below(parted, called)
    about = " ".join([called, *(cell for row in rows[:skip] for cell in row)])
    if parted.amounts:
        propose_side_by_side(layout, parted, called)
        propose_unpivot(layout, parted, about)
        propose_lines_below_documents(layout, parted)
        propose_document_rows(layout, parted)
        _propose_page_heads(layout, parted)
        propose_texts(layout, parted, about)
        _propose_totals(layout, parted)
        _propose_fill(layout, parted)
    layout.lines = frozenset(place + 1 for place in parted.of("line", "heading"))
    return layout


def _refuse_another_below(parted: Parted, called: str) -> None:
    """Stop at a table of other heads below the first: its columns mean something else.

    Raises
    ------
    WorkbookError
        There is one; the message names its heads.
    """
    for place in parted.of("line", "note", "text"):
        cells = [parted.rows[place][column] for column in parted.cells(place)]
        if len(cells) >= _HEADER and is_head(cells) and holds_below(parted.rows, place):
            raise WorkbookError(
                f"{called} has another table below the first, in data row {place + 1}, with other heads ("
                f"{', '.join(cells)}). Put each on a sheet, or into a file, of its own, and save."
            )


def _propose_page_heads(layout: Layout, parted: Parted) -> None:
    conditions = []
    for cells in dict.fromkeys(
        tuple((column, parted.rows[place][column]) for column in parted.cells(place))
        for place in parted.of("head")
    ):
        same = [f"{column_name(parted, column)} = {literal(text)}" for column, text in cells[:2]]
        free = [column for column in parted.lines if column not in dict(cells)]
        conditions.append(" AND ".join([*same, *(blank(parted, free[:2]) if len(cells) == 1 else [])]))
    if conditions:
        where = " OR ".join(f"({each})" for each in conditions) if len(conditions) > 1 else conditions[0]
        layout.blocks.append(exclusion("page_head", where, "the head of a page again"))


def _propose_totals(layout: Layout, parted: Parted) -> None:
    """Set totals aside: by the words in a column, where the columns that every line has are blank."""
    by_column: dict[int, list[int]] = {}
    starred = {
        column
        for column in parted.amounts
        if any(is_starred(parted.rows[p][column]) for p in parted.of("total"))
    }
    for column in sorted(starred):
        where = f"starts_with({column_name(parted, column)}, '*')"
        layout.blocks.append(exclusion("total", where, "a total of other rows, behind a star"))
    for place in parted.of("total"):
        cells = parted.cells(place)
        if any(is_starred(parted.rows[place][column]) for column in starred):
            continue
        worded = [column for column in cells if total_word(parted.rows[place][column]) == "exact"]
        worded += [column for column in cells if total_word(parted.rows[place][column])]
        worded += [column for column in cells if is_statistic(parted.rows[place][column])]
        by_column.setdefault(worded[0], []).append(place)
    for column, places in sorted(by_column.items()):
        free = [
            each
            for each in parted.lines
            if each != column and not any(parted.rows[place][each] for place in places)
        ]
        texts = list(dict.fromkeys(parted.rows[place][column] for place in places))
        where = _worded(column_name(parted, column), texts, bool(free))
        layout.blocks.append(
            exclusion("total", " AND ".join([where, *blank(parted, free[:3])]), "a total of other rows")
        )
    sums = parted.of("sum")
    if sums:
        free = [column for column in parted.lines if not any(parted.rows[place][column] for place in sums)]
        alike = [
            place for place in parted.of("line") if not any(parted.rows[place][column] for column in free)
        ]
        rows = ", ".join(str(place + 1) for place in sums)
        amounts = [column for column in parted.usual if all(parted.rows[place][column] for place in sums)][:1]
        named = [*blank(parted, free), *(f"{column_name(parted, column)} IS NOT NULL" for column in amounts)]
        where = f"__row IN ({rows})" if alike or not free else " AND ".join(named)
        layout.blocks.append(
            exclusion("total_without_word", where, "names nothing, and is the sum of other rows")
        )


def _worded(column: str, texts: Sequence[str], structured: bool) -> str:
    """Write the condition that a cell is one of some totals: a word alone, or one before or behind a name."""
    alone, parts = [], dict[str, None]()
    for text in texts:
        pattern = total_pattern(text) if structured and total_word(text) != "exact" else None
        if pattern is None:
            alone.append(text)
        else:
            kind, word = pattern
            like = literal(f"{word}%" if kind == "before" else f"%{word}")
            parts[f"{column} ILIKE {like}"] = None
    listed = ", ".join(map(literal, alone))
    conditions = [*([f"{column} IN ({listed})"] if alone else []), *parts]
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _propose_fill(layout: Layout, parted: Parted) -> None:
    """Fill the columns that stand on a document's first line only: whose blanks mean, as above."""
    lines = parted.of("line")
    others = [column for column in range(len(parted.names)) if column not in parted.amounts]
    rows = [parted.rows[place] for place in lines]

    def column_of(roles: Sequence[str], words: Sequence[str] = ()) -> int | None:
        return next(
            (n for n in others if (role_of(parted.names[n], roles) or plain(parted.names[n]) in words)
             and any(row[n] for row in rows)), None)  # fmt: skip

    if levels := _levels(parted, rows, others):
        layout.fill_down = [parted.names[n] for n in levels]
        return
    document = column_of(("order_id",))
    dated, customer = column_of(("order_date",)), column_of(("customer_id",), CUSTOMER_NAME_WORDS)
    blank = [n for n in (dated, customer) if n is not None and any(not row[n] for row in rows)]
    if customer in blank and dated is not None and _begins_anew(rows, customer, dated):
        document, dated, blank = None, None, [customer]  # each line is a document, below its customer
    anchor = document if document is not None else blank[0] if blank else None
    if anchor is None or not rows or not rows[0][anchor]:
        return
    documents: list[list[list[str]]] = []
    for row in rows:
        if row[anchor] and (document is None or not documents or row[anchor] != documents[-1][0][anchor]):
            documents.append([row])
        else:
            documents[-1].append(row)
    usual = [n for n in others if n in parted.lines and any(not row[n] for row in rows)]
    if (
        anchor not in usual
        or len(usual) < _HEADER
        or any(row[n] for row in rows if not row[anchor] for n in usual)
    ):
        usual = []  # a value that lacks here and there
    candidates = [n for n in others if n in usual or n not in parted.lines]
    filled = [n for n in candidates if _is_first_line_only(documents, n)]
    differs = any(
        row[n] and row[n] != each[0][n]
        for each in documents for row in each[1:] if not row[anchor] for n in (dated, customer)
        if n is not None
    )  # fmt: skip
    if filled and not differs:
        layout.fill_down = [parted.names[n] for n in filled]
        layout.fill_within = parted.names[anchor]


def _levels(parted: Parted, rows: Sequence[Sequence[str]], others: Sequence[int]) -> list[int]:
    """List the columns of a pivot table whose blanks mean, as above: seller, customer, document from left to right.

    Each row is blank in the outer of them and filled in the inner ones. What the outermost holds stands there once, and
    those of some level are in the order of their letters or have days that begin anew: else a row without one may be
    nobody's.
    """
    levels: list[int] = []
    for n in others:
        if (
            rows
            and rows[0][n]
            and not all(row[n] for row in rows)
            and not any(row[levels[-1]] and not row[n] for row in rows if levels)
        ):
            levels.append(n)
    if len(levels) < 2 or role_of(parted.names[levels[0]], ("order_id",)):
        return []
    dated = next((n for n in others if role_of(parted.names[n], ("order_date",))), None)
    days = [row for row in rows if dated is not None and row[dated]]
    named: dict[int, str] = {}
    groups: dict[int, list[tuple[str, ...]]] = {n: [] for n in levels}
    for row in rows:
        named |= {n: row[n] for n in levels if row[n]}
        for depth, n in enumerate(levels, 1):
            groups[n] += [tuple(named[each] for each in levels[:depth])] if row[n] else []
    once = [n for n, each in groups.items() if 2 <= len({*each}) == len(each)]
    sure = any(
        (len(groups[n]) > 2 and all(a[:-1] != b[:-1] or a < b for a, b in pairwise(groups[n])))
        or (dated is not None and _begins_anew(days, n, dated))
        for n in once if n != dated and not role_of(parted.names[n], ("order_id",))
    )  # fmt: skip
    return levels if levels[0] in once and sure else []


def _begins_anew(rows: Sequence[Sequence[str]], customer: int, dated: int) -> bool:
    """Whether each customer stands there once, above lines whose days begin anew with each: a list of what is owed.

    Sales in the order of their days of which some name no customer are nobody's, and stay so.
    """
    named = [row[customer] for row in rows if row[customer]]
    days = [[int(number) for number in re.findall("[0-9]+", row[dated])][:3] for row in rows]
    if not rows[0][customer] or len({*named}) < len(named) or {*map(len, days)} != {3}:
        return False
    readings = [days, [each[::-1] for each in days], [[year, month, day] for month, day, year in days]]
    back = [
        [place for place in range(1, len(rows)) if reading[place] < reading[place - 1]]
        for reading in readings
    ]
    return min(map(len, back)) > 1 and any(all(rows[place][customer] for place in each) for each in back)


def _is_first_line_only(documents: Sequence[Sequence[Sequence[str]]], column: int) -> bool:
    """Whether a column stands on the first line of documents and is blank, or says the same, on the others."""
    rest = [(each[0][column], row[column]) for each in documents for row in each[1:]]
    blank = sum(bool(first) and not cell for first, cell in rest)
    headed = sum(bool(each[0][column]) for each in documents)
    return (
        blank > 0 and 2 * headed >= len(documents) and all(not cell or cell == first for first, cell in rest)
    )
