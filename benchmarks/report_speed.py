"""Measure the report against papermill and nbconvert on the same notebooks, and the time for each of many scopes.

Prints the rows of the table in benchmarks/README.md; all is measured in one run, with tables and facts in the cache.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report_time import machine

from helpers.config import NOTEBOOKS_FOLDER
from helpers.report.pack import numbered_notebooks

RUNS = 3
CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "3000"))
"""So many give about forty scopes; fewer for a quick look."""


def seconds(*commands: list[str], cache: Path) -> float:
    """Time commands one after another, each from its start."""
    environment = os.environ | {"WORKBOOK_CACHE": str(cache)}
    started = time.perf_counter()
    for command in commands:
        subprocess.run(
            [sys.executable, "-m", *command], check=True, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    return time.perf_counter() - started


def papermill_and_nbconvert(out: Path) -> list[list[str]]:
    """The commands that a user without the workbook's own runner would give."""
    notebooks = numbered_notebooks(NOTEBOOKS_FOLDER)
    executed = [str(out / notebook.name) for notebook in notebooks]
    run = [
        ["papermill", str(notebook), target, "--cwd", str(out), "--no-progress-bar"]
        for notebook, target in zip(notebooks, executed, strict=True)
    ]
    return [*run, ["nbconvert", "--to", "html", "--no-input", *executed]]


def single_pack(folder: Path) -> None:
    cache = folder / "cache"
    seconds(["helpers.cli", "report", "--out", str(folder / "first")], cache=cache)  # fills the cache
    theirs, ours = [], []
    for number in range(RUNS):
        out = folder / f"theirs-{number}"
        out.mkdir()
        theirs.append(seconds(*papermill_and_nbconvert(out), cache=cache))
        ours.append(seconds(["helpers.cli", "report", "--out", str(folder / f"ours-{number}")], cache=cache))
    again = seconds(["helpers.cli", "report", "--out", str(folder / "first")], cache=cache)
    peer, own = statistics.median(theirs), statistics.median(ours)
    print(
        f"| papermill, then nbconvert, {len(numbered_notebooks(NOTEBOOKS_FOLDER))} notebooks | {peer:.1f} s |"
    )
    print(f"| workbook report, the same | {own:.1f} s: {peer / own:.1f} times as fast |")
    print(f"| workbook report, nothing changed | {again:.1f} s |")


def all_scopes(folder: Path) -> None:
    sample = str(folder / "sample")
    cache, out = folder / "cache", folder / "all"
    seconds(["helpers.cli", "sample", "--out", sample, "--customers", str(CUSTOMERS)], cache=cache)
    seconds(["helpers.cli", "report", "--data", sample, "--out", str(folder / "one")], cache=cache)
    taken = seconds(
        ["helpers.cli", "report", "--data", sample, "--scope", "all", "--out", str(out)], cache=cache
    )
    count = len(list(out.glob("*/*/index.html")))
    print(
        f"| workbook report --scope all, {count} scopes, {CUSTOMERS} customers | {taken / count:.2f} s each |"
    )


def main() -> None:
    print(f"| {machine()}, load at the start {os.getloadavg()[0]:.1f} | median of {RUNS} |")
    print("|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        single_pack(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        all_scopes(Path(folder))


if __name__ == "__main__":
    main()
