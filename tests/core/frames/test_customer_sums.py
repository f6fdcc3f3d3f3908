"""Months add up by customer to what they are, whoever else bought."""

import pandas as pd
import pytest
from frames import OCTOBER, months

from helpers.core.frames.customer_sums import CustomerSums
from helpers.core.periods import trailing

ROWS = months(("b", "2026-10", 80), ("x", "2026-10", 7), ("b", "2025-10", 0.1), ("d", "2026-01", 5))


@pytest.fixture(params=["texts", "categories"])
def sums(request):
    rows = ROWS if request.param == "texts" else ROWS.astype({"customer_id": "category"})
    return CustomerSums(rows, pd.Index(["a", "b", "d"]))


def test_who_has_not_bought_has_nothing_and_strangers_count_for_nobody(sums):
    assert sums.money("net_amount").tolist() == [0.0, 80.1, 5.0]


def test_a_span_leaves_out_what_came_before(sums):
    assert sums.money("net_amount", trailing(OCTOBER, 12)).tolist() == [0.0, 80.0, 5.0]
    assert sums.money("net_amount", trailing(OCTOBER, 1)).tolist() == [0.0, 80.0, 0.0]


def test_the_first_month_is_told_of_those_who_have_one(sums):
    first = sums.first_month((ROWS["net_amount"] > 0).to_numpy())
    assert first.isna().tolist() == [True, False, False]
    assert first[1:].strftime("%Y-%m").tolist() == ["2025-10", "2026-01"]
