#!/usr/bin/env bash
# polars, and days as numbers such as 20261231 to join a table of dates of a warehouse
#
# One would guess: year * 10000 + month * 100 + day is that number, as it is in pandas, DuckDB and Python; and month * 100
# + day >= 701 asks whether a day lies in July or later.
#
# What really happens: polars gives months and days as numbers of 8 bits, 100 is one as well, and a product of the two
# stays one: from February on month * 100 begins again from below nought. 31 December 2026 is 20259951. Of a year's days
# those of January are right, 24 have the key of a day of another month, to which their sales are joined, and the others
# find no day. No day lies in July or later. No word is said. dt.strftime("%Y%m%d") has the keys.
#
# Seen with polars 2.1.0, duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "polars==2.1.0" "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import datetime as dt

import duckdb
import pandas as pd
import polars as pl

days = pl.DataFrame({"day": pl.date_range(dt.date(2026, 1, 1), dt.date(2026, 12, 31), eager=True)})
day = pl.col("day").dt
by_polars = days.select(day.year() * 10_000 + day.month() * 100 + day.day()).to_series().to_list()
by_text = days.select(day.strftime("%Y%m%d").cast(pl.Int64)).to_series().to_list()
by_duckdb = [key for (key,) in duckdb.sql("SELECT year(day) * 10000 + month(day) * 100 + day(day) FROM days ORDER BY day").fetchall()]
stamps = pd.Series(pd.date_range("2026-01-01", "2026-12-31"))
by_pandas = (stamps.dt.year * 10_000 + stamps.dt.month * 100 + stamps.dt.day).tolist()
right = sum(key == known for key, known in zip(by_polars, by_text))
others = [key for key, known in zip(by_polars, by_text) if key != known and key in by_text]
late = days.filter(day.month() * 100 + day.day() >= 701).height
print(f"31 December 2026: polars {by_polars[-1]}, pandas {by_pandas[-1]}, DuckDB {by_duckdb[-1]}")
print(f"of 365 days polars has {right} right; {len(others)} have the key of another day of the year")
print(f"days from July on: {late}")
assert by_text == by_pandas == by_duckdb and by_text[-1] == 20261231
assert by_polars[-1] == 20259951, "no longer so: months times a hundred are wider than months"
assert by_polars[:31] == by_text[:31] and right == 31 and len(others) == 24 and late == 0
PYTHON
# 31 December 2026: polars 20259951, pandas 20261231, DuckDB 20261231
# of 365 days polars has 31 right; 24 have the key of another day of the year
# days from July on: 0
