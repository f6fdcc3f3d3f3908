"""`OwnPeriods`: the days of a company's months where they are no calendar months, the one truth of them."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby, pairwise

import numpy as np
import pandas as pd

from helpers.errors import WorkbookError
from helpers.settings.calendar.rules import WEEKDAYS
from helpers.settings.periods import Periods, Year

#: Years for which months are laid out by rule.
FIRST_YEAR, LAST_YEAR = 2000, 2045
_DAY = dt.timedelta(days=1)
#: A year of weeks has 364 or 371 days; one of fewer is cut off where a table begins or ends.
_WHOLE_YEAR_DAYS = 358


@dataclass(frozen=True)
class OwnPeriod:
    """A month of the company's: its days, and the calendar month that most of them are of, by which it is known."""

    month: pd.Period
    first: dt.date
    last: dt.date
    name: str

    @property
    def weeks(self) -> float:
        """Its length in weeks."""
        return ((self.last - self.first).days + 1) / 7


@dataclass(frozen=True)
class OwnPeriods:
    """A company's months, ascending and without gaps; see `own_periods`.

    An order line of a day that the calendar has in another month counts on the first or the last day of the calendar
    month by which its own is known (`moves`): so a month's lines are those of the company's month, whoever counts them.
    """

    periods: tuple[OwnPeriod, ...]

    @cached_property
    def _by_month(self) -> dict[pd.Period, OwnPeriod]:
        return {each.month: each for each in self.periods}

    def of(self, month: pd.Period) -> OwnPeriod | None:
        """Return a month's days; None beyond the periods that are known."""
        return self._by_month.get(month)

    def first_day(self, month: pd.Period) -> dt.date:
        """Return the first day of a month; beyond the periods that are known, of the calendar month."""
        own = self.of(month)
        return own.first if own else month.to_timestamp().date()

    def last_day(self, month: pd.Period) -> dt.date:
        """Return the last day of a month; beyond the periods that are known, of the calendar month."""
        own = self.of(month)
        return own.last if own else month.to_timestamp(how="end").date()

    def weeks(self, first: pd.Period, last: pd.Period) -> float:
        """Return the weeks of the months from one to another, both included."""
        return ((self.last_day(last) - self.first_day(first)).days + 1) / 7

    def named(self, name: str) -> pd.Period | None:
        """Return the month of a name in the table of periods."""
        return next((each.month for each in self.periods if each.name == name), None)

    @cached_property
    def moves(self) -> tuple[tuple[dt.date, dt.date, dt.date], ...]:
        """First and last day of days that the calendar has in another month, and the day on which they count."""
        found = []
        for each in self.periods:
            begin = dt.date(each.month.year, each.month.month, 1)
            end = dt.date(begin.year, begin.month, monthrange(begin.year, begin.month)[1])
            if each.first < begin:
                found.append((each.first, begin - _DAY, begin))
            if each.last > end:
                found.append((end + _DAY, each.last, end))
        return tuple(found)

    def counted(self, day: dt.date) -> dt.date:
        """Return the day on which a day counts."""
        return next((to for first, last, to in self.moves if first <= day <= last), day)

    def months_of(self, days: pd.Series) -> pd.Series:
        """Return the month of each day (period[M]); NaT beyond the periods that are known."""
        bounds = [each.first for each in self.periods] + [self.periods[-1].last + _DAY]
        months = pd.PeriodIndex([each.month for each in self.periods] + [pd.NaT], freq="M")
        place = np.searchsorted(pd.DatetimeIndex(bounds).to_numpy(), days.to_numpy(), side="right") - 1
        return pd.Series(months[np.where(days.notna(), place, -1)], days.index)

    @cached_property
    def edges(self) -> tuple[pd.Period, list[int], list[int]]:
        """`moves` by calendar month, from the first on: its last day that counts before it, its last that counts in it.

        0 and 31 where no day moves. Months follow each other and the middle of each is of the calendar month by which
        it is known: so a day counts in that of the calendar or in one beside it.
        """
        months = pd.period_range(self.periods[0].first, self.periods[-1].last, freq="M")
        before, up_to = [0] * len(months), [31] * len(months)
        for first, last, to in self.moves:
            place = (pd.Period(first, freq="M") - months[0]).n
            if to < first:
                before[place] = last.day
            else:
                up_to[place] = first.day - 1
        return months[0], before, up_to

    @cached_property
    def moves_by_year(self) -> dict[int, list[tuple[dt.date, dt.date, dt.date]]]:
        """`moves` by each calendar year of their days: looked up in two short steps instead of a long one."""
        by_year: dict[int, list[tuple[dt.date, dt.date, dt.date]]] = {}
        for move in self.moves:
            for year in sorted({move[0].year, move[1].year}):
                by_year.setdefault(year, []).append(move)
        return dict(sorted(by_year.items()))

    def counted_sql(self, day: str) -> str:
        """Write the SQL of the day on which a day counts."""
        if not self.moves:
            return day

        def of_year(moves: list[tuple[dt.date, dt.date, dt.date]]) -> str:
            return " ".join(
                f"WHEN {day} BETWEEN DATE '{first}' AND DATE '{last}' THEN DATE '{to}'"
                for first, last, to in moves
            )

        years = " ".join(
            f"WHEN year({day}) = {year} THEN CASE {of_year(moves)} ELSE {day} END"
            for year, moves in self.moves_by_year.items()
        )
        return f"CASE {years} ELSE {day} END"


def own_periods(rules: Periods) -> OwnPeriods | None:
    """Return the company's months as ``[periods]`` says; None where they are calendar months.

    They are the calendar's too where its year has other than twelve periods, which are no months: see
    `helpers.core.calendar.year_periods`.

    Raises
    ------
    WorkbookError
        The table of periods has not twelve months a year, or another year than ``year_starts`` and ``year_named`` say.
    """
    if periods_a_year(rules) != 12:
        return None
    if rules.table:
        rows = tuple((each.name, each.first_day, each.last_day, each.year) for each in rules.named)
        return _of_table(rules.table, rows, rules.year)
    if rules.closing_day:
        return _by_closing_day(rules.closing_day)
    if rules.pattern:
        weeks = tuple(int(number) for number in rules.pattern.split("-"))
        return _by_weeks(weeks, rules.year_starts, WEEKDAYS.index(rules.week_starts), rules.year_ends)
    return None


def periods_a_year(rules: Periods) -> int:
    """Return how many periods a year has as ``[periods]`` says: 12, unless the pattern or the table has others.

    A table tells where its periods do not follow each other as months do, each names its year, a whole year is among
    them, and every year but the first and the last has as many.
    """
    if not rules.table:
        return 13 if rules.pattern == "13x4" else 12
    return _in_years(tuple((each.first_day, each.last_day, each.year) for each in rules.named))


@lru_cache
def _in_years(rows: tuple[tuple[dt.date, dt.date, int | None], ...]) -> int:
    months = [_most_of(first, last) for first, last, _ in rows]
    if all((after - before).n == 1 for before, after in pairwise(months)):
        return 12
    years = [list(own) for _, own in groupby(rows, lambda row: row[2])]
    whole = [len(own) for own in years if (own[-1][1] - own[0][0]).days >= _WHOLE_YEAR_DAYS]
    if not whole or any(year is None for _, _, year in rows):
        return 12
    counts = {*whole, *map(len, years[1:-1])}
    return whole[0] if len(counts) == 1 and max(map(len, years)) == whole[0] else 12


def year_number(month: pd.Period, year: Year) -> int:
    """Return the calendar year by which the company's year of a month is named."""
    starts, named = year
    begun = month.year if month.month >= starts else month.year - 1
    return int(begun + (named == "last" and starts > 1))


@lru_cache
def _by_closing_day(day: int) -> OwnPeriods:
    months = pd.period_range(f"{FIRST_YEAR}-01", f"{LAST_YEAR}-12", freq="M")
    ends = [dt.date(month.year, month.month, day) for month in months]
    before = dt.date(FIRST_YEAR - 1, 12, day)
    return _laid_out([before, *ends])


def year_ends(starts: int, week_starts: int, nearest_or_last: str) -> list[dt.date]:
    """Return the last day of each year that ends on the last day of a week, from the year before `FIRST_YEAR` on."""
    closing = pd.offsets.FY5253(
        weekday=(week_starts - 1) % 7, startingMonth=(starts - 2) % 12 + 1, variation=nearest_or_last
    )
    begin = pd.Timestamp(FIRST_YEAR, starts, 1) - 7 * _DAY
    years = LAST_YEAR - FIRST_YEAR + 1
    ends = [day.date() for day in pd.date_range(begin, periods=years, freq=closing)]
    assert all((end - before).days in (364, 371) for before, end in pairwise(ends))
    return ends


@lru_cache
def _by_weeks(weeks: tuple[int, ...], starts: int, week_starts: int, nearest_or_last: str) -> OwnPeriods:
    ends = year_ends(starts, week_starts, nearest_or_last)
    closed = [ends[0]]
    for end in ends[1:]:
        for number in weeks * 4:
            closed.append(closed[-1] + 7 * number * _DAY)
        # A year of 53 weeks: the last one is of its last month.
        closed[-1] = end
    return _laid_out(closed)


def _laid_out(ends: list[dt.date]) -> OwnPeriods:
    """Return the months that end on the days after the first of these, each from the day after the one before."""
    found = []
    for before, last in pairwise(ends):
        month = _most_of(before + _DAY, last)
        found.append(OwnPeriod(month, before + _DAY, last, str(month)))
    return OwnPeriods(tuple(found))


def _most_of(first: dt.date, last: dt.date) -> pd.Period:
    """Return the calendar month of the middle of some days."""
    middle = first + (last - first) // 2
    return pd.Period(year=middle.year, month=middle.month, freq="M")


@lru_cache
def _of_table(table: str, rows: Iterable[tuple[str, dt.date, dt.date, int | None]], year: Year) -> OwnPeriods:
    found: list[OwnPeriod] = []
    for name, first, last, number in rows:
        month = _most_of(first, last)
        if found and (month - found[-1].month).n != 1:
            before = found[-1]
            raise WorkbookError(
                f"{table}: '{before.name}' ({before.first} to {before.last}) and '{name}' ({first} to {last}) do not "
                f"follow each other as months do: most of their days are of {before.month} and of {month}. Pages "
                "count twelve months a year. A table of another number has as many in every year, and names in the "
                "column year the year of each."
            )
        own = year_number(month, year)
        if number is not None and number != own:
            raise WorkbookError(
                f"{table}, column year: '{name}' is of {number}, and year_starts = {year[0]} with year_named = "
                f'"{year[1]}" makes it {own}. Correct [periods] in workbook.toml, or the table.'
            )
        found.append(OwnPeriod(month, first, last, name))
    return OwnPeriods(tuple(found))
