"""Months of 4, 4 and 5 weeks in a year from April: figures, comparisons per week, and what pages say of them."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from books import book_on, text_of
from builders import line

from helpers.book import month_of_itself
from helpers.core.calendar.fiscal_periods import fiscal_periods
from helpers.core.calendar.period_names import parse_period
from helpers.data import check_periods
from helpers.errors import WorkbookError
from helpers.settings.config import Periods, Settings
from helpers.subjects.composition import views as composition_views
from helpers.subjects.summary import views as summary_views

WEEKS = Settings(periods=Periods(pattern="4-4-5", year_starts=4))
OWN = fiscal_periods(WEEKS.periods)


def lines(first, last):
    """10 on each day, dated as intake dates it."""
    return [
        line("a", str(OWN.counted(day.date())), 10, order=str(day.date()), own_day=str(day.date()))
        for day in pd.date_range(first, last)
    ]


@pytest.fixture
def book_of(facts_of):
    return lambda month, first, last: book_on(facts_of(month, WEEKS, order_lines=lines(first, last)))


def days(first, last):
    return (OWN.last_day(pd.Period(last, "M")) - OWN.first_day(pd.Period(first, "M"))).days + 1


def test_month_and_year_to_date_are_those_of_whole_weeks(book_of):
    total = book_of("2026-06", "2024-01-01", "2026-07-31").composition().total.iloc[0]
    assert total["month_net_amount"] == 10 * days("2026-06", "2026-06") == 350
    assert total["ytd_net_amount"] == 10 * days("2026-04", "2026-06") == 10 * 91
    assert total["net_amount"] == 10 * days("2025-07", "2026-06")


def test_a_month_of_more_weeks_than_a_year_earlier_is_compared_per_week(book_of):
    longer = next(each.month for each in OWN.periods if each.weeks == 6 and each.first.year > 2015)
    first = OWN.first_day(longer - 24)
    book = book_of(str(longer), first, OWN.last_day(longer))
    total = book.composition().total.iloc[0]
    assert total["month_change_year_percent"] > 15  # the sixth week
    for said in (
        composition_views.composition_findings(book.composition(), book.numbers),
        summary_views.headlines(book.month_in_short(), book.numbers),
    ):
        assert "per week sales changed by 0.0%" in text_of(said)
        assert book.numbers.date(OWN.first_day(longer)) in text_of(said)


def test_a_month_that_is_not_over_is_not_the_default_and_is_held_against_its_like_days(book_of):
    end = OWN.last_day(pd.Period("2026-06", "M"))
    book = book_of("2026-06", "2024-01-01", end - dt.timedelta(days=14))
    assert str(month_of_itself(book.facts.tables, WEEKS).month) == "2026-05"
    total = book.composition().total.iloc[0]
    assert total["month_net_amount"] == total["month_last_year_net_amount"] == 10 * (35 - 14)


def test_the_month_of_a_closed_week_is_the_default_on_its_last_working_day(book_of):
    friday = OWN.last_day(pd.Period("2026-05", "M")) - dt.timedelta(days=1)
    tables = book_of("2026-04", "2024-01-01", friday).facts.tables
    assert str(month_of_itself(tables, WEEKS).month) == "2026-05"


def test_order_lines_outside_the_table_of_periods_are_refused(book_of):
    named = [{"name": "P1", "first_day": "2026-04-01", "last_day": "2026-04-25"}]
    settings = Settings(periods=Periods(table="periods.csv", named=named))
    tables = book_of("2026-04", "2026-04-01", "2026-04-29").facts.tables
    with pytest.raises(
        WorkbookError, match=r"periods of 2026-04-01 to 2026-04-25\. Add those that are missing"
    ):
        check_periods(tables, settings)


def test_in_a_year_of_thirteen_periods_sales_stay_with_the_team_of_the_period_in_which_they_were_made(
    facts_of,
):
    """P05 of 2026 is 26 April to 23 May, so the move of 1 May counts from P06 on."""
    settings = Settings(periods=Periods(pattern="13x4"))
    sold = [
        line("a", day, amount, day, salesperson_id="s")
        for day, amount in (("2026-04-27", 10), ("2026-05-24", 7))
    ]
    moved = [
        {"salesperson_id": "s", "name": "Wu", "team": team, "valid_from": day}
        for team, day in (("North", "2020-01-01"), ("South", "2026-05-01"))
    ]
    rows = facts_of(parse_period("2026-P06"), settings, order_lines=sold, salespeople=moved).frame(
        "seller_months"
    )
    assert dict(zip(rows["team"], rows["net_amount"], strict=True)) == {"North": 10, "South": 7}
