from __future__ import annotations

import pandas as pd
import pytest
from frames import OCTOBER, bridged, company_months, customers, months
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.amounts import to_units
from helpers.subjects.composition.bridge import MOVEMENTS

UNASSIGNED = months(("", "2026-10", 7), ("", "2025-10", 3)).drop(columns=["customer_id", "purchase_days"])


def movement_of(*sales, **options):
    result = bridged(customers(a="DIY shops"), months(("old", "2020-01", 1), *sales), OCTOBER, **options)
    moved = result.customers.set_index("customer_id")
    return moved.loc["a", "movement"] if "a" in moved.index else "unchanged"


def test_first_purchase_ever_is_new():
    assert movement_of(("a", "2026-01", 10)) == "new"


def test_buyer_of_long_ago_who_is_back_is_reactivated():
    assert movement_of(("a", "2024-09", 10), ("a", "2026-01", 10)) == "reactivated"


def test_lapse_counts_full_months_without_a_purchase():
    sales = (
        ("a", "2024-10", 10),
        ("a", "2026-01", 10),
    )  # silent from November 2024 to December 2025: 14 months
    assert movement_of(*sales, lapse_months=14) == "reactivated"
    assert movement_of(*sales, lapse_months=15) == "growing"


def test_customer_without_sales_this_year_is_lost_whatever_came_back():
    assert movement_of(("a", "2025-01", 10)) == "lost"
    assert movement_of(("a", "2025-01", 10), ("a", "2026-01", -4)) == "lost"


def test_buyers_of_both_years_grow_or_shrink_or_stay():
    assert movement_of(("a", "2025-01", 10), ("a", "2026-01", 11)) == "growing"
    assert movement_of(("a", "2025-01", 10), ("a", "2026-01", 9)) == "shrinking"
    assert movement_of(("a", "2025-01", 10), ("a", "2026-01", 10)) == "unchanged"


def test_returns_of_earlier_sales_shrink():
    assert movement_of(("a", "2022-01", 10), ("a", "2026-01", -4)) == "shrinking"


def test_who_returned_everything_last_year_is_not_new_this_year():
    bought_and_returned = months(("old", "2020-01", 1), ("a", "2025-01", -1), ("a", "2026-01", 10))
    bought_and_returned.loc[1, "purchase_days"] = (
        1  # a purchase early in the month, more returned later in it
    )
    result = bridged(customers(a="DIY shops"), bought_and_returned, OCTOBER)
    assert result.customers["movement"].tolist() == ["growing"]


def test_against_last_month_compares_trailing_years_one_month_apart():
    assert movement_of(("a", "2026-10", 10), against="last_month") == "new"
    assert movement_of(("a", "2025-10", 10), against="last_month") == "lost"
    assert movement_of(("a", "2025-10", 10), ("a", "2026-10", 12), against="last_month") == "growing"


def test_worked_example_with_names_and_unassigned_lines():
    sales = months(
        ("a", "2025-05", 100), ("a", "2026-05", 150),
        ("b", "2025-05", 80), ("b", "2026-05", 50),
        ("c", "2025-05", 40),
        ("d", "2026-05", 60),
        ("e", "2024-05", 5), ("e", "2026-05", 20),
    )  # fmt: skip
    base = customers(a="DIY shops", b="DIY shops", c="Chains", d="Chains", e=None)
    result = bridged(base, sales, OCTOBER, unassigned=UNASSIGNED)
    total = result.groups.set_index("kind").loc["total"]
    assert [total[f"{name}_amount"] for name in MOVEMENTS] == [60, 20, 50, -30, -40, 4]
    assert [total[f"{name}_customers"] for name in MOVEMENTS[:-1]] == [1, 1, 1, 1, 1]
    assert (total["net_amount_previous"], total["net_amount"], total["change_amount"]) == (223, 287, 64)
    assert (total["customers_previous"], total["customers"]) == (3, 4)
    assert result.top("new")["name"].tolist() == ["Customer d"]
    assert result.customers["customer_id"].tolist() == ["d", "a", "c", "b", "e"]
    assert result.comparable  # the data begin in May 2024, the previous window in November of that year


def test_bridge_says_when_the_data_do_not_reach_back():
    sales = months(("a", "2025-05", 1), ("a", "2026-05", 1))
    assert not bridged(customers(a="X"), sales, OCTOBER).comparable
    assert bridged(customers(a="X"), sales, OCTOBER, first_month=pd.Period("2024-11", "M")).comparable


@pytest.mark.parametrize("sales", [months(), months(("a", "2026-10", -5))])
def test_nobody_or_nothing_but_returns(sales):
    total = bridged(customers(), sales, OCTOBER).groups.iloc[-1]
    assert total["change_amount"] == sales["net_amount"].sum()
    assert total["customers"] == 0


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(company_months, st.sampled_from(["last_year", "last_month"]), st.integers(1, 24), st.integers(1, 24))
def test_movements_add_up_to_the_change_exactly(sales, against, window_months, lapse_months):
    base = customers(a="X", b="X", c="Y", d="Y", e=None)
    result = bridged(
        base, sales, OCTOBER, "trade_class", window_months, lapse_months, against, unassigned=UNASSIGNED
    )
    units = {
        name: to_units(result.groups[name]) for name in result.groups if name.endswith(("amount", "previous"))
    }
    parts = sum(units[f"{name}_amount"] for name in MOVEMENTS)
    assert (parts == units["change_amount"]).all()
    assert (units["net_amount_previous"] + parts == units["net_amount"]).all()
    for values in units.values():
        assert values[:-1].sum() == values[-1]


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(company_months, st.randoms(use_true_random=False))
def test_row_order_and_later_months_move_nobody(sales, random):
    order = list(range(len(sales)))
    random.shuffle(order)
    base = customers(a="X", b="X", c="Y")
    first = bridged(base, sales, OCTOBER)
    second = bridged(base, pd.concat([sales.iloc[order], months(("a", "2026-11", 9))]), OCTOBER)
    pd.testing.assert_frame_equal(first.groups, second.groups, check_exact=True)
    pd.testing.assert_frame_equal(first.customers, second.customers, check_exact=True)
