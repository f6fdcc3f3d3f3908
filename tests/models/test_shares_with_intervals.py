"""Rates of counts: intervals, and what is more than chance."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.models import rates


def test_the_interval_of_a_share_is_that_of_scipy():
    low, high = rates.wilson([0, 3, 10], [10, 10, 10])
    for place, hits in enumerate((0, 3, 10)):
        ends = stats.binomtest(hits, 10).proportion_ci(method="wilson")
        assert (low[place], high[place]) == pytest.approx((ends.low, ends.high))
    assert np.isnan(rates.wilson([0], [0])[0][0])


def test_the_interval_of_events_holds_the_rate_as_often_as_it_says():
    random = np.random.default_rng(4)
    events = random.poisson(3.0, 4000)
    low, high = rates.poisson(events, np.full(4000, 100))
    assert ((low <= 0.03) & (high >= 0.03)).mean() >= 0.95
    assert rates.poisson([0], [100])[0][0] == 0


def test_who_has_more_events_than_the_others_is_told_by_the_exact_test_of_two_rates():
    events, units = pd.Series([9, 1, 2]), pd.Series([10, 20, 30])
    chance = rates.more_than_others(events, units, pd.Series(["x"] * 3))
    assert chance[0] == pytest.approx(stats.binomtest(9, 12, 10 / 60, alternative="greater").pvalue)
    assert rates.more_than_others(events[:1], units[:1], pd.Series(["x"])).isna().all()  # nobody else
    unnamed = pd.Series([None] * 3, dtype="str")
    assert rates.more_than_others(events, units, unnamed).isna().all()


def test_among_many_alike_hardly_anybody_is_named_and_one_who_differs_is():
    random = np.random.default_rng(1)
    units = pd.Series(np.full(400, 50))
    events = pd.Series(random.poisson(0.06 * units))
    group = pd.Series(["x"] * 400)
    assert rates.significant(rates.more_than_others(events, units, group)).sum() == 0
    events[7] = 20
    named = rates.significant(rates.more_than_others(events, units, group))
    assert named[named].index.tolist() == [7]
