#!/usr/bin/env bash
# Due dates month by month from the 31st: instalments, renewals, month ends as a calendar to join to
#
# One would guess: a series from 31 January in steps of a month is 31 January, 28 February, 31 March, 30 April, as each
# step counted from the start has it; and all programs have the same.
#
# What really happens: pandas and DuckDB step on from where they are, so that February's 28 stays for good: 28 March, 28
# April. polars counts from the start and has the month ends. dateutil leaves every month out that has no 31st, and has
# five due dates a year fewer. So whoever joins sales, balances or payments to such a calendar of month ends loses, with
# pandas or DuckDB, the last days of each month after February from "up to the month end", or the whole row in an
# equal join; and the first two rows, which one looks at, are right. Counted as start + n months all give month ends.
#
# Seen with pandas 3.1.1, numpy 2.4.6, duckdb 1.5.6, polars 2.1.0, python-dateutil 2.9.0.post0 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "numpy==2.4.6" "duckdb==1.5.6" "polars==2.1.0" "python-dateutil==2.9.0.post0"
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date, datetime

import duckdb
import pandas as pd
import polars as pl
from dateutil.rrule import MONTHLY, rrule

first, last = date(2026, 1, 31), date(2026, 5, 31)
in_sql = "SELECT unnest(generate_series(DATE '2026-01-31', DATE '2026-05-31', INTERVAL 1 MONTH))"
counted = "SELECT (DATE '2026-01-31' + n * INTERVAL 1 MONTH)::DATE FROM range(5) AS steps(n) ORDER BY n"
series = {
    "pandas": pd.date_range(first, last, freq=pd.DateOffset(months=1)).tolist(),
    "DuckDB": [day for (day,) in duckdb.sql(in_sql).fetchall()],
    "polars": pl.date_range(first, last, "1mo", eager=True).to_list(),
    "dateutil": list(rrule(MONTHLY, dtstart=datetime(2026, 1, 31), until=datetime(2026, 5, 31))),
    "pandas, start + n months": [pd.Timestamp(first) + pd.DateOffset(months=n) for n in range(5)],
    "DuckDB, start + n months": [day for (day,) in duckdb.sql(counted).fetchall()],
}
seen = {name: [f"{day:%m-%d}" for day in days] for name, days in series.items()}
for name, days in seen.items():
    print(f"{name}: {' '.join(days)}")
ends = ["01-31", "02-28", "03-31", "04-30", "05-31"]
assert seen["pandas"] == seen["DuckDB"] == ["01-31", "02-28", "03-28", "04-28", "05-28"], "no longer so: no drift"
assert seen["polars"] == ends and seen["dateutil"] == ["01-31", "03-31", "05-31"]
assert seen["pandas, start + n months"] == seen["DuckDB, start + n months"] == ends
PYTHON
# pandas: 01-31 02-28 03-28 04-28 05-28
# DuckDB: 01-31 02-28 03-28 04-28 05-28
# polars: 01-31 02-28 03-31 04-30 05-31
# dateutil: 01-31 03-31 05-31
# pandas, start + n months: 01-31 02-28 03-31 04-30 05-31
# DuckDB, start + n months: 01-31 02-28 03-31 04-30 05-31
