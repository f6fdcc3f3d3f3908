"""What a pack has to know of the book beyond its notebooks: the files read, and how far the data reach back."""

from __future__ import annotations

from helpers.book import Book
from helpers.report.front import Briefing


def briefing(book: Book) -> Briefing:
    """Name the files that were read and the first month; what the front page says comes from 00_summary."""
    return Briefing(inputs=book.tables.inputs, first_month=str(book.facts.coverage.months[0]))
