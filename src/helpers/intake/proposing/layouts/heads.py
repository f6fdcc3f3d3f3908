"""Where the head of a table stands in a report: among the first rows, below titles, in one row or more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from helpers.intake.cleaning.losses import COMMA, POINT
from helpers.intake.layout.periods import period_of
from helpers.intake.layout.rows import header_of
from helpers.intake.proposing.synonyms import COLUMN_WORDS, CUSTOMER_NAME_WORDS, ROLES, plain
from helpers.intake.values.moments import in_ascii, in_english

#: The head is looked for in so many rows from the first that has something in it.
_ROWS = 40
_ENOUGH_KNOWN = 2
#: The same cells are looked at again and again: to find the head, the amounts, the totals.
_CACHE_SIZE = 100_000
_DATE = re.compile(
    r"(?:19|20|民[国國]1)\d\d[-/年]\s?\d{1,2}([-/月]\s?\d{1,2}日?)?(月)?([T ].*)?|"
    r"\d{4}\. ?\d{1,2}\. ?\d{1,2}\.?([T ].*)?|"
    r"\d{1,2}(?:[-/.]|\. )\d{1,2}(?:[-/.]|\. )\d{2,4}\.?( .*)?|"
    r"\d{1,2}(?:er|º)?[-/. ]+(?:de )?[^\W\d_]{3,10}\.?[-/, ]+(?:del? )?\d{2,4}( .*)?|"
    r"[^\W\d_]{3,10}\.? \d{1,2}, ?\d{4}( .*)?"
)
_NUMBER = re.compile(
    r"[^\w(+\-\u2212]{0,3}(?:[A-Z]{2,3}[ $])?\s*[-+(\u2212]?\s*[^\w\s(+\-]{0,3}\s*\d[\d.,'\u2019 \u00a0\u202f]*"
    r"\)?\s*[-\u2212]?\s*(?:%|[^\W\d]{1,5}\.?|[^\w\s]{1,2})?\)?"
)
_MARKS = re.compile(r"[^\d.,()\-\u2212]")
#: A day within a text, as RE2 finds it, and its form: ``Invoice 12 of 05.01.2026``, ``Реализация 12 от 05.01.2026``.
DAYS_WITHIN = {
    "[0-9]{1,2}[.][0-9]{1,2}[.]20[0-9]{2}": "%d.%m.%Y",
    "20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}": "%Y-%m-%d",
    "20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日": "%Y年%m月%d日",
}


@lru_cache(_CACHE_SIZE)
def is_date(text: str) -> bool:
    """Whether a cell reads as a day or a month."""
    plain = text if text.isascii() else in_english(in_ascii(text))
    return _DATE.fullmatch(plain) is not None


def is_time(text: str) -> bool:
    """Whether a cell reads as a day, or as a month or another time of a year, and says nothing else."""
    period = period_of(text)
    return is_date(text) or (period is not None and period.year is not None and not period.rest)


@lru_cache(_CACHE_SIZE)
def is_number(text: str) -> bool:
    """Whether a cell reads as a number, with whatever mark or unit beside it."""
    return _NUMBER.fullmatch(in_ascii(text)) is not None and not is_date(text)


def decimal_mark(texts: Sequence[str]) -> str:
    """Return which of point and comma stands before the decimals, as far as the numbers do."""
    bare = [_MARKS.sub("", in_ascii(text)) for text in texts]
    return (
        ","
        if any(COMMA.fullmatch(each) for each in bare) and not any(POINT.fullmatch(each) for each in bare)
        else "."
    )


@lru_cache(_CACHE_SIZE)
def amount(text: str, mark: str) -> Decimal | None:
    """Return the number in a cell, for comparing sums; None where there is none."""
    if not is_number(text):
        return None
    bare = _MARKS.sub("", in_ascii(text))
    minus = bare.startswith(("-", "\u2212", "(")) or bare.endswith(("-", "\u2212"))
    digits = re.sub(r"[()\-\u2212]", "", bare).replace("," if mark == "." else ".", "").replace(",", ".")
    try:
        value = Decimal(digits.strip("."))
    except InvalidOperation:
        return None
    return -value if minus else value


@cache
def _known_words() -> frozenset[str]:
    words = {word for each in COLUMN_WORDS.values() for word in each} | {plain(name) for name in COLUMN_WORDS}
    return frozenset(words.union(CUSTOMER_NAME_WORDS, *ROLES.values()))


def is_known(name: str) -> bool:
    """Whether a name is one of a standard column, or of a month."""
    found = period_of(name)
    words = _known_words()
    return (
        plain(name) in words
        or plain(name.rsplit("/", 1)[-1]) in words
        or (found is not None and not found.rest)
    )


def is_head(cells: Sequence[str]) -> bool:
    """Whether cells are those of a head: no values, and most of them known names."""
    return _texts(cells) and 2 * sum(map(is_known, cells)) > len(cells)


def find_head(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Find the head: the number of rows above it, and how many rows it takes.

    It is the row with most known names, whose cells are no values, as wide as the table below it. In doubt it is the
    first row that has something in it.
    """
    filled = [sum(1 for cell in row if cell) for row in rows]
    first = next((place for place, count in enumerate(filled) if count), 0)
    widths = sorted(count for count in filled if count)
    if not widths:
        return first, 1
    width = max(widths[int(len(widths) * 0.8) if len(widths) > 4 else -1], 1)
    best, most = first, _score(rows[first], width)
    for place in range(first + 1, min(first + _ROWS, len(rows))):
        score = _score(rows[place], width)
        if filled[place] and score > most and holds_below(rows, place):
            best, most = place, score
    return _with_neighbours(rows, best)


def _score(row: Sequence[str], width: int) -> float:
    """Rate a row as a head: by its known names and by how much of the table's width it fills."""
    cells = [cell for cell in row if cell]
    values = sum((is_date(cell) or is_number(cell)) and period_of(cell) is None for cell in cells)
    if not cells or values > 0.2 * len(cells) or any(len(cell) > 80 for cell in cells):
        return 0.0
    known = sum(map(is_known, cells))
    share = min(len(cells) / width, 1.0)
    # A row of values may hold a word or two that are names of columns too: beyond a few, names say more than width.
    return (known + 3 * share) * (1.0 if known >= _ENOUGH_KNOWN or share > 0.6 else 0.3)


def holds_below(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether values stand below a row: numbers or dates in its columns."""
    below = [row for row in rows[place + 1 : place + 16] if any(row)]
    named = [column for column, cell in enumerate(rows[place]) if cell]
    return any(
        is_date(row[column]) or is_number(row[column])
        for row in below
        for column in named
        if column < len(row)
    )


def _with_neighbours(rows: Sequence[Sequence[str]], best: int) -> tuple[int, int]:
    """Take the rows above and below that belong to the head: a cell there spans several, or stands below one."""
    start, end = best, best + 1
    while end - start < 3 and end < len(rows) and _is_below(rows[end - 1], rows[end]):
        end += 1
    while end - start < 3 and start > 0 and _is_above(rows[start - 1], rows[start]):
        start -= 1
    return start, end - start


def _texts(row: Sequence[str]) -> bool:
    return all(period_of(cell) is not None or not (is_date(cell) or is_number(cell)) for cell in row if cell)


def _spans(upper: Sequence[str], lower: Sequence[str]) -> int:
    """Count the cells below which stand under a cell that spans them."""
    found, group = 0, False
    for place, cell in enumerate(lower):
        above = upper[place] if place < len(upper) else ""
        group = bool(above) or group
        found += bool(cell) and not above and group
        if not cell:
            group = False
    return found


def _is_below(head: Sequence[str], row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    named = any(map(is_known, cells)) or len({*cells}) < len(cells)  # measures below each month
    return len(cells) > 1 and _texts(row) and _spans(head, row) > 0 and named


def _is_above(row: Sequence[str], head: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    if not cells or not _texts(row) or any(len(cell) > 40 for cell in cells) or not _spans(row, head):
        return False
    times = [period for cell in cells if (period := period_of(cell)) is not None and not period.rest]
    alone = any(cell and (place >= len(head) or not head[place]) for place, cell in enumerate(row))
    repeated = len([cell for cell in head if cell]) > len({cell for cell in head if cell})
    # A year alone may be a title, which stands in the first column.
    one_year = [period.kind for period in times] == ["year"] and not row[0] and bool(head[0])
    return len(times) > 1 or one_year or (len(cells) > 1 and (alone or repeated))


def head_names(name: str, rows: Sequence[Sequence[str]], skip: int, header_rows: int) -> tuple[str, ...]:
    """Name the columns as the reader will."""
    body = rows[skip + header_rows :]
    width = max((place for row in body for place, cell in enumerate(row, 1) if cell), default=0)
    return header_of(name, rows[skip : skip + header_rows], width)
