"""Grades for readers: names with the rule that gave the grade, and long lists that say what they leave out."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from books import text_of
from frames import graded

from helpers.present.numbers import numbers
from helpers.settings.grading import GRADE_MEASURES, SEGMENT_MEASURES, Condition
from helpers.subjects.grading import grade_views as show
from helpers.subjects.grading import words as rule_words

MONTH = pd.Period("2026-10", "M")
N = numbers("en", "EUR")


def company(count=5, amount=1000.0):
    names = [f"C{number:02}" for number in range(count)]
    people = pd.DataFrame(
        {
            "customer_id": pd.array(names, dtype="str"),
            "name": pd.array([f"<b>Shop {name}</b>" for name in names], dtype="str"),
            "trade_class": pd.array(["DIY shops"] * count, dtype="str"),
            "size_class": pd.array(["key"] * count, dtype="str"),
        }
    )
    months = pd.DataFrame(
        {
            "customer_id": pd.array(names, dtype="str"),
            "month": pd.to_datetime(["2026-09-01"] * count),
            "net_amount": amount,
            "cost_amount": float("nan"),
            "net_amount_with_cost": float("nan"),
            "purchase_days": 1,
        }
    )
    return people, months


@pytest.fixture
def wallet():
    row = {
        "customer_id": "C00",
        "method": "stated",
        "as_of": pd.Timestamp("2026-01-01"),
        "annual_purchases": 4000.0,
    }
    return pd.DataFrame([row])


def test_names_stand_with_the_rule_and_what_is_known_of_their_potential(wallet):
    result = graded(*company(), MONTH, wallet=wallet)
    text = show.names_table(result, "strategic", N).text
    assert "in the first 50% of company sales; potential 0.83" in text
    assert "buys 75% of its needs from others, €3K a year" in text
    assert "size: key" in text


def test_names_are_data_and_never_markup(wallet):
    result = graded(*company(), MONTH, wallet=wallet)
    assert "<b>" not in show.names_table(result, "strategic", N).html


def test_long_list_says_how_many_it_leaves_out():
    result = graded(*company(40), MONTH)
    table = show.names_table(result, "strategic", N)
    assert len(result.of("strategic")) == 20
    assert table.summary == "Strategic customers, in EUR: the 10 largest of 20"
    assert table.row_count == 20


def test_scope_reads_the_rule_without_the_companys_figures():
    people, months = company(40)
    own = graded(people, months, MONTH, keep={"C00", "C01"})
    table = show.names_table(own, "strategic", N)
    assert "in the first 50% of company sales" in table.text
    assert "Of company" not in table.text
    assert "From" not in show.level_table(own, N).text


def test_title_says_what_strategic_customers_bring():
    result = graded(*company(), MONTH)
    assert show.grade_chart(result, N).title == "Strategic: 3 customers bring 60.0% of net sales"
    assert "Important: 1 customer, 20.0% of sales" in show.grade_chart(result, N).alt


def test_title_is_of_the_best_grade_that_anyone_has():
    people, months = company()
    result = graded(people.assign(size_class=None), months, MONTH)
    assert show.grade_chart(result, N).title == "Important: 4 customers bring 80.0% of net sales"


def test_company_without_customers_or_sales_can_be_shown():
    people, months = company(1)
    for result in (
        graded(people.iloc[:0], months.iloc[:0], MONTH),
        graded(people, months.iloc[:0], MONTH),
        graded(people, months.assign(net_amount=-5.0, purchase_days=0), MONTH),
    ):
        assert show.grade_chart(result, N).title == "There are no sales to grade customers by"
        assert "no purchases yet" in show.level_chart(result, N).title
        for item in (
            show.grade_table(result, N),
            show.level_table(result, N),
            show.grades_findings(result, N),
        ):
            assert not re.search(r"\bnan\b", text_of(item).lower())


def test_findings_say_what_is_not_known(wallet):
    text = " ".join(show.grades_findings(graded(*company(), MONTH, wallet=wallet), N).sentences)
    assert "purchases elsewhere (1), growth (0), size (5), interest (0)" in text


def test_estimate_below_our_own_sales_is_pointed_out(wallet):
    low = wallet.assign(annual_purchases=900.0)
    text = " ".join(show.grades_findings(graded(*company(), MONTH, wallet=low), N).sentences)
    assert "1 estimate of a customer's purchases is below what it bought from us" in text


@pytest.mark.parametrize("measure", sorted({*GRADE_MEASURES, *SEGMENT_MEASURES}))
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_measure_a_rule_may_use_has_its_words(measure, language):
    n = numbers(language, "CNY")
    for comparison in ("<", "<=", ">", ">=", "="):
        text = rule_words._condition_text(Condition(measure, comparison, 0.5), 12, n)
        assert text and "{" not in text
        assert rule_words._observed_text(Condition(measure, comparison, 0.5), 0.25, 12, n)
