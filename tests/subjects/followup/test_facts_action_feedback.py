"""What people say became of actions, as of a month end."""

import pandas as pd
import pytest
from builders import line

from helpers.core.scope import COMPANY, Scope
from helpers.settings.config import Settings
from helpers.subjects.registry import open_facts

PEOPLE = [{"customer_id": "A", "salesperson_id": "S1"}, {"customer_id": "B", "salesperson_id": "S2"}]
LINES = [line("A", "2026-08-03", 10), line("B", "2026-09-04", 20), line("A", "2026-10-05", 30)]


def said(month, customer, status, date=None, note=None):
    return {
        "month": month, "customer_id": customer, "action": "visit", "status": status, "date": date, "note": note,
    }  # fmt: skip


@pytest.fixture
def feedback(standard_tables, cache_of_worlds):
    def asked(rows, month="2026-10", scope=COMPANY):
        tables = standard_tables(order_lines=LINES, customers=PEOPLE, action_results=rows)
        facts = open_facts(tables, pd.Period(month, "M"), Settings(), cache_of_worlds)
        frame = facts.frame("action_feedback", scope)
        return [tuple(row) for row in frame[["month", "customer_id", "status"]].to_numpy()]

    return asked


def test_a_report_knows_what_was_said_of_earlier_months_up_to_its_end(feedback):
    rows = [
        said("2026-09", "A", "done", "2026-10-12"),
        said("2026-09", "B", "done", "2026-11-02"),  # dated after the month
        said("2026-10", "B", "dropped"),  # of this month's own list
        said("2025-12", "B", "not_done"),
    ]
    assert feedback(rows) == [("2025-12", "B", "not_done"), ("2026-09", "A", "done")]


def test_a_past_month_stays_as_it_was_when_more_is_said_later(feedback):
    first = [said("2026-08", "A", "not_done", "2026-09-20")]
    later = [*first, said("2026-08", "A", "done", "2026-10-03"), said("2026-09", "A", "done", "2026-10-12")]
    assert (
        feedback(first, month="2026-09") == feedback(later, month="2026-09") == [("2026-08", "A", "not_done")]
    )
    assert ("2026-08", "A", "done") in feedback(later)


def test_of_several_rows_the_last_counts_and_a_row_not_filled_in_says_nothing(feedback):
    rows = [
        said("2026-09", "A", None),
        said("2026-09", "A", "not_done", "2026-10-02"),
        said("2026-09", "A", "done", "2026-10-20"),
        said("2026-09", "B", None),
    ]
    assert feedback(rows) == [("2026-09", "A", "done")]


def test_a_salesperson_sees_what_was_said_of_its_own_customers(feedback):
    rows = [said("2026-09", "A", "done"), said("2026-09", "B", "done")]
    assert feedback(rows, scope=Scope("salesperson", "S2", "S2")) == [("2026-09", "B", "done")]
