"""What the facts of pages 10 and 11 cost beside all others: processor time, on a sample of many customers.

    python benchmarks/net.py --customers 100000 --months 24

Facts are computed one after the other in one process from an empty cache: first all others, with what these share with
them, then those of rebates, net margin, quotes, delivery, returns and credit. Issue: at most a fifth more. Those with a
star only packs of teams and salespeople ask for; the company's report goes without them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

#: The subjects whose facts are added, and those facts of others that only they ask for.
SUBJECTS = ("rebates", "net_margin", "quotes", "delivery", "returns")
ALONE = ("credit_records",)


def measured(data: Path, month: str) -> tuple[dict[str, float], list[str], list[str]]:
    """Return the processor seconds of each fact; the facts of the pages; those that only parts of the company need."""
    from importlib import import_module

    from helpers.book import open_book
    from helpers.subjects.registry import FACTS

    added = [*ALONE]
    for subject in SUBJECTS:
        added += import_module(f"helpers.subjects.{subject}.facts").FACTS
    book = open_book(data, month)
    book.facts.use_all_memory()
    took = {}
    for name in [*(each for each in FACTS if each not in added), *added]:
        before = time.process_time()
        book.facts.table(name)
        took[name] = time.process_time() - before
    return took, added, [name for name, fact in FACTS.items() if fact.scoped_only]


def main() -> None:
    """Make the sample where it is not there, and say what each fact took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    from workbook_sample import make_sample

    with tempfile.TemporaryDirectory() as work:
        os.environ["WORKBOOK_CACHE"] = f"{work}/cache"
        data = options.data or Path(work) / "data"
        if not data.exists():
            make_sample(options.customers, options.months, 1, data)
        took, added, of_parts = measured(data, "2026-10")
    for name, seconds in took.items():
        if seconds >= 0.1:
            print(f"{name:26} {seconds:8.2f}{' *' if name in of_parts else ''}")
    for facts, left_out in (("all facts", ()), ("the company's facts", of_parts)):
        pages = sum(took[name] for name in added if name not in left_out)
        others = sum(took[name] for name in took if name not in [*added, *left_out])
        print(
            f"of {facts} these pages are {pages:.1f} s beside {others:.1f} s of all others: {pages / others:.1%}"
        )


if __name__ == "__main__":
    main()
