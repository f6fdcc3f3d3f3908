"""A company's year: which months it has, what it is called, and what its quarters and periods are."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.core.periods import CALENDAR_YEAR, CompanyYear, year_to_date
from helpers.errors import WorkbookError

JULY, APRIL = CompanyYear(7), CompanyYear(4, "first")


def month(text):
    return pd.Period(text, "M")


def spelled(span):
    return f"{span.first} {span.last}"


@pytest.mark.parametrize("starts", range(1, 13))
def test_each_month_lies_in_one_year_of_twelve_months_and_one_quarter_of_three(starts):
    year = CompanyYear(starts)
    for each in pd.period_range("2023-01", "2026-12", freq="M"):
        whole, quarter = year.span(each), year.quarter(each)
        assert (len(whole.months()), whole.first.month) == (12, starts)
        assert (len(quarter.months()), (quarter.first - whole.first).n % 3) == (3, 0)
        assert whole.first <= quarter.first <= each <= quarter.last <= whole.last
        assert year.first_month(year.number(each)) == whole.first


def test_a_year_is_named_by_its_last_month_or_by_its_first():
    assert (JULY.name(month("2026-06")), JULY.name(month("2026-07"))) == ("FY2026", "FY2027")
    assert (APRIL.name(month("2026-03")), APRIL.name(month("2026-04"))) == ("FY2025", "FY2026")
    assert CALENDAR_YEAR.name(month("2026-12")) == "FY2026"


def test_the_year_to_date_begins_with_the_companys_year():
    assert spelled(year_to_date(month("2026-06"), JULY)) == "2025-07 2026-06"
    assert spelled(year_to_date(month("2026-07"), JULY)) == "2026-07 2026-07"
    assert spelled(year_to_date(month("2026-10"))) == "2026-01 2026-10"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("FY2027", "2026-07 2027-06"),
        ("FY2027-Q1", "2026-07 2026-09"),
        ("fy2027-P04", "2026-10 2026-10"),
        ("2027-P12", "2027-06 2027-06"),
    ],
)
def test_years_quarters_and_periods_are_read_by_their_names(text, months):
    assert spelled(JULY.months_of(text)) == months


@pytest.mark.parametrize("text", ["2026-10", "2027", "FY27", "FY2027-P13", "FY2027-10", "2027-Q1"])
def test_what_is_no_name_of_the_companys_year_is_not_taken_for_one(text):
    assert JULY.months_of(text) is None


@pytest.mark.parametrize("text", ["2027", "2027-Q1"])
def test_a_target_that_may_be_of_either_year_is_asked_about(text):
    with pytest.raises(WorkbookError, match=f"targets, column period: '{text}'.*write FY{text} \\(2026-07"):
        JULY.target_months(text)
    assert CALENDAR_YEAR.target_months(text) == text
