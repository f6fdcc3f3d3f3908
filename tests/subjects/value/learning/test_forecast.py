"""One forecast: what past forecasts missed puts it right, and nothing is learnt of a past that is not there."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifetime_world import OCTOBER, company, facts

from helpers.subjects.value.learning.checks import Past, methods
from helpers.subjects.value.learning.common_trend import common_trend
from helpers.subjects.value.learning.forecast import (
    BELIEF,
    PastOrigin,
    corrected_purchases,
    expected,
    fit_stack,
    snapshot,
)
from helpers.subjects.value.learning.histories import (
    known_at,
    ledger,
    margin_rates,
    opening_ratio,
    outlying,
    spend,
)
from helpers.subjects.value.learning.intervals import bounds, learn_moves, plain_bounds, scores, shared_error
from helpers.subjects.value.learning.learning import learn

YEAR = 365.25 / 7


def days(who, first, last, every, net):
    return [(who, day, net) for day in pd.date_range(first, last, freq=f"{every}D")]


def known_of(rows):
    return known_at(ledger(*facts(rows), OCTOBER), OCTOBER)


def past_origins(size, off, weight=0.25, **changed):
    """Origins at which everybody was expected to buy 4 times for 100 and bought ``off`` times that."""
    four = np.full(size, 4.0)
    fields = {
        "expected": four, "spend": np.full(size, 100.0), "outlying": np.zeros(size), "last_year": np.full(size, 400.0),
        "features": np.zeros((size, 2)), "lapsed": np.zeros(size),
            "alive": np.full(size, 0.9), "shape": four, "observed": off * four, "sales": off * 100 * four,
        "transient": 0.0, "weight": weight, "place": 0.0,
    }  # fmt: skip
    return PastOrigin(**(fields | changed))


def test_without_past_origins_the_prior_is_used():
    stack = fit_stack([])
    assert stack.powers.tolist() == BELIEF.tolist()
    assert (stack.level, stack.spend_level, stack.last_year) == (1.0, 1.0, 0.0)


def level_after(offs, step=0.25):
    """The level after origins ``step`` of what is judged apart, the latest first."""
    return fit_stack([past_origins(2_000, off, place=-step * back) for back, off in enumerate(offs)]).level


def test_the_model_gives_way_by_what_past_misses_exceed_their_standard_error():
    """A year has 7 % in store for all; what four origins of the same months say is a year's, and one a quarter's."""
    for off in (1.2, 1 / 1.2):
        moved = np.sign(np.log(off)) * 0.07
        assert level_after([off] * 4, step=0) == pytest.approx(off * np.exp(-moved), rel=1e-3)
        assert level_after([off], step=0) == pytest.approx(off * np.exp(-2 * moved), rel=1e-3)
    assert level_after([1.06] * 4, step=0) == level_after([0.94] * 4, step=0) == 1.0


def test_origins_that_agree_are_believed_sooner_and_those_that_contradict_one_another_are_not():
    """A third too few, then less and less of that: most stays out. As few on average and always: most is believed."""
    recovery = np.array([1.02, 0.94, 0.76, 0.68, 0.75, 0.90])
    usual = float(np.exp(np.log(recovery).mean()))
    assert level_after(recovery) > usual**0.25
    assert level_after([usual] * 6) < usual**0.75
    assert level_after([usual] * 6) < level_after([usual] * 6, step=0) * 0.98
    contradicting = [0.7, 0.9, 0.7, 0.9]
    assert level_after(contradicting) > level_after(contradicting, step=1), "of months that they share"


def test_a_past_error_made_by_a_few_customers_corrects_little():
    """A tenth more came: from everybody, or from one customer who bought ten times as often as was expected."""
    all_alike, one = past_origins(90, 1.1), past_origins(90, 1.0, observed=np.append(np.full(89, 4.0), 40.0))
    assert all_alike.observed.sum() == pytest.approx(one.observed.sum())
    assert fit_stack([one] * 4).level < 1 + 0.7 * (fit_stack([all_alike] * 4).level - 1)


def test_what_came_to_all_and_passed_is_not_learnt():
    assert fit_stack([past_origins(500, 0.7, transient=np.log(0.7))] * 4).level == pytest.approx(1.0)


def test_larger_orders_put_right_what_a_purchase_brings_and_not_how_often():
    stack = fit_stack([past_origins(2_000, 1.0, sales=np.full(2_000, 480.0))] * 4)
    assert stack.level == pytest.approx(1.0)
    assert stack.spend_level == pytest.approx(1.2 * np.exp(-0.07), rel=1e-3)


def test_a_first_order_far_larger_than_usual_counts_for_less_where_the_past_tells_so():
    """Of 400 who bought once a tenth did for ten times as much; all came back four times, for 100 or for as much."""
    rng = np.random.default_rng(5)
    large = np.repeat([False, True], [360, 40])
    thin = {"spend": np.where(large, 1_000.0, 100.0), "outlying": np.where(large, np.log(10) / 2, 0.0)}
    observed = rng.poisson(4.0, 400).astype("float64")
    smaller = fit_stack([past_origins(400, 1.0, **thin, observed=observed, sales=observed * 100)] * 4)
    as_large = fit_stack(
        [past_origins(400, 1.0, **thin, observed=observed, sales=observed * thin["spend"])] * 4
    )
    assert smaller.size_power < -1.0
    assert abs(as_large.size_power) < 0.2
    assert outlying(
        pd.DataFrame({"recent_purchases": [1.0, 1.0, 1.0, 30.0]}), np.array([100, 100, 1_000, 1_000])
    ) == (pytest.approx([-np.log(10) / 4, -np.log(10) / 4, np.log(10) / 4, np.log(10) / 62]))


def test_last_years_sales_have_a_part_only_where_they_were_nearer():
    rng = np.random.default_rng(1)
    own = rng.uniform(100, 900, 500)
    nearer = fit_stack([past_origins(500, 1.0, last_year=own, sales=own)] * 4)
    assert nearer.last_year == pytest.approx(0.3), "as far as is tried, and half of it"
    assert fit_stack([past_origins(500, 1.0, last_year=own)] * 4).last_year == 0.0


def test_those_given_up_on_come_back_at_the_rate_that_is_known():
    lapsed = past_origins(
        400,
        1.0,
        expected=np.full(400, 0.01),
        lapsed=np.ones(400),
        observed=np.repeat([0.0, 1.0], [360, 40]),
    )
    stack = fit_stack([lapsed] * 4)
    assert stack.comebacks == pytest.approx((40 - 400 * 0.01 + 0.02 * 20) / 420, rel=1e-6)


def test_who_buys_more_than_it_used_to_is_expected_to_go_on_and_who_buys_less_too():
    steady = [
        row
        for number in range(30)
        for row in days(f"s{number:02}", f"2023-11-{1 + number % 28}", "2026-10-28", 20, 100)
    ]
    faster = days("faster", "2023-11-03", "2025-10-30", 30, 100) + days(
        "faster", "2025-11-02", "2026-10-25", 10, 100
    )
    slower = days("slower", "2023-11-03", "2025-10-30", 10, 100) + days(
        "slower", "2025-11-02", "2026-10-25", 30, 100
    )
    known = known_of([*steady, *faster, *slower])
    now = snapshot(known, OCTOBER, 36)
    alone = now.spine.expected_purchases(known, YEAR)
    purchases = pd.Series(expected(now, fit_stack([]), 12)[0], known.index)
    assert purchases["faster"] > 1.15 * alone["faster"]
    assert purchases["slower"] < 0.9 * alone["slower"]
    assert purchases["s00"] == pytest.approx(alone["s00"], rel=0.05)


def test_a_change_that_all_customers_share_is_nobodys_own():
    """Everybody bought half as often in the last year, or one in three: only the three are told apart."""
    shared = past_origins(300, 1.0, features=np.tile([np.log(0.5), 0.0], (300, 1)))
    assert corrected_purchases(shared, fit_stack([])) == pytest.approx(shared.expected)
    some = np.arange(300) % 3 == 0
    told = corrected_purchases(
        past_origins(300, 1.0, features=np.column_stack([np.where(some, np.log(0.5), 0), np.zeros(300)])),
        fit_stack([]),
    )
    assert told.sum() == pytest.approx(1_200) and (told[some] < 0.85 * told[~some].min()).all()


def trade_of(change, seed=4):
    """Trade of four years with a season, the purchases of each month multiplied by ``change`` of its number."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, month in enumerate(pd.period_range("2022-11", "2026-10", freq="M")):
        season = 1 + 0.4 * np.sin(2 * np.pi * number / 12)
        rows += [
            (f"c{who:03}", month.start_time + pd.Timedelta(days=int(day)), 100.0)
            for who in range(120)
            for day in rng.integers(0, 28, rng.poisson(1.5 * season * change(number)))
        ]
    return rows


def passed_of(rows):
    book = ledger(*facts(rows), OCTOBER)
    trend = common_trend(book, OCTOBER, np.full(48, 1.4), 12)
    return {year: trend.transient(pd.Period(f"{year}-10", "M"), 12) for year in (2023, 2024, 2025)}


@pytest.mark.parametrize("seed", [4, 5])
def test_a_strike_of_four_months_passed_and_a_change_that_stays_did_not(seed):
    strike = passed_of(trade_of(lambda number: 0.2 if 26 <= number < 30 else 1.0, seed))
    assert strike[2024] < -0.25 and abs(strike[2023]) < 0.06 and abs(strike[2025]) < 0.06
    stays = passed_of(trade_of(lambda number: 0.6 if number >= 36 else 1.0, seed))
    grows = passed_of(trade_of(lambda number: 1.15 ** (number / 12), seed))
    assert max(map(abs, [*stays.values(), *grows.values()])) < 0.06


@pytest.mark.slow
def test_a_strike_last_year_or_a_slow_recovery_lowers_the_forecast_no_more_than_the_model_does():
    """What came in the strike's months lay in the past forecasts and in everybody's last year, and is over."""

    def over_model(change):
        past = Past(ledger(*facts(trade_of(change)), OCTOBER), OCTOBER, 3)
        now = past.at(OCTOBER)
        alone = now.spine.expected_purchases(now.known, YEAR).sum()
        return expected(now, fit_stack(past.past_origins(OCTOBER)), 12)[0].sum() / alone

    strike, steady, stays, recovers = map(
        over_model,
        (
            lambda month: 0.2 if 36 <= month < 40 else 1.0,
            lambda month: 1.0,
            lambda month: 0.7 if month >= 36 else 1.0,
            lambda month: 1.0 if month < 26 else 0.3 if month < 30 else 1 - 0.5 * 0.88 ** (month - 30),
        ),
    )
    assert min(strike, recovers) > 0.98 * steady
    assert stays < 0.95 * steady


def test_where_customers_buy_at_random_the_total_is_the_mean_of_two_models():
    rng = np.random.default_rng(8)
    rows = []
    for who in range(250):
        day, gap = rng.uniform(0, 700), 1 / rng.gamma(0.8, 1 / 40)
        leaves = day + rng.exponential(rng.gamma(1.5, 500))
        while day < min(leaves, 1_400):
            rows.append((f"r{who:03}", OCTOBER.end_time - pd.Timedelta(days=1_400 - int(day)), 100.0))
            day += rng.exponential(gap)
    known = known_of([(who, day.normalize(), net) for who, day, net in rows])
    now = snapshot(known, OCTOBER, 46)
    one, other = (model.expected_purchases(known, YEAR).to_numpy() for model in (now.spine, now.fit.model))
    assert abs(one.sum() / other.sum() - 1) > 0.005, "the same anyhow"
    told = methods(now, fit_stack([]), 12)["model"][0]
    assert told.sum() == pytest.approx((one.sum() + other.sum()) / 2, rel=2e-3)
    assert told / told.sum() == pytest.approx(one / one.sum()), "told apart by one of them"


def test_opening_orders_are_neither_a_rhythm_nor_the_usual_size():
    """New shops stock up three times in their first month for 6,000 each, then buy for 1,000 every three months."""
    rows = []
    for number in range(30):
        start = pd.Timestamp("2023-11-02") + pd.Timedelta(days=25 * number)
        rows += [
            (f"n{number:02}", start.replace(day=1) + pd.Timedelta(days=shift), 6_000) for shift in (2, 7, 14)
        ]
        rows += days(f"n{number:02}", start + pd.Timedelta(days=90), "2026-10-28", 90, 1_000)
    rows += [("new", day, 6_000) for day in ("2026-08-03", "2026-08-08", "2026-08-17")]
    known = known_of(rows)
    assert opening_ratio(known, YEAR) > 2.5
    size = pd.Series(spend(known, YEAR), known.index)
    assert size["new"] < 3_000, "bought for 6,000 three times"
    now = snapshot(known, OCTOBER, 36)
    alone = now.spine.expected_purchases(known, YEAR)
    assert expected(now, fit_stack([]), 12)[0][known.index.get_loc("new")] < 0.9 * alone["new"]


def test_orders_of_a_growing_customer_count_as_they_are_now():
    rows = [
        row
        for year, net in ((2024, 100), (2025, 200), (2026, 400))
        for row in days("a", f"{year}-01-10", f"{year}-10-20", 30, net)
    ]
    known = known_of([*rows, *days("b", "2024-01-15", "2026-10-20", 30, 150)])
    mean = known.loc["a", "net_amount"] / known.loc["a", "purchases"]
    assert spend(known, YEAR)[0] > 1.15 * mean


def test_recent_margins_tell_the_rate_and_sales_without_costs_have_none():
    known = known_of(company(20))
    assert margin_rates(known, True) == pytest.approx(0.4)
    assert margin_rates(known, False).tolist() == [1.0] * len(known)


def test_who_bought_once_two_years_ago_is_not_likely_to_buy_where_nothing_is_expected():
    once = [
        (f"once{number:02}", pd.Timestamp("2024-06-01") + pd.Timedelta(days=number), 200.0)
        for number in range(80)
    ]
    found = learn(*facts([*once, *company(20, months=28)]), OCTOBER).customers
    for horizon in ("1", "3", "5"):
        assert (found[f"again_{horizon}"] <= found[f"purchases_{horizon}"] + 1e-9).all()
    gone = found.loc[[name for name in found.index if name.startswith("once")]]
    assert (gone["again_3"] < 0.5).all()


def test_returns_and_goods_given_away_leave_no_value_below_nothing():
    rows = [*company(30), ("ret", "2026-03-05", -500), ("first", "2025-04-01", -100), ("first", "2025-05-01", 300),
            ("neg", "2025-05-01", 5_000), ("neg", "2025-07-01", -6_000), ("zero", "2026-01-05", 0)]  # fmt: skip
    found = learn(*facts(rows, with_cost=False), OCTOBER).customers
    assert {"first", "neg"} <= set(found.index) and not {"ret", "zero"} & set(found.index), (
        "who never bought has none"
    )
    values = found.filter(regex=r"^(value|low|high|purchases|again|span)_")
    assert (values >= 0).all(axis=None) and np.isfinite(values).all(axis=None)


def test_everybody_who_may_be_alive_has_an_interval_and_its_bounds_are_nested():
    found = learn(*facts(company(80, seed=9)), OCTOBER).customers
    for horizon in ("1", "3", "5", "open"):
        rows = [found[f"{name}_{horizon}"] for name in ("low_95", "low_80", "value", "high_80", "high_95")]
        for lower, upper in pairwise(rows):
            assert (lower <= upper).all()
        alive = found["value_1"].abs() > 0
        assert (rows[3] > rows[1])[alive].all() and alive.all()


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6)), min_size=1, max_size=30),
    st.lists(st.floats(-3, 3), min_size=12, max_size=12),
)
def test_bounds_are_nested_about_the_mean_whatever_was_learnt(customers, by):
    value, spread = np.array(customers).T
    moves = {
        name: tuple(by[3 * place : 3 * place + 3]) for place, name in enumerate(plain_bounds(value, spread))
    }
    held = bounds(value, spread, moves, may_lose=True)
    slack = 1e-6 * (1 + np.abs(value))
    for lower, upper in (("low_95", "low_80"), ("low_80", "high_80"), ("high_80", "high_95")):
        assert (held[lower] <= held[upper] + slack).all()
    assert (held["low_80"] <= value + slack).all() and (value <= held["high_80"] + slack).all()


def test_bounds_move_so_that_as_many_as_stated_would_have_been_inside():
    rng = np.random.default_rng(2)
    value, spread = rng.uniform(500, 1_500, 3_000), np.full(3_000, 100.0)
    observed = value + 300 * rng.standard_normal(3_000)  # three times as far as supposed
    moves = learn_moves([scores(value, spread, observed)])
    held = bounds(value, spread, moves, may_lose=False)
    inside = (observed >= held["low_80"]) & (observed <= held["high_80"])
    assert inside.mean() == pytest.approx(0.8, abs=0.01)
    assert learn_moves([]) == {}


def test_totals_are_the_less_sure_the_fewer_past_ones_are_known_and_the_farther_they_reach():
    steady = [0.02] * 8
    assert shared_error(steady, 8, 1, 1) < shared_error(steady[:2], 2, 1, 1) < shared_error([], 0, 1, 1)
    assert shared_error(steady, 8, 5, 1) > shared_error(steady, 8, 3, 1) > shared_error(steady, 8, 1, 1)
    assert shared_error([0.3] * 8, 8, 1, 1) > 0.25


def test_an_origin_teaches_only_once_its_outcome_is_known():
    rows = company(60)
    book = ledger(*facts(rows), OCTOBER)
    past = Past(book, OCTOBER, 6)
    assert past.months == 12 and past.origins(12)[0] == pd.Period("2025-10", "M")
    assert past.past_origins(OCTOBER) and past.past_origins(pd.Period("2025-09", "M")) == []


def test_what_came_after_an_origin_changes_nothing_that_was_known_there():
    rows = company(60)
    end = pd.Timestamp("2025-10-31")
    other = [(who, day, net * (3 if day > end else 1)) for who, day, net in rows]
    one, two = (Past(ledger(*facts(each), OCTOBER), OCTOBER, 6) for each in (rows, other))
    origin = pd.Period("2025-10", "M")
    stacks = [fit_stack(each.past_origins(origin)) for each in (one, two)]
    for mine, yours in zip(
        expected(one.at(origin), stacks[0], 12), expected(two.at(origin), stacks[1], 12), strict=True
    ):
        assert mine.tolist() == yours.tolist()


def test_a_last_bit_of_the_processor_changes_nothing_that_is_learnt():
    rng = np.random.default_rng(3)
    features = rng.normal(0, 0.5, (200, 2))
    one = past_origins(
        200, 1.0, features=features, observed=rng.poisson(4 * np.exp(features @ [0.6, 0.1])).astype("float64")
    )
    same = past_origins(200, 1.0, features=np.nextafter(features, np.inf), observed=one.observed)
    first, second = fit_stack([one] * 4), fit_stack([same] * 4)
    assert first.powers.tolist() == second.powers.tolist() and first.level == second.level
