"""Value of a purchase: shrinkage, returns, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import gamma
from simulated import sample_spend

from helpers.models import GammaGamma
from helpers.models.errors import (
    FitDivergedError,
    InfiniteMeanError,
    InvalidSummaryError,
    NoRepeatPurchasesError,
    ValuesSetAsideWarning,
)

MODEL = GammaGamma().set_parameters(p=6.0, q=4.0, v=15.0)


@pytest.fixture
def simulated() -> pd.DataFrame:
    return sample_spend(MODEL, np.random.default_rng(1).geometric(0.4, 2000), seed=2)


def test_expected_value_is_the_integral_over_all_customers():
    history = pd.DataFrame({"frequency": [0, 1, 7], "monetary_value": [np.nan, 80.0, 12.0]})
    for (x, mean), forecast in zip(history.to_numpy(), MODEL.expected_value(history), strict=True):

        def weight(nu, x=x, mean=mean):
            likelihood = gamma.pdf(mean, 6.0 * x, scale=1 / (nu * x)) if x else 1.0
            return likelihood * gamma.pdf(nu, 4.0, scale=1 / 15.0)

        total = quad(weight, 0, 5, epsabs=0, limit=200)[0]
        own_mean = quad(lambda nu: weight(nu) * 6.0 / nu if nu else 0.0, 0, 5, epsabs=0, limit=200)[0]
        assert forecast == pytest.approx(own_mean / total, rel=1e-6)


def test_expectations_hold_on_simulated_customers(simulated):
    forecast = MODEL.expected_value(simulated)

    for _, group in simulated.groupby(pd.qcut(forecast, 5)):
        error = group["true_value"].std() / np.sqrt(len(group))
        assert abs(group["true_value"].mean() - forecast[group.index].mean()) < 4 * error


def test_more_purchases_mean_less_shrinkage_towards_everybody():
    history = pd.DataFrame({"frequency": [1, 5, 100], "monetary_value": [100.0] * 3}, index=list("abc"))
    newcomer = pd.DataFrame({"frequency": [0], "monetary_value": [np.nan]})

    forecast = MODEL.expected_value(history)

    assert MODEL.expected_value(newcomer)[0] == pytest.approx(6 * 15 / 3)
    assert 30 < forecast["a"] < forecast["b"] < forecast["c"] < 100


def test_customers_with_returns_above_purchases_are_set_aside_and_forecast_as_zero_spenders(simulated):
    odd = simulated.copy()
    odd.loc[[3, 4], "monetary_value"] = [0.0, -250.0]

    with pytest.warns(ValuesSetAsideWarning, match="2 of 2000 customers"):
        fitted = GammaGamma().fit(odd)

    assert fitted.set_aside_ == 2
    assert fitted.params_ == GammaGamma().fit(odd.drop(index=[3, 4])).params_
    forecast = fitted.expected_value(odd.assign(frequency=2))
    assert forecast[4] == forecast[3] == forecast.min() > 0


def test_weights_count_customers(simulated):
    counts = np.random.default_rng(3).integers(0, 3, len(simulated))

    weighted = GammaGamma().fit(simulated, weights=counts)
    repeated = GammaGamma().fit(simulated.loc[simulated.index.repeat(counts)])

    assert repeated.params_ == pytest.approx(weighted.params_, rel=1e-8)
    assert repeated.log_likelihood_ == pytest.approx(weighted.log_likelihood_)


def test_frequent_customers_who_spend_more_are_noticed(simulated):
    tied = simulated.assign(monetary_value=simulated["monetary_value"] * simulated["frequency"])

    assert GammaGamma().fit(tied).frequency_correlation_ > 0.5


def test_nobody_with_a_repeat_purchase_is_an_error_by_name():
    nobody = pd.DataFrame({"frequency": [0, 0], "monetary_value": [np.nan, np.nan]})

    with pytest.raises(NoRepeatPurchasesError):
        GammaGamma().fit(nobody)


def test_customers_who_all_spend_the_same_are_an_error_without_prior_and_sound_with_it():
    alike = pd.DataFrame({"frequency": np.arange(1, 21), "monetary_value": 50.0})

    with pytest.raises(FitDivergedError, match="GammaGamma"):
        GammaGamma().fit(alike)
    assert GammaGamma(prior="weak").fit(alike).expected_value(alike).to_numpy() == pytest.approx(50, rel=0.15)


def test_spend_without_a_finite_mean_is_an_error_by_name():
    wild = GammaGamma().set_parameters(p=5.0, q=0.5, v=10.0)
    frequency = np.full(3000, 3)

    with pytest.raises(InfiniteMeanError, match="does not exist"):
        GammaGamma().fit(sample_spend(wild, frequency, seed=1))
    with pytest.raises(InfiniteMeanError):
        wild.expected_value(pd.DataFrame({"frequency": [1], "monetary_value": [3.0]}))


def test_a_customer_with_purchases_but_no_value_is_named():
    holed = pd.DataFrame({"frequency": [1, 2], "monetary_value": [5.0, np.nan]}, index=["a", "b"])

    with pytest.raises(InvalidSummaryError, match="row 'b' has frequency 2 and monetary_value nan"):
        GammaGamma().fit(holed)
