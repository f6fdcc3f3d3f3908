#!/usr/bin/env bash
# DuckDB's ASOF join, and a price list that was corrected on the day it began
#
# One would guess: of two prices of one day the later row counts, as with pandas.merge_asof and polars' join_asof; or,
# since nothing orders them, either one may, but an order of last week has the same price in every query.
#
# What really happens: which of the two it is hangs on how many orders are priced. With up to 63 rows on the left it is
# the first row of the day, from 64 on the last. So the sales of a customer of 60 orders, asked alone, are at the price
# that was taken back, and in the company's total at the corrected one; the parts do not add up to the whole, in one
# thread as in many. It is the plan that changes: SET asof_loop_join_threshold = 0 has the last row for few orders too.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, polars 2.1.0, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6" "polars==2.1.0" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import pandas as pd

engine = duckdb.connect()
engine.execute("SET threads = 1")
engine.execute("""
    CREATE TABLE prices AS FROM (VALUES
        ('A4 paper', DATE '2026-01-01', 10), ('A4 paper', DATE '2026-02-01', 11), ('A4 paper', DATE '2026-02-01', 12)
    ) AS v(product, day, price)
""")
orders = "(SELECT 'A4 paper' AS product, DATE '2026-02-05' AS day FROM range({number})) AS orders"
join = "SELECT DISTINCT price FROM {orders} ASOF JOIN prices USING (product, day)"  # the last price up to the day


def prices_of(number):
    """The prices that so many orders of one product and one day have."""
    return [price for (price,) in engine.execute(join.format(orders=orders.format(number=number))).fetchall()]


seen = {number: prices_of(number) for number in (1, 60, 63, 64, 1000)}
print(f"DuckDB, by the number of orders: {seen}")
left = engine.sql(f"FROM {orders.format(number=1)}")
by_pandas = pd.merge_asof(left.df(), engine.table("prices").df(), on="day", by="product")["price"].tolist()
prices = engine.table("prices").pl()
by_polars = left.pl().join_asof(prices, on="day", by="product", check_sortedness=False)["price"].to_list()
print(f"pandas, one order: {by_pandas}; polars: {by_polars}")
engine.execute("SET asof_loop_join_threshold = 0")
other_plan = prices_of(60)
print(f"DuckDB, 60 orders by the other plan: {other_plan}")
assert seen == {1: [11], 60: [11], 63: [11], 64: [12], 1000: [12]}, "no longer so: few and many orders have one price"
assert by_pandas == by_polars == [12] == other_plan
PYTHON
# DuckDB, by the number of orders: {1: [11], 60: [11], 63: [11], 64: [12], 1000: [12]}
# pandas, one order: [12]; polars: [12]
# DuckDB, 60 orders by the other plan: [12]
