"""Trade against expectation, share of wallet, product ratios and proposals, by hand and by invariant."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import OCTOBER, by_customer, by_customer_and_month, company_months, customers, months
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.periods import trailing
from helpers.settings.analysis import Trade as TradeSettings
from helpers.subjects.trade.products import products
from helpers.subjects.trade.recommendations import proposal_record, recommendations
from helpers.subjects.trade.trade import MONTHS_LOOKED_AT, required_measures, trade
from helpers.subjects.trade.wallet import evidence_scale, wallet
from helpers.subjects.trade.wallet import required_measures as wallet_looks_at

FIRST = pd.Period("2024-01", "M")
NOBODY = months().drop(columns="customer_id")
METHODS = ("accounts", "commitment", "plan", "stated", "stock_turnover", "resale", "third_party")


def targets(*rows):
    frame = pd.DataFrame(rows, columns=["scope_type", "scope_id", "period", "target"])
    return frame.assign(metric="net_sales", target=frame["target"].astype("float64"))


def traded(sold, planned=None, keep=None, **classes):
    people = customers(**(classes or {"a": "Shops", "b": "Shops"}))
    planned = targets() if planned is None else planned
    sums = by_customer(sold, required_measures(OCTOBER))
    rows = by_customer_and_month(sold, trailing(OCTOBER, MONTHS_LOOKED_AT), people=people)
    return trade(people, sums, rows, NOBODY, planned, OCTOBER, FIRST, keep)


def row(result, customer):
    return result.customers.set_index("customer_id").loc[customer]


SOLD = months(("a", "2025-01", 100), ("b", "2025-01", 300), ("a", "2026-01", 150), ("b", "2026-02", 150))


def test_a_class_target_asks_every_customer_for_the_same_growth():
    planned = targets(("trade_class", "Shops", "2026", 600))  # ten months: 500 against 400 a year earlier
    result = traded(SOLD, planned)
    assert (row(result, "a")["year_expected_amount"], row(result, "b")["year_expected_amount"]) == (125, 375)
    assert row(result, "a")["year_basis"] == "trade_class"
    assert row(result, "b")["year_gap_amount"] == -225


def test_a_customers_own_target_goes_before_its_class_and_the_company():
    planned = targets(
        ("customer", "a", "2026", 120), ("trade_class", "Shops", "2026", 600), ("company", None, "2026", 960)
    )
    result = traded(SOLD, planned)
    assert (row(result, "a")["year_expected_amount"], row(result, "a")["year_basis"]) == (100, "customer")


def test_without_class_target_the_companys_growth_is_expected_of_everybody():
    result = traded(SOLD, targets(("company", None, "2026", 960)))  # ten months: 800 against 400
    assert (row(result, "b")["year_expected_amount"], row(result, "b")["year_basis"]) == (600, "plan")


def test_without_any_target_last_years_sales_are_expected():
    assert row(traded(SOLD), "a")[["year_expected_amount", "year_basis"]].tolist() == [100, "last_year"]


def test_nothing_is_expected_of_who_came_in_the_course_of_last_year():
    result = traded(months(("a", "2025-08", 50), ("a", "2026-01", 500), ("b", "2025-02", 1)))
    assert np.isnan(row(result, "a")["year_expected_amount"])


def test_a_scope_sees_its_customers_with_the_companys_expectation_to_a_percent():
    planned = targets(("trade_class", "Shops", "2026", 600))
    result = traded(SOLD, planned, keep={"a"})
    assert result.customers["customer_id"].tolist() == ["a"]
    assert row(result, "a")["year_basis"] == "trade_class_rounded"
    assert row(result, "a")["year_expected_amount"] == pytest.approx(125, rel=0.01)
    assert result.classes["year_expected_amount"].tolist() == [row(result, "a")["year_expected_amount"]]
    assert row(result, "a")["year_share"] == 0.49  # of what is told of each month: a half, off by a percent


@pytest.mark.slow
@pytest.mark.parametrize("planned", [("trade_class", "Shops", "2026"), ("company", None, "2026")])
def test_what_others_sold_a_year_earlier_cannot_be_reckoned_from_the_target_and_what_a_scope_may_expect(
    planned,
):
    """Target over expected growth would be the sales of all a year earlier, to the cent."""
    told = {
        row(traded(SOLD, targets((*planned, target)), keep={"a"}), "a")["year_expected_amount"] / 100
        for target in range(4780, 4820, 4)  # ten targets about ten times a year's 400
    }
    assert len(told) == 1  # one growth for all of them
    companys = row(traded(SOLD, targets((*planned, 4800))), "a")["year_expected_amount"] / 100
    assert companys == pytest.approx(4000 / 400)
    assert told.pop() == pytest.approx(companys, rel=0.01)


def test_a_customers_own_target_is_its_own_in_every_scope():
    own = row(traded(SOLD, targets(("customer", "a", "2026", 123)), keep={"a"}), "a")
    assert (own["year_expected_amount"], own["year_basis"]) == (102.5, "customer")


@pytest.mark.slow
@given(company_months)
@settings(max_examples=25, deadline=None)
def test_shares_of_the_company_add_to_one_and_sales_of_next_month_change_nothing(sold):
    people = dict.fromkeys("abcdefgh", "Shops")
    result = traded(sold, **people)
    later = pd.concat([sold, months(("a", "2026-11", 999))], ignore_index=True)
    pd.testing.assert_frame_equal(traded(later, **people).customers, result.customers)
    if result.customers["year_amount"].sum() > 0:
        assert result.customers["year_share"].sum() == pytest.approx(1)


def evidence(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "method", "as_of", "annual_purchases"])
    return frame.assign(as_of=pd.to_datetime(frame["as_of"]))


def purse(*rows, sold=0.0, rules=None):
    own = by_customer(months(("a", "2026-03", sold)), wallet_looks_at(OCTOBER))
    return wallet(
        evidence(*rows), customers(a="Shops"), own, OCTOBER, METHODS, 24,
        rules or TradeSettings(error_per_year=0),
    )  # fmt: skip


def test_evidence_counts_by_its_precision():
    rules = TradeSettings(error_per_year=0, evidence_errors={"accounts": 0.1, "stated": 0.2})
    result = purse(("a", "accounts", "2026-10-31", 100), ("a", "stated", "2026-10-31", 110), rules=rules)
    assert result.evidence["weight"].tolist() == pytest.approx([0.8, 0.2])
    assert result.customers["evidence_amount"].iloc[0] == pytest.approx(100 * 1.1**0.2, abs=0.01)
    assert result.customers["best_method"].iloc[0] == "accounts"


def test_old_evidence_counts_less_and_too_old_evidence_not_at_all():
    rules = TradeSettings(error_per_year=0.3)
    rows = (
        ("a", "stated", "2026-10-01", 100),
        ("a", "plan", "2025-01-01", 100),
        ("a", "accounts", "2023-01-01", 5),
    )
    pieces = purse(*rows, rules=rules).evidence.set_index("method")
    assert pieces["used"].to_dict() == {"accounts": False, "plan": True, "stated": True}
    assert pieces.loc["plan", "error"] > 0.3 and pieces.loc["accounts", "weight"] == 0


def test_contradicting_evidence_is_said_and_widens_the_interval():
    agreeing = purse(("a", "accounts", "2026-10-01", 100), ("a", "plan", "2026-10-01", 100)).customers.iloc[0]
    torn = purse(("a", "accounts", "2026-10-01", 50), ("a", "plan", "2026-10-01", 200)).customers.iloc[0]
    assert torn["contradiction"] == "evidence" and pd.isna(agreeing["contradiction"])
    width = [np.log(each["evidence_high_amount"] / each["evidence_low_amount"]) for each in (agreeing, torn)]
    assert width[1] > 3 * width[0]


def test_contradictions_of_the_company_scale_the_assumed_errors():
    """Two pieces 0.4 apart with errors of 0.2: chi^2 is 2 for one degree of freedom. As if 20 more were as assumed."""
    rules = TradeSettings(error_per_year=0, evidence_errors={"accounts": 0.2, "stated": 0.2})
    apart = [(str(place), method, "2026-10-31", amount) for place in range(40)
             for method, amount in (("accounts", 100), ("stated", 100 * np.exp(0.4)))]  # fmt: skip
    known = {"month": OCTOBER, "methods": METHODS, "oldest_months": 24, "settings": rules}
    assert evidence_scale(evidence(*apart), **known) == round(np.sqrt((80 + 20) / (40 + 20)), 2)
    agreeing = [(*row[:3], 100) for row in apart]
    assert evidence_scale(evidence(*agreeing), **known) == round(np.sqrt(20 / 60), 2)
    assert evidence_scale(evidence(), **known) == evidence_scale(evidence(apart[0]), **known) == 1


def test_nobody_buys_less_from_everyone_than_from_us():
    result = purse(("a", "accounts", "2026-10-01", 100), sold=500).customers.iloc[0]
    assert result["contradiction"] == "own_sales"
    assert (result["wallet_amount"], result["room_high_amount"], result["share"]) == (500, 0, 1)


def test_without_evidence_there_is_no_wallet_and_buyers_are_counted():
    result = purse(sold=10)
    assert result.customers.empty and result.without == 1


PIECES = st.tuples(st.sampled_from(METHODS), st.floats(1, 1e7))


@pytest.mark.slow
@given(st.lists(PIECES, min_size=1, max_size=7, unique_by=lambda piece: piece[0]), st.floats(-100, 1e7))
@settings(max_examples=40, deadline=None)
def test_the_interval_holds_the_estimate_and_the_share_is_one_at_most(pieces, sold):
    result = purse(*[("a", method, "2026-05-01", amount) for method, amount in pieces], sold=sold)
    one = result.customers.iloc[0]
    assert one["wallet_low_amount"] <= one["wallet_amount"] <= one["wallet_high_amount"]
    assert 0 <= one["share_low"] <= one["share"] <= one["share_high"] <= 1 + 1e-12
    assert 0 <= one["room_low_amount"] <= one["room_amount"] <= one["room_high_amount"]
    assert result.evidence["weight"].sum() == pytest.approx(1)


LIST = pd.DataFrame({"product_id": ["p", "q"], "name": ["Drill", None], "category": ["Tools", "Tools"],
                     "offering_role": ["core", "core"], "turnover": [4.0, np.nan]})  # fmt: skip


def test_cross_ratio_is_margin_times_turnover_and_contribution_weighs_it_by_sales():
    rows = pd.DataFrame({"product_id": ["p", "q"], "net_amount": [300.0, 100.0], "cost_amount": [225.0, 50.0],
                         "net_amount_with_cost": [300.0, 100.0], "quantity": [3.0, 1.0]})  # fmt: skip
    result = products(rows, LIST)
    first = result.products.iloc[0]
    assert (first["margin_rate"], first["cross_ratio"], first["share"]) == (0.25, 1.0, 0.75)
    assert first["contribution_ratio"] == 0.75
    assert np.isnan(result.products["cross_ratio"].iloc[1])
    assert (result.groups["contribution_ratio"].iloc[0], result.groups["known_share"].iloc[0]) == (0.75, 0.75)


def became(*rows):
    """(customer, rule, margin bought since, margin likely in a year), ...: the fact proposal_tests."""
    frame = pd.DataFrame(rows, columns=["customer_id", "rule", "margin_amount", "likely_margin"])
    amounts = frame[["margin_amount", "likely_margin"]].astype("float64")
    return frame.assign(
        proposals=1, bought=(amounts["margin_amount"] > 0).astype("int64"), margin_amount=amounts["margin_amount"],
        net_amount=amounts["margin_amount"] * 2, likely_amount=amounts["likely_margin"] * 2,
        likely_margin=amounts["likely_margin"],
    )  # fmt: skip


def test_products_are_proposed_by_margin_only_where_that_brought_clearly_more():
    ids = [f"c{number}" for number in range(20)]
    even = [(name, rule, 10, 40) for name in ids for rule in ("margin", "popularity", "any")]
    assert proposal_record(became(*even), 6).order == "popularity"
    one_lucky = [*even[:-3], (ids[-1], "margin", 500, 40), (ids[-1], "popularity", 10, 40)]
    assert proposal_record(became(*one_lucky), 6).order == "popularity"
    more = [(name, rule, 10 + (5 + place % 3) * (rule == "margin"), 40)
            for place, name in enumerate(ids) for rule in ("margin", "popularity")]  # fmt: skip
    assert proposal_record(became(*more), 6).order == "margin"


def test_what_earlier_proposals_brought_scales_what_new_ones_are_likely_to_bring():
    """40 were likely in a year, so 20 in half a year; 10 came."""
    rows = [(name, rule, 10, 40) for name in ("a", "b") for rule in ("margin", "popularity", "any")]
    assert proposal_record(became(*rows), 6).realised == 0.5
    assert proposal_record(became(), 6).realised == 1


def test_what_does_not_fit_into_the_room_is_not_proposed():
    gaps = pd.DataFrame({
        "customer_id": ["a", "a"], "product_id": ["p", "q"], "popularity_place": [0, 1], "margin_place": [0, 1],
        "peers": [10, 10], "buyers": [8, 5],
        "buyer_share": [0.8, 0.5], "typical_share": [0.5, 0.1], "customer_amount": [100.0, 100.0],
        "expected_amount": [50.0, 10.0], "margin_rate": [0.2, 0.2], "expected_margin": [10.0, 2.0],
        "last_bought": [pd.NaT, pd.NaT],
    })  # fmt: skip
    room = pd.DataFrame({"customer_id": ["a"], "room_amount": [20.0], "room_high_amount": [40.0]})
    result = recommendations(gaps, LIST, customers(a="Shops"), became(), 6, OCTOBER, 12, 3, room)
    assert result.no_room == 1
    assert result.rows[["product", "place", "likely_amount"]].iloc[0].tolist() == ["q", 1, 1.0]


def test_no_row_of_a_scope_tells_the_companys_sales():
    """Own money over the share would be the company's sales to the cent; so shares of a scope are rounded."""
    sold = months(
        *[(name, "2026-10", amount) for name, amount in (("a", 1234.56), ("b", 30000.07), ("c", 777.77))]
    )
    people = {"a": "Shops", "b": "Shops", "c": "Shops"}
    company, scope = traded(sold, **people), traded(sold, keep={"a", "c"}, **people)
    total = 1234.56 + 30000.07 + 777.77

    exact = company.customers["year_amount"] / company.customers["year_share"]
    assert exact.to_numpy() == pytest.approx(total)
    for rows in (scope.customers, scope.classes):
        derived = rows["year_amount"] / rows["year_share"]
        assert (abs(derived / total - 1) > 0.001).all()
        assert (rows["year_share"] * 1000).round(6).isin(range(1001)).all()
