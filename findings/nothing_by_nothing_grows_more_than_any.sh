#!/usr/bin/env bash
# Growth of customers who bought nothing in either year, by narwhals on pandas, Arrow, polars and DuckDB
#
# One would guess: narwhals has one meaning for one expression. 0 / 0 is not a number (NaN), which is neither more nor
# less than anything (IEEE 754, and Python, numpy and pandas), so filter(growth > 0.5) holds who grew by more than half,
# on every engine.
#
# What really happens: polars and DuckDB take NaN for larger than every number, so whoever bought nothing in both years
# "grew by more than half": of five customers one has, and three are in the list by either of the two; on pandas and on
# an Arrow table it is the one. A count of those who grow rises with every customer who is gone, and sorted by growth
# they stand at its top. No word is said. SQL typed into DuckDB has it too: SELECT 0 / 0 > 0.5 is true, and
# arg_max(customer, growth) is one of them. Whether a frame's NaN is one depends on how it came there: a column of
# pandas is NULL in DuckDB and drops out, the same column of polars or Arrow does not.
#
# Seen with narwhals 2.29.0, pandas 3.1.1, polars 2.1.0, duckdb 1.5.6, pyarrow 26.0.1, numpy 2.4.6 (see the output
# below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "narwhals==2.29.0" "pandas==3.1.1" "polars==2.1.0" "duckdb==1.5.6" "pyarrow==26.0.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa

sales = {
    "customer": ["A", "B", "C", "D", "E"],
    "before": [100.0, 100.0, 0.0, 0.0, 40.0],
    "now": [180.0, 90.0, 0.0, 0.0, 50.0],
}
frames = {"pandas": pd.DataFrame(sales), "Arrow": pa.table(sales), "polars": pl.DataFrame(sales)}
frames["DuckDB"] = duckdb.from_arrow(frames["Arrow"])


def grown(frame):
    """The customers who grew by more than half, as narwhals has them."""
    growth = (nw.col("now") - nw.col("before")) / nw.col("before")
    rows = nw.from_native(frame).filter(growth > 0.5).select("customer")
    rows = rows.collect() if isinstance(rows, nw.LazyFrame) else rows
    return sorted(row[0] for row in rows.rows())


seen = {engine: grown(frame) for engine, frame in frames.items()}
print(f"grew by more than half, one expression of narwhals: {seen}")
typed = duckdb.sql("SELECT 0 / 0 > 0.5, 0 / 0 > 1 / 0").fetchone()
print(f"DuckDB, typed: 0 / 0 > 0.5 is {typed[0]}, and 0 / 0 > 1 / 0 is {typed[1]}")
in_pandas = frames["pandas"].assign(growth=lambda each: (each["now"] - each["before"]) / each["before"])
in_polars = frames["polars"].with_columns(growth=(pl.col("now") - pl.col("before")) / pl.col("before"))
ask = "SELECT count(*) FILTER (growth > 0.5), arg_max(customer, growth), count(growth) FROM"
from_pandas, from_polars = (duckdb.sql(f"{ask} {name}").fetchone() for name in ("in_pandas", "in_polars"))
print(f"DuckDB on the frame of pandas {from_pandas}, of polars {from_polars}: how many grew, who most, how many known")
assert seen["pandas"] == seen["Arrow"] == ["A"]
assert seen["polars"] == seen["DuckDB"] == ["A", "C", "D"], "no longer so: nothing by nothing is not growth"
assert typed == (True, True) and from_pandas == (1, "A", 3)
assert from_polars[0] == 3 and from_polars[1] in ("C", "D") and from_polars[2] == 5
PYTHON
# grew by more than half, one expression of narwhals: {'pandas': ['A'], 'Arrow': ['A'], 'polars': ['A', 'C', 'D'], 'DuckDB': ['A', 'C', 'D']}
# DuckDB, typed: 0 / 0 > 0.5 is True, and 0 / 0 > 1 / 0 is True
# DuckDB on the frame of pandas (1, 'A', 3), of polars (3, 'C', 5): how many grew, who most, how many known
