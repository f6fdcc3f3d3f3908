#!/usr/bin/env bash
# Month ends of pandas (Period.end_time, to_timestamp(how="end")) or of a database (23:59:59.9999999), by way of Excel
#
# One would guess: the end of March, written to Excel and read again, is a moment of March: if digits of it are lost,
# they are cut off.
#
# What really happens: the file holds 46112.99999999999, which is in March, but openpyxl and python-calamine both
# round to thousandths of a second when they read, and the last half thousandth of a day's last second is the day
# after. So a table of months written by pandas comes back with every month called by the next one's name: January's
# sales stand beside 1 February, and a year beside the year after. No engine and no option of read_excel helps. Ends
# of 23:59:59.999 are read rightly.
#
# Seen with pandas 3.1.1, openpyxl 3.1.5, python-calamine 0.9.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "openpyxl==3.1.5" "python-calamine==0.9.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import math
import re
import zipfile

import pandas as pd

days = pd.Series(1, pd.date_range("2026-01-01", "2026-03-31"))
months = days.groupby(days.index.to_period("M")).sum().to_timestamp(how="end")
months.rename_axis("month").rename("days").reset_index().to_excel("months.xlsx", index=False, engine="openpyxl")
with zipfile.ZipFile("months.xlsx") as file:
    serials = re.findall(r"<v>(\d+\.\d+)</v>", file.read("xl/worksheets/sheet1.xml").decode())
in_file = [(pd.Timestamp("1899-12-30") + pd.Timedelta(days=math.floor(float(serial)))).strftime("%Y-%m") for serial in serials]
print(f"written: {months.index.strftime('%Y-%m').tolist()}; in the file: {serials}, days of {in_file}")
for engine in ("openpyxl", "calamine"):
    read = pd.read_excel("months.xlsx", engine=engine)
    named = dict(zip(read["month"].dt.strftime("%Y-%m"), read["days"], strict=True))
    print(f"read with {engine}: {named}")
    assert named == {"2026-02": 31, "2026-03": 28, "2026-04": 31}, "no longer so: month ends stay in their month"
assert in_file == ["2026-01", "2026-02", "2026-03"]
PYTHON
# written: ['2026-01', '2026-02', '2026-03']; in the file: ['46053.99999999999', '46081.99999999999', '46112.99999999999'], days of ['2026-01', '2026-02', '2026-03']
# read with openpyxl: {'2026-02': 31, '2026-03': 28, '2026-04': 31}
# read with calamine: {'2026-02': 31, '2026-03': 28, '2026-04': 31}
