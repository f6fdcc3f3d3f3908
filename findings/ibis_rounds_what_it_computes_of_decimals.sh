#!/usr/bin/env bash
# Ibis on DuckDB: the mean, the median and a share of money that is DECIMAL
#
# One would guess: the mean of 0.01 and 0.02 is 0.015, as a float or a wider decimal; that however it is fetched it is
# the same; and that 7 % of 0.03 is 0.0021.
#
# What really happens: Ibis takes such results for decimals of the column's own scale, though DuckDB computes the mean
# and the product with 0.07 as floats, and rounds to that scale what it fetches: execute() gives the mean as 0.02,
# to_pyarrow() the same mean as 0.01, and 7 % of all money is 0.00, or an error by to_pyarrow(). The median is cut by
# DuckDB itself, whose median of decimals is a decimal of the same scale: 0.01. So prices of a piece, costs or rates
# with few decimals lose what they are about, and two ways to fetch one figure differ. With the column cast to float64
# first all is as expected.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb]==12.0.0" "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import ibis
import pyarrow as pa

engine = ibis.duckdb.connect()
engine.raw_sql("CREATE TABLE lines AS SELECT price::DECIMAL(18, 2) AS price FROM (VALUES ('0.01'), ('0.02')) AS v(price)")
price = engine.table("lines").price
exact = price.cast("float64")
asked = {
    "mean": (price.mean(), exact.mean()),
    "median": (price.median(), exact.median()),
    "7 % of all": ((price * 0.07).sum(), (exact * 0.07).sum()),
}
seen = {}
for name, (of_decimals, of_floats) in asked.items():
    try:
        arrow = str(of_decimals.to_pyarrow())
    except pa.ArrowInvalid as error:
        arrow = str(error)
    seen[name] = str(of_decimals.execute()), arrow, f"{of_floats.execute():.4g}"
    print(f"{name}: execute {seen[name][0]}, to_pyarrow {seen[name][1]}, of floats {seen[name][2]}")
in_sql = engine.raw_sql("SELECT avg(price), median(price) FROM lines").fetchone()
print(f"DuckDB's SQL: avg {in_sql[0]}, median {in_sql[1]}")
assert seen["mean"] == ("0.02", "0.01", "0.015"), "no longer so: Ibis gives the mean as it is"
assert seen["median"] == ("0.01", "0.01", "0.015"), "no longer so: the median is not cut"
assert seen["7 % of all"][0] == "0.00" and seen["7 % of all"][2] == "0.0021"
assert (in_sql[0], str(in_sql[1])) == (0.015, "0.01")
PYTHON
# mean: execute 0.02, to_pyarrow 0.01, of floats 0.015
# median: execute 0.01, to_pyarrow 0.01, of floats 0.015
# 7 % of all: execute 0.00, to_pyarrow Rescaling Decimal value would cause data loss, of floats 0.0021
# DuckDB's SQL: avg 0.015, median 0.01
