"""What a pack has to know of the book beyond its notebooks: what the manifest says of data and settings."""

from __future__ import annotations

import hashlib

from helpers.book import Book
from helpers.core.scope import COMPANY
from helpers.engine.months.history import history
from helpers.report.requests import Briefing


def briefing(book: Book) -> Briefing:
    """Name the files that were read; what the front page says comes from the notebook 00_summary.

    What the tables held by month are figures of the company: no other pack tells them.
    """
    settings = book.settings.model_dump_json(exclude={"delivery"}).encode("utf-8", "surrogatepass")
    return Briefing(
        inputs=book.tables.inputs,
        history=history(book.facts) if book.scope == COMPANY else None,
        tables=book.tables.key if book.scope == COMPANY else "",
        until=str(book.until or ""),
        settings_sha256=hashlib.sha256(settings).hexdigest(),
    )
