"""The cards of the customers whom a pack names: what a child process does once the pages have run."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from helpers.report.requests import Failure


def customer_cards(
    named: Collection[str], parameters: Mapping[str, Any], run_folder: Path | None
) -> tuple[bytes, Failure | None]:
    """Return the cards, pickled, of the customers whom pages name in their tables, and why there are none.

    Parameters
    ----------
    named
        Their ids: `helpers.report.requests.NotebookRun.customers` of all pages.
    parameters
        What the notebooks were run with.
    run_folder
        Where they have left what others show of them.
    """
    from helpers.book import open_book
    from helpers.engine.cache.cache import start_run
    from helpers.report.pages.cards import FILE
    from helpers.subjects.card.short_cards import short_cards

    start_run(run_folder)
    try:
        book = open_book(**{name: value for name, value in parameters.items() if value is not None})
        return pickle.dumps(short_cards(book, sorted(named))), None
    except (
        Exception
    ) as problem:  # the pages are there without them; the front page says why names lead nowhere
        message = str(problem).splitlines()[0] if str(problem) else ""
        return pickle.dumps(()), Failure(FILE, 0, "", type(problem).__name__, message)
