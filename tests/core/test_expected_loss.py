"""What a customer may cost us is its sales times how likely it is to leave."""

import pandas as pd

from helpers.core.proposals import Likelihood


def test_a_healthy_large_customer_weighs_less_than_a_small_one_about_to_leave():
    likely = Likelihood(pd.Series({"large": 0.02, "small": 0.8}))
    loss = likely.expected_loss(pd.Series(["large", "small"]), pd.Series([4_430_000, 200_000]))
    assert loss.tolist() == [88_600.0, 160_000.0]


def test_who_is_no_longer_scored_weighs_a_set_share_and_who_returned_more_than_bought_weighs_nothing():
    likely = Likelihood(pd.Series({"a": 0.5}), unscored=0.1)
    loss = likely.expected_loss(pd.Series(["gone", "a"]), pd.Series([1_000, -50]))
    assert loss.tolist() == [100.0, 0.0]
