"""Shapes of how numbers and days are written, and in what language the heads are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise

from babel.dates import format_date

from .export import Export

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _grouped(value: Decimal, separator: str, point: str, least: int = 2) -> str:
    places = max(least, -int(value.normalize().as_tuple().exponent), 0)
    return f"{abs(value):,.{places}f}".replace(",", "\0").replace(".", point).replace("\0", separator)


def _lakh(value: Decimal) -> str:
    whole, _, decimals = f"{abs(value):.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    parts = []
    while head:
        parts.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*parts, tail]) + f".{decimals}"


def signed(text: str, value: Decimal) -> str:
    return f"-{text}" if value < 0 else text


def _numbers(export: Export, separator: str, point: str) -> None:
    export.number = lambda value: signed(_grouped(value, separator, point), value)
    export.answers["decimal"] = f'"{point}"'


def thousands_by_comma(export: Export) -> None:
    _numbers(export, ",", ".")


def decimal_comma(export: Export) -> None:
    _numbers(export, "", ",")


def decimal_comma_and_points(export: Export) -> None:
    _numbers(export, ".", ",")


def blanks(export: Export) -> None:
    _numbers(export, export.rng.choice([" ", "\u00a0", "\u202f"]), export.rng.choice([",", "."]))


def apostrophes(export: Export) -> None:
    _numbers(export, export.rng.choice(["'", "\u2019"]), ".")


def lakh(export: Export) -> None:
    for row in export.rows:  # large enough to show it
        row["net"], row["listed"] = row["net"] * 100, row["listed"] * 100
    export.number = lambda value: signed(_lakh(value), value)


def full_width(export: Export) -> None:
    digits = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
    export.number = lambda value: signed(f"{abs(value):.2f}", value).translate(digits)


def parentheses(export: Export) -> None:
    export.number = lambda value: f"({_grouped(value, ',', '.')})" if value < 0 else _grouped(value, ",", ".")
    export.answers["decimal"] = '"."'


def minus_behind(export: Export) -> None:
    export.number = lambda value: f"{abs(value):.2f}" + ("-" if value < 0 else "")


def minus_of_printing(export: Export) -> None:
    export.number = lambda value: ("\u2212" if value < 0 else "") + f"{abs(value):.2f}"


def pieces_with_a_word(export: Export) -> None:
    export.layout.add("pieces_word")


NUMBERS = (thousands_by_comma, decimal_comma, decimal_comma_and_points, blanks, apostrophes, lakh, full_width,
           parentheses, minus_behind, minus_of_printing, pieces_with_a_word)  # fmt: skip


def _dates(export: Export, form: str) -> None:
    export.date = lambda day, _: day.strftime(form)
    export.answers["date_format"] = f'"{form}"'


def dotted(export: Export) -> None:
    _dates(export, export.rng.choice(["%d.%m.%Y", "%d.%m.%y"]))


def day_first(export: Export) -> None:
    _dates(export, export.rng.choice(["%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y"]))


def month_first(export: Export) -> None:
    _dates(export, "%m/%d/%Y")


def without_zeros(export: Export) -> None:
    export.date = lambda day, _: f"{day.month}/{day.day}/{day.year}"
    export.answers["date_format"] = '"%m/%d/%Y"'


def named_month(export: Export) -> None:
    forms = ["%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%d-%b-%y", "%a, %d %b %Y", "%A, %B %d, %Y", "%b %d %Y"]
    _dates(export, export.rng.choice(forms))


def zone(export: Export) -> None:
    tail = export.rng.choice([" 10:14:00 +0800", "T10:14:00Z", "T08:00:00.000+02:00", " 09:30:11 UTC"])
    export.date = lambda day, _: f"{day:%Y-%m-%d}{tail}"


def am_pm(export: Export) -> None:
    export.date = lambda day, place: (
        f"{day.month}/{day.day}/{day.year} {1 + place % 11}:15:00 {'AP'[place % 2]}M"
    )
    export.answers["date_format"] = "%m/%d/%Y"


def serial(export: Export) -> None:
    export.date = lambda day, _: str((day - dt.date(1899, 12, 30)).days)
    export.answers["date_format"] = '"serial"'


def compact(export: Export) -> None:
    _dates(export, "%Y%m%d")


def chinese_date(export: Export) -> None:
    export.date = lambda day, _: f"{day.year}年{day.month}月{day.day}日"


def year_first(export: Export) -> None:
    mark = export.rng.choice("/.")
    tail = export.rng.choice(["", "", " 00:00:00", " 9:30"])
    export.date = lambda day, _: f"{day.year}{mark}{day.month}{mark}{day.day}{tail}"
    export.answers["date_format"] = f'"%Y{mark}%m{mark}%d'


def month_in_words(export: Export) -> None:
    """Days with the month's name in the language of the heads."""
    language = {"en": "en", "zh": "en", "ja": "en"}.get(export.language, export.language)
    form = {"de": "d. MMMM y", "fr": "d MMMM y", "es": "d 'de' MMMM 'de' y"}.get(language, "d MMM y")
    export.date = lambda day, _: format_date(day, form, locale=language)


def month_alone(export: Export) -> None:
    form = export.rng.choice(["%Y-%m", "%Y/%m", "%b %Y", "%b-%Y", "%m/%Y", "%Y%m", "%Y年%m月"])
    export.date = lambda day, _: day.strftime(form)
    export.heads["day"] = export.head("month")


def two_forms(export: Export) -> None:
    export.date = lambda day, place: (
        f"{day:%d/%m/%Y}" if place % 3 else f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year}"
    )
    export.answers["date_format"] = "%d/%m/%Y"


DATES = (dotted, day_first, month_first, without_zeros, named_month, zone, am_pm, serial, compact, chinese_date,
         year_first, month_in_words, month_alone, two_forms)  # fmt: skip


def heads_zh(export: Export) -> None:
    export.language = "zh"


def heads_de(export: Export) -> None:
    export.language = "de"


def heads_fr(export: Export) -> None:
    export.language = "fr"


def heads_es(export: Export) -> None:
    export.language = "es"


def heads_ja(export: Export) -> None:
    export.language = "ja"


LANGUAGES = (heads_zh, heads_zh, heads_de, heads_fr, heads_es, heads_ja)


def many_documents(export: Export) -> bool:
    """Whether some document has several lines."""
    return any(one["document"] == other["document"] for one, other in pairwise(export.rows))
