"""What became of warnings: how long before the last order they came, and when probabilities were off."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from helpers.subjects.churn.learning.evaluation import Drift, auc, drift, mean_auc
from helpers.subjects.churn.learning.threshold import Lead, lead, new_warnings

JANUARY = 2025 * 12 + 1


def history(warned: dict[str, list[int]], months: int = 14) -> pd.DataFrame:
    """Month ends from January 2025 on; each customer's numbers of those at which it is warned of."""
    rows = [
        (who, JANUARY + month, 0.6 if month in at else 0.1)
        for who, at in warned.items()
        for month in range(months)
    ]
    table = pd.DataFrame(rows, columns=["customer_id", "number", "probability"])
    return table.assign(silence_days=10.0, left=0.0, may_warn=True)


def test_new_warnings_are_held_against_the_last_orders_of_those_who_left():
    past = history({"a": [3, 4], "b": [9], "c": [2], "d": [5, 7]})
    assert new_warnings(past, 0.5)[["customer_id", "number"]].to_numpy().tolist() == [
        ["a", JANUARY + 3], ["b", JANUARY + 9], ["c", JANUARY + 2], ["d", JANUARY + 5], ["d", JANUARY + 7],
    ]  # fmt: skip
    # At the end of February 2026: a bought last on 30 May 2025, b on 1 August, c on 31 December.
    now = pd.DataFrame(
        {
            "customer_id": list("abcd"), "state": ["lost", "lapsed", "lapsed", "active"],
            "silence_days": [274.0, 211, 59, 3],
        }
    )  # fmt: skip
    told = lead(past, now, dt.date(2026, 2, 28), 0.5, 2)
    # Of a it was warned on 30 April; of b after its last order, of c nine months before.
    assert told == Lead(pd.Period("2025-02"), leavers=3, warned=1, days=30.0, begun=3, right=1)
    nobody = lead(past.iloc[:0], now, dt.date(2026, 2, 28), 0.5, 2)
    assert (nobody.since, nobody.leavers) == (None, 0)


def test_where_everybody_still_buys_the_warnings_met_nobody():
    now = pd.DataFrame({"customer_id": ["a", "b"], "state": "active", "silence_days": 3.0})
    told = lead(history({"a": [3], "b": [5]}), now, dt.date(2026, 2, 28), 0.5, 2)
    assert (told.leavers, told.warned, told.begun, told.right) == (0, 0, 2, 0)


def test_customers_outside_the_sample_do_not_count_as_missed_warnings():
    past = history({"a": [3], "b": []})
    past.loc[past["customer_id"] == "b", "left"] = np.nan
    now = pd.DataFrame({"customer_id": ["a", "b"], "state": "lost", "silence_days": 274.0})
    assert lead(past, now, dt.date(2026, 2, 28), 0.5, 2).leavers == 1


def test_a_month_in_which_twice_as_many_leave_is_drift_and_luck_is_none():
    rng = np.random.default_rng(4)
    number = np.repeat(np.arange(6), 300)
    rows = pd.DataFrame(
        {"customer_id": np.tile(np.arange(300), 6), "number": number, "probability": 0.3, "left": 0.0}
    )
    rows["left"] = (rng.random(len(rows)) < 0.3).astype(float)
    assert drift(rows) is None
    rows.loc[number >= 3, "left"] = (rng.random(900) < 0.6).astype(float)
    off = drift(rows)
    assert isinstance(off, Drift)
    assert (off.is_underestimate, off.origins, off.predicted) == (True, 3, 0.3)
    assert off.observed == pytest.approx(0.6, abs=0.04)
    assert drift(rows[number < 2]) is None


def test_the_interval_of_an_auc_holds_what_draws_of_customers_show():
    rng = np.random.default_rng(6)
    number, people = np.repeat(np.arange(4), 150), np.tile(np.arange(150), 4)
    kind = rng.normal(size=150)[people]
    left = (rng.random(600) < 1 / (1 + np.exp(-kind))).astype(float)
    score = kind + rng.normal(size=600)
    found = mean_auc(number, people, left, score)
    assert found.mean == pytest.approx(
        np.mean([auc(left[number == e], score[number == e]) for e in range(4)])
    )
    drawn = []
    for _ in range(300):
        rows = (np.arange(4) * 150)[:, None] + rng.integers(0, 150, 150)
        drawn.append(np.mean([auc(left[row], score[row]) for row in rows]))
    assert (found.high - found.low) / 3.92 == pytest.approx(np.std(drawn), rel=0.25)
    same = mean_auc(number, people, left, score, score)
    assert (same.mean, same.low, same.high) == (0, 0, 0)
