"""A company's own months: 4-5-4 weeks, books closed on a day, a table; and on which day an order line counts."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import duckdb
import pandas as pd
import pytest

from helpers.core.calendar.calendar import Calendar
from helpers.core.calendar.fiscal_periods import fiscal_periods
from helpers.core.periods import CompanyYear
from helpers.errors import WorkbookError
from helpers.settings.periods import CalendarRules, Periods

#: The calendar of the US National Retail Federation.
RETAIL = Periods(pattern="4-5-4", year_starts=2, year_named="first")
CLOSING = Periods(closing_day=25)


def month(text):
    return pd.Period(text, "M")


def of_table(*rows, **more):
    named = [dict(zip(("name", "first_day", "last_day", "year"), row, strict=False)) for row in rows]
    return Periods(table="periods.csv", named=named, **more)


def test_years_of_53_weeks_are_those_of_the_published_retail_calendar():
    year = CompanyYear.of(RETAIL)
    weeks = {}
    for number in range(2002, 2030):
        first = year.first_month(number)
        weeks[number] = year.months.weeks(first, first + 11)
    assert {number for number, count in weeks.items() if count == 53} == {2006, 2012, 2017, 2023, 2028}
    assert set(weeks.values()) == {52, 53}


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [
        (2022, "2022-01-30", "2023-01-28"),
        (2023, "2023-01-29", "2024-02-03"),
        (2024, "2024-02-04", "2025-02-01"),
    ],
)
def test_the_retail_year_begins_and_ends_on_the_published_days(number, first, last):
    year = CompanyYear.of(RETAIL)
    begin = year.first_month(number)
    assert (str(year.months.first_day(begin)), str(year.months.last_day(begin + 11))) == (first, last)
    months = [year.months.of(begin + place) for place in range(12)]
    wanted = [4, 5, 4] * 4
    wanted[-1] += number == 2023  # the 53rd week
    assert [each.weeks for each in months] == wanted
    assert [each.month.month for each in months] == [*range(2, 13), 1]


@pytest.mark.parametrize("pattern", ["4-4-5", "4-5-4", "5-4-4"])
@pytest.mark.parametrize("ends", ["nearest", "last"])
@pytest.mark.parametrize("starts", [1, 6])
def test_months_of_weeks_follow_each_other_and_each_is_known_by_another_calendar_month(pattern, ends, starts):
    months = fiscal_periods(
        Periods(pattern=pattern, year_ends=ends, year_starts=starts, week_starts="monday")
    ).periods
    assert months[0].month.month == starts
    for before, after in pairwise(months):
        assert (after.month - before.month).n == 1
        assert (after.first - before.last).days == 1
        assert after.last.weekday() == 6


@pytest.mark.parametrize(
    "rules", [RETAIL, CLOSING, Periods(pattern="4-4-5", year_ends="last", year_starts=3)]
)
def test_every_day_counts_in_its_own_month_and_none_before_an_earlier_one(rules):
    own = fiscal_periods(rules)
    days = pd.date_range("2022-01-01", "2026-12-31")
    sql = own.counted_sql("day")
    counted = duckdb.sql(
        f"SELECT {sql} FROM (SELECT unnest($days) AS day)", params={"days": [d.date() for d in days]}
    )
    found = [each for (each,) in counted.fetchall()]
    assert found == sorted(found)
    assert found == [own.counted(day.date()) for day in days]
    for day, counts in zip(days, found, strict=True):
        of = own.of(month(f"{counts:%Y-%m}"))
        assert of.first <= day.date() <= of.last


def test_books_that_close_on_the_25th():
    own = fiscal_periods(CLOSING)
    assert (own.first_day(month("2026-10")), own.last_day(month("2026-10"))) == (
        dt.date(2026, 9, 26), dt.date(2026, 10, 25),
    )  # fmt: skip
    assert own.counted(dt.date(2026, 9, 26)) == dt.date(2026, 10, 1)
    assert own.counted(dt.date(2026, 10, 25)) == dt.date(2026, 10, 25)


def test_working_days_are_those_of_the_companys_month():
    rules = CalendarRules(country="CN")
    calendar = Calendar(rules, months=fiscal_periods(CLOSING))
    october = calendar.in_months(month("2026-10"), month("2026-10"))
    assert october == Calendar(rules).working_days(dt.date(2026, 9, 26), dt.date(2026, 10, 25))
    assert october != Calendar(rules).in_months(month("2026-10"), month("2026-10"))


def test_a_table_names_months_and_a_later_row_changes_no_earlier_one():
    rows = [("P1", "2026-01-04", "2026-01-31", 2026), ("P2", "2026-02-01", "2026-02-28", 2026)]
    early, late = fiscal_periods(of_table(rows[0])), fiscal_periods(of_table(*rows))
    assert early.periods == late.periods[:1]
    year = CompanyYear.of(of_table(*rows))
    assert str(year.month_called("P2")) == str(year.month_called("FY2026-P02")) == "2026-02"


def test_a_year_in_the_table_that_is_not_the_settings_own_is_refused():
    with pytest.raises(
        WorkbookError, match=r"column year: 'P1' is of 2026, and year_starts = 4 .* makes it 2027"
    ):
        fiscal_periods(of_table(("P1", "2026-04-01", "2026-04-30", 2026), year_starts=4))
