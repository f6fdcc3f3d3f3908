"""Products as facts: every line in one row, stock only where its day is known, peers without the customer itself."""

from __future__ import annotations

import numpy as np
import pytest
from builders import line

MONTH = "2026-03"


def bought(customer, product, amount, **more):
    return line(customer, "2026-03-10", amount, order=f"{customer}{product}", product_id=product, **more)


def test_the_windows_rows_add_up_to_its_sales(facts_of):
    lines = [bought("a", "p", 10), bought("a", None, 5), bought(None, "p", 3), line("b", "2024-01-01", 99)]
    frame = facts_of("2026-03", order_lines=[*lines, line("b", "2026-03-31", 2)]).frame("product_window")
    assert frame["net_amount"].sum() == 20
    assert frame["buyers"].sum() == 3  # a buys p and something unnamed, b something unnamed


@pytest.mark.slow
def test_turnover_is_pieces_sold_over_pieces_counted_in_the_month(facts_of):
    data = {"order_lines": [bought("a", "p", 10, quantity=6), line("a", "2026-04-30", 1)]}
    drill = {"product_id": "p", "name": "Drill", "stock": 2}

    def turnover(month, *products):
        return facts_of(month, **data, products=products).frame("product_list")["turnover"].iloc[0]

    assert turnover("2026-04", drill | {"stock_date": "2026-04-29"}) == 3
    assert np.isnan(turnover("2026-03", drill | {"stock_date": "2026-04-29"}))  # it was not counted yet
    assert np.isnan(turnover("2026-04", drill | {"stock_date": "2026-03-31"}))  # of another month
    assert np.isnan(turnover("2026-04", drill))  # today's, whenever that is
    march, april = (drill | {"stock_date": day, "valid_from": day} for day in ("2026-03-31", "2026-04-30"))
    assert turnover("2026-03", march, april | {"stock": 6}) == 3
    assert turnover("2026-04", march, april | {"stock": 6}) == 1


def test_a_product_that_changed_its_category_keeps_the_old_one_in_earlier_months(facts_of):
    data = {
        "order_lines": [bought("a", "p", 10), line("a", "2026-04-30", 5, product_id="p")],
        "products": [
            {"product_id": "p", "category": "Drills", "offering_role": "core"},
            {"product_id": "p", "category": "Saws", "offering_role": "service", "valid_from": "2026-04-02"},
        ],
    }
    march, april = (facts_of(month, **data) for month in ("2026-03", "2026-04"))
    assert march.frame("product_list")["category"].tolist() == ["Drills"]
    assert april.frame("product_list")["category"].tolist() == ["Saws"]
    assert march.frame("category_months")["category"].nunique() == 1
    assert april.frame("category_months")["category"].nunique() == 2  # a line keeps that of its own month
    assert april.frame("evidence_roles")["service_lines"].tolist() == [0, 1]


def test_what_peers_buy_and_the_customer_does_not_is_found_with_the_evidence(facts_of):
    peers = [row for name in "abcde" for row in (bought(name, "p", 10, cost_amount=6), bought(name, "q", 30))]
    people = [{"customer_id": name, "trade_class": "Shops"} for name in "abcdef"]
    facts = facts_of(MONTH, order_lines=[*peers, bought("f", "q", 100)], customers=people)
    gap = facts.frame("product_gaps").set_index("customer_id").loc["f"]
    assert (gap["product_id"], gap["peers"], gap["buyers"], gap["buyer_share"]) == ("p", 5, 5, 1)
    assert (gap["typical_share"], gap["expected_amount"]) == (0.25, 25)
    assert gap["expected_margin"] == pytest.approx(10)


def test_proposals_of_half_a_year_ago_are_held_against_what_was_bought_since(facts_of):
    """Until March peers buy p and q, f buys q alone; in April f buys p. What is sold later proposes nothing."""
    peers = [row for name in "abcde" for row in (bought(name, "p", 10), bought(name, "q", 30))]
    people = [{"customer_id": name, "trade_class": "Shops"} for name in "abcdef"]
    later = [line("f", "2026-04-10", 7, product_id="p"), line("a", "2026-05-02", 9, product_id="new")]
    facts = facts_of("2026-09", order_lines=[*peers, bought("f", "q", 100), *later, line("b", "2026-09-30", 1)],
                     customers=people)  # fmt: skip
    tests = facts.frame("proposal_tests").set_index(["customer_id", "rule"])
    assert set(tests.index.get_level_values("customer_id")) == {"f"}
    assert tests.loc[("f", "popularity"), ["proposals", "bought", "net_amount"]].tolist() == [1, 1, 7]
    assert tests.loc[("f", "any"), "bought"] == 1
