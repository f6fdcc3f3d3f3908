"""Dates and moments: the SQL that reads them as they are declared, and the ways in which a text can be read."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal

from helpers.intake.layout.periods import month_names
from helpers.intake.reading.sql import literal
from helpers.settings.source import ValueFormat

#: Notation -> digits that are not ASCII's, with what stands between them in dates and numbers, and the same in ASCII.
#: Marks of the direction of writing, the last of them, stand for nothing.
SCRIPTS = {
    "full_width": ("０１２３４５６７８９．，－＋（）％／：　", "0123456789.,-+()%/: "),
    "native_digits": ("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९٫٬٪\u060c\u200e\u200f\u061c", "0123456789" * 3 + ".,%,"),
}
_ASCII = str.maketrans({
    old: new for olds, news in SCRIPTS.values() for old, new in zip(olds, news.ljust(len(olds), "\0"), strict=True)
})  # fmt: skip
#: The name of a month in a date; and what stands beside it in some languages.
_WORD = "[^0-9 ./,:-]{3,}|[ก-๛]+[.][ก-๛]+"
_BESIDE_NAMES = ((" de ", " "), (" del ", " "), ("1er ", "1 "), ("1º ", "1 "))
#: The halves of a day: words between or behind what they are of, as ``下午 3:15`` and ``3:15 p. m.``.
_HALVES = {
    half: rf"(?i)([0-9.,日일])\s*(?:{words})\s*([0-9]|$)"
    for half, words in (
        ("AM", "a[. ]{0,2}m[.]?|上午|午前|凌晨|早上|오전|sa|öö|de[.]|π[.]?μ[.]?"),
        ("PM", "p[. ]{0,2}m[.]?|下午|午後|中午|晚上|오후|ch|ös|du[.]|μ[.]?μ[.]?"),
    )
}
#: A date as ISO 8601 writes it, with or without a time.
ISO_DATE = "'^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9][^AaPp]*)?$'"
#: A date that can be read in two ways unless its format is declared.
AMBIGUOUS_DATE = r"'^[0-9]{1,4}[./\-年 ][0-9]{1,2}[./\-月 ][0-9]{1,4}日?([ T].*)?$'"
#: The years that pandas can hold; and those in which a business of today counts its rows.
POSSIBLE_YEARS = (1678, 2261)
LIKELY_YEARS = (1970, 2099)
_ZONE = "' ?(Z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)$'"
_SERIAL_START = date(1899, 12, 30)
#: Numbers that are moments, by the name under which a map declares them; 1 before nine digits is of 2001 to 2033.
_NUMBERED = {
    "serial": re.compile("[1-9][0-9]{4}([.][0-9]+)?"),
    "epoch": re.compile("1[0-9]{9}([0-9]{3}|[0-9]{6})?([.][0-9]+)?"),
}
#: The name of a zone behind a time: the day is as it is written.
ZONE = re.compile(r" ([ECMP][SD]T|GMT|UTC)$")
#: Years of a calendar that are ahead of, or behind, those of Gregory.
_OFFSETS = {"buddhist": -543, "republic": 1911}
#: Eras of Japan, by letter and by name, and the year before their first, which is called 元.
_ERAS = {"R": 2018, "令和": 2018, "H": 1988, "平成": 1988, "S": 1925, "昭和": 1925}
_ERA = f"^({'|'.join(_ERAS)})[. ]?([0-9]{{1,2}}|元)"
#: A whole day of an era: R1 alone is a number of something.
_DAY_OF_ERA = re.compile(_ERA + "[./年-][0-9]{1,2}[./月-][0-9]{1,2}(?![0-9])日?")
#: What may stand before a year of Taiwan.
_REPUBLIC = "^民[国國] ?"
_YEARS = {"buddhist": "([0-9]{4})", "republic": "(?:^|[^0-9])([0-9]{2,3})(?:[^0-9]|[0-9]{4}$|$)"}
#: A day of Taiwan in one number, as programs there write it: 1150118.
DAY_OF_REPUBLIC = re.compile("(1[0-4][0-9])(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")


def moment_sql(kind: str, raw: str, text: str, engine_type: str, form: ValueFormat, typed_dates: bool) -> str:
    """Write the SQL of a date or moment; NULL where it is not written as declared."""
    target = "DATE" if kind == "date" else "TIMESTAMP"
    text = ascii_sql(text, form.numbers or ())
    if engine_type == "DATE" or engine_type.startswith("TIMESTAMP"):
        if form.time_zone and engine_type == "TIMESTAMP WITH TIME ZONE":
            raw = f"timezone({literal(form.time_zone)}, {raw})"
        moved = f"{raw} + INTERVAL {_OFFSETS[form.calendar]} YEAR" if form.calendar in _OFFSETS else raw
        return f"CAST({moved} AS {target})"
    text = _in_our_years(text, form)
    iso = _iso_sql(kind, text, form.time_zone)
    formats = form.date_formats
    if not formats:
        return iso
    # The engine reads 26 as a year of four digits too, and two digits never as 2026.
    ordered = sorted(formats, key=lambda each: "%Y" in each)
    tried = [_declared_sql(text, each, target, form.time_zone) for each in ordered]
    if typed_dates:
        tried.insert(0, iso)
    return tried[0] if len(tried) == 1 else f"coalesce({', '.join(tried)})"


def _iso_sql(kind: str, text: str, time_zone: str | None) -> str:
    # A zone behind the time must not move the day; behind a day there is none: the end of 2003-10-23 is no offset.
    bare = f"CASE WHEN length({text}) > 11 THEN regexp_replace({text}, {_ZONE}, '') ELSE {text} END"
    moment = f"regexp_matches({text}, {ISO_DATE}) AND TRY_CAST({bare} AS TIMESTAMP) IS NOT NULL"
    if time_zone:
        named = f"regexp_matches({text}, {ISO_DATE}) AND regexp_matches({text}, '[0-9]{_ZONE[1:]})"
        target = "DATE" if kind == "date" else "TIMESTAMP"
        there = (
            f"CAST(timezone({literal(time_zone)}, TRY_CAST({text} AS TIMESTAMP WITH TIME ZONE)) AS {target})"
        )
        return f"CASE WHEN length({text}) > 11 AND {named} THEN {there} ELSE {_iso_sql(kind, text, None)} END"
    if kind != "date":
        return f"CASE WHEN regexp_matches({text}, {ISO_DATE}) THEN TRY_CAST({bare} AS TIMESTAMP) END"
    day = f"TRY_CAST(split_part(replace({text}, 'T', ' '), ' ', 1) AS DATE)"
    plain = f"length({text}) = 10 AND {text}[5] = '-' AND {text}[8] = '-'"
    return f"CASE WHEN {plain} THEN TRY_CAST({text} AS DATE) WHEN {moment} THEN {day} END"


def _declared_sql(text: str, date_format: str, target: str, time_zone: str | None) -> str:
    if date_format in _NUMBERED:
        digits = f"CASE WHEN regexp_full_match({text}, '{_NUMBERED[date_format].pattern}') THEN {text} END"
        if date_format == "epoch":
            moment = f"make_timestamp(1000000 * CAST(left({digits}, 10) AS BIGINT))"
            moment = f"timezone({literal(time_zone)}, timezone('UTC', {moment}))" if time_zone else moment
            return f"CAST({moment} AS {target})"
        seconds = f"CAST(round(CAST({digits} AS DOUBLE) * 86400) AS BIGINT)"
        return f"CAST(TIMESTAMP '{_SERIAL_START} 00:00:00' + to_seconds({seconds}) AS {target})"
    if "%p" in date_format:
        for half, shape in _HALVES.items():
            text = f"trim(regexp_replace({text}, {literal(shape)}, '\\1 {half} \\2'))"
    moment = f"try_strptime({text}, {literal(date_format)})"
    if _names_month(date_format):
        other = f"try_strptime({_in_english_sql(text)}, {literal(date_format.replace('%B', '%b'))})"
        moment = f"coalesce({moment}, {other})"
    moment = f"CAST({moment} AS {target})"
    return moment if has_day(date_format) else f"CAST(last_day({moment}) AS {target})"


def ascii_sql(text: str, declared: Collection[str]) -> str:
    """Write the SQL of a text whose digits of other scripts, as far as they are declared, are ASCII's."""
    for notation, (old, new) in SCRIPTS.items():
        if notation in declared:
            text = f"translate({text}, {literal(old)}, {literal(new)})"
    return text


def in_ascii(text: str) -> str:
    """Return a text whose digits of other scripts are ASCII's, for a look at what it says."""
    return text.translate(_ASCII).replace("\0", "") if scripts_of(text) else text


def scripts_of(text: str) -> list[str]:
    """Name the notations whose digits stand in a text."""
    if text.isascii():  # nearly all are, and a look at each letter takes long
        return []
    digits = {letter for letter in text if letter.isdigit() and not letter.isascii()}
    return [name for name, (old, _) in SCRIPTS.items() if digits & {*old}]


def _names_month(date_format: str) -> bool:
    return "%b" in date_format or "%B" in date_format


@cache
def _english() -> dict[str, str]:
    """Name of a month in another language -> its English one, cut short as ``%b`` reads it."""
    own = {name.lower() for name in calendar.month_name if len(name) > len("May")}
    return {
        name: calendar.month_abbr[number]
        for name, number in month_names().items()
        if name not in own and not name.endswith("月") and not re.search("[0-9]", name)
    }


def in_english(text: str) -> str:
    """Write the name of the month in a date in English: ``15 févr. 2026`` and ``3 de enero de 2026`` as ``3 Jan 2026``.

    A name means one month in whatever language it is one (`helpers.intake.layout.periods.month_names`), so that
    nothing is guessed. A text without such a name stays as it is.
    """
    word = re.search(_WORD, text.lower())
    name = _english().get(word[0]) if word else None
    if word is None or name is None:
        return text
    text = text.lower()
    for old, new in ((f"{word[0]}.", name), (word[0], name), *_BESIDE_NAMES):
        text = text.replace(old, new)
    return text


def _in_english_sql(text: str) -> str:
    """Write the SQL of :func:`in_english`; NULL where no month is named."""
    text = f"lower({text})"
    word = f"regexp_extract({text}, {literal(_WORD)}, 0)"
    cases = " ".join(f"WHEN {literal(name)} THEN {literal(english)}" for name, english in _english().items())
    name = f"CASE {word} {cases} END"
    written = f"replace(replace({text}, {word} || '.', {name}), {word}, {name})"
    for old, new in _BESIDE_NAMES:
        written = f"replace({written}, {literal(old)}, {literal(new)})"
    return written


def _in_our_years(text: str, form: ValueFormat) -> str:
    """Write the SQL of a text whose first year of another calendar is put into ours, before it is read.

    Put right afterwards, 29 February would be lost: 2567 of Thailand is no leap year by our rule, and 2024 is one.
    """
    if form.calendar is None:
        return text
    if form.calendar == "japanese":
        firsts = " ".join(f"WHEN '{era}' THEN {before}" for era, before in _ERAS.items())
        number = f"coalesce(TRY_CAST(regexp_extract({text}, '{_ERA}', 2) AS INTEGER), 1)"
        ours = f"(CASE regexp_extract({text}, '{_ERA}', 1) {firsts} END + {number})::VARCHAR"
        return f"coalesce({ours} || substr({text}, 1 + length(regexp_extract({text}, '{_ERA}', 0))), {text})"
    text = f"regexp_replace({text}, '{_REPUBLIC}', '')"
    year = f"regexp_extract({text}, '{_YEARS[form.calendar]}', 1)"
    ours = f"CAST(TRY_CAST({year} AS INTEGER) + ({_OFFSETS[form.calendar]}) AS VARCHAR)"
    place = f"strpos({text}, {year})"
    return (
        f"CASE WHEN {year} <> '' THEN left({text}, {place} - 1) || {ours} || substr({text}, {place} + length({year})) "
        f"ELSE {text} END"
    )


def calendar_of(texts: Sequence[str]) -> Literal["buddhist", "republic", "japanese"] | None:
    """Find the calendar in which all of some dates have a year of today."""
    if all(map(_DAY_OF_ERA.match, texts)):
        return "japanese"
    if all(map(DAY_OF_REPUBLIC.fullmatch, texts)):
        return "republic"
    years = [re.findall(r"(?<![0-9])[0-9]{3,4}(?![0-9])", text) for text in texts]
    if all(any(2400 <= int(year) <= 2700 for year in found) for found in years):
        return "buddhist"
    return "republic" if all(any(90 <= int(year) <= 200 for year in found) for found in years) else None


def in_our_years(text: str, calendar: str | None) -> str:
    """Write the year of another calendar in ours."""
    if calendar is None:
        return text
    if calendar == "japanese":
        year = lambda found: _ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))  # noqa: E731
        return re.sub(_ERA, lambda found: str(year(found)), text)
    text = re.sub(_REPUBLIC, "", text)
    shape = (
        r"(?<![0-9])[0-9]{4}(?![0-9])"
        if calendar == "buddhist"
        else r"(?<![0-9])[0-9]{2,3}(?=[^0-9]|[0-9]{4}$|$)"
    )
    return re.sub(shape, lambda found: str(int(found[0]) + _OFFSETS[calendar]), text, count=1)


def has_day(date_format: str) -> bool:
    """Whether a format names the day; one that does not says a month only."""
    return any(directive in date_format for directive in ("%d", "%-d", "%j", "%u", "%x", "%c", "%D"))


def years_sql(typed: str, years: tuple[int, int]) -> str:
    """Write the SQL condition of dates whose year cannot be meant."""
    return f"{typed} NOT BETWEEN DATE '{years[0]}-01-01' AND DATE '{years[1]}-12-31'"


def year_cure(text: str) -> str:
    """Say what the year of a date seems to be that cannot be meant, and the way out."""
    found = re.search(r"(?<![0-9])[0-9]{3,4}(?![0-9])", in_ascii(text))
    year = int(found[0]) if found else 0
    if 2400 <= year <= 2700:
        return (f"It looks like the calendar of Thailand ({year} - 543 = {year - 543}): declare "
                'calendar = "buddhist"')  # fmt: skip
    if 90 <= year <= 200:
        return (f"It looks like the calendar of Taiwan ({year} + 1911 = {year + 1911}): declare "
                'calendar = "republic"')  # fmt: skip
    if 1300 <= year <= 1500:
        return "It looks like the Persian or the Islamic calendar: export the dates in the Gregorian one"
    if _DAY_OF_ERA.match(text):
        return 'It looks like an era of Japan: declare calendar = "japanese"'
    if year < 100:
        return "Two digits stand where the format asks for four: correct date_format (%y for two digits)"
    return "Correct the date"


def ambiguous_date_message(place: str, table: str, value: str) -> str:
    """Say both readings of a date whose format is not declared, or the one way it can be meant."""
    found = date_readings(value)
    short = re.fullmatch(r"[0-9]{2}([-/.])[0-9]{1,2}[-/.][0-9]{1,2}", value)
    if short:  # the year may stand first, cut short as well
        form = "%y{0}%m{0}%d".format(short[1])
        found += [(form, day.date().isoformat()) for day in [_parsed(value, form)] if day is not None]
    readings = " or ".join(f'{day} (date_format = "{form}")' for form, day in found)
    meant = f"can mean {readings}" if readings else "is no ISO 8601 date"
    known = re.search(rf"(?<![0-9])(1[01][0-9]|2[45][0-9]{{2}})(?![0-9])|{_DAY_OF_ERA.pattern}", value)
    calendar = f" {year_cure(value)}." if known else ""
    return (
        f"{place}: '{value}' {meant}. Dates are never guessed: declare date_format under [source] or [tables.{table}] "
        f"in workbook.toml, or export them as 2026-04-03.{calendar}"
    )


def date_readings(value: str) -> list[tuple[str, str]]:
    """Return the formats that a date text fits, each with the day that it then means (ISO 8601)."""
    if _NUMBERED["serial"].fullmatch(value):
        return [("serial", (_SERIAL_START + timedelta(days=int(float(value)))).isoformat())]
    if (moment := moment_of_epoch(value)) is not None:
        return [("epoch", moment.date().isoformat())]
    zone = ZONE.search(value)
    days = ["%Y年%m月%d日", "%Y年%m月"] if "年" in value else ["%G-W%V-%u"] if "-W" in value else []
    value = _with_halves(in_english(value))
    for mark in (mark for mark in ("/", ".", "-", ". ") if mark in value):
        behind = "." if re.search(r"[0-9][.]($| ([AP]M )?[0-9]+:)", value) else ""
        orders = (
            "%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%Y{0}%m{0}%d", "%d{0}%m{0}%y", "%m{0}%d{0}%y", "%d{0}%b{0}%Y",
            "%b{0}%d{0}%Y", "%b{0}%d{0}%y", "%d{0}%b{0}%y", "%Y{0}%b{0}%d", "%Y{0}%m", "%m{0}%Y", "%b{0}%Y", "%b{0}%y",
        )  # fmt: skip
        days += [order.format(mark) + behind for order in orders]
    if re.search(r"[A-Za-z]{3}", value):
        for month in ("%b", "%B"):
            days += [f"%d {month} %Y", f"{month} %d, %Y", f"{month} %d %Y", f"%d {month} %y", f"{month} %Y"]
            days += [
                f"%a, %d {month} %Y",
                f"%A, %d {month} %Y",
                f"%A, {month} %d, %Y",
                f"%d. {month} %Y",
                f"%Y. {month} %d.",
            ]
    if re.match(r"[0-9]{8}($|[^0-9])", value):
        days.append("%Y%m%d")
    if re.fullmatch(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])", value):
        days.append("%Y%m")
    halves = [f" {time}" for form in ("%I:%M", "%I:%M:%S") for time in (f"{form} %p", f"%p {form}")]
    times: tuple[str, ...] = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", *halves, "T%H:%M:%S")
    times = times if ":" in value else times[:1]
    times = times if zone is None else tuple(f"{time}{zone[0]}" for time in times)
    found: dict[str, str] = {}
    for form in (day + time for day in days for time in times):
        moment = _parsed(value, form)
        if moment is None:
            continue
        day = moment.date() if has_day(form) else _month_end(moment)
        found[form] = day.isoformat()
    return list(found.items())


def formats_of(values: Sequence[str]) -> list[tuple[str, str]]:
    """Return the formats that all of some date texts fit, each with the day that the first text then means.

    Of formats by which every text means the same day there is one: 1 January alone does not tell which number is the
    month, and ``May`` not whether months are cut short.
    """
    fitting = date_readings(values[0])
    for text in values[1:]:
        fitting = [(form, day) for form, day in fitting if fits(text, form)]
    if len(fitting) < 2:
        return fitting
    days: dict[tuple[date | None, ...], tuple[str, str]] = {}
    for form, day in fitting:
        days.setdefault(tuple(_day(text, form) for text in values), (form, day))
    return list(days.values())


def fits(value: str, form: str) -> bool:
    """Whether a date text has a format."""
    if form in _NUMBERED:
        return _NUMBERED[form].fullmatch(value) is not None
    return _parsed(value, form) is not None


def moment_of_epoch(value: str) -> datetime | None:
    """Return the moment, in universal time, that a number of seconds or thousandths since 1970 is; else None."""
    is_epoch = _NUMBERED["epoch"].fullmatch(value) is not None
    return datetime.fromtimestamp(int(value[:10]), UTC) if is_epoch else None


def is_iso_date(value: str) -> bool:
    """Whether a text is written as ISO 8601 writes dates."""
    return re.match(ISO_DATE.strip("'"), value) is not None


def month_of(value: str, form: str) -> str:
    """Return the month of a date text in a format, as ``2026-01``; blank where it has not that format."""
    moment = moment_of_epoch(value) if form == "epoch" else None if form == "serial" else _parsed(value, form)
    return f"{moment:%Y-%m}" if moment else ""


def _with_halves(text: str) -> str:
    """Write the half of the day that a text says in whatever language as AM or PM."""
    for half, shape in _HALVES.items():
        text = re.sub(shape, rf"\1 {half} \2", text)
    return text.strip()


def _month_end(moment: datetime) -> date:
    return (moment.replace(day=28) + timedelta(days=4)).replace(day=1).date() - timedelta(days=1)


def _day(value: str, form: str) -> date | None:
    moment = None if form in _NUMBERED else _parsed(value, form)
    return moment and moment.date()


def _parsed(value: str, form: str) -> datetime | None:
    if "%p" in form:
        value = _with_halves(value)
    for text, shape in ((value, form), (in_english(value), form.replace("%B", "%b"))):
        try:
            return datetime.strptime(text, shape)
        except ValueError:
            if not _names_month(form):
                return None
    return None
