"""Books on a few rows of a test's own, and what of them a reader would read."""

from __future__ import annotations

from helpers.book import Book
from helpers.engine.store import FactStore
from helpers.present.numbers import numbers


def book_on(facts: FactStore, scope: str = "company", language: str = "en", currency: str = "CNY") -> Book:
    """The book of a scope on these facts, with the settings that they are of."""
    n = numbers(language, currency, year=facts.year)
    return Book(facts.month, facts.scope(scope), facts.settings, facts.tables, facts, n)


def text_of(*shown: object) -> str:
    """What tables, charts and findings say in plain text, one after another."""
    return "\n".join(each._repr_mimebundle_()["text/plain"] for each in shown)  # type: ignore[attr-defined]
