"""Spans of months that figures are summed over."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.core.calendar.own_periods import OwnPeriods, own_periods, year_number
from helpers.core.calendar.year_periods import YearPeriods, year_periods
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

    def months(self) -> pd.PeriodIndex:
        """Return the months of the span."""
        return pd.period_range(self.first, self.last, freq="M")


def trailing(month: pd.Period, window_months: int) -> Span:
    """Return the ``window_months`` months that end with ``month``."""
    return Span(month - (window_months - 1), month)


@dataclass(frozen=True)
class CompanyYear:
    """The twelve months of a company's year; quarters are its first three months, and so on.

    Attributes
    ----------
    starts
        The year's first month: 1 is January.
    named
        Whether a year that lies in two calendar years is named by its first or its last month.
    months
        The company's months, where they are no calendar months.
    periods
        The company's periods where its year has not twelve; months, and the year that they are of, are then the
        calendar's.

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
    months: OwnPeriods | None = None
    periods: YearPeriods | None = None

    @classmethod
    def of(cls, rules: Periods) -> CompanyYear:
        """Return the year and the months that ``[periods]`` says."""
        if (periods := year_periods(rules)) is not None:
            return cls(periods=periods)
        return cls(rules.year_starts, rules.year_named, own_periods(rules))

    @property
    def is_calendar(self) -> bool:
        """Whether it is the calendar year."""
        return self.starts == 1

    def first_day(self, month: pd.Period) -> dt.date:
        """Return the first day of a month, by the calendar or of the company's own."""
        return self.months.first_day(month) if self.months else month.to_timestamp().date()

    def last_day(self, month: pd.Period) -> dt.date:
        """Return the last day of a month, by the calendar or of the company's own."""
        return self.months.last_day(month) if self.months else month.to_timestamp(how="end").date()

    def ends(self, month: pd.Period) -> pd.Timestamp:
        """Return the last day of a month, as days in frames are."""
        return pd.Timestamp(self.last_day(month))

    def counts_in(self, days: pd.Series) -> pd.Series:
        """Return the first day of the calendar month by which the month of each day is known; NaT stays NaT."""
        months = days.dt.to_period("M")
        if self.months is not None:
            months = self.months.months_of(days).fillna(months)
        return months.dt.to_timestamp()

    def span(self, month: pd.Period) -> Span:
        """Return the whole year in which a month lies."""
        first = month - (month.month - self.starts) % 12
        return Span(first, first + 11)

    def quarter(self, month: pd.Period) -> Span:
        """Return the whole quarter in which a month lies."""
        first = month - (month.month - self.starts) % 3
        return Span(first, first + 2)

    def number(self, month: pd.Period) -> int:
        """Return the number of the company's year in which a month lies; of periods, that in which it ends."""
        if self.periods and (period := self.periods.at(self.last_day(month))) is not None:
            return period.year
        return year_number(month, (self.starts, self.named))

    def name(self, month: pd.Period) -> str:
        """Return what the year of a month is called: ``FY2027``."""
        return f"FY{self.number(month)}"

    def first_month(self, number: int) -> pd.Period:
        """Return the first month of the year of a number."""
        begun = number - (self.named == "last" and not self.is_calendar)
        return pd.Period(year=begun, month=self.starts, freq="M")

    def months_of(self, text: str) -> Span | None:
        """Return the months of ``FY2027``, ``FY2027-Q1`` or ``FY2027-P04`` (``2027-P04``); None: it is neither."""
        found = _OF_YEAR.fullmatch(text.strip().upper())
        if not found or self.periods:
            return None
        first = self.first_month(int(found["year"] or found["of"]))
        if found["period"]:
            first += int(found["period"]) - 1
            return Span(first, first)
        if found["quarter"]:
            first += 3 * int(found["quarter"]) - 3
            return Span(first, first + 2)
        return Span(first, first + 11)

    def target_months(self, text: str) -> str:
        """Return a target's period with the company's own written as the months that it has: ``2026-07/2027-06``.

        What is set for periods that are no months stays as it is (`YearPeriods.check_target`).

        Raises
        ------
        WorkbookError
            It is a calendar year or quarter, which the company does not reckon by: its own may be meant. Or it is a
            period that the company's year has not.
        """
        months = self.months_of(text)
        if months is not None:
            return str(months.first) if months.first == months.last else f"{months.first}/{months.last}"
        if self.periods and self.periods.check_target(text):
            return text
        if (self.is_calendar and not self.periods) or (len(text) == len("2026-10") and "Q" not in text):
            return text
        if self.periods:
            raise WorkbookError(
                f"targets, column period: '{text}' may be of the calendar or of the company's year of "
                f"{self.periods.a_year} periods. For the company's year write FY{text[:4]}; for others name the months "
                f"({text[:4]}-01)."
            )
        begins = self.span(self.first_month(int(text[:4])))
        own = f"FY{text}"
        meant = self.months_of(own)
        said = f"write {own}" + (f" ({meant.first} to {meant.last})" if meant else "")
        raise WorkbookError(
            f"targets, column period: '{text}' may be of the calendar or of the company's year, which begins in month "
            f"{self.starts} (year_starts under [periods] in workbook.toml). For the company's {said}; for others name "
            f"the months ({begins.first})."
        )

    def month_called(self, text: str) -> pd.Period | None:
        """Return the month of a name in the table of periods, or of ``FY2027-P04``; None: it is neither.

        Raises
        ------
        WorkbookError
            It is a period that is no month; the message says which month to ask for.
        """
        if self.periods and (period := self.periods.named(text)) is not None:
            raise WorkbookError(
                f"{period.name} is {period.first} to {period.last}, and a report is of a month of the calendar: ask "
                f"for {month_with(period.last)}, in which it ends. Page 01 compares the periods that are over by then."
            )
        if self.months and (named := self.months.named(text.strip())) is not None:
            return named
        months = self.months_of(text)
        return months.first if months and months.first == months.last else None


#: A year, quarter or period of the company's year; without FY only a period cannot be taken for the calendar's.
_OF_YEAR = re.compile(
    r"FY(?P<year>\d{4})(-Q(?P<quarter>[1-4]))?|(FY)?(?P<of>\d{4})-P(?P<period>0[1-9]|1[0-2])"
)
CALENDAR_YEAR = CompanyYear()


def month_with(day: dt.date) -> pd.Period:
    """Return the month in which a day lies."""
    return pd.Period(year=day.year, month=day.month, freq="M")


def year_to_date(month: pd.Period, year: CompanyYear = CALENDAR_YEAR) -> Span:
    """Return the first month of the year in which the month lies to the month."""
    return Span(year.span(month).first, month)


def up_to_month(month: pd.Period) -> Span:
    """Return all months up to this one."""
    return Span(pd.Period("1700-01", "M"), month)


def month_numbers(moments: pd.Series) -> np.ndarray:
    """Return months since year 0 (January of year 1: 13), so that differences are whole months; none may be missing.

    Each different moment is looked at once: months of millions of rows are few.
    """
    codes, starts = numbered_months(moments)
    return np.asarray(starts.year * 12 + starts.month, dtype="int64")[codes]


def numbered_months(moments: pd.Series) -> tuple[np.ndarray, pd.DatetimeIndex]:
    """Return a number for each moment, and the moments by number; those of categories are numbered already."""
    if isinstance(moments.dtype, pd.CategoricalDtype):
        return moments.cat.codes.to_numpy(), pd.DatetimeIndex(moments.cat.categories)
    codes, found = pd.factorize(moments)
    return codes, pd.DatetimeIndex(found)


def first_month_of(*frames: pd.DataFrame | None) -> pd.Period | None:
    """Return the earliest ``month`` in the frames; None where they have no rows."""
    starts = [
        starts[np.unique(codes)].min()
        for codes, starts in (numbered_months(f["month"]) for f in frames if f is not None and len(f))
    ]
    return min(starts).to_period("M") if starts else None
