#!/usr/bin/env bash
# DuckDB, polars, and a year's sales in yen, won or cents as whole numbers
#
# One would guess: a column that DuckDB adds up without trouble is added up by polars as well, or polars says that the sum
# does not fit, as DuckDB does where one does not; polars' page on sum names the small types that it widens for that.
#
# What really happens: those are 8 and 16 bits. An INTEGER of DuckDB (a plain number in SQL, the type of most amounts
# without cents) comes to polars as Int32, and its sums stay Int32: beyond 2,147,483,647 they begin again from below
# nought. Orders of 7 billion yen come to -1.6 billion, and the largest customer has less than nothing, so that he is
# the last of the list. The mean is right, so mean times count is not the sum. Running sums and polars' own SQL are the
# same. A quantity times a price wraps in pandas too (pandas' sums do not), where DuckDB refuses. No word is said.
#
# Seen with duckdb 1.5.6, polars 2.1.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "duckdb==1.5.6" "polars==2.1.0" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb
import polars as pl

sales = duckdb.sql(
    "SELECT customer, quantity, price, quantity * price AS amount FROM (VALUES ('A', 20000, 100000), ('B', 20000, 100000), "
    "('C', 10000, 100000), ('C', 10000, 100000), ('C', 10000, 100000)) t(customer, quantity, price)"
)
frame, table = sales.pl(), sales.df()
exact = duckdb.sql("SELECT sum(amount) FROM sales").fetchone()[0]
total = {
    "DuckDB": exact, "pandas": int(table["amount"].sum()), "polars": frame["amount"].sum(),
    "polars, SQL": frame.sql("SELECT sum(amount) FROM self").item(), "polars, running": frame["amount"].cum_sum().last(),
    "polars, mean times count": round(frame["amount"].mean() * len(frame)),
}
for name, amount in total.items():
    print(f"{name}: {amount:,}")
by_customer = dict(frame.group_by("customer").agg(pl.col("amount").sum()).sort("customer").iter_rows())
print(f"by customer in polars: {by_customer}")
line = duckdb.sql("SELECT 30000 AS quantity, 85000 AS price")
by_pandas, by_polars = line.df().eval("quantity * price").item(), line.pl().select(pl.col("quantity") * pl.col("price")).item()
print(f"30,000 pieces at 85,000: pandas {by_pandas:,}, polars {by_polars:,}")
assert exact == total["pandas"] == total["polars, mean times count"] == 7_000_000_000
wrapped = {amount for name, amount in total.items() if amount != exact}
assert wrapped == {7_000_000_000 - 2 * 2**32}, "no longer so: sums of Int32 do not wrap"
assert by_customer == {"A": 2_000_000_000, "B": 2_000_000_000, "C": 3_000_000_000 - 2**32}
assert by_pandas == by_polars == 2_550_000_000 - 2**32
PYTHON
# DuckDB: 7,000,000,000
# pandas: 7,000,000,000
# polars: -1,589,934,592
# polars, SQL: -1,589,934,592
# polars, running: -1,589,934,592
# polars, mean times count: 7,000,000,000
# by customer in polars: {'A': 2000000000, 'B': 2000000000, 'C': -1294967296}
# 30,000 pieces at 85,000: pandas -1,744,967,296, polars -1,744,967,296
