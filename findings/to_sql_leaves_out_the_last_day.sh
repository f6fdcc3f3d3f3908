#!/usr/bin/env bash
# pandas' to_sql into SQLite, and the sales from the first to the last day of a month
#
# One would guess: a column of days arrives as days. BETWEEN '2026-03-01' AND '2026-03-31' holds all of March, as the
# same words do in DuckDB, on the same frame, and as they do for a column of datetime.date; a query for one day finds
# that day.
#
# What really happens: SQLite has no type for days, and pandas writes texts with a time: '2026-03-31 00:00:00'. As texts
# are compared, that comes after '2026-03-31', so the last day of every month (or of whatever is asked for) is left out
# of its sum, and a query for one day finds nothing. The first day of the next month is not in either, so its sales are
# in no month at all: the months of a year add up to less than the year. What was written from datetime.date, or with
# date(day) in the query, has all days. No word is said.
#
# Seen with pandas 3.1.1, numpy 2.4.6, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6" "duckdb==1.5.6"
"$folder/venv/bin/python" -Werror - <<'PYTHON'
import sqlite3

import duckdb
import pandas as pd

days = pd.date_range("2026-01-01", "2026-12-31")
orders = pd.DataFrame({"day": days, "amount": 10})
database = sqlite3.connect(":memory:")
orders.to_sql("orders", database, index=False)
orders.assign(day=orders["day"].dt.date).to_sql("from_dates", database, index=False)


def asked(run, table, column="day"):
    """Sales of March, of its last day, and of all months from their first to their last day."""
    year = pd.period_range("2026-01", periods=12, freq="M")
    months = [(month.start_time.date(), month.end_time.date()) for month in year]
    between = f"SELECT sum(amount) FROM {table} WHERE {column} BETWEEN '{{}}' AND '{{}}'"
    sums = [run(between.format(*month)).fetchone()[0] for month in months]
    of_a_day = run(f"SELECT count(*) FROM {table} WHERE {column} = '2026-03-31'").fetchone()[0]
    return int(sums[2]), int(of_a_day), int(sum(sums))


written = database.execute("SELECT day FROM orders LIMIT 1").fetchone()[0]
print(f"what stands in SQLite: {written!r}; sales of the year {orders['amount'].sum():,}")
seen = {
    "SQLite": asked(database.execute, "orders"),
    "SQLite, date(day)": asked(database.execute, "orders", "date(day)"),
    "SQLite, from datetime.date": asked(database.execute, "from_dates"),
    "DuckDB": asked(duckdb.sql, "orders"),
}
for where, (march, orders_of_a_day, year) in seen.items():
    print(f"{where:26}: March {march}, orders of 31 March {orders_of_a_day}, all twelve months {year:,}")
assert seen["DuckDB"] == seen["SQLite, date(day)"] == seen["SQLite, from datetime.date"] == (310, 1, 3_650)
assert seen["SQLite"] == (300, 0, 3_530), "no longer so: the last day is in its month"
PYTHON
# what stands in SQLite: '2026-01-01 00:00:00'; sales of the year 3,650
# SQLite                    : March 300, orders of 31 March 0, all twelve months 3,530
# SQLite, date(day)         : March 310, orders of 31 March 1, all twelve months 3,650
# SQLite, from datetime.date: March 310, orders of 31 March 1, all twelve months 3,650
# DuckDB                    : March 310, orders of 31 March 1, all twelve months 3,650
