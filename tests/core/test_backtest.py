"""Intervals from past errors, how often they held, and the choice between rules: what is not known yet never counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.backtest import choose_rules, interval, interval_hits, mape

NOW = pd.Period("2026-10", "M")
RULES = ("straight", "model")


def past(actual, **forecasts):
    """Forecasts and what came, one row a month end, the last a month before now."""
    origins = pd.period_range(NOW - len(actual), periods=len(actual), freq="M")
    columns = {f"{name}_amount": np.asarray(values, dtype="float64") for name, values in forecasts.items()}
    return pd.DataFrame({"actual_amount": np.asarray(actual, dtype="float64"), **columns}, index=origins)


def test_the_rule_that_erred_less_is_chosen_and_the_simpler_one_until_that_is_known():
    tests = past([100] * 6, straight=[150] * 6, model=[110] * 6)
    assert choose_rules(tests, 1, RULES, NOW).tolist() == ["straight"] * 4 + ["model"] * 3


def test_at_equal_errors_the_simpler_rule_is_taken():
    tests = past([100] * 6, straight=[110] * 6, model=[90] * 6)
    assert set(choose_rules(tests, 1, RULES, NOW)) == {"straight"}


def test_an_error_counts_only_once_the_months_that_it_is_about_are_over():
    """Three months ahead: now, the errors of the last two month ends are not known."""
    tests = past([100] * 6, straight=[150] * 6, model=[110] * 6)
    assert choose_rules(tests, 3, RULES, NOW).iloc[-1] == "model"
    assert choose_rules(tests.iloc[1:], 3, RULES, NOW).iloc[-1] == "straight"


def test_intervals_of_steady_errors_hold_and_a_leap_is_counted_as_missed():
    steady = past([110, 90, 110, 90, 110, 90, 110, 90], forecast=[100] * 8)
    assert interval_hits(steady, 1) == (4, 4)
    leap = past([110, 90, 110, 90, 300], forecast=[100] * 5)
    assert interval_hits(leap, 1) == (0, 1)


def test_the_mean_error_is_a_share_of_what_came():
    tests = past([100, 200, 0], forecast=[110, 100, 7])
    assert mape(tests["forecast_amount"], tests["actual_amount"]) == pytest.approx((0.1 + 0.5) / 2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(1, 1e6)), min_size=4, max_size=12), st.floats(1, 1e9))
def test_an_interval_holds_its_forecast_and_scales_with_it(pairs, amount):
    tests = pd.DataFrame(pairs, columns=["forecast_amount", "actual_amount"])
    low, high = interval(amount, tests)
    assert low <= amount <= high
    assert interval(2 * amount, tests) == pytest.approx((2 * low, 2 * high))
