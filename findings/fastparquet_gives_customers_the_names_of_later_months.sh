#!/usr/bin/env bash
# fastparquet, and a month appended to a file whose customers are a category
#
# One would guess: a category says which texts there are; each month's rows keep theirs, whatever texts the next month
# has, or a month with other customers is refused, as one with other columns is. What is written can be read back.
#
# What really happens: each part of the file has a list of its own, and what is read are numbers in it, put into words by
# the list of the part that came last. ACME's sales of January are read as Beta's, and Beta's as Zeta's; ACME is no
# customer any more. The rows, the total and the number of customers are right, so nothing looks amiss. pyarrow, polars
# and DuckDB read the same file rightly: the file is as it should be. A column of texts, not of categories, is read
# rightly too. No word is said of it.
#
# Seen with fastparquet 2026.9.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1, polars 2.1.0, duckdb 1.5.6 (see the output
# below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "fastparquet==2026.9.0" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1" "polars==2.1.0" "duckdb==1.5.6"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import fastparquet
import pandas as pd
import polars as pl

months = [({"ACME": 10, "Beta": 20}), ({"Beta": 30, "Zeta": 40})]
written = pd.DataFrame([pair for month in months for pair in month.items()], columns=["customer", "amount"])
for kind in ("category", "str"):
    for number, month in enumerate(months):
        frame = pd.DataFrame({"customer": pd.Series(list(month), dtype=kind), "amount": list(month.values())})
        fastparquet.write(kind, frame, append=number > 0)
print(f"written: {written.groupby('customer')['amount'].sum().to_dict()}")
seen = {}
for kind in ("category", "str"):
    frames = {
        "fastparquet": fastparquet.ParquetFile(kind).to_pandas(),
        "pyarrow": pd.read_parquet(kind, engine="pyarrow"),
        "polars": pl.read_parquet(kind).to_pandas(),
        "DuckDB": duckdb.sql(f"SELECT customer, amount FROM read_parquet('{kind}')").df(),
    }
    for name, frame in frames.items():
        seen[kind, name] = frame.groupby(frame["customer"].astype(str))["amount"].sum().to_dict()
        print(f"{kind}, read by {name}: {seen[kind, name]}")
right = {"ACME": 10, "Beta": 50, "Zeta": 40}
others = [value for key, value in seen.items() if key != ("category", "fastparquet")]
assert all(value == right for value in others)
assert seen["category", "fastparquet"] == {"Beta": 40, "Zeta": 60}, "no longer so: customers keep their names"
PYTHON
# written: {'ACME': 10, 'Beta': 50, 'Zeta': 40}
# category, read by fastparquet: {'Beta': 40, 'Zeta': 60}
# category, read by pyarrow: {'ACME': 10, 'Beta': 50, 'Zeta': 40}
# category, read by polars: {'ACME': 10, 'Beta': 50, 'Zeta': 40}
# category, read by DuckDB: {'ACME': 10, 'Beta': 50, 'Zeta': 40}
# str, read by fastparquet: {'ACME': 10, 'Beta': 50, 'Zeta': 40}
# str, read by pyarrow: {'ACME': 10, 'Beta': 50, 'Zeta': 40}
# str, read by polars: {'ACME': 10, 'Beta': 50, 'Zeta': 40}
# str, read by DuckDB: {'ACME': 10, 'Beta': 50, 'Zeta': 40}
