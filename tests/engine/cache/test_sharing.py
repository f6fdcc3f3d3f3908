"""What is asked twice is answered once, and only where nobody could tell the difference."""

from dataclasses import replace

import pytest

from helpers.book import open_book
from helpers.engine.cache import cache


@pytest.fixture
def sharing_on(monkeypatch):
    monkeypatch.setattr(cache, "_run", None)
    cache.start_run(None)


@pytest.fixture(scope="module")
def book():
    return open_book(scope="salesperson:S02")


def test_a_question_asked_again_has_the_same_answer(book):
    assert book.composition() is book.composition(by=None)
    assert book.composition(by="region") is not book.composition()


def test_an_answer_given_to_the_next_question_counts_by_what_it_is(book):
    seen, later = book.churn(), replace(book.churn())
    assert book.risk_list(seen) is book.risk_list(seen)
    assert book.risk_list(seen) is not book.risk_list(later)


def test_lists_and_mappings_are_compared_by_what_they_hold(book):
    assert book.tiers(only={"region": "Europe"}) is book.tiers(only={"region": "Europe"})
    assert book.customer_products(["C00001"]) is not book.customer_products(["C00002"])


def test_another_book_has_answers_of_its_own(book):
    assert open_book(scope="salesperson:S03").composition() is not book.composition()


def test_a_wrong_question_is_told_by_the_question_itself(book):
    with pytest.raises(TypeError, match="composition"):
        book.composition(nonsense=1)


def test_a_kernel_opens_its_book_anew_each_time():
    assert open_book() is not open_book()


def test_the_notebooks_of_a_report_open_one_book(sharing_on):
    first = open_book()
    assert open_book() is first
    other = open_book(scope="salesperson:S02")
    assert other is not first
    assert other.facts is first.facts


def test_other_settings_month_or_key_are_other_facts(sharing_on, monkeypatch):
    first = open_book()
    assert open_book(month="2026-09").facts is not first.facts
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", "a long enough key of letters")
    assert open_book().facts is not first.facts
