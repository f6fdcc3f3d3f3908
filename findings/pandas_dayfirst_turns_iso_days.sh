#!/usr/bin/env bash
# pandas with dayfirst=True, for a German export, and days that are written 2026-03-04
#
# One would guess: dayfirst settles what can be read in two ways, such as 04/03/2026. A day that begins with the year is
# year, month, day (ISO 8601), and no program means anything else by it.
#
# What really happens: 2026-03-04 is 3 April. The first week of March lies in seven months, and the first days of twelve
# months are twelve days of January. Where a later row is beyond the twelfth, read_csv leaves the whole column as text.
# With format="mixed", for a column of both ways of writing, each day up to the twelfth is turned and the others are not:
# 12 March is 3 December, 13 March stays. No word is said in any of these. format="ISO8601" reads such days as written.
#
# Seen with pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import io

import pandas as pd


def read(days):
    file = io.StringIO("day;amount\n" + "".join(f"{day};100\n" for day in days))
    column = pd.read_csv(file, sep=";", parse_dates=["day"], dayfirst=True)["day"]
    return column.tolist() if column.dtype.kind != "M" else [str(day.date()) for day in column]


week = [f"2026-03-{day:02}" for day in range(1, 8)]
firsts = [f"2026-{month:02}-01" for month in range(1, 13)]
later = ["2026-03-12", "2026-03-13"]
both = ["2026-03-12", "2026-03-13", "14.03.2026"]
mixed = [str(day.date()) for day in pd.to_datetime(both, dayfirst=True, format="mixed")]
print(f"read_csv, first week of March: {read(week)}")
print(f"read_csv, first days of months: {read(firsts)}")
print(f"read_csv, 12 and 13 March: {read(later)} ({pd.Series(read(later)).dtype})")
print(f"to_datetime, mixed: {dict(zip(both, mixed))}")
assert read(week) == [f"2026-{day:02}-03" for day in range(1, 8)], "no longer so: ISO days are read as written"
assert read(firsts) == [f"2026-01-{month:02}" for month in range(1, 13)]
assert read(later) == later
assert mixed == ["2026-12-03", "2026-03-13", "2026-03-14"], "no longer so: mixed ISO days are read as written"
assert [str(day.date()) for day in pd.to_datetime(week, dayfirst=True, format="ISO8601")] == week
PYTHON
# read_csv, first week of March: ['2026-01-03', '2026-02-03', '2026-03-03', '2026-04-03', '2026-05-03', '2026-06-03', '2026-07-03']
# read_csv, first days of months: ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05', '2026-01-06', '2026-01-07', '2026-01-08', '2026-01-09', '2026-01-10', '2026-01-11', '2026-01-12']
# read_csv, 12 and 13 March: ['2026-03-12', '2026-03-13'] (str)
# to_datetime, mixed: {'2026-03-12': '2026-12-03', '2026-03-13': '2026-03-13', '14.03.2026': '2026-03-14'}
