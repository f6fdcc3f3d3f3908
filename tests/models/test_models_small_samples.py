"""Few customers, odd customers, wrong input: a named error or a sound result, never nonsense."""

import contextlib
import warnings

import numpy as np
import pandas as pd
import pytest
from simulated import sample

from helpers.errors import WorkbookError
from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD
from helpers.models.errors import (
    FitDivergedError,
    FitError,
    InvalidSummaryError,
    ModelError,
    NoRepeatPurchasesError,
    NotFittedError,
    WeaklyIdentifiedWarning,
)

KINDS = [BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD]


def summary_of(frequency, recency, T):
    """Gaps scatter as random purchases do: their mean logarithm is 0.577 below that of the mean."""
    gaps = np.maximum(frequency, 1)
    mean_gap = np.where(np.asarray(frequency) > 0, np.asarray(recency) / gaps, 1.0)
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": recency,
            "T": T,
            "sum_log_gaps": frequency * (np.log(mean_gap) - 0.577),
        }
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prior", [None, "weak"])
def test_customers_who_never_come_back_are_refused_by_name(kind, prior):
    once = summary_of(np.zeros(50, int), np.zeros(50), np.linspace(1, 50, 50))

    with pytest.raises(NoRepeatPurchasesError, match="none of these 50 customers bought a second time"):
        kind(prior=prior).fit(once)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1, 2])
def test_one_or_two_customers_need_the_prior(kind, size):
    tiny = summary_of(np.array([3, 5])[:size], np.array([20.0, 30.0])[:size], np.array([40.0, 35.0])[:size])

    with pytest.raises(FitDivergedError, match="prior='weak'"):
        kind().fit(tiny)
    with pytest.warns(WeaklyIdentifiedWarning):
        fitted = kind(prior="weak").fit(tiny)

    forecast = fitted.expected_purchases(tiny, 40.0)
    assert (forecast > 0.1).all() and (forecast < 10).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_thirty_customers_give_a_sound_fit_with_the_prior_and_without_it_that_or_an_error(kind, seed):
    world = MBGNBD().set_parameters(r=0.8, alpha=6.0, a=0.8, b=1.6)
    few = sample(world, np.linspace(20, 50, 30), 30.0, seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", WeaklyIdentifiedWarning)
        fits = [kind(prior="weak").fit(few)]
        with contextlib.suppress(FitError):
            fits.append(kind().fit(few))
    for fitted in fits:
        assert max(fitted.standard_errors_[name] / value for name, value in fitted.params_.items()) < 5
        assert fitted.p_alive(few).between(0, 1).all()
        forecast = fitted.expected_purchases(few, 30.0)
        # About as many as before at most: they were all new at the start of the past.
        assert 0 < forecast.sum() < 1.5 * few["frequency"].sum()


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_repeating_at_one_pace_and_nobody_leaving_is_said_not_fitted(kind):
    alike = summary_of(np.full(40, 10), np.full(40, 50.0), np.full(40, 52.0))

    with pytest.raises(FitDivergedError, match="do not determine"):
        kind().fit(alike)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", WeaklyIdentifiedWarning)
        fitted = kind(prior="weak").fit(alike)

    assert fitted.p_alive(alike).min() > 0.9
    assert fitted.expected_purchases(alike, 52.0).mean() == pytest.approx(10, rel=0.2)


def test_a_dropout_that_is_the_same_for_all_is_said_to_be_undetermined():
    """One dropout probability for all: a and b grow without end together."""
    rng = np.random.default_rng(3)
    alike = MBGNBD().set_parameters(r=1.0, alpha=5.0, a=3e5, b=7e5)
    same = sample(alike, rng.uniform(20, 60, 400), seed=1)

    with pytest.raises(FitDivergedError, match=r"do not determine (a and b|b and a|b|a):"):
        MBGNBD().fit(same)


@pytest.mark.parametrize("kind", KINDS)
def test_one_customer_of_eight_hundred_purchases_does_not_upset_the_others(customers, kind):
    """In days, and with the unit turned into years; every warning would fail the test."""
    heavy = summary_of(np.array([800, 790]), np.array([364.9, 20.0]), np.array([365.0, 365.0]))
    others = summary_of(*(customers[name].to_numpy() for name in ("frequency", "recency", "T")))
    days = pd.concat([others.assign(recency=others["recency"] * 7, T=others["T"] * 7), heavy])
    days["sum_log_gaps"] += np.where(np.arange(len(days)) < len(others), days["frequency"] * np.log(7), 0)

    fitted = kind().fit(days)

    assert np.isfinite(list(fitted.params_.values())).all()
    alive = fitted.p_alive(days).to_numpy()
    assert alive[-2] > 0.9 and alive[-1] < 1e-6
    assert 300 < fitted.expected_purchases(heavy, 365.0).iloc[0] < 900


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frequency": [1, 2.5]}, "frequency = 2.5 is not a whole number"),
        ({"frequency": [1, -1]}, "frequency = -1"),
        ({"recency": [5.0, 41.0]}, "recency = 41.0 does not lie between 0 and T"),
        ({"recency": [5.0, 0.0]}, "recency = 0.0 must be positive"),
        ({"T": [40.0, np.nan]}, "T = nan is missing"),
        ({"T": [40.0, np.inf]}, "T = inf is missing or infinite"),
    ],
)
def test_a_row_that_contradicts_itself_is_named(change, message):
    good = pd.DataFrame(
        {"frequency": [1, 2], "recency": [5.0, 9.0], "T": [40.0, 40.0]}, index=["Acme", "Bolt & Sons"]
    )

    with pytest.raises(InvalidSummaryError, match=f"'Bolt & Sons': {message}"):
        BGNBD().fit(good.assign(**change))


def test_missing_columns_are_named(customers):
    with pytest.raises(InvalidSummaryError, match="no column 'T'"):
        MBGNBD().fit(customers.drop(columns="T"))
    with pytest.raises(InvalidSummaryError, match="needs the column 'sum_log_gaps'"):
        MBGCNBDk().fit(customers.drop(columns="sum_log_gaps"))


def test_wrong_weights_and_arguments_are_refused(customers):
    with pytest.raises(InvalidSummaryError, match="weights: expected 1500"):
        MBGNBD().fit(customers, weights=[1, 2])
    with pytest.raises(InvalidSummaryError, match="no observed time"):
        MBGNBD().fit(customers, weights=np.zeros(len(customers)))
    with pytest.raises(InvalidSummaryError, match="no observed time"):
        MBGNBD().fit(customers.head(0))
    with pytest.raises(ModelError, match="prior = 'strong' is unknown"):
        MBGNBD(prior="strong")
    with pytest.raises(ModelError, match="k = 0"):
        MBGCNBDk(k=0)
    with pytest.raises(NotFittedError, match="call fit"):
        MBGNBD().p_alive(customers)
    model = MBGNBD().set_parameters(r=1, alpha=1, a=1, b=1)
    with pytest.raises(ModelError, match="periods = -1"):
        model.expected_purchases(customers, -1)
    with pytest.raises(ModelError, match="max_purchases"):
        model.purchase_distribution(customers, 1.0, 0)
    with pytest.raises(ModelError, match="r = nan is not a positive number"):
        model.set_parameters(r=float("nan"), alpha=1, a=1, b=1)
    with pytest.raises(ModelError, match="has the parameters r, alpha, a, b"):
        model.set_parameters(r=1)


def test_model_errors_are_errors_a_user_can_act_on():
    assert issubclass(ModelError, WorkbookError)


def test_a_model_names_its_parameters(customers):
    assert repr(MBGNBD().fit(customers)).startswith("MBGNBD(r=")
    assert repr(BGNBD()) == "BGNBD(not fitted)"
