"""Spans of months that figures are summed over."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.core.calendar.fiscal_periods import FiscalPeriods, fiscal_periods, year_number
from helpers.core.calendar.period_names import (
    THIRTEEN,
    is_numbered,
    months_a_year,
    numbered_period,
    year_and_number,
)
from helpers.errors import WorkbookError
from helpers.settings.periods import Periods


@dataclass(frozen=True)
class Span:
    """The months from ``first`` to ``last``, both included."""

    first: pd.Period
    last: pd.Period

    def holds(self, months: pd.Series) -> np.ndarray:
        """Tell for each month (datetime64, first of the month, or such categories) whether it lies in the span."""
        if isinstance(months.dtype, pd.CategoricalDtype):
            return self.holds(pd.Series(months.cat.categories))[months.cat.codes.to_numpy()]
        return ((months >= self.first.to_timestamp()) & (months <= self.last.to_timestamp())).to_numpy()

    def back(self, months: int) -> Span:
        """Return the span of the same length that lies so many months earlier."""
        return Span(self.first - months, self.last - months)

    def year_back(self) -> Span:
        """Return the span of the like months of the year before."""
        return self.back(months_a_year(self.last))

    def months(self) -> pd.PeriodIndex:
        """Return the months of the span."""
        return pd.period_range(self.first, self.last, freq="M")


def trailing(month: pd.Period, window_months: int) -> Span:
    """Return the ``window_months`` months that end with ``month``."""
    return Span(month - (window_months - 1), month)


def trailing_year(month: pd.Period) -> Span:
    """Return as many months as a year has, up to one."""
    return trailing(month, months_a_year(month))


def year_ago(month: pd.Period) -> pd.Period:
    """Return the like month of the year before."""
    return month - months_a_year(month)


@dataclass(frozen=True)
class CompanyYear:
    """The months of a company's year; of twelve, quarters are its first three months, and so on.

    Attributes
    ----------
    starts
        The year's first month: 1 is January. Of years of thirteen periods, no more than what they are laid out by.
    named
        Whether a year that lies in two calendar years is named by its first or its last month.
    months
        The company's months, where they are no calendar months.

    Examples
    --------
    >>> year = CompanyYear(starts=7)
    >>> [str(year.span(pd.Period(month, "M")).first) for month in ("2026-06", "2026-07")]
    ['2025-07', '2026-07']
    >>> year.name(pd.Period("2026-10", "M")), str(year.months_of("FY2027-P04").first)
    ('FY2027', '2026-10')
    """

    starts: int = 1
    named: Literal["first", "last"] = "last"
    months: FiscalPeriods | None = None

    @classmethod
    def of(cls, rules: Periods) -> CompanyYear:
        """Return the year and the months that ``[periods]`` says."""
        return cls(rules.year_starts, rules.year_named, fiscal_periods(rules))

    @property
    def has_thirteen(self) -> bool:
        """Whether it has thirteen periods, which are no months: see `helpers.core.calendar.fiscal_periods`."""
        return self.months is not None and self.months.numbered

    @property
    def length(self) -> int:
        """How many months it has."""
        return THIRTEEN if self.has_thirteen else 12

    @property
    def is_calendar(self) -> bool:
        """Whether it is the calendar year."""
        return self.starts == 1 and not self.has_thirteen

    def first_day(self, month: pd.Period) -> dt.date:
        """Return the first day of a month, by the calendar or of the company's own."""
        return self.months.first_day(month) if self.months else month.to_timestamp().date()

    def last_day(self, month: pd.Period) -> dt.date:
        """Return the last day of a month, by the calendar or of the company's own."""
        return self.months.last_day(month) if self.months else month.to_timestamp(how="end").date()

    def like_day(self, month: pd.Period, day: dt.date) -> dt.date:
        """Return the day of a month as far from its first as a day from that of its own month; no later than its last.

        Examples
        --------
        >>> str(CALENDAR_YEAR.like_day(pd.Period("2026-02", "M"), dt.date(2026, 3, 9)))
        '2026-02-09'
        """
        return min(self.first_day(month) + (day - self.first_day(self.month_of(day))), self.last_day(month))

    def ends(self, month: pd.Period) -> pd.Timestamp:
        """Return the last day of a month, as days in frames are."""
        return pd.Timestamp(self.last_day(month))

    def closes(self, month: pd.Period) -> dt.date:
        """Return the day up to which a month is known, of days as order lines have them.

        Lines of twelve months a year are dated into them: there it is the last day of the calendar month.
        """
        return self.last_day(month) if self.has_thirteen else month.to_timestamp(how="end").date()

    def opens(self, month: pd.Period) -> dt.date:
        """Return the first of such days in a month."""
        return self.first_day(month) if self.has_thirteen else month.to_timestamp().date()

    def month_of(self, day: dt.date) -> pd.Period:
        """Return the month in which a day lies."""
        return self.months.month_with(day) if self.months else month_of_day(day)

    def month_with(self, day: dt.date) -> pd.Period:
        """Return the month in which a day counts, of days as order lines have them."""
        if self.months is not None and self.has_thirteen:
            return self.months.month_with(day)
        return pd.Period(year=day.year, month=day.month, freq="M")

    def months_with(self, days: pd.Series) -> pd.Series:
        """Return the first day of the month in which each such day counts; NaT stays NaT."""
        return self.counts_in(days) if self.has_thirteen else days.dt.to_period("M").dt.to_timestamp()

    def counts_in(self, days: pd.Series) -> pd.Series:
        """Return the first day of the month by which the month of each day is known; NaT stays NaT."""
        months = days.dt.to_period("M")
        if self.months is not None:
            own = self.months.months_of(days)
            months = own if self.has_thirteen else own.fillna(months)
        return months.dt.to_timestamp()

    def span(self, month: pd.Period) -> Span:
        """Return the whole year in which a month lies."""
        length = months_a_year(month)
        place = year_and_number(month)[1] - 1 if is_numbered(month) else (month.month - self.starts) % 12
        return Span(month - place, month - place + length - 1)

    def quarter(self, month: pd.Period) -> Span | None:
        """Return the whole quarter in which a month lies; None: a year of thirteen periods has no quarters."""
        if is_numbered(month):
            return None
        first = month - (month.month - self.starts) % 3
        return Span(first, first + 2)

    def number(self, month: pd.Period) -> int:
        """Return the number of the company's year in which a month lies."""
        return (
            year_and_number(month)[0] if is_numbered(month) else year_number(month, (self.starts, self.named))
        )

    def name(self, month: pd.Period) -> str:
        """Return what the year of a month is called: ``FY2027``."""
        return f"FY{self.number(month)}"

    def first_month(self, number: int) -> pd.Period:
        """Return the first month of the year of a number."""
        if self.has_thirteen:
            return numbered_period(number, 1)
        begun = number - (self.named == "last" and not self.is_calendar)
        return pd.Period(year=begun, month=self.starts, freq="M")

    def months_of(self, text: str) -> Span | None:
        """Return the months of ``FY2027``, ``FY2027-Q1`` or ``FY2027-P04`` (``2027-P04``); None: it is neither."""
        found = _OF_YEAR.fullmatch(text.strip().upper())
        if not found:
            return None
        year = self.span(self.first_month(int(found["year"] or found["of"])))
        if found["period"]:
            month = year.first + int(found["period"]) - 1
            return Span(month, month) if month <= year.last else None
        if found["quarter"]:
            return None if self.has_thirteen else self.quarter(year.first + 3 * int(found["quarter"]) - 3)
        return year

    def target_months(self, text: str) -> str:
        """Return a target's period with the company's own written as the months that it has: ``2026-07/2027-06``.

        Raises
        ------
        WorkbookError
            It is a month, a year or a quarter of the calendar, which the company does not reckon by: its own may be
            meant. Or it is a period that the company's year has not.
        """
        months = self.months_of(text)
        if months is not None:
            return str(months.first) if months.first == months.last else f"{months.first}/{months.last}"
        if self.has_thirteen:
            year = text.upper().removeprefix("FY")[:4]
            raise WorkbookError(
                f"targets, column period: '{text}' is no period of a year of {THIRTEEN}, nor such a year: write "
                f"FY{year}-P01 to FY{year}-P{THIRTEEN}, or FY{year}. It has no quarters and no months of the calendar."
            )
        if self.is_calendar or (len(text) == len("2026-10") and "Q" not in text):
            return text
        begins = self.span(self.first_month(int(text[:4])))
        own = f"FY{text}"
        meant = self.months_of(own)
        hint = f"write {own}" + (f" ({meant.first} to {meant.last})" if meant else "")
        raise WorkbookError(
            f"targets, column period: '{text}' may be of the calendar or of the company's year, which begins in month "
            f"{self.starts} (year_starts under [periods] in workbook.toml). For the company's {hint}; for others name "
            f"the months ({begins.first})."
        )

    def month_called(self, text: str) -> pd.Period | None:
        """Return the month of a name in the table of periods, or of ``FY2027-P04``; None: it is neither."""
        if self.months and (month := self.months.named(text.strip())) is not None:
            return month
        months = self.months_of(text)
        return months.first if months and months.first == months.last else None


#: A year, quarter or period of the company's year; without FY only a period cannot be taken for the calendar's.
_OF_YEAR = re.compile(
    r"FY(?P<year>\d{4})(-Q(?P<quarter>[1-4]))?|(FY)?(?P<of>\d{4})-P(?P<period>0[1-9]|1[0-3])"
)
CALENDAR_YEAR = CompanyYear()


def month_of_day(day: dt.date) -> pd.Period:
    """Return the month in which a day lies."""
    return pd.Period(year=day.year, month=day.month, freq="M")


def year_to_date(month: pd.Period, year: CompanyYear = CALENDAR_YEAR) -> Span:
    """Return the first month of the year in which the month lies to the month."""
    return Span(year.span(month).first, month)


def up_to_month(month: pd.Period) -> Span:
    """Return all months up to this one."""
    return Span(pd.Period("1700-01", "M"), month)


def month_number(month: pd.Period) -> int:
    """Count months from the year 0, so that differences are whole months: year * 12 + month."""
    return int(month.year * 12 + month.month)


def month_numbers(moments: pd.Series) -> np.ndarray:
    """Return months since year 0 (January of year 1: 13), so that differences are whole months; none may be missing.

    Each different moment is looked at once: months of millions of rows are few.
    """
    codes, starts = factorize_months(moments)
    return np.asarray(starts.year * 12 + starts.month, dtype="int64")[codes]


def factorize_months(moments: pd.Series) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Return a number for each moment, and the moments by number; those of categories are numbered already."""
    if isinstance(moments.dtype, pd.CategoricalDtype):
        return moments.cat.codes.to_numpy(), pd.DatetimeIndex(moments.cat.categories)
    codes, found = pd.factorize(moments)
    return codes, pd.DatetimeIndex(found)


def first_month_of(*frames: pd.DataFrame | None) -> pd.Period | None:
    """Return the earliest ``month`` in the frames; None where they have no rows."""
    starts = [
        starts[np.unique(codes)].min()
        for codes, starts in (factorize_months(f["month"]) for f in frames if f is not None and len(f))
    ]
    return min(starts).to_period("M") if starts else None
