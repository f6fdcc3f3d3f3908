from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.core import amounts as money
from helpers.core.amounts import rounded_percent, shares
from helpers.core.disclosure import disclosed_share, disclosed_total
from helpers.core.periods import Span
from helpers.errors import WorkbookError
from helpers.subjects.targets.plan import monthly_plan, plan_for, target_span

amounts = st.lists(st.integers(0, 10**12).map(lambda units: units / 10_000), min_size=1, max_size=30)


def test_three_alike_share_the_tenth_that_is_left_over_in_order():
    assert rounded_percent([1, 1, 1]).tolist() == [33.4, 33.3, 33.3]


def test_tenths_go_to_the_largest_remainders():
    assert rounded_percent([0.1234, 0.3333, 0.5433]).tolist() == [12.4, 33.3, 54.3]


def test_shares_of_nothing_or_less_are_undefined():
    assert np.isnan(rounded_percent([0.0, 0.0])).all()
    assert np.isnan(shares([5.0, -7.0])).all()
    assert rounded_percent([]).tolist() == []


def test_group_with_more_returns_than_sales_has_a_negative_share():
    assert rounded_percent([120, -20]).tolist() == [120.0, -20.0]


@given(amounts)
def test_shown_shares_add_to_a_hundred_and_lie_within_a_tenth(values):
    if sum(values) == 0:
        return
    shown = rounded_percent(values)
    assert np.rint(10 * shown).sum() == 1000
    assert (np.abs(shown - 100 * shares(values)) < 0.1 + 1e-9).all()


@given(amounts, st.sampled_from([3, 10, 7]))
def test_shown_shares_do_not_depend_on_the_currency_unit(values, factor):
    np.testing.assert_array_equal(rounded_percent(values), rounded_percent(np.array(values) * factor))


def test_sum_of_money_is_exact_where_floats_are_not():
    assert np.cumsum([0.1] * 10)[-1] != 1.0  # since Python 3.12 the built-in sum compensates
    assert money.total([0.1] * 10) == 1.0


def test_sums_keep_missing_apart_from_zero():
    frame = pd.DataFrame({"key": ["a", "a", "b", None], "cost": [1.5, np.nan, np.nan, 0.0]})
    sums = money.sum_by(frame, "key", ["cost"])["cost"]
    assert sums.iloc[0] == 1.5
    assert np.isnan(sums.iloc[1])
    assert sums.iloc[2] == 0


def test_months_without_a_target_share_what_those_with_one_leave_of_the_quarters_and_the_years():
    rows = [("2026", 1200.0), ("2026-Q4", 600.0), ("2026-10", 50.0)]
    targets = pd.DataFrame(rows, columns=["period", "target"]).assign(
        scope_type="company", scope_id=None, metric="net_sales"
    )
    plan = monthly_plan(targets, "company", None)
    of_others = (1200 - 600) / 9
    assert plan.loc["2026-09":"2026-12"].tolist() == pytest.approx([of_others, 50, 275, 275])
    for first, last, own in (
        ("2026-01", "2026-12", 1200),
        ("2026-10", "2026-12", 600),
        ("2026-10", "2026-10", 50),
    ):
        assert plan_for(plan, Span(pd.Period(first), pd.Period(last))) == pytest.approx(own, abs=0.01)
    assert np.isnan(plan_for(plan, Span(pd.Period("2026-12"), pd.Period("2027-01"))))
    assert np.isnan(
        plan_for(monthly_plan(targets, "team", "North"), Span(pd.Period("2026-10"), pd.Period("2026-10")))
    )


def test_months_that_ask_for_more_than_the_year_leave_nothing_to_the_others():
    rows = [("2026", 600.0), ("2026-01", 400.0), ("2026-02", 300.0)]
    targets = pd.DataFrame(rows, columns=["period", "target"]).assign(
        scope_type="team", scope_id="North", metric="net_sales"
    )
    assert monthly_plan(targets, "team", "North").tolist() == [400, 300, *[0] * 10]


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "October", "2026-1", ""])
def test_period_of_a_target_that_is_not_understood_is_named(period):
    with pytest.raises(WorkbookError, match=f"period '{period}'"):
        target_span(period)


@given(st.floats(1e-6, 1.0))
def test_a_share_that_a_scope_is_told_leaves_the_total_open_by_a_percent(share):
    """Every share within a percent of a told one is told the same: so is every total that own money could be of."""
    told = float(disclosed_share(pd.Series([share]))[0])
    assert abs(told - share) <= 0.025 * max(share, 0.04) + 1e-6
    near = disclosed_share(pd.Series([told * 0.9901, told * 1.0099]))
    assert near.tolist() == [told, told] or told == 0


def test_a_share_that_is_not_known_stays_unknown():
    assert disclosed_share(pd.Series([np.nan, 0.0, -0.0384])).tolist()[1:] == [0.0, -0.038]
    assert disclosed_share(pd.Series([np.nan])).isna().all()


@given(st.lists(st.floats(1.0, 1e9), min_size=1, max_size=12))
def test_the_packs_of_a_year_tell_no_more_of_it_than_each_does_of_its_month(months):
    """Were each year to date rounded by itself, those of ten packs would tell where it lies."""
    told = [disclosed_total(pd.Series([month])) for month in months]
    for reach in range(1, len(months) + 1):
        assert disclosed_total(pd.Series(months[:reach])) == pytest.approx(sum(told[:reach]), abs=0.1)
    assert told == pytest.approx(months, rel=0.025, abs=0.01)


def test_a_month_without_sales_or_of_returns_alone_adds_nothing_to_what_is_told():
    assert disclosed_total(pd.Series([100.0, 0.0, -50.0])) == disclosed_total(pd.Series([100.0]))
    assert np.isnan(disclosed_total(pd.Series([0.0, -50.0])))
