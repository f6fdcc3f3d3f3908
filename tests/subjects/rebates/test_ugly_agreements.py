"""Agreements that the data cannot tell, and sales that count more than once, worked by hand."""

from __future__ import annotations

from books import book_on
from builders import bracket, line

from helpers.present.numbers import numbers
from helpers.subjects.rebates import views


def test_growth_over_a_period_that_the_data_only_partly_cover_is_not_computed(facts_of):
    """Lines from July 2025 on: growth in 2026 over them would be growth over half a year."""
    lines = [
        line("a", day, money)
        for day, money in (("2025-07-01", 60_000), ("2026-05-01", 90_000), ("2026-07-05", 1))
    ]
    rows = [bracket("year", 10, 1, basis="growth"), bracket("stated", 10, 1, basis="growth", base_amount=120_000),
            bracket("half", 10, 1, basis="growth", first_day="2026-07-01")]  # fmt: skip
    found = book_on(facts_of("2026-07", order_lines=lines, rebate_agreements=rows)).rebates()
    assert found.problems == {"year": "short_base"}
    assert found.agreements.set_index("agreement_id")["base_amount"].to_dict() == {
        "stated": 120_000,
        "half": 60_000,
    }


def test_growth_of_a_customer_who_bought_nothing_a_year_before_is_named_and_not_nought(facts_of):
    lines = [line("b", "2025-01-05", 1), line("a", "2026-05-01", 90_000)]
    rows = [bracket("new", 10, 1, basis="growth"), bracket("nil", 0, 1, basis="growth", base_amount=0)]
    found = book_on(facts_of("2026-05", order_lines=lines, rebate_agreements=rows)).rebates()
    assert found.problems == {"new": "no_base", "nil": "no_base"}
    sentences = views.rebate_findings(found, numbers("en", "CNY")).sentences
    assert "nothing was bought in the same days a year before: write base_amount" in " ".join(sentences)


def test_a_cent_returned_takes_a_bracket_back_and_what_was_given_in_goods_is_too_much(facts_of):
    lines = [
        line("a", "2026-02-01", 60_000),
        line("a", "2026-03-20", 40_000),
        line("a", "2026-04-02", "-0.01"),
    ]
    given = [
        {"agreement_id": "r", "payment_date": "2026-04-01", "amount": 700, "kind": "goods"},
        {"agreement_id": "r", "payment_date": "2026-04-01", "amount": 300, "kind": "credit"},
    ]
    of = {"order_lines": lines, "rebate_agreements": [bracket("r", 100_000, 1)], "rebate_payments": given}
    march, april = (
        book_on(facts_of(month, **of)).rebates().agreements.iloc[0] for month in ("2026-03", "2026-04")
    )
    assert (march["accrued_amount"], march["open_amount"]) == (1000, 1000)
    assert (april["accrued_amount"], april["paid_amount"], april["open_amount"]) == (0, 1000, -1000)
    assert (april["distance"], april["worth_amount"]) == (0.01, 1000)


def test_the_same_sales_count_for_two_agreements_of_a_customer_and_for_one_of_its_group(facts_of):
    """Worked by hand: 2 % of 30,000; 1 % above 10,000; and of the group's 50,000 at 0.5 % the customer's 3/5."""
    rows = [
        bracket("all", 0, 2), bracket("above", 10_000, 1, counting="marginal"),
        bracket("group", 40_000, 0.5, group_id="G"),
    ]  # fmt: skip
    groups = [{"customer_id": each, "group_id": "G"} for each in "ab"]
    lines = [line("a", "2026-02-01", 30_000), line("b", "2026-03-01", 20_000)]
    found = book_on(
        facts_of("2026-03", order_lines=lines, rebate_agreements=rows, buying_groups=groups)
    ).rebates()
    earned = found.agreements.set_index("agreement_id")["accrued_amount"].to_dict()
    assert earned == {"all": 600, "above": 200, "group": 250}
    assert found.customers.set_index("customer_id")["accrued_amount"].to_dict() == {"a": 950, "b": 100}
