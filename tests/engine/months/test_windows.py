"""Sums of windows are exact, and tell a customer without lines from one whose lines add up to nothing."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from frames import OCTOBER, by_customer, by_customer_and_month, company_months, months, with_the_engine
from hypothesis import given, settings

from helpers.core.periods import Span, trailing, up_to_month
from helpers.engine.connection import to_pandas
from helpers.engine.months.windows import Window, sum_groups, trailing_sums

SALES = months(
    ("a", "2026-10", 0.1), ("a", "2026-09", 0.2), ("a", "2025-09", 7),
    ("b", "2026-01", 5), ("b", "2026-02", -5),
    ("c", "2020-01", 9),
    ("d", "2026-11", 3),
)  # fmt: skip
WINDOW = trailing(OCTOBER, 12)


def test_amounts_of_a_window_add_up_to_the_ten_thousandth():
    sums = by_customer(
        SALES,
        {"now": Window("net_amount", WINDOW), "before": Window("net_amount", WINDOW.back(12))},
    )
    assert sums["customer_id"].tolist() == ["a", "b"]  # c and d have no line in either
    assert sums["now"].tolist() == [0.3, 0.0]
    assert sums["before"].iloc[0] == 7
    assert np.isnan(sums["before"].iloc[1])  # no line, which is not lines of nothing


def test_the_first_and_the_last_month_are_of_those_with_something_above_nothing():
    found = by_customer(
        SALES,
        {
            "first": Window("net_amount", up_to_month(OCTOBER), "first"),
            "last": Window("net_amount", up_to_month(OCTOBER), "last"),
        },
    ).set_index("customer_id")
    assert found.loc["a"].tolist() == [pd.Timestamp("2025-09-01"), pd.Timestamp("2026-10-01")]
    assert found.loc["b"].tolist() == [pd.Timestamp("2026-01-01")] * 2
    assert "d" not in found.index


def test_a_group_and_month_has_what_is_known_of_its_lines():
    people = ibis.memtable(pd.DataFrame({"customer_id": ["a", "b"], "group": ["X", None]}))
    costed = SALES.assign(cost_amount=SALES["net_amount"].where(SALES["customer_id"] == "a"))
    labelled = with_the_engine(costed).left_join(people, "customer_id")
    table = sum_groups(labelled, WINDOW, ["net_amount", "cost_amount"])
    found = to_pandas(table)
    assert found["group"].fillna("-").tolist() == ["X", "X", "-", "-"]
    assert found["net_amount"].tolist() == [0.2, 0.1, 5, -5]
    assert found["cost_amount"].isna().tolist() == [False, False, True, True]


@pytest.mark.parametrize("window_months", [1, 3, 12])
@settings(max_examples=10, deadline=None)
@given(sales=company_months)
def test_trailing_sums_are_the_sums_of_each_window(window_months, sales):
    amounts = by_customer_and_month(sales, Span(OCTOBER - (window_months + 3), OCTOBER))
    found = dict(trailing_sums(amounts, window_months))
    assert list(found) == list(pd.period_range(OCTOBER - 4, OCTOBER, freq="M"))
    columns = {str(end): Window("net_amount", trailing(end, window_months)) for end in found}
    expected = by_customer(sales, columns).set_index("customer_id").reindex(amounts.index).fillna(0.0)
    for end, sums in found.items():
        assert (sums / 10_000 == expected[str(end)]).all()


def test_months_of_hundreds_of_billions_keep_their_ten_thousandths():
    sales = months(
        ("a", "2026-10", 412_345_678_901.25), ("b", "2026-10", -93_000_000_000.5), ("c", "2026-10", -0.5)
    )
    found = by_customer_and_month(sales, Span(OCTOBER, OCTOBER))
    assert found[OCTOBER].tolist() == [4_123_456_789_012_500, -930_000_000_005_000, -5_000]
