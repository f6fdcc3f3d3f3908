#!/usr/bin/env bash
# pandas and DuckDB told that a point parts thousands, and a column of which one system wrote decimal points
#
# One would guess: a mark that parts thousands stands before three digits. With thousands="." and decimal="," the amount
# 12.5 is no number, so it stays text (pandas) or is refused (DuckDB), and the mistake is seen.
#
# What really happens: the mark is taken away wherever it stands. 12.5 is read as 125 and 2.50 as 250, so the lines of
# the one system (a web shop beside the ERP) count ten or a hundred times. The column is a float all the same, and no
# word is said. DuckDB does so although the types are declared and nothing is to be guessed.
#
# Seen with pandas 3.1.1, numpy 2.4.6, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6" "duckdb==1.5.6"
cd "$folder"
printf 'source;amount\nERP;1.234,50\nERP;1,5\nshop;12.5\nshop;2.50\n' > sales.csv
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb
import pandas as pd

by_pandas = pd.read_csv("sales.csv", sep=";", decimal=",", thousands=".")["amount"]
by_engine = pd.read_csv("sales.csv", sep=";", decimal=",", thousands=".", engine="python")["amount"]
by_duckdb = duckdb.sql(
    "SELECT amount FROM read_csv('sales.csv', delim=';', decimal_separator=',', thousands='.', "
    "columns={'source': 'VARCHAR', 'amount': 'DOUBLE'})"
).fetchall()
written = pd.read_csv("sales.csv", sep=";", dtype=str)["amount"].tolist()
print(f"in the file: {written}")
print(f"pandas:      {by_pandas.tolist()} ({by_pandas.dtype}), with its Python parser {by_engine.tolist()}")
print(f"DuckDB:      {[amount for amount, in by_duckdb]}")
assert by_pandas.tolist() == by_engine.tolist() == [1234.5, 1.5, 125.0, 250.0], "no longer so: pandas looks where the mark stands"
assert [amount for amount, in by_duckdb] == [1234.5, 1.5, 125.0, 250.0], "no longer so: DuckDB looks where it stands"
PYTHON
# in the file: ['1.234,50', '1,5', '12.5', '2.50']
# pandas:      [1234.5, 1.5, 125.0, 250.0] (float64), with its Python parser [1234.5, 1.5, 125.0, 250.0]
# DuckDB:      [1234.5, 1.5, 125.0, 250.0]
