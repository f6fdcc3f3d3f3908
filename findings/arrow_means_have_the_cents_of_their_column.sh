#!/usr/bin/env bash
# pandas on Arrow decimals, and the mean price of parts that cost less than a cent
#
# One would guess: a mean has more decimals than what it is made of: that of 0.01 and 0.02 is 0.015, as it is of floats,
# of decimal.Decimal, by DuckDB, and as pandas' own median, rolling mean and quantile of the same column have it.
#
# What really happens: mean() of a column of decimal128(9, 2), which is what Arrow, Parquet or a database hands over, is
# a decimal of two places: 0.02. groupby().mean(), agg("mean") and pivot_table are the same, and so is pyarrow's own.
# The mean price of a thousand parts at 0.01 and two hundred at 0.00 is 0.01, and mean times count is a fifth more than
# the sum. A margin of 0.4 cents a piece is none. The other statistics of the column are floats, so the median of two
# prices lies beside a mean that cannot be theirs. Arrow's manual says so of its function, pandas' does not of its own,
# and no word is said. astype("float64") before it has all decimals.
#
# Seen with pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "pyarrow==26.0.1" "numpy==2.4.6" "duckdb==1.5.6"
"$folder/venv/bin/python" -Werror - <<'PYTHON'
from decimal import Decimal

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

cents = pa.array([Decimal("0.01"), Decimal("0.02")], pa.decimal128(9, 2))
prices = pa.table({"part": ["screw", "screw"], "price": cents})
frame = prices.to_pandas(types_mapper=pd.ArrowDtype)
price = frame["price"]
means = {
    "mean": price.mean(),
    "groupby": frame.groupby("part")["price"].mean().iloc[0],
    "pivot_table": frame.pivot_table(index="part", values="price", aggfunc="mean").iloc[0, 0],
    "pyarrow": pc.mean(prices["price"]).as_py(),
}
others = {
    "median": price.median(),
    "rolling mean": price.rolling(2).mean().iloc[1],
    "mean as float": price.astype("float64").mean(),
    "mean of Decimals": sum(price) / 2,
    "DuckDB": duckdb.sql("SELECT avg(price) FROM prices").fetchone()[0],
}
print(f"0.01 and 0.02, {price.dtype}: " + ", ".join(f"{how} {value}" for how, value in means.items()))
print("the same: " + ", ".join(f"{how} {value}" for how, value in others.items()))
parts = pd.Series([Decimal("0.01")] * 1_000 + [Decimal("0.00")] * 200, dtype=pd.ArrowDtype(pa.decimal128(9, 2)))
print(f"1,200 parts: sum {parts.sum()}, mean times count {parts.mean() * len(parts)}")
assert all(float(value) == 0.015 for value in others.values())
assert all(value == Decimal("0.02") for value in means.values()), "no longer so: a mean has more decimals"
assert (parts.sum(), parts.mean() * len(parts)) == (10, 12)
PYTHON
# 0.01 and 0.02, decimal128(9, 2)[pyarrow]: mean 0.02, groupby 0.02, pivot_table 0.02, pyarrow 0.02
# the same: median 0.015, rolling mean 0.015, mean as float 0.015, mean of Decimals 0.015, DuckDB 0.015
# 1,200 parts: sum 10.00, mean times count 12.00
