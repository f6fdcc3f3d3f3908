"""What subjects leave of each customer is what they say, serves who comes later, and a broken file costs time alone."""

import pandas as pd
import pytest
from books import book_on
from builders import line

from helpers.book import Book
from helpers.report.requests import READ_BY_THE_CARD
from helpers.subjects.card.views import customer_card
from helpers.subjects.customer_rows import OfCustomers
from helpers.subjects.summary.gather import SUBJECTS, write_rows

LINES = [
    *(line("a", f"2026-{month:02}-03", 100) for month in range(1, 11)),
    line("b", "2026-09-05", 40),
    line("b", "2026-10-05", 60),
]
CUSTOMERS = [
    {"customer_id": "a", "name": "Ann", "trade_class": "Chains", "salesperson_id": "S1"},
    {"customer_id": "b", "name": "Bob", "trade_class": "Chains", "salesperson_id": "S2"},
    {"customer_id": "c", "name": "Nobody yet", "trade_class": "Chains", "salesperson_id": "S1"},
]


@pytest.fixture
def cache_of_worlds(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def facts(facts_of):
    return facts_of("2026-10", order_lines=LINES, customers=CUSTOMERS)


def test_rows_left_are_what_the_subject_says(facts):
    book = book_on(facts)
    said = book.grades().customers.set_index("customer_id")
    rows = book._grade_rows()
    assert rows.columns("grade", "amount")["grade"].to_dict() == said["grade"].to_dict()
    assert rows.row("a")["amount"] == said.loc["a", "amount"] == 1000.0


@pytest.mark.slow
def test_a_question_writes_no_rows_and_its_page_does_once_it_has_run(facts):
    book = book_on(facts)
    book.tiers(book.main_dimension), book.grades(), book.behaviour(), book.lifetime(), book.signals()
    book.risk_list(book.churn())
    assert list(facts.folder.rglob("*-company.parquet")) == []
    for page in {subject.page for subject in SUBJECTS}:
        write_rows(book, page)
    written = {path.name.removesuffix("-company.parquet") for path in facts.folder.rglob("*-company.parquet")}
    assert written == {"tiers", "tier_history", "grades", "behaviour", "value", "states", "risk", "signals"}


def test_pages_that_the_card_waits_for_are_those_whose_subjects_it_shows():
    pages = {f"{subject.page}.ipynb" for subject in SUBJECTS if subject.rows is not None}
    assert pages == set(READ_BY_THE_CARD)


@pytest.mark.slow
def test_a_page_writes_rows_of_its_cached_answers_and_computes_nothing_again(facts, monkeypatch):
    book = book_on(facts)
    seen = book.churn()
    book.risk_list(seen), book.signals()
    for computed in ("risk_list", "signals"):
        module = f"helpers.subjects.{'churn' if computed == 'risk_list' else computed}.queries"
        monkeypatch.setattr(f"{module}.{computed}", lambda *_, **__: pytest.fail("asked anew"))
    write_rows(book, "04_churn_signals")
    assert set(book._risk_rows().columns("probability").index) == {"a", "b"}


@pytest.mark.slow
def test_a_card_asks_no_subject_that_has_left_its_rows(facts, monkeypatch):
    first = book_on(facts)
    shown, listed = customer_card(first, "a").text, first.card_index().customers
    for question in ("grades", "behaviour", "tiers", "lifetime", "churn", "risk_list", "signals"):
        monkeypatch.setattr(Book, question, lambda *_, **__: pytest.fail("asked anew"))
    later = book_on(facts)
    assert customer_card(later, "a").text == shown
    pd.testing.assert_frame_equal(later.card_index().customers, listed)


def test_each_scope_has_rows_of_its_own(facts):
    assert set(book_on(facts)._grade_rows().columns("grade").index) == {"a", "b", "c"}
    assert set(book_on(facts, "salesperson:S1")._grade_rows().columns("grade").index) == {"a", "c"}


@pytest.mark.slow
def test_an_answer_about_some_customers_is_not_cached_as_that_of_all(facts):
    book = book_on(facts)
    book.risk_list(book.churn().of(["a"]))
    book.tiers(only={"customer_id": "a"})
    assert set(book._risk_rows().columns("probability").index) == {"a", "b"}
    assert set(book._tier_rows().columns("tier").index) == {"a", "b"}


def test_a_file_cut_short_is_left_anew(facts):
    book = book_on(facts)
    path = book._grade_rows().path
    path.write_bytes(path.read_bytes()[:100])
    assert book_on(facts)._grade_rows().row("b")["amount"] == 100.0


def test_lists_come_back_as_they_were_and_several_rows_in_their_order(facts):
    table = pd.DataFrame(
        {
            "customer_id": ["b", "a", "b"],
            "reasons": [("silence", "small"), (), ("season",)],
            "strength": [3.0, 1.0, 9.0],
        }
    )

    def said():
        return OfCustomers(table, {"horizon": 3})

    said.__module__ = "helpers.subjects.customer_rows"  # code of ours names the file
    rows = book_on(facts)._customer_rows("made_up", said)
    assert rows.of("b")["reasons"].tolist() == [("silence", "small"), ("season",)]
    assert rows.of("a")["reasons"].tolist() == [()]
    assert rows.row("c") is None
    assert rows.of_all == {"horizon": 3}
