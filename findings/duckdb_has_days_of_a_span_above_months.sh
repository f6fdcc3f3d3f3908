#!/usr/bin/env bash
# DuckDB on a frame of pandas or polars with a column of time spans (days overdue, days since the last order)
#
# One would guess: extract(day FROM overdue) is the number of days of a span that is days: 45 of 45 days, as it is of a
# difference of two moments in DuckDB, and as .dt.days and total_days() have it in the frames.
#
# What really happens: a span that comes from pandas is parted into months of 30 days and what is left, so 45 days are 1
# month and 15 days, and the day is 15: who is overdue for 60 days has 0, and sorted by it he stands below who is 5 days
# late. A span from polars (or Arrow) is seconds alone, and its day is 0 for everybody. A difference made in DuckDB has
# 45. So one query gives three answers by where its table came from: of three customers who are late by 45 days and more
# one, none or all are late by more than ten, though each span, printed, has its days. epoch(overdue) / 86400 is right
# of the two others, but has 405.25 for the 400 days of pandas, whose twelve months are a year of 365.25. No word is
# said.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, polars 2.1.0, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6" "polars==2.1.0" "pyarrow==26.0.1"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import datetime as dt

import duckdb
import pandas as pd
import polars as pl

days = {"A": 5, "B": 45, "C": 60, "D": 400}
spans = [dt.timedelta(days=number) for number in days.values()]
frames = {
    "pandas": pd.DataFrame({"customer": list(days), "overdue": pd.to_timedelta(list(days.values()), unit="D")}),
    "polars": pl.DataFrame({"customer": list(days), "overdue": spans}),
}
engine = duckdb.connect()
for name, frame in frames.items():
    engine.register(f"by_{name}", frame)
engine.execute("CREATE TABLE invoices (customer TEXT, due TIMESTAMP)")
for customer, number in days.items():
    engine.execute("INSERT INTO invoices VALUES (?, ?)", [customer, dt.datetime(2026, 11, 30) - dt.timedelta(days=number)])
engine.execute("CREATE VIEW by_engine AS SELECT customer, TIMESTAMP '2026-11-30' - due AS overdue FROM invoices")
found = {}
for name in ("pandas", "polars", "engine"):
    sql = f"SELECT overdue, extract(day FROM overdue), epoch(overdue) / 86400 FROM by_{name} ORDER BY customer"
    rows = engine.execute(sql).fetchall()
    found[name] = [day for _, day, _ in rows]
    by_epoch = [number for _, _, number in rows]
    print(f"{name}: {[span.days for span, _, _ in rows]} days; extract(day) {found[name]}; epoch / 86400 {by_epoch}")
assert found["engine"] == list(days.values()) == frames["pandas"]["overdue"].dt.days.tolist()
assert found["pandas"] == [5, 15, 0, 10] and found["polars"] == [0, 0, 0, 0], "no longer so: a span of days has its days"
PYTHON
# pandas: [5, 45, 60, 400] days; extract(day) [5, 15, 0, 10]; epoch / 86400 [5.0, 45.0, 60.0, 405.25]
# polars: [5, 45, 60, 400] days; extract(day) [0, 0, 0, 0]; epoch / 86400 [5.0, 45.0, 60.0, 400.0]
# engine: [5, 45, 60, 400] days; extract(day) [5, 45, 60, 400]; epoch / 86400 [5.0, 45.0, 60.0, 400.0]
