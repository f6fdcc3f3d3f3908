"""P(alive), expectations and distributions, against integration over all customers and against simulation."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaln
from scipy.stats import poisson
from simulated import sample

from helpers.models import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk, ParetoNBD

DROPOUT = {"r": 1.3, "alpha": 4.0, "a": 0.8, "b": 1.6}
MODELS = [
    BGNBD().set_parameters(**DROPOUT),
    MBGNBD().set_parameters(**DROPOUT),
    BGCNBDk(k=3).set_parameters(**DROPOUT | {"alpha": 1.3}),
    MBGCNBDk(k=2).set_parameters(**DROPOUT | {"alpha": 2.0}),
    ParetoNBD().set_parameters(r=1.3, alpha=4.0, s=0.8, beta=9.0),
    ParetoNBD().set_parameters(r=0.6, alpha=9.0, s=1.0, beta=3.0),
]
HISTORIES = pd.DataFrame(
    [(0, 0.0, 1.0), (0, 0.0, 30.0), (1, 0.5, 30.0), (1, 29.0, 30.0), (4, 11.0, 30.0), (12, 30.0, 30.0)],
    columns=["frequency", "recency", "T"],
)


def name_of(model):
    return repr(model)


def integrate_dropout(model, x, t_x, T, periods):
    """P(alive) and the expectation by summing over a grid of log(rate) and logit(dropout)."""
    r, alpha, a, b = model._values()
    k, m = model.k_, int(model.may_leave_at_once)
    rate = np.exp(np.linspace(-25, 6, 500))[:, None]
    logit = np.linspace(-40, 40, 500)[None, :]
    log_p, log_q = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
    prior = r * np.log(rate) - alpha * rate + a * log_p + b * log_q
    history = prior + k * x * np.log(rate) - rate * t_x
    silence = rate * (T - t_x)
    stages = np.stack([poisson.pmf(j, silence) * np.ones_like(logit) for j in range(k)])
    top = history.max()
    alive = np.exp(history + (x + m) * log_q - top) * stages
    left = np.exp(history + (x + m - 1) * log_q + log_p - top) if x + m > 0 else 0 * alive[0]
    ahead = np.zeros_like(alive)
    for y in range(1, 150):
        for j in range(k):
            ahead[j] += poisson.sf(y * k - j - 1, rate * periods) * np.exp((y - 1) * log_q)
    return alive.sum() / (alive.sum() + left.sum()), (alive * ahead).sum() / (alive.sum() + left.sum())


def integrate_lifetime(model, x, t_x, T, periods):
    """The same for Pareto/NBD, over log(rate) and log(dropout rate)."""
    r, alpha, s, beta = model._values()
    rate, drop = np.exp(np.linspace(-45, 6, 900))[:, None], np.exp(np.linspace(-45, 6, 900))[None, :]
    prior = (r + x) * np.log(rate) - alpha * rate + s * np.log(drop) - beta * drop
    weight = np.exp(prior - prior.max())
    both = rate + drop
    alive = weight * np.exp(-both * T)
    left = weight * drop / both * np.exp(-both * t_x) * -np.expm1(-both * (T - t_x))
    ahead = rate / drop * -np.expm1(-drop * periods)
    return alive.sum() / (alive.sum() + left.sum()), (alive * ahead).sum() / (alive.sum() + left.sum())


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_predictions_are_the_integrals_over_all_customers(model):
    integrate = integrate_lifetime if isinstance(model, ParetoNBD) else integrate_dropout
    reference = np.array([integrate(model, *history, 26.0) for history in HISTORIES.to_numpy()])

    assert model.p_alive(HISTORIES).to_numpy() == pytest.approx(reference[:, 0], rel=1e-6)
    assert model.expected_purchases(HISTORIES, 26.0).to_numpy() == pytest.approx(reference[:, 1], rel=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_predictions_hold_on_simulated_customers_with_the_same_past(model):
    world = sample(model, np.random.default_rng(1).integers(5, 40, 120_000).astype(float), 26.0, seed=2)
    world["p_alive"] = model.p_alive(world)
    world["expected"] = model.expected_purchases(world, 26.0)
    distribution = model.purchase_distribution(world, 26.0, 4)

    late = world["recency"] > world["T"] / 2
    for _, group in world.groupby([world["frequency"].clip(upper=5), late]):
        if len(group) < 500:
            continue
        expected, came = group["expected"], group["future_purchases"]
        scatter = (came - expected).std()
        chances = {"alive": (group["p_alive"], group["alive"])} | {
            y: (distribution.loc[group.index, y], came.clip(upper=4) == y) for y in range(5)
        }
        assert abs(came.mean() - expected.mean()) < 4 * scatter / np.sqrt(len(group))
        for chance, happened in chances.values():
            spread = np.sqrt((chance * (1 - chance)).sum())
            assert abs(happened.sum() - chance.sum()) <= 4 * spread + 1


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_distribution_adds_up_to_one_and_has_the_expectation_as_its_mean(model):
    distribution = model.purchase_distribution(HISTORIES, 10.0, 150)

    assert distribution.sum(axis=1).to_numpy() == pytest.approx(1.0, abs=1e-12)
    mean = distribution.to_numpy() @ np.arange(151)
    assert mean == pytest.approx(model.expected_purchases(HISTORIES, 10.0).to_numpy(), rel=1e-8)


def test_bg_nbd_expectation_is_the_published_closed_form():
    from scipy.special import hyp2f1

    model = MODELS[0]
    r, alpha, a, b = model._values()
    x, T, t = HISTORIES["frequency"], HISTORIES["T"], 26.0
    z = t / (alpha + T + t)
    published = (
        (a + b + x - 1)
        / (a - 1)
        * (1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z))
    )

    forecast = model.expected_purchases(HISTORIES, t)

    assert forecast.to_numpy() == pytest.approx((model.p_alive(HISTORIES) * published).to_numpy(), rel=1e-10)


@pytest.mark.shared
def test_pareto_nbd_likelihood_is_the_published_one_with_hypergeometric_functions(cdnow):
    from scipy.special import hyp2f1

    model = ParetoNBD().set_parameters(r=0.55, alpha=10.6, s=0.6, beta=11.7)
    r, alpha, s, beta = model._values()
    x, t_x, T = cdnow["frequency"], cdnow["recency"], cdnow["T"]
    n, gap = r + s + x, beta - alpha
    inner = hyp2f1(n, r + x, n + 1, gap / (beta + t_x)) / (beta + t_x) ** n
    inner -= hyp2f1(n, r + x, n + 1, gap / (beta + T)) / (beta + T) ** n
    published = (
        gammaln(r + x)
        - gammaln(r)
        + r * np.log(alpha)
        + s * np.log(beta)
        + np.log((alpha + T) ** -(r + x) * (beta + T) ** -s + s / n * inner)
    ).sum()

    assert model.log_likelihood(cdnow) == pytest.approx(published, abs=1e-7)


def test_one_time_buyers_of_bg_nbd_never_die_and_those_of_mbg_nbd_do():
    assert MODELS[0].p_alive(HISTORIES)[1] == 1.0
    assert MODELS[1].p_alive(HISTORIES)[1] < 0.2


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_longer_horizon_means_more_purchases_and_none_means_none(model):
    horizons = model.expected_purchases(HISTORIES, [0.0, 1.0, 10.0, 100.0])

    assert list(horizons.columns) == [0.0, 1.0, 10.0, 100.0]
    assert (horizons[0.0] == 0).all()
    assert (np.diff(horizons, axis=1) > 0).all()
    assert (model.purchase_distribution(HISTORIES, 0.0, 3)[0] == 1).all()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
@pytest.mark.parametrize("days", [1.0, 40.0, 5000.0])
def test_eight_hundred_purchases_in_days_are_no_trouble(model, days):
    """Any warning fails the test: pytest turns them into errors."""
    heavy = pd.DataFrame(
        {"frequency": [800, 800, 800, 3], "recency": [0.9, 0.2, 1.0, 0.1], "T": [1.0] * 4}, index=list("abcd")
    ) * [1, days, days]

    alive = model.p_alive(heavy)
    forecast = model.expected_purchases(heavy, days)
    distribution = model.purchase_distribution(heavy, days, 5)

    assert alive.between(0, 1).all() and alive["c"] > 0.9 and alive["b"] < 1e-6
    assert np.isfinite(forecast).all() and (forecast >= 0).all() and forecast["c"] > 50
    assert distribution.to_numpy().min() >= 0
    assert distribution.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert np.isfinite(model._log_likelihood(np.log(model._values()), _patterns(heavy))[1]).all()


def _patterns(summary):
    from helpers.models.patterns import find_patterns

    return find_patterns(summary.assign(sum_log_gaps=0.0))


@pytest.mark.parametrize("alpha", [1e-4, 1.0, 1e5])
@pytest.mark.parametrize("beta", [1e-4, 1.0, 1e5])
def test_pareto_nbd_stays_exact_for_parameters_far_apart(alpha, beta):
    from scipy.integrate import quad

    r, s = 0.5, 0.7
    model = ParetoNBD().set_parameters(r=r, alpha=alpha, s=s, beta=beta)
    history = pd.DataFrame({"frequency": [0, 3, 90], "recency": [0.0, 20.0, 50.0], "T": [60.0] * 3})
    for row, forecast in zip(history.to_numpy(), model.p_alive(history), strict=True):
        x, t_x, T = row

        def ratio(log_y, x=x, T=T):
            y = np.exp(log_y)
            now = (
                -(r + x) * np.log((alpha + y) / (alpha + T))
                - (s + 1) * np.log(beta + y)
                + s * np.log(beta + T)
            )
            return s * np.exp(now) * y

        edges = np.linspace(np.log(max(t_x, 1e-9)), np.log(T), 80)
        left = sum(quad(ratio, low, high)[0] for low, high in pairwise(edges))
        assert forecast == pytest.approx(1 / (1 + left), rel=2e-5)
