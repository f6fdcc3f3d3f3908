from __future__ import annotations

import math

import pandas as pd
import pytest
from frames import OCTOBER, company_months, concentrated, months
from hypothesis import given, settings
from hypothesis import strategies as st


def test_four_customers_by_hand():
    """Shares .1, .2, .3, .4: Gini = 2 (1*.1 + 2*.2 + 3*.3 + 4*.4) / 4 - 5/4 = .25; HHI = .30."""
    sales = months(("a", "2026-10", 10), ("b", "2026-01", 20), ("c", "2025-11", 30), ("d", "2026-05", 40))
    result = concentrated(sales, OCTOBER)
    assert result.measures["gini"] == pytest.approx(0.25)
    assert result.measures["hhi"] == pytest.approx(0.30)
    assert result.measures["top_1_share"] == result.measures["top_10_percent_share"] == 0.4
    assert result.measures["top_5_share"] == 1
    assert result.lorenz["net_amount_share"].tolist() == [0, 0.1, 0.3, 0.6, 1.0]


def test_one_customer_and_customers_alike():
    one = concentrated(months(("a", "2026-10", 10)), OCTOBER).measures
    assert (one["gini"], one["hhi"], one["effective_customers"]) == (0, 1, 1)
    alike = concentrated(months(*((name, "2026-10", 5) for name in "abcd")), OCTOBER).measures
    assert alike["gini"] == pytest.approx(0)
    assert alike["effective_customers"] == pytest.approx(4)


@pytest.mark.parametrize("sales", [months(), months(("a", "2026-10", -5))])
def test_without_net_sales_nothing_is_concentrated(sales):
    result = concentrated(sales, OCTOBER)
    assert result.measures["customers"] == 0
    assert math.isnan(result.measures["gini"])


def test_history_follows_the_trailing_window_and_begins_with_a_full_one():
    sales = months(("a", "2025-01", 10), ("b", "2026-01", 30), ("a", "2026-10", 10))
    history = concentrated(sales, OCTOBER).history.set_index("month")
    assert history.index.min() == pd.Timestamp("2025-12-01")
    assert history.loc["2025-12-01", "top_1_share"] == 1
    assert history.loc["2026-10-01", "top_1_share"] == 0.75


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(company_months, st.sampled_from([2, 10]))
def test_another_currency_unit_changes_no_measure(sales, factor):
    first = concentrated(sales, OCTOBER)
    second = concentrated(sales.assign(net_amount=sales["net_amount"] * factor), OCTOBER)
    dropped = first.history.drop(columns="net_amount"), second.history.drop(columns="net_amount")
    pd.testing.assert_frame_equal(*dropped, check_exact=True)
    gini = first.history["gini"].dropna()
    assert gini.between(-1e-12, 1).all()
