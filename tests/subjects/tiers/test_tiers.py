from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import OCTOBER, company_months, customers, months, tiered
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.amounts import to_units
from helpers.errors import WorkbookError
from helpers.subjects.tiers.ranking import TIERS
from helpers.subjects.tiers.tiers import two_way

ALL = customers(**dict.fromkeys("abcdefgh", "DIY shops"))
OLD = ("h", "2024-01", 1)


def tier_of(*sales, **options):
    result = tiered(ALL, months(*sales), OCTOBER, **options)
    return result.customers.set_index("customer_id")["tier"].to_dict()


def test_customer_crossing_the_cutoff_is_still_a():
    """Cumulative before: 0, .50, .70, .90, .97: the third begins below 75 % and ends above it."""
    sales = [
        ("a", "2026-10", 50),
        ("b", "2026-10", 20),
        ("c", "2026-10", 20),
        ("d", "2026-10", 7),
        ("e", "2026-10", 3),
    ]
    assert tier_of(*sales) == {"a": "A", "b": "A", "c": "A", "d": "B", "e": "C"}


def test_customer_beginning_exactly_at_the_cutoff_is_b():
    assert tier_of(("a", "2026-10", 75), ("b", "2026-10", 20), ("c", "2026-10", 5)) == {
        "a": "A",
        "b": "B",
        "c": "C",
    }


def test_equal_sales_rank_by_customer_id():
    result = tiered(ALL, months(("b", "2026-10", 5), ("a", "2026-10", 5)), OCTOBER)
    assert result.customers[["customer_id", "rank"]].to_numpy().tolist() == [["a", 1.0], ["b", 2.0]]


def test_customer_with_nothing_but_returns_stands_apart():
    result = tiered(ALL, months(("a", "2026-10", 5), ("b", "2026-10", -5)), OCTOBER)
    table = result.customers.set_index("customer_id")
    assert table["tier"].to_dict() == {"a": "A", "b": "none"}
    assert np.isnan(table.loc["b", "rank"])
    assert table.loc["a", "share"] == 1


def test_classes_are_ranked_apart_and_the_company_together():
    base = customers(a="Chains", b="Chains", c="DIY shops", d=None)
    sales = months(("a", "2026-10", 800), ("b", "2026-10", 200), ("c", "2026-10", 10), ("d", "2026-10", 1))
    by_class, together = tiered(base, sales, OCTOBER), tiered(base, sales, OCTOBER, by=None)
    crossed = two_way(by_class, together.customers).set_index("customer_id")
    assert crossed["first_tier"].to_dict() == {"a": "A", "b": "B", "c": "A", "d": "A"}
    assert crossed["second_tier"].to_dict() == {"a": "A", "b": "B", "c": "C", "d": "C"}
    assert by_class.summary.query("kind == 'total'")["customers"].tolist() == [3, 1, 0, 0]


def test_one_large_order_leaving_the_window_is_named_as_the_reason():
    sales = months(
        OLD, ("a", "2025-10", 42_000), ("a", "2026-09", 100), ("b", "2026-05", 1000), ("c", "2026-06", 50)
    ).assign(orders=1)
    result = tiered(ALL, sales, OCTOBER)
    mover = result.movers.set_index("customer_id").loc["a"]
    assert (mover["previous_tier"], mover["tier"], mover["reason"]) == ("A", "B", "order_left")
    assert (mover["left_amount"], mover["left_orders"], mover["change_amount"]) == (42_000, 1, -42_000)
    other = result.movers.set_index("customer_id").loc["b"]
    assert (other["previous_tier"], other["tier"], other["reason"]) == ("C", "A", "others")
    assert result.movement.loc["A", "B"] == 1
    assert result.previous_complete


def test_orders_and_returns_of_this_month_are_reasons_too():
    sales = months(OLD, ("a", "2026-05", 100), ("b", "2026-05", 30), ("b", "2026-10", 900)).assign(orders=2)
    assert tiered(ALL, sales, OCTOBER).movers.set_index("customer_id")["reason"].to_dict() == {
        "a": "others",
        "b": "orders_entered",
    }
    returned = months(OLD, ("a", "2026-05", 100), ("b", "2026-05", 90), ("a", "2026-10", -95)).assign(
        orders=1
    )
    assert (
        tiered(ALL, returned, OCTOBER).movers.set_index("customer_id").loc["a", "reason"] == "returns_entered"
    )


def test_stability_counts_months_in_the_tier():
    sales = months(OLD, ("a", "2025-11", 100), ("b", "2026-08", 900), ("a", "2026-01", 20))
    result = tiered(ALL, sales, OCTOBER)
    table = result.customers.set_index("customer_id")
    assert table.loc["b", "months_in_tier"] == 3  # August, September, October
    assert (table.loc["a", "tier"], table.loc["a", "months_in_tier"]) == ("B", 3)
    assert result.stability.set_index("month").loc["2026-10-01", "kept_share"] == 1
    assert result.stability.set_index("month").loc["2026-08-01", "kept_share"] == 0


def test_customer_just_over_the_line_is_near_it():
    sales = months(("a", "2026-10", 74), ("b", "2026-10", 20), ("c", "2026-10", 6))
    table = tiered(ALL, sales, OCTOBER).customers.set_index("customer_id")
    assert table.loc["b", "line_points"] == pytest.approx(1)
    assert table["near"].to_dict() == {"a": False, "b": True, "c": True}


def test_margin_tiers_need_a_cost():
    sales = months(("a", "2026-10", 100), ("b", "2026-10", 90))
    with pytest.raises(WorkbookError, match="cost_amount"):
        tiered(ALL, sales, OCTOBER, measure="margin_amount")
    costed = sales.assign(cost_amount=[99.0, 10.0], net_amount_with_cost=sales["net_amount"])
    result = tiered(ALL, costed, OCTOBER, measure="margin_amount")
    assert result.customers["customer_id"].tolist() == ["b", "a"]
    assert result.customers["amount"].tolist() == [80, 1]


def test_cutoffs_out_of_range_are_an_error():
    with pytest.raises(WorkbookError, match="cut-offs"):
        tiered(ALL, months(), OCTOBER, cutoffs=(0.9, 0.5))


def test_company_without_customers():
    result = tiered(customers(), months(), OCTOBER)
    assert result.customers.empty
    assert result.movement.to_numpy().sum() == 0


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(company_months, st.sampled_from([3, 10]), st.randoms(use_true_random=False))
def test_currency_unit_row_order_and_later_months_move_nobody(sales, factor, random):
    order = list(range(len(sales)))
    random.shuffle(order)
    base = customers(a="X", b="X", c="Y", d="Y", e=None)
    first = tiered(base, sales, OCTOBER)
    second = tiered(base.iloc[::-1], pd.concat([months(("a", "2026-12", 9)), sales.iloc[order]]), OCTOBER)
    for name in ("customers", "summary", "movement", "movers", "stability"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)
    scaled = tiered(base, sales.assign(net_amount=sales["net_amount"] * factor), OCTOBER)
    pd.testing.assert_frame_equal(first.movement, scaled.movement)
    pd.testing.assert_series_equal(
        first.customers.set_index("customer_id")["tier"].sort_index(),
        scaled.customers.set_index("customer_id")["tier"].sort_index(),
    )
    assert (
        to_units(first.customers["amount"]).sum()
        == to_units(first.summary.iloc[-len(TIERS) :]["amount"]).sum()
    )


def test_eight_customers_with_ties_a_return_and_a_zero_by_hand():
    """Positive sales 200: b 90, d 40, c 20 and e 20 (a tie), a 16 (20 less a return of 4), f 14; g 0, h -3.

    Cumulative before: b 0, d .45, c .65, e .75, a .85, f .93; so b, d and c are A, the rest begins at 75 %.
    """
    sales = months(
        ("b", "2026-10", 90), ("d", "2026-02", 40), ("e", "2026-03", 20), ("c", "2025-11", 20),
        ("a", "2026-05", 20), ("a", "2026-06", -4), ("f", "2026-01", 14), ("g", "2026-04", 10),
        ("g", "2026-09", -10), ("h", "2026-08", -3),
    )  # fmt: skip
    table = tiered(ALL, sales, OCTOBER, near_points=2.5).customers
    assert table["customer_id"].tolist() == ["b", "d", "c", "e", "a", "f", "g", "h"]
    assert table["rank"].tolist()[:6] == [1, 2, 3, 4, 5, 6]
    assert table["rank"].isna().tolist() == [False] * 6 + [True] * 2
    assert table["tier"].tolist() == ["A", "A", "A", "B", "B", "B", "none", "none"]
    assert table["amount"].tolist() == [90, 40, 20, 20, 16, 14, 0, -3]
    assert table["share"].tolist()[:6] == pytest.approx([0.45, 0.2, 0.1, 0.1, 0.08, 0.07])
    before = table["cumulative_share_before"].tolist()[:6]
    assert before == pytest.approx([0, 0.45, 0.65, 0.75, 0.85, 0.93])
    assert table["near"].tolist() == [False, False, False, True, False, True, False, False]


def test_distance_to_the_line_in_money_is_to_the_first_customer_beyond_it():
    sales = months(("a", "2026-10", 74), ("b", "2026-10", 20), ("c", "2026-10", 4), ("d", "2026-10", 2))
    table = tiered(ALL, sales, OCTOBER).customers.set_index("customer_id")
    assert table["tier"].to_dict() == {"a": "A", "b": "A", "c": "B", "d": "C"}
    # b leads the first B by 16; c begins one point before the line to C and leads d by 2; d lags c by 2.
    assert table["line_amount"].to_dict() == pytest.approx({"a": 70, "b": 16, "c": 2, "d": -2})
    alone = tiered(ALL, months(("a", "2026-10", 74)), OCTOBER).customers
    assert alone["line_amount"].isna().all()
