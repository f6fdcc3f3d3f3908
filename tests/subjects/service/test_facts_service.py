"""Complaints and wallet estimates as they stood at the month end: what came later is not known yet."""

from __future__ import annotations

import pandas as pd
from builders import line

LINES = [line("c1", "2026-03-10", 100), line("c2", "2026-03-11", 50)]


def complaint(customer, opened, resolved=None, severity="low"):
    return {"customer_id": customer, "opened_at": opened, "resolved_at": resolved, "severity": severity}


def counts(facts_of, complaints, month="2026-03"):
    frame = facts_of(month, order_lines=LINES, complaints=complaints).frame("complaint_counts")
    return frame.set_index(["customer_id", "severity"])


def test_complaint_resolved_after_the_month_end_is_still_open(facts_of):
    table = counts(facts_of, [complaint("c1", "2026-03-30 10:00", "2026-04-01 00:00:01")])
    assert table.loc[("c1", "low"), "open_complaints"] == 1


def test_complaint_of_the_last_minute_counts_and_one_of_the_next_month_does_not(facts_of):
    rows = [complaint("c1", "2026-03-31 23:59:59.5"), complaint("c1", "2026-04-01 00:00")]
    assert counts(facts_of, rows).loc[("c1", "low"), "complaints"] == 1


def test_complaint_resolved_on_the_last_day_is_not_open(facts_of):
    table = counts(facts_of, [complaint("c1", "2026-03-01", "2026-03-31 23:00")])
    assert table.loc[("c1", "low"), "open_complaints"] == 0


def test_old_complaint_that_nobody_resolved_is_open_but_not_of_this_year(facts_of):
    row = counts(facts_of, [complaint("c1", "2025-03-31")]).loc[("c1", "low")]
    assert (row["complaints"], row["open_complaints"], row["complaints_lifetime"]) == (0, 1, 1)
    assert row["last_opened"] == pd.Timestamp("2025-03-31")


def test_first_day_of_the_window_is_in_it(facts_of):
    assert counts(facts_of, [complaint("c1", "2025-04-01")]).loc[("c1", "low"), "complaints"] == 1


def test_severities_are_counted_apart(facts_of):
    rows = [complaint("c1", "2026-01-01"), complaint("c1", "2026-01-02", severity="high")]
    assert counts(facts_of, rows)["complaints"].to_dict() == {("c1", "high"): 1, ("c1", "low"): 1}


def test_without_resolutions_nobody_knows_what_is_open(facts_of):
    rows = [{"customer_id": "c1", "opened_at": "2026-01-01"}]
    table = facts_of("2026-03", order_lines=LINES, complaints=rows).frame("complaint_counts")
    assert table["open_complaints"].isna().all()
    assert table["complaints"].tolist() == [1]


def test_latest_estimate_of_each_method_counts_and_later_ones_are_not_known(facts_of):
    rows = [
        {"customer_id": "c1", "as_of": "2025-01-01", "annual_purchases": 100, "method": "stated"},
        {"customer_id": "c1", "as_of": "2026-03-31", "annual_purchases": 300, "method": "stated"},
        {"customer_id": "c1", "as_of": "2026-03-31", "annual_purchases": 200, "method": "stated"},
        {"customer_id": "c1", "as_of": "2026-04-01", "annual_purchases": 900, "method": "stated"},
        {"customer_id": "c1", "as_of": "2024-01-01", "annual_purchases": 50, "method": "plan"},
    ]
    table = facts_of("2026-03", order_lines=LINES, wallet_evidence=rows).frame("wallet_estimates")
    assert table[["method", "annual_purchases"]].to_numpy().tolist() == [["plan", 50.0], ["stated", 200.0]]


def test_tables_that_are_not_supplied_have_no_rows(facts_of):
    facts = facts_of("2026-03", order_lines=LINES)
    assert facts.frame("complaint_counts").empty
    assert facts.frame("wallet_estimates").empty


def test_scope_sees_the_complaints_of_its_own_customers_alone(facts_of):
    people = [{"customer_id": "c1", "salesperson_id": "s1"}, {"customer_id": "c2", "salesperson_id": "s2"}]
    rows = [complaint("c1", "2026-01-01"), complaint("c2", "2026-01-01")]
    facts = facts_of("2026-03", order_lines=LINES, customers=people, complaints=rows)
    own = facts.frame("complaint_counts", facts.scope("salesperson:s2"))
    assert own["customer_id"].tolist() == ["c2"]
