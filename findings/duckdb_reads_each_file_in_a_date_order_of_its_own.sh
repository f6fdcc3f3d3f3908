#!/usr/bin/env bash
# DuckDB's read_csv over a folder of weekly exports, with days written 03/04/2026
#
# One would guess: the files of one read_csv are read in one way. Where a week has only days up to the twelfth, the
# other weeks tell which number is the month; and if they cannot, all weeks are read alike.
#
# What really happens: each file is looked at by itself. A week in which some day is beyond the twelfth is read as it
# was meant, month first; the week before it, of the same export, day first: 4 March becomes 3 April, in one column of
# type DATE of one query. So of March's sales, exported by the week, six days lie in six other months, some of them
# months to come, and the rest is right. Read as one file the same rows are all right. union_by_name changes nothing;
# dateformat does. pandas reads all of them month first.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from pathlib import Path

import duckdb
import pandas as pd

days = pd.date_range("2026-03-01", "2026-03-31")
weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
for number, week in enumerate(weeks, 1):
    Path(f"week{number}.csv").write_text("day,amount\n" + "".join(f"{day:%m/%d/%Y},100\n" for day in week))
Path("march.csv").write_text("day,amount\n" + "".join(f"{day:%m/%d/%Y},100\n" for day in days))


def months(source, options=""):
    rows = duckdb.sql(
        f"SELECT strftime(day, '%Y-%m') AS month, sum(amount)::INT FROM read_csv('{source}'{options}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return dict(rows)


in_weeks = months("week*.csv")
print(f"sales of March in five files: {in_weeks}")
print(f"with union_by_name: {months('week*.csv', ', union_by_name = true')}")
print(f"in one file: {months('march.csv')}")
print(f"five files with dateformat: {months('week*.csv', ', dateformat = ' + repr('%m/%d/%Y'))}")
assert {str(each) for (each,) in duckdb.sql("SELECT DISTINCT typeof(day) FROM read_csv('week*.csv')").fetchall()} == {"DATE"}
assert in_weeks["2026-03"] == 2_500 and len(in_weeks) == 7, "no longer so: the files of one read are read alike"
assert months("week*.csv", ", union_by_name = true") == in_weeks
assert months("march.csv") == months("week*.csv", ", dateformat = '%m/%d/%Y'") == {"2026-03": 3_100}
by_pandas = pd.concat(pd.read_csv(file, parse_dates=["day"]) for file in Path().glob("week*.csv"))
assert set(by_pandas.day.dt.strftime("%Y-%m")) == {"2026-03"}
PYTHON
# sales of March in five files: {'2026-01': 100, '2026-02': 100, '2026-03': 2500, '2026-04': 100, '2026-05': 100, '2026-06': 100, '2026-07': 100}
# with union_by_name: {'2026-01': 100, '2026-02': 100, '2026-03': 2500, '2026-04': 100, '2026-05': 100, '2026-06': 100, '2026-07': 100}
# in one file: {'2026-03': 3100}
# five files with dateformat: {'2026-03': 3100}
