#!/usr/bin/env bash
# narwhals, and all customers but those of class A, of whom some have no class yet
#
# One would guess: filter(col("class") != "A") is one question, and narwhals gives it one meaning on every engine: who
# has no class is in the list on all of them or on none.
#
# What really happens: a frame of pandas keeps who has no class (its missing text is unlike "A"), polars, DuckDB and
# Arrow leave him out (nothing compared is nothing), and pandas itself is of two minds: read with
# dtype_backend="pyarrow" or "numpy_nullable" the same file leaves him out, by the same line. So a list for a mailing,
# or "sales of all others", has other customers by how the file was read, and A and not A do not make up the whole on
# most of them. ~is_in(["A"]) is parted otherwise still (nullable texts of pandas keep him there), and ~(growth > 0.5)
# keeps who has no growth on pandas and leaves him out on the others. No word is said. (col != "A") | col.is_null() is
# the same on all.
#
# Seen with narwhals 2.29.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1, polars 2.1.0, duckdb 1.5.6 (see the output
# below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "narwhals==2.29.0" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1" "polars==2.1.0" "duckdb==1.5.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import io

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl

text = "customer,class,growth,amount\nX,A,0.1,500\nY,B,,300\nZ,,0.9,200\n"
frames = {
    "pandas": pd.read_csv(io.StringIO(text)),
    "pandas, numpy_nullable": pd.read_csv(io.StringIO(text), dtype_backend="numpy_nullable"),
    "pandas, pyarrow": pd.read_csv(io.StringIO(text), dtype_backend="pyarrow"),
    "polars": pl.read_csv(io.StringIO(text)),
    "Arrow": pl.read_csv(io.StringIO(text)).to_arrow(),
}
frames["DuckDB"] = duckdb.from_arrow(frames["Arrow"])
rules = {
    "!= A": nw.col("class") != "A",
    "~is_in": ~nw.col("class").is_in(["A"]),
    "~(growth > 0.5)": ~(nw.col("growth") > 0.5),
    "!= A or null": (nw.col("class") != "A") | nw.col("class").is_null(),
}


def chosen(frame, rule):
    return "".join(sorted(nw.from_native(frame).lazy().filter(rule).select("customer").collect()["customer"].to_list()))


found = {name: {said: chosen(frame, rule) for said, rule in rules.items()} for name, frame in frames.items()}
for name, lists in found.items():
    print(f"{name}: {lists}")
without = ("pandas, numpy_nullable", "pandas, pyarrow", "polars", "Arrow", "DuckDB")
assert {lists["!= A or null"] for lists in found.values()} == {"YZ"}
assert found["pandas"]["!= A"] == "YZ" and {found[name]["!= A"] for name in without} == {"Y"}, "no longer so: alike on all"
assert found["pandas, numpy_nullable"]["~is_in"] == "YZ" and found["pandas"]["~(growth > 0.5)"] == "XY"
PYTHON
# pandas: {'!= A': 'YZ', '~is_in': 'YZ', '~(growth > 0.5)': 'XY', '!= A or null': 'YZ'}
# pandas, numpy_nullable: {'!= A': 'Y', '~is_in': 'YZ', '~(growth > 0.5)': 'X', '!= A or null': 'YZ'}
# pandas, pyarrow: {'!= A': 'Y', '~is_in': 'Y', '~(growth > 0.5)': 'X', '!= A or null': 'YZ'}
# polars: {'!= A': 'Y', '~is_in': 'Y', '~(growth > 0.5)': 'X', '!= A or null': 'YZ'}
# Arrow: {'!= A': 'Y', '~is_in': 'Y', '~(growth > 0.5)': 'X', '!= A or null': 'YZ'}
# DuckDB: {'!= A': 'Y', '~is_in': 'Y', '~(growth > 0.5)': 'X', '!= A or null': 'YZ'}
