"""What a report of a month of the company's own knows ends on the day on which its books close, of whatever table."""

from __future__ import annotations

import datetime as dt

import duckdb
import pandas as pd
import pytest
from books import book_on
from builders import COLUMNS, line, write_standard_tables

from helpers.core.periods import CompanyYear, month_number
from helpers.intake.contracts import ANNOUNCED, KNOWN_FROM, OWN_DAY
from helpers.intake.known import known_month
from helpers.present.actions import due_day
from helpers.settings.config import Settings
from helpers.subjects.churn.states import mark_closed_as_lost
from helpers.subjects.registry import open_facts

DAY = dt.timedelta(days=1)
#: ``[periods]`` with a month that ends before the calendar's, one that ends after it, and a period of thirteen.
CALENDARS = {
    "closed on the 25th": ({"closing_day": 25}, "2026-03"),
    "ends in December": ({"pattern": "4-5-4"}, "2026-11"),
    "13 x 4": ({"pattern": "13x4"}, "2026-P10"),
}
TABLES = sorted({*KNOWN_FROM, *ANNOUNCED} & {*COLUMNS} - {"order_lines"})


@pytest.fixture(scope="module", params=CALENDARS)
def calendar(request):
    rules, month = CALENDARS[request.param]
    settings = Settings(periods=rules)
    year = CompanyYear.of(settings.periods)
    return settings, year, year.month_called(month) or pd.Period(month, "M")


def dated(table, day, number=1):
    """A row of a table that becomes known on a day."""
    columns = COLUMNS[table]
    ids = {name: f"{name}{number}" for name in columns if name.endswith("_id") or name == "same_as"}
    days = {
        name: str(day)
        for name in ANNOUNCED.get(table, KNOWN_FROM.get(table, ()))
        if columns[name] != "VARCHAR"
    }
    return {**ids, **days}


@pytest.fixture(scope="module")
def world(calendar, tmp_path_factory):
    """Facts of the month: each table has a row of its last day and one of the day after, and two years of orders."""
    settings, year, month = calendar
    last = year.last_day(month)
    rows = {table: [dated(table, last), dated(table, last + DAY, 2)] for table in TABLES}
    first = "2026-P01" if year.has_thirteen else "2026-01"
    for table, name in (("targets", "period"), ("action_results", "month")):
        rows[table] = [{**row, name: first} for row in rows[table]]
    rows["customers"] = [
        {"customer_id": "a", "trade_class": name, "valid_from": str(day), "salesperson_id": seller}
        for name, seller, day in (
            ("Shops", "S1", "2020-01-01"),
            ("Chains", "S2", last),
            ("DIY", "S3", last + DAY),
        )
    ] + [{"customer_id": who, "closed_date": str(day)} for who, day in (("shut", last), ("open", last + DAY))]
    rows["salespeople"] = [
        {"salesperson_id": "S2", "team": team, "valid_from": str(day)}
        for team, day in (("North", "2020-01-01"), ("South", last), ("West", last + DAY))
    ]
    rows["wallet_evidence"] = [
        {"customer_id": "a", "as_of": str(day), "annual_purchases": amount, "method": "stated"}
        for day, amount in ((last - 300 * DAY, 10_000), (last, 20_000), (last + DAY, 30_000))
    ]
    rows["action_results"] = [
        {"month": first, "customer_id": "a", "action": "visit", "status": status, "date": str(day)}
        for status, day in (("not_done", last), ("done", last + DAY))
    ]
    days = pd.date_range("2024-01-05", last, freq="9D").union(pd.DatetimeIndex([last, last + DAY]))
    counted = [year.months.counted(day.date()) for day in days]
    rows["order_lines"] = [
        line(who, str(on), 100, f"{who}{day.date()}", **{OWN_DAY: str(day.date())})
        for day, on in zip(days, counted, strict=True) for who in ("a", "shut", "open")
        if who == "a" or day < pd.Timestamp("2025-06-01")
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("records")
    tables = write_standard_tables(folder / "tables", rows)
    facts = open_facts(tables, month, settings, folder / "cache")
    return book_on(facts, currency="EUR"), last


@pytest.mark.slow
@pytest.mark.parametrize("table", [each for each in TABLES if each != "customer_aliases"])
def test_a_row_of_the_last_day_is_known_and_one_of_the_day_after_is_not(world, table):
    book, last = world
    days = [
        name for name in ANNOUNCED.get(table, KNOWN_FROM.get(table, ())) if COLUMNS[table][name] != "VARCHAR"
    ]
    known = book.facts.standard(table).to_pandas()[days].apply(pd.to_datetime).max(axis=None)
    assert known == pd.Timestamp(last)


@pytest.mark.parametrize("table", TABLES)
def test_intake_accounts_for_a_row_in_the_month_that_first_knows_it(calendar, table):
    settings, year, month = calendar
    last = year.last_day(month)
    sql = known_month(table, settings.periods.year, year.months)
    first = "2026-P01" if year.has_thirteen else "2026-01"
    for day, of in ((last, month), (last + DAY, month + 1)):
        row = {**dict.fromkeys(COLUMNS[table]), **dated(table, day)}
        row |= {name: first for name in ("period", "month") if name in row}
        values = ", ".join(
            f"CAST({'NULL' if row[name] is None else repr(row[name])} AS {kind}) AS {name}"
            for name, kind in COLUMNS[table].items()
        )
        (found,) = duckdb.sql(f"SELECT {sql} FROM (SELECT {values})").fetchone()
        assert found == of.to_timestamp().date()


@pytest.mark.slow
def test_class_owner_team_and_closing_are_those_of_the_day_on_which_books_close(world):
    book, _ = world
    people = book.frame("customers").set_index("customer_id")
    assert people.loc["a", ["trade_class", "salesperson_id", "team"]].tolist() == ["Chains", "S2", "South"]
    assert people["closed"].to_dict() == {"a": False, "shut": True, "open": False}
    then = book.composition(grouping="then").groups
    now = then[then["month_net_amount"] > 0].set_index("group")["month_net_amount"]
    assert [*now.index] == ["Chains"]  # the class held at the end of the month, all of which it counts for


@pytest.mark.slow
def test_wallets_outcomes_and_due_days_are_as_of_that_day(world):
    book, last = world
    (piece,) = book.wallet().evidence[["as_of", "annual_purchases", "age_years"]].to_dict("records")
    assert piece == {"as_of": pd.Timestamp(last), "annual_purchases": 20_000, "age_years": 0}
    (change,) = book.frame("wallet_changes").to_dict("records")
    assert change["as_of"] == pd.Timestamp(last)
    (feedback,) = book.frame("action_feedback").to_dict("records")
    assert feedback["status"] == "not_done"
    assert due_day(book.month, 7, book.numbers) == pd.Timestamp(last + 7 * DAY)


def test_a_business_is_lost_at_the_month_end_by_which_it_closed(calendar):
    _, year, month = calendar
    last = pd.Timestamp(year.last_day(month))
    states = pd.DataFrame({"customer_id": ["shut", "open"], "number": month_number(month), "silence_days": 1})
    shut = pd.DataFrame(
        {"customer_id": states["customer_id"], "closed_date": [last, last + DAY], "valid_from": pd.NaT}
    )
    found = mark_closed_as_lost(states.assign(state="active"), shut, year)
    assert found["state"].tolist() == ["lost", "active"]
