"""What reading costs by how the export is written: contract's names and types, names of its own, DOUBLE money, text.

    python benchmarks/mapped.py                 # 3 million order lines, about five minutes
    python benchmarks/mapped.py --millions 10

All shapes hold the same order lines (those of a sample company), so that all give the same table. Each is read by a
process of its own from an empty cache: its processor seconds, and the most memory it had (the system's high-water
mark), beside those of the clean table of the same run. ``dirty`` has blanks around ids, amounts that cannot be read,
and missing values, one in a thousand rows each, and the lines of a day that repeat.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scale import machine, sample

NAMES = {
    "order_id": "Invoice No", "order_date": "Posting Date", "customer_id": "Sell-to Customer", "line_no": "Line",
    "product_id": "Item", "quantity": "Qty", "net_amount": "Net", "list_amount": "Gross", "cost_amount": "Cost",
    "currency": "Cur", "salesperson_id": "Rep", "enquiry_date": "Asked", "channel": "Way",
}  # fmt: skip
MONEY = ("quantity", "net_amount", "list_amount", "cost_amount")
#: Prices, of which amounts are derived.
_PRICED = 'SELECT *, CAST("Net" / nullif("Qty", 0) AS DECIMAL(18, 6)) AS "Price" FROM renamed'
_DIRTY = """
SELECT * EXCLUDE (n) REPLACE (
    CASE WHEN n % 1000 = 1 THEN ' ' || "Item" ELSE "Item" END AS "Item",
    CASE WHEN n % 1000 = 2 THEN 'nan'::DOUBLE WHEN n % 1000 = 3 THEN 'inf'::DOUBLE ELSE "Net" END AS "Net",
    CASE WHEN n % 1000 = 4 THEN NULL ELSE "Invoice No" END AS "Invoice No")
FROM (SELECT *, row_number() OVER () AS n FROM floats)
UNION ALL SELECT * FROM floats WHERE "Line" = '1' AND "Posting Date" = DATE '2026-10-15'
"""
#: Shape -> its rows, the ending of its file, and what its map says beside the names.
SHAPES = {
    "clean": ("clean", "parquet", None),
    "renamed": ("renamed", "parquet", ""),
    "renamed, DOUBLE money": ("floats", "parquet", ""),
    "renamed, dates as timestamps": ("stamps", "parquet", ""),
    "renamed, with a derived amount": (
        _PRICED, "parquet", '[tables.order_lines.derived]\nnet_amount = \'"Qty" * "Price"\'\n',
    ),
    "renamed, with a currency for all": (
        'SELECT * EXCLUDE ("Cur") FROM floats', "parquet", "[tables.order_lines.derived]\ncurrency = \"'CNY'\"\n",
    ),
    "renamed, with where and exclude": (
        "floats",
        "parquet",
        "[tables.order_lines]\nwhere = '''\"Qty\" <> 1'''\n[[tables.order_lines.exclude]]\nrule = \"test\"\n"
        "where = '''\"Item\" = 'M012' AND \"Qty\" > 60'''\nbecause = \"a test\"\n",
    ),
    "renamed, DOUBLE money, dirty": (_DIRTY, "parquet", ""),
    "CSV, contract's names": ("clean", "csv", None),
    "CSV, renamed": ("renamed", "csv", ""),
}  # fmt: skip

_MAKE = """
import sys, duckdb
source, rows, target, names, money, ending = sys.argv[1:7]
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
clean = f"SELECT * FROM read_parquet('{source}')"
names, money = dict(each.split("=") for each in names.split(";")), money.split(";")
connection.execute(f"CREATE VIEW clean AS {clean}")
listed = ", ".join(f'{old} AS "{new}"' for old, new in names.items())
connection.execute(f"CREATE VIEW renamed AS SELECT {listed} FROM clean")
floats = ", ".join(f'CAST("{names[name]}" AS DOUBLE) AS "{names[name]}"' for name in money)
connection.execute(f"CREATE VIEW floats AS SELECT * REPLACE ({floats}) FROM renamed")
stamps = ", ".join(f'CAST("{name}" AS TIMESTAMP) AS "{name}"' for name in ("Posting Date", "Asked"))
connection.execute(f"CREATE VIEW stamps AS SELECT * REPLACE ({stamps}) FROM renamed")
form = "(FORMAT csv, HEADER)" if ending == "csv" else "(FORMAT parquet, COMPRESSION zstd)"
rows = f"({rows})" if rows.strip().startswith("SELECT") else rows
connection.execute(f"COPY (FROM {rows}) TO '{target}' {form}")
"""
_READ = "import sys; from helpers.data import read_data; read_data(sys.argv[1])"


def write(shape: str, source: Path, folder: Path) -> Path:
    """Write a shape's file and map where they are not there yet."""
    rows, ending, more = SHAPES[shape]
    data = folder / "".join(letter if letter.isalnum() else "-" for letter in shape)
    data.mkdir(parents=True, exist_ok=True)
    target = data / f"order_lines.{ending}"
    if not target.exists():
        names = ";".join(f"{old}={new}" for old, new in NAMES.items())
        command = [sys.executable, "-c", _MAKE, source, rows, target, names, ";".join(MONEY), ending]
        subprocess.run(list(map(str, command)), check=True)
    toml = '[report]\ncurrency = "CNY"\n[quarantine]\nmax_share = 0.05\n'
    if more is not None:
        gone = {old for old, new in NAMES.items() if f"\n{old} = " in more}
        columns = "".join(f'{old} = "{new}"\n' for old, new in NAMES.items() if old not in gone)
        toml += f"{more}[tables.order_lines.columns]\n{columns}"
    (data / "workbook.toml").write_text(toml, encoding="utf-8")
    return data


def cost(data: Path, cache: Path) -> tuple[float, float]:
    """Read a folder from an empty cache: processor seconds, and the gigabytes that the process had at most."""
    shutil.rmtree(cache, ignore_errors=True)
    environment = os.environ | {"WORKBOOK_CACHE": str(cache)}
    process = os.posix_spawn(sys.executable, [sys.executable, "-c", _READ, str(data)], environment)
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{data.name} was not read.")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--millions", type=float, default=3)
    parser.add_argument("--folder", type=Path, default=Path("data/scale"), help="samples and working files")
    parser.add_argument("--only", help="shapes whose name holds this, beside the clean one")
    chosen = parser.parse_args()
    source = sample(chosen.folder, chosen.millions) / "order_lines.parquet"
    folder = chosen.folder / f"mapped-{chosen.millions:g}m"
    print(f"| {machine()}, {chosen.millions:g} M lines | processor s | to clean | GB | to clean |")
    print("|---|---|---|---|---|")
    clean = None
    for shape in SHAPES:
        if clean is not None and chosen.only and chosen.only not in shape:
            continue
        seconds, gigabytes = cost(write(shape, source, folder), folder / "cache")
        clean = clean or (seconds, gigabytes)
        ratios = seconds / clean[0], gigabytes / clean[1]
        print(
            f"| {shape} | {seconds:.1f} | {ratios[0]:.2f} | {gigabytes:.2f} | {ratios[1]:.2f} |", flush=True
        )


if __name__ == "__main__":
    main()
