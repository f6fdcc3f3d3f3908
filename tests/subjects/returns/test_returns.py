"""Who returns more than its class by more than chance, and what a part of the company is told of the class."""

import pandas as pd
import pytest
from books import text_of

from helpers.core.proposals import Likelihood
from helpers.present.numbers import numbers
from helpers.subjects.returns import views
from helpers.subjects.returns.returns import customers_against_class, returns

MONTH = pd.Period("2026-10", "M")
IDS = [f"c{each}" for each in range(20)]
PEOPLE = pd.DataFrame({"customer_id": IDS, "name": IDS, "salesperson_name": "Ann", "trade_class": "shops"})
COUNTS = pd.DataFrame({"customer_id": IDS, "sold_orders": 40, "sold_quantity": 400.0, "sold_amount": 1000.0,
                       "returned_orders": [14, *([2] * 19)], "returned_quantity": 9.0, "returned_amount": 20.0,
                       "credit_amount": 0.0})  # fmt: skip
ROWS = pd.DataFrame({"customer_id": ["c0", "c0"], "product_id": ["p", "q"], "reason": ["defect", None],
                     "orders": [9, 5], "quantity": [9.0, 5.0], "amount": [12.0, 8.0]})  # fmt: skip
GOODS = COUNTS.drop(columns="customer_id").assign(product_id=[f"p{each}" for each in range(20)])


def found(others=None):
    against = customers_against_class(COUNTS, PEOPLE, "trade_class")
    return returns(against, GOODS, ROWS, PEOPLE, None, MONTH, 12, has_reasons=True, others=others)


def test_who_returns_more_than_its_class_is_named_with_its_reason_and_an_action():
    result, n = found(), numbers("en", "CNY")
    (named,) = result.customers[result.customers["more"]].to_dict("records")
    assert (named["customer_id"], named["reason"]) == ("c0", "defect")
    assert named["group_rate"] == pytest.approx((14 + 2 * 19) / 800)
    assert result.totals["amount_rate"] == pytest.approx(0.02)
    text = text_of(*views.returns(result, n))
    assert "1 customer returns more often than its class by more than chance: c0." in text
    assert "more than chance" in text
    worded = views.proposed_actions(result, n, Likelihood()).worded()
    assert worded["reason"].tolist() == ["Returns: 14, orders: 40; its class: 6.5%."]


def test_a_part_of_the_company_is_told_the_class_in_two_digits_and_only_of_enough_others():
    rates = [found(pd.Series({"shops": count})).customers.iloc[0] for count in (9, 4)]
    assert rates[0]["group_rate"] == 0.065
    assert pd.isna(rates[1]["group_rate"])
    assert pd.isna(rates[0]["chance"])


def test_without_a_line_that_takes_goods_back_the_page_says_so():
    nothing = COUNTS.assign(returned_orders=0, returned_amount=0.0)
    against = customers_against_class(nothing, PEOPLE, "trade_class")
    result = returns(against, GOODS, ROWS.iloc[:0], PEOPLE, None, MONTH, 12, has_reasons=False)
    (said,) = views.returns(result, numbers())
    assert said.sentences == ("No line takes goods back: nothing was returned, or the data do not say.",)
