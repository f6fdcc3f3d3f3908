#!/usr/bin/env bash
# Ibis, and orders whose times are of Shanghai (a column with a time zone), by month and by day
#
# One would guess: a time with a zone is of the month that the clock there shows: half past midnight on 1 March in
# Shanghai is March and the 1st, as pandas has it, whichever engine is asked by the same words; and month() and date()
# of one column agree.
#
# What really happens: on DuckDB and SQLite the month, the day, the hour and the day of the week are those of UTC: all
# orders before eight in the morning are of the day before, and those of the 1st of the month before. (Ibis sets DuckDB's
# zone to UTC, wherever the machine stands, and of the column's zone nothing is left but UTC.) On polars month(), hour()
# and truncate() are Shanghai's, but date() is UTC's: the same order is of March and of 28 February, so a table by day and
# one by month do not add up to the same. Nothing is said. A column without a zone has what stands in it, everywhere.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, polars 2.1.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output
# below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb,polars,sqlite]==12.0.0" "duckdb==1.5.6" "polars==2.1.0" "pandas==3.1.1" \
    "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import ibis
import pandas as pd

clock = pd.to_datetime(pd.Series(["2026-03-01 00:30", "2026-03-05 09:00"]))
frame = pd.DataFrame({"at": clock.dt.tz_localize("Asia/Shanghai"), "clock": clock, "amount": [100, 5]})
seen = {}
for name in ("duckdb", "sqlite", "polars"):
    orders = getattr(ibis, name).connect().create_table("orders", ibis.memtable(frame))
    for column in ("at", "clock"):
        at = orders[column]
        first = orders.select(month=at.month(), day=at.date().cast("string"), hour=at.hour()).execute().iloc[0]
        march = orders.filter(at.month() == 3).amount.sum().execute()
        seen[name, column] = int(first["month"]), str(first["day"])[:10], int(first["hour"]), int(march)
        month, day, hour, total = seen[name, column]
        print(f"{name}, {column}: month {month}, day {day}, hour {hour}; March comes to {total}")
at = frame["at"].dt
seen["pandas"] = int(at.month[0]), str(at.date[0]), int(at.hour[0]), int(frame["amount"][at.month == 3].sum())
print(f"pandas: {seen['pandas']}")
right = (3, "2026-03-01", 0, 105)
assert seen["pandas"] == right and all(seen[name, "clock"] == right for name in ("duckdb", "sqlite", "polars"))
assert seen["duckdb", "at"] == (2, "2026-02-28", 16, 5), "no longer so: DuckDB has the month of the column's zone"
assert seen["sqlite", "at"] == (2, "2026-02-28", 16, 5), "no longer so: SQLite has the month of the column's zone"
assert seen["polars", "at"] == (3, "2026-02-28", 0, 105), "no longer so: polars has the day of the column's zone"
PYTHON
# duckdb, at: month 2, day 2026-02-28, hour 16; March comes to 5
# duckdb, clock: month 3, day 2026-03-01, hour 0; March comes to 105
# sqlite, at: month 2, day 2026-02-28, hour 16; March comes to 5
# sqlite, clock: month 3, day 2026-03-01, hour 0; March comes to 105
# polars, at: month 3, day 2026-02-28, hour 0; March comes to 105
# polars, clock: month 3, day 2026-03-01, hour 0; March comes to 105
# pandas: (3, '2026-03-01', 0, 105)
