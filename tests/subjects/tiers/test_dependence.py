"""What would go with the largest customers of each class."""

from __future__ import annotations

import math

import numpy as np
import pytest
from frames import OCTOBER, company_months, customers, depending, months
from hypothesis import given, settings

BASE = customers(a="Chains", b="Chains", c="Chains", d="Chains", e="DIY shops", f=None)
SALES = months(
    ("a", "2026-10", 600), ("b", "2026-01", 200), ("c", "2025-11", 100), ("d", "2026-05", 100),
    ("e", "2026-10", 250), ("f", "2026-02", -50), ("a", "2025-10", 9000),
)  # fmt: skip


def rows(result):
    frame = result.groups
    keys = [(kind, None if group != group else group, top) for kind, group, top in
            zip(frame["kind"], frame["group"], frame["top"], strict=True)]  # fmt: skip
    return dict(zip(keys, frame.to_dict("records"), strict=True))


def test_losing_the_largest_by_hand():
    """Chains sell 1,000, all together 1,250; the others of the chains bring 400 / 3 each."""
    largest = rows(depending(BASE, SALES, OCTOBER))["group", "Chains", 1]
    assert largest["customer_ids"] == ("a",)
    assert (largest["customers"], largest["net_amount"]) == (4, 600)
    assert (largest["share"], largest["total_share"]) == (0.6, 0.48)
    assert largest["average_other_amount"] == pytest.approx(133.3333)
    assert largest["customers_to_replace"] == pytest.approx(4.5)


def test_three_largest_take_equal_sales_by_customer_id():
    three = rows(depending(BASE, SALES, OCTOBER))["group", "Chains", 3]
    assert three["customer_ids"] == ("a", "b", "c")
    assert three["names"] == ("Customer a", "Customer b", "Customer c")
    assert (three["share"], three["customers_to_replace"]) == (0.9, 9)


def test_nobody_is_left_to_replace_the_only_customer_of_a_class():
    found = rows(depending(BASE, SALES, OCTOBER))
    assert math.isnan(found["group", "DIY shops", 1]["customers_to_replace"])
    assert found["group", "DIY shops", 3]["customer_ids"] == ("e",)
    assert not any(kind == "not_recorded" for kind, _, _ in found), "net sales below zero do not count"
    assert found["total", None, 3]["customer_ids"] == ("a", "e", "b")


def test_margin_is_known_where_there_is_a_cost():
    unknown = rows(depending(BASE, SALES, OCTOBER))["group", "Chains", 1]
    assert math.isnan(unknown["margin_amount"])
    costed = SALES.assign(
        net_amount_with_cost=SALES["net_amount"], cost_amount=[500.0, 100.0, np.nan, 50.0, 200.0, 0.0, 0.0]
    )
    costed["net_amount_with_cost"] = costed["net_amount"].where(costed["cost_amount"].notna())
    largest = rows(depending(BASE, costed, OCTOBER))["group", "Chains", 1]
    assert (largest["margin_amount"], largest["margin_share"]) == (100, 0.4)  # of 100 + 100 + 50


def test_company_without_sales_depends_on_nobody():
    assert depending(customers(), months(), OCTOBER).groups.empty


@settings(max_examples=25, deadline=None)
@given(company_months)
def test_three_weigh_at_least_as_much_as_one_and_no_class_more_than_all(sales):
    frame = depending(customers(a="X", b="X", c="Y", d="Y", e=None), sales, OCTOBER).groups
    one, three = frame[frame["top"] == 1], frame[frame["top"] == 3]
    assert (three["share"].to_numpy() >= one["share"].to_numpy()).all()
    assert (frame["total_share"] <= frame["share"] + 1e-12).all()
    assert frame["share"].le(1).all()
