from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import OCTOBER
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.amounts import to_units
from helpers.subjects.composition.price_volume_mix import EFFECTS, MOST, category_mix, price_volume_mix


def product_months(*rows):
    """(class, product, month, net sales, quantity), ...; class "-" stands for lines without a customer."""
    frame = pd.DataFrame(rows, columns=["trade_class", "product_id", "month", "net_amount", "quantity"])
    frame["month"] = pd.to_datetime(frame["month"] + "-01")
    frame["assigned"] = frame["trade_class"] != "-"
    frame["trade_class"] = frame["trade_class"].where(frame["assigned"])
    return frame.astype({"net_amount": "float64", "quantity": "float64"})


def test_worked_example_by_hand():
    """Pumps 10 at 100, then 12 at 110; seals 50 at 2, then 40 at 2. 60 units, then 52, at 1100 / 60."""
    sales = product_months(
        ("DIY shops", "pump", "2025-10", 1000, 10), ("DIY shops", "pump", "2026-10", 1320, 12),
        ("DIY shops", "seal", "2025-10", 100, 50), ("DIY shops", "seal", "2026-10", 80, 40),
        ("DIY shops", "hose", "2026-10", 30, 3), ("DIY shops", "valve", "2025-10", 25, 1),
        ("DIY shops", None, "2026-10", 9, 1), ("-", "pump", "2026-10", 110, 1),
    )  # fmt: skip
    table = price_volume_mix(sales, OCTOBER).groups.set_index("kind")
    shops = table.loc["group"]
    assert shops["price_amount"] == 120
    assert shops["volume_amount"] == pytest.approx(-8 * 1100 / 60, abs=1e-4)
    assert shops["mix_amount"] == pytest.approx((2 * 100 - 10 * 2) + 8 * 1100 / 60, abs=1e-4)
    assert (shops["new_products_amount"], shops["vanished_products_amount"]) == (30, -25)
    assert shops["other_amount"] == 9
    assert table.loc["unassigned", "new_products_amount"] == 110
    assert table.loc["total", "change_amount"] == 1320 + 80 + 30 + 9 + 110 - 1125


def test_dearer_goods_in_the_same_numbers_are_all_price():
    sales = product_months(("X", "p", "2025-10", 100, 10), ("X", "p", "2026-10", 120, 10))
    result = price_volume_mix(sales, OCTOBER)
    assert [result.groups.loc[0, f"{name}_amount"] for name in EFFECTS] == [20, 0, 0, 0, 0, 0]
    assert result.products[["price_previous", "price", "price_amount"]].iloc[0].tolist() == [10, 12, 20]


def test_a_late_return_of_a_product_that_is_gone_does_not_hide_that_it_is_gone():
    """Of 5,000 a year ago one piece came back now; of a new one, a piece of before the windows a year ago."""
    sales = product_months(
        ("X", "gone", "2025-10", 5000, 50), ("X", "gone", "2026-10", -100, -1),
        ("X", "new", "2025-10", -20, -1), ("X", "new", "2026-10", 700, 35),
        ("X", "credited", "2025-10", 300, 3), ("X", "credited", "2026-10", -30, 0),
        ("X", "by amount", "2025-10", 40, 0), ("X", "by amount", "2026-10", 60, 2),
    )  # fmt: skip
    shops = price_volume_mix(sales, OCTOBER).groups.iloc[0]
    assert shops["vanished_products_amount"] == (-100 - 5000) + (-30 - 300)
    assert shops["new_products_amount"] == 700 - -20
    assert shops["other_amount"] == 60 - 40
    assert (shops["price_amount"], shops["volume_amount"], shops["mix_amount"]) == (0, 0, 0)


def test_no_sales_at_all():
    assert price_volume_mix(product_months(), OCTOBER).groups["change_amount"].tolist() == [0]


lines = st.tuples(
    st.sampled_from(["X", "Y", None, "-"]),
    st.sampled_from(["p", "q", "r", None]),
    st.integers(0, 23).map(lambda back: str(OCTOBER - back)),
    st.integers(-(10**7), 10**8).map(lambda units: units / 10_000),
    st.integers(-5, 50),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(lines, max_size=30))
def test_effects_add_up_to_the_change_exactly(rows):
    table = price_volume_mix(product_months(*rows), OCTOBER).groups
    parts = sum(to_units(table[f"{name}_amount"]) for name in EFFECTS)
    assert (parts == to_units(table["change_amount"])).all()
    assert (to_units(table["net_amount"]) - to_units(table["net_amount_previous"]) == parts).all()
    assert np.array_equal(parts[:-1].sum(), parts[-1])


def test_categories_add_up_to_all_sales_and_lines_without_one_stand_apart():
    sales = product_months(
        ("DIY shops", "pump", "2025-10", 1000, 10), ("DIY shops", "pump", "2026-10", 1320, 12),
        ("DIY shops", "seal", "2026-10", 80, 40), ("Chains", "seal", "2025-10", 50, 25),
        ("Chains", None, "2026-10", 9, 1), ("-", "hose", "2026-10", 7, 1),
    )  # fmt: skip
    goods = pd.DataFrame({"product_id": ["pump", "seal", "hose"], "category": ["Pumps", "Parts", None]})
    mix = category_mix(price_volume_mix(sales, OCTOBER), sales, goods)
    assert mix.categories[["category", "kind", "net_amount", "change_amount"]].to_dict("list") == {
        "category": ["Pumps", "Parts", np.nan], "kind": ["group", "group", "not_recorded"],
        "net_amount": [1320.0, 80.0, 16.0], "change_amount": [320.0, 30.0, 16.0],
    }  # fmt: skip
    chains = mix.cells[mix.cells["class_group"] == "Chains"].set_index("kind")["change_amount"]
    assert chains.to_dict() == {"group": -50.0, "not_recorded": 9.0}
    assert mix.months["net_amount"].sum() == sales["net_amount"].sum()


def test_of_many_categories_the_smaller_ones_are_one():
    sales = product_months(*(("X", f"p{size:02}", "2026-10", size, 1) for size in range(1, 21)))
    goods = pd.DataFrame({"product_id": sales["product_id"], "category": "c" + sales["product_id"]})
    mix = category_mix(price_volume_mix(sales, OCTOBER), sales, goods)
    assert mix.categories["category"].tolist()[:2] == ["cp20", "cp19"]
    assert mix.categories["kind"].tolist() == [*["group"] * MOST, "others"]
    assert mix.categories["net_amount"].iloc[-1] == sum(range(1, 20 - MOST + 1))
