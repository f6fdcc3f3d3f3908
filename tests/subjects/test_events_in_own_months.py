"""Where books close on the 25th, quotes, deliveries, contacts, complaints and surveys count as the order lines do."""

from __future__ import annotations

import pandas as pd
import pytest
from books import book_on
from builders import line, write_standard_tables

from helpers.core.periods import CompanyYear
from helpers.settings.config import Settings
from helpers.subjects.card.facts import contacts as contacts_of
from helpers.subjects.contacts.prospects import prospects
from helpers.subjects.contacts.visits import visits
from helpers.subjects.quotes.quotes import each_quote
from helpers.subjects.registry import open_facts
from helpers.subjects.service.complaints import complaints

CLOSING = Settings(periods={"closing_day": 25})
LINES = [
    {**line("c1", f"2026-{month:02}-10", 100, f"o{month}"), "line_no": "1", "quantity": 10}
    for month in range(1, 6)
]
#: Of these days March ends with the 25th: the second of each is of April.
MARCH, APRIL = "2026-03-25", "2026-03-26"


def quote(number, day, decided=None, status="won"):
    return {
        "quote_id": number, "customer_id": "c1", "quote_date": day, "amount": 10, "status": status,
        "decided_at": decided,
    }  # fmt: skip


def delivery(order, promised, shipped):
    return {
        "order_id": order, "line_no": "1", "promised_date": promised, "shipped_date": shipped, "quantity": 10,
        "recorded_on": "2026-01-01",
    }  # fmt: skip


TABLES = {
    "order_lines": LINES,
    "quotes": [quote("q1", MARCH), quote("q2", APRIL, APRIL), quote("q3", "2026-02-20", APRIL, "lost")],
    "deliveries": [delivery("o2", MARCH, MARCH), delivery("o3", MARCH, APRIL), delivery("o1", "2026-03-20", None)],
    "interactions": [{"customer_id": "c1", "date": day, "kind": "visit"} for day in (MARCH, APRIL)],
    "complaints": [
        {"customer_id": "c1", "opened_at": f"{MARCH} 15:00", "resolved_at": f"{APRIL} 09:00"},
        {"customer_id": "c1", "opened_at": f"{APRIL} 09:00", "resolved_at": None},
    ],
    "surveys": [{"customer_id": "c1", "date": day, "score": 8} for day in (MARCH, APRIL, APRIL)],
    "prospects": [{"prospect_id": f"p{day}", "first_contact_date": day} for day in (MARCH, APRIL)],
    "rebate_agreements": [
        {
            "agreement_id": "a", "customer_id": "c1", "bracket_from": 100, "rate": 10, "first_day": "2026-01-01",
            "last_day": "2026-12-31", "basis": "net_sales", "counting": "retroactive",
        }
    ],
    "rebate_payments": [{"agreement_id": "a", "payment_date": day, "amount": 5} for day in (MARCH, APRIL)],
}  # fmt: skip


@pytest.fixture(scope="module")
def of(tmp_path_factory):
    """Return the facts of a month, March's made before April's."""
    folder = tmp_path_factory.mktemp("events")
    tables = write_standard_tables(folder / "tables", TABLES)
    made = {
        each: open_facts(tables, pd.Period(each, "M"), CLOSING, folder / "cache")
        for each in ("2026-03", "2026-04")
    }
    return made.__getitem__


def by_month(frame, *columns):
    sums = frame.groupby(frame["month"].dt.strftime("%m"))[list(columns)].sum()
    return {month: tuple(float(value) for value in row) for month, row in sums.iterrows() if row.any()}


@pytest.mark.slow
def test_a_report_holds_what_was_known_when_books_closed(of):
    for month, count in (("2026-03", 1), ("2026-04", 2)):
        facts = of(month)
        assert facts.frame("contact_months")["visits"].sum() == count
        assert len(facts.frame("complaint_cases")) == len(facts.frame("prospects")) == count
        assert facts.frame("complaint_counts")["complaints"].sum() == count


def test_a_rebate_that_is_paid_after_books_closed_is_open(of):
    for month, accrued, paid in (("2026-03", 30, 5), ("2026-04", 40, 10)):
        facts = of(month)
        book = book_on(facts)
        found = book.rebates()
        assert found.agreements[["accrued_amount", "paid_amount"]].to_numpy().tolist() == [[accrued, paid]]
        assert found.months["paid_amount"].tolist()[-1] == paid


def test_quotes_are_open_until_the_companys_month_in_which_they_are_decided(of):
    facts = of("2026-03")
    assert each_quote(facts.frame("quote_rows"), facts.month, facts.year)[["quote_id", "status", "days"]].to_numpy(
    ).tolist() == [["q1", "won", 0], ["q3", "open", 33]]  # fmt: skip
    facts = of("2026-04")
    found = each_quote(facts.frame("quote_rows"), facts.month, facts.year).set_index("quote_id")
    assert found["counts_in"].dt.month.to_dict() == {"q1": 3, "q2": 4, "q3": 4}
    assert found["quoted_in"].dt.month.to_dict() == {"q1": 3, "q2": 4, "q3": 2}
    assert found.loc["q3", "days"] == 34  # days stay days


def test_an_order_dated_into_its_month_does_not_decide_a_quote_before_it_was_made(facts_of):
    """This December ends on 3 January: intake dates an order of that day to 31 December."""
    made = {**quote("q1", "2026-01-02", status=None), "order_id": "o1"}
    facts = facts_of(
        "2025-12",
        Settings(periods={"pattern": "4-4-5"}),
        order_lines=[line("c1", "2025-12-31", 100, "o1")],
        quotes=[made],
    )
    found = each_quote(facts.frame("quote_rows"), facts.month, facts.year)
    assert found[["status", "days", "backwards"]].to_numpy().tolist() == [["won", 0, False]]


def test_deliveries_are_judged_and_shipped_in_the_companys_months(of):
    (now,) = of("2026-03").frame("delivery_customers").to_dict("records")
    # What waits does so in days up to the one on which books close.
    counts = ("judged", "in_full", "waiting_lines", "open_amount", "longest_days")
    assert [now[name] for name in counts] == [3, 1, 1, 200, 5]
    (later,) = of("2026-04").frame("delivery_customers").to_dict("records")
    assert [later[name] for name in counts] == [3, 1, 1, 100, 36]
    months = of("2026-04").frame("delivery_months")
    assert by_month(months, "judged", "failed", "shipped_amount") == {"03": (3, 2, 100), "04": (0, 0, 100)}


def test_contacts_surveys_and_what_signals_read_of_them_count_by_the_same_months(of):
    wanted = {
        "contact_months": ("visits", 1, 1), "survey_months": ("responses", 1, 2), "evidence_contacts": ("visits", 1, 1),
        "evidence_complaints": ("complaints", 1, 1), "evidence_resolved": ("complaints_resolved", 0, 1),
        "evidence_surveys": ("survey_n", 1, 2),
    }  # fmt: skip
    for name, (column, march, april) in wanted.items():
        # What a report of March holds is what April's holds of it, computed after it or with it.
        assert by_month(of("2026-03").frame(name), column) == ({"03": (march,)} if march else {})
        both = {"03": (march,), "04": (april,)}
        assert by_month(of("2026-04").frame(name), column) == {
            key: each for key, each in both.items() if each[0]
        }
    assert contacts_of(of("2026-04"), ["c1"])["month"].dt.month.tolist() == [
        4,
        3,
    ]  # of which a card counts twelve


def test_ages_and_what_is_due_are_told_as_of_the_day_on_which_books_close(of):
    facts = of("2026-03")
    people = facts.frame("customers").assign(name=None, salesperson_name=None)
    (case,) = complaints(
        facts.frame("complaint_cases"), people, facts.frame("customer_summary"), facts.month, 12, 2,
        pd.Period("2026-01", "M"), year=facts.year,
    ).customers["longest_open_days"]  # fmt: skip
    assert case == pytest.approx(9 / 24)
    summary = pd.DataFrame({"customer_id": ["c1"], "first_purchase": pd.to_datetime(["2026-01-10"])})
    tiered = pd.DataFrame({"customer_id": ["c1"], "tier": ["A"], "amount": [100.0]})
    found = visits(
        people, tiered, summary, facts.frame("contact_months"), facts.month, 3, {"A": 30}, facts.year
    )
    # 26 December to 25 March are 90 days, of which it was there 75.
    assert found.plan.loc[0, "planned"] == pytest.approx(75 / 30)
    assert found.due.loc[0, ["days_since", "due_date"]].tolist() == [0, pd.Timestamp("2026-04-24")]
    sellers = pd.DataFrame({"salesperson_id": [], "salesperson_name": []}, dtype="str")
    assert prospects(facts.frame("prospects"), sellers, facts.month, facts.year).open[
        "age_days"
    ].tolist() == [0]


@pytest.mark.parametrize("rules", [{"closing_day": 25}, {"pattern": "4-4-5", "year_starts": 4}, {}])
def test_frames_name_the_month_of_a_day_as_the_engine_does(rules):
    year = CompanyYear.of(Settings(periods=rules).periods)
    days = pd.Series([*pd.date_range("2023-12-20", "2026-02-03"), pd.NaT, pd.Timestamp("1990-05-31 12:00")])
    found = year.counts_in(days)
    known = days.iloc[:-2].dt.date
    counted = known.map(year.months.counted) if year.months else known
    assert found.iloc[:-2].dt.date.tolist() == [day.replace(day=1) for day in counted]
    assert pd.isna(found.iloc[-2]) and found.iloc[-1] == pd.Timestamp("1990-05-01")
