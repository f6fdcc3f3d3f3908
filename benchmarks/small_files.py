"""Processor seconds of reading very many small CSV files: ours, and DuckDB's own ``read_csv`` of the same files.

    python benchmarks/small_files.py          # 1,000 files of 10 lines
    python benchmarks/small_files.py 20000

Ours reads, cleans and keeps an account of every row; DuckDB adds up one column, once looking at every file for its
columns' types and once with types declared. Each runs in a process of its own, with nothing in the cache.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

LINES = 10
_TYPES = (
    "{'order_id': 'VARCHAR', 'line_no': 'INTEGER', 'order_date': 'DATE', 'customer_id': 'VARCHAR', "
    "'product_id': 'VARCHAR', 'quantity': 'INTEGER', 'net_amount': 'DECIMAL(18,4)'}"
)
_OURS = "import sys; from helpers.data import read_data; read_data(sys.argv[1])"
_DUCKDB = "import sys, duckdb; duckdb.sql(sys.argv[1]).fetchall()"
_LOOKING = "SELECT sum(net_amount) FROM read_csv('{files}')"
_DECLARED = (
    "SELECT sum(net_amount) FROM read_csv('{files}', header = true, auto_detect = false, columns = {types})"
)


def make_files(folder: Path, files: int) -> None:
    """Write files of one day's lines each."""
    below = folder / "order_lines"
    below.mkdir(parents=True)
    for number in range(files):
        day = f"2026-{1 + number % 9:02d}-{1 + number // 9 % 28:02d}"
        rows = [f"{number}-{line},1,{day},C{line},P{line},1,{line + number % 7}.50" for line in range(LINES)]
        text = "\n".join(
            ["order_id,line_no,order_date,customer_id,product_id,quantity,net_amount", *rows, ""]
        )
        (below / f"order_lines-{number:05d}.csv").write_text(text)


def processor_seconds(code: str, argument: str, cache: Path) -> float:
    """Run code in a process of its own; return the processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", code, argument],
        check=True, stdout=subprocess.DEVNULL, env=os.environ | {"WORKBOOK_CACHE": str(cache)},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print a line each."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as work:
        data = Path(work) / "data"
        make_files(data, files)
        every = f"{data}/**/*.csv"
        for name, code, argument in (
            ("ours", _OURS, str(data)),
            ("DuckDB, looking", _DUCKDB, _LOOKING.format(files=every)),
            ("DuckDB, declared", _DUCKDB, _DECLARED.format(files=every, types=_TYPES)),
        ):
            spent = processor_seconds(code, argument, Path(work) / "cache")
            print(f"{files:,} files, {name}: {spent:.1f} s", flush=True)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
