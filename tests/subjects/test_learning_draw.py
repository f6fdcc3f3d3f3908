"""Where there are too many customers to learn from, some are drawn, and all are scored all the same."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.book import open_book
from helpers.settings.config import SAMPLE_FOLDER
from helpers.subjects.churn import views as leaves
from helpers.subjects.trade import product_views as goods
from helpers.subjects.value import views as worth


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The sample of 400 customers, of whom about 200 may be learnt from."""
    path = tmp_path_factory.mktemp("map") / "workbook.toml"
    told = (SAMPLE_FOLDER / "workbook.toml").read_text(encoding="utf-8")
    path.write_text(told + "\n[learning]\nmost_customers = 200\n", encoding="utf-8")
    return open_book(map=path)


def test_a_customer_is_drawn_with_its_whole_past_and_the_others_with_two_month_ends(book):
    panel = book.facts.frame("purchase_panel")
    months = panel.groupby("customer_id")["origin"].nunique()
    sampled = book.facts.sampled_frame("purchase_months")["customer_id"].unique()
    assert 150 < len(sampled) < 250
    assert months[~months.index.isin(sampled)].max() == 2
    assert months[months.index.isin(sampled)].max() > 30


@pytest.mark.slow
def test_everybody_has_a_probability_and_a_value(book):
    lived = book.frame("customer_summary").dropna(subset=["last_purchase"])
    seen, value = book.churn(), book.lifetime()
    assert 0 < seen.learnt_from < 250
    assert seen.method == "learned"
    assert seen.customers["probability"].notna().all()
    year = lived["last_purchase"] >= "2025-11-01"
    assert set(lived.loc[year, "customer_id"]) <= set(seen.customers["customer_id"])
    assert set(value.customers["customer_id"]) == set(lived["customer_id"])
    assert value.customers["value_amount"].notna().all()
    assert set(seen.states["number"]) == {2026 * 12 + 9, 2026 * 12 + 10}


@pytest.mark.slow
def test_in_how_many_parts_the_others_are_scored_changes_nothing(book, monkeypatch):
    seen = book.churn()
    assert seen.customers["customer_id"].is_unique
    assert not seen.history.duplicated(["customer_id", "number"]).any()
    assert not seen.states.duplicated(["customer_id", "number"]).any()
    monkeypatch.setattr("helpers.engine.cache.encoded_rows._CUSTOMERS_AT_ONCE", 61)
    again = book._churn(None)
    for part in ("customers", "history"):
        one, other = getattr(seen, part), getattr(again, part)
        pd.testing.assert_frame_equal(one, other, rtol=0, atol=2e-9)  # rounding to nine digits
    pd.testing.assert_frame_equal(seen.states, again.states)


def test_reasons_are_named_of_whom_we_warn_and_who_shrinks_and_of_nobody_else(book):
    seen = book.churn()
    table = seen.customers
    warned = (table["probability"] >= seen.warn.probability) | (table["shrinking"] >= 0.5)
    assert not table.loc[~warned, "reasons"].map(len).any()
    assert table.loc[warned, "reasons"].map(len).mean() > 1


def test_the_pages_say_from_how_many_was_learnt(book):
    n, seen, value = book.numbers, book.churn(), book.lifetime()
    told = leaves.churn_findings(seen, book.risk_list(seen), n)
    assert any("sampled by their ids" in sentence for sentence in told.sentences)
    assert any("sampled by their ids" in sentence for sentence in worth.equity_findings(value, n).sentences)


def test_proposals_are_tested_by_those_drawn_and_made_to_everybody(book):
    found = book.recommendations()
    sampled = set(book.facts.sampled_frame("purchase_months")["customer_id"])
    tested = set(book.frame("proposal_tests")["customer_id"])
    assert tested
    assert tested <= sampled
    assert set(found.rows["customer_id"]) - sampled
    assert found.tested_by == len(tested)
    assert any(
        "sampled by their ids" in sentence for sentence in goods.push_findings(found, book.numbers).sentences
    )
