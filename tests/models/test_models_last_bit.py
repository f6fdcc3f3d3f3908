"""A model learnt on one processor is that of every other, though their sums and logarithms end otherwise."""

import numpy as np
import pytest
from simulated import sample

from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD


def last_bit_off(values):
    return np.nextafter(values, np.inf)


@pytest.mark.parametrize("prior", [None, "weak"])
@pytest.mark.parametrize("kind", [MBGCNBDk, MBGNBD, ParetoNBD, BGCNBDk, BGNBD])
def test_histories_that_differ_in_their_last_bit_teach_the_same_model(kind, prior):
    rng = np.random.default_rng(3)
    observed = rng.uniform(20, 150, 600)
    truth = MBGNBD().set_parameters(r=0.8, alpha=9.0, a=0.7, b=2.5)
    simulated = sample(truth, observed, seed=4)
    other = simulated.assign(**{name: last_bit_off(simulated[name]) for name in ("T", "sum_log_gaps")})
    bought = other["recency"] > 0
    other["recency"] = np.where(bought, last_bit_off(other["recency"]), 0.0)
    one, same = (kind(prior=prior).fit(each) for each in (simulated, other))
    assert one.params_ == same.params_
