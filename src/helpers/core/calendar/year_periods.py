"""`YearPeriods`: the periods of a company whose year has not twelve, such as thirteen of four weeks.

They are no months: nothing is dated into them, and what counts by months counts by the calendar's. Figures of a period
are those of its days, and the period that it is compared with has the same place in the year before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby, pairwise

from helpers.core.calendar.own_periods import periods_a_year, year_ends
from helpers.errors import WorkbookError
from helpers.settings.calendar.rules import WEEKDAYS
from helpers.settings.periods import Periods, Year

_DAY = dt.timedelta(days=1)
_WEEK = 7 * _DAY
_THIRTEEN = 13
#: A period of the company's year, or the year; the quarters of such a year are the company's own affair.
_OF_YEAR = re.compile(r"(?:FY)?(?P<year>\d{4})-P(?P<number>\d\d)|FY(?P<whole>\d{4})(?P<quarter>-Q[1-4])?")


@dataclass(frozen=True)
class YearPeriod:
    """A period: the year of the company's that it is of, its place in it (from 1), and its days."""

    year: int
    number: int
    first: dt.date
    last: dt.date
    name: str

    @property
    def code(self) -> str:
        """What a target of it is set for: ``FY2026-P10``."""
        return _code(self.year, self.number)


def weeks(periods: Sequence[YearPeriod]) -> float:
    """Return the length of periods that follow each other, in weeks."""
    return ((periods[-1].last - periods[0].first).days + 1) / 7


@dataclass(frozen=True)
class YearPeriods:
    """A company's periods, ascending and without gaps.

    Attributes
    ----------
    periods
        All that are known.
    a_year
        How many a year has.
    """

    periods: tuple[YearPeriod, ...]
    a_year: int

    @cached_property
    def _places(self) -> dict[tuple[int, int], int]:
        return {(each.year, each.number): place for place, each in enumerate(self.periods)}

    def at(self, day: dt.date) -> YearPeriod | None:
        """Return the period of a day; None beyond those that are known."""
        return next((each for each in self.periods if each.first <= day <= each.last), None)

    def last_over(self, day: dt.date) -> YearPeriod | None:
        """Return the last period that is over at the end of a day."""
        return next((each for each in reversed(self.periods) if each.last <= day), None)

    def year_ago(self, period: YearPeriod) -> YearPeriod | None:
        """Return the period of the same place in the year before."""
        place = self._places.get((period.year - 1, period.number))
        return None if place is None else self.periods[place]

    def likes(self, periods: Sequence[YearPeriod]) -> tuple[YearPeriod, ...]:
        """Return the periods of the same places in the year before; empty where one of them is not known."""
        found = [self.year_ago(each) for each in periods]
        return tuple(each for each in found if each is not None) if None not in found else ()

    def year_to_date(self, period: YearPeriod) -> tuple[YearPeriod, ...]:
        """Return the periods of its year up to a period; empty where the first of them is not known."""
        found = [self._places.get((period.year, number)) for number in range(1, period.number + 1)]
        return tuple(self.periods[place] for place in found if place is not None) if None not in found else ()

    def trailing_year(self, period: YearPeriod) -> tuple[YearPeriod, ...]:
        """Return as many periods as a year has, up to a period; empty where the first of them is not known."""
        end = self._places[period.year, period.number] + 1
        return self.periods[end - self.a_year : end] if end >= self.a_year else ()

    def of_year(self, year: int) -> tuple[YearPeriod, ...]:
        """Return the periods of a year that are known, all of them or not."""
        return tuple(each for each in self.periods if each.year == year)

    def named(self, text: str) -> YearPeriod | None:
        """Return the period of a name in the table, or of ``FY2026-P10`` (``2026-P10``)."""
        text = text.strip()
        if (own := next((each for each in self.periods if each.name == text), None)) is not None:
            return own
        found = _OF_YEAR.fullmatch(text.upper())
        if found is None or found["number"] is None:
            return None
        place = self._places.get((int(found["year"]), int(found["number"])))
        return None if place is None else self.periods[place]

    def check_target(self, text: str) -> bool:
        """Tell whether a target's period is a period or a year of these; False: it is of the calendar's months.

        Raises
        ------
        WorkbookError
            It is a period that the year has not, or a quarter.
        """
        found = _OF_YEAR.fullmatch(text)
        if found is None:
            return False
        if found["quarter"]:
            raise WorkbookError(
                f"targets, column period: '{text}': a year of {self.a_year} periods has no quarters. Set targets of "
                f"its periods ({_code(int(found['whole']), 1)}) or of the year (FY{found['whole']})."
            )
        if found["number"] and not 1 <= int(found["number"]) <= self.a_year:
            raise WorkbookError(
                f"targets, column period: '{text}' is no period of a year of {self.a_year}: they are "
                f"{_code(int(found['year']), 1)} to {_code(int(found['year']), self.a_year)}."
            )
        return True


def year_periods(rules: Periods) -> YearPeriods | None:
    """Return the company's periods where ``[periods]`` gives a year other than twelve; None: it has twelve months.

    Raises
    ------
    WorkbookError
        The table of periods names years that do not follow each other.
    """
    if (count := periods_a_year(rules)) == 12:
        return None
    if rules.table:
        rows = tuple((each.name, each.first_day, each.last_day, each.year or 0) for each in rules.named)
        return _of_table(rules.table, rows, count)
    return _thirteen(rules.year, WEEKDAYS.index(rules.week_starts), rules.year_ends)


@lru_cache
def _thirteen(year: Year, week_starts: int, nearest_or_last: str) -> YearPeriods:
    """Lay out years of thirteen periods of four weeks; the 53rd week of a long year is in the last."""
    starts, named = year
    found = []
    for before, end in pairwise(year_ends(starts, week_starts, nearest_or_last)):
        # The last day of a year lies within a week of the end of its last month.
        number = (end - 2 * _WEEK).year - (named == "first" and starts > 1)
        for place in range(1, _THIRTEEN + 1):
            first = before + _DAY + 4 * (place - 1) * _WEEK
            last = end if place == _THIRTEEN else first + 4 * _WEEK - _DAY
            found.append(YearPeriod(number, place, first, last, _code(number, place)))
    return YearPeriods(tuple(found), _THIRTEEN)


@lru_cache
def _of_table(table: str, rows: Iterable[tuple[str, dt.date, dt.date, int]], a_year: int) -> YearPeriods:
    found: list[YearPeriod] = []
    by_year = [(year, list(own)) for year, own in groupby(rows, key=lambda row: row[3])]
    for (year, _), (after, own) in pairwise(by_year):
        if after != year + 1:
            raise WorkbookError(
                f"{table}, column year: '{own[0][0]}' is of {after}, and the period before it of {year}. Years follow "
                "each other; correct the table."
            )
    for place, (year, own) in enumerate(by_year):
        # A table may begin within a year: then its first periods are that year's last.
        missing = a_year - len(own) if place == 0 and len(by_year) > 1 else 0
        for number, (name, first, last, _) in enumerate(own, 1 + missing):
            found.append(YearPeriod(year, number, first, last, name))
    return YearPeriods(tuple(found), a_year)


def _code(year: int, number: int) -> str:
    return f"FY{year}-P{number:02}"
