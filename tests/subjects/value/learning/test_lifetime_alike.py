"""Very many customers: what all teach is learnt from some of them, and said of each by its own history."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lifetime_world import OCTOBER, company, facts

from helpers.subjects.value.learning.histories import known_at, ledger, purchases_by
from helpers.subjects.value.learning.learning import learn


@pytest.fixture(scope="module")
def both():
    return facts(company(size=300, seed=5))


@pytest.fixture(scope="module")
def each(both):
    return learn(*both, OCTOBER, most_origins=0)


def test_later_years_of_like_histories_add_up_as_those_of_each(both, each):
    known = known_at(ledger(*both, OCTOBER), OCTOBER)
    ends = np.array([52.18, 260.9])
    grouped = purchases_by(ends, known, each.model)
    exact = each.model.expected_purchases(known, ends).to_numpy()
    assert grouped.sum(axis=0) == pytest.approx(exact.sum(axis=0), rel=0.03)
    assert np.corrcoef(grouped[:, 1], exact[:, 1])[0, 1] > 0.98


def test_everybody_is_forecast_by_what_some_taught(both, each):
    known = known_at(ledger(*both, OCTOBER), OCTOBER)
    some = [name for number, name in enumerate(known.index) if number % 3]
    taught = [frame[frame["customer_id"].isin(some)] for frame in both]
    all_of_them = learn(*taught, OCTOBER, most_origins=0, everybody=lambda: known)
    assert all_of_them.learnt_from == len(some) and each.learnt_from is None
    assert list(all_of_them.customers.index) == list(known.index)
    pd.testing.assert_series_equal(all_of_them.customers["net_amount"], each.customers["net_amount"])
    assert all_of_them.customers["value_3"].sum() == pytest.approx(each.customers["value_3"].sum(), rel=0.1)
