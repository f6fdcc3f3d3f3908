from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import OCTOBER, company_months, composed, customers, months
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.amounts import to_units
from helpers.subjects.composition.composition import COLUMNS

CUSTOMERS = customers(a="DIY shops", b="Specialist shops", c="DIY shops", d=None)
SALES = months(
    ("a", "2026-10", 300.00), ("a", "2025-10", 100.00), ("a", "2026-09", 100.00),
    ("b", "2026-03", 500.00), ("b", "2025-12", 100.00), ("b", "2024-11", 300.00),
    ("c", "2025-06", 50.00),
    ("d", "2026-02", 60.00),
    ("stranger", "2026-01", 40.00),
)  # fmt: skip
UNASSIGNED = months(("", "2026-10", 100.00)).drop(columns=["customer_id", "purchase_days"])


def rows_of(result):
    table = pd.concat([result.groups, result.total])
    return table.assign(key=table["group"].fillna(table["kind"])).set_index("key")


def test_worked_example_by_hand():
    table = rows_of(composed(CUSTOMERS, SALES, OCTOBER, unassigned=UNASSIGNED))
    assert table.index.tolist() == ["Specialist shops", "DIY shops", "not_recorded", "unassigned", "total"]
    assert table["net_amount"].tolist() == [600, 400, 100, 100, 1200]
    assert table["share_percent"].tolist() == [50.0, 33.4, 8.3, 8.3, 100.0]  # 33.33 takes the tenth left over
    assert table["customers"].tolist() == [1, 1, 2, 0, 4]
    assert table["net_amount_previous"].tolist() == [300, 150, 0, 0, 450]
    assert table["change_amount"].tolist() == [300, 250, 100, 100, 750]
    assert table["change_percent"].tolist()[:2] == [100.0, pytest.approx(500 / 3)]
    assert np.isnan(table.loc["not_recorded", "change_percent"])
    assert table["month_net_amount"].tolist() == [0, 300, 0, 100, 400]
    assert table["last_month_net_amount"].tolist() == [0, 100, 0, 0, 100]
    assert table["month_last_year_net_amount"].tolist() == [0, 100, 0, 0, 100]
    assert table["ytd_net_amount"].tolist() == [500, 400, 100, 100, 1100]
    assert table["ytd_previous_net_amount"].tolist()[:2] == [0, 150]


def test_share_against_policy_in_points_and_in_money():
    policy = {"DIY shops": 40.0, "Specialist shops": 30.0, "Chains": 30.0}
    table = rows_of(composed(CUSTOMERS, SALES, OCTOBER, policy=policy, unassigned=UNASSIGNED))
    assert table.loc["Specialist shops", ["gap_points", "gap_amount"]].tolist() == [20.0, 240.0]
    assert table.loc["DIY shops", "gap_amount"] == -80  # 480 of 1200 are wanted
    assert table.loc["Chains", ["net_amount", "share_percent", "gap_amount"]].tolist() == [0, 0, -360]
    assert np.isnan(table.loc["not_recorded", "policy_percent"])


def test_groups_are_listed_in_the_configured_order_and_then_by_sales():
    result = composed(CUSTOMERS, SALES, OCTOBER, order=["DIY shops"], unassigned=UNASSIGNED)
    assert result.groups["kind"].tolist() == ["group", "group", "not_recorded", "unassigned"]
    assert result.groups["group"].tolist()[:2] == ["DIY shops", "Specialist shops"]


def test_plan_is_compared_over_the_window_the_month_and_the_year_to_date():
    targets = pd.DataFrame(
        [
            ("2025", "company", None, "net_sales", 1200.0),
            ("2026", "company", None, "net_sales", 2400.0),
            ("2026-10", "company", None, "net_sales", 500.0),
            ("2026-Q4", "trade_class", "DIY shops", "net_sales", 600.0),
            ("2026", "company", None, "visits", 7.0),
        ],
        columns=["period", "scope_type", "scope_id", "metric", "target"],
    )
    table = rows_of(composed(CUSTOMERS, SALES, OCTOBER, unassigned=UNASSIGNED, targets=targets))
    total = table.loc["total"]
    # What October leaves of the year's 2,400 is spread over its other eleven months.
    assert total["plan_month_amount"] == 500
    assert total["plan_ytd_amount"] == pytest.approx(9 * 1900 / 11 + 500, abs=0.001)
    assert total["plan_amount"] == pytest.approx(2 * 100 + 9 * 1900 / 11 + 500, abs=0.001)
    assert total["attainment_month_percent"] == 80
    assert table.loc["DIY shops", "plan_month_amount"] == 200
    assert np.isnan(table.loc["DIY shops", "plan_ytd_amount"])  # no target for the first nine months
    assert np.isnan(table.loc["Specialist shops", "plan_month_amount"])


def test_salesperson_sees_own_plan_and_the_company_in_shares_alone():
    company = composed(CUSTOMERS, SALES, OCTOBER, unassigned=UNASSIGNED)
    targets = pd.DataFrame(
        [
            ("2026-10", "salesperson", "s1", "net_sales", 600.0),
            ("2026-10", "company", None, "net_sales", 1.0),
        ],
        columns=["period", "scope_type", "scope_id", "metric", "target"],
    )
    own = composed(
        CUSTOMERS.iloc[:1],
        SALES.iloc[:3],
        OCTOBER,
        targets=targets,
        plan_scope=("salesperson", "s1"),
        company_shares=company.company_shares(),
    )
    table = rows_of(own)
    assert table.loc["total", "attainment_month_percent"] == 50
    assert table.loc["DIY shops", "company_share_percent"] == pytest.approx(33)  # not 33.3: rounded
    assert table.loc["DIY shops", "company_difference_points"] == pytest.approx(67)
    assert company.company_shares().columns.tolist() == ["kind", "group", "share"]


def test_margin_is_of_the_lines_with_a_cost_and_absent_without_one():
    costed = SALES.assign(
        cost_amount=np.where(SALES["customer_id"] == "b", 0.75 * SALES["net_amount"], np.nan),
        net_amount_with_cost=SALES["net_amount"].where(SALES["customer_id"] == "b"),
    )
    table = rows_of(composed(CUSTOMERS, costed, OCTOBER))
    assert table.loc["Specialist shops", ["margin_amount", "margin_percent"]].tolist() == [150, 25]
    assert np.isnan(table.loc["DIY shops", "margin_amount"])
    assert table.loc["total", "cost_known_percent"] == pytest.approx(100 * 600 / 1100)


def test_year_before_the_data_begin_is_unknown_and_not_zero():
    sales = SALES[SALES["month"] >= "2025-10-01"]
    table = rows_of(composed(CUSTOMERS, sales, OCTOBER))
    assert np.isnan(table.loc["total", "net_amount_previous"])
    assert np.isnan(table.loc["DIY shops", "change_percent"])
    assert np.isnan(table.loc["total", "ytd_previous_net_amount"])
    assert table.loc["DIY shops", "month_last_year_net_amount"] == 100


def test_more_returns_than_sales_leave_shares_undefined():
    result = composed(customers(a="DIY shops"), months(("a", "2026-10", -5)), OCTOBER)
    assert result.total["net_amount"].item() == -5
    assert result.groups["customers"].item() == 0
    assert np.isnan(result.groups["share_percent"].item())
    assert np.isnan(result.total["share_percent"].item())


def test_company_without_customers_and_with_one():
    nobody = composed(customers(), months(), OCTOBER)
    assert nobody.groups.empty
    assert nobody.total["net_amount"].item() == 0
    one = composed(customers(a="DIY shops"), months(("a", "2026-10", 5)), OCTOBER)
    assert one.groups["share_percent"].tolist() == [100.0]


def test_history_shows_the_trailing_share_at_each_month_end():
    history = composed(CUSTOMERS, SALES, OCTOBER, unassigned=UNASSIGNED, history_months=12).history
    assert history["month"].nunique() == 12
    diy = history[history["group"] == "DIY shops"].set_index("month")
    assert diy.loc["2026-09-01", "net_amount"] == 100
    assert diy.loc["2026-09-01", "trailing_net_amount"] == 200  # October 2025 to September 2026
    assert diy.loc["2026-09-01", "trailing_share"] == pytest.approx(200 / 900)
    long = composed(CUSTOMERS, SALES, OCTOBER, history_months=36).history
    assert long["month"].min() == pd.Timestamp("2024-11-01")  # not before the data
    assert long.loc[long["month"] < "2025-10-01", "trailing_net_amount"].isna().all()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(company_months)
def test_groups_add_up_to_the_total_and_shares_to_a_hundred(sales):
    result = composed(CUSTOMERS, sales, OCTOBER, first_month=OCTOBER - 40)
    for column in (
        "net_amount",
        "net_amount_previous",
        "month_net_amount",
        "ytd_net_amount",
        "change_amount",
    ):
        assert to_units(result.groups[column]).sum() == to_units(result.total[column]).sum()
    if result.total["net_amount"].item() > 0:
        assert round(result.groups["share_percent"].sum(), 6) == 100.0
        assert (result.groups["share_percent"] - 100 * result.groups["share"]).abs().max() < 0.1 + 1e-9


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(company_months, st.randoms(use_true_random=False))
def test_row_order_and_later_months_change_nothing(sales, random):
    order = list(range(len(sales)))
    random.shuffle(order)
    later = months(("a", "2026-11", 77), ("z", "2027-01", 5))
    first = composed(CUSTOMERS, sales, OCTOBER)
    second = composed(CUSTOMERS.iloc[::-1], pd.concat([later, sales.iloc[order]]), OCTOBER)
    for name in ("groups", "total", "history"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(company_months, st.sampled_from([2, 5, 100]))
def test_another_currency_unit_changes_no_share(sales, factor):
    scaled = sales.assign(net_amount=sales["net_amount"] * factor)
    first, second = (composed(CUSTOMERS, each, OCTOBER).groups for each in (sales, scaled))
    pd.testing.assert_series_equal(first["share_percent"], second["share_percent"])
    assert [*COLUMNS] == [column for column in first.columns if column not in ("kind", "group")]
