#!/usr/bin/env bash
# pandas.read_json, and customer and order numbers that the file has in quotation marks
#
# One would guess: in JSON "00123" is a text and 123 a number, and who wrote the marks meant a text. So the customers
# "00123" and "123" stay two, and an order number of 21 digits in quotation marks keeps its digits.
#
# What really happens: a column of which every text reads as a number becomes numbers. The two customers are one, 123,
# who has the money of both, and two orders become one float, 4.5007123e+20. One id with a letter and all of them stay
# text, so the month decides. dtype_backend="pyarrow" or "numpy_nullable", which are asked for other reasons, leave the
# texts alone: the same call, another number of customers. dtype=False keeps them. DuckDB and polars keep them by default.
#
# Seen with pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1, duckdb 1.5.6, polars 2.1.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1" "duckdb==1.5.6" "polars==2.1.0"
cd "$folder"
cat > orders.json <<'JSON'
[{"customer": "00123", "order": "450071230001234567890", "amount": 500},
 {"customer": "123", "order": "450071230001234567891", "amount": 70}]
JSON
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl

read = {
    "pandas": lambda: pd.read_json("orders.json"),
    "pandas, dtype_backend='pyarrow'": lambda: pd.read_json("orders.json", dtype_backend="pyarrow"),
    "pandas, dtype_backend='numpy_nullable'": lambda: pd.read_json("orders.json", dtype_backend="numpy_nullable"),
    "pandas, dtype=False": lambda: pd.read_json("orders.json", dtype=False),
    "DuckDB": lambda: duckdb.sql("FROM 'orders.json'").df(),
    "polars": lambda: pl.read_json("orders.json").to_pandas(),
}
customers, orders = {}, {}
for name, call in read.items():
    rows = call()
    customers[name] = rows.groupby("customer")["amount"].sum().to_dict()
    orders[name] = sorted({str(order) for order in rows["order"]})
    print(f"{name}: customers {customers[name]}, orders {orders[name]}")
assert customers.pop("pandas") == {123: 570}, "no longer so: what is quoted stays text"
assert orders.pop("pandas") == ["4.500712300012346e+20"], "no longer so: what is quoted stays text"
assert all(sums == {"00123": 500, "123": 70} for sums in customers.values())
assert all(found == ["450071230001234567890", "450071230001234567891"] for found in orders.values())
PYTHON
# pandas: customers {123: 570}, orders ['4.500712300012346e+20']
# pandas, dtype_backend='pyarrow': customers {'00123': 500, '123': 70}, orders ['450071230001234567890', '450071230001234567891']
# pandas, dtype_backend='numpy_nullable': customers {'00123': 500, '123': 70}, orders ['450071230001234567890', '450071230001234567891']
# pandas, dtype=False: customers {'00123': 500, '123': 70}, orders ['450071230001234567890', '450071230001234567891']
# DuckDB: customers {'00123': 500, '123': 70}, orders ['450071230001234567890', '450071230001234567891']
# polars: customers {'00123': 500, '123': 70}, orders ['450071230001234567890', '450071230001234567891']
