"""Where books close on the 25th, or weeks make the months, invoices and payments count as the order lines do."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pytest
from builders import invoice, line

from helpers.core.calendar.fiscal_periods import fiscal_periods
from helpers.engine.as_of import counted_day
from helpers.engine.months.monthly import HistorySource, history_of
from helpers.settings.config import Settings
from helpers.settings.periods import Periods
from helpers.subjects.receivables.receivables import receivables

CLOSING = Settings(periods={"closing_day": 25})
RETAIL = Settings(periods={"pattern": "4-5-4", "year_starts": 2, "year_named": "first"})
LINES = [line("c1", f"2026-{month:02}-10", 100, f"o{month}") for month in range(1, 6)]


INVOICES = [
    invoice("last day", "c1", "2026-02-23", "2026-03-25", 100),
    invoice("late", "c1", "2026-02-10", "2026-03-24", 40),
    invoice("of April", "c1", "2026-03-26", "2026-03-26", 1000),
]
PAYMENTS = [
    {"payment_date": "2026-03-20", "amount": 10, "invoice_id": "late", "customer_id": "c1"},
    {"payment_date": "2026-03-26", "amount": 30, "invoice_id": "late", "customer_id": "c1"},
]


def of(facts_of, month, settings=CLOSING):
    return facts_of(month, settings, order_lines=LINES, invoices=INVOICES, payments=PAYMENTS)


@pytest.mark.parametrize("rules", [CLOSING.periods, RETAIL.periods, Periods()])
def test_the_engine_counts_each_day_where_the_calendar_does(rules):
    months = fiscal_periods(rules)
    # Some years, and the ends of those for which months are laid out.
    days = [dt.date(year, 1, 1) + dt.timedelta(each) for year in (1999, 2023, 2044) for each in range(1461)]
    table = ibis.memtable({"day": days})
    found = (
        ibis.duckdb.connect().to_pyarrow(table.select(day=counted_day(table.day, months)))["day"].to_pylist()
    )
    assert found == [months.counted(day) if months else day for day in days]


def test_balance_and_age_are_those_of_the_day_on_which_books_close(facts_of):
    row = of(facts_of, "2026-03").frame("receivables").iloc[0]
    assert row[["balance_amount", "overdue_amount", "not_due_amount"]].tolist() == [130, 30, 100]
    assert row["most_days_late"] == 1
    later = of(facts_of, "2026-04").frame("receivables").iloc[0]
    assert later[["balance_amount", "overdue_amount", "most_days_late"]].tolist() == [1100, 1100, 31]


def test_what_is_invoiced_and_paid_counts_in_the_companys_month(facts_of):
    months = of(facts_of, "2026-04").frame("receivable_months").set_index("month")
    assert {
        f"{month:%m}": tuple(row) for month, row in months[["invoiced_amount", "paid_amount"]].iterrows()
    } == {
        "02": (140, 0), "03": (0, 10), "04": (1000, 30),
    }  # fmt: skip
    # Days stay days: paid two days after the due day, not seven.
    assert months.loc["2026-04-01", "days_late_sum"] == 2


def test_signals_read_payments_by_the_same_months(facts_of):
    facts = of(facts_of, "2026-04")
    paid = facts.frame("evidence_paid")
    assert paid["month"].dt.month.tolist() == [3, 4]
    assert facts.frame("evidence_settled")["month"].dt.month.tolist() == [3, 4]
    assert of(facts_of, "2026-03").frame("evidence_due")["due_amount"].tolist() == [140]


def test_past_month_ends_are_those_of_their_own_reports(facts_of):
    history = of(facts_of, "2026-05").frame("open_history")
    for month in ("2026-02", "2026-03", "2026-04", "2026-05"):
        then = of(facts_of, month).frame("open_items")
        then = then[then["open_amount"] > 0].set_index("invoice_id")[["open_amount", "days_late"]]
        now = history[history["month"] == f"{month}-01"].set_index("item_id")[["open_amount", "days_late"]]
        pd.testing.assert_frame_equal(now.sort_index(), then.sort_index(), check_names=False)


def test_what_is_kept_of_months_is_named_by_the_companys_months(facts_of):
    facts = of(facts_of, "2026-05")
    assert {month: held[0] for month, held in history_of(facts, HistorySource("payments")).items()} == {
        "2026-03": 1, "2026-04": 1,
    }  # fmt: skip


def test_days_outstanding_are_days_of_the_companys_months(facts_of):
    facts = of(facts_of, "2026-04", RETAIL)
    found = receivables(
        facts.frame("customers").assign(credit_limit=0.0), facts.frame("receivables"),
        facts.frame("receivable_months"), None, facts.month, dso_months=3, year=facts.year,
    )  # fmt: skip
    # 1 February to 2 May 2026: 13 weeks in which 1,140 was invoiced, of which 1,100 is open.
    assert found.dso_days == pytest.approx(1100 / 1140 * 91)
