#!/usr/bin/env bash
# DuckDB's read_csv, and a table of customers with a column for each year, which has the year at its head
#
# One would guess: the first line, customer,2025,2026, is the head, as pandas and polars have it, and as DuckDB has it
# of any file with words at its head. A numeric head over numbers is not certain, but the word beside it tells.
#
# What really happens: as soon as one column holds texts, DuckDB takes that line for the first row, for its types are
# those of the others: a customer called customer bought for 2,025 and 2,026. The columns are called column0, column1,
# column2, and who then gives them their names (names = [...]), the plain way to mend it, has totals that are right but
# for the year: 2,065 in place of 40, or of large sales something that nobody sees. Turned into lines by UNPIVOT it is
# so too. With customers that are numbers the head is found, so a file of another branch is read rightly. No word is
# said. header = true reads all of them.
#
# Seen with duckdb 1.5.6, polars 2.1.0, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "duckdb==1.5.6" "polars==2.1.0" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

Path("sales.csv").write_text("customer,2025,2026\nA,10,20\nB,30,40\n", encoding="utf-8")
Path("numbers.csv").write_text("customer,2025,2026\n1,10,20\n2,30,40\n", encoding="utf-8")
found = duckdb.sql("FROM 'sales.csv'")
named = "names = ['customer', 'y2025', 'y2026']"
total = duckdb.sql(f"SELECT count(*), sum(y2025), sum(y2026) FROM read_csv('sales.csv', {named})").fetchone()
right = duckdb.sql(f"SELECT count(*), sum(y2025), sum(y2026) FROM read_csv('sales.csv', header = true, {named})").fetchone()
numbers = duckdb.sql("FROM 'numbers.csv'")
print(f"DuckDB: {found.columns}, {found.fetchall()}")
print(f"with names: {total[0]} customers, 2025 {total[1]:,}, 2026 {total[2]:,}; with header = true as well {right}")
print(f"customers that are numbers: {numbers.columns}, {numbers.fetchall()}")
print(f"pandas: {list(pd.read_csv('sales.csv').columns)}; polars: {pl.read_csv('sales.csv').columns}")
assert total == (3, 2_065, 2_086), "no longer so: the years are the head"
assert right == (2, 40, 60) and numbers.columns == list(pd.read_csv("sales.csv").columns) == pl.read_csv("sales.csv").columns
PYTHON
# DuckDB: ['column0', 'column1', 'column2'], [('customer', 2025, 2026), ('A', 10, 20), ('B', 30, 40)]
# with names: 3 customers, 2025 2,065, 2026 2,086; with header = true as well (2, 40, 60)
# customers that are numbers: ['customer', '2025', '2026'], [(1, 10, 20), (2, 30, 40)]
# pandas: ['customer', '2025', '2026']; polars: ['customer', '2025', '2026']
