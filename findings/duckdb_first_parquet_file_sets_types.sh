#!/usr/bin/env bash
# DuckDB's read_parquet over a folder of months, of which the first happens to have whole amounts
#
# One would guess: of files of one table whose columns differ in type (January's amounts are whole, so pandas wrote
# integers; February's are not) either the wider type is taken, or the files are refused. pandas refuses them.
#
# What really happens: the first file by name sets the types, and every later file is cast to them without a word.
# February's 12.75 is 13, 0.50 is 0, and so is a decimal of four places after one of two. So the money of a month
# hangs on what another month holds, and the cents are gone in every file but the first. Whether it shows depends on
# names: the same files in the other order give the right sum. union_by_name = true takes the wider type.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "duckdb==1.5.6" "pandas==3.1.1" "pyarrow==26.0.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

january, february = [10, 20], [12.75, 0.50]


def folder(name, first, then):
    """A folder of two months; pandas writes whole amounts as integers."""
    Path(name).mkdir()
    for month, amounts in (("2026-01", first), ("2026-02", then)):
        pd.DataFrame({"month": month, "amount": amounts}).to_parquet(f"{name}/{month}.parquet")
    return name


def money(name, options=""):
    rows = duckdb.sql(f"SELECT month, sum(amount) FROM read_parquet('{name}/*.parquet'{options}) GROUP BY month ORDER BY month")
    return {month: float(amount) for month, amount in rows.fetchall()}


rising, falling = folder("rising", january, february), folder("falling", february, january)
print(f"whole amounts first: {money(rising)}")
print(f"whole amounts last: {money(falling)}")
print(f"whole amounts first, union_by_name: {money(rising, ', union_by_name = true')}")
try:
    pd.read_parquet(rising)
except pa.ArrowInvalid as error:
    print(f"pandas: {error}")
else:
    raise SystemExit("no longer so: pandas reads the folder")
Path("decimals").mkdir()
for number, amount in ((1, "1.00"), (2, "1.0055")):
    kind = pa.decimal128(18, -Decimal(amount).as_tuple().exponent)
    pq.write_table(pa.table({"amount": pa.array([Decimal(amount)], kind)}), f"decimals/{number}.parquet")
decimals = [str(row[0]) for row in duckdb.sql("SELECT amount FROM read_parquet('decimals/*.parquet') ORDER BY 1").fetchall()]
print(f"decimals of two places first, then of four: {decimals}")
assert money(rising) == {"2026-01": 30, "2026-02": 13}, "no longer so: later files keep their cents"
assert money(falling) == {"2026-01": 13.25, "2026-02": 30}
assert money(rising, ", union_by_name = true") == {"2026-01": 30, "2026-02": 13.25}
assert decimals == ["1.00", "1.01"], "no longer so: later files keep their decimals"
PYTHON
# whole amounts first: {'2026-01': 30.0, '2026-02': 13.0}
# whole amounts last: {'2026-01': 13.25, '2026-02': 30.0}
# whole amounts first, union_by_name: {'2026-01': 30.0, '2026-02': 13.25}
# pandas: Float value 12.750000 was truncated converting to int64
# decimals of two places first, then of four: ['1.00', '1.01']
