#!/usr/bin/env bash
# DuckDB's read_parquet, and an export that lies below a folder called like customer_id=ACME
#
# One would guess: reading one named Parquet file gives what stands in it. Partition columns come from folders when a
# partitioned folder is read as such, and only where the file has no column of that name.
#
# What really happens: every folder NAME=VALUE in the path counts, also far above the file and above the folder one
# meant, without a pattern and without asking for hive partitions; and its value takes the place of the file's own column.
# An analyst who keeps each group's exports in a folder customer_id=ACME gets all sales of its shops under one customer,
# the total stays right, and nothing is said. Named by a path relative to the folder, the same file gives its own shops: so
# the answer depends on where one stands. pandas and pyarrow read the file's own column either way. With
# hive_partitioning = false DuckDB does too.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "pandas==3.1.1" "pyarrow==26.0.1"
mkdir -p "$folder/customer_id=ACME/2026/export"
cd "$folder/customer_id=ACME/2026/export"
"$folder/venv/bin/python" - <<'PYTHON'
from pathlib import Path

import duckdb
import pandas as pd

file = Path("lines.parquet").absolute()
pd.DataFrame({"customer_id": ["K1", "K2"], "net_amount": [10.0, 20.0]}).to_parquet(file)


def customers(source, options=""):
    rows = duckdb.sql(f"SELECT customer_id, sum(net_amount) FROM read_parquet('{source}'{options}) GROUP BY ALL ORDER BY 1")
    return rows.fetchall()


print(f"pandas: {sorted(pd.read_parquet(file)['customer_id'])}")
print(f"duckdb, the whole path: {customers(file)}")
print(f"duckdb, from within the folder: {customers(file.name)}")
print(f"duckdb, hive_partitioning = false: {customers(file, ', hive_partitioning = false')}")
own = [("K1", 10.0), ("K2", 20.0)]
assert sorted(pd.read_parquet(file)["customer_id"]) == ["K1", "K2"]
assert customers(file) == [("ACME", 30.0)], "no longer so: a folder above does not replace the file's column"
assert customers(file.name) == customers(file, ", hive_partitioning = false") == own
PYTHON
# pandas: ['K1', 'K2']
# duckdb, the whole path: [('ACME', 30.0)]
# duckdb, from within the folder: [('K1', 10.0), ('K2', 20.0)]
# duckdb, hive_partitioning = false: [('K1', 10.0), ('K2', 20.0)]
