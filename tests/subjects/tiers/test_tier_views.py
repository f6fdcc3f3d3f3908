"""What readers are told of tiers, movement, concentration and dependence is what the figures say."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from books import text_of
from frames import concentrated, depending, tiered

from helpers.present.numbers import numbers
from helpers.subjects.composition import price_volume_mix_views as prices
from helpers.subjects.composition.price_volume_mix import price_volume_mix
from helpers.subjects.tiers import concentration_views as hangs
from helpers.subjects.tiers import margin_views as tier_margins
from helpers.subjects.tiers import movement_views as tier_movement
from helpers.subjects.tiers import views as show
from helpers.subjects.tiers.tiers import tiers_by

OCTOBER = pd.Period("2026-10", "M")
N = numbers("en", "CNY")
HOSTILE = "<script>alert(1)</script> {month} $x$"
NAMES = {"a": "Anvil", "b": "Bolt", "c": HOSTILE, "d": "Drill", "e": None}


def months(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "month", "net_amount"])
    net = frame["net_amount"].astype("float64")
    return frame.assign(
        month=pd.to_datetime(frame["month"] + "-01"), net_amount=net, net_amount_with_cost=net,
        cost_amount=net * 0.6, purchase_days=1, orders=1,
    )  # fmt: skip


CUSTOMERS = pd.DataFrame(
    {
        "customer_id": pd.array(list(NAMES), dtype="str"),
        "name": pd.array(list(NAMES.values()), dtype="str"),
        "trade_class": pd.array(["Chains"] * 3 + ["DIY shops"] * 2, dtype="str"),
        "salesperson_id": pd.array(["S1", "S2", "S1", "S2", None], dtype="str"),
        "salesperson_name": pd.array(["Li", "Li", "Li", "Li", None], dtype="str"),
    }
)
#: Chains: a loses an order of 42,000 and falls from A to C; b and c stay. DIY shops: d new, e gone.
SALES = months(
    ("a", "2024-01", 1), ("a", "2025-10", 42_000), ("a", "2026-01", 100), ("b", "2026-02", 9_000),
    ("c", "2026-03", 2_000), ("d", "2026-10", 12_300), ("e", "2025-10", 700),
)  # fmt: skip
BY_CLASS = tiered(CUSTOMERS, SALES, OCTOBER)
OVERALL = tiered(CUSTOMERS, SALES, OCTOBER, by=None)
EMPTY = tiered(CUSTOMERS.iloc[:0], SALES.iloc[:0], OCTOBER)


def line_of(item, name):
    return next(line for line in text_of(item).splitlines() if line.startswith(name))


def test_summary_gives_customers_money_and_share_of_each_tier():
    """Chains 11,100: b 9,000 begins at 0, c 2,000 at 81.1 %, a 100 at 99.1 %."""
    chains = line_of(show.summary_table(BY_CLASS, N), "Chains").split()
    assert chains == ["Chains", "1", "9,000", "81.1%", "1", "2,000", "18.0%", "1", "100", "0.9%", "0"]
    assert line_of(show.summary_table(BY_CLASS, N), "Total").split()[1:3] == ["2", "21,300"]
    assert "net sales" in show.summary_table(BY_CLASS, N).caption
    assert line_of(show.summary_table(OVERALL, N), "All together").split()[2:4] == ["2", "21,300"]


def test_the_curve_says_how_many_bring_how_much():
    chart = show.pareto_chart(OVERALL, N)
    assert chart.title == "2 of 4 customers (50.0%) bring 91.0% of net sales"
    assert chart.alt == "A: 2 customers, 91.0%; B: 1 customer, 8.5%; C: 1 customer, 0.4%"


def test_the_list_shows_a_and_b_and_says_how_many_more_there_are():
    whole = show.list_table(BY_CLASS, N, OVERALL)
    assert "Anvil" not in whole.text, "C customers are counted in the summary, not listed"
    assert line_of(whole, "Bolt").split() == ["Bolt", "Chains", "1", "9,000", "81.1%", "81.1%", "A", "A", "1"]
    assert show.list_table(BY_CLASS, N, most=2).caption.endswith("the 2 largest of 3")
    assert "Trade class" not in show.list_table(OVERALL, N).text


def test_names_from_the_data_are_never_markup():
    for item in (show.list_table(BY_CLASS, N), tier_movement.movers_table(BY_CLASS, N)):
        assert "<script>" not in item.html
    assert HOSTILE in show.list_table(BY_CLASS, N).text


def test_a_customer_without_sales_left_in_the_window_is_listed_apart():
    apart = show.without_tier(BY_CLASS, N)
    assert line_of(apart, "e").split() == ["e", "DIY", "shops", "0", "700", "A"]
    assert apart.row_count == 1


def test_near_a_line_names_side_points_and_money():
    sales = months(("a", "2026-10", 74), ("b", "2026-10", 20), ("c", "2026-10", 6))
    near = show.near_table(tiered(CUSTOMERS, sales, OCTOBER), N)
    assert line_of(near, "Bolt").split("  ")[-1].strip() == "+14"
    assert "just inside A" in line_of(near, "Bolt")
    assert "+1.0 pts" in line_of(near, "Bolt")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("order_left", 0, 0, 42_000, 1, -42_000), "one order of 42,000 dropped out of the 12 months"),
        (("order_entered", 12_300, 1, 0, 0, 12_300), "one order of 12,300 came in"),
        (("orders_entered", 9_000, 3, 50, 1, 8_950), "3 orders of 9,000 came in, 50 dropped out"),
        (("orders_left", 10, 1, 900, 2, -890), "2 orders of 900 dropped out of the 12 months, 10 came in"),
        (("returns_entered", -95, 1, 0, 0, -95), "returns of 95 this month"),
        (("returns_left", 0, 0, -95, 1, 95), "returns of 95 dropped out of the 12 months"),
        (("others", 0, 0, 0, 0, 0), "others moved past"),
        (("others", 5, 1, 0, 0, 5), "others moved past: it grew less than they did"),
    ],
)
def test_reasons_are_said_in_words(row, words):
    names = ["reason", "entered_amount", "entered_orders", "left_amount", "left_orders", "change_amount"]
    mover = pd.Series(dict(zip(names, row, strict=True)) | {"previous_tier": "A", "tier": "B"})
    assert tier_movement.reason(mover, 12, N) == words


def test_movement_names_who_fell_and_why():
    chart, said, table = tier_movement.movement(BY_CLASS, N)
    assert chart.title.startswith("Since last month 2 up and 1 down; 1 came into the tiers, 1 dropped out")
    fall = "2 customers are no longer A; the largest fall is that of Anvil (one order of 42,000 dropped"
    assert fall in text_of(said)
    assert "A → C" in line_of(table, "Anvil")
    assert "None → A" in line_of(table, "Drill")


def test_without_a_month_before_there_is_no_movement():
    young = tiered(CUSTOMERS, SALES[SALES["month"] >= "2025-11"], OCTOBER)
    (only,) = tier_movement.movement(young, N)
    assert "no month to compare" in text_of(only)


def test_margin_against_sales_names_who_earns_little():
    """By sales b 9,000 is A; by margin c (1,800) leads and b, sold at a loss, has no tier."""
    costed = SALES.assign(cost_amount=SALES["net_amount"] * 0.1)
    costed.loc[costed["customer_id"] == "b", "cost_amount"] = 9_500.0
    by_margin = tiered(CUSTOMERS, costed, OCTOBER, measure="margin_amount")
    chart, said, table, _ = tier_margins.margin_tiers(BY_CLASS, by_margin, N)
    assert "A by sales, None by margin" in line_of(table, "Bolt")
    assert "-5.6%" in line_of(table, "Bolt").replace("−", "-")
    assert "1 A customer by sales is not A by margin: Bolt" in text_of(said)
    assert chart.title == "Tier by margin against tier by sales: 1 lower, 1 higher"


def test_tiers_by_contribution_are_of_what_is_left_in_the_same_classes():
    """In Chains 1,500 of 1,690 is c's; b, 89 % before it, and a, 95 % less a bit before it, are B; d costs more."""
    left = pd.DataFrame(
        {"customer_id": ["c", "b", "a", "d", None], "contribution_amount": [1_500.0, 100, 90, -5, 9_999]}
    )
    margin = SimpleNamespace(counted=("freight",), customers=left)
    ranked = tiers_by(BY_CLASS, left.dropna().set_index("customer_id")["contribution_amount"])
    assert dict(zip(ranked["customer_id"], ranked["tier"], strict=True)) == {
        "a": "B", "b": "B", "c": "A", "d": "none", "e": "none",
    }  # fmt: skip
    said, table = tier_margins.contribution_tiers(BY_CLASS, margin, N)
    assert said.sentences == (
        "2 A customers by sales are not A by contribution: CN¥21.3K of net sales, of which CN¥95 is left.",
        "1 customer is A by contribution but not by sales: CN¥2K of net sales, of which CN¥1.5K is left.",
    )
    assert "C by sales, B by contribution" in line_of(table, "Anvil")
    (chinese, _) = tier_margins.contribution_tiers(BY_CLASS, margin, numbers("zh", "CNY"))
    assert len(chinese.sentences) == 2 and all("净毛利" in each for each in chinese.sentences)
    # Where nothing but the goods has a known cost, what is left is the margin, which has a section of its own.
    assert not tier_margins.contribution_tiers(BY_CLASS, SimpleNamespace(counted=(), customers=left), N)


def test_states_of_tiers_count_who_is_slipping_and_name_them():
    """Bolt is A and lapsed; whoever is active is not named, and whoever has no tier is not counted."""
    ids = BY_CLASS.customers["customer_id"]
    state = ids.map({"b": "lapsed"}).fillna("active")
    known = SimpleNamespace(customers=pd.DataFrame({"customer_id": ids, "state": state}))
    chart, table = tier_movement.tier_states(BY_CLASS, known, N)
    leaders = int((BY_CLASS.customers["tier"] == "A").sum())
    assert chart.title.startswith(
        f"1 of {leaders} A customers is slowing, overdue, at risk or lapsed, with CN¥9K"
    )
    assert "Lapsed, A: 1" in chart.alt
    assert table.frame["customer"].tolist() == ["Bolt"]
    assert "Lapsed" in line_of(table, "Bolt")


def test_without_costs_the_section_says_what_it_needs():
    (only,) = tier_margins.margin_tiers(BY_CLASS, None, N)
    assert "order_lines.cost_amount" in text_of(only)


def test_the_lorenz_curve_says_what_the_smaller_half_bring():
    """Two customers who bring 25 and 75: the smaller half bring a quarter."""
    sold = pd.DataFrame(
        {
            "customer_id": ["C1", "C2"],
            "month": pd.to_datetime(["2026-10-01", "2026-10-01"]),
            "net_amount": [25.0, 75.0],
        }
    )
    chart = hangs.lorenz_chart(concentrated(sold, OCTOBER), N)
    assert chart.title == "The smaller half of the customers bring 25.0% of net sales (Gini coefficient 0.25)"


def test_concentration_says_what_the_measures_are():
    result = concentrated(SALES, OCTOBER)
    (chart, said), (_lorenz, table) = hangs.concentration(result, N), hangs.concentration_measures(result, N)
    assert "The largest customer brings 52.6% of net sales" in text_of(said)
    assert "100.0% of net sales" in chart.title
    assert "52.6% (1)" in line_of(table, "Share of the largest 1 %")
    assert "so many customers alike" in text_of(table)


def test_dependence_says_on_whom_most_hangs():
    result = depending(CUSTOMERS, SALES, OCTOBER)
    assert "Without Drill, CN¥12.3K of net sales would be gone, 52.6% of all." in text_of(
        hangs.dependence_findings(result, N)
    )
    rows = text_of(hangs.dependence_table(result, N))
    assert "Bolt · <script>alert(1)</script> {month} $x$ · Anvil" in rows


def test_price_and_volume_are_told_apart():
    """Ten pieces at 10, then twelve at 11: 12 of price and 20 of volume."""
    sold = pd.DataFrame(
        {
            "trade_class": pd.array(["Chains"] * 2, dtype="str"),
            "assigned": True, "product_id": ["P", "P"],
            "month": pd.to_datetime(["2025-10-01", "2026-10-01"]), "net_amount": [100.0, 132.0],
            "quantity": [10.0, 12.0],
        }
    )  # fmt: skip
    result = price_volume_mix(sold, OCTOBER, first_month=OCTOBER - 24)
    chart, said, table = prices.price_volume_mix(result, N)
    assert chart.title == "Sales rose by CN¥32: the volume of goods +CN¥20"
    assert "prices rose by 10.0%" in text_of(said)
    assert line_of(table, "Chains").split() == ["Chains", "100", "+12", "+20", "0", "132", "+32"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_company_without_customers_gets_sentences_not_errors(language):
    n = numbers(language, "CNY")
    nobody = depending(CUSTOMERS.iloc[:0], SALES.iloc[:0], OCTOBER)
    together = tiered(CUSTOMERS.iloc[:0], SALES.iloc[:0], OCTOBER, by=None)
    items = [
        show.tier_findings(EMPTY, together, n), show.summary_table(EMPTY, n),
        show.summary_table(together, n),
        show.pareto_chart(together, n), show.list_table(EMPTY, n, together),
        show.near_table(EMPTY, n),
        show.without_tier(EMPTY, n), *tier_movement.movement(EMPTY, n),
        tier_movement.stability_chart(EMPTY, n),
        *hangs.concentration(concentrated(SALES.iloc[:0], OCTOBER), n),
        hangs.dependence_findings(nobody, n), hangs.dependence_table(nobody, n),
    ]  # fmt: skip
    assert all(text_of(item) for item in items)


def test_the_tier_that_is_picked_is_drawn_and_listed():
    together = tiered(CUSTOMERS, SALES, OCTOBER, by=None, history_months=1)
    alone = show.list_table(together, N, listed_tiers=("C",))
    expected = together.customers[together.customers["tier"] == "C"]
    assert list(alone.frame["customer_id"]) == list(expected["customer_id"])
    assert "Months" not in [column.label for column in alone.columns.values()]  # nothing is known of the past
    counts = together.customers["tier"].value_counts()
    assert show.pareto_chart(together, N, "B").title.startswith(f"{counts.get('B', 0)} of ")
