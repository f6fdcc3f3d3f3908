"""Which state a customer is in, and how many pass from one to another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.settings.churn import Churn
from helpers.subjects.churn.learning.features import rhythms
from helpers.subjects.churn.states import (
    STATES,
    CustomerStates,
    add_never_bought,
    counts,
    flows,
    may_warn,
    states,
)


def row(customer, month, probability=0.1, **measures):
    """Who buys every 30 days like clockwork (20 gaps in 600 days), ten days ago, unless said otherwise."""
    usual = {
        "silence_days": 10, "recency_days": 600, "frequency": 20, "gap_squares": 18_000, "returned_gap_days": None,
        "purchases_6": 6, "purchases_12": 12,
    }  # fmt: skip
    found = usual | measures
    times = {"T_days": found["recency_days"] + found["silence_days"]} | found
    return {"customer_id": customer, "origin": pd.Timestamp(month), "probability": probability} | times


def seldom(**measures):
    """Who buys every 200 days."""
    return {"recency_days": 4000, "frequency": 20, "gap_squares": 800_000} | measures


def with_rhythm(*rows, classes=None):
    panel = pd.DataFrame(rows)
    return panel.join(rhythms(panel, classes, Churn(), horizon_months=3).for_panel(panel))


def states_of(*rows, **options):
    panel = with_rhythm(*rows, **options)
    return states(panel, panel["probability"], horizon_months=3, warn_probability=0.5, settings=Churn())


def test_each_customer_is_in_the_first_state_that_fits():
    table = states_of(
        row("active", "2026-01-01"),
        row("at risk", "2026-01-01", 0.5),
        row("likely but within its rhythm", "2026-01-01", 0.9, **seldom(silence_days=10)),
        row("likely to break its rhythm", "2026-01-01", 0.9, **seldom(silence_days=390)),
        row("back", "2026-01-01", returned_gap_days=120),
        row(
            "back after its usual gap",
            "2026-01-01",
            returned_gap_days=120,
            recency_days=1200,
            gap_squares=72_000,
        ),
        row("overdue", "2026-01-01", silence_days=61),
        row("on its last usual day", "2026-01-01", silence_days=60),
        row("overdue, likely to leave", "2026-01-01", 0.6, silence_days=61),
        row("lapsed", "2026-01-01", 0.9, silence_days=121),
        row("lost", "2026-01-01", None, silence_days=367),
        row("seldom, silent for a year", "2026-01-01", None, **seldom(silence_days=380)),
        row("seldom, silent for longer", "2026-01-01", None, **seldom(silence_days=500)),
        row("slowing", "2026-01-01", purchases_6=4),
        row("too few to slow", "2026-01-01", purchases_6=1, purchases_12=4),
    ).set_index("customer_id")
    assert table["state"].astype(str).to_dict() == {
        "active": "active", "at risk": "at_risk", "likely but within its rhythm": "active",
        "likely to break its rhythm": "at_risk", "back": "won_back", "back after its usual gap": "active",
        "overdue": "overdue", "on its last usual day": "active", "overdue, likely to leave": "at_risk",
        "lapsed": "lapsed", "lost": "lost", "seldom, silent for a year": "active",
        "seldom, silent for longer": "overdue", "slowing": "slowing", "too few to slow": "active",
    }  # fmt: skip


def test_a_weekly_buyer_is_overdue_after_weeks_and_an_irregular_one_only_beyond_its_spread():
    weekly = {"recency_days": 140, "frequency": 20, "gap_squares": 980.0}
    # Ten gaps of 5 days and ten of 35: 20 on average, give or take 15.4.
    uneven = {"recency_days": 400, "frequency": 20, "gap_squares": 12_500.0}
    table = states_of(
        row("weekly, 15 days", "2026-01-01", silence_days=15, **weekly),
        row("uneven, 50 days", "2026-01-01", silence_days=50, **uneven),
        row("uneven, 51 days", "2026-01-01", silence_days=51, **uneven),
    ).set_index("customer_id")
    assert table["limit_days"].round(1).to_dict() == {
        "weekly, 15 days": 14.0, "uneven, 50 days": 50.8, "uneven, 51 days": 50.8,
    }  # fmt: skip
    assert table.loc["weekly, 15 days", "state"] == table.loc["uneven, 51 days", "state"] == "overdue"
    assert table.loc["uneven, 50 days", "state"] == "active"


def test_days_on_which_nobody_buys_pass_before_an_order_is_overdue():
    rested = {"silence_days": 80, "T_days": 600 + 54}  # 26 of the 80 days are a festival's
    table = states_of(row("rests", "2026-03-01", **rested), row("silent", "2026-03-01", silence_days=80))
    assert table.set_index("customer_id")["state"].to_dict() == {"rests": "active", "silent": "overdue"}
    assert table["limit_days"].tolist() == [86, 60]
    assert table["silence_days"].tolist() == [80, 80]


def test_with_one_or_two_purchases_the_class_tells_what_is_usual():
    weekly = [
        row(f"w{n}", "2026-01-01", recency_days=140, frequency=20, gap_squares=980.0, silence_days=3)
        for n in range(10)
    ]
    few = {"recency_days": 90, "frequency": 1, "gap_squares": 8100.0, "silence_days": 20, "purchases_12": 2}
    once = {"recency_days": 0, "frequency": 0, "gap_squares": 0.0, "silence_days": 20, "purchases_12": 1}
    monthly = [row(f"m{n}", "2026-01-01") for n in range(20)]
    classes = pd.Series(
        {each["customer_id"]: "kiosks" for each in weekly} | {"twice": "kiosks", "once": "kiosks"}
    )
    table = states_of(
        *weekly, *monthly, row("twice", "2026-01-01", **few), row("once", "2026-01-01", **once),
        row("once, of no class", "2026-01-01", **once), classes=classes,
    ).set_index("customer_id")  # fmt: skip
    assert table.loc[["twice", "once"], "usual_gap_days"].tolist() == [7, 7]
    assert table.loc[["twice", "once"], "state"].tolist() == ["overdue", "overdue"]
    assert not table.loc[["twice", "once", "once, of no class"], "own_rhythm"].any()
    assert table.loc["once, of no class", ["usual_gap_days", "state"]].tolist() == [30, "active"]


def test_where_nobody_has_a_rhythm_the_horizon_is_used():
    once = {"recency_days": 0, "frequency": 0, "gap_squares": 0.0, "silence_days": 100}
    table = states_of(row("a", "2026-01-01", **once))
    assert table["usual_gap_days"].round(1).tolist() == [91.3]
    assert table["state"].tolist() == ["active"]


def test_nobody_is_warned_of_whose_rhythm_has_room_for_the_horizon():
    panel = with_rhythm(
        row("monthly", "2026-01-01"), row("seldom", "2026-01-01", **seldom()),
        row("lapsed", "2026-01-01", silence_days=150),
    )  # fmt: skip
    assert may_warn(panel, 3, Churn()).tolist() == [True, False, False]


def test_states_are_exclusive_and_everybody_known_has_one():
    table = states_of(row("a", "2026-01-01"), row("b", "2026-01-01", None, silence_days=900))
    known = add_never_bought(table, pd.Period("2026-01", "M"), pd.Series(["c", "b", "a"]))
    assert known["customer_id"].tolist() == ["a", "b", "c"]
    assert known["state"].tolist() == ["active", "lost", "never_bought"]
    assert known["state"].cat.categories.tolist() == list(STATES)


def test_flows_count_everybody_once_and_who_had_not_bought_comes_from_nowhere():
    table = states_of(
        row("a", "2026-01-01"), row("b", "2026-01-01", 0.9),
        row("a", "2026-02-01", 0.8), row("b", "2026-02-01"), row("c", "2026-02-01"),
    )  # fmt: skip
    made = flows(table, 2026 * 12 + 2)
    assert made.to_numpy().sum() == 3
    assert made.loc["active", "at_risk"] == made.loc["at_risk", "active"] == made.loc["new", "active"] == 1
    assert counts(table)["active"].tolist() == [1, 2]


def test_the_last_month_end_has_states_though_nobody_was_scored():
    table = states_of(
        row("a", "2026-01-01", None), row("a", "2026-02-01"), row("a", "2026-03-01", None, silence_days=500)
    )
    assert table["number"].tolist() == [2026 * 12 + 2, 2026 * 12 + 3]
    assert table["state"].tolist() == ["active", "lost"]
    assert flows(table, 2026 * 12 + 2).empty
    assert counts(table.iloc[:0]).empty


def test_what_comes_later_changes_no_earlier_state():
    early = [row("a", "2026-01-01", silence_days=70), row("b", "2026-01-01", 0.8)]
    late = [row("a", "2026-02-01", recency_days=4000), row("b", "2026-02-01", None, silence_days=600)]
    alone, both = states_of(*early), states_of(*early, *late)
    pd.testing.assert_frame_equal(both[both["number"] == 2026 * 12 + 1], alone)


def test_a_scope_is_told_the_gap_of_a_class_in_two_digits_and_its_customers_own_as_it_is():
    rows = pd.DataFrame(
        [("a", "active", 10.0, 43.642857, True, 87.285714), ("b", "active", 10.0, 43.642857, False, 87.285714),
         ("c", "never_bought", np.nan, np.nan, None, np.nan)],
        columns=["customer_id", "state", "silence_days", "usual_gap_days", "own_rhythm", "limit_days"],
    )  # fmt: skip
    states = CustomerStates(pd.Period("2026-10", "M"), 2, 0.2, 2.0, 2.0, 12, rows.assign(closed=False))
    told = states.disclosed().customers
    assert told["usual_gap_days"].tolist()[:2] == [43.642857, 44.0]
    assert told["limit_days"].tolist()[:2] == [87.285714, 87.0]
    assert told.drop(columns=["usual_gap_days", "limit_days"]).equals(
        states.customers.drop(columns=["usual_gap_days", "limit_days"])
    )
