"""Heads of columns that are a time: ``1月``, ``2026-01``, ``Jan 2026``, ``Januar``, ``Q1 2026``, ``KW 12``."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

Kind = Literal["day", "week", "month", "quarter", "year"]

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru")
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_YEAR = r"(?P<y>20[0-9]{2})"
_SHORT_YEAR = r"(?P<y>20[0-9]{2}|[1-4][0-9])"
_MONTH = r"(?P<n>0?[1-9]|1[0-2])"
_QUARTER = r"(?P<n>[1-4一二三四])"


@dataclass(frozen=True)
class Period:
    """A time that a head names: ``number`` is of the month, quarter or week; ``rest`` what the head says beside it."""

    kind: Kind
    year: int | None
    number: int
    day: int
    rest: str

    def last_day(self, year: int) -> datetime.date:
        """Return the last day of it."""
        if self.kind == "day":
            return datetime.date(year, self.number, self.day)
        if self.kind == "week":
            return datetime.date.fromisocalendar(year, self.number, 7)
        month = {"year": 12, "quarter": self.number * 3}.get(self.kind, self.number)
        return datetime.date(year, month, calendar.monthrange(year, month)[1])


@cache
def month_names() -> dict[str, int]:
    """Name the months, long and short and without a point behind, in small letters; no name is of two months."""
    from babel import Locale

    names = {f"{word}月": number for number, word in enumerate(_CHINESE, 1)}
    for language in _LANGUAGES:
        locale = Locale(language)
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                for number, name in locale.months[context][width].items():
                    names.setdefault(name.lower().rstrip("."), number)
    return names | {"sept": 9, "mär": 3, "mrz": 3}


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    names = "|".join(sorted(map(re.escape, month_names()), key=len, reverse=True))
    name = rf"(?<![^\W\d_])(?P<name>{names})\.?(?![^\W\d_])"
    start, end = r"(?<![0-9])", r"(?![0-9])"
    found: list[tuple[Kind, str]] = [
        ("day", rf"{start}{_YEAR}[-/.年]{_MONTH}[-/.月](?P<d>[0-3]?[0-9])日?(T00:00:00)?{end}"),
        ("quarter", rf"{start}{_YEAR}\s*年?\s*[-/ ]?(?:q\s*|第?){_QUARTER}\s*(?:季度?)?(?![0-9月-])"),
        ("quarter", rf"(?<![^\W_])q\s*{_QUARTER}\s*[-/ ']\s*{_SHORT_YEAR}{end}"),
        ("quarter", rf"{start}{_QUARTER}q\s*{_SHORT_YEAR}{end}"),
        ("week", rf"{start}{_YEAR}\s*年?\s*[-/ ]?(?:w|kw|第)\s*(?P<n>[0-5]?[0-9])\s*周?{end}"),
        ("week", rf"(?<![^\W_])(?:w|kw|week|cw)\s*(?P<n>[0-5]?[0-9])\s*[-/ ]\s*{_YEAR}{end}"),
        ("month", rf"{start}{_YEAR}\s*[-/.年 ]\s*m?{_MONTH}(?:\s*月份?)?{end}"),
        ("month", rf"{start}{_YEAR}m?(?P<n>0[1-9]|1[0-2]){end}"),
        ("month", rf"{start}{_MONTH}[-/.]{_YEAR}{end}"),
        ("month", rf"{name}\s*[-/ '’]*\s*{_SHORT_YEAR}{end}"),
        ("month", rf"{start}{_YEAR}\s*[-/ ]*\s*{name}"),
        ("month", rf"{start}{_MONTH}\s*月份?"),
        ("month", rf"(?<![^\W_])m\s*{_MONTH}{end}"),
        ("month", name),
        ("quarter", rf"(?<![^\W_])q\s*{_QUARTER}{end}"),
        ("quarter", rf"第?{_QUARTER}季度?"),
        ("week", rf"(?<![^\W_])(?:w|kw|week|cw)\s*(?P<n>[0-5]?[0-9]){end}"),
        ("week", r"第(?P<n>[0-5]?[0-9])周"),
        ("year", rf"{start}{_YEAR}年?{end}"),
    ]
    return tuple((kind, re.compile(text, re.IGNORECASE)) for kind, text in found)


@lru_cache(maxsize=4096)
def period_of(head: str) -> Period | None:
    """Find the time that a head names; None where it names none."""
    text = unicodedata.normalize("NFKC", head)
    for kind, pattern in _patterns():
        match = pattern.search(text)
        if match is None:
            continue
        parts = match.groupdict()
        year = int(parts["y"]) if parts.get("y") else None
        if year is not None and year < 100:
            year += 2000
        number = month_names()[parts["name"].lower()] if parts.get("name") else _number(parts.get("n"))
        day = int(parts.get("d") or 0)
        period = Period(kind, year, number, day, _rest(text, match))
        try:
            period.last_day(year or 2024)
        except ValueError:
            continue
        return period
    return None


def year_in(text: str) -> int | None:
    """Return the one year that a text says; None where it says none, or several."""
    years = set(re.findall(r"(?<![0-9])20[0-9]{2}(?![0-9])", text))
    return int(years.pop()) if len(years) == 1 else None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else _CHINESE.index(text) + 1 if text else 0


def _rest(text: str, match: re.Match[str]) -> str:
    """Return what a head says beside its time, such as ``Qty``."""
    left = re.sub(r"[\s\-_/·:：()（）\[\]]+$", "", text[: match.start()])
    right = re.sub(r"^[\s\-_/·:：()（）\[\]]+", "", text[match.end() :])
    return " ".join(filter(None, (left, right))).strip("()（）[] ")


def read_heads(names: Sequence[str], year: int | None) -> list[tuple[str, datetime.date, str]]:
    """Return for each head its name, the last day of its time, and what it says beside it.

    Raises
    ------
    ValueError
        A head names no time, names one of another kind than the others, or its year stands nowhere. The message is the
        name of the head and what is wrong.
    """
    found = []
    for name in names:
        period = period_of(name)
        if period is None:
            raise ValueError(f"'{name}' names no month or other time")
        found.append((name, period))
    kinds = {period.kind for _, period in found}
    if kinds == {"day"} and all(period.day == 1 for _, period in found):
        found = [(name, Period("month", p.year, p.number, 0, p.rest)) for name, p in found]
    elif len(kinds) > 1:
        first = found[0]
        other = next(each for each in found if each[1].kind != first[1].kind)
        raise ValueError(
            f"'{other[0]}' is a {other[1].kind} and '{first[0]}' a {first[1].kind}, so that they overlap"
        )
    dated = []
    years: dict[str, tuple[int, int]] = {}
    for name, period in found:
        own = period.year
        if own is None:
            if year is None:
                raise ValueError(
                    f"the year of '{name}' stands nowhere: write year = 2026, or whichever it is"
                )
            last, running = years.get(period.rest, (0, year))
            own = running + (period.number < last)  # from April to March: the year turns between
            years[period.rest] = period.number, own
        dated.append((name, period.last_day(own), period.rest))
    if len({(day, rest) for _, day, rest in dated}) < len(dated):
        raise ValueError(f"'{dated[0][0]}' and others name the same time twice")
    return dated
