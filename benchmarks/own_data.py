"""From an export to figures that are right: questions to answer and seconds, for each shape that the tests write.

    python benchmarks/own_data.py               # all shapes one by one, some minutes; prints docs/own-data.md's table

An export of each shape (`tests/intake/shapes`) goes the way of a newcomer: `workbook init`, an answer in the place of
each `"?"`, `workbook check`. What is read is held against the truth, to the cent.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "intake"))

from shapes.draw import KINDS, Outcome, made, outcome

WORDS = {
    "language": "heads in Chinese, German, French, Spanish, Japanese", "customers": "guests, names without numbers",
    "credits": "credit notes without a minus", "numbers": "separators, signs and digits of numbers",
    "amounts": "with tax, price and quantity, discounts, debit and credit, thousands",
    "currency": "several currencies, marks, currency in heads",
    "beside": "document totals, further columns, words for nothing",
    "heads": "columns in another order, heads in other spellings", "documents": "cancelled, drafts",
    "dates": "forms of days and months", "layout": "titles, groups, subtotals, pages, notes, blanks as above",
    "files": "months, renamed columns, overlaps, sheets, folders, months side by side, two files joined",
    "container": "CSV, encodings, workbooks, HTML and text named .xls",
}  # fmt: skip


def main() -> int:
    wrong = 0
    print(
        "| kind | shapes | right at once | after answers | refused | most questions | seconds, median (most) |"
    )
    print("|---|---|---|---|---|---|---|")
    for kind, shapes in KINDS.items():
        results: list[tuple[Outcome, float]] = []
        for shape in shapes:
            with tempfile.TemporaryDirectory() as work:
                began = time.perf_counter()
                results.append((outcome(made(1, [shape]), Path(work)), time.perf_counter() - began))
        said = [each.what for each, _ in results]
        seconds = [each for _, each in results]
        wrong += said.count("wrong")
        counts = " | ".join(str(said.count(what)) for what in ("right", "asked", "refused"))
        most = max(each.asked for each, _ in results)
        times = f"{statistics.median(seconds):.1f} ({max(seconds):.1f})"
        print(f"| {WORDS[kind]} | {len(said)} | {counts} | {most} | {times} |", flush=True)
    load = ", ".join(f"{each:.0f}" for each in os.getloadavg())
    print(f"\n{os.cpu_count()} cores, load {load}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
