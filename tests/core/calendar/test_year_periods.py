"""Years of thirteen periods of four weeks: the published days, years of 53 weeks, names, and what a table may hold."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from helpers.core.calendar.own_periods import own_periods
from helpers.core.calendar.year_periods import weeks, year_periods
from helpers.core.periods import CompanyYear
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


@pytest.mark.parametrize("year", QUARTERS)
def test_periods_end_on_the_published_days_of_quarters(year):
    found = year_periods(GROCER).of_year(year)
    assert (str(found[0].first), *(str(found[place].last) for place in (3, 6, 9, 12))) == QUARTERS[year]


def test_the_year_of_53_weeks_day_by_day():
    worked_by_hand = [
        ("2023-01-29", "2023-02-25"), ("2023-02-26", "2023-03-25"), ("2023-03-26", "2023-04-22"),
        ("2023-04-23", "2023-05-20"), ("2023-05-21", "2023-06-17"), ("2023-06-18", "2023-07-15"),
        ("2023-07-16", "2023-08-12"), ("2023-08-13", "2023-09-09"), ("2023-09-10", "2023-10-07"),
        ("2023-10-08", "2023-11-04"), ("2023-11-05", "2023-12-02"), ("2023-12-03", "2023-12-30"),
        ("2023-12-31", "2024-02-03"),
    ]  # fmt: skip
    own = year_periods(GROCER)
    found = own.of_year(2023)
    assert [(str(each.first), str(each.last)) for each in found] == worked_by_hand
    assert [weeks((each,)) for each in found] == [4] * 12 + [5]
    for number, (first, last) in enumerate(worked_by_hand, 1):
        day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
        while day <= end:
            assert own.at(day).code == f"FY2023-P{number:02}"
            day += dt.timedelta(days=1)


def test_years_of_53_weeks_are_those_of_the_retail_calendar_of_the_same_days():
    own = year_periods(GROCER)
    assert {year for year in range(2002, 2030) if weeks(own.of_year(year)) == 53} == {
        2006,
        2012,
        2017,
        2023,
        2028,
    }


@pytest.mark.parametrize("ends", ["nearest", "last"])
@pytest.mark.parametrize("named", ["first", "last"])
@pytest.mark.parametrize("starts", [1, 4, 12])
def test_periods_follow_each_other_and_no_year_is_left_out_or_comes_twice(starts, named, ends):
    own = year_periods(Periods(pattern="13x4", year_starts=starts, year_named=named, year_ends=ends))
    for before, after in pairwise(own.periods):
        assert (after.first - before.last).days == 1
        same = after.year == before.year and after.number == before.number + 1
        assert same or (after.year, after.number, before.number) == (before.year + 1, 1, 13)
    middle = {each.year: each.first for each in own.periods if each.number == 7}
    # The middle of a year from January lies in it; of others in the year in which they began, or half a year on.
    assert all(0 <= year - day.year <= 1 for year, day in middle.items()) or named == "first"


def test_like_periods_year_to_date_and_trailing_year_are_those_of_the_companys_calendar():
    own = year_periods(GROCER)
    tenth = own.named("2024-P10")
    assert (str(tenth.first), str(tenth.last)) == ("2024-10-13", "2024-11-09")
    assert own.year_ago(tenth) == own.named("FY2023-P10")
    assert [each.code for each in own.year_to_date(tenth)] == [f"FY2024-P{n:02}" for n in range(1, 11)]
    trailing = own.trailing_year(tenth)
    assert (len(trailing), trailing[0].code, weeks(trailing)) == (13, "FY2023-P11", 53)
    assert own.last_over(dt.date(2024, 11, 8)) == own.named("FY2024-P09")
    assert own.last_over(dt.date(2024, 11, 9)) == tenth


def test_a_table_of_thirteen_periods_a_year_counts_them_within_its_years():
    # It begins with the last two periods of 2025 and breaks off after the first of 2027.
    lengths, years = [4, 4, *[4] * 12, 5, 4], [2025] * 2 + [2026] * 13 + [2027]
    own = year_periods(of_table(*rows_of("2025-11-02", lengths, years)))
    assert [each.code for each in own.periods[:3]] == ["FY2025-P12", "FY2025-P13", "FY2026-P01"]
    assert own.named("N14") == own.named("FY2026-P13")
    assert weeks((own.named("N14"),)) == 5
    assert own.year_ago(own.named("FY2026-P13")) == own.named("N1")
    assert own.year_ago(own.named("FY2026-P11")) is None
    assert own.year_to_date(own.named("FY2025-P13")) == own.trailing_year(own.named("FY2026-P01")) == ()


def test_a_later_row_of_the_table_changes_no_earlier_period():
    rows = list(rows_of("2025-12-28", [4] * 16, [2026] * 13 + [2027] * 3))
    early, late = (year_periods(of_table(*rows[:count])) for count in (14, 16))
    assert early.periods == late.periods[:14]


@pytest.mark.parametrize(
    ("lengths", "years"),
    [
        ([4] * 13, [None] * 13),  # of no year
        ([4] * 10, [2026] * 10),  # no year is whole
        ([4] * 13 + [2] * 26 + [4], [2026] * 13 + [2027] * 26 + [2028]),  # years of 13 and of 26
    ],
)
def test_a_table_that_does_not_say_how_many_a_year_has_is_refused_as_one_of_months(lengths, years):
    rules = of_table(*rows_of("2025-12-28", lengths, years))
    assert year_periods(rules) is None
    with pytest.raises(WorkbookError, match=r"do not follow each other as months do.*column year"):
        own_periods(rules)


def test_a_table_that_leaves_out_a_year_is_refused():
    rows = rows_of("2025-12-28", [4] * 26, [2026] * 13 + [2028] * 13)
    with pytest.raises(
        WorkbookError, match="column year: 'N13' is of 2028, and the period before it of 2026"
    ):
        year_periods(of_table(*rows))


def test_months_stay_those_of_the_calendar_and_a_report_is_of_a_month():
    year = CompanyYear.of(GROCER)
    assert year.months is None
    assert year.is_calendar
    with pytest.raises(WorkbookError, match=r"FY2024-P10 is 2024-10-13 to 2024-11-09.*ask for 2024-11"):
        year.month_called("2024-P10")
    assert year.month_called("2024-10") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FY2024-P14", "'FY2024-P14' is no period of a year of 13: they are FY2024-P01 to FY2024-P13"),
        ("FY2024-Q1", "'FY2024-Q1': a year of 13 periods has no quarters.*FY2024-P01"),
        ("2024", "'2024' may be of the calendar or of the company's year of 13 periods.*FY2024.*2024-01"),
    ],
)
def test_a_target_of_what_the_year_has_not_is_refused_with_the_way_out(text, said):
    with pytest.raises(WorkbookError, match=f"targets, column period: {said}"):
        CompanyYear.of(GROCER).target_months(text)
