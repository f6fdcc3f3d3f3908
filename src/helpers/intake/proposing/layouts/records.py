"""Files of records: lines of several kinds, told by a code in their first field, or by which of two heads they fill."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from helpers.errors import WorkbookError
from helpers.intake.proposing.layouts.blocks import Block, Layout, blank, column_name
from helpers.intake.proposing.layouts.heads import is_date, is_number
from helpers.intake.proposing.layouts.parted import Parted

#: A code of a kind of record: ``H``, ``10``, ``TRNS``, and ``!TRNS`` before the names of its fields.
_CODE = re.compile(r"!?([A-Za-z][A-Za-z0-9_]{0,9}|[0-9]{1,3})")
_MOST_KINDS = 8
#: So many documents show how a file is laid out.
_DOCUMENTS = 2
_MESSAGE = re.compile(r"(UNA.{6}|UNB\+|ISA\W00)")
_CURE = (
    "Export the lines as a table with a head, and with the number, the day and the customer of its document on each; "
    "or each kind of record into a file of its own with a head: `workbook init` joins them by the document's number."
)


def refuse_records(rows: Sequence[Sequence[str]], name: str) -> None:
    """Stop at a file whose lines are records of several kinds: no head says what their fields are.

    Raises
    ------
    WorkbookError
        It is one; the message names the kinds.
    """
    filled = [row for row in rows if any(row)]
    if filled and _MESSAGE.match("".join(filled[0][:3])):
        raise WorkbookError(f"{name} is a message of EDI (EDIFACT or X12), no table. {_CURE}")
    codes = [_CODE.fullmatch(row[0]) for row in filled]
    if len(filled) < 4 or not all(codes):
        return
    counts = Counter(code[1] for code in codes if code)
    shapes: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for code, row in zip(codes, filled, strict=True):
        if code and not code[0].startswith("!"):
            shapes[code[1]][_shape(row)] += 1
    usual = {code: shapes[code].most_common(1)[0][0] for code, count in counts.items() if count > 1}
    if next(iter(counts)) not in usual or len(counts) > _MOST_KINDS or len({*usual.values()}) < 2:
        return
    kinds = ", ".join(f"{code}: {counts[code]} of {len(shape)} fields" for code, shape in usual.items())
    raise WorkbookError(
        f"{name} holds records of several kinds, by the first field of each line ({kinds}), no table. {_CURE}"
    )


def propose_lines_below_documents(layout: Layout, parted: Parted) -> None:
    """Carry the rows of documents down to those of their lines, where the first row of the head is of the one kind.

    A document has a day where its lines have none, and no amounts; its lines have amounts.
    """
    if layout.header_rows != 2 or layout.blocks:
        return
    upper, rows, lines = parted.above[-2], parted.rows, parted.of("line")
    documents = [place for place in lines if not any(rows[place][n] for n in parted.usual)]
    items = [place for place in lines if place not in {*documents}]
    columns = [n for n, cell in enumerate(upper) if cell and n not in parted.amounts]
    if (
        len(documents) < _DOCUMENTS
        or lines[0] != documents[0]
        or not all(set(parted.cells(place)) <= {*columns} for place in documents)
        or not all(any(is_date(rows[place][n]) for n in columns) for place in documents)
        or any(is_date(rows[place][n]) for place in items for n in columns)
    ):
        return
    own = [
        f"{column_name(parted, n)} IS NOT NULL" for n in columns if not any(rows[place][n] for place in items)
    ]
    where = " AND ".join([*own, *blank(parted, parted.usual[:3])])
    layout.blocks += [
        Block("headings", {"column": upper[n], "where": where, "value": column_name(parted, n)})
        for n in columns
    ]
    for place in documents:
        parted.kinds[place] = "heading"


def _shape(row: Sequence[str]) -> tuple[str, ...]:
    """Say of each field up to the last with something in it whether it is a number, a day, or a text."""
    width = max(place for place, cell in enumerate(row, 1) if cell)
    return tuple("number" if is_number(cell) else "day" if is_date(cell) else "text" for cell in row[:width])
