"""A year that begins in July: year to date, targets and quarters are its own, on a handful of orders."""

from __future__ import annotations

import pandas as pd
import pytest
from books import book_on, text_of
from builders import line

from helpers.book import parse_month
from helpers.core.periods import CompanyYear
from helpers.data import check_periods
from helpers.errors import WorkbookError
from helpers.present import labels
from helpers.present.numbers import numbers
from helpers.settings.config import Periods, Settings
from helpers.subjects.composition import views as composition_views
from helpers.subjects.summary import views as summary_views
from helpers.subjects.targets import views as target_views
from helpers.subjects.trade import views as trade_views

JULY = Settings(periods=Periods(year_starts=7))
#: 100 in each month, and in July to October of 2026 50 more.
LINES = [
    line("a", f"{month}-15", 150 if str(month) >= "2026-07" else 100)
    for month in pd.period_range("2024-07", "2026-10", freq="M")
]


def target(period, amount, **more):
    return {"period": period, "scope_type": "company", "metric": "net_sales", "target": str(amount), **more}


@pytest.fixture
def book_of(facts_of):
    return lambda targets, month="2026-10": book_on(facts_of(month, JULY, order_lines=LINES, targets=targets))


def test_the_year_to_date_is_the_companys_own(book_of):
    book = book_of([target("FY2027", 2400)])
    total = book.composition().total.iloc[0]
    assert (total["ytd_net_amount"], total["ytd_previous_net_amount"]) == (600, 400)
    assert total["plan_ytd_amount"] == 800  # four twelfths
    assert book.trade().customers["year_amount"].tolist() == [600]


def test_quarter_and_year_of_targets_are_the_companys_own(book_of):
    units = (
        book_of([target("FY2027-Q2", 360), target("FY2027-P02", 90), target("2026-07", 80)])
        .attainment()
        .units
    )
    by_period = units[units["kind"] == "company"].set_index("period")
    assert by_period.loc["quarter", ["sales_amount", "target_amount"]].tolist() == [150, 360]
    assert by_period.loc["year", "sales_amount"] == 600
    assert by_period.loc["month", "target_amount"] == 120


@pytest.mark.parametrize(("month", "known"), [("2026-06", False), ("2026-07", True)])
def test_a_target_is_known_from_the_first_day_of_its_year(book_of, month, known):
    targets = book_of([target("FY2027", 2400), target("2027-05", 300)], month).tables.targets
    assert targets.count().to_pandas() == (2 if known else 0)


def test_two_targets_for_the_same_months_under_different_names_are_refused(book_of):
    book = book_of([target("FY2027-P04", 90), target("2026-10", 80)])
    with pytest.raises(WorkbookError, match="'2026-10' and 'FY2027-P04' are the same months"):
        book.composition()


def test_a_calendar_year_among_targets_of_another_year_is_refused(book_of):
    with pytest.raises(WorkbookError, match="'2026' may be of the calendar or of the company's year"):
        check_periods(book_of([target("2026", 1200)]).facts.tables, JULY)


def test_a_month_may_be_asked_for_by_the_name_of_its_period():
    assert str(parse_month("FY2027-P04", JULY)) == str(parse_month("2026-10", JULY)) == "2026-10"
    with pytest.raises(WorkbookError, match="YYYY-MM"):
        parse_month("FY2027-Q1", JULY)


def test_pages_call_the_year_by_its_name_and_say_its_months(book_of):
    book, words = book_of([target("FY2027", 2400)]), "FY2027 to date"
    n, composition, trade = book.numbers, book.composition(), book.trade()
    tables = composition_views.month_table(composition, n), trade_views.class_table(trade, n)
    assert all(
        words in text_of(each) for each in (*tables, summary_views.headlines(book.month_in_short(), n))
    )
    runs = f"{n.month(pd.Period('2026-07', 'M'))}", f"{n.month(pd.Period('2027-06', 'M'))}"
    for said in (
        composition_views.composition_findings(composition, n),
        trade_views.trade_findings(trade, n),
        summary_views.headlines(book.month_in_short(), n),
        target_views.attainment_findings(book.attainment(), n),
    ):
        assert all(each in text_of(said) for each in runs)
    shown = text_of(
        *target_views.targets(book.attainment(), n), target_views.scorecard_table(book.scorecard(), n)
    )
    assert "FY2027" in shown
    assert "calendar year" not in shown


def test_january_and_february_together_need_a_year_that_begins_in_january():
    with pytest.raises(ValueError, match=r"periods\.year_starts is 7"):
        Settings(periods=Periods(year_starts=7), calendar={"country": "CN", "january_with_february": True})


def test_the_year_has_its_name_in_chinese_too():
    year, month, n = CompanyYear.of(JULY.periods), pd.Period("2026-10", "M"), numbers("zh", "CNY")
    assert labels.year_to_date(year, month, n.words) == "FY2027 累计"
    assert labels.fiscal_year_notes(year, month, n)[0].startswith("FY2027为2026年7月至2027年6月")
