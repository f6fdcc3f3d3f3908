#!/usr/bin/env bash
# pandas.read_excel and its engines, and dates as a Chinese Excel formats them
#
# One would guess: a cell that Excel shows as 2026年3月5日 is read as a date by either engine, as 2026-03-05 is.
#
# What really happens: the date formats that Chinese, Japanese and Korean editions offer first have numbers of their
# own (27 to 36 and 50 to 58, ECMA-376 Part 1, 18.8.30), for which a file holds no text. openpyxl does not know these
# numbers and gives the serial number, 46086; pandas makes whole numbers of them. python-calamine gives dates. So the
# day, and with it the month of every sale, depends on the engine: pd.to_datetime(46086) is a few microseconds into
# 1970, without an error, so that all sales are of January 1970. A column of which some cells were typed in another
# format has both kinds. pandas 3.1 announces that its default engine will change, so the same line will read another
# column one day.
#
# Seen with openpyxl 3.1.5, python-calamine 0.9.1, pandas 3.1.1, numpy 2.4.6, xlsxwriter 3.3.1 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "openpyxl==3.1.5" "python-calamine==0.9.1" "pandas==3.1.1" "numpy==2.4.6" "xlsxwriter==3.3.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import re
import zipfile

import pandas as pd
import xlsxwriter

IDS = [14, *range(27, 37), *range(50, 59)]  # 14 is the short date of every edition
book = xlsxwriter.Workbook("plain.xlsx")
sheet = book.add_worksheet()
sheet.write_row(0, 0, ["format", "day"])
for row, number in enumerate(IDS, 1):
    sheet.write_number(row, 0, number)
    sheet.write_number(row, 1, 46086, book.add_format({"num_format": f'"of {number}"0'}))
book.close()
# As Excel writes it: the number of the format, and no text of it.
with zipfile.ZipFile("plain.xlsx") as plain, zipfile.ZipFile("orders.xlsx", "w") as orders:
    for name in plain.namelist():
        content = plain.read(name).decode()
        if name == "xl/styles.xml":
            own = dict(re.findall(r'numFmtId="(\d+)" formatCode="&quot;of (\d+)&quot;0"', content))
            content = re.sub(r"<numFmts.*?</numFmts>", "", content, flags=re.DOTALL)
            content = re.sub(r'numFmtId="(\d+)"', lambda found: f'numFmtId="{own.get(found[1], found[1])}"', content)
        orders.writestr(name, content)
read = {engine: pd.read_excel("orders.xlsx", engine=engine).set_index("format")["day"] for engine in ("openpyxl", "calamine")}
for engine, days in read.items():
    numbers = [number for number, day in days.items() if isinstance(day, int)]
    print(f"{engine}: format 14 is {days[14]}, 31 is {days[31]}, 57 is {days[57]}; {len(numbers)} of {len(IDS)} formats are no dates")
print(f"pd.to_datetime(46086): {pd.to_datetime(46086)}")
assert [number for number, day in read["openpyxl"].items() if day == 46086] == IDS[1:], "no longer so: openpyxl knows them"
assert (read["calamine"] == pd.Timestamp("2026-03-05")).all()
PYTHON
# openpyxl: format 14 is 2026-03-05 00:00:00, 31 is 46086, 57 is 46086; 19 of 20 formats are no dates
# calamine: format 14 is 2026-03-05 00:00:00, 31 is 2026-03-05 00:00:00, 57 is 2026-03-05 00:00:00; 0 of 20 formats are no dates
# pd.to_datetime(46086): 1970-01-01 00:00:00.000046086
