"""Measure the month's report on the sample: the whole command, from a shell, with a cold and with a warm cache.

Run ``make bench``; prints the rows of the table in benchmarks/README.md.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 3


def seconds_for_a_report(cache: Path) -> float:
    """Time one ``workbook report`` with everything it starts."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "helpers.cli", "report", "--out", out]
        environment = os.environ | {"WORKBOOK_CACHE": str(cache)}
        started = time.perf_counter()
        subprocess.run(
            command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return time.perf_counter() - started


def machine() -> str:
    """Cores and memory: all that a reader needs to compare."""
    with Path("/proc/meminfo").open(encoding="ascii") as info:
        kilobytes = int(next(line for line in info if line.startswith("MemTotal")).split()[1])
    return f"{os.cpu_count()} cores, {kilobytes / 1024**2:.0f} GB"


def main() -> None:
    cold, warm = [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            cold.append(seconds_for_a_report(Path(folder)))
            warm.append(seconds_for_a_report(Path(folder)))
    print(f"| workbook report, the sample, {machine()} | median of {RUNS} |")
    print("|---|---|")
    print(f"| nothing in the cache | {statistics.median(cold):.1f} s |")
    print(f"| tables and facts in the cache | {statistics.median(warm):.1f} s |")


if __name__ == "__main__":
    main()
