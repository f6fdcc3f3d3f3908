"""What several pages say of one customer or one total is one number, or says what makes it another."""

from __future__ import annotations

import pytest
from books import book_on
from builders import line

from helpers.settings.config import Settings
from helpers.subjects.tiers.views import tier_findings
from helpers.subjects.trade.views import trade_chart

CLASSES = {"a": "Shops", "b": "Shops", "c": "DIY"}
PEOPLE = [{"customer_id": who, "trade_class": kind, "salesperson_id": "S1"} for who, kind in CLASSES.items()]
LINES = [line("a", "2026-05-04", 500), line("b", "2026-06-01", 300), line("c", "2026-10-31", 200)]
EVIDENCE = [
    {"customer_id": "a", "as_of": "2026-10-31", "annual_purchases": 1000, "method": "plan"},
    {"customer_id": "a", "as_of": "2026-10-31", "annual_purchases": 4000, "method": "third_party"},
]


@pytest.fixture
def book_of(facts_of):
    def build(scope="company", **supplied):
        tables = {"order_lines": LINES, "customers": PEOPLE, "wallet_evidence": EVIDENCE} | supplied
        return book_on(facts_of("2026-10", **tables), scope, currency="EUR")

    return build


def test_the_room_that_grades_a_customer_is_the_room_that_the_page_on_trade_tells(book_of):
    for book in (book_of(), book_of("salesperson:S1")):
        told = book.wallet().customers.set_index("customer_id")["room_amount"]
        graded = book.grades().customers.set_index("customer_id")["room_amount"].dropna()
        assert graded.to_dict() == pytest.approx(told.to_dict())
        # A plan is off by 20 %, what others say by 60 %: nine times the weight.
        assert told.to_dict() == pytest.approx({"a": 1000**0.9 * 4000**0.1 - 500}, abs=0.01)


def test_shares_of_named_customers_say_so_where_other_pages_shares_are_of_all_sales(book_of):
    walk_in = [*LINES, line(None, "2026-08-01", 250, "till"), line(None, "2025-10-31", 9_000, "older")]
    for scope, amount in (("company", 250.0), ("salesperson:S1", 0.0)):
        book = book_of(scope, order_lines=walk_in)
        by_class = book.tiers()
        assert by_class.unnamed_amount == amount
        sentences = tier_findings(by_class, book.tiers(None), book.numbers).sentences
        of_the_named = [each for each in sentences if "name no customer" in each]
        expected = (
            "€250 of net sales name no customer: the shares on this page are of what named customers brought."
        )
        assert of_the_named == ([expected] if amount else [])
    assert book_of().tiers().unnamed_amount == 0


def test_sales_to_date_grew_by_the_same_on_the_page_on_trade_while_the_month_is_not_over(facts_of):
    days = ["2025-02-03", "2025-10-15", "2025-10-28", "2026-02-03", "2026-10-15"]
    lines = [line("a", day, 100 * place) for place, day in enumerate(days, start=1)] + [
        line("a", "2024-12-02", 7)
    ]
    settings = Settings(periods={"complete_until": "2026-10-20"})
    facts = facts_of("2026-10", settings, order_lines=lines, customers=PEOPLE)
    for scope in ("company", "salesperson:S1"):
        book = book_on(facts, scope, currency="EUR")
        total = book.composition().total.iloc[0]
        # 400 + 500 on 100 + 200: what came on 28 October 2025 may still come.
        assert total["ytd_change_percent"] == pytest.approx(200)
        assert trade_chart(book.trade(), book.numbers).title.endswith("€900, +200.0% on a year earlier")


def test_complaints_of_a_month_that_is_not_over_are_held_against_the_same_days(facts_of):
    settings = Settings(periods={"complete_until": "2026-10-20"})
    days = ["2025-09-30", "2025-10-20", "2025-10-21", "2026-01-05", "2026-10-02"]
    cases = [{"customer_id": "a", "category": "late", "opened_at": day} for day in days]
    lines = [line("a", day, 100) for day in ("2024-01-02", "2026-10-20")]
    facts = facts_of("2026-10", settings, order_lines=lines, customers=PEOPLE, complaints=cases)
    book = book_on(facts, currency="EUR")
    found = book.complaints()
    # The year before began in November 2024, and goes to 20 October 2025.
    assert (found.opened, found.opened_previous) == (2, 2)
    assert found.causes["previous"].sum() == 2
