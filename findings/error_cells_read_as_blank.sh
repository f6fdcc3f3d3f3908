#!/usr/bin/env bash
# python-calamine and pandas.read_excel, and cells that hold an error of Excel (#N/A, #DIV/0!)
#
# One would guess: a cell with an error is told from a blank one: its name comes as text, or a warning or an error is
# raised. For the file says of that cell that it is an error, and what is added up from it in Excel is an error too.
#
# What really happens: python-calamine gives '' for every error and for a blank cell alike, and to_python has no
# option to tell them apart. pandas.read_excel gives NaN for both with either engine, with dtype=str as well; so the
# money column stays a column of numbers, and its sum is a smaller number without a word. keep_default_na=False does
# not bring the errors back: with calamine they are '' like a blank, with openpyxl still NaN, where the blank is now ''.
# Only openpyxl by itself gives the names of the errors.
#
# Seen with python-calamine 0.9.1, openpyxl 3.1.5, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "python-calamine==0.9.1" "openpyxl==3.1.5" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" - "$folder/orders.xlsx" <<'PYTHON'
import sys
import warnings
import zipfile

import openpyxl
import pandas as pd
import python_calamine

warnings.simplefilter("error")  # a warning would be a word
path = sys.argv[1]
ERRORS = ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"]
book = openpyxl.Workbook()
for row in [("order", "amount"), (1, 100), (2, None), *enumerate(ERRORS, 3), (10, 40)]:
    book.active.append(row)
book.save(path)
with zipfile.ZipFile(path) as file:
    assert file.read("xl/worksheets/sheet1.xml").count(b't="e"') == len(ERRORS)  # the file calls them errors

calamine = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
by_calamine = [row[1] for row in calamine[1:]]
by_openpyxl = [amount for _, amount in openpyxl.load_workbook(path, data_only=True).active.values][1:]
print(f"python-calamine: {by_calamine}")
print(f"openpyxl: {by_openpyxl}")
assert by_calamine == [100, *[""] * 8, 40], "no longer so: python-calamine tells errors from blanks"
assert by_openpyxl == [100, None, *ERRORS, 40]
for engine in ("calamine", "openpyxl"):
    amount = pd.read_excel(path, engine=engine)["amount"]
    text = pd.read_excel(path, engine=engine, dtype=str)["amount"]
    kept = pd.read_excel(path, engine=engine, keep_default_na=False)["amount"]
    print(f"pandas, {engine}: {amount.dtype}, {amount.isna().sum()} of {len(amount)} missing, sum {amount.sum():.0f}")
    print(f"pandas, {engine}, keep_default_na=False: {kept.tolist()}")
    assert amount.dtype == "float64" and amount.sum() == 140, "no longer so: pandas tells errors from blanks"
    assert amount.isna().tolist() == text.isna().tolist() == [False, *[True] * 8, False]
    assert kept[1] == ""
    assert all(value == "" if engine == "calamine" else pd.isna(value) for value in kept[2:9])
PYTHON
# python-calamine: [100.0, '', '', '', '', '', '', '', '', 40.0]
# openpyxl: [100, None, '#N/A', '#DIV/0!', '#REF!', '#VALUE!', '#NAME?', '#NUM!', '#NULL!', 40]
# pandas, calamine: float64, 8 of 10 missing, sum 140
# pandas, calamine, keep_default_na=False: [100, '', '', '', '', '', '', '', '', 40]
# pandas, openpyxl: float64, 8 of 10 missing, sum 140
# pandas, openpyxl, keep_default_na=False: [100, '', nan, nan, nan, nan, nan, nan, nan, 40]
