"""Heads of columns that are a time: ``1月``, ``2026-01``, ``Jan 2026``, ``Januar``, ``Q1 2026``, ``FY2026 P01``."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

Kind = Literal["day", "week", "month", "quarter", "half", "year", "period"]

#: Languages whose months are known by their whole names and, of the first, cut short: led and bal are no months.
_SHORT = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "th", "tr", "uk", "bg", "el", "he", "ar", "da", "sv",
          "nb", "hu", "ro")  # fmt: skip
_LANGUAGES = (*_SHORT, "id", "cs", "sk", "fi", "sl", "lt", "lv", "et", "ca")
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_YEAR = r"(?P<y>20[0-9]{2})"
_SHORT_YEAR = r"(?P<y>20[0-9]{2}|[1-4][0-9])"
_MONTH = r"(?P<n>0?[1-9]|1[0-2])"
_DAY = r"(?P<d>0?[1-9]|[12][0-9]|3[01])"
_QUARTER = r"(?P<n>[1-4一二三四])"
_ROMAN = ("i", "ii", "iii", "iv")
_OF_FOUR = r"(?P<n>[1-4]|i{1,3}|iv)"
#: What stands behind a number that counts, and the words for what it counts in several languages.
_ORDINAL = r"\.?(?:er|e|o|a|°|-?й|-?е|st|nd|rd|th)?"
_QUARTER_WORDS = r"qtr|kwartal|trim\.?|кв\.?|triwulan|분기|t"
_HALF_WORD = (
    r"(?:half(?:[- ]?year)?|halbjahr|hj|sem(?:est(?:re|er)|\.)?|pol[lo]etí|półrocze|полугодие|п/г|félév|yarıyıl|"
    r"halvår|půlrok|ครึ่งปี|nửa năm|εξάμηνο|h|s)"
)
_PERIOD = r"(?P<n>0{0,2}(?:1[0-6]|[1-9]))(?![0-9])"
#: A number behind such a word is of two months, of four, of ten days, or of what a short word leaves open.
_OTHER_SPAN = re.compile(
    r"(?i)(?<![^\W_])(?:bim(?:estre)?|(?:quadri|cuatri)mestre|tertial|d[eé][ck]ade?|декада|sem)\W*$"
)
#: Words for a year that need not begin in January.
BUSINESS_YEAR = re.compile("(?i)(?<![a-z])(?:fy|gj)(?![a-z])|fiscal|geschäftsjahr|财年|会计年度")
#: A year of the books with its name, as ``FY26``, ``FY2025/26``, ``2026财年``: it is called by its last number.
_OF_BOOKS = re.compile(
    r"(?i)(?:(?<![a-z])(?:fy|gj)|fiscal(?:\s+year)?|geschäftsjahr|财年|会计年度)\s*['’]?\s*"
    r"(?:20[0-9]{2}|[1-4][0-9])(?:\s*[-/]\s*(?:20)?[1-4][0-9](?=\W|$))?(?![0-9])|"
    r"(?<![0-9])20[0-9]{2}\s*(?:财年|会计年度)"
)
#: A number like a Thai year is of the name before it, as in ``Filiale 2570``, unless that tells what is sold.
_NUMBERED = re.compile(
    r"(?i)(?<![a-zß-ɏ.])(?!(?:net|sales|amount|revenue|value|total|qty|year|b\.?e)\b)[a-zß-ɏ]+\W*25[4-9][0-9]"
)
#: The mark of a footnote behind a time: ``2025¹``, ``2025年①``, ``2025 1)``.
_FOOTNOTE = re.compile(r"(?<=[0-9０-９年月日度])\s*(?:[⁽⁰¹²³⁴-⁹⁾]+|[①-⑳]\s*$|(?<=\s)[0-9*]{1,2}[)）]\s*$)")
#: Years of the era of Japan that began in 2019, of Taiwan, and of Thailand, where two digits are of 25.. too.
_ERAS = (
    (re.compile("令和([1-9][0-9]?|元)(?=[年./-])"), 2018),
    (re.compile("(?:民[国國])?(?<![0-9])(1[0-4][0-9]|9[0-9])(?=年)"), 1911),
    (re.compile("(?<![0-9])(25[4-9][0-9])(?![0-9])"), -543),
    (re.compile(r"(?:(?<=[ก-๛] )|(?<=[ก-๛]\. ))([5-9][0-9])(?![0-9])"), 1957),
)


@dataclass(frozen=True)
class Period:
    """A time that a head names: ``number`` is of the month, quarter or week; ``rest`` what the head says beside it."""

    kind: Kind
    year: int | None
    number: int
    day: int
    rest: str
    label: int | None = None
    """The year of the books that it is of, as 2026 is of FY26; which months that has, its name does not say."""
    order: Literal["", "day", "month", "either"] = ""
    """What stands first in 13/1/2026, 1/13/2026 and 1/2/2026, which is read day first; blank where nothing is open."""

    @property
    def is_of_books(self) -> bool:
        """Whether nothing but the month in which a year of the books begins tells which time it is."""
        return self.label is not None or self.kind == "period"

    def last_day(self, year: int) -> datetime.date:
        """Return the last day of it."""
        if self.kind == "day":
            return datetime.date(year, self.number, self.day)
        if self.kind == "week":
            return datetime.date.fromisocalendar(year, self.number, 7)
        month = {"year": 12, "quarter": self.number * 3, "half": self.number * 6, "period": 12}.get(
            self.kind, self.number
        )
        return last_of_month(year, month)


@cache
def month_names() -> dict[str, int]:
    """Name the months, long and short and without a point behind, in small letters; no name is of two months."""
    from babel import Locale

    names = {f"{word}月": number for number, word in enumerate(_CHINESE, 1)}
    for language in _LANGUAGES:
        locale = Locale(language)
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide") if language in _SHORT else ("wide",):
                for number, name in locale.months[context][width].items():
                    names.setdefault(name.lower().rstrip("."), number)
    return names | {"sept": 9, "mär": 3, "mrz": 3}


@cache
def _counted_words() -> tuple[str, str]:
    """Return patterns of the words for a quarter and for a week in all languages of which months are known."""
    from babel import Locale
    from babel.units import format_unit

    said = [
        (Locale(language).quarters["format"]["wide"][1], format_unit(1, "duration-week", locale=language))
        for language in (*_LANGUAGES, "vi")
    ]
    quarters, weeks = (
        {max(re.findall(r"[^\W\d_]+", text.lower()), key=len) for text in texts if "duration" not in text}
        for texts in zip(*said, strict=True)
    )
    return "|".join(sorted(quarters)), "|".join(sorted(weeks))


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    names = "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True))
    name = rf"(?<![^\W\d_])(?P<name>{names})\.?(?![^\W\d_])"
    start, end = r"(?<![0-9])", r"(?![0-9])"
    quarters, weeks = _counted_words()
    quarter = rf"(?:{quarters}|{_QUARTER_WORDS})(?:ที่)?"
    week = rf"(?:w|kw|cw|tuần|สัปดาห์|{weeks})(?:ที่)?\.?"
    year = r"(?P<y>20[0-9]{2}|[2-4][0-9])"
    period = r"(?<![^\W\d_])(?:p|per\.?|periode?|período|période)\s*"
    found: list[tuple[Kind, str]] = [
        ("day", rf"{start}{_YEAR}[-/.年년] ?{_MONTH}[-/.月월] ?(?P<d>[0-3]?[0-9])[日일]?(T00:00:00)?{end}"),
        ("day", rf"^{_YEAR}(?P<n>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])$"),
        ("day", rf"(?<![0-9./-]){_DAY}(?P<mark>[-/.]){_MONTH}(?P=mark){year}{end}"),
        ("day", rf"(?<![0-9./-]){_MONTH}(?P<mark>[-/])(?P<d>1[3-9]|2[0-9]|3[01])(?P=mark){year}{end}"),
        ("day", rf"{start}{_DAY}\.?[-/ ]*{name}[-/ '’]*{year}{end}"),
        ("day", rf"{name}\s*{_DAY}\s*,\s*{_YEAR}{end}"),
        ("period", rf"{start}(?P<f>20[0-9]{{2}})\s*年?\s*[-/. ]?\s*{period}{_PERIOD}"),
        ("period", rf"{start}(?P<f>20[0-9]{{2}})\s*年?\s*第?{_PERIOD}期"),
        ("period", r"^(?P<f>20[0-9]{2})(?P<n>0(?:0[1-9]|1[0-6]))$"),
        ("period", rf"{period}{_PERIOD}\s*[-/. ]\s*(?P<f>20[0-9]{{2}}){end}"),
        ("period", rf"{start}(?P<n>0(?:0[1-9]|1[0-6]))[-/.](?P<f>20[0-9]{{2}}){end}"),
        ("period", rf"(?<![^\W_])(?:period|periode?|período|période|per\.)\s*{_PERIOD}"),
        ("period", rf"第{_PERIOD}期"),
        ("quarter", rf"{start}{_YEAR}\s*年?\s*第?{_QUARTER}四半期"),
        ("quarter", rf"(?<![^\W_]){_OF_FOUR}{_ORDINAL}\s*(?:{quarter}|kw)\.?[-/ ']*{_YEAR}{end}"),
        ("quarter", rf"(?<![^\W_]){quarter}\s*{_OF_FOUR}\.?[-/ ']+{_YEAR}{end}"),
        ("quarter", rf"{start}{_YEAR}\s*[-/. ]?\s*{quarter}\s*{_OF_FOUR}(?![^\W_])"),
        ("quarter", rf"{start}{_YEAR}\s*[-/. 년]?\s*{_OF_FOUR}\s*{quarter}(?![^\W_])"),
        ("quarter", rf"{start}{_YEAR}\s*年?\s*[-/ ]?(?:q\s*|第?){_QUARTER}\s*(?:季度?)?(?![0-9月周-])"),
        ("quarter", rf"(?<![^\W_])q\s*{_QUARTER}\s*[-/ ']\s*{_SHORT_YEAR}{end}"),
        ("quarter", rf"{start}{_QUARTER}q\s*{_SHORT_YEAR}{end}"),
        ("half", rf"(?<![^\W_])(?P<n>[12]|i{{1,2}}){_ORDINAL}\s*{_HALF_WORD}\.?[-/ ']*{_YEAR}{end}"),
        ("half", rf"(?<![^\W_]){_HALF_WORD}\s*(?P<n>[12])[-/ ']+{_YEAR}{end}"),
        ("half", rf"{start}{_YEAR}\s*[-/. ]?\s*(?:h|hj|s)\s*(?P<n>[12]){end}"),
        ("half", rf"{start}{_YEAR}\s*[年년]?\s*(?P<half>[上下상하])(?:半[年期]|반기)"),
        ("quarter", rf"{name}\s*[-–/]\s*{name.replace('<name>', '<until>')}[-/ '’]*{_YEAR}{end}"),
        ("month", r"^(?P<n>0[1-9]|1[0-2])[-/.](?P<y>[2-4][0-9])$"),
        ("week", rf"{start}{_YEAR}\s*年?\s*[-/ ]?(?:{week}|第)\s*(?P<n>[0-5]?[0-9])\s*周?{end}"),
        ("week", rf"(?<![^\W_]){week}\s*(?P<n>[0-5]?[0-9])\s*[-/ ]\s*{_YEAR}{end}"),
        ("month", rf"{start}{_YEAR}\s*[-/.年년 ]\s*m?{_MONTH}(?:\s*月份?|월)?{end}"),
        ("month", rf"{start}{_YEAR}m?(?P<n>0[1-9]|1[0-2]){end}"),
        ("month", rf"(?:(?<![^\W_])m|{start}){_MONTH}[-/.]{_YEAR}{end}"),
        ("month", rf"{name}\s*[-/ '’]*\s*{_SHORT_YEAR}{end}"),
        ("month", rf"{start}{_YEAR}\s*[-/ ]*\s*{name}"),
        ("month", rf"{start}{_MONTH}\s*(?:月份?|월)"),
        ("month", rf"(?<![^\W_])(?:m|month|monat|mois|mes|mese|maand)\s*[-_]?{_MONTH}{end}"),
        ("month", name),
        ("quarter", rf"(?<![^\W_])q\s*{_QUARTER}{end}"),
        ("quarter", rf"第?{_QUARTER}季度?"),
        ("week", rf"(?<![^\W_]){week}\s*(?P<n>[0-5]?[0-9]){end}"),
        ("week", r"第(?P<n>[0-5]?[0-9])周"),
        ("year", rf"{start}{_YEAR}年?{end}"),
    ]
    return tuple((kind, re.compile(text, re.IGNORECASE)) for kind, text in found)


@lru_cache(maxsize=4096)
def period_of(head: str) -> Period | None:
    """Find the time that a head names; None where it names none."""
    head = _without_outer_times(head)
    # First the mark, which would make a figure like others of it.
    text = unicodedata.normalize("NFKC", _FOOTNOTE.sub("", head))
    for era, before in _ERAS:
        if named := era.search(text):
            ours = str(before + (1 if named[1] == "元" else int(named[1])))
            text = text[: named.start()] + ours + text[named.end() :]
    books = _OF_BOOKS.search(text)
    label = label_of(books[0]) if books else None
    if books is not None:
        text = text[: books.start()].rstrip(" -/_.'’") + " " + text[books.end() :].lstrip(" -/_.")
    for kind, pattern in (*_patterns(), *_periods_of(label)):
        match = pattern.search(text)
        if match is None:
            continue
        parts = match.groupdict()
        year = int(parts["y"]) if parts.get("y") else None
        if year is not None and year < 100:
            year += 2000
        number = month_names()[parts["name"].lower()] if parts.get("name") else _number(parts.get("n"))
        if parts.get("half"):
            number = 1 if parts["half"] in "上상" else 2
        elif parts.get("until"):
            number, months = divmod(month_names()[parts["until"].lower()], 3)
            if months or 3 * number - 2 != month_names()[parts["name"].lower()]:
                return None  # from January to December
        if kind == "month" and _OTHER_SPAN.search(text[: match.start()]):
            return None
        if kind == "year" and _NUMBERED.search(head):
            return None
        day = int(parts.get("d") or 0)
        of = int(parts["f"]) if parts.get("f") else label if year is None else None
        period = Period(kind, year, number, day, _rest(text, match), of, _order(match))
        try:
            period.last_day(year or 2024)
        except ValueError:
            continue
        return period
    return None if label is None else Period("year", None, 0, 0, text.strip("()（）[] -_/"), label)


#: Times from the shortest on.
_LENGTHS: tuple[Kind, ...] = ("day", "week", "month", "period", "quarter", "half", "year")


def _without_outer_times(head: str) -> str:
    """Leave of a quarter or half above its months, as in ``2026/Q1/Jan``, the year that it says alone."""
    parts = head.split("/")
    found = [period_of(part) for part in parts] if len(parts) > 1 else []
    lengths = [
        _LENGTHS.index(period.kind) if period is not None and not period.rest else None for period in found
    ]
    shortest = min((length for length in lengths if length is not None), default=0)
    kept = []
    for part, period, length in zip(parts, found, lengths, strict=False):
        if period is not None and length is not None and shortest < length < _LENGTHS.index("year"):
            part = str(period.year or (f"FY{period.label}" if period.label else ""))
        kept.append(part)
    return "/".join(filter(None, kept)) if found else head


def bare_period(head: str) -> Period | None:
    """Return the period of a year that a head is which says its number alone: ``P1``, ``01``."""
    match = re.fullmatch("[Pp]?0?([1-9]|1[0-6])", head)
    return Period("period", None, int(match[1]), 0, "") if match else None


def mapped_period(head: str) -> Period | None:
    """Return the period that a head is which a map names; there a number alone is one too."""
    return period_of(head) or bare_period(head)


def _order(match: re.Match[str]) -> Literal["", "day", "month", "either"]:
    """Tell what stands first in a day of numbers: days with points begin with the day."""
    day, month = (match.groupdict().get(part) for part in ("d", "n"))
    if match.groupdict().get("mark") not in ("-", "/") or not day or not month or int(day) == int(month):
        return ""
    if int(day) <= 12:
        return "either"
    return "day" if match.start("d") < match.start("n") else "month"


def label_of(books: str) -> int:
    """Return the year by which a year of the books is called: of two, as 2025/26, the last."""
    return 2000 + int(re.findall("[0-9]+", books)[-1]) % 100


def _periods_of(label: int | None) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    """Return the pattern of a period that stands beside a year of the books, and needs no other word."""
    return () if label is None else (("period", re.compile(rf"(?i)(?<![^\W_])p?\s*{_PERIOD}")),)


def last_of_month(year: int, month: int) -> datetime.date:
    """Return the last day of a month."""
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def year_in(text: str) -> int | None:
    """Return the one year that a text says; None where it says none, or several."""
    years = set(re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", text))
    return int(years.pop()) if len(years) == 1 else None


def _number(text: str | None) -> int:
    if not text or text.isdigit():
        return int(text or 0)
    return 1 + (_CHINESE.index(text) if text in _CHINESE else _ROMAN.index(text.lower()))


def _rest(text: str, match: re.Match[str]) -> str:
    """Return what a head says beside its time, such as ``Qty``."""
    left = re.sub(r"[\s\-_/·:：()（）\[\]]+$", "", text[: match.start()])
    right = re.sub(r"^[\s\-_/·:：()（）\[\]]+", "", text[match.end() :])
    return " ".join(filter(None, (left, right))).strip("()（）[] ")
