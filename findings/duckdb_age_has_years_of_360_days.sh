#!/usr/bin/env bash
# DuckDB's age(), fetched as a frame, and for how long customers have bought
#
# One would guess: of a customer since 1 March 2025, seen on 1 March 2026, age() says one year, and the column that
# arrives in pandas or in Python has the days of that time: 365. It is a difference of two moments on either side, and
# the subtraction of the same two, fetched in the same query, has 365.
#
# What really happens: age() gives years, months and days, as its manual says, and on the way into pandas' timedelta
# (and Python's) each month is taken for 30 days and so each year for 360. The column is a plain timedelta, and nothing
# tells what it was. So ten years are 52 days short, customers of exactly one year are not yet "365 days and more", and
# who is compared with a limit that was counted elsewhere lies on the other side of it: of customers for 361 to 366 days
# none reaches a year. Days of less than a month are right, so new customers look as they should. b - a in the query, or
# date_diff('day', a, b), has the days.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb

seen_on = "TIMESTAMP '2026-03-01'"
customers = f"""
SELECT since, age({seen_on}, since) AS by_age, {seen_on} - since AS by_minus,
       date_diff('day', since, {seen_on}) AS days
FROM (VALUES (TIMESTAMP '2026-02-20'), (TIMESTAMP '2025-03-01'), (TIMESTAMP '2016-03-01')) AS t(since)
"""
frame = duckdb.sql(customers).df()
print(frame.to_string())
print(f"types: {frame['by_age'].dtype} and {frame['by_minus'].dtype}")
in_python = [row[1].days for row in duckdb.sql(customers).fetchall()]
days = {"age(), pandas": frame["by_age"], "minus, pandas": frame["by_minus"]}
print({how: column.dt.days.tolist() for how, column in days.items()} | {"age(), Python": in_python})
about_a_year = duckdb.sql(
    f"SELECT age({seen_on}, {seen_on} - to_days(n::INTEGER)) AS by_age, n FROM range(361, 367) AS t(n)"
).df()
reach = {int(n): bool(days >= 365) for n, days in zip(about_a_year["n"], about_a_year["by_age"].dt.days)}
print(f"customers for so many days have been so for a year: {reach}")
assert frame["by_minus"].dt.days.tolist() == frame["days"].tolist() == [9, 365, 3_652]
assert frame["by_age"].dt.days.tolist() == in_python == [9, 360, 3_600], "no longer so: age() has the days between"
assert not any(reach.values())
PYTHON
#        since    by_age  by_minus  days
# 0 2026-02-20    9 days    9 days     9
# 1 2025-03-01  360 days  365 days   365
# 2 2016-03-01 3600 days 3652 days  3652
# types: timedelta64[us] and timedelta64[us]
# {'age(), pandas': [9, 360, 3600], 'minus, pandas': [9, 365, 3652], 'age(), Python': [9, 360, 3600]}
# customers for so many days have been so for a year: {361: False, 362: False, 363: False, 364: False, 365: False, 366: False}
