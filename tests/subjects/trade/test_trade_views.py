"""What readers are told of trade, wallet and products; a salesperson sees no colleague's customers."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from books import text_of

from helpers.book import open_book
from helpers.core.proposals import Likelihood
from helpers.present.actions import COLUMNS
from helpers.subjects.trade import product_views as goods
from helpers.subjects.trade import views as show
from helpers.subjects.trade import wallet_views as purse
from helpers.subjects.trade.products import products


@pytest.fixture(scope="module")
def book():
    return open_book(month="2026-10", scope="salesperson:S03")


def test_a_salespersons_page_names_no_other_customer(book):
    n, own = book.numbers, set(book.frame("customers")["customer_id"])
    wallet, proposed = book.wallet(), book.recommendations()
    for frame in (book.trade().customers, wallet.customers, wallet.evidence, proposed.rows):
        assert len(frame) and set(frame["customer_id"]) <= own
    assert set(book.customer_products(["C00378", "C00393", *sorted(own)[:3]]).groups["group"]) <= own
    assert "Jun Berg" in text_of(*show.trade(book.trade(), n), *goods.push(proposed, n))


def test_a_customer_is_held_against_its_own_last_year_and_not_against_a_target_shared_with_new_ones(book):
    rows = book.trade().customers
    before = rows[rows["year_previous_amount"] > 0]
    less = int((before["year_amount"] < before["year_previous_amount"]).sum())
    said = text_of(show.trade_findings(book.trade(), book.numbers)).split("\n")[0]
    assert said.startswith(f"{less} of {len(before)} customers of last year ")


@pytest.mark.parametrize(("share", "written"), [(0.984, "98.4%"), (2.5, "250.0%"), (9.197, "×9.2")])
def test_a_multiple_of_what_is_expected_is_said_as_times(book, share, written):
    columns = show._span_columns(book.trade().customers, book.trade(), book.numbers)
    assert columns["year_attainment"].text(share) == written


def test_growing_is_worth_what_can_be_won_of_what_is_left_for_sure(book):
    n, result = book.numbers, book.wallet()
    rows = purse.proposed_actions(result, n, Likelihood()).worded()
    assert tuple(rows.columns) == (*COLUMNS, "reason") and set(rows["kind"]) == {"grow"}
    sure = result.customers[(result.customers["own_amount"] > 0) & result.customers["contradiction"].isna()]
    won = Likelihood().winnable * sure["room_low_amount"].sum()
    assert rows["value_amount"].sum() == pytest.approx(won)


def test_nothing_is_proposed_that_the_customer_buys_already(book):
    proposed = book.recommendations().rows
    bought = book.customer_products(sorted(set(proposed["customer_id"]))).products
    bought = bought[bought["net_amount"] > 0]
    pairs = set(zip(bought["group"], bought["product_id"], strict=True))
    assert not pairs & set(zip(proposed["customer_id"], proposed["product_id"], strict=True))


def test_missing_tables_are_said_in_a_line(book):
    n = book.numbers
    assert "wallet_evidence" in text_of(*purse.wallet(None, n))
    assert "product_id" in text_of(*goods.products(None, n)) and "product_id" in text_of(*goods.push(None, n))


def test_a_salesperson_without_customers_has_a_page_without_figures():
    empty = open_book(month="2026-10", scope="salesperson:S02")
    n = empty.numbers
    assert "None of these customers" in text_of(show.trade_findings(empty.trade(), n))
    assert empty.wallet().customers.empty and empty.recommendations().rows.empty
    assert "Nothing was sold" in text_of(*goods.products(empty.products(), n))


def test_a_customer_who_buys_the_same_each_month_buys_no_less_than_in_an_average_one(book):
    months = pd.period_range("2025-11", "2026-10", freq="M")
    matrix = pd.DataFrame([[0.1] * 12, [5.0] * 11 + [4.99]], ["a", "b"], months)
    who = pd.DataFrame({"customer_id": ["a", "b"], "name": ["Ann", "Ben"]})
    picture = show.months(SimpleNamespace(customers=who, matrix=matrix), book.numbers)[0]
    assert picture.title.startswith("Largest customers: 1 of 2 bought less in Oct")


def test_products_of_one_name_bear_their_ids_so_that_a_name_leads_to_its_own_buyers(book):
    sold = pd.DataFrame({"product_id": ["P1", "P2", "P3"], "net_amount": [9.0, 5.0, 2.0], "cost_amount": 0.0,
                         "net_amount_with_cost": 0.0, "quantity": 1.5})  # fmt: skip
    known = pd.DataFrame({"product_id": ["P1", "P2", "P3"], "name": ["Bit", "Bit", "Saw"], "category": "x",
                          "offering_role": None, "turnover": float("nan")})  # fmt: skip
    listed = goods.product_table(products(sold, known), book.numbers).frame["label"].tolist()
    assert listed == ["Bit (P1)", "Bit (P2)", "Saw"]
    bought = sold[["product_id", "net_amount"]].assign(
        product_name=known["name"], customer_id="a", name="Ann", quantity=1.5, trade_class=None
    )
    (behind,) = goods.buyers_of_each(bought, book.numbers)
    assert behind.frame["product"].tolist() == listed
    assert ">1.5<" in goods.buyers_table(bought, "Bit", book.numbers).html
