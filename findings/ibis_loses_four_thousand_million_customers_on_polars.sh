#!/usr/bin/env bash
# Ibis and narwhals on polars, and customers won less customers lost
#
# One would guess: a number of customers less another is below nought where more were lost than won, on every engine:
# two lost and none won are -2, as on DuckDB, SQLite and pandas; Ibis says that the column is int64.
#
# What really happens: polars counts in numbers without a sign of 32 bits, and less than nothing begins again from above:
# -2 is 4,294,967,294. By Ibis it is so of (kind == "won").sum() less (kind == "lost").sum(), and not of two count()s with
# the same conditions, so one of two ways to write it is right, and a month with as many won as lost is right in both.
# The bad months are the best of the year by far, and a mean over months is a thousand million. By narwhals, which asks
# pandas and polars in the same words, two changes less 3 are -1 and 4,294,967,295, as by polars itself. No word is said.
#
# Seen with ibis-framework 12.0.0, narwhals 2.29.0, polars 2.1.0, duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, pyarrow
# 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb,polars,sqlite]==12.0.0" "narwhals==2.29.0" "polars==2.1.0" "duckdb==1.5.6" "pandas==3.1.1" \
    "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import ibis
import narwhals as nw
import pandas as pd
import polars as pl

frame = pd.DataFrame({"month": ["01", "01", "01", "02", "02"], "kind": ["won", "lost", "won", "lost", "lost"]})
seen = {}
for name in ("duckdb", "sqlite", "polars"):
    changes = getattr(ibis, name).connect().create_table("changes", ibis.memtable(frame))
    won, lost = changes.kind == "won", changes.kind == "lost"
    months = changes.group_by("month").agg(
        of_sums=won.sum() - lost.sum(), of_counts=changes.count(where=won) - changes.count(where=lost)
    )
    assert {str(months.schema()[column]) for column in ("of_sums", "of_counts")} == {"int64"}
    told = months.order_by("month").execute()
    seen[name] = told["of_sums"].tolist(), told["of_counts"].tolist()
    print(f"Ibis on {name}: won less lost, January and February, {seen[name][0]}; of two count()s {seen[name][1]}")
for name, kind in {"pandas": pd.DataFrame, "polars": pl.from_pandas}.items():
    months = nw.from_native(kind(frame)).group_by("month").agg(n=nw.len()).sort("month")
    seen["narwhals", name] = months.with_columns(less=nw.col("n") - 3)["less"].to_list()
    print(f"narwhals on {name}: changes of a month less 3, {seen['narwhals', name]}")
assert seen["duckdb"] == seen["sqlite"] == ([1, -2], [1, -2])
assert seen["narwhals", "pandas"] == [0, -1] and seen["polars"][1] == [1, -2]
assert seen["polars"][0] == [1, 4_294_967_294], "no longer so: Ibis has less than nought on polars"
assert seen["narwhals", "polars"] == [0, 4_294_967_295], "no longer so: narwhals has less than nought on polars"
PYTHON
# Ibis on duckdb: won less lost, January and February, [1, -2]; of two count()s [1, -2]
# Ibis on sqlite: won less lost, January and February, [1, -2]; of two count()s [1, -2]
# Ibis on polars: won less lost, January and February, [1, 4294967294]; of two count()s [1, -2]
# narwhals on pandas: changes of a month less 3, [0, -1]
# narwhals on polars: changes of a month less 3, [0, 4294967295]
