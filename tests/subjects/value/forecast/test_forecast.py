"""Which forecaster is used, and what happens where there is too little to judge by."""

import numpy as np
import pandas as pd
import pytest
from purchase_world import histories_of, random_buyers, regular

from helpers.core.by_content import InMemory
from helpers.core.digits import digits
from helpers.models.base import PurchaseModel
from helpers.models.errors import FitDivergedError, InvalidSummaryError
from helpers.subjects.value.forecast import candidates as forecast_models
from helpers.subjects.value.forecast.forecast import (
    CANDIDATES,
    candidates_with,
    choose_forecaster,
    forecast_errors,
)
from helpers.subjects.value.forecast.naive import LastYearsRate, RateSoFar, SilentIsGone

SUMMARY = pd.DataFrame(
    {
        "frequency": [0, 4, 4, 20],
        "recency": [0.0, 8.0, 18.0, 100.0],
        "T": [0.0, 20.0, 20.0, 104.0],
        "purchases_365_days": [1, 5, 5, 6],
    }
)


def test_naive_rules_carry_their_rates_on():
    assert RateSoFar().fit(SUMMARY).expected_purchases(SUMMARY, 10).tolist() == pytest.approx(
        [0, 2, 2, 20 / 104 * 10]
    )
    # The second customer is silent for 12 weeks, six of its gaps of two.
    assert SilentIsGone().expected_purchases(SUMMARY, 10).tolist() == pytest.approx([0, 0, 2, 200 / 104])
    year = 365 / 7
    assert LastYearsRate().expected_purchases(SUMMARY, year).tolist() == pytest.approx(
        [0, 0.2 * year, 0.2 * year, 6]
    )


def test_errors_of_a_forecast_by_hand():
    errors = forecast_errors(pd.Series([1.0, 2.0, 0.0]), pd.Series([2, 2, 0]))

    assert errors["aggregate_error"] == pytest.approx(-0.25)
    assert errors["mae"] == pytest.approx(1 / 3)
    assert errors["rmse"] == pytest.approx(np.sqrt(1 / 3))
    assert errors["loss"] == pytest.approx(0.25 + 0.25)


def test_a_model_is_chosen_over_the_rate_so_far_where_customers_leave():
    candidates = {name: CANDIDATES[name] for name in ("rate_so_far", "mbg_nbd", "bg_nbd")}

    choice = choose_forecaster(histories_of(random_buyers(400), "2026-10-27"), 26, candidates)

    assert choice.why == "scores"
    assert isinstance(choice.forecaster, PurchaseModel)
    means = choice.mean_scores()
    assert means["name"].iloc[0] == choice.name
    assert means["name"].iloc[-1] == "rate_so_far"
    assert means["loss"].is_monotonic_increasing
    forecast = choice.expected_purchases(choice.summary, 26.0)
    assert forecast.equals(digits(choice.forecaster.expected_purchases(choice.summary, 26.0)))


def test_where_customers_buy_by_the_clock_until_they_leave_a_naive_rule_wins_and_it_is_said():
    """A model of purchases by chance cannot tell a silence of three gaps from bad luck; the rule can."""
    candidates = {name: CANDIDATES[name] for name in ("mbg_nbd", "rate_so_far", "silent_is_gone")}
    stays = regular(150, gap_days=11)
    leaves = [(f"L{who}", day) for who, day in stays if day < pd.Timestamp("2026-04-15")]

    choice = choose_forecaster(histories_of(stays + leaves), 26, candidates)

    assert (choice.name, choice.why) == ("silent_is_gone", "naive")
    assert abs(choice.mean_scores()["aggregate_error"].iloc[0]) < 0.1


def test_what_comes_after_the_last_day_changes_nothing():
    rows = random_buyers(120)
    later = [*rows, ("C001", pd.Timestamp("2026-11-20")), ("New", pd.Timestamp("2026-11-21"))]

    candidates = {name: CANDIDATES[name] for name in ("mbg_nbd", "learned", "last_years_rate")}

    first, second = (
        choose_forecaster(histories_of(each, "2026-10-31"), 26, candidates) for each in (rows, later)
    )

    pd.testing.assert_frame_equal(first.scores, second.scores, check_exact=True)
    pd.testing.assert_frame_equal(first.summary, second.summary, check_exact=True)


@pytest.mark.parametrize("customers", [1, 2])
def test_one_or_two_customers_are_a_fallback_with_a_finite_forecast(customers):
    choice = choose_forecaster(histories_of(regular(customers, gap_days=60)), 26)

    assert choice.why == "fallback"
    forecast = choice.expected_purchases(choice.summary, 26.0)
    assert forecast.between(0.5, 10).all()


def test_nobody_repeating_is_a_fallback_to_a_naive_rule():
    rows = [(f"C{who}", pd.Timestamp("2026-03-01") + pd.Timedelta(days=who)) for who in range(30)]

    choice = choose_forecaster(histories_of(rows), 26)

    assert (choice.name, choice.why) == ("rate_so_far", "fallback")
    assert choice.expected_purchases(choice.summary, 26.0).eq(0).all()


def test_customers_of_the_last_day_alone_are_a_fallback_to_a_naive_rule():
    choice = choose_forecaster(histories_of([("a", "2026-12-31"), ("b", "2026-12-31")]), 26)

    assert (choice.name, choice.why) == ("rate_so_far", "fallback")
    assert choice.expected_purchases(choice.summary, 26.0).eq(0).all()


def test_no_customer_at_all_is_refused_by_name():
    with pytest.raises(InvalidSummaryError, match="no customer with a purchase"):
        choose_forecaster(histories_of([("a", "2027-01-01")]), 26)


def test_thirty_ordinary_customers_are_forecast_with_what_can_be_said_of_so_few():
    rows = random_buyers(30, seed=3)

    choice = choose_forecaster(histories_of(rows, "2026-10-27"), 26)

    assert choice.summary["frequency"].eq(0).any() and choice.summary["frequency"].gt(0).any()
    assert choice.why == "scores" and isinstance(choice.forecaster, PurchaseModel)
    assert choice.scores["cutoff"].notna().sum() == 3 * len(CANDIDATES)
    forecast = choice.expected_purchases(choice.summary, 26.0)
    came_before = choice.summary["purchases_182_days"]
    assert 0.3 * came_before.sum() < forecast.sum() < 1.2 * came_before.sum()


def test_where_everybody_repeats_and_nobody_leaves_the_pace_is_carried_on():
    candidates = {name: CANDIDATES[name] for name in ("mbg_cnbd_k", "mbg_nbd", "rate_so_far")}

    choice = choose_forecaster(histories_of(regular(60, gap_days=14)), 26, candidates)

    assert choice.why in ("scores", "naive")
    # 26 weeks hold 13 gaps of 14 days.
    forecast = choice.expected_purchases(choice.summary, 26.0)
    assert forecast.to_numpy() == pytest.approx(13, rel=0.1)


def test_what_fails_at_one_origin_is_not_chosen():
    histories = histories_of(random_buyers(400), "2026-10-27")
    first = min(origin.cutoff for origin in histories.matched_origins(26))

    def fails_early(known, periods):
        if known.observed_until == first:
            raise FitDivergedError("The earliest day says too little.")
        return CANDIDATES["mbg_nbd"](known, periods)

    choice = choose_forecaster(
        histories, 26, {"early": fails_early, "rate_so_far": CANDIDATES["rate_so_far"]}
    )

    assert (choice.name, choice.why) == ("rate_so_far", "naive")
    assert choice.scores.query("name == 'early'")["cutoff"].notna().sum() == 2


def test_candidates_that_all_fail_are_an_error_with_a_way_out():
    rows = [(f"C{who}", pd.Timestamp("2026-03-01") + pd.Timedelta(days=who)) for who in range(30)]

    with pytest.raises(InvalidSummaryError, match="add a naive rule"):
        choose_forecaster(histories_of(rows), 26, {"mbg_nbd": CANDIDATES["mbg_nbd"]})


def test_models_that_several_candidates_ask_for_are_fitted_once_and_foretell_the_same(monkeypatch):
    counted, fit = [], forecast_models._fitted
    monkeypatch.setattr(forecast_models, "_fitted", lambda *given: counted.append(1) or fit(*given))
    histories = histories_of(random_buyers(150), "2026-10-27")
    some = ("mbg_nbd", "pareto_nbd", "learned")
    each = choose_forecaster(histories, 26, {name: CANDIDATES[name] for name in some})
    apart = len(counted)
    memory = InMemory()
    together = choose_forecaster(histories, 26, {name: candidates_with(memory)[name] for name in some})
    # The Pareto/NBD of each origin is one of those that are blended, too.
    assert len(counted) - apart <= apart - each.scores["cutoff"].nunique()
    pd.testing.assert_frame_equal(each.scores, together.scores, check_exact=True)
