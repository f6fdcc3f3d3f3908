"""A model learnt on one processor is that of every other, though their sums and logarithms end otherwise."""

import numpy as np
import pytest
from simulated import sample, sample_spend

from helpers.models import BGNBD, MBGNBD, BGCNBDk, GammaGamma, MBGCNBDk, ParetoNBD


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
    assert one.draw_parameters(32, seed=1).equals(same.draw_parameters(32, seed=1))


def test_spend_that_differs_in_its_last_bit_teaches_the_same_model():
    known = sample_spend(GammaGamma().set_parameters(p=4.0, q=3.0, v=50.0), np.arange(500) % 9 + 1, seed=5)
    other = known.assign(monetary_value=last_bit_off(known["monetary_value"]))
    one, same = (GammaGamma().fit(each) for each in (known, other))
    assert one.params_ == same.params_
    assert one.draw_parameters(32, seed=1).equals(same.draw_parameters(32, seed=1))
