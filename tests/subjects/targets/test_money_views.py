"""What readers are told of targets and receivables; what is not supplied costs its section alone."""

from __future__ import annotations

import pandas as pd
import pytest
from books import text_of

from helpers.book import open_book
from helpers.core.proposals import DISPLAYED
from helpers.core.scope import COMPANY
from helpers.present.actions import COLUMNS
from helpers.present.numbers import numbers
from helpers.subjects.receivables import views as owed
from helpers.subjects.targets import views as show
from helpers.subjects.targets.attainment import Attainment


@pytest.fixture(scope="module")
def book():
    return open_book(month="2026-10", scope="salesperson:S03")


def test_a_salespersons_page_names_no_colleague(book):
    n, reached = book.numbers, book.attainment()
    page = text_of(
        *show.targets(reached, n), *show.gaps(reached, n), show.scorecard_table(book.scorecard(), n)
    )
    assert "Jun Berg" in page
    assert not any(name in page for name in ("Wei Lin", "Marta Tan", "Lei Gao", "Tomas Novak", "Yan Shen"))


def test_teams_stand_before_salespeople_and_each_by_what_they_lack():
    book = open_book(month="2026-10")
    drawn = show.targets(book.attainment(), book.numbers)[0].alt
    names = (
        "The company",
        "Export",
        "South and Southwest China",
        "East and North China",
        "Tomas Novak",
        "Jun Berg",
    )
    assert [drawn.index(name) for name in names] == sorted(drawn.index(name) for name in names)


def test_salespeople_are_listed_by_their_sales():
    book = open_book(month="2026-10")
    listed = show.scorecard_table(book.scorecard(), book.numbers).frame["sales_amount"]
    assert len(listed) > 1 and listed.is_monotonic_decreasing


def test_each_overdue_customer_is_to_be_collected_for_what_is_likely_to_be_lost_of_it(book):
    result = book.receivables()
    rows = owed.proposed_actions(result, book.numbers, book.likelihood()).worded()
    collect = rows[rows["kind"] == "collect"]
    late = result.customers[result.customers["overdue_amount"] > 0]
    assert tuple(rows.columns) == (*COLUMNS, *DISPLAYED, "reason")
    assert set(collect["measure"]) == {"overdue"}
    told = collect.set_index("customer_id")["shown_amount"]
    assert told.to_dict() == late.set_index("customer_id")["overdue_amount"].to_dict()
    value = collect.set_index("customer_id")["value_amount"]
    owed_by = late.set_index("customer_id").loc[value.index]
    assert (value <= owed_by["overdue_amount"].astype("float64")).all()
    old = owed_by[owed_by["most_days_late"] >= 365]["overdue_amount"].astype("float64")
    assert len(old)
    pd.testing.assert_series_equal(value.loc[old.index].sort_index(), old.sort_index(), check_names=False)


def test_without_invoices_a_line_says_what_is_needed(book):
    assert "invoices" in text_of(*owed.receivables(None, book.numbers))


def test_of_many_salespeople_those_furthest_below_target_are_shown_and_the_others_counted():
    people = 150
    units = pd.DataFrame(
        {
            "period": "year", "kind": ["company", *["salesperson"] * people],
            "id": [None, *(f"s{place:03}" for place in range(people))],
            "name": ["", *(f"Person {place:03}" for place in range(people))],
            "sales_amount": [people * 50.0, *([50.0] * people)],
            "target_amount": [1.0, *(float(place) for place in range(people))],
            "target_to_date_amount": [1.0, *(float(place) for place in range(people))],
        }
    )  # fmt: skip
    for name in ("attainment", "attainment_to_date"):
        units[name] = units["sales_amount"] / units["target_amount"].where(units["target_amount"] > 0)
    for name in ("straight", "model", "forecast", "low", "high", "needed_month"):
        units[f"{name}_amount"] = units["sales_amount"]
    result = Attainment(pd.Period("2026-10", "M"), COMPANY, units, pd.DataFrame(), pd.DataFrame())
    n = numbers("en", "CNY")
    chart, year = show.targets(result, n)
    assert chart.alt.index("Person 149") < chart.alt.index("Person 148"), "who lacks most stands first"
    assert "the 39 furthest below are drawn" in chart.title
    assert "Person 149" in chart.alt and "Person 100" not in chart.alt
    assert "The company" not in chart.alt, "beside its bar those of 39 people could not be seen"
    assert year.row_count == 100 and "furthest below target of 151" in year.caption
    assert "Person 149" in year.text and "Person 140" not in year.text
    assert "Person 149" in year.text and "Person 020" not in year.text and "The company" in year.text


def test_where_the_company_has_no_target_the_front_page_says_how_many_salespeople_are_behind_theirs():
    units = pd.DataFrame(
        {
            "period": "year", "kind": ["company", "salesperson", "salesperson"], "id": [None, "a", "b"],
            "name": ["", "Ann", "Ben"], "sales_amount": [150.0, 90.0, 60.0], "target_amount": [None, 120.0, 60.0],
            "target_to_date_amount": [None, 100.0, 50.0], "attainment_to_date": [None, 0.9, 1.2],
            "low_amount": 140.0, "high_amount": 200.0, "forecast_amount": 170.0,
        }
    )  # fmt: skip
    result = Attainment(pd.Period("2026-10", "M"), COMPANY, units, pd.DataFrame(), pd.DataFrame())
    (found,) = show.weighed_findings(result, numbers("en", "CNY"), None)
    assert found.sentence == (
        "There is no target for all of it; 1 of 2 salespeople is behind the target of the year to date."
    )
    assert found.amount == 10
    units.loc[0, ["target_amount", "target_to_date_amount", "attainment_to_date"]] = [50.0, 40.0, 3.75]
    (said, *_rest) = show.attainment_findings(result, numbers("en", "CNY")).sentences
    assert said == "Sales of the year to date are CN¥150, 3.8 times the target to date."
