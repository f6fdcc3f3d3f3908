"""Each quote as it stood at the month end."""

import pandas as pd
import pytest
from books import book_on
from builders import line

from helpers.core.scope import Scope

PEOPLE = [{"customer_id": "a", "salesperson_id": "S1"}, {"customer_id": "b", "salesperson_id": "S2"}]
LINES = [line("a", "2026-10-20", 90, "A1"), line("b", "2026-11-04", 80, "B1")]
PROSPECTS = [{"prospect_id": "x", "first_contact_date": "2026-09-01", "salesperson_id": "S1"}]


def quote(number, date="2026-10-01", customer="a", **more):
    return {"quote_id": number, "quote_date": date, "customer_id": customer, "amount": 100, **more}


@pytest.fixture
def quotes(facts_of):
    def asked(*rows, month="2026-10", **more):
        return facts_of(month, order_lines=LINES, customers=PEOPLE, prospects=PROSPECTS, quotes=rows, **more)

    return asked


def said(facts):
    rows = facts.frame("quote_rows").set_index("quote_id")
    return rows["status"].to_dict()


ROWS = (
    quote("later", status="lost", decided_at="2026-11-02", reason="price"),
    quote("lost", status="lost", decided_at="2026-10-09", reason="price"),
    quote("ordered", order_id="A1"), quote("orders later", customer="b", order_id="B1", status="won"),
    quote("undated", status="expired"), quote("nothing said"), quote("of November", date="2026-11-01"),
)  # fmt: skip


def test_a_quote_decided_later_is_open_and_one_without_status_is_won_by_its_order(quotes):
    facts = quotes(*ROWS)
    assert said(facts) == {
        "later": "open", "lost": "lost", "ordered": "won", "orders later": "open", "undated": "expired",
        "nothing said": "open",
    }  # fmt: skip
    rows = facts.frame("quote_rows").set_index("quote_id")
    assert str(rows.loc["ordered", "decided"])[:10] == "2026-10-20"
    assert rows["undated"].to_dict() == {name: name == "undated" for name in rows.index}
    assert rows.loc["later", ["decided", "reason"]].isna().all()


def test_a_month_later_it_is_known(quotes):
    assert said(quotes(*ROWS, month="2026-11"))["later"] == "lost"
    assert said(quotes(*ROWS, month="2026-11"))["orders later"] == "won"


def test_a_salesperson_sees_quotes_of_own_customers_and_prospects(quotes):
    rows = [quote("own", salesperson_id="S2"), quote("other", customer="b", salesperson_id="S1"),
            quote("met", customer=None, prospect_id="x"),
            quote("nobody's", customer=None, prospect_id="y")]  # fmt: skip
    facts = quotes(*rows)
    own = facts.frame("quote_rows", Scope("salesperson", "S1", "S1"))
    assert sorted(own["quote_id"]) == ["met", "own"]
    assert facts.frame("quote_rows", Scope("salesperson", "S2", "S2"))["quote_id"].tolist() == ["other"]


def test_the_rate_of_a_class_is_withheld_where_it_rests_on_few_others(facts_of):
    people = [{"customer_id": "own", "salesperson_id": "S1", "trade_class": "Shops"}]
    people += [
        {"customer_id": f"o{each}", "salesperson_id": "S2", "trade_class": "Shops"} for each in range(9)
    ]

    def told(others):
        """The rates of wins and of returns of the class, of which so many others have quotes and orders."""
        who = ["own", *(f"o{each}" for each in range(others))]
        facts = facts_of(
            "2026-10",
            customers=people,
            salespeople=[{"salesperson_id": each, "name": each} for each in ("S1", "S2")],
            order_lines=[line(each, "2026-10-02", 10) for each in who],
            quotes=[quote(each, customer=each, status="won", decided_at="2026-10-05") for each in who],
        )
        book = book_on(facts, "salesperson:S1")
        return [book.quotes().customers["group_rate"].iloc[0], book.returns().customers["group_rate"].iloc[0]]

    assert told(5) == [1, 0]
    assert pd.isna(told(4)).all()
