"""Measure what it costs to hold every file of the cache against its seal, in processor time of a report.

    python benchmarks/seal_cost.py [--scope salesperson:S03]

Each process of the report counts the processor time of its calls of `helpers.core.files.integrity`, those that
check and those that write seals; held against the processor time of all of them. Load does not matter to either.
Figures stand in `benchmarks/faults.md`.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from report_speed import adopt_orphans, spent

#: Started by Python in every process: times the outermost of these calls of each thread.
_COUNTED = """
import functools, json, os, threading, time
from helpers.core.files import integrity

inside, kept, lock = threading.local(), {"checks": 0.0, "seals": 0.0, "calls": 0}, threading.Lock()


def counted(kind, function):
    @functools.wraps(function)
    def call(*args, **options):
        if getattr(inside, "one", False):
            return function(*args, **options)
        inside.one, before = True, time.thread_time()
        try:
            return function(*args, **options)
        finally:
            inside.one = False
            with lock:
                kept[kind] += time.thread_time() - before
                kept["calls"] += 1
                with open(f"{os.environ['SEAL_COST']}/{os.getpid()}.json", "w") as file:
                    json.dump(kept, file)
    return call


for kind, names in {"checks": ("_check", "is_intact", "is_complete", "keyed_hash"), "seals": ("seal",)}.items():
    for name in names:
        setattr(integrity, name, counted(kind, getattr(integrity, name)))
os.register_at_fork(after_in_child=lambda: kept.update(checks=0.0, seals=0.0, calls=0))
"""


def main(
    scope: Annotated[str, typer.Option(help="Whose report is made.")] = "company",
) -> None:
    """Make a report with an empty cache, and again with a full one; print what part of it the checks are."""
    adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="seal-") as folder:
        home = Path(folder)
        (home / "sitecustomize.py").write_text(_COUNTED, encoding="utf-8")
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")])
        typer.echo("| report | processor time | checks | seals | calls | checks of the report |")
        typer.echo("|---|---|---|---|---|---|")
        for name in ("nothing in the cache", "all in the cache"):
            counts = home / name.replace(" ", "-")
            counts.mkdir()
            os.environ["SEAL_COST"] = str(counts)
            command = ["helpers.cli", "report", "--month", "2026-10", "--scope", scope, "--out"]
            used = spent([*command, str(home / f"out-{name[:3]}")], cache=home / "cache")
            told = [json.loads(path.read_text()) for path in counts.iterdir()]
            assert told, "no process has counted"
            checks, seals, calls = (sum(each[kind] for each in told) for kind in ("checks", "seals", "calls"))
            typer.echo(
                f"| {scope}, {name} | {used.processor:.1f} s | {checks:.2f} s | {seals:.2f} s | {calls:,} | "
                f"{checks / used.processor:.1%} |"
            )


if __name__ == "__main__":
    typer.run(main)
