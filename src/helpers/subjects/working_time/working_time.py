"""The month's working days, against last month's and last year's, and festivals that moved."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from helpers.core.calendar.calendar import Calendar, FestivalDates
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, trailing_year, year_ago
from helpers.settings.periods import Festival

_HALF_YEAR = dt.timedelta(days=183)


@dataclass(frozen=True)
class Shift:
    """A festival with more or fewer days in a month than in the same month a year earlier.

    Attributes
    ----------
    now, before
        The festival of this year and of the previous year; None: its reach has no day in the month.
    days, days_before
        Days of the month in its reach, this year and the previous year.
    """

    now: FestivalDates | None
    before: FestivalDates | None
    days: int
    days_before: int


@dataclass(frozen=True)
class Aligned:
    """Last year's days that lie as far from a festival as those of the month do.

    Attributes
    ----------
    now, before
        The festival of this year and of the previous year.
    first, last, days
        Last year's first and last day, and the working days from one to the other.
    change_percent
        Of the month's net sales on those of these days; NaN: not known.
    """

    now: FestivalDates
    before: FestivalDates
    first: dt.date
    last: dt.date
    days: float
    change_percent: float = float("nan")


@dataclass(frozen=True)
class WorkingTime(Answer):
    """Working days of a month and of those that it is compared with; a month in course counts up to its day.

    Attributes
    ----------
    month, until
        The report's month, and where it is not over the day that it has reached.
    days, last_month_days, last_year_days
        Working days of the month, of last month and of the same month a year earlier (0.5 for half a day).
    ytd_days, ytd_last_year_days
        The same of the year to date.
    by_month
        Those of each month of the year that ends with the month.
    shifts
        Festivals that lie otherwise in the month than a year earlier, by day.
    together
        Whether January and February are to be read together, because the Spring Festival moves between them (or the
        settings say so): in January what is to come, in February as the year to date.
    provisional
        The years of these figures of which make-up days are not known yet.
    quiet
        Festivals whose reach has a day in this month or the previous one and of whose days not all counts as silence,
        with what does not (0 to 1).
    lost
        What of trade was lost in the reach of festivals in the years before, of those that the data tell of.
    trade_change, ytd_trade_change
        Working days of the same month a year earlier over those of the month, and of the year to date, less what is
        lost to festivals: by so much a change in all differs from one by days of trade. NaN: nothing is known to be
        lost, or the month is not over.
    aligned
        What the month is compared with beside last year's, where the settings want it and a festival moved; or None.
    """

    month: pd.Period
    until: dt.date | None
    days: float
    last_month_days: float
    last_year_days: float
    ytd_days: float
    ytd_last_year_days: float
    shifts: tuple[Shift, ...]
    together: bool
    provisional: tuple[int, ...]
    by_month: tuple[float, ...]
    quiet: tuple[tuple[FestivalDates, float], ...] = ()
    lost: Mapping[Festival, float] = field(default_factory=dict)
    trade_change: float = float("nan")
    ytd_trade_change: float = float("nan")
    aligned: Aligned | None = None

    def per_day(self, change_percent: float, before: str = "last_year_days") -> float:
        """Return the change per working day of a change in percent; NaN if either has no working day.

        Parameters
        ----------
        before
            Whose working days the change is against: last_month_days, last_year_days; ytd_last_year_days is compared
            with ytd_days.
        """
        now = self.ytd_days if before.startswith("ytd") else self.days
        days = float(getattr(self, before))
        return 100 * ((1 + change_percent / 100) * days / now - 1) if now and days else float("nan")


def working_time(
    calendar: Calendar,
    month: pd.Period,
    until: dt.date | None = None,
    lost: Mapping[Festival, float] | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> WorkingTime:
    """Count the working days of a month and of those it is compared with.

    Parameters
    ----------
    calendar
        As it was known at the month end.
    until
        Of a month that is not over, the day that it has reached; months compared with count up to the same day.
    lost
        What of trade is lost in the reach of each festival, where the data tell.
    year
        The company's year. January and February are compared together as the year to date: in no other.
    """
    begins, ends = year.span(month).first, year.closes(month).year
    known = {festival: part for festival, part in (lost or {}).items() if part and until is None}
    shifts = tuple(_shifts(calendar, month))
    earlier = trailing_year(month).months()[:-1]

    def days(first: pd.Period, last: pd.Period) -> float:
        begin, end = calendar.days_of(first, last)
        return calendar.working_days(begin, year.like_day(last, until) if until else end)

    def by_trade(first: pd.Period) -> float:
        now, before = (
            calendar.trading_days(first - back, month - back, known) for back in (0, months_a_year(month))
        )
        return before / now if known and now > 0 else float("nan")

    return WorkingTime(
        month=month,
        until=until,
        days=days(month, month),
        last_month_days=days(month - 1, month - 1),
        last_year_days=days(year_ago(month), year_ago(month)),
        ytd_days=days(begins, month),
        ytd_last_year_days=days(year_ago(begins), year_ago(month)),
        shifts=shifts,
        together=year.is_calendar
        and year.months is None
        and month.month <= 2
        and read_together(calendar, month.year),
        provisional=tuple(each for each in (ends - 1, ends) if calendar.is_provisional(each)),
        by_month=(*(calendar.in_months(each, each) for each in earlier), days(month, month)),
        lost=known,
        trade_change=by_trade(month),
        ytd_trade_change=by_trade(begins),
    )


def aligned_days(
    calendar: Calendar, month: pd.Period, until: dt.date | None = None, year: CompanyYear = CALENDAR_YEAR
) -> Aligned | None:
    """Return last year's days as far from the festival that moved most in the month; None if none did.

    Parameters
    ----------
    until
        Of a month that is not over, the day that it has reached.
    """
    shifts = _shifts(calendar, month)
    if not shifts:
        return None
    most = max(shifts, key=lambda each: abs(each.days - each.days_before))
    (festival,) = {each.festival for each in (most.now, most.before) if each}
    first, last = calendar.days_of(month, month)

    def nearest(day: dt.date) -> FestivalDates:
        around = calendar.moved(day - _HALF_YEAR, day + _HALF_YEAR)
        return min(
            (each for each in around if each.festival == festival), key=lambda each: abs(each.day - day)
        )

    now = nearest(first + (last - first) / 2)
    before = nearest(now.day - 2 * _HALF_YEAR)
    back = now.day - before.day
    span = first - back, (until or last) - back
    return Aligned(now, before, *span, calendar.working_days(*span))


def read_together(calendar: Calendar, year: int) -> bool:
    """Return whether January and February are compared together: by the settings, else if the festival moved."""
    if calendar.rules.january_with_february is not None:
        return calendar.rules.january_with_february
    if calendar.rules.compare == "aligned":
        return False
    months = [pd.Period(year=year, month=number, freq="M") for number in (1, 2)]
    return any(calendar.reached_days(each) != calendar.reached_days(year_ago(each)) for each in months)


def _shifts(calendar: Calendar, month: pd.Period) -> list[Shift]:
    """Return the festivals whose reach has another number of days in the month than a year earlier."""
    now, before = _by_festival(calendar, month), _by_festival(calendar, year_ago(month))
    found = []
    for festival in sorted({*now, *before}):
        days = calendar.reached_days(month, festival)
        days_before = calendar.reached_days(year_ago(month), festival)
        if days != days_before:
            found.append(Shift(now.get(festival), before.get(festival), days, days_before))
    return found


def _by_festival(calendar: Calendar, month: pd.Period) -> dict[Festival, FestivalDates]:
    return {each.festival: each for each in calendar.moved(*calendar.days_of(month, month))}
