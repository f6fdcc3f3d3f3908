"""`FiscalPeriods`: the first and last days of a company's months where they are no calendar months.

A month is a `pandas.Period` of frequency M everywhere: where a year has twelve, the calendar month that most of its
days are of. A period of a year of thirteen is numbered instead (`period_names`): its days are asked of `FiscalPeriods`.
"""

import datetime as dt
import math
from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby, pairwise

import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import (
    FIRST_YEAR,
    LAST_YEAR,
    THIRTEEN,
    is_numbered,
    numbered_period,
    period_name,
    year_and_number,
)
from helpers.errors import WorkbookError
from helpers.settings.periods import WEEKDAYS, Periods, Year

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class FiscalPeriod:
    """A month of the company's: its days, and the month (`pandas.Period`) by which it is known."""

    month: pd.Period
    first: dt.date
    last: dt.date
    name: str

    @property
    def weeks(self) -> float:
        """Its length in weeks."""
        return ((self.last - self.first).days + 1) / 7


@dataclass(frozen=True)
class FiscalPeriods:
    """A company's months, ascending and without gaps; see `fiscal_periods`.

    An order line of a day that the calendar has in another month counts on the first or the last day of the calendar
    month by which its own is known (`moves`): so a month's lines are those of the company's month, whoever counts them.
    """

    periods: tuple[FiscalPeriod, ...]

    @property
    def numbered(self) -> bool:
        """Whether they are periods of years of thirteen; their lines keep their days."""
        return is_numbered(self.periods[0].month)

    @cached_property
    def _by_month(self) -> dict[pd.Period, FiscalPeriod]:
        return {each.month: each for each in self.periods}

    def of(self, month: pd.Period) -> FiscalPeriod | None:
        """Return a month's days; None beyond the periods that are known."""
        return self._by_month.get(month)

    def first_day(self, month: pd.Period) -> dt.date:
        """Return the first day of a month; beyond the periods that are known, see `_beyond`."""
        own = self.of(month)
        return own.first if own else self._beyond(month)[0]

    def last_day(self, month: pd.Period) -> dt.date:
        """Return the last day of a month; beyond the periods that are known, see `_beyond`."""
        own = self.of(month)
        return own.last if own else self._beyond(month)[1]

    def _beyond(self, month: pd.Period) -> tuple[dt.date, dt.date]:
        """Return the days of a month that is not known: the calendar month's; of a numbered one, four weeks."""
        if not self.numbered:
            return month.to_timestamp().date(), month.to_timestamp(how="end").date()
        known = self.periods[0] if month < self.periods[0].month else self.periods[-1]
        away = 28 * (month - known.month).n * _DAY
        begins = known.first if month < known.month else known.last + _DAY - 28 * _DAY
        return begins + away, begins + away + 27 * _DAY

    def month_with(self, day: dt.date) -> pd.Period:
        """Return the month in which a day lies; beyond those that are known the first or the last of them."""
        place = bisect_right(self._first_days, day) - 1
        return self.periods[max(place, 0)].month

    @cached_property
    def _first_days(self) -> list[dt.date]:
        return [each.first for each in self.periods]

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
        for each in () if self.numbered else self.periods:
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

    @cached_property
    def steps(self) -> tuple[dt.date, int, list[int]]:
        """Numbered periods by day: the first day, days of which each has whole times, and by such times its place."""
        lengths = [(each.last - each.first).days + 1 for each in self.periods]
        days = math.gcd(*lengths)
        return self.periods[0].first, days, [n for n, each in enumerate(lengths) for _ in range(each // days)]

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

    def month_sql(self, day: str) -> str:
        """Write the SQL of the first day of the month by which the month of a day is known."""
        if not self.numbered:
            return f"CAST(date_trunc('month', {self.counted_sql(day)}) AS DATE)"
        begins, days, places = self.steps
        step = f"least(greatest(({day} - DATE '{begins}') // {days}, 0), {len(places) - 1}) + 1"
        return f"CAST(DATE '{self.periods[0].month}-01' + to_months(({places})[{step}]) AS DATE)"

    def month_after_sql(self, name: str) -> str:
        """Write the SQL of the first day of the month after a period of a name such as ``2026-P10``."""
        place = f"{THIRTEEN} * (CAST(left({name}, 4) AS INTEGER) - {FIRST_YEAR}) + CAST(right({name}, 2) AS INTEGER)"
        return f"CAST(DATE '{numbered_period(FIRST_YEAR, 1)}-01' + to_months({place}) AS DATE)"

    def year_sql(self, number: str) -> str:
        """Write the SQL of the first day of the year of a number, of years of thirteen periods."""
        days = " ".join(
            f"WHEN {year_and_number(each.month)[0]} THEN DATE '{each.first}'"
            for each in self.periods
            if year_and_number(each.month)[1] == 1
        )
        return f"CASE {number} {days} END"

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


def line_month_sql(day: str, months: FiscalPeriods | None) -> str:
    """Write the SQL of the first day of the month of an order line, which is dated into it where a year has twelve."""
    if months is not None and months.numbered:
        return months.month_sql(day)
    return f"CAST(date_trunc('month', {day}) AS DATE)"


def fiscal_periods(rules: Periods) -> FiscalPeriods | None:
    """Return the company's months as ``[periods]`` says; None where they are calendar months.

    Raises
    ------
    WorkbookError
        The table of periods has neither twelve months a year nor thirteen periods, or another year than ``year_starts``
        and ``year_named`` say.
    """
    if rules.table:
        rows = tuple((each.name, each.first_day, each.last_day, each.year) for each in rules.named)
        if rules.has_thirteen:
            return _thirteen_of_table(rules.table, rows)
        return _of_table(rules.table, rows, rules.year)
    if rules.closing_day:
        return _by_closing_day(rules.closing_day)
    if rules.pattern:
        week = WEEKDAYS.index(rules.week_starts)
        if rules.pattern == "13x4":
            return _thirteen(rules.year, week, rules.year_ends)
        weeks = tuple(int(number) for number in rules.pattern.split("-"))
        return _by_weeks(weeks, rules.year_starts, week, rules.year_ends)
    return None


def year_number(month: pd.Period, year: Year) -> int:
    """Return the calendar year by which the company's year of a month is named."""
    starts, named = year
    begun = month.year if month.month >= starts else month.year - 1
    return int(begun + (named == "last" and starts > 1))


@lru_cache
def _by_closing_day(day: int) -> FiscalPeriods:
    months = pd.period_range(f"{FIRST_YEAR}-01", f"{LAST_YEAR}-12", freq="M")
    ends = [dt.date(month.year, month.month, day) for month in months]
    before = dt.date(FIRST_YEAR - 1, 12, day)
    return _laid_out([before, *ends])


def _year_ends(starts: int, week_starts: int, nearest_or_last: str) -> list[dt.date]:
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
def _by_weeks(weeks: tuple[int, ...], starts: int, week_starts: int, nearest_or_last: str) -> FiscalPeriods:
    ends = _year_ends(starts, week_starts, nearest_or_last)
    closed = [ends[0]]
    for end in ends[1:]:
        for number in weeks * 4:
            closed.append(closed[-1] + 7 * number * _DAY)
        # A year of 53 weeks: the last one is of its last month.
        closed[-1] = end
    return _laid_out(closed)


@lru_cache
def _thirteen(year: Year, week_starts: int, nearest_or_last: str) -> FiscalPeriods:
    """Lay out years of thirteen periods of four weeks; the 53rd week of a long year is in the last."""
    starts, named = year
    found = []
    for before, end in pairwise(_year_ends(starts, week_starts, nearest_or_last)):
        # The last day of a year lies within a week of the end of its last month.
        number = (end - 14 * _DAY).year - (named == "first" and starts > 1)
        for place in range(1, THIRTEEN + 1):
            first = before + _DAY + 28 * (place - 1) * _DAY
            month = numbered_period(number, place)
            last = end if place == THIRTEEN else first + 27 * _DAY
            found.append(FiscalPeriod(month, first, last, period_name(month)))
    return FiscalPeriods(tuple(found))


def _laid_out(ends: list[dt.date]) -> FiscalPeriods:
    """Return the months that end on the days after the first of these, each from the day after the one before."""
    found = []
    for before, last in pairwise(ends):
        month = _most_of(before + _DAY, last)
        found.append(FiscalPeriod(month, before + _DAY, last, str(month)))
    return FiscalPeriods(tuple(found))


def _most_of(first: dt.date, last: dt.date) -> pd.Period:
    """Return the calendar month of the middle of some days."""
    middle = first + (last - first) // 2
    return pd.Period(year=middle.year, month=middle.month, freq="M")


#: A row of a table of periods: name, first and last day, year.
_Row = tuple[str, dt.date, dt.date, int | None]


@lru_cache
def _of_table(table: str, rows: tuple[_Row, ...], year: Year) -> FiscalPeriods:
    found: list[FiscalPeriod] = []
    for name, first, last, number in rows:
        month = _most_of(first, last)
        if found and (month - found[-1].month).n != 1:
            before = found[-1]
            raise WorkbookError(
                f"{table}: '{before.name}' ({before.first} to {before.last}) and '{name}' ({first} to {last}) do not "
                f"follow each other as months do: most of their days are of {before.month} and of {month}. A year has "
                "twelve months, or thirteen periods: then every year has thirteen, and the column year names the year "
                "of each."
            )
        own = year_number(month, year)
        if number is not None and number != own:
            raise WorkbookError(
                f"{table}, column year: '{name}' is of {number}, and year_starts = {year[0]} with year_named = "
                f'"{year[1]}" makes it {own}. Correct [periods] in workbook.toml, or the table.'
            )
        found.append(FiscalPeriod(month, first, last, name))
    return FiscalPeriods(tuple(found))


@lru_cache
def _thirteen_of_table(table: str, rows: tuple[_Row, ...]) -> FiscalPeriods:
    found: list[FiscalPeriod] = []
    by_year = [(year or 0, list(own)) for year, own in groupby(rows, key=lambda row: row[3])]
    for (year, _), (after, own) in pairwise(by_year):
        if after != year + 1:
            raise WorkbookError(
                f"{table}, column year: '{own[0][0]}' is of {after}, and the period before it of {year}. Years follow "
                "each other; correct the table."
            )
    for number, (year, own) in enumerate(by_year):
        # A table may begin within a year: then its first periods are that year's last.
        missing = THIRTEEN - len(own) if number == 0 and len(by_year) > 1 else 0
        for place, (name, first, last, _) in enumerate(own, 1 + missing):
            found.append(FiscalPeriod(numbered_period(year, place), first, last, name))
    return FiscalPeriods(tuple(found))
