"""How long an explorer of the ABC notebook takes to redraw on the sample: 50 changes of its controls.

Run: ``python benchmarks/explorer_redraw.py`` from the project folder.
"""

from __future__ import annotations

import os
import statistics
import time

from helpers.book import open_book
from helpers.views import tiers as show
from helpers.views import widgets

CHANGES = 50


def main() -> None:
    book = open_book()
    n, customers = book.numbers, book.frame("customers")
    controls = {
        "a": widgets.slider("A", 40, 95, 75),
        "group": widgets.choice("Class", show.options(customers, "trade_class", n)),
        "region": widgets.choice("Region", show.options(customers, "region", n)),
        "owner": widgets.choice("Salesperson", show.options(customers, "salesperson_id", n)),
        "measure": widgets.choice("By", show.measures(n, book.has_costs)),
    }
    box = widgets.explorer(
        lambda a, group, region, owner, measure: show.explore(
            book.tiers(
                None,
                measure,
                (a / 100, 1.0),
                {"trade_class": group, "region": region, "salesperson_id": owner},
                history_months=1,
            ),
            n,
        ),
        **controls,
    )
    names = list(controls)
    milliseconds = []
    for number in range(CHANGES):
        name = names[number % len(names)]
        for other in {"group", "region", "owner"} - {name}:
            controls[other].value = None  # not timed: one filter at a time, so that every list is long
        control = controls[name]
        start, cpu = time.perf_counter(), time.process_time()
        if name == "a":
            control.value = 41 + number
        else:
            choices = [value for _, value in control.options]
            control.value = choices[(choices.index(control.value) + 1) % len(choices)]
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
        assert "<svg" in box.children[1].value, f"{name}: {box.children[1].value[:200]}"
        milliseconds.append((1000 * wall, 1000 * cpu))
    for place, name in enumerate(("elapsed", "CPU")):
        values = sorted(pair[place] for pair in milliseconds)
        p95 = values[int(0.95 * CHANGES) - 1]
        print(f"{name}: median {statistics.median(values):.0f} ms, p95 {p95:.0f} ms, of {CHANGES} redraws")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
