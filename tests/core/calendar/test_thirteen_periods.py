"""Years of thirteen periods of four weeks: the published days, years of 53 weeks, names, and what a table may hold."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from helpers.core.calendar.fiscal_periods import fiscal_periods
from helpers.core.calendar.period_names import months_a_year, parse_period, period_name, year_and_number
from helpers.core.periods import CompanyYear, trailing_year, year_ago, year_to_date
from helpers.engine.as_of import counted_day, month_of
from helpers.errors import WorkbookError
from helpers.settings.periods import Periods

#: The fiscal year of a listed US grocer: it ends on the Saturday nearest 31 January and is named by its first day.
GROCER = Periods(pattern="13x4", year_starts=2, year_named="first")
#: Its quarters of 16, 12, 12 and 12 (13) weeks end with periods 4, 7, 10 and 13: the days of its quarterly reports.
QUARTERS = {
    2022: ("2022-01-30", "2022-05-21", "2022-08-13", "2022-11-05", "2023-01-28"),
    2023: ("2023-01-29", "2023-05-20", "2023-08-12", "2023-11-04", "2024-02-03"),
    2024: ("2024-02-04", "2024-05-25", "2024-08-17", "2024-11-09", "2025-02-01"),
}


def of_table(*rows, **more):
    named = [dict(zip(("name", "first_day", "last_day", "year"), row, strict=False)) for row in rows]
    return Periods(table="periods.csv", named=named, **more)


def rows_of(first, lengths, years):
    """Name periods of so many weeks, one after the other, each of the year that stands at its place."""
    begin = dt.date.fromisoformat(first)
    for place, (length, year) in enumerate(zip(lengths, years, strict=True)):
        end = begin + dt.timedelta(weeks=length, days=-1)
        yield f"N{place}", str(begin), str(end), year
        begin = end + dt.timedelta(days=1)


def of_year(own, year):
    return [each for each in own.periods if year_and_number(each.month)[0] == year]


@pytest.mark.parametrize("year", QUARTERS)
def test_periods_end_on_the_published_days_of_quarters(year):
    found = of_year(fiscal_periods(GROCER), year)
    assert (str(found[0].first), *(str(found[place].last) for place in (3, 6, 9, 12))) == QUARTERS[year]


def test_the_year_of_53_weeks_has_its_last_week_in_its_last_period():
    own = fiscal_periods(GROCER)
    assert [each.weeks for each in of_year(own, 2023)] == [4] * 12 + [5]
    assert {year for year in range(2002, 2030) if sum(each.weeks for each in of_year(own, year)) == 53} == {
        2006, 2012, 2017, 2023, 2028,
    }  # fmt: skip


@pytest.mark.parametrize("ends", ["nearest", "last"])
@pytest.mark.parametrize("named", ["first", "last"])
@pytest.mark.parametrize("starts", [1, 4, 12])
def test_periods_follow_each_other_and_no_year_is_left_out_or_comes_twice(starts, named, ends):
    own = fiscal_periods(Periods(pattern="13x4", year_starts=starts, year_named=named, year_ends=ends))
    for before, after in pairwise(own.periods):
        assert (after.first - before.last).days == 1
        assert (after.month - before.month).n == 1


def test_like_periods_year_to_date_and_trailing_year_are_those_of_the_companys_year():
    year = CompanyYear.of(GROCER)
    tenth = year.month_called("2024-P10")
    assert (str(year.first_day(tenth)), str(year.last_day(tenth))) == ("2024-10-13", "2024-11-09")
    assert (period_name(tenth), parse_period("2024-P10"), months_a_year(tenth)) == ("2024-P10", tenth, 13)
    assert period_name(year_ago(tenth)) == "2023-P10"
    spans = (year_to_date(tenth, year), trailing_year(tenth), year.span(tenth))
    assert [(period_name(each.first), period_name(each.last)) for each in spans] == [
        ("2024-P01", "2024-P10"), ("2023-P11", "2024-P10"), ("2024-P01", "2024-P13"),
    ]  # fmt: skip
    assert year.months.weeks(spans[1].first, tenth) == 53
    assert year.quarter(tenth) is None
    assert year.name(tenth) == "FY2024"


def test_the_engine_pandas_and_intake_put_each_day_into_the_same_period():
    own = fiscal_periods(GROCER)
    days = pd.Series(pd.date_range("2022-12-01", "2024-03-31"))
    by_hand = [
        next(each.month for each in own.periods if each.first <= day <= each.last) for day in days.dt.date
    ]
    first_days = [month.to_timestamp() for month in by_hand]
    assert CompanyYear.of(GROCER).counts_in(days).tolist() == first_days
    engine = ibis.duckdb.connect()
    engine.con.register("days", pa.table({"day": pa.array(days.dt.date.tolist(), pa.date32())}))
    table = engine.table("days")
    found = table.select(
        "day", kept=counted_day(table.day, own), month=month_of(table.day, own)
    ).order_by("day").to_pandas()  # fmt: skip
    assert pd.to_datetime(found["month"]).tolist() == first_days
    assert (found["kept"] == found["day"]).all()
    asked = engine.con.execute(f"SELECT {own.month_sql('day')} FROM days ORDER BY day").fetchall()
    assert [pd.Timestamp(day) for (day,) in asked] == first_days


def test_a_table_of_thirteen_periods_a_year_counts_them_within_its_years():
    # It begins with the last two periods of 2025 and breaks off after the first of 2027.
    lengths, years = [4, 4, *[4] * 12, 5, 4], [2025] * 2 + [2026] * 13 + [2027]
    year = CompanyYear.of(of_table(*rows_of("2025-11-02", lengths, years)))
    assert [period_name(each.month) for each in year.months.periods[:3]] == [
        "2025-P12",
        "2025-P13",
        "2026-P01",
    ]
    assert year.month_called("N14") == year.month_called("FY2026-P13")
    assert year.months.of(year.month_called("N14")).weeks == 5


def test_a_later_row_of_the_table_changes_no_earlier_period():
    rows = list(rows_of("2025-12-28", [4] * 16, [2026] * 13 + [2027] * 3))
    early, late = (fiscal_periods(of_table(*rows[:count])) for count in (14, 16))
    assert early.periods == late.periods[:14]


@pytest.mark.parametrize(
    ("lengths", "years"),
    [
        ([4] * 13, [None] * 13),  # of no year
        ([4] * 10, [2026] * 10),  # no year is whole
        ([2] * 26 + [4], [2026] * 26 + [2027]),  # 26 a year
    ],
)
def test_a_table_of_neither_months_nor_thirteen_periods_a_year_is_refused(lengths, years):
    with pytest.raises(WorkbookError, match=r"do not follow each other as months do.*thirteen periods"):
        fiscal_periods(of_table(*rows_of("2025-12-28", lengths, years)))


def test_a_table_that_leaves_out_a_year_is_refused():
    rows = rows_of("2025-12-28", [4] * 26, [2026] * 13 + [2028] * 13)
    with pytest.raises(
        WorkbookError, match="column year: 'N13' is of 2028, and the period before it of 2026"
    ):
        fiscal_periods(of_table(*rows))


@pytest.mark.parametrize("text", ["FY2024-P14", "FY2024-Q1", "2024", "2024-10"])
def test_a_target_of_what_the_year_has_not_is_refused_with_the_way_out(text):
    with pytest.raises(WorkbookError, match=f"'{text}' is no period.*FY2024-P01 to FY2024-P13, or FY2024"):
        CompanyYear.of(GROCER).target_months(text)


def test_windows_of_a_year_have_thirteen_periods_unless_the_settings_say_otherwise():
    assert (GROCER.window_months, GROCER.history_months) == (13, 26)
    assert Periods(pattern="13x4", window_months=12).window_months == 12
    assert Periods(pattern="4-4-5").window_months == 12
