"""Measure the report against papermill and nbconvert on the same notebooks, and the time for each of many scopes.

All in one run, with tables and facts in the cache; writes ``benchmarks/report_speed.md``. ``RUNS`` and ``CUSTOMERS`` in
the environment make a quick look (which is printed, not written).
"""

from __future__ import annotations

import ctypes
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from report_time import machine

from helpers.report.requests import numbered_notebooks
from helpers.settings.config import NOTEBOOKS_FOLDER

RUNS = int(os.environ.get("RUNS", "2"))
CUSTOMERS = int(os.environ.get("CUSTOMERS", "2000"))
"""So many give about forty scopes."""
PAGE = Path(__file__).with_suffix(".md")


@dataclass
class Spent:
    """Seconds on the clock, and seconds of processor time of all processes that were started."""

    clock: float
    processor: float


def spent(*commands: list[str], cache: Path) -> Spent:
    """Measure commands one after another, each from its start to the end of its last process."""
    environment = os.environ | {"WORKBOOK_CACHE": str(cache)}
    begun, before = time.perf_counter(), processor_seconds()
    for command in commands:
        subprocess.run(
            [sys.executable, "-m", *command], check=True, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    clock = time.perf_counter() - begun
    return Spent(clock, processor_seconds() - before)


def adopt_orphans() -> None:
    """Let processes that outlive their command become ours, so that their processor time is known (Linux)."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def processor_seconds() -> float:
    """Return the processor time of all children that have ended, after waiting for the adopted ones."""
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime


def papermill_and_nbconvert(out: Path) -> list[list[str]]:
    """The commands that a user without the workbook's own runner would give."""
    notebooks = numbered_notebooks(NOTEBOOKS_FOLDER)
    executed = [str(out / notebook.name) for notebook in notebooks]
    run = [
        ["papermill", str(notebook), target, "--cwd", str(out), "--no-progress-bar"]
        for notebook, target in zip(notebooks, executed, strict=True)
    ]
    return [*run, ["nbconvert", "--to", "html", "--no-input", *executed]]


def report(*options: str, out: Path, cache: Path) -> Spent:
    return spent(["helpers.cli", "report", "--out", str(out), *options], cache=cache)


def single_pack(folder: Path) -> list[str]:
    cache, count = folder / "cache", len(numbered_notebooks(NOTEBOOKS_FOLDER))
    report(out=folder / "first", cache=cache)  # fills the cache
    theirs, ours = [], []
    for number in range(RUNS):
        out = folder / f"theirs-{number}"
        out.mkdir()
        theirs.append(spent(*papermill_and_nbconvert(out), cache=cache))
        ours.append(report(out=folder / f"ours-{number}", cache=cache))
    again = report(out=folder / "first", cache=cache)
    peer, own = median(theirs), median(ours)
    return [
        row(f"`papermill` for each of {count} notebooks, then `jupyter nbconvert --to html`", peer),
        row("`workbook report`: the same, with front page, Excel and manifest", own),
        f"| **times as fast** | **{peer.clock / own.clock:.1f}** | **{peer.processor / own.processor:.1f}** |",
        row("`workbook report`, nothing changed", again),
    ]


def all_scopes(folder: Path) -> list[str]:
    sample = str(folder / "sample")
    cache = folder / "cache"
    spent(["helpers.cli", "sample", "--out", sample, "--customers", str(CUSTOMERS)], cache=cache)
    report("--data", sample, out=folder / "one", cache=cache)
    taken = report("--data", sample, "--scope", "all", out=folder / "all", cache=cache)
    count = len(list((folder / "all").glob("*/*/index.html")))
    each = Spent(taken.clock / count, taken.processor / count)
    return [
        row(f"`workbook report --scope all`: {count} scopes, {CUSTOMERS:,} customers", taken),
        row("**a scope**", each),
    ]


def median(measured: list[Spent]) -> Spent:
    return Spent(
        statistics.median(each.clock for each in measured),
        statistics.median(each.processor for each in measured),
    )


def row(what: str, taken: Spent) -> str:
    return f"| {what} | {taken.clock:.1f} s | {taken.processor:.1f} s |"


def main() -> None:
    adopt_orphans()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        rows = single_pack(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        rows += all_scopes(Path(folder))
    text = f"""## The report's speed

`python benchmarks/report_speed.py`; {machine()}, tables and facts in the cache, median of {RUNS}. Load when it began
and when it ended: {load:.1f} and {os.getloadavg()[0]:.1f} processes.

| | on the clock | processor time |
|---|---|---|
{chr(10).join(rows)}

To reach: 4 times as fast, and 1.5 s on the clock a scope. With two cores to itself a scope takes half its processor
time.
"""
    sys.stdout.write(text)
    if "RUNS" not in os.environ and "CUSTOMERS" not in os.environ:
        PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
