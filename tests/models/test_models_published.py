"""Published optima: every sound implementation reaches them."""

import pytest

from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(
    ("model", "log_likelihood", "parameters"),
    [
        (BGNBD(), -9582.43, {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.426}),
        (MBGNBD(), -9582.14, {"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614}),
        (ParetoNBD(), -9594.98, {"r": 0.5533, "alpha": 10.578, "s": 0.606, "beta": 11.66}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_cdnow_optimum_is_the_published_one(cdnow, model, log_likelihood, parameters):
    fitted = model.fit(cdnow)

    assert round(fitted.log_likelihood_, 2) == log_likelihood
    # The printed parameters lie within 0.001 of the summit, never above it.
    assert fitted.params_ == pytest.approx(parameters, rel=1e-3)
    printed = type(model)().set_parameters(**parameters)
    assert fitted.log_likelihood_ >= printed.log_likelihood(cdnow)


@pytest.mark.parametrize(("k", "log_likelihood"), [(1, -15781.94), (2, -14978.21), (3, -14996.85)])
def test_grocery_likelihood_by_regularity_is_the_published_one(grocery, k, log_likelihood):
    assert round(MBGCNBDk(k=k).fit(grocery).log_likelihood_, 2) == log_likelihood


def test_grocery_customers_turn_out_to_buy_with_k_2(grocery):
    fitted = MBGCNBDk().fit(grocery)

    assert fitted.k_ == 2
    assert fitted.params_ == pytest.approx({"r": 1.3292, "alpha": 2.8125, "a": 0.4247, "b": 0.7900}, abs=6e-5)


def test_cdnow_customers_turn_out_to_buy_at_random(cdnow):
    assert MBGCNBDk().fit(cdnow).k_ == 1
    assert BGCNBDk().fit(cdnow).params_ == pytest.approx(BGNBD().fit(cdnow).params_, rel=1e-9)


def test_cdnow_holdout_forecast_of_pareto_nbd_is_the_best_known(cdnow):
    expected = ParetoNBD().fit(cdnow).expected_purchases(cdnow, 39)

    # 1,882 purchases were made in the 39 weeks that follow: 11.5 % more than expected.
    assert expected.sum() / 1882 - 1 == pytest.approx(-0.115, abs=5e-4)


def test_cdnow_summary_has_the_published_totals(cdnow):
    assert len(cdnow) == 2357
    assert cdnow["frequency"].sum() == 2457
    assert (cdnow["frequency"] > 0).sum() == 946
