"""Covariates: what is known of customers from the start moves their rate and their dropout."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD
from helpers.models.covariates import CovariateFit
from helpers.models.errors import InvalidSummaryError, ModelError

TRUTHS = {
    "mbg": (MBGNBD(), {"r": 1.2, "alpha": 6.0, "a": 0.8, "b": 2.4}),
    "bg": (BGNBD(), {"r": 1.2, "alpha": 6.0, "a": 0.8, "b": 2.4}),
    "mbg_k": (MBGCNBDk(k=2), {"r": 1.2, "alpha": 3.0, "a": 0.8, "b": 2.4}),
    "pareto": (ParetoNBD(), {"r": 1.2, "alpha": 6.0, "s": 0.9, "beta": 12.0}),
}
EFFECTS = pd.DataFrame({"rate": [0.7, -0.4], "dropout": [-0.6, 0.5]}, index=["contractor", "by_fair"])


def fresh(kind):
    model = TRUTHS[kind][0]
    return type(model)(k=2) if kind == "mbg_k" else type(model)()


def simulated(kind, each=1500, seed=5):
    """Four kinds of customers, each simulated under the parameters that its covariates give it."""
    truth, parts, known = TRUTHS[kind][1], [], []
    for profile in range(4):
        z = np.array([profile % 2, profile // 2])
        rate, dropout = np.exp(z @ EFFECTS["rate"]), np.exp(z @ EFFECTS["dropout"])
        own = truth | {"alpha": truth["alpha"] / rate}
        own |= {"beta": truth["beta"] / dropout} if kind == "pareto" else {"a": truth["a"] * dropout}
        observed = np.random.default_rng(seed + profile).integers(200, 420, each) / 7
        part = (
            fresh(kind).set_parameters(**own).sample(observed, future_periods=26, seed=seed + profile + 100)
        )
        parts.append(part)
        known.append(pd.DataFrame({"contractor": z[0] == 1, "by_fair": z[1]}, index=part.index))
    return pd.concat(parts, ignore_index=True), pd.concat(known, ignore_index=True)


@pytest.fixture(scope="module")
def mbg():
    return simulated("mbg")


@pytest.mark.parametrize("kind", TRUTHS)
def test_known_effects_are_found_again_within_their_errors(kind):
    summary, covariates = simulated(kind)

    fitted = fresh(kind).fit(summary, covariates=covariates)

    for what in ("rate", "dropout"):
        apart = (fitted.effects_[what] - EFFECTS[what]) / fitted.effects_[f"{what}_error"]
        assert apart.abs().max() < 3
        assert fitted.effects_[f"{what}_error"].between(0.01, 0.3).all()
    for name, true in TRUTHS[kind][1].items():
        assert abs(fitted.params_[name] - true) < 3.5 * fitted.standard_errors_[name]
    assert fitted.log_likelihood_ > fresh(kind).fit(summary).log_likelihood_ + 50


@pytest.mark.parametrize("kind", TRUTHS)
@given(point=st.lists(st.floats(-1.5, 1.5), min_size=8, max_size=8).map(np.array))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_gradient_is_the_slope_of_the_likelihood(mbg, kind, point):
    model, summary, covariates = fresh(kind), mbg[0].iloc[::40], mbg[1].iloc[::40]
    fit = CovariateFit.of(summary, None, covariates, model.covariate_shift)

    value, gradient = fit.log_likelihood(model._log_likelihood, point)

    def at(there):
        return fit.log_likelihood(model._log_likelihood, there)[0]

    slopes = [(at(point + step) - at(point - step)) / 2e-5 for step in np.eye(8) * 1e-5]
    assert gradient == pytest.approx(slopes, rel=1e-5, abs=1e-7 * abs(value))


def test_effects_of_zero_are_the_plain_fit(customers):
    """Every history once with the covariate and once without: it can have no effect."""
    twice = pd.concat([customers, customers], ignore_index=True)
    half = pd.DataFrame({"z": np.repeat([0.0, 1.0], len(customers))})

    plain, fitted = BGCNBDk(k=2).fit(twice), BGCNBDk(k=2).fit(twice, covariates=half)

    assert fitted.effects_[["rate", "dropout"]].abs().to_numpy().max() < 1e-5
    assert fitted.params_ == pytest.approx(plain.params_, rel=1e-5)
    assert fitted.log_likelihood_ == pytest.approx(plain.log_likelihood_, rel=1e-10)
    pd.testing.assert_series_equal(
        fitted.p_alive(twice, half), plain.p_alive(twice), check_exact=False, rtol=1e-4
    )


def test_neither_the_unit_of_time_nor_that_of_a_covariate_changes_a_forecast(mbg):
    summary, covariates = mbg[0].iloc[::4], mbg[1].iloc[::4].astype(float)
    days = summary.assign(**{name: summary[name] * 7 for name in ("recency", "T")})
    moved = covariates.assign(by_fair=1e6 + 1e3 * covariates["by_fair"])

    weekly, daily = MBGNBD().fit(summary, covariates=covariates), MBGNBD().fit(days, covariates=moved)

    expected = weekly.expected_purchases(summary, 26, covariates)
    assert daily.expected_purchases(days, 26 * 7, moved).to_numpy() == pytest.approx(
        expected.to_numpy(), rel=1e-5
    )
    moved_effects = daily.effects_.loc["by_fair"].to_numpy() * 1e3
    assert moved_effects == pytest.approx(weekly.effects_.loc["by_fair"].to_numpy(), rel=1e-4)


def test_forecasts_of_each_kind_of_customer_come_true(mbg):
    summary, covariates = mbg
    fitted = MBGNBD().fit(summary, covariates=covariates)

    kinds = [covariates["contractor"], covariates["by_fair"]]
    expected = fitted.expected_purchases(summary, 26, covariates).groupby(kinds).mean()
    came = summary["future_purchases"].groupby(kinds).agg(["mean", "sem"])
    assert ((expected - came["mean"]).abs() < 4 * came["sem"]).all()
    alive = summary["alive"].groupby(kinds).mean()
    assert fitted.p_alive(summary, covariates).groupby(kinds).mean().to_numpy() == pytest.approx(
        alive.to_numpy(), abs=0.05
    )
    # Fitted without them, one kind's forecast is the other's too high.
    plain = MBGNBD().fit(summary).expected_purchases(summary, 26).groupby(kinds).mean()
    assert ((plain - came["mean"]).abs() > 4 * came["sem"]).any()


def test_distribution_and_discounting_take_the_covariates_too(mbg):
    summary, covariates = mbg[0].iloc[::300], mbg[1].iloc[::300]
    fitted = MBGNBD().fit(mbg[0], covariates=mbg[1])

    chances = fitted.purchase_distribution(summary, 26, 150, covariates)
    expected = fitted.expected_purchases(summary, 26, covariates)

    assert (chances.to_numpy() @ np.arange(151)) == pytest.approx(expected.to_numpy(), rel=1e-6)
    assert fitted.discounted_purchases(summary, 26, 0.0, covariates).to_numpy() == pytest.approx(
        expected.to_numpy()
    )


def test_covariates_are_found_by_customer_not_by_place(mbg):
    summary, covariates = mbg[0].iloc[::50], mbg[1].iloc[::50]
    fitted = MBGNBD().fit(mbg[0], covariates=mbg[1])

    shuffled = covariates.sample(frac=1, random_state=1)

    pd.testing.assert_series_equal(fitted.p_alive(summary, covariates), fitted.p_alive(summary, shuffled))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda z: z.iloc[1:], "customer 0 has no row"),
        (lambda z: pd.concat([z, z.head(1)]), "customer 0 has two rows"),
        (lambda z: z.assign(by_fair="fair"), "'by_fair' must be a finite number"),
        (lambda z: z.assign(by_fair=np.nan), "'by_fair' must be a finite number"),
        (lambda z: z.assign(by_fair=3.0), "'by_fair' is the same for all"),
        (lambda z: z.assign(by_fair=np.arange(len(z))), "in bands"),
    ],
)
def test_covariates_that_cannot_be_used_are_named(mbg, spoil, message):
    with pytest.raises(InvalidSummaryError, match=message):
        MBGNBD().fit(mbg[0], covariates=spoil(mbg[1]))


def test_covariates_are_wanted_where_the_fit_had_them_and_only_there(mbg):
    summary, covariates = mbg
    fitted, plain = MBGNBD().fit(summary, covariates=covariates), MBGNBD().fit(summary)

    with pytest.raises(ModelError, match="give contractor, by_fair here too"):
        fitted.p_alive(summary)
    with pytest.raises(ModelError, match="fitted without covariates"):
        plain.expected_purchases(summary, 26, covariates)
    assert fitted.fit(summary).effects_ is None
    assert fitted.p_alive(summary).equals(plain.p_alive(summary))
