"""What the examples in docstrings run with: the sample's `book`, opened once, and Ibis's `_`."""

import ibis
import pytest

from helpers.book import Book, open_book


@pytest.fixture(scope="session")
def book() -> Book:
    """Open the sample, as an analyst does."""
    return open_book(month="2026-10")


@pytest.fixture(autouse=True)
def names_of_examples(doctest_namespace: dict[str, object], book: Book) -> None:
    """Give every example the names that it takes for granted."""
    doctest_namespace.update(book=book, _=ibis._)
