#!/usr/bin/env bash
# pandas' to_parquet with partition_cols, and an export of sales that is run twice
#
# One would guess: to_parquet writes the frame, in place of what was there, as it does without partitions, as polars does
# with them. Whoever runs a month again, since something was corrected, has
# the corrected month.
#
# What really happens: with pyarrow, the default, each run adds files of new names beside those of the run before, so
# the folder holds the orders twice, then three times. pandas, polars and DuckDB read all of it and add up to double the
# sales; the mean and the shares are right, so they give no hint, and a customer's order count is doubled. An order that
# was cancelled since is still there. No word is said. existing_data_behavior="delete_matching", which pandas hands on to
# pyarrow, replaces the months that are written.
#
# Seen with pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6, polars 2.1.0, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "pyarrow==26.0.1" "numpy==2.4.6" "polars==2.1.0" "duckdb==1.5.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl

sales = pd.DataFrame({"month": ["2026-01", "2026-01", "2026-02"], "order": [1, 2, 3], "amount": [10, 20, 30]})
corrected = sales[sales["order"] != 2]
for run in (sales, corrected):
    run.to_parquet("one.parquet")
    run.to_parquet("months", partition_cols=["month"])
    run.to_parquet("replaced", partition_cols=["month"], existing_data_behavior="delete_matching")
    pl.from_pandas(run).write_parquet("of_polars", partition_by=["month"])
readers = {
    "pandas": lambda folder: pd.read_parquet(folder)["amount"].sum(),
    "polars": lambda folder: pl.read_parquet(folder)["amount"].sum(),
    "DuckDB": lambda folder: duckdb.sql(f"SELECT sum(amount) FROM '{folder}/**/*.parquet'").fetchone()[0],
}
seen = {name: int(readers["polars"](name)) for name in ("one.parquet", "months", "replaced", "of_polars")}
for name, total in seen.items():
    print(f"{name}: {total}, where {corrected['amount'].sum()} was written last")
months = {name: int(read("months")) for name, read in readers.items()}
print(f"months, as it is read: {months}")
assert seen["one.parquet"] == seen["replaced"] == seen["of_polars"] == 40
assert set(months.values()) == {100}, "no longer so: a month that is written again is replaced"
PYTHON
# one.parquet: 40, where 40 was written last
# months: 100, where 40 was written last
# replaced: 40, where 40 was written last
# of_polars: 40, where 40 was written last
# months, as it is read: {'pandas': 100, 'polars': 100, 'DuckDB': 100}
