"""Each notebook on a sample of 100,000 customers (10 million order lines): seconds, processor seconds, memory.

    python benchmarks/notebooks_100k.py --data FOLDER     # a folder made by benchmarks/scale.py

Every notebook runs in a process of its own, one after the other, first with what the ones before left in the cache
(its own facts and learning are then computed), then once more with everything there: that is what it costs itself.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def run_one(notebook: Path, data: str) -> None:
    """Run a notebook as a report does, in this process, and print what it took."""
    from helpers.report.running.worker import run

    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        parameters = {"data": data, "scope": "company"}
        result = run(notebook, Path(folder) / notebook.name, parameters, 3600)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = time.perf_counter() - started
    print(
        f"{seconds:.1f} {used.ru_utime + used.ru_stime:.1f} {used.ru_maxrss / 1e6:.2f} "
        f"{'failed' if result.failure else 'done'}"
    )


def measured(notebook: Path, data: str) -> list[str]:
    command = [sys.executable, __file__, "--data", data, "--one", str(notebook)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return done.stdout.split()[-4:]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True)
    parser.add_argument("--one", type=Path)
    chosen = parser.parse_args()
    if chosen.one:
        run_one(chosen.one, chosen.data)
        return
    print(
        "| notebook | first: elapsed (processor) | again: elapsed (processor) | most memory |\n|---|---|---|---|"
    )
    for notebook in sorted(NOTEBOOKS.glob("0*.ipynb")):
        first, again = measured(notebook, chosen.data), measured(notebook, chosen.data)
        failed = " (failed)" if "failed" in (first[3], again[3]) else ""
        print(
            f"| `{notebook.stem}`{failed} | {first[0]} ({first[1]}) s | {again[0]} ({again[1]}) s "
            f"| {max(float(first[2]), float(again[2])):.2f} GB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
