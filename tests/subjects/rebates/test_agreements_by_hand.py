"""Ten agreements worked by hand, and what must hold of all: rising with sales, edges to the cent, paid and open."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from books import book_on
from builders import bracket, line, write_standard_tables
from hypothesis import given
from hypothesis import strategies as st

from helpers.core.proposals import Likelihood
from helpers.present.numbers import numbers
from helpers.settings.config import Settings
from helpers.subjects.rebates import views
from helpers.subjects.rebates.forecast import forecast, pulled_forward
from helpers.subjects.rebates.terms import Agreement, Bracket, agreements, shared_out
from helpers.subjects.registry import open_facts

NOTHING = Decimal(0)


def agreement(counting: str, *brackets: tuple[float, float], **more: Any) -> Agreement:
    """Return an agreement on net sales of 2026 from pairs of start and percent."""
    fields: dict[str, Any] = {
        "agreement_id": "R1", "customer_id": "C1", "group_id": None, "basis": "net_sales",
        "first_day": dt.date(2026, 1, 1), "last_day": dt.date(2026, 12, 31),
        "brackets": tuple(Bracket(Decimal(str(start)), Decimal(str(rate))) for start, rate in brackets),
    }  # fmt: skip
    return Agreement(counting=counting, **(fields | more))


#: One data set for most agreements: each is with customers of its own.
MANY = {
    "rebate_agreements": [
        bracket("quantity", 100, customer_id="q", basis="quantity", counting="marginal", unit_amount=0.35),
        bracket("quantity", 500, customer_id="q", basis="quantity", counting="marginal", unit_amount=0.5),
        bracket("returned", 100_000, 1, customer_id="r"),
        bracket("returned", 200_000, 3, customer_id="r"),
        bracket("growth", 5, 1, customer_id="g", basis="growth"),
        bracket("growth", 20, 2, customer_id="g", basis="growth"),
        bracket("moved", 10, 2, customer_id="m", basis="growth", counting="marginal", base_amount=100_000),
        bracket("moved", 10, 2, customer_id="m", basis="growth", counting="marginal", base_amount=120_000,
                recorded_at="2026-07-01"),
        bracket("branches", 10, 1, group_id="G", basis="growth"),
        bracket("saws", 0, 1.5, group_id="s", category="Saws", first_day="2026-03-16", last_day="2026-06-15"),
        bracket("saws", 5000, 2, group_id="s", category="Saws", first_day="2026-03-16", last_day="2026-06-15"),
        bracket("merged", 100_000, 1, customer_id="old"),
        bracket("next", 100_000, 2, customer_id="n"),
    ],
    "order_lines": [
        line("q", "2026-03-01", 6000, quantity=620), line("q", "2026-04-01", -80, quantity=-8),
        line("r", "2026-05-01", 205_000), line("r", "2026-09-10", "-5000.01"),
        line("g", "2024-12-31", 999), line("g", "2025-06-01", 100_000), line("g", "2026-06-01", "119999.99"),
        line("m", "2026-02-01", 130_000), line("m", "2026-07-05", 20_000),
        line("b1", "2025-03-01", 50_000), line("b2", "2025-06-30", 30_000), line("b2", "2025-07-01", 40_000),
        line("b1", "2026-03-01", 60_000), line("b2", "2026-05-20", 30_000), line("b2", "2026-07-01", 70_000),
        line("s", "2026-03-15", 9000, product_id="s"), line("s", "2026-03-16", 3000, product_id="s"),
        line("s", "2026-04-01", 8000, product_id="d"), line("sb", "2026-06-15", "2000.33", product_id="s"),
        line("sb", "2026-06-16", 7000, product_id="s"), line("n", "2026-05-01", 7000, product_id="s"),
        line("old", "2026-02-01", 60_000), line("new", "2026-03-01", 60_000),
        line("n", "2026-10-01", 73_000, cost_amount=54_750),
    ],
    "rebate_payments": [{"agreement_id": "returned", "payment_date": "2026-07-15", "amount": 6150, "kind": "credit"}],
    "buying_groups": [
        {"customer_id": "b1", "group_id": "G"}, {"customer_id": "b2", "group_id": "G"},
        {"customer_id": "b2", "valid_from": "2026-07-01"},
    ],
    "products": [{"product_id": "s", "category": "Saws"}, {"product_id": "d", "category": "Drills"}],
    "customers": [*({"customer_id": each} for each in ("q", "r", "g", "m", "b1", "b2", "s", "n", "old")),
                  {"customer_id": "sb", "parent_id": "s"}],
    "customer_aliases": [{"customer_id": "old", "same_as": "new", "from_date": "2026-08-01"}],
}  # fmt: skip


def rebates(facts, scope="company"):
    return book_on(facts, scope).rebates()


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """The rebates of `MANY` at the end of May and of October 2026, by month."""
    folder = tmp_path_factory.mktemp("rebates")
    tables = write_standard_tables(folder / "tables", MANY)
    return {
        month: rebates(open_facts(tables, pd.Period(month, "M"), Settings(), folder / "cache"))
        for month in ("2026-05", "2026-10")
    }


@pytest.fixture
def row(at):
    """The row of an agreement at a month end."""
    return lambda agreement_id, month="2026-10": (
        at[month].agreements.set_index("agreement_id").loc[agreement_id]
    )


def test_1_a_retroactive_bracket_pays_for_everything_from_the_cent_at_which_it_begins():
    terms = agreement("retroactive", (100_000, 1), (200_000, 2.5))
    edge = [Decimal("99999.99"), Decimal("100000.00"), Decimal("199999.99"), Decimal("200000.00")]
    # 0; 1 % of 100,000; 1 % of 199,999.99 = 1,999.9999; 2.5 % of 200,000.
    assert [str(terms.earned(net)) for net in edge] == ["0.00", "1000.00", "2000.00", "5000.00"]


def test_2_a_marginal_bracket_pays_only_for_what_lies_above_it():
    terms = agreement("marginal", (50_000, 1), (100_000, 2), (200_000, 3))
    # 1 % of 50,000 + 2 % of 100,000 + 3 % of 23,456.78 = 500 + 2,000 + 703.7034.
    assert str(terms.earned(Decimal("223456.78"))) == "3203.70"


def test_3_half_a_cent_is_rounded_up_once_for_the_whole_agreement():
    terms = agreement("marginal", (0, 1), (100, 1))
    assert str(terms.earned(Decimal("100.50"))) == "1.01"  # 1.005, not 1.00 + 0.005


def test_4_a_sum_for_reaching_a_bracket_and_a_sum_for_each_bracket_reached():
    sums = (Bracket(Decimal(1000), amount=Decimal(50)), Bracket(Decimal(2000), amount=Decimal(120)))
    assert agreement("retroactive", brackets=sums).earned(Decimal(2500)) == 120
    assert agreement("marginal", brackets=sums).earned(Decimal(2500)) == 170


def test_5_money_a_unit_above_a_quantity(row):
    found = row("quantity")
    # 612 units: 400 x 0.35 + 112 x 0.50.
    assert (found["level"], found["accrued_amount"]) == (612, 196.00)


def test_6_returns_after_the_bracket_take_the_rebate_of_all_purchases_back_and_what_was_paid_is_too_much(row):
    may, october = row("returned", "2026-05"), row("returned")
    assert (may["accrued_amount"], may["paid_amount"], may["open_amount"]) == (6150.00, 0, 6150.00)
    # 1 % of 199,999.99, where 3 % had been paid.
    assert (october["accrued_amount"], october["open_amount"]) == (2000.00, -4150.00)


def test_7_growth_is_counted_over_the_same_days_of_the_year_before(row):
    found = row("growth")
    assert (found["base_amount"], found["accrued_amount"]) == (100_000, 1200.00)  # a cent short of 20 %
    assert (found["next_from"], found["distance"], found["worth_amount"]) == (120_000, 0.01, 1200.00)


def test_8_a_base_that_was_moved_in_july_counts_from_then_on_and_changes_no_month_before(row):
    assert row("moved", "2026-05")["accrued_amount"] == 400.00  # 2 % above 110,000
    assert row("moved")["accrued_amount"] == 360.00  # 2 % of 18,000 above 132,000


def test_9_a_branch_that_leaves_its_group_in_july_counts_until_then_and_so_does_its_base(row):
    may, october = row("branches", "2026-05"), row("branches")
    # In May nobody knows of it: the whole year before is the base, and 90,000 lie below 110 % of 120,000.
    assert (may["base_amount"], may["level"], may["accrued_amount"]) == (120_000, 90_000, 0)
    # From July on 80,000 are the base, and 90,000 are 12.5 % more.
    assert (october["base_amount"], october["level"], october["accrued_amount"]) == (80_000, 90_000, 900.00)


def test_10_one_category_from_mid_month_to_mid_month_of_a_company_and_the_branch_below_it(at, row):
    found = row("saws")
    assert (found["level"], found["accrued_amount"], found["running"]) == (5000.33, 100.01, False)  # 100.0066
    by_customer = at["2026-10"].customers.set_index("customer_id")["accrued_amount"]
    assert (by_customer["s"], by_customer["sb"]) == (60.00, 40.01)


def test_merged_numbers_are_one_customer_of_an_agreement_from_the_day_of_the_decision(row):
    assert row("merged", "2026-05")["accrued_amount"] == 0
    assert (row("merged")["accrued_amount"], row("merged")["party_id"]) == (1200.00, "new")


def test_the_next_bracket_has_a_distance_a_worth_and_what_is_left_to_us(row):
    found = row("next")
    # 20,000 more at a margin of 25 % bring 5,000, and cost 2 % of 100,000.
    assert (found["distance"], found["worth_amount"], found["left_amount"]) == (20_000, 2000, 3000)


def test_what_is_known_later_changes_no_earlier_month_end(facts_of):
    rows = [bracket("r", 100_000, 1)]
    lines = [line("a", "2026-02-01", 150_000), line("c", "2026-03-01", 1)]
    then = rebates(facts_of("2026-03", order_lines=lines, rebate_agreements=rows))
    more = [bracket("r", 100_000, 9, recorded_at="2026-04-01"), bracket("s", 0, 9, first_day="2026-04-01")]
    later = facts_of(
        "2026-03", order_lines=[*lines, line("a", "2026-04-01", 90_000)], rebate_agreements=[*rows, *more],
        rebate_payments=[{"agreement_id": "r", "payment_date": "2026-04-02", "amount": 1500}],
    )  # fmt: skip
    for name in ("agreements", "months", "customers"):
        pd.testing.assert_frame_equal(getattr(then, name), getattr(rebates(later), name))


def test_a_seller_sees_no_agreement_to_which_a_customer_of_others_belongs(facts_of):
    people = [{"customer_id": "a", "salesperson_id": "S1"}, {"customer_id": "b", "salesperson_id": "S2"}]
    rows = [
        bracket("own", 0, 1),
        bracket("both", 0, 1, group_id="G"),
        bracket("theirs", 0, 1, customer_id="b"),
    ]
    of = {
        "order_lines": [line("a", "2026-02-01", 1000), line("b", "2026-02-01", 1000)], "customers": people,
        "rebate_agreements": rows, "buying_groups": [{"customer_id": each, "group_id": "G"} for each in "ab"],
        "salespeople": [{"salesperson_id": each, "name": each} for each in ("S1", "S2")],
    }  # fmt: skip
    found = rebates(facts_of("2026-02", **of), "salesperson:S1")
    assert (found.agreements["agreement_id"].tolist(), found.shared) == (["own"], 1)
    assert found.customers["customer_id"].tolist() == ["a"]
    assert found.open_amount == 10.00


def test_what_cannot_be_reckoned_is_named_with_its_reason():
    year = {"first_day": pd.Timestamp("2026-01-01"), "last_day": pd.Timestamp("2026-12-31")}
    empty = dict.fromkeys(
        ("customer_id", "group_id", "rate", "amount", "unit_amount", "base_amount", "product_id", "category")
    )
    of = {"basis": "net_sales", "counting": "retroactive", "bracket_from": 0.0, "recorded_at": pd.NaT, **year}

    def row(key, **more):
        return {**empty, **of, "agreement_id": key, "customer_id": "a", "rate": 1.0, **more}

    rows = pd.DataFrame(
        [
            row("fine"), row("both", amount=5.0), row("twice"), row("twice", rate=2.0), row("unpaid", rate=None),
            row("backwards", last_day=pd.Timestamp("2025-12-31")), row("mixed", basis="quantity", counting="marginal"),
            row("parties", group_id="G"), row("part"), row("part", bracket_from=9.0, category="Saws"),
            row("minus", rate=-1.0), row("long", basis="growth", last_day=pd.Timestamp("2027-12-31")),
        ]
    )  # fmt: skip
    found, problems = agreements(rows)
    assert [each.agreement_id for each in found] == ["fine"]
    assert problems == {
        "both": "one_payment", "twice": "two_texts", "unpaid": "one_payment", "backwards": "period",
        "mixed": "marginal_mixed", "parties": "two_parties", "part": "part_filter", "minus": "below_zero",
        "long": "long_growth",
    }  # fmt: skip


steps = st.lists(
    st.tuples(st.integers(0, 500_000), st.integers(0, 80)), min_size=1, max_size=4, unique_by=lambda x: x[0]
)


@given(steps, st.sampled_from(["retroactive", "marginal"]), st.integers(0, 10**8), st.integers(0, 10**6))
def test_more_sales_never_earn_less_where_the_rates_rise(brackets, counting, cents, more):
    starts, rates = (sorted(each) for each in zip(*brackets, strict=True))
    terms = agreement(counting, *((start, rate / 10) for start, rate in zip(starts, rates, strict=True)))
    less, most = (terms.earned(Decimal(each).scaleb(-2)) for each in (cents, cents + more))
    assert NOTHING <= less <= most


@given(
    steps,
    st.sampled_from(["quantity", "growth", "net_sales"]),
    st.booleans(),
    st.integers(0, 10**8),
    st.integers(0, 10**6),
    st.integers(1, 10**8),
)
def test_nor_do_they_by_growth_by_quantity_or_where_a_bracket_pays_a_sum(
    brackets, basis, sums, cents, more, base
):
    starts, pays = (sorted(each) for each in zip(*brackets, strict=True))
    kinds = [
        {"amount": Decimal(pay)}
        if sums
        else {"unit_amount" if basis == "quantity" else "rate": Decimal(pay) / 10}
        for pay in pays
    ]
    made = tuple(Bracket(Decimal(start), **kind) for start, kind in zip(starts, kinds, strict=True))
    terms = agreement("retroactive", basis=basis, brackets=made)
    less, most = (
        terms.earned(Decimal(each).scaleb(-2), Decimal(each).scaleb(-2), Decimal(base).scaleb(-2))
        for each in (cents, cents + more)
    )
    assert NOTHING <= less <= most


@given(steps, st.integers(1, 10**8))
def test_a_bracket_holds_from_its_cent_on_and_not_a_cent_before(brackets, cents):
    terms = agreement("retroactive", *sorted((start, rate / 10) for start, rate in brackets))
    level = Decimal(cents).scaleb(-2)
    reached = [each.rate for each in terms.brackets if each.start <= level]
    expected = (level * (reached[-1] if reached else NOTHING) / 100).quantize(
        Decimal("0.01"), "ROUND_HALF_UP"
    )
    assert terms.earned(level) == expected


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(-100, 10**6), min_size=1, max_size=6))
def test_what_is_shared_out_adds_up_to_the_cent(cents, weights):
    assert sum(shared_out(Decimal(cents).scaleb(-2), weights)) == Decimal(cents).scaleb(-2)


def test_paid_and_open_are_what_is_accrued_at_every_month_end(facts_of):
    draw = np.random.default_rng(5)
    days = pd.date_range("2025-01-01", "2026-10-31")
    lines = [
        line(
            "abc"[draw.integers(3)],
            str(days[place].date()),
            round(float(draw.normal(900, 800)), 2),
            order=f"o{number}",
        )
        for number, place in enumerate(draw.integers(0, len(days), 60))
    ]
    rows = [
        bracket("r", 0, 0.7, customer_id="b"),
        bracket("r", 3000, 2.3, customer_id="b"),
        bracket("m", 10, 1.1, counting="marginal"),
        bracket("g", 3, 1, group_id="G", basis="growth"),
        bracket("q", 4, unit_amount=1.33, basis="quantity"),
    ]
    paid = [
        {
            "agreement_id": "rmgq"[draw.integers(4)],
            "payment_date": str(days[place].date()),
            "amount": round(float(draw.uniform(0, 40)), 2),
        }
        for place in draw.integers(400, len(days), 12)
    ]
    groups = [{"customer_id": each, "group_id": "G"} for each in "bc"]
    of = {"order_lines": lines, "rebate_agreements": rows, "rebate_payments": paid, "buying_groups": groups}
    found = rebates(facts_of("2026-10", **of))
    cents = (found.months.drop(columns="month") * 100).round().astype("int64")
    assert (cents["paid_amount"] + cents["open_amount"] == cents["accrued_amount"]).all()
    for name in ("accrued_amount", "open_amount"):
        by_agreement = round(found.agreements[name].sum() * 100)
        assert by_agreement == cents[name].iloc[-1] == round(found.customers[name].sum() * 100)


def test_the_forecast_is_the_mean_of_the_weeks_and_says_how_sure_it_is():
    days = pd.Series(700.0, index=pd.date_range("2025-11-01", "2026-10-31", freq="7D"))
    even = forecast(days, pd.Timestamp("2026-10-31"), 61)
    assert even.expected == pytest.approx(61 * 100)
    assert even.reaches(6000) == 1
    assert even.reaches(6200) == 0
    assert forecast(days.tail(9), pd.Timestamp("2026-10-31"), 61) is None


def test_purchases_pulled_forward_are_a_question_once_the_weeks_after_are_over():
    usual = pd.Series(100.0, index=pd.date_range("2025-01-01", "2026-05-31"))
    much = pd.Series(500.0, index=pd.date_range("2026-06-01", "2026-06-14"))
    days, first = pd.concat([usual, much]), pd.Timestamp("2026-01-01")
    assert pulled_forward(days, [22_000.0], first, pd.Timestamp("2026-07-11")) == []
    (found,) = pulled_forward(days, [22_000.0], first, pd.Timestamp("2026-07-31"))
    assert (found["day"], found["before"], found["after"]) == (pd.Timestamp("2026-06-14"), 7000, 0)
    assert found["usual_before"] == pytest.approx(1400)
    steady = pd.Series(100.0, index=pd.date_range("2025-01-01", "2026-07-31"))
    assert pulled_forward(steady, [15_000.0], first, pd.Timestamp("2026-07-31")) == []


def test_members_of_a_group_whose_numbers_are_merged_count_once(facts_of):
    facts = facts_of(
        "2026-03",
        order_lines=[line("b1", "2026-01-10", 100), line("b2", "2026-02-10", 50), line("b2", "2026-03-10", 7)],
        customers=[{"customer_id": each} for each in ("b1", "b2")],
        buying_groups=[
            {"customer_id": "b1", "group_id": "G"}, {"customer_id": "b2", "group_id": "G"},
            {"customer_id": "b2", "valid_from": "2026-03-01"},
        ],
        customer_aliases=[{"customer_id": "b2", "same_as": "b1"}],
        rebate_agreements=[bracket("G", 0, 10, group_id="G")],
    )  # fmt: skip
    assert rebates(facts).agreements[["level", "accrued_amount"]].to_numpy().tolist() == [[157, 15.7]]


def test_growth_to_the_end_of_february_is_counted_over_all_of_that_of_a_leap_year(facts_of):
    days = {"first_day": "2024-03-01", "last_day": "2025-02-28", "basis": "growth"}
    facts = facts_of(
        "2025-02",
        order_lines=[line("a", "2023-03-01", 60), line("a", "2024-02-29", 40), line("a", "2025-02-28", 109)],
        customers=[{"customer_id": "a"}],
        rebate_agreements=[bracket("1", 10, 1, **days)],
    )
    row = rebates(facts).agreements.iloc[0]
    assert row[["base_amount", "accrued_amount"]].tolist() == [100, 0]


def test_a_bracket_in_reach_is_proposed_in_margin_to_whom_the_account_counts_as(facts_of):
    weekly = [
        line("n", str(day.date()), 100 + 60 * (number % 2), cost_amount=50)
        for number, day in enumerate(pd.date_range("2025-11-01", "2026-10-31", freq="7D"))
    ]
    facts = facts_of(
        "2026-10",
        Settings.model_validate({"customers": {"count": "group"}}),
        order_lines=weekly,
        customers=[{"customer_id": "n", "parent_id": "head"}, {"customer_id": "head"}],
        rebate_agreements=[bracket("1", 6800, 1, customer_id="n")],
    )
    found = rebates(facts)
    row = found.agreements.iloc[0]
    proposed = views.proposed_actions(found, numbers("en", "CNY"), Likelihood(winnable=0.2))
    assert (row["party_id"], proposed.unit) == ("n", "margin")
    assert proposed.rows["customer_id"].tolist() == ["head"]
    assert proposed.rows["value_amount"].tolist() == [pytest.approx(0.2 * row["left_amount"])]


def test_agreements_of_numbers_that_were_merged_are_said_to_count_all_that_the_customer_buys(facts_of):
    made = [bracket("1", 0, 10, customer_id="a"), bracket("2", 0, 5, customer_id="b"),
            bracket("3", 0, 1, customer_id="b", first_day="2025-01-01", last_day="2025-12-31")]  # fmt: skip
    facts = facts_of(
        "2026-01",
        order_lines=[line("a", "2026-01-10", 100), line("b", "2026-01-11", 50)],
        customers=[{"customer_id": "a"}, {"customer_id": "b"}],
        customer_aliases=[{"customer_id": "b", "same_as": "a"}],
        rebate_agreements=made,
    )
    found = rebates(facts)
    assert (found.agreements["level"].tolist(), found.merged) == ([150, 150, 0], 2)
    second = views.rebate_findings(found, numbers("en", "CNY")).sentences[1]
    assert second.startswith("2 agreements were made")
