"""`Calendar`: which days are worked in a country and a company, and which holidays lie elsewhere than a year ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.calendar.festivals import FestivalDates, festivals_of
from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.settings.calendar.rules import WEEKDAYS, CalendarRules, Festival

if TYPE_CHECKING:
    from holidays import HolidayBase

#: What of a day is worked on a row of ``days_off``.
_WORKED = {"closed": 0.0, "half": 0.5, "worked": 1.0}
#: Where the government says each year anew which weekends are worked in place of which days off.
_ANNOUNCED_EACH_YEAR = ("BY", "CN", "HU", "KG", "KZ", "RU", "UZ")
#: Beyond these years nobody's holidays are known.
FIRST_YEAR, LAST_YEAR = 1949, 2099


@dataclass(frozen=True)
class CompanyDay:
    """A row of ``days_off`` that counts: a day that the company works otherwise than its country."""

    day: dt.date
    kind: Literal["closed", "half", "worked"]


@dataclass(frozen=True)
class Calendar:
    """The working days of a country, with a company's own.

    A day counts 1 where it is worked, 0.5 on half a day off, 0 on a day off. Own days go before the country's.

    Attributes
    ----------
    rules
        ``[calendar]`` of the settings, with a country.
    own
        The company's own days, one a date.
    months
        The company's months, where they are no calendar months.
    """

    rules: CalendarRules
    own: tuple[CompanyDay, ...] = field(default=())
    months: FiscalPeriods | None = None

    def worked(self, day: dt.date) -> float:
        """Return what of a day is worked: 0, 0.5 or 1.

        Examples
        --------
        >>> china = Calendar(CalendarRules(country="CN"))
        >>> [china.worked(dt.date(2026, 2, day)) for day in (13, 14, 16)]  # a Friday, a Saturday worked, a day off
        [1.0, 1.0, 0.0]
        """
        return float(self._of_year(day.year)[day.timetuple().tm_yday - 1])

    def working_days(self, first: dt.date, last: dt.date) -> float:
        """Return the working days from ``first`` to ``last``, both included; 0 where that is before.

        Examples
        --------
        >>> Calendar(CalendarRules(country="CN")).working_days(dt.date(2026, 2, 1), dt.date(2026, 2, 28))
        16.0
        """
        total = 0.0
        for year in range(first.year, last.year + 1):
            begin = first.timetuple().tm_yday - 1 if year == first.year else 0
            end = last.timetuple().tm_yday if year == last.year else None
            total += float(self._of_year(year)[begin:end].sum())
        return total

    def in_months(self, first: pd.Period, last: pd.Period, until_day: int | None = None) -> float:
        """Return the working days of months, both included; of the last one up to a day of the month, where given."""
        begin, end = self.days_of(first, last)
        if until_day is not None:
            end = end.replace(day=min(until_day, end.day))
        return self.working_days(begin, end)

    def days_of(self, first: pd.Period, last: pd.Period) -> tuple[dt.date, dt.date]:
        """Return the first day of one month and the last of another."""
        if self.months is not None:
            return self.months.first_day(first), self.months.last_day(last)
        return first.to_timestamp().date(), last.to_timestamp(how="end").date()

    def moved(self, first: dt.date, last: dt.date) -> list[FestivalDates]:
        """Return the festivals whose reach has a day in a span, by day.

        Examples
        --------
        >>> china = Calendar(CalendarRules(country="CN"))
        >>> [(each.festival, str(each.day), str(each.last)) for each in china.moved(dt.date(2026, 2, 1), dt.date(2026, 2, 28))]
        [('spring_festival', '2026-02-17', '2026-03-09')]
        """  # noqa: E501
        years = range(max(first.year - 1, FIRST_YEAR), min(last.year + 1, LAST_YEAR) + 1)
        found = [each for year in years for each in self._festivals(year)]
        return sorted((each for each in found if each.overlaps(first, last)), key=lambda each: each.day)

    def trading_days(self, first: pd.Period, last: pd.Period, lost: Mapping[Festival, float]) -> float:
        """Return the working days of months, both included, with those in a festival's reach by what of trade goes on.

        Parameters
        ----------
        lost
            What of trade is lost on a day of the reach, days off or not, against the same weekday around it. A
            festival that is not named takes nothing.
        """
        begin, end = self.days_of(first, last)
        total = self.working_days(begin, end)
        for each in self.moved(begin, end):
            if each.festival in lost:
                days = max(each.first, begin), min(each.last, end)
                year = dt.date(end.year, 1, 1), dt.date(end.year, 12, 31)
                worked = self.working_days(*year) / self._weekdays(*year)
                goes_on = self._weekdays(*days) * worked * (1 - lost[each.festival])
                total += goes_on - self.working_days(*days)
        return total

    def _weekdays(self, first: dt.date, last: dt.date) -> int:
        """Return the days of a span that are no weekend, holidays or not."""
        weekend = self._weekend(self._days(last.year).weekend)
        worked = [day not in weekend for day in range(len(WEEKDAYS))]
        return int(np.busday_count(first, last + dt.timedelta(days=1), weekmask=worked))

    def reached_days(self, month: pd.Period, festival: Festival = "spring_festival") -> int:
        """Return how many days of a month lie in the reach of a festival."""
        first, last = self.days_of(month, month)
        return sum(
            (min(each.last, last) - max(each.first, first)).days + 1
            for each in self.moved(first, last)
            if each.festival == festival
        )

    def is_provisional(self, year: int) -> bool:
        """Whether weekends are worked in place of days off, and ``holidays`` does not know yet which of this year.

        Examples
        --------
        >>> china = Calendar(CalendarRules(country="CN"))
        >>> china.is_provisional(2026), china.is_provisional(2090)
        (False, True)
        """
        if self.rules.country not in _ANNOUNCED_EACH_YEAR:
            return False
        return year > max(self._days(year).special_public_holidays, default=LAST_YEAR)

    def _days(self, year: int) -> HolidayBase:
        return _public_days(
            self.rules.country or "", self.rules.region, min(max(year, FIRST_YEAR), LAST_YEAR)
        )

    def _festivals(self, year: int) -> list[FestivalDates]:
        return festivals_of(self.rules.country or "", self._days(year), year, self.rules.festivals)

    @cached_property
    def _own_days(self) -> dict[dt.date, float]:
        return {each.day: _WORKED[each.kind] for each in self.own}

    @cached_property
    def _years(self) -> dict[int, NDArray[np.float64]]:
        return {}

    def _of_year(self, year: int) -> NDArray[np.float64]:
        """Return what is worked of each day of a year."""
        if year not in self._years:
            public = self._days(year)
            weekend = self._weekend(public.weekend)
            days = [day.date() for day in pd.date_range(f"{year}-01-01", f"{year}-12-31")]
            self._years[year] = np.array(
                [
                    self._own_days.get(
                        day,
                        float(
                            day in public.weekend_workdays
                            or (day.weekday() not in weekend and day not in public)
                        ),
                    )
                    for day in days
                ]
            )
        return self._years[year]

    def _weekend(self, public: Collection[int]) -> Collection[int]:
        chosen = self.rules.weekend
        return public if chosen is None else {WEEKDAYS.index(day) for day in chosen}


@lru_cache(maxsize=512)
def _public_days(country: str, region: str | None, year: int) -> HolidayBase:
    """Return the public holidays of one year, in English, as all countries' festivals are known by those names."""
    from holidays import country_holidays  # takes a moment, and most settings have no country

    return country_holidays(country, subdiv=region, years=[year], expand=False, language="en_US")
