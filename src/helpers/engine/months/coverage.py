"""Which months the order lines cover, which of them are over, and the default month of a report."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.calendar.period_names import period_name
from helpers.core.periods import CompanyYear
from helpers.engine import as_of
from helpers.engine.connection import connect, from_parquet, to_pandas
from helpers.errors import WorkbookError
from helpers.intake.tables import StandardTables
from helpers.settings.config import cache_folder
from helpers.settings.periods import Periods

#: How long the order lines are silent at the end of a month is judged by so many months before it.
_MONTHS_JUDGED, _LEAST_MONTHS, _LONGER = 24, 6, 1.5
#: In place of months, where there are fewer: the longest silence between so many days with order lines.
_LEAST_DAYS = 20
#: A month whose lines begin within so many of its weekdays is whole: New Year or a golden week explains them.
_HOLIDAYS = 5
#: A day after so long a silence, twice the longest between so many days before it, is rather a slip than business.
_LONE_DAYS, _LEAST_BEFORE = 14, 6
#: More of a year's lines are dated after today than slips can be: then the clock says nothing.
_MOST_AHEAD = 0.25


@dataclass(frozen=True)
class Coverage:
    """What the order lines cover, in all or as of a month.

    Attributes
    ----------
    months
        The months that have order lines, ascending.
    rows
        Number of order lines.
    first_order_date, last_order_date
        Dates of the earliest and the latest line.
    until
        Where the month of the last line is not over: the day up to which the data hold it, which is the last line's
        unless the settings say more (``periods.complete_until``). It is not over if that is before its last weekday
        and, where the settings say nothing, the lines are silent for half as long again as at nine in ten month ends
        before. None: it is over.
    day
        The day up to which things are known, of days as order lines have them (`CompanyYear.closes`): that on which
        ``until`` counts in a month in course, else the last of the month.
    begins_late
        Whether the first month was begun when the lines begin: its first weekdays have none, more than a week of them
        and half as many again as at nine in ten beginnings of a month, and the settings (``periods.complete_from``) do
        not say that it is whole.
    """

    months: tuple[pd.Period, ...]
    rows: int
    first_order_date: pd.Timestamp
    last_order_date: pd.Timestamp
    day: dt.date
    until: dt.date | None = None
    begins_late: bool = False

    @property
    def first_whole(self) -> pd.Period:
        """The first month that the data can hold whole: nothing is compared with what lies before it."""
        return self.months[0] + int(self.begins_late)

    @property
    def in_course(self) -> bool:
        """Whether the month of the last line is not over."""
        return self.until is not None

    def check(self, month: pd.Period) -> None:
        """Raise a WorkbookError that names the months available unless ``month`` has order lines."""
        if month in self.months:
            return
        first, last = self.months[0], self.months[-1]
        spanned = pd.period_range(first, last, freq="M")
        holes = [period_name(gap) for gap in spanned if gap not in self.months]
        more = " ..." if len(holes) > 12 else ""
        without = f", but for {', '.join(holes[:12])}{more}" if holes else ""
        raise WorkbookError(
            f"There are no order lines in {period_name(month)}. The data have the months {period_name(first)} to "
            f"{period_name(last)}{without}."
        )


def coverage_of(
    days: pd.DataFrame, rules: Periods | None = None, own: FiscalPeriods | None = None
) -> Coverage:
    """Build the coverage from a frame of `as_of.days_with_data`, ascending by day; ``rules`` are ``[periods]``."""
    _check_rows(days)
    rules = rules or Periods()
    dates = days["order_date"]
    months = tuple(_months_of(dates, own).unique())
    until = _until(pd.DatetimeIndex(dates), rules.complete_until, own)
    reached = own.counted(until) if own and until else until
    return Coverage(
        months=months,
        rows=int(days["rows"].sum()),
        first_order_date=dates.iloc[0],
        last_order_date=dates.iloc[-1],
        day=reached or CompanyYear(months=own).closes(months[-1]),
        until=until,
        begins_late=_begins_late(pd.DatetimeIndex(dates), rules.complete_from, own),
    )


def _check_rows(days: pd.DataFrame) -> None:
    if days.empty:
        raise WorkbookError(
            "order_lines holds no usable row: no month can be reported. "
            "Look in the quarantine for the reasons."
        )


def _months_of(days: pd.Series, own: FiscalPeriods | None) -> pd.Series:
    """Return the month of each day."""
    return CompanyYear(months=own).counts_in(days).dt.to_period("M")


def _until(
    days: pd.DatetimeIndex, complete_until: dt.date | None, own: FiscalPeriods | None
) -> dt.date | None:
    """Return the day up to which the last month is held; None if it is over."""
    last = days[-1].date()
    if complete_until is None or complete_until < last:
        return last if _is_silent(days, own) else None
    if complete_until < last_weekday(_months_of(pd.Series(days[-1:]), own).iloc[0], own).date():
        return complete_until
    return None


def last_weekday(month: pd.Period, own: FiscalPeriods | None = None) -> pd.Timestamp:
    """Return the last Monday to Friday of a month: of the calendar's, or of the company's own."""
    end = month.to_timestamp(how="end").normalize() if own is None else pd.Timestamp(own.last_day(month))
    return pd.offsets.BDay().rollback(end)


def _first_days(months: pd.PeriodIndex, own: FiscalPeriods | None) -> pd.DatetimeIndex:
    """Return the first day of each month."""
    return months.to_timestamp() if own is None else pd.DatetimeIndex([*map(own.first_day, months)])


def _begins_late(days: pd.DatetimeIndex, complete_from: dt.date | None, own: FiscalPeriods | None) -> bool:
    """Judge whether the first month was begun when the lines begin, by its first weekdays and those of the others."""
    months = pd.PeriodIndex(_months_of(pd.Series(days), own))
    if months[0] == months[-1]:
        return False  # it is all there is
    if complete_from is not None and complete_from <= days[0].date():
        return complete_from > _first_days(months[:1], own)[0].date()
    first_days = pd.Series(days, index=months).groupby(level=0).min()
    silent = _weekdays(_first_days(pd.PeriodIndex(first_days.index), own), pd.DatetimeIndex(first_days))
    return silent[0] > _HOLIDAYS and _is_unusual(silent[0], silent[1 : _MONTHS_JUDGED + 1], days)


def _is_silent(days: pd.DatetimeIndex, own: FiscalPeriods | None) -> bool:
    """Judge by the silence at the end of the last month, in weekdays, against that of the months before."""
    months = pd.PeriodIndex(_months_of(pd.Series(days), own))
    last_days = pd.Series(days, index=months).groupby(level=0).max().tail(_MONTHS_JUDGED + 1)
    next_months = _first_days(pd.PeriodIndex(last_days.index) + 1, own)
    silent = _weekdays(last_days + pd.Timedelta(days=1), next_months)
    return _is_unusual(silent[-1], silent[:-1], days)


def _is_unusual(silence: int, others: np.ndarray, days: pd.DatetimeIndex) -> bool:
    """Judge a month's silence by that of other months; where they are few, by the longest between any two days."""
    if silence == 0:
        return False
    if len(others) >= _LEAST_MONTHS:
        return bool(silence > _LONGER * np.quantile(others, 0.9, method="higher"))
    if len(days) < _LEAST_DAYS:
        return False  # nobody can tell; the page says which line is the last
    return bool(silence > _weekdays(days[:-1] + pd.Timedelta(days=1), days[1:]).max())


def _weekdays(first: pd.Series | pd.DatetimeIndex, end: pd.DatetimeIndex) -> np.ndarray:
    """Count Monday to Friday from each ``first`` day on and before each ``end``."""
    start, stop = (np.asarray(each, dtype="datetime64[D]") for each in (first, end))
    return np.asarray(np.busday_count(start, stop))


@dataclass(frozen=True)
class DefaultMonth:
    """The month that a report is about when none is asked for, and why.

    Attributes
    ----------
    month
        The last month of which all working days can be in the data.
    why
        ``ended``: its last line is at or after its last weekday; ``followed``: lines of a later month follow it;
        ``only``: there is no other.
    last_day
        The last day with order lines, those of ``ahead`` and ``alone`` left aside.
    in_course
        The month of ``last_day``, where that is not ``month``: perhaps not over. None where it is.
    not_over
        Whether it is not over by the evidence of the lines, as in `Coverage`.
    ahead, alone
        Days with order lines (order_date, rows) that no month is judged by: dated after today; a single day long after
        everything else.
    own_end
        The last day of ``in_course``, where the company's months are its own; such a month is reported when it is over.
    """

    month: pd.Period
    why: Literal["ended", "followed", "only"]
    last_day: dt.date
    in_course: pd.Period | None
    not_over: bool
    ahead: pd.DataFrame
    alone: pd.DataFrame
    own_end: dt.date | None = None


def default_month(
    days: pd.DataFrame,
    today: dt.date | None = None,
    complete_until: dt.date | None = None,
    own: FiscalPeriods | None = None,
) -> DefaultMonth:
    """Choose the month that a report is about when none is asked for.

    Parameters
    ----------
    days
        As `as_of.days_with_data` returns it, ascending by day.
    today
        Days after it are left aside, unless they hold more than a quarter of a year's lines. None: there is no clock.
    complete_until, own
        As ``[periods]`` says.
    """
    _check_rows(days)
    dates = days["order_date"]
    year = dates > dates.iloc[-1] - pd.DateOffset(years=1)
    future = dates > (dates.iloc[-1] if today is None else pd.Timestamp(today))
    if future.all() or days.loc[future, "rows"].sum() > _MOST_AHEAD * days.loc[year, "rows"].sum():
        future[:] = False
    kept = days[~future]
    business = _without_lone(kept)
    last = business["order_date"].iloc[-1]
    months = tuple(_months_of(business["order_date"], own).unique())
    reached = max(last.date(), complete_until or last.date())
    ended = reached >= last_weekday(months[-1], own).date()
    why: Literal["ended", "followed", "only"] = "ended" if ended else "followed" if months[1:] else "only"
    return DefaultMonth(
        month=months[-2] if why == "followed" else months[-1],
        why=why,
        last_day=last.date(),
        in_course=months[-1] if why == "followed" else None,
        not_over=_until(pd.DatetimeIndex(business["order_date"]), complete_until, own) is not None,
        ahead=days[future].reset_index(drop=True),
        alone=kept.iloc[len(business) :].reset_index(drop=True),
        own_end=own.last_day(months[-1]) if own and why == "followed" else None,
    )


def _without_lone(days: pd.DataFrame) -> pd.DataFrame:
    """Leave out days at the end that stand alone, long after all others."""
    gaps = days["order_date"].diff().dt.days.to_numpy()
    last = len(days)
    while last > _LEAST_BEFORE and gaps[last - 1] > max(_LONE_DAYS, 2 * np.max(gaps[1 : last - 1])):
        last -= 1
    return days.iloc[:last]


def read_default_month(
    tables: StandardTables,
    today: dt.date,
    complete_until: dt.date | None = None,
    own: FiscalPeriods | None = None,
) -> DefaultMonth:
    """Choose the default month of all order lines; see `default_month`."""
    engine = connect(cache_folder())
    try:
        order_lines = from_parquet(engine, tables.path("order_lines"))
        days = to_pandas(as_of.days_with_data(order_lines))
    finally:
        engine.disconnect()
    return default_month(days, today, complete_until, own)
