"""Sales by period of a year of thirteen: like periods, year to date, trailing year, targets, and what pages say."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from builders import line

from helpers.book import Book
from helpers.core.calendar.year_periods import year_periods
from helpers.present.numbers import numbers
from helpers.settings.calendar.rules import CalendarRules
from helpers.settings.config import Periods, Settings
from helpers.subjects.composition import views as composition_views
from helpers.subjects.periods import views

THIRTEEN = Settings(periods=Periods(pattern="13x4", year_starts=2, year_named="first"))
OWN = year_periods(THIRTEEN.periods)
EN, ZH = numbers("en", "CNY"), numbers("zh", "CNY")


def lines(first, last, amount=10):
    return [line("a", str(day.date()), amount, order=str(day.date())) for day in pd.date_range(first, last)]


@pytest.fixture
def book_of(facts_of):
    def build(month, order_lines, settings=THIRTEEN, scope="company", **supplied):
        facts = facts_of(month, settings, order_lines=order_lines, **supplied)
        return Book(facts.month, facts.scope(scope), settings, facts.tables, facts, EN)

    return build


def text(item):
    return item._repr_mimebundle_()["text/plain"]


def only(result, kind):
    (row,) = result.rows[result.rows["kind"] == kind].to_dict("records")
    return row


def test_the_period_of_five_weeks_is_compared_whole_and_per_week(book_of):
    # 10 a day from the first day of FY2022 on. FY2023 ends on 3 February 2024, its last period has 35 days.
    book = book_of("2024-02", lines("2022-01-01", "2024-02-29"))
    result = book.periods()
    assert result.last == OWN.named("FY2023-P13")
    last = result.rows[result.rows["name"] == "FY2023-P13"].iloc[0]
    assert (last["net_amount"], last["previous_net_amount"]) == (350, 280)
    assert (last["weeks"], last["previous_weeks"], last["previous_name"]) == (5, 4, "FY2022-P13")
    assert last["change_percent"] == pytest.approx(25)
    assert last["change_week_percent"] == pytest.approx(0)
    for kind in ("year_to_date", "trailing_year"):
        row = only(result, kind)
        assert (row["periods"], row["net_amount"], row["previous_net_amount"]) == (13, 371 * 10, 364 * 10)
        assert row["change_week_percent"] == pytest.approx(0)
    said = text(views.period_findings(result, EN))
    assert "FY2023-P13 had 5 weeks, a year earlier 4: per week sales changed by 0.0%." in said
    assert "31 Dec 2023 to 3 Feb 2024" in said
    assert "FY2023 to date had 53 weeks, a year earlier 52" in said


def test_a_period_counts_once_its_last_day_is_in_the_data(book_of):
    # Period 10 of FY2024 ends on 9 November: not over at the end of October, nor while the data end before it.
    assert book_of("2024-10", lines("2024-01-01", "2024-12-31")).periods().last.code == "FY2024-P09"
    assert book_of("2024-11", lines("2024-01-01", "2024-11-08")).periods().last.code == "FY2024-P09"
    assert book_of("2024-11", lines("2024-01-01", "2024-11-09")).periods().last.code == "FY2024-P10"


def test_what_the_data_do_not_reach_back_to_is_not_known(book_of):
    result = book_of("2024-10", lines("2024-05-01", "2024-10-31")).periods()
    # Period 4 began on 28 April, before the data; period 5 is the first whole one.
    known = result.rows[result.rows["kind"] == "period"].set_index("name")["net_amount"]
    assert known.isna().tolist() == [True] * 4 + [False] * 5
    assert known["FY2024-P05"] == 280
    assert result.rows["change_percent"].isna().all()
    assert pd.isna(only(result, "year_to_date")["net_amount"])
    assert pd.isna(only(result, "trailing_year")["net_amount"])


def test_a_later_day_changes_no_earlier_report(book_of):
    early, late = (book_of("2024-10", lines("2023-01-01", end)) for end in ("2024-10-31", "2024-12-31"))
    pd.testing.assert_frame_equal(early.periods().rows, late.periods().rows)


def target(period, amount, kind="company", whose=None):
    return {
        "period": period, "scope_type": kind, "scope_id": whose, "metric": "net_sales", "target": amount,
    }  # fmt: skip


def test_a_periods_own_target_goes_before_its_part_of_the_years_by_weeks(book_of):
    targets = [target("FY2023", 5300), target("FY2023-P13", 700), target("2024-02", 999)]
    book = book_of("2024-02", lines("2022-01-01", "2024-02-29"), targets=targets)
    rows = book.periods().rows
    assert rows.loc[rows["kind"] == "period", "target_amount"].tolist() == [400] * 12 + [700]
    assert only(book.periods(), "year_to_date")["target_amount"] == 12 * 400 + 700
    assert rows.loc[rows["name"] == "FY2023-P13", "attainment_percent"].iloc[0] == pytest.approx(50)
    # The calendar's months have their own.
    assert book.composition().total["attainment_month_percent"].iloc[0] == pytest.approx(100 * 290 / 999)


def test_teams_and_salespeople_are_held_against_targets_of_periods(book_of):
    sold = [
        line("a", str(day.date()), 10, order=f"{seller}{day.date()}", salesperson_id=seller)
        for day in pd.date_range("2023-01-01", "2024-02-29")
        for seller in ("S1", "S2")
    ]
    staff = [
        {"salesperson_id": "S1", "name": "Li", "team": "North", "valid_from": None},
        {"salesperson_id": "S2", "name": "Wu", "team": "South", "valid_from": None},
    ]
    targets = [target("FY2023-P13", 500, "salesperson", "S1"), target("FY2023-P13", 1000, "team", "South")]
    units = book_of("2024-02", sold, salespeople=staff, targets=targets).periods().units
    units = units.set_index(["kind", "name"])
    assert units["sales_amount"].to_dict() == {
        ("company", ""): 700, ("team", "North"): 350, ("team", "South"): 350,
        ("salesperson", "Li"): 350, ("salesperson", "Wu"): 350,
    }  # fmt: skip
    assert units.loc[("salesperson", "Li"), "attainment_percent"] == pytest.approx(70)
    assert units.loc[("team", "South"), "attainment_percent"] == pytest.approx(35)
    assert units.loc[("company", ""), "ytd_sales_amount"] == 2 * 3710
    assert units["ytd_target_amount"].isna().all()


def test_classes_are_compared_over_the_period_and_the_year_to_date(book_of):
    sold = [
        *lines("2022-01-01", "2024-02-29"),
        line("b", "2023-01-05", 100), line("b", "2024-01-05", 250), line(None, "2024-01-05", 7),
        line("c", "2023-05-05", 5),
    ]  # fmt: skip
    people = [
        {"customer_id": name, "trade_class": kind}
        for name, kind in (("a", "Shop"), ("b", "Mill"), ("c", None))
    ]
    groups = book_of("2024-02", sold, customers=people).periods().groups
    groups = groups.assign(group=groups["group"].fillna("")).set_index(["kind", "group"])
    assert groups["net_amount"].fillna(0).to_dict() == {
        ("group", "Shop"): 350, ("group", "Mill"): 250, ("unassigned", ""): 7, ("not_recorded", ""): 0,
    }  # fmt: skip
    assert groups.loc[("group", "Mill"), "change_percent"] == pytest.approx(150)
    assert groups.loc[("group", "Mill"), "change_week_percent"] == pytest.approx(100)
    assert groups.loc[("group", "Shop"), ["ytd_net_amount", "ytd_previous_net_amount"]].tolist() == [
        3710,
        3640,
    ]
    assert groups.loc[("not_recorded", ""), "ytd_net_amount"] == 5


def test_changes_per_working_day_stand_beside_where_a_country_is_set(book_of):
    settings = THIRTEEN.model_copy(update={"calendar": CalendarRules(country="CN")})
    book = book_of("2024-02", lines("2022-01-01", "2024-02-29"), settings)
    last = book.periods().rows.set_index("name").loc["FY2023-P13"].iloc[0]
    now = book.calendar.working_days(dt.date(2023, 12, 31), dt.date(2024, 2, 3))
    before = book.calendar.working_days(dt.date(2023, 1, 1), dt.date(2023, 1, 28))
    assert last["change_day_percent"] == pytest.approx(100 * (350 / now / (280 / before) - 1))


def test_pages_say_what_is_of_periods_and_what_of_months(book_of):
    book = book_of("2024-02", lines("2022-01-01", "2024-02-29"), targets=[target("FY2023-P13", 700)])
    assert "The company's year has 13 periods" in text(
        composition_views.composition_findings(book.composition(), EN)
    )
    for n, head in ((EN, "FY2023 to date"), (ZH, "FY2023 累计")):
        shown = [
            text(item)
            for item in (*views.periods(book.periods(), "trade_class", n), *views.targets(book.periods(), n))
        ]
        assert len(shown) == 4
        assert all("FY2023-P13" in each for each in shown)
        assert head in shown[0]


def test_without_such_a_year_nothing_is_shown(book_of):
    book = book_of("2024-02", lines("2023-01-01", "2024-02-29"), Settings())
    assert book.periods() is None
    assert views.periods(None, "trade_class", EN) == views.targets(None, EN) == []
