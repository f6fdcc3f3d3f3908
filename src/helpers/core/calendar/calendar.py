"""`Calendar`: which days are worked in a country and a company, and which holidays lie elsewhere than a year ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter
from numpy.typing import NDArray

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.settings.periods import WEEKDAYS, CalendarRules, Festival, Reach

if TYPE_CHECKING:
    from holidays import HolidayBase

#: What their days are called in the English names of ``holidays``. Egypt has a "Spring Festival" that is another one.
_NAMES: dict[Festival, tuple[str, ...]] = {
    "spring_festival": (
        "Chinese New Year (Spring Festival)", "Chinese New Year", "Lunar New Year", "Korean New Year",
    ),
    "ramadan": ("Eid al-Fitr", "Eid al-Fitr Holiday", "Eid al-Fitr (Second Day)", "Eid al-Fitr Second Day"),
    "golden_week": ("National Day", "Constitution Day"),
}  # fmt: skip
_REACH: dict[tuple[str, Festival], Reach] = {
    # Trade slows 4 to 5 days before and is back 15 to 20 days after; the statistics office publishes January and
    # February together for it.
    ("CN", "spring_festival"): (5, 20),
    # 1 to 7 October, with the weekend before and after; no more, as the days off are worked on weekends around.
    ("CN", "golden_week"): (0, 6),
    # From Showa Day, 29 April, to Children's Day, 5 May; Constitution Day is 3 May.
    ("JP", "golden_week"): (4, 2),
}
#: The month of fasting before the feast, and its days off.
_RAMADAN: Reach = (30, 3)
#: The US Census Bureau's easter[8]: from the Saturday eight days before; and Easter Monday.
_EASTER: Reach = (8, 1)
_ORTHODOX = {"BY", "CY", "GE", "GR", "MD", "ME", "MK", "RO", "RS", "RU", "UA", "BG"}
#: A country has the month of fasting where its feast is given so many days off; where it is one feast of several, not.
_LEAST_DAYS_OF_RAMADAN = 2
#: Days of one name that are further apart are two feasts.
_APART = 20


@dataclass(frozen=True)
class FestivalDates:
    """A festival of one year: its first day, and the first and last day of its reach."""

    festival: Festival
    day: dt.date
    first: dt.date
    last: dt.date

    def overlaps(self, first: dt.date, last: dt.date) -> bool:
        """Whether the reach has a day in the span."""
        return self.first <= last and self.last >= first


def festivals_of(
    country: str, days: HolidayBase, year: int, chosen: dict[Festival, Reach] | None
) -> list[FestivalDates]:
    """Return the festivals of a year, by day.

    Parameters
    ----------
    country
        ISO 3166 code.
    days
        The country's public holidays, in English; ``year`` is among its years.
    chosen
        Festivals and their reach where the settings say them; None: those of the country.
    """
    found = []
    for festival in ("spring_festival", "ramadan", "easter", "golden_week") if chosen is None else chosen:
        reach = _reach(country, festival, days, year) if chosen is None else chosen[festival]
        if reach is None:
            continue
        for day in _days(country, festival, days, year):
            before, after = reach
            found.append(FestivalDates(festival, day, day - dt.timedelta(before), day + dt.timedelta(after)))
    return sorted(found, key=lambda each: (each.day, each.festival))


def _days(country: str, festival: Festival, days: HolidayBase, year: int) -> list[dt.date]:
    """Return the first days of a festival in a year: the feast after Ramadan comes twice in 2033."""
    if festival == "easter":
        return [easter(year, EASTER_ORTHODOX if country in _ORTHODOX else EASTER_WESTERN)]
    if festival == "august":
        return [dt.date(year, 8, 15)]  # Assumption, around which the south of Europe shuts
    named = _named(days, year, festival)
    return [day for place, day in enumerate(named) if not place or (day - named[place - 1]).days > _APART]


def _named(days: HolidayBase, year: int, festival: Festival) -> list[dt.date]:
    """Return the days of a year that are called so; several names of one day are joined by semicolons."""
    names = _NAMES[festival]
    return [
        day
        for day, called in sorted(days.items())
        if day.year == year and any(each.removesuffix(" (estimated)") in names for each in called.split("; "))
    ]


def _reach(country: str, festival: Festival, days: HolidayBase, year: int) -> Reach | None:
    """Return a festival's reach in a country; None where it has none there."""
    if (country, festival) in _REACH:
        return _REACH[country, festival]
    if festival == "golden_week":
        return None
    if festival == "easter":
        called = [name for day, name in days.items() if day.year == year]
        return _EASTER if any("Easter" in name or "Good Friday" in name for name in called) else None
    named = _named(days, year, festival)
    if festival == "ramadan":
        return _RAMADAN if len(named) >= _LEAST_DAYS_OF_RAMADAN else None
    # Nobody's figures but China's were found: the eve and the days off themselves.
    return (1, _days_off_after(days, named[0])) if named else None


def _days_off_after(days: HolidayBase, first: dt.date) -> int:
    """Count the days off that follow a day without a break."""
    after = 0
    while first + dt.timedelta(after + 1) in days:
        after += 1
    return after


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
    announced_to
        The last year of which make-up days count; None: of every year that ``holidays`` knows. Those of the next year
        are announced in the course of one, and no earlier report may rest on them.
    """

    rules: CalendarRules
    own: tuple[CompanyDay, ...] = field(default=())
    months: FiscalPeriods | None = None
    announced_to: int | None = None

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

    def in_months(self, first: pd.Period, last: pd.Period) -> float:
        """Return the working days of months, both included."""
        return self.working_days(*self.days_of(first, last))

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
        country, rules = self.rules.country or "", self.rules.festivals
        found = [each for year in years for each in festivals_of(country, self._days(year), year, rules)]
        return sorted((each for each in found if each.overlaps(first, last)), key=lambda each: each.day)

    def trading_days(self, first: pd.Period, last: pd.Period, lost: Mapping[Festival, float]) -> float:
        """Return the working days of months, both included; days near a festival count by their share of trade.

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
        known = max(self._days(FIRST_YEAR).special_public_holidays, default=LAST_YEAR)
        return year > min(known, self.announced_to or LAST_YEAR)

    def _days(self, year: int) -> HolidayBase:
        announced = self.rules.country not in _ANNOUNCED_EACH_YEAR or year <= (self.announced_to or LAST_YEAR)
        return _public_days(
            self.rules.country or "", self.rules.region, min(max(year, FIRST_YEAR), LAST_YEAR), announced
        )

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
def _public_days(country: str, region: str | None, year: int, announced: bool = True) -> HolidayBase:
    """Return the public holidays of one year, in English, as all countries' festivals are known by those names.

    Not ``announced``: without what is said of the year alone, which are days off moved and weekends worked for them.
    """
    from holidays import country_holidays  # takes a moment, and most settings have no country

    if announced:
        return country_holidays(country, subdiv=region, years=[year], expand=False, language="en_US")
    days = country_holidays(country, subdiv=region, years=[], expand=True, language="en_US")
    days.special_public_holidays, days.weekend_workdays = {}, set()
    days.get(dt.date(year, 1, 1))  # adds the year
    days.expand = False
    return days
