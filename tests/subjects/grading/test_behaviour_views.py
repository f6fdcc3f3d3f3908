"""Behaviour classes for readers: problem customers first, with the reason in their own figures."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from frames import behaved

from helpers.present.numbers import numbers
from helpers.settings.config import parse_settings
from helpers.subjects.grading import behaviour_views as show

MONTH = pd.Period("2026-10", "M")
N = numbers("en", "EUR")


def company(count=6, **changes):
    """So many customers who buy every 30 days, the last time on 20 October; ``changes`` by column of the summary."""
    names = pd.array([f"C{number:02}" for number in range(count)], dtype="str")
    people = pd.DataFrame({"customer_id": names, "name": pd.array(["五金 & Co."] * count, dtype="str")})
    summary = pd.DataFrame(
        {
            "customer_id": names, "first_purchase": pd.Timestamp("2024-10-30"),
            "last_purchase": pd.Timestamp("2026-10-20"), "frequency": 24.0, "mean_gap_days": 30.0,
            "net_amount": 1200.0, "returns_amount": 0.0, "gross_amount": 1200.0, "returns_share": 0.0,
            "lines_lifetime": 25,
        }
    )  # fmt: skip
    for column, values in changes.items():
        summary[column] = values
    every = pd.date_range("2024-11-01", "2026-10-01", freq="MS")
    rows = [(name, month, 100.0, 1) for name in names for month in every]
    months = pd.DataFrame(rows, columns=["customer_id", "month", "net_amount", "purchase_days"])
    return people, summary, months


def complaints(*rows):
    columns = ["customer_id", "severity", "complaints", "open_complaints"]
    return pd.DataFrame(rows, columns=columns)


def test_problem_customers_stand_with_all_their_reasons():
    people, summary, months = company(returns_share=[0.2, 0, 0, 0, 0, 0])
    found = complaints(("C00", "low", 4, 1), ("C03", "high", 1, 2))
    result = behaved(people, summary, months, MONTH, complaints=found)
    problems, *_others = show.names_tables(result, N)
    assert problems.caption == "Problem customers, in EUR"
    assert "4 complaints in 12 months; 20% of purchases returned" in problems.text
    assert "2 open complaints" in problems.text
    first = show.behaviour_findings(result, N).sentences[0]
    assert first.startswith(
        "2 problem customers, with €2.4K of net sales; the largest is 五金 & Co., for 4 complaints"
    )


def test_silent_customers_stand_with_the_length_of_their_silence():
    last = [pd.Timestamp("2026-04-01"), *[pd.Timestamp("2026-10-20")] * 5]
    result = behaved(*company(last_purchase=last), MONTH)
    (quiet,) = show.names_tables(result, N)
    assert quiet.caption == "In a long pause, in EUR"
    assert "silent for 7.1 times its usual gap; last purchase 213 days ago" in quiet.text


def test_long_list_says_how_many_it_leaves_out():
    result = behaved(*company(30, returns_share=0.5), MONTH)
    table = show.names_table(result, "problem", N)
    assert table.summary.endswith("the 10 largest of 30")
    assert table.row_count == 30


def test_heat_map_counts_every_customer_who_bought():
    result = behaved(*company(6), MONTH)
    chart = show.heat_chart(result, N)
    assert chart.alt == "recency 3, frequency 3: 6 customers"
    assert "5 · most often" in " ".join(
        re.findall(r">([^<]+)</(?:text|tspan)>", chart.svg)
    )  # heads may have two lines
    assert chart.title == "No customer is in the top fifth for both recency and frequency"


def test_few_customers_and_missing_complaints_are_said():
    text = " ".join(show.behaviour_findings(behaved(*company(), MONTH), N).sentences)
    assert "Only 6 customers have ever bought" in text
    assert "Complaints are not supplied (table complaints)" in text
    assert "Complaints" not in show.segment_table(behaved(*company(), MONTH), N).text


def test_segment_of_ones_own_is_called_what_the_settings_call_it():
    rules = [{"segment": "大客户 <1>", "all": ["net_amount > 0"]}]
    chosen = parse_settings({"segments": {"rules": rules}}, "x").segments
    result = behaved(*company(), MONTH, settings=chosen)
    table = show.segment_table(result, N)
    assert "大客户 <1>" in table.text
    assert "&lt;1&gt;" in table.html
    assert "net sales more than €0 in 12 months" in show.rules_table(result, N).text


@pytest.mark.parametrize("rows", [0, 1])
def test_company_without_purchases_can_be_shown(rows):
    people, summary, months = company(1)
    result = behaved(people.iloc[:rows], summary.iloc[:0], months.iloc[:0], MONTH)
    assert show.heat_chart(result, N).title == "There are no purchases to class customers by"
    assert show.segment_chart(result, N).title == "There are no sales to class customers by"
    assert show.names_tables(result, N) == []
    assert "nan" not in show.segment_table(result, N).text
