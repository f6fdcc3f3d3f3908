"""Files of records: lines of several kinds, told by a code in their first field, as ERPs and EDI exchange them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from helpers.errors import WorkbookError
from helpers.intake.proposing.layouts.heads import is_date, is_number

#: A code of a kind of record: ``H``, ``10``, ``TRNS``, and ``!TRNS`` before the names of its fields.
_CODE = re.compile(r"!?([A-Za-z][A-Za-z0-9_]{0,9}|[0-9]{1,3})")
_MOST_KINDS = 8
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


def _shape(row: Sequence[str]) -> tuple[str, ...]:
    """Say of each field up to the last with something in it whether it is a number, a day, or a text."""
    width = max(place for place, cell in enumerate(row, 1) if cell)
    return tuple("number" if is_number(cell) else "day" if is_date(cell) else "text" for cell in row[:width])
