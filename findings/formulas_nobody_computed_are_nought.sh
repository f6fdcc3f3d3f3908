#!/usr/bin/env bash
# A sheet with formulas that a program wrote (XlsxWriter), read by pandas before Excel has opened it
#
# One would guess: a formula that nobody has computed has no result yet, so it is read as missing, as it is of a file
# that openpyxl wrote; a column of amounts made of nothing but such formulas then shows by being empty.
#
# What really happens: XlsxWriter stores 0 as the result of each formula (its documentation says so), and the file
# asks Excel to compute all when it opens it (fullCalcOnLoad). Who does not compute takes the 0 for the result:
# openpyxl, python-calamine and so pandas with either give 0 for every amount, of a numeric type, with no sign that it
# is not an amount. The sum is 0, and added to other files' rows it is merely too small. The same sheet of openpyxl's
# gives NaN.
#
# Seen with xlsxwriter 3.3.1, openpyxl 3.1.5, python-calamine 0.9.1, pandas 3.1.1, numpy 2.4.6 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "xlsxwriter==3.3.1" "openpyxl==3.1.5" "python-calamine==0.9.1" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import zipfile

import openpyxl
import pandas as pd
import xlsxwriter

heads, rows = ["pieces", "price", "amount"], [[2, 5], [3, 7]]
book = xlsxwriter.Workbook("by_xlsxwriter.xlsx")
sheet = book.add_worksheet()
sheet.write_row(0, 0, heads)
other = openpyxl.Workbook()
other.active.append(heads)
for place, row in enumerate(rows, 2):
    sheet.write_row(place - 1, 0, row)
    sheet.write_formula(place - 1, 2, f"=A{place}*B{place}")
    other.active.append([*row, f"=A{place}*B{place}"])
book.close()
other.save("by_openpyxl.xlsx")
for file in ("by_xlsxwriter.xlsx", "by_openpyxl.xlsx"):
    for engine in ("openpyxl", "calamine"):
        amount = pd.read_excel(file, engine=engine)["amount"]
        print(f"{file}, read with {engine}: {amount.tolist()}, sum {amount.sum()}")
        if file == "by_xlsxwriter.xlsx":
            assert amount.tolist() == [0, 0], "no longer so: what nobody computed is not 0"
        else:
            assert amount.isna().all()
with zipfile.ZipFile("by_xlsxwriter.xlsx") as file:
    assert b'fullCalcOnLoad="1"' in file.read("xl/workbook.xml")
PYTHON
# by_xlsxwriter.xlsx, read with openpyxl: [0, 0], sum 0
# by_xlsxwriter.xlsx, read with calamine: [0, 0], sum 0
# by_openpyxl.xlsx, read with openpyxl: [nan, nan], sum 0.0
# by_openpyxl.xlsx, read with calamine: [nan, nan], sum 0.0
