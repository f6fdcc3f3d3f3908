#!/usr/bin/env bash
# DuckDB's read_csv, and orders of a web shop, whose numbers begin with #, among those of the ERP
#
# One would guess: lines are comments where one says so (comment = '#'). An order #1001 is an order, and makes the
# column of numbers a text, as A1001 would and as pandas has it. With the type declared as text there is nothing left to
# find out.
#
# What really happens: DuckDB finds out for itself that # marks comments, since without those lines the column is whole
# numbers, and leaves the lines out: the web shop has sold nothing, whether its orders stand first or last and however
# many lines there are. types={'order': 'TEXT'} and all_varchar come too late, for the lines are gone before. A row that
# begins with Excel's #N/A or #REF! is gone in the same way. One number with a letter (A99) in the file and all are
# kept, so the month decides. No word is said. comment = '' or columns={...} keep all.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from pathlib import Path

import duckdb
import pandas as pd

erp, web = "4711,A,50\n4712,B,20\n", "#1001,C,100\n#1002,D,200\n"
files = {"ERP first": erp + web, "web first": web + erp, "with A99": erp + "A99,E,5\n" + web}
for name, rows in files.items():
    Path(f"{name}.csv").write_text("order,customer,amount\n" + rows, encoding="utf-8")
found = {}
for name in files:
    for way in ("", ", types = {'order': 'TEXT'}", ", all_varchar = true", ", comment = ''"):
        rows, amount = duckdb.sql(f"SELECT count(*), sum(CAST(amount AS INTEGER)) FROM read_csv('{name}.csv'{way})").fetchone()
        found[name, way] = int(amount)
        print(f"{name}, read_csv(...{way}): {rows} orders, {amount}")
by_pandas = int(pd.read_csv("ERP first.csv")["amount"].sum())
Path("rates.csv").write_text("percent,amount\n5,50\n#N/A,20\n7,100\n", encoding="utf-8")
rates = duckdb.sql("FROM 'rates.csv'").fetchall()
print(f"pandas: {by_pandas}; of 5, #N/A and 7 per cent DuckDB has {rates}")
assert by_pandas == found["ERP first", ", comment = ''"] == found["web first", ", comment = ''"] == 370
ways = ("", ", types = {'order': 'TEXT'}", ", all_varchar = true")
assert {found[name, way] for name in ("ERP first", "web first") for way in ways} == {70}, "no longer so: orders that begin with # are kept"
assert found["with A99", ""] == 375 and rates == [(5, 50), (7, 100)]
PYTHON
# ERP first, read_csv(...): 2 orders, 70
# ERP first, read_csv(..., types = {'order': 'TEXT'}): 2 orders, 70
# ERP first, read_csv(..., all_varchar = true): 2 orders, 70
# ERP first, read_csv(..., comment = ''): 4 orders, 370
# web first, read_csv(...): 2 orders, 70
# web first, read_csv(..., types = {'order': 'TEXT'}): 2 orders, 70
# web first, read_csv(..., all_varchar = true): 2 orders, 70
# web first, read_csv(..., comment = ''): 4 orders, 370
# with A99, read_csv(...): 5 orders, 375
# with A99, read_csv(..., types = {'order': 'TEXT'}): 5 orders, 375
# with A99, read_csv(..., all_varchar = true): 5 orders, 375
# with A99, read_csv(..., comment = ''): 5 orders, 375
# pandas: 370; of 5, #N/A and 7 per cent DuckDB has [(5, 50), (7, 100)]
