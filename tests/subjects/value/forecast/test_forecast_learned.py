"""What a forecast learns from its errors on earlier days."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from purchase_world import histories_of, random_buyers, regular

from helpers.models.errors import NoRepeatPurchasesError
from helpers.settings.config import PROJECT_FOLDER
from helpers.subjects.value.forecast.backtest import purchase_histories
from helpers.subjects.value.forecast.forecast import choose_forecaster, forecast_errors
from helpers.subjects.value.forecast.learned import LearnedForecast, _best_shape, _blend, _scale, _shaped

SHARED_DATA = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared") / "data"


@pytest.fixture(scope="module")
def buyers():
    return histories_of(random_buyers(400), "2026-10-27")


@pytest.fixture(scope="module")
def learned(buyers):
    return LearnedForecast.learn(buyers, 26)


@given(
    days=st.lists(st.integers(0, 500), min_size=1, max_size=40),
    ahead=st.integers(20, 400),
)
@settings(max_examples=40, deadline=None)
def test_the_past_is_cut_where_it_looks_ahead_as_far_as_is_wanted(days, ahead):
    log = pd.DataFrame(
        {"who": range(len(days)), "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(days, "D")}
    )
    histories = purchase_histories(log, "who", "day", "2028-01-01", "D")
    ratio = ahead / histories.summary()["T"].mean()

    for origin in histories.matched_origins(ahead):
        observed = origin.summary["T"].mean()
        nearest = abs(np.log(origin.periods / observed / ratio))
        for other in (origin.cutoff - pd.Timedelta(days=1), origin.cutoff + pd.Timedelta(days=1)):
            end = origin.cutoff + pd.Timedelta(days=round(origin.periods))
            beside = histories.until(end).until(other).summary()["T"].mean() if other < end else 0
            if beside > 0:
                assert nearest <= abs(np.log((end - other).days / beside / ratio)) + 1e-9


def test_customers_who_all_joined_on_one_day_are_cut_at_the_ratio_of_horizon_to_history():
    origins = histories_of(regular(3, 10, "2026-04-15"), "2026-04-15").matched_origins(100 / 7)

    # 100 days observed, 100 wanted: half of the 100, of the 85 and of the 70 days (half a day goes to the earlier cut).
    assert [(origin.cutoff - pd.Timestamp("2026-01-05")).days for origin in origins] == [50, 42, 35]
    assert [round(origin.periods * 7) for origin in origins] == [50, 43, 35]


def test_total_is_scaled_by_what_came_of_what_was_expected_by_hand():
    slices = [(np.array([40.0, 60.0]), np.array([120.0, 0.0])), (np.array([100.0]), np.array([40.0]))]

    # (120 + 40/2 + 30) / (100 + 100/2 + 30): the older slice counts half, 30 purchases draw towards 1.
    assert _scale(slices) == pytest.approx(170 / 180)
    assert _scale([]) == 1.0


def test_where_most_of_the_rarely_buying_buy_nothing_their_number_is_cut():
    expected, actual = np.repeat([0.2, 3.0], [40, 10]), np.repeat([0.0, 1.0, 3.6], [38, 2, 10])

    shaped = _shaped(expected / expected.mean(), *_best_shape([(expected, actual)]))

    share_of_rare, share_before = shaped[:40].sum() / shaped.sum(), 8 / 38
    assert share_of_rare < share_before / 2
    assert _best_shape([(actual, actual)]) == (0.0, 1.0)  # nothing to mend


def test_numbers_to_name_keep_the_total_and_the_order_of_the_customers(learned):
    for periods in (4.0, 26.0, 60.0):
        expected = learned.expected_purchases(learned.summary, periods)
        typical = learned.typical_purchases(learned.summary, periods)
        assert typical.sum() == pytest.approx(expected.sum())
        assert typical[expected.sort_values().index].diff().dropna().ge(-1e-9).all()
        assert typical.ge(0).all()


def test_a_customer_gets_the_same_forecast_alone_and_among_all(learned):
    some = learned.summary.sample(7, random_state=1)

    for forecast in (learned.expected_purchases, learned.typical_purchases):
        assert forecast(some, 26.0).to_numpy() == pytest.approx(
            forecast(learned.summary, 26.0)[some.index].to_numpy(), rel=1e-9
        )


def test_mean_forecast_is_the_scaled_geometric_mean_of_the_models(learned):
    alone = [model.expected_purchases(learned.summary, 26.0) for model in learned.models.values()]

    assert len(alone) == 3
    by_hand = learned.scale * np.prod(alone, axis=0) ** (1 / 3)
    assert learned.expected_purchases(learned.summary, 26.0).to_numpy() == pytest.approx(by_hand)


def test_customers_who_slow_down_are_forecast_with_fewer_purchases_than_the_models_expect():
    """Gaps grow with every purchase, so models of an even pace expected too much at every earlier day."""
    rows = []
    for who in range(150):
        day, gap = 0.0, 3.0 + who % 7
        while day < 300:
            rows.append((f"C{who:03}", pd.Timestamp("2026-01-01") + pd.Timedelta(days=int(day))))
            day, gap = day + gap, gap * 1.15
    learned = LearnedForecast.learn(histories_of(rows, "2026-10-27"), 26)

    assert learned.scale < 0.9
    blend = _blend(learned.models, learned.summary, 26.0).sum()
    assert learned.expected_purchases(learned.summary, 26.0).sum() == pytest.approx(learned.scale * blend)


def test_nothing_after_the_last_day_is_learnt(buyers):
    cutoff = pd.Timestamp("2026-07-01")
    rows = [row for row in random_buyers(400) if row[1] <= cutoff]

    with_later, without = (
        LearnedForecast.learn(each, 13) for each in (buyers.until(cutoff), histories_of(rows, "2026-07-01"))
    )

    assert (with_later.scale, with_later.threshold, with_later.power) == (
        without.scale,
        without.threshold,
        without.power,
    )
    assert with_later.cutoffs == without.cutoffs and max(with_later.cutoffs) < cutoff


def test_too_few_purchases_teach_nothing_and_the_blend_stands():
    learned = LearnedForecast.learn(histories_of(regular(2, gap_days=60)), 26)

    assert (learned.scale, learned.threshold, learned.power, learned.cutoffs) == (1.0, 0.0, 1.0, ())
    expected = learned.expected_purchases(learned.summary, 26.0)
    assert expected.between(0.5, 10).all()
    assert learned.typical_purchases(learned.summary, 26.0).to_numpy() == pytest.approx(expected.to_numpy())


def test_nobody_repeating_teaches_nothing_and_is_said():
    with pytest.raises(NoRepeatPurchasesError):
        LearnedForecast.learn(histories_of([(f"C{who}", "2026-03-01") for who in range(30)]), 26)


def test_nobody_expected_to_buy_in_no_time_is_no_trouble(learned):
    assert learned.typical_purchases(learned.summary, 0.0).eq(0).all()


def test_the_choice_passes_on_both_forecasts_of_the_learned(buyers):
    choice = choose_forecaster(buyers, 26, {"learned": LearnedForecast.learn})

    assert (choice.name, choice.why) == ("learned", "scores")
    assert choice.forecaster.typical_purchases(choice.summary, 26.0).sum() == pytest.approx(
        choice.expected_purchases(choice.summary, 26.0).sum()
    )


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "columns", "calibrated", "until", "aggregate_error", "mae"),
    [
        ("cdnow/cdnow_sample.csv", ("customer_id", "date"), "1997-09-30", "1998-06-30", 0.063, 0.753),
        ("grocery/grocery_elog.csv", ("cust", "date"), "2006-12-31", "2007-12-30", 0.125, 1.393),
    ],
    ids=["cdnow", "grocery"],
)
def test_learned_beats_every_published_total_and_absolute_error_at_once(
    file, columns, calibrated, until, aggregate_error, mae
):
    if not (SHARED_DATA / file).exists():
        pytest.skip(f"the public data set {file} is not beside the project")
    log = pd.read_csv(SHARED_DATA / file, dtype=str)
    log["date"] = pd.to_datetime(log["date"], format="mixed")
    whole, cutoff = purchase_histories(log, *columns, until), pd.Timestamp(calibrated)
    holdout = whole.origin(cutoff, (whole.observed_until - cutoff).days / 7)

    learned = LearnedForecast.learn(whole.until(cutoff), holdout.periods)
    number = learned.typical_purchases(holdout.summary, holdout.periods)

    errors = forecast_errors(number, holdout.actual)
    assert abs(errors["aggregate_error"]) <= aggregate_error
    assert errors["mae"] <= mae
