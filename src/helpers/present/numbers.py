"""Numbers as a reader of the report's language writes them (Babel); values stay unrounded until here."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    get_currency_name,
    parse_pattern,
)

from helpers.present.words import Words, words

#: Shown where there is no number (not supplied, not defined).
MISSING = "–"


@dataclass(frozen=True)
class Numbers:
    """Formatting for one language and one currency. Every method takes a missing value and answers ``–``."""

    words: Words
    currency_code: str = "EUR"

    @property
    def currency(self) -> str:
        """The currency as a caption calls it: ``EUR``, ``欧元``."""
        if self.words.language == "en":
            return self.currency_code
        return get_currency_name(self.currency_code, locale=self._locale)

    @property
    def _locale(self) -> Locale:
        return self.words.locale

    def money(self, amount: float, decimals: int = 0) -> str:
        """Write an amount in full with its currency: ``€1,234,567``."""
        if _missing(amount):
            return MISSING
        places = "." + "0" * decimals if decimals else ""
        value = _unsigned_zero(amount, decimals)
        text = format_currency(
            value, self.currency_code, f"¤#,##0{places}", locale=self._locale, currency_digits=False
        )
        return text.replace("-", "−")

    def money_short(self, amount: float) -> str:
        """Write an amount to three digits for charts: ``€1.23M``, ``€123万`` in Chinese."""
        if _missing(amount):
            return MISSING
        if abs(amount) < self._step:
            return self.money(amount, 2 if 0 < abs(amount) < 1 else 0)
        digits = self._fraction(amount)
        text = format_compact_currency(
            amount, self.currency_code, locale=self._locale, fraction_digits=digits
        )
        return text.replace("-", "−")

    def short(self, value: float) -> str:
        """Write a number to three digits for charts, without unit: ``1.23M``, ``123万`` in Chinese."""
        if _missing(value):
            return MISSING
        if abs(value) < self._step:
            return self.decimal(value, 2 if 0 < abs(value) < 1 else 0)
        digits = self._fraction(value)
        return format_compact_decimal(value, locale=self._locale, fraction_digits=digits).replace("-", "−")

    def signed_money_short(self, amount: float) -> str:
        """Write a change in money for charts: ``+€1.2M``, ``−€340K``."""
        return self._signed(amount, self.money_short)

    def percent(self, share: float, decimals: int = 1) -> str:
        """Write a share (0 to 1) in percent: ``12.3%``."""
        if _missing(share):
            return MISSING
        return self.decimal(share * 100, decimals) + "%"

    def signed_percent(self, change: float, decimals: int = 1) -> str:
        """Write a relative change (0.1 is ten percent more): ``+10.0%``; from elevenfold on ``×12``."""
        if not _missing(change) and change >= 10:
            return "×" + self.count(change + 1)
        return self._signed(change, lambda size: self.percent(size, decimals), decimals + 2)

    def in_percent(self, percent: float, decimals: int = 1) -> str:
        """A figure that is in percent already: 12.3 becomes ``12.3%``."""
        return self.percent(percent / 100, decimals)

    def change_in_percent(self, percent: float, decimals: int = 1) -> str:
        """A relative change that is in percent already: 10 becomes ``+10.0%``."""
        return self.signed_percent(percent / 100, decimals)

    def in_points(self, points: float, decimals: int = 1) -> str:
        """A difference that is in percentage points already: 1.3 becomes ``+1.3 pts``."""
        return self.points(points / 100, decimals)

    def points(self, difference: float, decimals: int = 1) -> str:
        """Write a difference of two shares (0 to 1) in percentage points: ``+1.3 pts``."""
        text = self._signed(difference, lambda size: self.decimal(size * 100, decimals), decimals + 2)
        return text if text == MISSING else self.words.gettext("{number} pts", number=text)

    def decimal(self, value: float, decimals: int = 1) -> str:
        """Write a plain number with a fixed count of decimals: ``1,234.5``."""
        if _missing(value):
            return MISSING
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        text: str = _pattern(pattern).apply(_unsigned_zero(value, decimals), self._locale)
        return text.replace("-", "−")

    def count(self, number: float) -> str:
        """Write a count: ``12,345``."""
        return self.decimal(number, 0)

    def signed_count(self, number: float) -> str:
        """A change in whole units: ``+12,345``."""
        return self._signed(number, self.count, 0)

    def month(self, month: pd.Period | datetime.date) -> str:
        """Write a month in full: ``October 2026``, ``2026年10月``."""
        return format_date(
            _as_date(month), "LLLL y" if self.words.language == "en" else "y年M月", locale=self._locale
        )

    def month_short(self, month: pd.Period | datetime.date) -> str:
        """Write a month for axes: ``Oct 2026``, ``2026年10月``."""
        return format_date(
            _as_date(month), "LLL y" if self.words.language == "en" else "y年M月", locale=self._locale
        )

    def date(self, day: datetime.date) -> str:
        """Write a day: ``31 Oct 2026``."""
        return format_date(day, "medium", locale=self._locale)

    def _signed(self, value: float, spell: Callable[[float], str], decimals: int = 4) -> str:
        if _missing(value):
            return MISSING
        size = spell(abs(value))
        if round(value, decimals) == 0:
            return size
        return ("+" if value > 0 else "−") + size

    @property
    def _step(self) -> int:
        """The power of ten at which the language starts to abbreviate: thousands, or 万."""
        return 10_000 if self.words.language == "zh" else 1_000

    def _fraction(self, value: float) -> int:
        """Decimals that leave three digits once Babel has divided by the language's power of ten."""
        leading = int(math.log10(abs(value))) % int(math.log10(self._step))
        return max(0, 2 - leading)


def numbers(language: str = "en", currency: str = "EUR") -> Numbers:
    """Return the formatting for a language and the report's currency (ISO 4217)."""
    return Numbers(words(language), currency)


@lru_cache
def _pattern(text: str) -> NumberPattern:
    return parse_pattern(text)


def _missing(value: float) -> bool:
    return bool(pd.isna(value)) or math.isinf(value)


def _unsigned_zero(value: float, decimals: int) -> float:
    """Nobody owes minus nothing: what rounds to zero is written without a sign."""
    return 0.0 if round(value, decimals) == 0 else value


def _as_date(month: pd.Period | datetime.date) -> datetime.date:
    return month.to_timestamp().date() if isinstance(month, pd.Period) else month
