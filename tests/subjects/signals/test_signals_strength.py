"""How strong a change is: hand-computed values and what must hold whatever the data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.subjects.signals import strength
from helpers.subjects.signals.measures import chance_of_longer_gap


def floats(*values):
    return np.array(values, dtype="float64")


def test_a_doubled_share_has_the_strength_of_the_two_proportion_test():
    """30 of 50 against 15 of 50: pooled 46/102, z = .30 / sqrt(.451 * .549 * .04) = 3.014."""
    z = strength.share_change(floats(30), floats(50), floats(15), floats(50))
    assert z[0] == pytest.approx(3.0144, abs=1e-3)


def test_two_observations_say_nothing_of_a_share():
    assert np.isnan(strength.share_change(floats(2), floats(2), floats(0), floats(50))[0])


def test_few_others_prove_little_against_one():
    """It ordered 2 of 4, the only other one its 1: of three hits it has two or three for certain."""
    assert strength.fewer_than_others(floats(2, 1), floats(4, 1))[0] == pytest.approx(0.524, abs=1e-3)
    assert strength.fewer_than_others(floats(0), floats(9))[0] == 0  # nobody to be held against
    assert strength.fewer_than_others(floats(2, 500), floats(24, 1000))[0] > 3


def test_means_are_compared_by_the_spread_within_the_windows():
    """Three days at 10, 12, 14 against three at 1, 3, 5: all variance within is 2 x 8 on 4 degrees, 4."""
    now, usual = (floats(3), floats(36), floats(440)), (floats(3), floats(9), floats(35))
    z = strength.mean_change(now, usual)
    assert z[0] == pytest.approx(9 / np.sqrt(4 * 2 / 3))


def test_what_all_customers_do_is_no_signal():
    """Everybody's discount deepens by two deviations: nobody stands out but the one who goes beyond."""
    z = strength.against_chance(np.r_[np.linspace(1.5, 2.5, 21), 6.0])
    assert abs(np.median(z)) < 1e-9
    assert z[-1] == pytest.approx(6.0 - 2.0238, abs=0.03)


def test_chance_alone_has_k_near_one_and_the_clock_a_large_k():
    rng = np.random.default_rng(1)
    for true_k in (1, 4):
        gaps = rng.gamma(true_k, 30 / true_k, (200, 12)).clip(1)
        args = floats(*[12] * 200), gaps.sum(axis=1), np.log(gaps).sum(axis=1)
        assert np.median(strength.regularity(*args)) == pytest.approx(true_k, rel=0.25)


def test_one_time_buyer_with_chance_gaps_has_an_even_chance_after_a_typical_gap():
    """k = 1 and no gap seen: P(gap > s) = typical / (typical + s)."""
    chance = chance_of_longer_gap(floats(30), floats(0), floats(0), floats(1), 30)
    assert chance[0] == pytest.approx(0.5)
    # Ten gaps of 30 and silence of 60: (330 / 390) ** 11
    chance = chance_of_longer_gap(floats(60), floats(10), floats(300), floats(1), 30)
    assert chance[0] == pytest.approx((330 / 390) ** 11)


@given(st.floats(0, 2000), st.integers(0, 40), st.floats(1, 200), st.floats(0.5, 12))
def test_longer_silence_is_never_less_worrying(silence, gaps, mean, k):
    args = floats(gaps, gaps), floats(gaps * mean, gaps * mean), floats(k, k)
    shorter, longer = chance_of_longer_gap(floats(silence, silence + 10), *args, typical_gap=40.0)
    assert 0 <= longer <= shorter <= 1


def test_the_clock_is_missed_sooner_than_chance():
    by_chance, by_clock = chance_of_longer_gap(
        floats(70, 70), floats(20, 20), floats(600, 600), floats(1, 6), 30
    )
    assert by_clock < 0.01 < by_chance
