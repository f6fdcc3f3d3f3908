#!/usr/bin/env bash
# Ibis, the number of customers, and orders of which the customer is not known
#
# One would guess: nunique() is the same question to every engine. Customers who are not known (NULL) are nobody, as in
# SQL's COUNT(DISTINCT) and in pandas' nunique().
#
# What really happens: on DuckDB and SQLite NULL is not counted, on polars it is one customer more, in a total and in
# each group that has such an order: the region north has three customers by one engine and two by the others. Sales a
# customer, or the share of customers who bought again, go with it. count() leaves NULL out on all of them, so on polars
# there can be more different customers than orders that have one. Nothing is said.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, polars 2.1.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output
# below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb,polars,sqlite]==12.0.0" "duckdb==1.5.6" "polars==2.1.0" "pandas==3.1.1" \
    "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import ibis
import pandas as pd

frame = pd.DataFrame({"region": ["north", "north", "north", "south"], "customer": ["C1", None, "C2", None]})
seen = {}
for name in ("duckdb", "sqlite", "polars"):
    orders = getattr(ibis, name).connect().create_table("orders", ibis.memtable(frame))
    of_regions = orders.group_by("region").agg(customers=orders.customer.nunique(), known=orders.customer.count())
    regions = of_regions.order_by("region").execute()
    seen[name] = int(orders.customer.nunique().execute()), regions["customers"].tolist(), regions["known"].tolist()
seen["pandas"] = (
    frame["customer"].nunique(),
    frame.groupby("region")["customer"].nunique().tolist(),
    frame.groupby("region")["customer"].count().tolist(),
)
for name, (customers, by_region, known) in seen.items():
    print(f"{name}: {customers} customers; north and south {by_region}, of orders with a customer {known}")
assert seen["duckdb"] == seen["sqlite"] == seen["pandas"] == (2, [2, 0], [2, 0])
assert seen["polars"] == (3, [3, 1], [2, 0]), "no longer so: polars counts as the others do"
PYTHON
# duckdb: 2 customers; north and south [2, 0], of orders with a customer [2, 0]
# sqlite: 2 customers; north and south [2, 0], of orders with a customer [2, 0]
# polars: 3 customers; north and south [3, 1], of orders with a customer [2, 0]
# pandas: 2 customers; north and south [2, 0], of orders with a customer [2, 0]
