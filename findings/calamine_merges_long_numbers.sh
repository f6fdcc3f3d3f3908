#!/usr/bin/env bash
# pandas.read_excel and its engines, and customer numbers of 17 digits that are numbers in the sheet
#
# One would guess: pandas reads the whole numbers that a sheet holds, whichever engine reads, as the engine openpyxl
# does. Were they read as floats, the column's type would show it, and dtype=str or dtype="Int64" would help.
#
# What really happens: python-calamine makes every number of a sheet a float, so two customer numbers that differ in
# the last digit become one. pandas then turns floats that are whole into integers, so the column is int64, exact to
# look at, with numbers that are not in the file. dtype=str and dtype="Int64" come too late and give the same wrong
# numbers. So the choice of the engine alone makes two customers one, who has the money of both. No word is said.
# openpyxl reads all digits but writes only 16 of them: what pandas wrote by it has two customers for either engine.
# (Excel keeps 15 digits; files with more come from programs that write the sheet themselves, here pylightxl.)
#
# Seen with python-calamine 0.9.1, openpyxl 3.1.5, pandas 3.1.1, numpy 2.4.6, pylightxl 1.61 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "python-calamine==0.9.1" "openpyxl==3.1.5" "pandas==3.1.1" "numpy==2.4.6" "pylightxl==1.61"
"$folder/venv/bin/python" - "$folder/full.xlsx" "$folder/pandas.xlsx" <<'PYTHON'
import sys
import warnings
import zipfile

import pandas as pd
import pylightxl
import python_calamine

full, by_pandas = sys.argv[1:]
money = {20260301000000017: 100, 20260301000000018: 250, 20260301000000042: 40}
sheets = pylightxl.Database()
sheets.add_ws("orders")
for row, values in enumerate([("customer", "amount"), *money.items()], 1):
    for column, value in enumerate(values, 1):
        sheets.ws("orders").update_index(row, column, value)
pylightxl.writexl(sheets, full)
warnings.simplefilter("error")  # a warning would be a word
frame = pd.DataFrame({"customer": money.keys(), "amount": money.values()})
frame.to_excel(by_pandas, index=False, engine="openpyxl")


def holds_all_digits(path):
    """Whether the sheet in the file holds each customer number with all its digits."""
    with zipfile.ZipFile(path) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    return all(f"<v>{number}</v>" in sheet for number in money)


def money_by_customer(path, engine):
    """The money of each customer number that pandas reads with this engine."""
    orders = pd.read_excel(path, engine=engine)
    assert orders["customer"].dtype == "int64"
    for dtype in (str, "Int64"):
        again = pd.read_excel(path, engine=engine, dtype={"customer": dtype})["customer"]
        assert again.astype(str).tolist() == orders["customer"].astype(str).tolist(), "no longer so: a dtype helps"
    return orders.groupby("customer")["amount"].sum().to_dict()


cells = python_calamine.CalamineWorkbook.from_path(full).get_sheet_by_index(0).to_python()[1:]
print(f"python-calamine: {[customer for customer, _ in cells]}")
assert all(isinstance(customer, float) for customer, _ in cells), "no longer so: calamine gives whole numbers"
read = {engine: money_by_customer(full, engine) for engine in ("openpyxl", "calamine")}
back = {engine: money_by_customer(by_pandas, engine) for engine in ("openpyxl", "calamine")}
for engine in read:
    print(f"pandas, {engine}: {read[engine]}")
    print(f"written by pandas with openpyxl, read with {engine}: {back[engine]}")
assert holds_all_digits(full) and not holds_all_digits(by_pandas)
assert read["openpyxl"] == money, "no longer so: openpyxl merges as well"
assert sorted(read["calamine"].values()) == [40, 350], "no longer so: calamine merges nobody"
assert all(sorted(sums.values()) == [40, 350] for sums in back.values()), "no longer so: openpyxl writes all digits"
PYTHON
# python-calamine: [2.0260301000000016e+16, 2.0260301000000016e+16, 2.026030100000004e+16]
# pandas, openpyxl: {20260301000000017: 100, 20260301000000018: 250, 20260301000000042: 40}
# written by pandas with openpyxl, read with openpyxl: {20260301000000020: 350, 20260301000000040: 40}
# pandas, calamine: {20260301000000016: 350, 20260301000000040: 40}
# written by pandas with openpyxl, read with calamine: {20260301000000020: 350, 20260301000000040: 40}
