#!/usr/bin/env bash
# xlsx2csv, and prices of less than a cent or margins, in a sheet that shows them with two decimals
#
# One would guess: a conversion gives the values of the cells or what Excel shows of them, one of the two for all.
# 0.0044 is 0.0044 in either format of two decimals, 0.00 or #,##0.00, or it is 0.00 in both.
#
# What really happens: it hangs on the format. With 0.00 a price is cut to what is shown, so 5,000 parts at 0.0044 cost
# nothing; with #,##0.00, the next one in Excel's list, or with a currency behind, it comes in full; with General too.
# Halves are rounded to the even digit, so 0.125 comes as 0.12 where Excel shows 0.13. Of percentages 15.34 % is
# "15.34%" with 0.00%, "15%" with 0%, and 0.153 with 0.0%: a text, another text, and a share that has lost a digit. So a
# column whose cells are formatted by several people is a mixture, and the total of a price list changes with its
# formatting. No word is said. pandas has the values whatever the format.
#
# Seen with xlsx2csv 0.8.6, openpyxl 3.1.5, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "xlsx2csv==0.8.6" "openpyxl==3.1.5" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import csv
import io

import openpyxl
import pandas as pd
from xlsx2csv import Xlsx2csv

formats = ["General", "0.00", "#,##0.00", '#,##0.00 "EUR"', "0.000", "0%", "0.0%", "0.00%"]
values = [0.0044, 0.125, 0.1534]
book = openpyxl.Workbook()
book.active.append(["format", *map(str, values)])
for number, shape in enumerate(formats, start=2):
    book.active.append([shape, *values])
    for cell in book.active[number][1:]:
        cell.number_format = shape
book.save("prices.xlsx")
written = io.StringIO()
Xlsx2csv("prices.xlsx").convert(written)
found = {shape: texts for shape, *texts in list(csv.reader(io.StringIO(written.getvalue())))[1:]}
for shape, texts in found.items():
    print(f"{shape}: {texts}")
by_pandas = pd.read_excel("prices.xlsx")
costs = {shape: round(5_000 * float(found[shape][0]), 2) for shape in ("General", "0.00", "#,##0.00")}
print(f"5,000 parts at 0.0044: {costs}; by pandas {5_000 * by_pandas['0.0044'].unique()}")
assert costs["General"] == costs["#,##0.00"] == 22 and by_pandas["0.0044"].nunique() == 1
assert costs["0.00"] == 0 and found["0.00"][1] == "0.12", "no longer so: a price comes in full"
assert [found[shape][2] for shape in ("0%", "0.0%", "0.00%")] == ["15%", "0.153", "15.34%"]
PYTHON
# General: ['0.0044', '0.125', '0.1534']
# 0.00: ['0.00', '0.12', '0.15']
# #,##0.00: ['0.0044', '0.125', '0.1534']
# #,##0.00 "EUR": ['0.0044', '0.125', '0.1534']
# 0.000: ['0.004', '0.125', '0.153']
# 0%: ['0%', '13%', '15%']
# 0.0%: ['0.004', '0.125', '0.153']
# 0.00%: ['0.44%', '12.50%', '15.34%']
# 5,000 parts at 0.0044: {'General': 22.0, '0.00': 0.0, '#,##0.00': 22.0}; by pandas [22.]
