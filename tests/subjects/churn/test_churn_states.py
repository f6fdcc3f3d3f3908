"""Which state a customer is in, and how many pass from one to another."""

from __future__ import annotations

import pandas as pd

from helpers.subjects.churn.states import counts, flows, states


def row(customer, month, probability=0.1, **measures):
    usual = {
        "silence_days": 10, "recency_days": 600, "frequency": 20, "returned_gap_days": None, "purchases_6": 6,
        "purchases_12": 12,
    }  # fmt: skip
    return (
        {"customer_id": customer, "origin": pd.Timestamp(month), "probability": probability}
        | usual
        | measures
    )


def states_of(*rows):
    panel = pd.DataFrame(rows)
    return states(panel, panel["probability"], horizon_months=3, warn_probability=0.5, lost_months=12)


def test_each_customer_is_in_the_first_state_that_fits():
    table = states_of(
        row("active", "2026-01-01"),
        row("at risk", "2026-01-01", 0.5),
        row("back", "2026-01-01", returned_gap_days=120),
        row("back after its usual gap", "2026-01-01", returned_gap_days=120, recency_days=1200),
        row("lapsed", "2026-01-01", 0.9, silence_days=92),
        row("lost", "2026-01-01", None, silence_days=367),
        row("seldom", "2026-01-01", silence_days=92, recency_days=940),
        row("slowing", "2026-01-01", purchases_6=4),
        row("too few to slow", "2026-01-01", purchases_6=1, purchases_12=4),
    ).set_index("customer_id")
    assert table["state"].astype(str).to_dict() == {
        "active": "active", "at risk": "at_risk", "back": "won_back", "back after its usual gap": "active",
        "lapsed": "lapsed", "lost": "lost", "seldom": "active", "slowing": "slowing", "too few to slow": "active",
    }  # fmt: skip


def test_flows_count_everybody_once_and_new_customers_come_from_nowhere():
    table = states_of(
        row("a", "2026-01-01"), row("b", "2026-01-01", 0.9),
        row("a", "2026-02-01", 0.8), row("b", "2026-02-01"), row("c", "2026-02-01"),
    )  # fmt: skip
    made = flows(table, 2026 * 12 + 2)
    assert made.to_numpy().sum() == 3
    assert made.loc["active", "at_risk"] == made.loc["at_risk", "active"] == made.loc["new", "active"] == 1
    assert counts(table)["active"].tolist() == [1, 2]


def test_month_ends_at_which_nobody_was_scored_have_no_states():
    table = states_of(row("a", "2026-01-01", None), row("a", "2026-02-01"))
    assert table["number"].tolist() == [2026 * 12 + 2]
    assert flows(table, 2026 * 12 + 2).empty
    assert counts(table.iloc[:0]).empty
