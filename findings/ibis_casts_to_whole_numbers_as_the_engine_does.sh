#!/usr/bin/env bash
# Ibis, and amounts cast to whole numbers: points of a bonus scheme, or the bracket of an order
#
# One would guess: one expression has one meaning on every engine. cast("int64") cuts the decimals off, as astype of
# pandas and int() of Python do, so 2.7 is 2 points everywhere and an order of 990 lies in the bracket 9 of hundreds.
#
# What really happens: the cast is the engine's own. DuckDB rounds, and halves of floats to the even number: 2.7 is 3,
# 2.5 is 2 and 3.5 is 4. polars and SQLite cut: 2, 2 and 3. So the points of the same orders add up otherwise, and an
# order of 990 is in bracket 10 of hundreds on DuckDB, Ibis' own default, beside those of 1,010. No word is said.
# floor() before the cast (as long as nothing is below nought) gives the same on all.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, polars 2.1.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the
# output below); Python 3.11 and its SQLite.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb,polars,sqlite]==12.0.0" "duckdb==1.5.6" "polars==2.1.0" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import ibis
import pandas as pd

frame = pd.DataFrame({"order": range(4), "amount": [250.0, 270.0, 350.0, 990.0]})
orders = ibis.memtable(frame)
cast, floored = (orders.amount / 100).cast("int64"), (orders.amount / 100).floor().cast("int64")
asked = orders.select("order", cast=cast, floored=floored).order_by("order")
seen, safe = {}, {}
for engine in ("duckdb", "polars", "sqlite"):
    rows = getattr(ibis, engine).connect().execute(asked)
    seen[engine], safe[engine] = rows["cast"].tolist(), rows["floored"].tolist()
seen["pandas"] = (frame["amount"] / 100).astype("int64").tolist()
for engine, points in seen.items():
    print(f"{engine:6}: orders of {frame['amount'].astype(int).tolist()} are {points}, {sum(points)} together")
print(f"floor() first: {safe}")
assert seen["duckdb"] == [2, 3, 4, 10], "no longer so: a cast on DuckDB cuts"
assert seen["polars"] == seen["sqlite"] == seen["pandas"] == [2, 2, 3, 9]
assert all(points == seen["pandas"] for points in safe.values())
PYTHON
# duckdb: orders of [250, 270, 350, 990] are [2, 3, 4, 10], 19 together
# polars: orders of [250, 270, 350, 990] are [2, 2, 3, 9], 16 together
# sqlite: orders of [250, 270, 350, 990] are [2, 2, 3, 9], 16 together
# pandas: orders of [250, 270, 350, 990] are [2, 2, 3, 9], 16 together
# floor() first: {'duckdb': [2, 2, 3, 9], 'polars': [2, 2, 3, 9], 'sqlite': [2, 2, 3, 9]}
