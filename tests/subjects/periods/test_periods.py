"""Sales by period of a year of thirteen: like periods, year to date, trailing year, targets, and what pages say."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from builders import line

from helpers.book import Book
from helpers.core.calendar.calendar import Calendar
from helpers.core.calendar.year_periods import year_periods
from helpers.core.scope import COMPANY
from helpers.present.numbers import numbers
from helpers.settings.calendar.rules import CalendarRules
from helpers.settings.config import Periods, Settings
from helpers.subjects.composition import views as composition_views
from helpers.subjects.periods import views
from helpers.subjects.periods.periods import period_sales

THIRTEEN = Settings(periods=Periods(pattern="13x4", year_starts=2, year_named="first"))
OWN = year_periods(THIRTEEN.periods)
EN, ZH = numbers("en", "CNY"), numbers("zh", "CNY")


def target(period, amount, kind="company", whose=None):
    return {"period": period, "scope_type": kind, "scope_id": whose, "metric": "net_sales", "target": amount}


def sales(first, last, until=None, targets=(), calendar=None):
    """10 on each day of the data, up to the end of a report's month."""
    columns = ["period", "scope_type", "scope_id", "metric", "target"]
    days = pd.DataFrame({"order_date": pd.date_range(first, until or last), "net_amount": 10.0})
    return period_sales(
        days, OWN, dt.date.fromisoformat(until or last), dt.date.fromisoformat(first),
        pd.DataFrame(list(targets), columns=columns), COMPANY, calendar,
    )  # fmt: skip


def only(result, kind):
    (row,) = result.rows[result.rows["kind"] == kind].to_dict("records")
    return row


def text(item):
    return item._repr_mimebundle_()["text/plain"]


def test_the_period_of_five_weeks_is_compared_whole_and_per_week():
    # FY2023 ends on 3 February 2024, and its last period has 35 days.
    result = sales("2022-01-01", "2024-02-29")
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


def test_a_period_counts_once_its_last_day_is_in_the_data():
    # Period 10 of FY2024 ends on 9 November.
    for until, last in (("2024-10-31", 9), ("2024-11-08", 9), ("2024-11-09", 10), ("2024-11-30", 10)):
        assert sales("2024-01-01", until).last.number == last
    assert sales("2024-02-01", "2024-02-02") is None


def test_what_the_data_do_not_reach_back_to_is_not_known():
    result = sales("2024-05-01", "2024-10-31")
    # Period 4 began on 28 April, before the data; period 5 is the first whole one.
    known = result.rows[result.rows["kind"] == "period"].set_index("name")["net_amount"]
    assert known.isna().tolist() == [True] * 4 + [False] * 5
    assert known["FY2024-P05"] == 280
    assert result.rows["change_percent"].isna().all()
    assert pd.isna(only(result, "year_to_date")["net_amount"])
    assert pd.isna(only(result, "trailing_year")["net_amount"])


def test_a_periods_own_target_goes_before_its_part_of_the_years_by_weeks():
    targets = [target("FY2023", 5300), target("FY2023-P13", 700), target("FY2023", 1, "team", "North")]
    result = sales("2022-01-01", "2024-02-29", targets=targets)
    rows = result.rows
    assert rows.loc[rows["kind"] == "period", "target_amount"].tolist() == [400] * 12 + [700]
    assert only(result, "year_to_date")["target_amount"] == 12 * 400 + 700
    assert rows.loc[rows["name"] == "FY2023-P13", "attainment_percent"].iloc[0] == pytest.approx(50)


def test_changes_per_working_day_stand_beside_where_a_country_is_set():
    calendar = Calendar(CalendarRules(country="CN"))
    last = (
        sales("2022-01-01", "2024-02-29", calendar=calendar).rows.set_index("name").loc["FY2023-P13"].iloc[0]
    )
    now = calendar.working_days(dt.date(2023, 12, 31), dt.date(2024, 2, 3))
    before = calendar.working_days(dt.date(2023, 1, 1), dt.date(2023, 1, 28))
    assert last["change_day_percent"] == pytest.approx(100 * (350 / now / (280 / before) - 1))


def test_a_book_holds_classes_teams_and_salespeople_of_a_period_and_its_pages_say_what_is_of_months(facts_of):
    sold = [
        line("a", str(day.date()), 10, order=f"{seller}{day.date()}", salesperson_id=seller)
        for day in pd.date_range("2022-12-01", "2024-03-31", freq="W-WED")
        for seller in ("S1", "S2")
    ]
    sold += [line("b", "2023-01-05", 100), line("b", "2024-01-05", 250), line(None, "2024-01-05", 7)]
    sold += [line("c", "2023-05-05", 5)]
    staff = [
        {"salesperson_id": "S1", "name": "Li", "team": "North", "valid_from": None},
        {"salesperson_id": "S2", "name": "Wu", "team": "South", "valid_from": None},
    ]
    classes = (("a", "Shop"), ("b", "Mill"), ("c", None))
    facts = facts_of(
        "2024-02", THIRTEEN, order_lines=sold, salespeople=staff,
        customers=[{"customer_id": name, "trade_class": kind} for name, kind in classes],
        targets=[
            target("FY2023-P13", 500, "salesperson", "S1"), target("FY2023-P13", 1000, "team", "South"),
            target("2024-02", 100),
        ],
    )  # fmt: skip
    book = Book(facts.month, facts.scope("company"), THIRTEEN, facts.tables, facts, EN)
    result = book.periods()
    # Five Wednesdays from 31 December to 3 February, four a year earlier.
    assert result.rows.set_index("name").loc["FY2023-P13", "net_amount"].iloc[0] == 5 * 20 + 250 + 7

    units = result.units.set_index(["kind", "name"])
    assert units["sales_amount"].to_dict() == {
        ("company", ""): 357, ("team", "North"): 50, ("team", "South"): 50,
        ("salesperson", "Li"): 50, ("salesperson", "Wu"): 50,
    }  # fmt: skip
    assert units.loc[("salesperson", "Li"), "attainment_percent"] == pytest.approx(10)
    assert units.loc[("team", "South"), "attainment_percent"] == pytest.approx(5)
    assert units.loc[("team", "North"), "ytd_sales_amount"] == 53 * 10
    assert units["ytd_target_amount"].isna().all()

    groups = result.groups.assign(group=result.groups["group"].fillna("")).set_index(["kind", "group"])
    assert groups["net_amount"].fillna(0).to_dict() == {
        ("group", "Mill"): 250, ("group", "Shop"): 100, ("unassigned", ""): 7, ("not_recorded", ""): 0,
    }  # fmt: skip
    assert groups.loc[("group", "Mill"), "change_percent"] == pytest.approx(150)
    assert groups.loc[("group", "Mill"), "change_week_percent"] == pytest.approx(100)
    assert groups.loc[("group", "Shop"), "change_week_percent"] == pytest.approx(0)
    assert groups.loc[("not_recorded", ""), "ytd_net_amount"] == 5
    assert groups["ytd_previous_net_amount"].isna().all()  # FY2022 began before the data

    # The calendar's months have their own figures and targets.
    composition = book.composition()
    assert composition.total["attainment_month_percent"].iloc[0] == pytest.approx(80)
    assert "The company's year has 13 periods" in text(
        composition_views.composition_findings(composition, EN)
    )
    for n, head in ((EN, "FY2023 to date"), (ZH, "FY2023 累计")):
        shown = [*views.periods(result, "trade_class", n), *views.targets(result, n)]
        assert len(shown) == 4
        assert all("FY2023-P13" in text(each) for each in shown)
        assert all(head in text(each) for each in shown[1:])


def test_where_a_year_has_twelve_months_nothing_is_shown():
    assert views.periods(None, "trade_class", EN) == views.targets(None, EN) == []
