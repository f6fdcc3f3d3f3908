"""Which month is over, by what the order lines show, and which one a report is about when none is asked for."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from helpers.core.calendar.fiscal_periods import fiscal_periods
from helpers.core.calendar.period_names import period_name
from helpers.engine.months.coverage import coverage_of, default_month
from helpers.settings.periods import Periods

TODAY = dt.date(2026, 11, 28)


def days(*dates, rows=1):
    """Days with order lines, as `as_of.days_with_data` returns them."""
    found = sorted({pd.Timestamp(day) for day in dates})
    return pd.DataFrame({"order_date": pd.DatetimeIndex(found), "rows": np.full(len(found), rows)})


def every_weekday(last, first="2025-01-01"):
    return days(*pd.bdate_range(first, last), rows=10)


def now_and_then(last):
    """A small company: orders on the 4th, the 13th and about the 20th of a month."""
    months = pd.period_range("2025-01", last[:7], freq="M")
    dates = [
        month.to_timestamp() + pd.Timedelta(days=day)
        for month in months
        for day in (3, 12, 17 + month.month % 6)
    ]
    return days(*(day for day in dates if day < pd.Timestamp(last)), last)


@pytest.mark.parametrize("last", ["2026-10-30", "2026-10-29"])
def test_a_daily_seller_whose_lines_end_a_day_early_has_a_month_that_is_over(last):
    assert coverage_of(every_weekday(last)).until == (None if last == "2026-10-30" else dt.date(2026, 10, 29))


def test_a_small_company_that_seldom_sells_at_a_months_end_has_a_month_that_is_over():
    found = coverage_of(now_and_then("2026-10-22"))
    assert not found.in_course
    assert found.day == dt.date(2026, 10, 31)


def test_a_small_company_silent_for_longer_than_ever_has_a_month_in_course():
    found = coverage_of(now_and_then("2026-10-05"))
    assert found.until == found.day == dt.date(2026, 10, 5)


def test_later_lines_do_not_change_what_is_said_of_a_month():
    """A report of October is the same whether November is in the data or not: it is judged by what came up to it."""
    early, late = now_and_then("2026-10-22"), now_and_then("2026-11-26")
    october = late[late["order_date"] < "2026-10-22"]
    assert coverage_of(early).until == coverage_of(pd.concat([october, early.tail(1)])).until


def test_what_the_settings_say_goes_before_what_the_lines_show():
    lines = now_and_then("2026-10-05")
    assert coverage_of(lines, Periods(complete_until=dt.date(2026, 10, 12))).until == dt.date(2026, 10, 12)
    assert coverage_of(lines, Periods(complete_until=dt.date(2026, 10, 31))).until is None
    assert coverage_of(lines, Periods(complete_until=dt.date(2026, 9, 30))).until == dt.date(2026, 10, 5)
    assert coverage_of(
        now_and_then("2026-10-22"), Periods(complete_until=dt.date(2026, 10, 25))
    ).until == dt.date(2026, 10, 25)


def test_two_months_of_data_are_not_enough_to_judge_a_silence():
    assert not coverage_of(days("2026-09-03", "2026-09-28", "2026-10-05")).in_course


def test_a_daily_seller_of_two_months_is_judged_by_its_longest_silence():
    assert coverage_of(every_weekday("2026-10-09", "2026-08-24")).until == dt.date(2026, 10, 9)


@pytest.mark.parametrize(
    ("more", "month", "last_day"),
    [
        ([], "2026-10", dt.date(2026, 10, 30)),
        (["2026-12-31"], "2026-10", dt.date(2026, 10, 30)),  # after today
        (["2026-12-31", "2027-10-31"], "2026-10", dt.date(2026, 10, 30)),
        (["2026-11-27"], "2026-10", dt.date(2026, 10, 30)),  # long after everything else
        (["2026-11-02"], "2026-10", dt.date(2026, 11, 2)),
        (["2026-11-02", "2026-11-03", "2026-11-30"], "2026-10", dt.date(2026, 11, 3)),
    ],
)
def test_a_mistyped_day_makes_no_other_month_the_default(more, month, last_day):
    found = default_month(days(*pd.bdate_range("2025-01-01", "2026-10-30"), *more), TODAY)
    assert (str(found.month), found.last_day) == (month, last_day)


def test_a_slip_to_the_end_of_the_running_month_does_not_complete_it():
    found = default_month(days(*pd.bdate_range("2025-01-01", "2026-10-09"), "2026-10-30"), TODAY)
    assert str(found.month) == "2026-09" and str(found.in_course) == "2026-10"
    assert [str(day.date()) for day in found.alone["order_date"]] == ["2026-10-30"]


def test_a_clock_before_most_of_the_lines_is_not_believed():
    found = default_month(every_weekday("2026-10-30"), dt.date(2025, 6, 1))
    assert str(found.month) == "2026-10" and found.ahead.empty


def test_a_month_without_a_line_before_it_is_stepped_over():
    dates = [*pd.bdate_range("2025-01-01", "2026-08-31"), *pd.bdate_range("2026-10-01", "2026-10-09")]
    assert str(default_month(days(*dates), TODAY).month) == "2026-08"


@pytest.mark.parametrize(
    ("first", "whole"), [("2025-01-01", "2025-01"), ("2025-01-08", "2025-01"), ("2025-01-15", "2025-02")]
)
def test_a_month_that_was_begun_when_a_daily_sellers_lines_begin_is_not_whole(first, whole):
    assert str(coverage_of(every_weekday("2026-10-30", first)).first_whole) == whole


def test_a_small_company_with_three_order_days_a_month_begins_when_it_usually_does():
    """Its first line is of the 4th, as in every month."""
    lines = now_and_then("2026-10-22")
    assert not coverage_of(lines).begins_late
    late = lines[lines["order_date"] > "2025-01-13"].reset_index(drop=True)
    assert str(coverage_of(late).first_whole) == "2025-02"


def test_who_says_that_the_first_month_is_whole_is_believed():
    late = every_weekday("2026-10-30", "2025-01-15")
    assert not coverage_of(late, Periods(complete_from=dt.date(2025, 1, 1))).begins_late
    assert (
        coverage_of(every_weekday("2026-10-30"), Periods(complete_from=dt.date(2024, 12, 20))).begins_late
        is False
    )
    assert coverage_of(late, Periods(complete_from=dt.date(2025, 1, 10))).begins_late
    # After the first line it says nothing.
    assert coverage_of(late, Periods(complete_from=dt.date(2025, 3, 1))).begins_late


def test_of_the_only_month_it_is_not_asked_whether_it_was_begun():
    assert not coverage_of(every_weekday("2025-01-31", "2025-01-15")).begins_late


def test_a_period_of_thirteen_is_judged_by_its_own_first_day():
    """The data begin on 1 November 2023; the period that day lies in began on 8 October."""
    rules = Periods(pattern="13x4")
    found = coverage_of(every_weekday("2026-10-09", "2023-11-01"), rules, fiscal_periods(rules))
    assert [period_name(each) for each in (found.months[0], found.first_whole)] == ["2023-P11", "2023-P12"]
