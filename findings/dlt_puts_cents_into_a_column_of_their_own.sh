#!/usr/bin/env bash
# dlt (data load tool) into DuckDB, and amounts of a shop's API that were whole in the first month
#
# One would guess: a column of numbers that meets a number with cents becomes wider, as dlt widens by itself where columns are
# new, or the row is refused. SELECT sum(amount) is the sum of the amounts.
#
# What really happens: 12.75 goes into a new column, amount__v_double (dlt's manual calls it a variant), and amount is empty
# in that row. The report that asks for amount goes on to run, and from February on it has the orders that happen to be
# whole, 30.0 among them: of 102.75 it says 90. The number of orders is right, so sales an order fall. COALESCE over
# columns that nobody had foreseen has all of it, and so has a column whose type was declared. The load ends well, and no
# word is said.
#
# Seen with dlt 1.31.0, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "dlt[duckdb]==1.31.0" "duckdb==1.5.6"
cd "$folder"
export RUNTIME__DLTHUB_TELEMETRY=false
"$folder/venv/bin/python" - <<'PYTHON'
from pathlib import Path

import dlt
import duckdb

january = [{"order": 1, "amount": 10}, {"order": 2, "amount": 20}]
february = [{"order": 3, "amount": 12.75}, {"order": 4, "amount": 30}, {"order": 5, "amount": 30.0}]
seen = {}
for name, columns in {"guessed": None, "declared": {"amount": {"data_type": "double"}}}.items():
    pipeline = dlt.pipeline(
        name, destination=dlt.destinations.duckdb(f"{name}.duckdb"), dataset_name="shop", pipelines_dir=str(Path.cwd())
    )
    for month in (january, february):
        loaded = pipeline.run(month, table_name="orders", columns=columns)
        loaded.raise_on_failed_jobs()
    with duckdb.connect(f"{name}.duckdb") as connection:
        told = connection.sql("SELECT * EXCLUDE (_dlt_load_id, _dlt_id) FROM shop.orders ORDER BY 1")
        total, orders = connection.sql("SELECT sum(amount), count(*) FROM shop.orders").fetchone()
        seen[name] = told.columns, float(total), orders
        print(f"{name}: columns {told.columns}, {orders} orders, amount {total}, rows {told.fetchall()}")
right = sum(order["amount"] for order in january + february)
print(f"really {right}")
assert sorted(seen["declared"][0]) == ["amount", "order"] and seen["declared"][1:] == (right, 5)
columns, total, orders = seen["guessed"]
assert sorted(columns) == ["amount", "amount__v_double", "order"] and orders == 5
assert total < right, "no longer so: amount holds all amounts"
PYTHON
# guessed: columns ['order', 'amount', 'amount__v_double'], 5 orders, amount 90, rows [(1, 10, None), (2, 20, None), (3, None, 12.75), (4, 30, None), (5, 30, None)]
# declared: columns ['amount', 'order'], 5 orders, amount 102.75, rows [(10.0, 1), (12.75, 3), (20.0, 2), (30.0, 4), (30.0, 5)]
# really 102.75
