"""Days that stand in one cell with other things: with the number of a document, or in what a document is called."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator

from helpers.intake.proposing.columns import is_date
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.layouts.heads import DAYS_WITHIN
from helpers.intake.proposing.samples import Sample
from helpers.intake.reading.sql import literal

#: A day and the number of a document on it, in one cell: ``2026/01/15 -1``, ``20260115-001``.
_NUMBER_OF_DAY = re.compile(r"((?:19|20)[0-9]{2})([-/.]?)([0-9]{1,2})\2([0-9]{1,2}) ?[-_#] ?[0-9]{1,6}")


def _numbered_days(sample: Sample) -> tuple[str, str] | None:
    """Name the column of days with the number of a document behind each, and the mark between year and month."""
    for column, texts in sample.filled.items():
        first = _NUMBER_OF_DAY.fullmatch(texts[0]) if texts else None
        if first and all(_is_numbered_day(text, first[2]) for text in dict.fromkeys(texts)):
            return column, first[2]
    return None


def _is_numbered_day(text: str, mark: str) -> bool:
    match = _NUMBER_OF_DAY.fullmatch(text)
    if match is None or match[2] != mark:
        return False
    year, month, day = (int(match[group]) for group in (1, 3, 4))
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def find_numbered_days(draft: Draft) -> Iterator[Finding]:
    """Take the day from numbers of documents that begin with theirs, where no other column is a day."""
    found = _numbered_days(draft.sample)
    if found is None or draft.columns.get("order_date") not in (None, found[0]):
        return
    column, mark = found
    columns: dict[str, str | None] = {"order_date": None} if "order_date" in draft.columns else {}
    columns |= {} if "order_id" in draft.columns else {"order_id": column}
    between = f"[{mark}]" if mark else ""
    day = f"regexp_extract({draft.words(column)}, '^[0-9]{{4}}{between}[0-9]{{1,2}}{between}[0-9]{{1,2}}', 0)"
    yield Finding(
        f"{column} is a day and the number of a document on it, as {draft.texts(column)[0]}.",
        columns=columns,
        derived={"order_date": f"CAST(try_strptime({day}, '%Y{mark}%m{mark}%d') AS DATE)"},
        uses=(column,),
    )


def day_within(texts: Iterable[str]) -> tuple[str, str] | None:
    """Return the pattern and the form of the one day that each of some texts has beside other words."""
    distinct = list(dict.fromkeys(texts))
    if len(distinct) < 2 or any(map(is_date, distinct)):
        return None
    return next(
        (
            (pattern, form)
            for pattern, form in DAYS_WITHIN.items()
            if all(len(re.findall(pattern, text)) == 1 for text in distinct)
        ),
        None,
    )


def _column_of_days(sample: Sample) -> tuple[str, str, str] | None:
    found = (
        (column, day_within(texts)) for column, texts in sample.filled.items() if len(texts) == sample.rows
    )
    return next(((column, *form) for column, form in found if form is not None), None)


def has_days_in_texts(sample: Sample) -> bool:
    """Whether a column has a day in each of its texts."""
    return _numbered_days(sample) is not None or _column_of_days(sample) is not None


def ask_day_within(draft: Draft) -> Iterator[Finding]:
    """Ask whether the day in a text is that of the sale, where no column is a day."""
    if "order_date" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    if found := _column_of_days(draft.sample):
        column, pattern, form = found
        day = f"try_strptime(regexp_extract({draft.words(column)}, {literal(pattern)}), {literal(form)})"
        first = draft.texts(column)[0]
        yield Finding(
            columns={}
            if "order_id" in draft.columns or column in draft.columns.values()
            else {"order_id": column},
            questions={
                "order_date": (
                    f"no column is a day, and {column!r} has one in its text, as {first[:60]!r}",
                    [(f"CAST({day} AS DATE)", "it is the day of the sale")],
                )
            },
            uses=(column,),
        )
