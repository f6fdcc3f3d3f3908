"""Numbers as a reader of the report's language writes them (Babel); values stay unrounded until here."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Final

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    get_currency_name,
    get_currency_symbol,
    parse_pattern,
)

from helpers.core.calendar.period_names import is_numbered, period_name, year_and_number
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.present.words import Labels, Words, words
from helpers.settings.source import NO_CURRENCY, AmountUnit

#: Shown where there is no number (not supplied, not defined).
MISSING = "–"
#: Unit of amounts in tables -> how many units of the currency one is, and the decimals that leave hundreds; of 亿元,
#: tens of thousands.
_UNITS: dict[AmountUnit, tuple[int, int]] = {
    "元": (1, 0), "k": (1_000, 1), "万元": (10_000, 2), "M": (1_000_000, 3), "亿元": (100_000_000, 4),
}  # fmt: skip
#: From so many times what is expected on, the times are said: 919.7% has to be read twice.
MANY_TIMES = 3
#: A sign before a currency's, between which browsers and mail readers break a line (Unicode's line breaking, UAX 14).
_PARTED = re.compile("([+−])(?=[$£¥￥\u20a0-\u20cf])")
#: A number in a spreadsheet, its decimals left open; it multiplies by 100 itself where a percent sign follows.
_PLAIN = "#,##0{}"


@dataclass(frozen=True)
class Format:
    """How figures of one kind are written; call it with a value (and decimals other than its own) to write one.

    Attributes
    ----------
    write
        Value and count of decimals -> text for readers.
    pattern
        A spreadsheet's number format, with ``{}`` for the decimals; empty for days and texts, which it knows itself.
    decimals
        How many there are; what is never written with decimals ignores it.
    signed
        Whether a rise has a plus.
    factor
        What a spreadsheet's value is multiplied by: points of a share are 100 times it.
    unit
        What stands behind a column's head: ``, k EUR``; empty where the caption says it.
    money
        How the same is written of a column of money, where amounts have a unit of their own; None: as it is.
    """

    write: Callable[[Any, int], str]
    pattern: str = ""
    decimals: int = 0
    signed: bool = False
    factor: float = 1
    unit: str = ""
    money: Format | None = None

    def __call__(self, value: Any, decimals: int | None = None) -> str:
        """Write one figure for readers."""
        return self.write(value, self.decimals if decimals is None else decimals)

    def to(self, decimals: int) -> Format:
        """Return the same with so many decimals."""
        return replace(self, decimals=decimals)

    def written(self, write: Callable[[Any], str]) -> Format:
        """Return a view's own way to write such figures for readers; a spreadsheet shows them as it did."""
        return replace(self, write=lambda value, _decimals: write(value), money=None)

    @property
    def excel(self) -> str:
        """The number format of a spreadsheet."""
        body = self.pattern.replace("{}", "." + "0" * self.decimals if self.decimals else "")
        return f"+{body};-{body};{body}" if self.signed else body


#: Texts that stand in a column of figures, where each row is a measure of its own.
TEXT: Final = Format(lambda value, _decimals: str(value))


@dataclass(frozen=True)
class Numbers:
    """Formatting for one language and one currency: each kind of figure is a `Format`.

    A missing value is written ``–``.
    """

    words: Words
    currency_code: str = "EUR"
    amounts_in: AmountUnit | None = None
    year: CompanyYear = CALENDAR_YEAR

    def __reduce__(self) -> tuple[Callable[..., Numbers], tuple[Any, ...]]:
        """Travel to another process by name: formats are made there."""
        return numbers, (
            self.words.language,
            self.currency_code,
            self.amounts_in,
            self.words.labels,
            self.year,
        )

    @property
    def currency(self) -> str:
        """The currency as a caption calls it: ``EUR``, ``欧元``."""
        if self.currency_code == NO_CURRENCY:
            return self.words.gettext("the currency of the data")
        if self.words.language == "en":
            return self.currency_code
        return get_currency_name(self.currency_code, locale=self._locale)

    @property
    def _locale(self) -> Locale:
        return self.words.locale

    @cached_property
    def money(self) -> Format:
        """An amount in full with its currency: ``€1,234,567``."""
        return Format(self._money, self._money_pattern)

    @cached_property
    def money_short(self) -> Format:
        """An amount to three digits for charts: ``€1.23M``, ``€123万`` in Chinese."""
        return Format(self._money_short, self._money_pattern)

    @cached_property
    def signed_money_short(self) -> Format:
        """A change in money for charts: ``+€1.2M``, ``−€340K``."""
        return Format(lambda amount, _: _signed(amount, self.money_short), self._money_pattern, signed=True)

    @cached_property
    def short(self) -> Format:
        """A number to three digits for charts, without unit: ``1.23M``, ``123万`` in Chinese."""
        return Format(self._short, _PLAIN, money=self._amount(False))

    @cached_property
    def decimal(self) -> Format:
        """A plain number with a fixed count of decimals: ``1,234.5``."""
        return Format(self._decimal, _PLAIN, 1)

    @cached_property
    def count(self) -> Format:
        """A count, and in a table's column of money an amount: ``12,345``."""
        return Format(self._decimal, _PLAIN, money=self._amount(False))

    @cached_property
    def signed_count(self) -> Format:
        """A change in whole units: ``+12,345``."""
        write = self._decimal
        return Format(
            lambda number, _: _signed(number, lambda size: write(size, 0), 0), _PLAIN, signed=True,
            money=self._amount(True),
        )  # fmt: skip

    @cached_property
    def percent(self) -> Format:
        """A share (0 to 1) in percent: ``12.3%``."""
        return Format(self._percent, _PLAIN + "%", 1)

    @cached_property
    def signed_percent(self) -> Format:
        """A relative change (0.1 is ten percent more): ``+10.0%``; from elevenfold on ``×12``."""
        return Format(self._signed_percent, _PLAIN + "%", 1, signed=True)

    @cached_property
    def points(self) -> Format:
        """A difference of two shares (0 to 1) in percentage points: ``+1.3 pts``."""
        return Format(self._points, self._pts(_PLAIN + '"') + '"', 1, signed=True, factor=100)

    @cached_property
    def in_percent(self) -> Format:
        """A figure that is in percent already: 12.3 becomes ``12.3%``."""
        return _in_hundredths(self.percent, _PLAIN + '"%"')

    @cached_property
    def change_in_percent(self) -> Format:
        """A relative change that is in percent already: 10 becomes ``+10.0%``."""
        return _in_hundredths(self.signed_percent, _PLAIN + '"%"')

    @cached_property
    def in_points(self) -> Format:
        """A difference that is in percentage points already: 1.3 becomes ``+1.3 pts``."""
        return _in_hundredths(self.points, self.points.pattern)

    @cached_property
    def date(self) -> Format:
        """A day: ``31 Oct 2026``."""
        return Format(self._date)

    def month(self, month: pd.Period | datetime.date) -> str:
        """Write a month in full: ``October 2026``, ``2026年10月``; a period as ``2026-P10``, ``2026年第10期``."""
        if (named := self._period(month)) is not None:
            return named
        return format_date(
            _as_date(month), "LLLL y" if self.words.language == "en" else "y年M月", locale=self._locale
        )

    def _period(self, month: pd.Period | datetime.date) -> str | None:
        """Name a period of a year of thirteen; None: it is a month of the calendar."""
        known = month if isinstance(month, pd.Period) else pd.Period(month, "M")
        if not is_numbered(known):
            return None
        is_english = self.words.language == "en"
        return period_name(known) if is_english else "{}年第{}期".format(*year_and_number(known))

    def month_short(self, month: pd.Period | datetime.date) -> str:
        """Write a month for axes: ``Oct 2026``, ``2026年10月``; a period as in full."""
        if (named := self._period(month)) is not None:
            return named
        return format_date(
            _as_date(month), "LLL y" if self.words.language == "en" else "y年M月", locale=self._locale
        )

    def _money(self, amount: float, decimals: int) -> str:
        if _missing(amount):
            return MISSING
        places = "." + "0" * decimals if decimals else ""
        value = _unsigned_zero(amount, decimals)
        text = format_currency(
            value, self.currency_code, f"¤#,##0{places}", locale=self._locale, currency_digits=False
        )
        return text.replace("-", "−").replace(self._no_sign, "")

    def _money_short(self, amount: float, _decimals: int) -> str:
        if _missing(amount):
            return MISSING
        amount = self._carried(amount)
        if abs(amount) < self._step:
            return self._money(amount, 2 if 0 < abs(amount) < 1 else 0)
        digits = self._fraction(amount)
        text = format_compact_currency(
            amount, self.currency_code, locale=self._locale, fraction_digits=digits
        )
        return text.replace("-", "−").replace(self._no_sign, "")

    def _short(self, value: float, _decimals: int) -> str:
        if _missing(value):
            return MISSING
        value = self._carried(value)
        if abs(value) < self._step:
            return self._decimal(value, 2 if 0 < abs(value) < 1 else 0)
        digits = self._fraction(value)
        return format_compact_decimal(value, locale=self._locale, fraction_digits=digits).replace("-", "−")

    def _percent(self, share: float, decimals: int) -> str:
        return MISSING if _missing(share) else self._decimal(share * 100, decimals) + "%"

    def _signed_percent(self, change: float, decimals: int) -> str:
        if not _missing(change) and change >= 10:
            return "×" + self.count(change + 1)
        return _signed(change, lambda size: self._percent(size, decimals), decimals + 2)

    def _amount(self, signed: bool) -> Format | None:
        """Return how amounts are written in tables where the settings name a unit; None: in full."""
        if self.amounts_in is None:
            return None
        size, places = _UNITS[self.amounts_in]

        def write(value: float, decimals: int) -> str:
            number = value if _missing(value) else value / size
            return _signed(number, lambda part: self._decimal(part, decimals), decimals) if signed else (
                self._decimal(number, decimals)
            )  # fmt: skip

        return Format(write, _PLAIN, places, signed, factor=1 / size, unit=self._unit(size))

    def _unit(self, size: int) -> str:
        """Return a unit of the currency as it follows a column's head: ``（万元）``; ``, k EUR``."""
        undeclared = self.currency_code == NO_CURRENCY
        if self.words.language == "zh":
            much = {1: "", 1_000: "千", 10_000: "万", 1_000_000: "百万", 100_000_000: "亿"}[size]
            return f"（{much}{'元' if undeclared or self.currency_code == 'CNY' else self.currency}）"
        much = {1: "", 1_000: "k", 10_000: "10,000", 1_000_000: "M", 100_000_000: "100 M"}[size]
        unit = " ".join(filter(None, (much, "" if undeclared else self.currency_code)))
        return f", {unit}" if unit else ""

    def _points(self, difference: float, decimals: int) -> str:
        text = _signed(difference, lambda size: self._decimal(size * 100, decimals), decimals + 2)
        return text if text == MISSING else self._pts(text)

    def _pts(self, number: str) -> str:
        return self.words.gettext("{number} pts", number=number)

    def _decimal(self, value: float, decimals: int) -> str:
        if _missing(value):
            return MISSING
        places = "#,##0" + ("." + "0" * decimals if decimals else "")
        text: str = _pattern(places).apply(_unsigned_zero(value, decimals), self._locale)
        return text.replace("-", "−")

    def _date(self, day: datetime.date, _decimals: int) -> str:
        return MISSING if pd.isna(day) else format_date(day, "medium", locale=self._locale)

    @cached_property
    def _no_sign(self) -> str:
        """What Babel writes for a currency that nobody has declared: it is taken away again."""
        undeclared = self.currency_code == NO_CURRENCY
        return str(get_currency_symbol(NO_CURRENCY, locale=self._locale)) if undeclared else "\0"

    @cached_property
    def _money_pattern(self) -> str:
        if self.currency_code == NO_CURRENCY:
            return _PLAIN
        return f'"{get_currency_symbol(self.currency_code, locale=self._locale)}"{_PLAIN}'

    @property
    def _step(self) -> int:
        """The power of ten at which the language starts to abbreviate: thousands, or 万."""
        return 10_000 if self.words.language == "zh" else 1_000

    def _carried(self, value: float) -> float:
        """Return the next unit where rounding reaches it: 999,600 is 1M and not 1000K, 99,999,999 is 1亿."""
        unit = 1
        while abs(value) >= unit * self._step:
            unit *= self._step
        digits = self._fraction(value) if unit > 1 else 0
        if round(abs(value) / unit, digits) >= self._step:
            return math.copysign(unit * self._step, value)
        return value

    def _fraction(self, value: float) -> int:
        """Decimals that leave three digits once Babel has divided by the language's power of ten."""
        leading = int(math.log10(abs(value))) % int(math.log10(self._step))
        return max(0, 2 - leading)


def numbers(
    language: str = "en",
    currency: str = "EUR",
    amounts_in: AmountUnit | None = None,
    labels: Labels = (),
    year: CompanyYear = CALENDAR_YEAR,
) -> Numbers:
    """Return the formatting for a language, the report's currency (ISO 4217) and its unit of amounts in tables.

    ``labels`` are what readers call words of the data; ``year`` is the company's.
    """
    return Numbers(words(language, labels, year.has_thirteen), currency, amounts_in, year)


def join_signs(markup: str) -> str:
    """Keep the sign of each amount in a text on the amount's line, with a word joiner that nobody sees."""
    return _PARTED.sub("\\1\u2060", markup)


def share_or_times(n: Numbers, decimals: int = 1) -> Callable[[float], str]:
    """Return how a share of something expected is written: ``98.4%``, from three times it on ``×9.2``."""
    return lambda share: "×" + n.decimal(share) if share >= MANY_TIMES else n.percent(share, decimals)


@lru_cache
def _pattern(text: str) -> NumberPattern:
    return parse_pattern(text)


def _signed(value: float, write: Callable[[float], str], decimals: int = 4) -> str:
    if _missing(value):
        return MISSING
    size = write(abs(value))
    if round(value, decimals) == 0:
        return size
    return ("+" if value > 0 else "−") + size


def _in_hundredths(base: Format, pattern: str) -> Format:
    """Return the format of figures that are 100 times those of another one."""
    return replace(base, write=lambda value, decimals: base(value / 100, decimals), pattern=pattern, factor=1)


def _missing(value: float) -> bool:
    return bool(pd.isna(value)) or math.isinf(value)


def _unsigned_zero(value: float, decimals: int) -> float:
    """Nobody owes minus nothing: what rounds to zero is written without a sign."""
    return 0.0 if round(value, decimals) == 0 else value


def _as_date(month: pd.Period | datetime.date) -> datetime.date:
    return month.to_timestamp().date() if isinstance(month, pd.Period) else month
