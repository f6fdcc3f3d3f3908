"""What a number of visits brings, and how many leavers a list finds."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.settings.churn import Churn
from helpers.subjects.churn.choice import choose, gain_curve

HISTORY = pd.DataFrame(
    {
        "customer_id": list("abcd") * 2, "number": [1] * 4 + [2] * 4,
        "probability": [0.9, 0.8, 0.2, 0.1, 0.6, 0.4, 0.9, 0.1],
        "silence_days": [10.0, 20, 30, 40, 40, 30, 20, 10],
        "left": [1.0, 0, 1, 0, 0, 0, 1, 0],
        "may_warn": True,
    }
)  # fmt: skip
EVERYONE = pd.DataFrame(
    {
        "customer_id": list("abcd"), "name": list("ABCD"), "probability": [0.9, 0.6, 0.5, 0.4],
        "value_amount": [1000.0, 9000, 100, 90000], "may_warn": True,
    }
)  # fmt: skip
SETTINGS = Churn(visit_cost_amount=100, visit_success_share=0.5)


def chosen(**asked):
    everyone = EVERYONE.assign(risk_amount=EVERYONE["probability"] * EVERYONE["value_amount"])
    return choose(
        SimpleNamespace(history=HISTORY),
        SimpleNamespace(everyone=everyone, warn_probability=0.5),
        SETTINGS,
        **asked,
    )


def test_the_largest_gains_are_visited_first_and_only_visits_that_pay():
    choice = chosen()
    assert choice.customers["customer_id"].tolist() == ["b", "a"]
    assert choice.customers["gain_amount"].tolist() == [0.5 * 0.6 * 9000 - 100, 0.5 * 0.9 * 1000 - 100]
    assert choice.profit_amount == 2600 + 350
    assert (choice.candidates, choice.best_visits) == (3, 2)
    assert choice.profit["profit_amount"].tolist() == [2600, 2950, 2950 - 75]


def test_capacity_and_threshold_bind():
    assert chosen(capacity=1).customers["customer_id"].tolist() == ["b"]
    assert chosen(threshold=0.4).customers["customer_id"].tolist() == ["d", "b", "a"]
    nobody = chosen(threshold=0.95)
    assert (nobody.candidates, nobody.best_visits, nobody.profit_amount) == (0, 0, 0)


def test_nobody_is_chosen_of_whom_cannot_be_warned():
    everyone = EVERYONE.assign(risk_amount=9000.0, may_warn=[False, True, True, True])
    risk = SimpleNamespace(everyone=everyone, warn_probability=0.5)
    assert choose(SimpleNamespace(history=HISTORY), risk, SETTINGS).customers["customer_id"].tolist() == [
        "b",
        "c",
    ]


def test_past_choices_are_held_against_what_followed():
    one = chosen(capacity=1)
    assert (one.past_visits, one.past_left) == (2, 2)
    two = chosen(capacity=2)
    assert (two.past_visits, two.past_left) == (4, 2)


def test_the_gain_curve_by_hand():
    curve = gain_curve(HISTORY, steps=4)
    assert curve["score"].tolist() == pytest.approx([0, (0.5 + 1) / 2, (0.5 + 1) / 2, 1, 1])
    assert curve["recency"].tolist() == pytest.approx([0, 0, 0.25, 0.75, 1])
    assert gain_curve(HISTORY.assign(left=0.0)).empty
