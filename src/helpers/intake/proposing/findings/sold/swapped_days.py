"""Days of which a spreadsheet has exchanged day and month where it could, and left the others as text: asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.reading.sql import literal
from helpers.intake.values import moments

#: So many days of each kind tell; of fewer it may be chance.
_LEAST = 3
_TEXT = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})( .*)?")
_MONTHS = 12


def find_swapped_days(draft: Draft) -> Iterator[Finding]:
    """Ask for the days of a column where all that are typed could be exchanged, and none that is text.

    A program writes 13/02/2026 and 02/03/2026, day first; a spreadsheet that reads month first leaves the one as text,
    and makes 3 February of the other.
    """
    for name, kind in draft.kinds.items():
        column = draft.columns.get(name)
        if kind != "date" or column is None:
            continue
        texts = [text for text in dict.fromkeys(draft.texts(column)) if text]
        typed = [text for text in texts if moments.is_iso_date(text)]
        written = [match for text in texts if (match := _TEXT.fullmatch(text))]
        orders = {(int(match[1]) > _MONTHS, int(match[3]) > _MONTHS) for match in written}
        if (
            min(len(typed), len(written)) < _LEAST
            or len(typed) + len(written) < len(texts)
            or orders not in ({(True, False)}, {(False, True)})
            or any(int(text[8:10]) > _MONTHS for text in typed)
        ):
            continue
        order = "%d{0}%m{0}%Y" if (True, False) in orders else "%m{0}%d{0}%Y"
        word = draft.words(column)
        as_text = f"try_strptime(regexp_extract({word}, '^[^ ]+'), {literal(order.format(written[0][2]))})"
        readings = [
            f"CAST(CASE WHEN regexp_matches({word}, '^[0-9]{{4}}-') THEN try_strptime(left({word}, 10), '{form}') "
            f"ELSE {as_text} END AS DATE)"
            for form in ("%Y-%d-%m", "%Y-%m-%d")
        ]
        one = next((text for text in typed if text[5:7] != text[8:10]), typed[0])
        year, month, day = one[:10].split("-")
        asks = (
            f"no day beyond the 12th of {column} is a date, and {len(written)} are text, as {written[0][0]}: a "
            f"spreadsheet has exchanged day and month where it could. Is {one[:10]} that day?"
        )
        answers = [
            (readings[0], f"no: it is {year}-{day}-{month}"),
            (readings[1], f"yes: it is {year}-{month}-{day}"),
        ]
        yield Finding(questions={name: (asks, answers)}, uses=(column,))
