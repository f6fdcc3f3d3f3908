"""The sample and the public data sets, opened at past months: what several benchmarks look at."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from helpers.book import Book, open_book
from helpers.settings.config import PROJECT_FOLDER

MAPS = PROJECT_FOLDER / "data" / "maps"
#: Name -> folder and map; the sample has neither.
SETS = {
    "sample": ("", ""),
    "AdventureWorks": ("adventureworks_dw", "adventureworks"),
    "Online Retail": ("online_retail_y1", "online_retail"),
    "classicmodels": ("classicmodels", "classicmodels"),
    "IBM receivables": ("ibm_accounts_receivable", "ibm_receivables"),
}


def books(months: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Book]]:
    """Open each named set at each of its months; only the sample where no folder is on the command line."""
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for name, wanted in months.items():
        folder, settings = SETS[name]
        if folder and shared is None:
            continue
        for month in wanted:
            data = shared / folder if shared and folder else None
            book = open_book(data, month, map=MAPS / f"{settings}.toml" if settings else None)
            yield f"{name}, {month}", book
