"""What is left of a sale: each step by hand, sums that are exact in every cut, and nothing that nobody gave."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from books import book_on
from builders import line, write_standard_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.proposals import Likelihood
from helpers.present.charts.chart import Chart
from helpers.present.numbers import numbers
from helpers.present.table import Table
from helpers.settings.analysis import Costs
from helpers.settings.config import Settings
from helpers.subjects.net_margin import views as show
from helpers.subjects.net_margin.net_margin import CHARGES, MONEY, net_margin, what_would_turn
from helpers.subjects.net_margin.views import margin_findings, negative, proposed_actions, turn_words
from helpers.subjects.registry import open_facts

RULES = Costs(freight_an_order=20, handling_a_line=1.5, a_visit=100, finance_percent_a_year=12)
PEOPLE = [
    {"customer_id": "a", "salesperson_id": "S1", "trade_class": "Shops"},
    {"customer_id": "b", "salesperson_id": "S2", "trade_class": "Dealers"},
]
#: Three orders of a (one has two lines) and a return, one of b without list price and cost, and one of nobody.
LINES = [
    line("a", "2026-03-02", 900, order="o1", line_no="1", list_amount=1000, cost_amount=600, product_id="p"),
    line("a", "2026-03-02", 90, order="o1", line_no="2", list_amount=100, cost_amount=60, product_id="q"),
    line("a", "2026-05-04", 500, order="o2", list_amount=600, cost_amount=400, product_id="p"),
    line("a", "2026-05-20", -90, order="r1", list_amount=-100, cost_amount=-60, quantity=-1, product_id="p"),
    line("b", "2026-10-01", 40, order="o3", product_id="q"),
    line(None, "2026-10-02", 10, order="o4", cost_amount=4, product_id="q"),
]
SUPPLIED = {
    "order_lines": LINES, "customers": PEOPLE,
    "salespeople": [{"salesperson_id": each, "name": each} for each in ("S1", "S2")],
    "products": [{"product_id": "p", "category": "Saws"}, {"product_id": "q", "category": "Drills"}],
}  # fmt: skip
#: 300 owed by a from April to June: three of the window's twelve month ends.
OWED = {
    "invoices": [{"invoice_id": "i", "customer_id": "a", "invoice_date": "2026-04-10", "due_date": "2026-05-10",
                  "amount": 300}],
    "payments": [{"payment_date": "2026-07-03", "invoice_id": "i", "amount": 300}],
}  # fmt: skip


MET = [
    {"date": "2026-06-01", "customer_id": "a", "kind": "visit"},
    {"date": "2026-06-02", "customer_id": "b", "kind": "call"},
]


def left(facts, rules=RULES, scope="company"):
    """What is left, by these rules; facts rest on none of them."""
    return replace(book_on(facts, scope), settings=Settings(costs=rules)).net_margin()


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """The facts of October 2026 with visits and what is owed."""
    folder = tmp_path_factory.mktemp("margin")
    tables = write_standard_tables(folder / "tables", {**SUPPLIED, **OWED, "interactions": MET})
    return open_facts(tables, pd.Period("2026-10", "M"), Settings(), folder / "cache")


@pytest.fixture(scope="module")
def company(known):
    return left(known)


def of(result, customer):
    return result.customers.set_index("customer_id").loc[customer]


def test_the_way_from_list_price_to_gross_margin_goes_step_by_step(company):
    row = of(company, "a")
    steps = [row[f"{name}_amount"] for name in ("list", "discount", "returns", "net", "cost", "margin")]
    assert steps == [1700, 210, 90, 1400, 1000, 400]


def test_a_sale_whose_cost_nobody_knows_has_no_margin_and_no_discount(company):
    row = of(company, "b")
    assert (row["list_amount"], row["discount_amount"], row["uncosted_amount"], row["margin_amount"]) == (
        40,
        0,
        40,
        0,
    )


def test_a_cost_that_nobody_gave_is_not_counted_and_said_so(known):
    result = left(known, Costs())
    assert (result.counted, result.total("contribution_amount")) == ((), result.total("margin_amount"))


def test_costs_follow_the_rules_of_the_settings(company):
    row = of(company, "a")
    # 2 orders, 3 lines, 1 visit; 300 at 3 of 12 month ends are 75 on average, at 12 % a year.
    charged = [row[f"{name}_amount"] for name in ("freight", "handling", "visit", "finance")]
    assert charged == [40, 4.5, 100, 9]
    assert row["contribution_amount"] == 400 - 153.5
    assert company.by_rule == ("freight", "handling", "visit", "finance")


def test_a_kind_that_the_table_has_follows_no_rule_and_an_order_tells_whose_cost_it_is(facts_of):
    costs = [
        {"date": "2026-03-05", "order_id": "o1", "kind": "运费", "amount": 33.33},
        {"date": "2026-10-05", "order_id": "none", "kind": "Freight", "amount": 7},
        {"date": "2026-10-06", "customer_id": "b", "kind": "card", "amount": 2},
        {"date": "2026-11-06", "customer_id": "b", "kind": "card", "amount": 900},
    ]
    result = left(facts_of("2026-10", **SUPPLIED, costs=costs), Costs(freight_an_order=20))
    assert (of(result, "a")["freight_amount"], of(result, "b")["freight_amount"]) == (33.33, 0)
    assert of(result, "b")["other_amount"] == 2
    assert (result.total("freight_amount"), result.by_rule) == (40.33, ("freight",))


@pytest.mark.slow
def test_a_rule_stands_for_the_months_that_the_table_does_not_reach_and_no_others(facts_of):
    sales = [line("a", f"{month}-10", 100, f"of {month}", cost_amount=60) for month in ("2025-12", "2026-03", "2026-05",
                                                                                      "2026-10")]  # fmt: skip
    costs = [{"date": f"2026-0{month}-28", "order_id": f"of 2026-0{month}", "kind": kind, "amount": amount}
             for month, kind, amount in ((3, "freight", 7), (5, "freight", 9), (5, "finance", 1))]  # fmt: skip
    supplied = SUPPLIED | {"order_lines": sales, "costs": costs} | OWED
    result = left(facts_of("2026-10", **supplied), Costs(freight_an_order=20, finance_percent_a_year=12))
    row = of(result, "a")
    # December and October by rule, March and May from the table, April in between has none.
    assert row["freight_amount"] == 20 + 7 + 9 + 20
    # Owed at the ends of April, May and June: May stands in the table.
    assert row["finance_amount"] == 1 + 300 * 2 / 12 * 0.12
    assert row["mean_balance_amount"] == 75
    said = margin_findings(result, numbers("en", "CNY")).sentences
    assert (
        "Freight: of March 2026 to May 2026 from the table, of the other months by rule of the settings."
        in said
    )
    assert (
        "Freight: of 1 month in between the table has no row, so that nothing is counted of it: April 2026."
        in said
    )
    # Of a kind that the table does not have at all the rule is all there is.
    freight = [row for row in costs if row["kind"] == "freight"]
    alone = left(facts_of("2026-10", **(supplied | {"costs": freight})), Costs(finance_percent_a_year=12))
    assert of(alone, "a")["finance_amount"] == 300 * 3 / 12 * 0.12
    unruled = left(facts_of("2026-10", **supplied), Costs())
    assert of(unruled, "a")["freight_amount"] == 16
    said = margin_findings(unruled, numbers("en", "CNY")).sentences
    assert "Freight: the table has March 2026 to May 2026; nothing is counted of the other months." in said


def test_rebates_come_off_the_margin_of_who_earns_them(facts_of):
    terms = {
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
        "basis": "net_sales",
        "counting": "retroactive",
    }
    rows = [{"agreement_id": "r", "customer_id": "a", "bracket_from": 1000, "rate": 2.5, **terms}]
    result = left(facts_of("2026-10", **SUPPLIED, rebate_agreements=rows), Costs())
    assert (of(result, "a")["rebate_amount"], result.counted) == (35, ("rebate",))


def test_every_cut_adds_up_to_the_same_contribution_and_net_sales(company):
    result = company
    for name in ("net_amount", "contribution_amount"):
        sums = [result.cut(by)[name].sum() for by in ("customer_id", "trade_class", "salesperson_name")]
        assert [round(each, 4) for each in [*sums, result.products[name].sum()]] == [result.total(name)] * 4
    assert result.total("net_amount") == 1450  # as the lines say, those without a customer too
    assert result.products["group"].tolist()[:2] == ["Drills", "Saws"]


def test_a_seller_sees_what_is_left_of_the_own_customers_as_the_company_does(known, company):
    own = left(known, scope="salesperson:S1")
    assert own.customers["customer_id"].tolist() == ["a"]
    assert own.total("net_amount") == 1400 == own.products["net_amount"].sum()
    pd.testing.assert_series_equal(of(own, "a"), of(company, "a"))


def test_what_comes_later_changes_no_earlier_month(facts_of, company):
    paid = [*OWED["payments"], {"payment_date": "2026-11-02", "customer_id": "a", "amount": 90}]
    more = {**SUPPLIED, "order_lines": [*LINES, line("a", "2026-11-05", 999, cost_amount=1)]}
    later = left(facts_of("2026-10", **more, interactions=MET, invoices=OWED["invoices"], payments=paid))
    pd.testing.assert_frame_equal(company.customers, later.customers)
    pd.testing.assert_frame_equal(company.products, later.products)


def test_growth_is_bought_where_the_discount_took_more_than_the_sales_brought(facts_of):
    lines = [
        line("a", "2024-11-03", 1, cost_amount=1), line("a", "2025-05-01", 900, list_amount=1000, cost_amount=600),
        line("a", "2026-05-01", 1000, list_amount=1250, cost_amount=800), line("a", "2026-10-01", 1, cost_amount=1),
    ]  # fmt: skip
    (row,) = left(facts_of("2026-10", order_lines=lines)).grown.to_dict("records")
    # Margin fell from 300 to 200; a discount of 20 % in place of 10 % (0.1 % of which is the small line's) took 125.
    assert (row["change_amount"], row["margin_change_amount"]) == (100, -100)
    assert row["price_amount"] == pytest.approx(250 - 1251 * 100 / 1001, abs=0.01)


def test_what_alone_would_turn_a_customer_is_named_and_what_could_not_is_left_out():
    nothing = dict.fromkeys((f"{name}_amount" for name in CHARGES), 0.0)
    money = {
        "net_amount": 1000.0,
        "margin_amount": 200.0,
        "freight_amount": 250.0,
        "contribution_amount": -50.0,
    }
    row = {**nothing, **money, "orders": 10, "visits": 0, "mean_balance_amount": 0.0}
    # Orders cost 25 each: 8 of them leave nothing below zero, 125 in place of 100 each.
    assert what_would_turn(row) == {"order_amount": 125.0, "price_rise": 0.05}
    late = {
        **row,
        "freight_amount": 0.0,
        "finance_amount": 100.0,
        "visit_amount": 150.0,
        "visits": 3,
        "mean_balance_amount": 500.0,
    }
    # Half of the finance cost of 182.5 days; one visit of 50.
    assert what_would_turn(late) == {"days_sooner": 91.25, "fewer_visits": 1.0, "price_rise": 0.05}
    assert what_would_turn({**row, "contribution_amount": 5.0}) == {}
    assert turn_words(row, numbers("en", "EUR")) == "orders of €125 instead of €100; prices 5.0% higher"


amounts = st.integers(-(10**7), 10**7).map(lambda cents: cents / 100)
rows_of_customers = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", None]), st.booleans(), amounts, amounts, amounts, st.integers(0, 40)),
    min_size=1, max_size=8, unique_by=lambda row: row[:2],
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=15)
@given(
    rows_of_customers,
    st.lists(st.tuples(st.sampled_from("abd"), st.sampled_from(["freight", "other"]), amounts), max_size=5),
)
def test_steps_add_up_exactly_for_each_customer_and_in_each_cut(drawn, booked):
    names = ["customer_id", "before", "gross_amount", "cost_amount", "balance_sum", "lines"]
    rows = pd.DataFrame(drawn, columns=names)
    rows = rows.assign(
        gross_amount=rows["gross_amount"].abs(), returns_amount=-rows["cost_amount"].abs(), uncosted_amount=0.0,
        list_amount=rows["gross_amount"].abs() + 1, orders=rows["lines"], visits=1, freight_orders=rows["lines"],
        handling_lines=rows["lines"], visit_visits=1, finance_balance_sum=rows["balance_sum"],
    )  # fmt: skip
    costs = pd.DataFrame(booked, columns=["customer_id", "kind", "amount"]).assign(before=False)
    people = pd.DataFrame({"customer_id": list("abc"), "name": list("ABC"), "trade_class": ["x", "x", None]})
    there = pd.DataFrame({"month": pd.to_datetime(["2026-03-01", "2026-05-01"])})
    months = costs[["kind"]].drop_duplicates().merge(there, how="cross")
    found = net_margin(
        rows, costs, months, None, people.assign(salesperson_name="S"), RULES,
        pd.Period("2026-10"), 12, owed_known=True, year_before=True,
    )  # fmt: skip
    units = (found.customers[list(MONEY)] * 10_000).round().astype("int64")
    assert (
        units["list_amount"] - units["discount_amount"] - units["returns_amount"] == units["net_amount"]
    ).all()
    assert (
        units["net_amount"] - units["uncosted_amount"] - units["cost_amount"] == units["margin_amount"]
    ).all()
    charges = sum(units[f"{name}_amount"] for name in CHARGES)
    assert (units["margin_amount"] - charges == units["contribution_amount"]).all()
    for by in ("trade_class", "salesperson_name"):
        cut = (found.cut(by)[list(MONEY)] * 10_000).round().astype("int64").sum()
        assert (cut == units.sum()).all()


def test_who_bought_what_has_no_cost_is_not_said_to_cost_more_than_it_brings(company):
    # b bought for 40 of which nobody knows the cost, and took 21.50 of service.
    assert of(company, "b")["contribution_amount"] < 0
    (said,) = negative(company, numbers("en", "CNY"))
    assert said.sentences == (
        "Whether 1 customer brings more than it costs cannot be told: part of what it bought has no cost.",
    )
    proposed = proposed_actions(company, numbers("en", "CNY"), Likelihood())
    assert (len(proposed.rows), proposed.unit) == (0, "margin")


def test_days_sooner_are_of_the_windows_days():
    row = dict.fromkeys((f"{name}_amount" for name in CHARGES), 0.0)
    row |= {
        "net_amount": 500.0,
        "contribution_amount": -50.0,
        "finance_amount": 50.0,
        "orders": 0,
        "visits": 0,
    }
    # 250 owed on sales of 500 in six months are half of them.
    assert what_would_turn({**row, "mean_balance_amount": 250.0}, 6)["days_sooner"] == 91.25


def test_terms_are_not_said_to_pay_for_growth_where_nobody_knows_what_was_owed_before(facts_of):
    lines = [
        line("a", f"{year}-12-04", 100 + 10 * (year - 2025), list_amount=200, cost_amount=50)
        for year in (2025, 2026)
    ]
    owed = [
        {
            "invoice_id": "i",
            "customer_id": "a",
            "invoice_date": "2026-01-10",
            "due_date": "2026-01-20",
            "amount": 900,
        }
    ]
    facts = facts_of("2026-12", order_lines=[line("a", "2025-01-04", 1), *lines], customers=[{"customer_id": "a"}],
                     invoices=owed)  # fmt: skip
    result = left(facts)
    assert of(result, "a")["finance_amount"] == 108
    assert result.grown.empty


def test_a_loss_has_no_remaining_share(facts_of):
    sold = line("a", "2026-10-01", 100, cost_amount=150)
    said = margin_findings(left(facts_of("2026-10", order_lines=[sold])), numbers("en", "CNY")).sentences[0]
    assert said == "Gross margin is −CN¥50; with rebates and service it is −CN¥72, −71.5% of net sales."


def test_without_a_rebate_and_a_cost_to_serve_gross_margin_is_said_alone_and_drawn_once(known):
    said, *rest = show.net_margin(left(known, Costs()), numbers("en", "CNY"))
    assert re.fullmatch(r"Gross margin is CN¥[0-9.,KM]+, [0-9.]+% of net sales\.", said.sentences[0])
    assert sum(isinstance(each, Chart) for each in rest) == 1
    assert not any("Rebates" in each.text for each in rest if isinstance(each, Table))
