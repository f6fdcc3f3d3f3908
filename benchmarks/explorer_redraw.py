"""How long the explorers take from a control to the new chart: 50 changes of each, on the sample or other data.

Run from the project folder: ``python benchmarks/explorer_redraw.py [DATA]``. All but drawing in the browser is timed. A
change back to values shown before may use what an explorer remembers of its analysis, as it does for a reader. The
horizons of the leaving explorer are learnt before its changes are timed: that takes seconds, once for a data set and
month, and is told apart.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from typing import Any

from helpers.book import open_book
from helpers.present.widgets import Explorer, reset_choices
from helpers.subjects import explorers

CHANGES = 50
#: Learnt beforehand, so that moving the horizon between them is a redraw like any other.
HORIZONS = (2, 3)


def values_of(name: str, control: Any) -> list[object]:
    """What the control can be moved to."""
    if name == "horizon":
        return list(HORIZONS)
    if name == "search":
        return ["", "co", "s", "1"]
    if hasattr(control, "options"):
        offered = [value for _label, value in control.options]
        return [(), *((value,) for value in offered)] if isinstance(control.value, tuple) else offered
    return list(range(control.min, control.max + 1, control.step))


def redraws(box: Explorer) -> list[tuple[str, float, float]]:
    """Move one control after the other; return its name and the milliseconds elapsed and of CPU."""
    measured = []
    moves = dict.fromkeys(box.controls, 0)
    names = [name for name, control in box.controls.items() if len(values_of(name, control)) > 1]
    for number in range(CHANGES):
        name = names[number % len(names)]
        control, offered = box.controls[name], values_of(name, box.controls[name])
        if number % len(names) == 0:
            box.start_anew()  # not timed: what was picked before does not shorten every later list
        moves[name] += 1
        place = offered.index(control.value) if control.value in offered else 0
        start, cpu = time.perf_counter(), time.process_time()
        control.value = offered[(place + moves[name]) % len(offered)]
        measured.append((name, 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - cpu)))
    return measured


def p95(values: list[float]) -> float:
    """The value that 95 of 100 do not pass."""
    return sorted(values)[int(0.95 * len(values)) - 1]


def main() -> None:
    """Measure every explorer and print a table."""
    book = open_book(sys.argv[1] if len(sys.argv) > 1 else None)
    print(f"{len(book.frame('customers')):,} customers")
    print("| explorer | open, s | median ms | p95 ms | p95 CPU ms | slowest control |")
    print("|---|---|---|---|---|---|")
    for name in explorers.__all__:
        reset_choices()
        start = time.perf_counter()
        box = getattr(explorers, name)(book)
        opened = time.perf_counter() - start
        if name == "churn":
            for horizon in HORIZONS:
                start = time.perf_counter()
                book.churn(horizon)
                print(
                    f"horizon {horizon}: {time.perf_counter() - start:.1f} s to learn or fetch",
                    file=sys.stderr,
                )
        measured = redraws(box)
        elapsed = [milliseconds for _name, milliseconds, _cpu in measured]
        by_name: dict[str, list[float]] = {}
        for control, _milliseconds, cpu in measured:
            by_name.setdefault(control, []).append(cpu)
        slowest = max(by_name, key=lambda each: statistics.median(by_name[each]))
        print(
            f"| {name} | {opened:.2f} | {statistics.median(elapsed):.0f} | {p95(elapsed):.0f} "
            f"| {p95([cpu for _name, _milliseconds, cpu in measured]):.0f} "
            f"| {slowest}: {statistics.median(by_name[slowest]):.0f} |",
            flush=True,
        )
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
