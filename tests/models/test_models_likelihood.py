"""The likelihoods: gradients, known parameters found again, and what must not change a fit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated import sample

from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD
from helpers.models.patterns import find_patterns

MODELS = [BGNBD(), MBGNBD(), BGCNBDk(k=2), MBGCNBDk(k=3), ParetoNBD()]
TRUTHS = [
    (BGNBD(), {"r": 0.8, "alpha": 5.0, "a": 0.8, "b": 2.4}),
    (MBGNBD(), {"r": 0.8, "alpha": 5.0, "a": 0.8, "b": 2.4}),
    (BGCNBDk(k=2), {"r": 0.8, "alpha": 2.0, "a": 0.8, "b": 2.4}),
    (MBGCNBDk(k=3), {"r": 1.5, "alpha": 2.0, "a": 0.8, "b": 2.4}),
    (ParetoNBD(), {"r": 0.8, "alpha": 5.0, "s": 0.8, "beta": 12.0}),
]


def name_of(value: object) -> str:
    return f"{type(value).__name__}{getattr(value, 'k', '')}" if not isinstance(value, dict) else ""


def slopes_by_differences(function, point, width=1e-5):
    steps = np.eye(len(point)) * width
    return np.array([(function(point + h)[0] - function(point - h)[0]) / (2 * width) for h in steps])


@pytest.mark.parametrize("model", MODELS, ids=name_of)
@given(point=st.lists(st.floats(-3, 3), min_size=4, max_size=4).map(np.array))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_gradient_is_the_slope_of_the_likelihood(customers, model, point):
    patterns = find_patterns(customers.head(200))

    value, gradient = model._log_likelihood(point, patterns)

    slopes = slopes_by_differences(lambda at: model._log_likelihood(at, patterns), point)
    assert gradient == pytest.approx(slopes, rel=1e-5, abs=1e-7 * abs(value))


@pytest.mark.parametrize(("model", "truth"), TRUTHS, ids=name_of)
def test_known_parameters_are_found_again_within_their_errors(model, truth):
    observed = np.random.default_rng(3).integers(27 * 7, 60 * 7, 6000) / 7
    simulated = sample(type(model)(**_k(model)).set_parameters(**truth), observed, seed=4)

    fitted = type(model)(**_k(model)).fit(simulated)

    for name, value in truth.items():
        assert abs(fitted.params_[name] - value) < 3.5 * fitted.standard_errors_[name], name
        assert fitted.standard_errors_[name] < 0.5 * value, name


def test_standard_errors_are_the_scatter_of_repeated_samples():
    truth = MBGNBD().set_parameters(r=0.8, alpha=5.0, a=0.8, b=2.4)
    fits = [MBGNBD().fit(sample(truth, np.full(3000, 52.0), seed=seed)) for seed in range(40)]

    scatter = np.log(pd.DataFrame([fit.params_ for fit in fits])).std()
    stated = np.mean(
        [[fit.standard_errors_[name] / fit.params_[name] for name in fit.params_] for fit in fits], axis=0
    )

    # 40 samples know a standard deviation to within a tenth; 2.5 of those are allowed.
    assert stated == pytest.approx(scatter.to_numpy(), rel=0.28)


@pytest.mark.parametrize("prior", [None, "weak"])
@pytest.mark.parametrize("model", MODELS, ids=name_of)
@pytest.mark.parametrize("units", [1 / 7, 52.18])
def test_fit_does_not_depend_on_the_unit_of_time(customers, model, units, prior):
    other = customers.assign(
        recency=customers["recency"] / units,
        T=customers["T"] / units,
        sum_log_gaps=customers["sum_log_gaps"] - customers["frequency"] * np.log(units),
    )
    here, there = (type(model)(**_k(model), prior=prior).fit(frame) for frame in (customers, other))

    repeats = customers["frequency"].sum()
    assert there.log_likelihood_ - repeats * np.log(units) == pytest.approx(here.log_likelihood_)
    for name, value in here.params_.items():
        unit = units if name in ("alpha", "beta") else 1.0
        assert there.params_[name] * unit == pytest.approx(value, rel=1e-6)
    forecast = here.expected_purchases(customers, 26.0)
    assert there.expected_purchases(other, 26.0 / units).to_numpy() == pytest.approx(forecast.to_numpy())
    assert there.p_alive(other).to_numpy() == pytest.approx(here.p_alive(customers).to_numpy())


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_fit_depends_on_neither_order_nor_repetition_of_rows(customers, model):
    counts = np.random.default_rng(7).integers(0, 3, len(customers))
    repeated = customers.loc[customers.index.repeat(counts)].sample(frac=1, random_state=8)

    once = type(model)(**_k(model)).fit(customers, weights=counts)
    again = type(model)(**_k(model)).fit(repeated)

    assert again.params_ == pytest.approx(once.params_, rel=1e-7)
    assert again.log_likelihood_ == pytest.approx(once.log_likelihood_, rel=1e-12)
    assert again.standard_errors_ == pytest.approx(once.standard_errors_, rel=1e-4)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_of_rows_changes_no_digit(customers, seed):
    shuffled = customers.sample(frac=1, random_state=seed)

    assert MBGNBD().fit(shuffled).params_ == MBGNBD().fit(customers).params_


def test_prior_hardly_moves_a_large_sample(customers):
    plain, believed = MBGNBD().fit(customers), MBGNBD(prior="weak").fit(customers)

    for name, value in plain.params_.items():
        assert abs(believed.params_[name] - value) < 0.2 * plain.standard_errors_[name]


def _k(model) -> dict:
    return {"k": model.k} if isinstance(model, BGCNBDk | MBGCNBDk) else {}
