"""How the values of an export are written: settings for a map, each with an example that a person can check."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from helpers.intake.cleaning.losses import COMMA, POINT, POINT_ALONE
from helpers.intake.proposing.toml import toml
from helpers.intake.values import moments, notations, rules

#: From so many different numbers on with three digits behind their mark, and none with others, it parts thousands.
_SURE = 10
#: A time of universal time; at midnight a day is meant.
_UNIVERSAL = re.compile(
    r"[0-9][T ](?!00:00(:00)?([.]0+)?[ Z+])(?P<hour>[0-9]{1,2}):[0-9]{2}.*?(Z|UTC|GMT|[+]00(:?00)?)$"
)
_NUMBERS = ("money", "quantity", "score")
_READINGS = {
    "blank": "a blank parts thousands", "apostrophe": "an apostrophe parts thousands", "lakh": "Indian grouping",
    "parentheses": "is negative", "minus_behind": "is negative", "minus_sign": "is negative",
    "full_width": "full-width digits", "native_digits": "digits of their script", "percent": "is a hundredth",
    "wan": "万 is 10,000", "unit": "the word is left out",
}  # fmt: skip


def format_lines(
    kinds: Mapping[str, str], values: Mapping[str, Sequence[str]], typed_dates: bool
) -> list[str]:
    """Write the settings that the values of the mapped columns need, as lines of TOML with examples behind.

    Parameters
    ----------
    kinds
        Standard column -> its kind.
    values
        Standard column -> texts, as far as looked at.
    typed_dates
        Dates of ISO 8601 are read whatever is declared.
    """
    nothing = {word for texts in values.values() for word in texts if word in rules.WORDS_FOR_NOTHING}
    filled = {name: [text for text in texts if text not in nothing] for name, texts in values.items()}
    dates = [text for name, texts in filled.items() if kinds[name] in ("date", "timestamp") for text in texts]
    columns = [texts for name, texts in filled.items() if kinds[name] in _NUMBERS]
    numbers = [text for texts in columns for text in texts]
    days = [*map(moments.in_ascii, dates)]
    lines = [*date_lines(days, typed_dates), *_zone_lines([*dict.fromkeys(days)])]
    distinct = [*dict.fromkeys(map(moments.in_ascii, numbers))]
    lines += decimal_lines(distinct, any(map(_parts_thousands, columns)))
    lines += _notation_lines(numbers, [text for text in dates if moments.scripts_of(text)])
    if nothing:
        lines.append(f"nothing = {toml(sorted(nothing))}  # words that stand where there is no value")
    return lines


def date_lines(values: Sequence[str], typed_dates: bool = True) -> list[str]:
    """Return the format that all dates fit, or the formats; where a date can be read in two ways, both as comments."""
    unclear = [value for value in values if not moments.is_iso_date(value)]
    if not unclear:
        return []
    calendar = moments.calendar_of([*dict.fromkeys(unclear)])
    lines = [f'calendar = "{calendar}"  # {unclear[0]}'] if calendar else []
    groups: dict[str, list[str]] = {}
    for value in unclear if typed_dates else values:
        groups.setdefault(_shape(value), []).append(value)
    found: list[tuple[str, int, str]] = []
    open_groups: list[dict[str, str]] = []
    examples: dict[str, str] = {}
    for texts in groups.values():
        shown = [moments.in_our_years(text, calendar) for text in texts]
        fitting = dict(moments.formats_of(list(dict.fromkeys(shown))))
        if not fitting:
            return [*lines, f"# The dates have no one format; one of them is {toml(texts[0])}."]
        dotted = [form for form in fitting if form.startswith("%d.%m.")]
        if len(fitting) > 1 and dotted:
            # Dates with dots are written day first wherever they are in use.
            form = dotted[0]
            found.append(
                (form, len(texts), f"{texts[0]} is then {fitting[form]}: with dots the day stands first")
            )
            continue
        if len(fitting) > 1:
            open_groups.append({_order(form): form for form in fitting})
            examples = examples or {
                _order(form): f"{texts[0]} is then {day}" for form, day in fitting.items()
            }
            continue
        ((form, day),) = fitting.items()
        found.append((form, len(texts), f"{texts[0]} is then {day}"))
    forms = list(dict.fromkeys(form for form, _, _ in found))
    if open_groups:
        answers = []
        for order, example in examples.items():
            of_order = dict.fromkeys([*(group[order] for group in open_groups if order in group), *forms])
            answers.append(
                f"#   {toml(next(iter(of_order)) if len(of_order) == 1 else [*of_order])}  # {example}"
            )
        return [*lines, *answers, 'date_format = "?"  # the dates can be read in two ways']
    if len(forms) == 1:
        month = (
            ""
            if forms[0] == "serial" or moments.has_day(forms[0])
            else ", the last day: it says a month only"
        )
        return [*lines, f"date_format = {toml(forms[0])}  # {found[0][2]}{month}"]
    counted = "; ".join(f"{count} as {example}" for _, count, example in found)
    return [*lines, f"date_format = {toml(forms)}  # {counted}"]


def _order(date_format: str) -> str:
    """Return what stands first in a format, the day, the month or the year, however long the year is."""
    return "".join(re.findall("%([dmbBy])", date_format.replace("Y", "y")))


@lru_cache(maxsize=4096)
def _shape(date: str) -> str:
    """Return what dates of one format have in common: where digits and letters stand, and the time zone."""
    zone = moments.ZONE.search(date)
    # A year of two digits is another format than one of four.
    shape = re.sub(r"(?<![0-9])[0-9]{4}(?![0-9])", "Y", re.sub(r"[^\W\d_]+", "A", date))
    shape = re.sub(r"[0-9]+", "9", shape)
    return f"{shape}{zone[0] if zone else ''}"


def _zone_lines(values: Sequence[str]) -> list[str]:
    """Ask whose day counts, where moments are in universal time: in China it is the next day from 16:00 on."""
    hours = {value: int(found["hour"]) for value in values if (found := _UNIVERSAL.search(value))}
    epochs = {value: moment for value in values if (moment := moments.moment_of_epoch(value))}
    if any(each.hour or each.minute for each in epochs.values()):  # at midnight a day is meant, where all are
        hours |= {value: each.hour for value, each in epochs.items()}
    # At other hours it is the same day nearly everywhere.
    moved = sorted(value for value, hour in hours.items() if not 8 <= hour < 15)
    if not moved:
        return []
    return [
        '#   "UTC"  # the days as they stand there',
        '#   "Asia/Shanghai"  # eight hours later, as in China',
        '#   "Europe/Berlin"  # one or two hours later, as in central Europe',
        '#   "America/New_York"  # four or five hours earlier',
        f'time_zone = "?"  # {moved[0]} is in universal time: whose day counts? Any zone can be named',
    ]


def _parts_thousands(texts: Sequence[str]) -> bool:
    """Whether the mark in a column's numbers parts thousands: 1,160 beside 950, which would have decimals too.

    Where zeros at the end of decimals are left out, none of them ends in one.
    """
    return any(re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{2}0", text) for text in texts) and any(
        re.fullmatch("[1-9][0-9]{0,2}", text) for text in texts
    )


def decimal_lines(values: Sequence[str], parts_thousands: bool = False) -> list[str]:
    """Return the decimal mark where numbers have separators; where both readings occur, neither is proposed."""
    bare = [
        re.sub(r"^[^0-9]+|[^0-9]+$", "", re.sub(r"[ \u00a0\u2009\u202f'\u2019]", "", value))
        for value in values
    ]
    lakh = any(re.search(r"^[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}", value) for value in bare)
    point = lakh or any(POINT.fullmatch(value) for value in bare)
    comma = any(COMMA.fullmatch(value) for value in bare)
    # Beside a decimal comma a point that parts no thousands stands before decimals too.
    if comma and (point or any(POINT_ALONE.fullmatch(value) for value in bare)):
        one = next((value for value in bare if POINT.fullmatch(value) or POINT_ALONE.fullmatch(value)), "")
        other = next(value for value in bare if COMMA.fullmatch(value))
        return [f"# Numbers are written in two ways, {one} and {other}: declare decimal for each column, under "
                "[tables.NAME.formats.COLUMN]."]  # fmt: skip
    if point or comma:
        return [f"decimal = {toml('.' if point else ',')}"]
    return _thousands(bare, parts_thousands)


def _thousands(bare: Sequence[str], sure: bool) -> list[str]:
    """Tell what parts thousands in whole numbers, where none of four digits lacks it; else ask with both readings."""
    parted = sorted({value for value in bare if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", value)})
    marks = {mark for value in parted for mark in value if mark in ".,"}
    if len(marks) != 1:
        return []
    (mark,) = marks
    other = "." if mark == "," else ","
    # Quantities with three decimals end in zeros more often than not.
    varied = 2 * sum(value[-1] != "0" for value in parted) > len(parted)
    if (sure or (len(parted) >= _SURE and varied)) and all(
        value in parted or re.fullmatch(r"[0-9]{1,3}", value) for value in {*bare}
    ):
        return [
            f"decimal = {toml(other)}  # {parted[0]} is {parted[0].replace(mark, '')}: so are all thousands"
        ]
    return [
        f"#   {toml(other)}  # {parted[0]} is {parted[0].replace(mark, '')}",
        f"#   {toml(mark)}  # {parted[0]} is {parted[0].replace(mark, '.')}, with three decimals",
        'decimal = "?"  # the numbers can be read in two ways',
    ]


def _notation_lines(values: Sequence[str], dates: Sequence[str]) -> list[str]:
    """Write how numbers are written, and the digits of ``dates``, which are those of another script."""
    found, marks = notations.declaration(values)
    for text in dates:
        for script in moments.scripts_of(text):
            found.setdefault(script, []).append(text)
    lines = []
    credit = found.pop("credit_minus", None)
    if found:
        shown = "; ".join(
            f"{texts[0]}: {_READINGS[setting]} ({len(texts)})" for setting, texts in sorted(found.items())
        )
        lines.append(f"numbers = {toml(sorted(found))}  # {shown}")
    if credit:
        lines += ["# Dr or Cr stands behind numbers; take the # off where Cr is a minus (else write debit_minus):",
                  f"# numbers = {toml(sorted({*found, 'credit_minus'}))}  # {credit[0]}"]  # fmt: skip
    known = {
        mark: notations.SURE_MARKS.get(mark, mark.upper())
        for mark in marks
        if mark not in notations.UNSURE_MARKS
    }
    known = {mark: "CNY" if code == "RMB" else code for mark, code in known.items()}
    unsure = [mark for mark in marks if mark in notations.UNSURE_MARKS]
    if marks:
        pairs = ", ".join(
            f"{toml(mark)} = {toml(code)}"
            for mark, code in sorted((known | dict.fromkeys(unsure, "?")).items())
        )
        examples = "; ".join(f"{texts[0]} ({len(texts)})" for texts in marks.values())
        for mark in unsure:
            lines += [f"#   {toml(code)}  # {mark} is that" for code in notations.UNSURE_MARKS[mark]]
        lines.append(f"currency_marks = {{ {pairs} }}  # {examples}")
    return lines
