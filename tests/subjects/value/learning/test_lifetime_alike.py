"""Very many customers: futures drawn for like histories must say what futures drawn for each would say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from lifetime_world import OCTOBER, company, facts

from helpers.subjects.value.learning.alike import alike
from helpers.subjects.value.learning.histories import known_at, ledger
from helpers.subjects.value.learning.learning import learn


@pytest.fixture(scope="module")
def rows():
    return company(size=300, seed=5)


@pytest.fixture(scope="module")
def each(rows):
    """Futures drawn for every customer on its own."""
    return learn(*facts(rows), OCTOBER, most_origins=0)


@pytest.fixture(scope="module")
def together(rows):
    """The same models, futures drawn for like histories."""
    both = facts(rows)
    return learn(*both, OCTOBER, most_origins=0, everybody=lambda: known_at(ledger(*both, OCTOBER), OCTOBER))


def test_totals_and_each_customer_agree_with_futures_drawn_for_each(each, together):
    for column in ("value_1", "value_3", "purchases_1", "deviation_3", "high_80_3"):
        one, other = each.customers[column], together.customers[column]
        assert other.sum() == pytest.approx(one.sum(), rel=0.05), column
        assert np.corrcoef(one, other)[0, 1] > 0.97, column


def test_what_is_known_of_a_customer_is_its_own(each, together):
    pd.testing.assert_series_equal(together.customers["p_alive"], each.customers["p_alive"])
    pd.testing.assert_series_equal(together.customers["net_amount"], each.customers["net_amount"])


def test_intervals_hold_their_mean_and_the_wider_holds_the_narrower(together):
    frame = together.customers
    for horizon in ("1", "3", "5", "open"):
        bounds = [frame[f"{name}_{horizon}"] for name in ("low_95", "low_80", "value", "high_80", "high_95")]
        for lower, upper in pairwise(bounds):
            assert (lower <= upper + 1e-9).all(), horizon


def test_every_customer_is_in_one_group_and_groups_are_customers_a_model_can_read(rows):
    known = known_at(ledger(*facts(rows), OCTOBER), OCTOBER)
    groups = alike(known, 7.0)
    assert groups["weight"].sum() == len(known)
    assert (groups["frequency"] == groups["frequency"].round()).all()
    assert (groups["recency"] <= groups["T"]).all()
    assert ((groups["recency"] > 0) == (groups["frequency"] > 0)).all()


def test_who_was_learnt_from_is_told_only_where_it_was_not_everybody(each, together):
    assert each.learnt_from is None
    assert together.learnt_from == len(together.customers)
