#!/usr/bin/env bash
# DuckDB's read_csv with the columns' types declared, and a month whose export has its columns in another order
#
# One would guess: columns={'order': ..., 'net': ..., 'tax': ...} says of which type each of the file's columns is. The
# file has a head, header = true says so, and a column called tax is tax wherever it stands, as it is without the types
# and as pandas takes its dtype; or a head that does not match is refused. With union_by_name = true it goes by name in
# any case.
#
# What really happens: the names are given to the columns by their place and the file's own head is thrown away unread.
# Of a month in which tax stands before net the tax is net: its sales of 300 come to 57, and both months to 357 in place
# of 600, in columns of the right names and types. union_by_name = true changes nothing. Without types (or with types=
# in place of columns=) the same two files are put together by name, so what was done to be sure of the types is what
# makes the figures wrong. No word is said. COPY into a table goes by place too, which is how SQL has it; columns= is a
# map of names.
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

Path("2026-01.csv").write_text("order,net,tax\n1,100,19\n2,200,38\n", encoding="utf-8")
Path("2026-02.csv").write_text("order,tax,net\n3,19,100\n4,38,200\n", encoding="utf-8")
declared = "{'order': 'TEXT', 'net': 'DECIMAL(12, 2)', 'tax': 'DECIMAL(12, 2)'}"
types = "{'net': 'DECIMAL(12, 2)', 'tax': 'DECIMAL(12, 2)'}"
ways = {
    "as DuckDB finds it": "",
    "types=": f", types = {types}",
    "columns=": f", header = true, columns = {declared}",
    "columns= and union_by_name": f", header = true, union_by_name = true, columns = {declared}",
}
net = {}
for way, options in ways.items():
    said = duckdb.sql(f"SELECT sum(net), sum(tax) FROM read_csv('2026-*.csv'{options})").fetchone()
    net[way] = int(said[0])
    print(f"{way}: net {said[0]}, tax {said[1]}")
dtype = {"order": "str", "net": "float64", "tax": "float64"}
by_pandas = sum(pd.read_csv(path, dtype=dtype)["net"].sum() for path in Path().glob("2026-*.csv"))
print(f"pandas with dtype: net {by_pandas:.0f}")
assert net["as DuckDB finds it"] == net["types="] == by_pandas == 600
assert net["columns="] == net["columns= and union_by_name"] == 357, "no longer so: declared columns are taken by name"
PYTHON
# as DuckDB finds it: net 600, tax 114
# types=: net 600.00, tax 114.00
# columns=: net 357.00, tax 357.00
# columns= and union_by_name: net 357.00, tax 357.00
# pandas with dtype: net 600
