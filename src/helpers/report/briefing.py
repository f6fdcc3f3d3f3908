"""What a pack has to know of the book beyond its notebooks: the files read, for the manifest."""

from __future__ import annotations

from helpers.book import Book
from helpers.report.front import Briefing


def briefing(book: Book) -> Briefing:
    """Name the files that were read; what the front page says comes from the notebook 00_summary."""
    return Briefing(inputs=book.tables.inputs)
