#!/usr/bin/env bash
# pycel, which computes the formulas of a workbook in Python, and payments that are due a month after the invoice
#
# One would guess: EDATE("2026-01-31", 1) is 28 February, as Excel has it and as pandas' DateOffset and DuckDB add a
# month; a package that computes Excel's functions was tried on the ends of months first of all.
#
# What really happens: the days that the next month does not have are counted on into the one after it: 31 January gives
# 3 March, and 31 March gives 1 May. Of a year's days seven are so, the last ones of long months, when most invoices are
# written. What is due in February is short of them and what is due in March is too much; the balance of overdue amounts
# at a month's end leaves them out. All other days are right, and so is EOMONTH, so a try shows nothing. No word is
# said. formulas, asked for the same cells, has Excel's days.
#
# Seen with pycel 1.0b30, formulas 1.3.4, openpyxl 3.1.5, pandas 2.3.3, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pycel==1.0b30" "formulas==1.3.4" "openpyxl==3.1.5" "pandas==2.3.3" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import os
import tempfile
import warnings

import formulas
import openpyxl
import pandas as pd
from pycel import ExcelCompiler

warnings.simplefilter("ignore")
invoiced = pd.date_range("2026-01-01", "2026-12-31")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "invoices.xlsx")
    book = openpyxl.Workbook()
    for row, day in enumerate(invoiced, 1):
        book.active.append([day.to_pydatetime(), f"=EDATE(A{row},1)", f"=EOMONTH(A{row},1)"])
    book.save(path)
    compiled = ExcelCompiler(filename=path)
    due = [compiled.evaluate(f"Sheet!B{row}") for row in range(1, len(invoiced) + 1)]
    last = [compiled.evaluate(f"Sheet!C{row}") for row in range(1, len(invoiced) + 1)]


def day_of(serial):
    return pd.Timestamp("1899-12-30") + pd.Timedelta(days=int(serial))


edate = formulas.Parser().ast("=EDATE(A1,1)")[1].compile()
by_formulas = [day_of(edate((day - pd.Timestamp("1899-12-30")).days)) for day in invoiced]
by_pycel = [day_of(serial) for serial in due]
meant = [day + pd.DateOffset(months=1) for day in invoiced]
other = [(day, seen) for day, seen, right in zip(invoiced, by_pycel, meant) if seen != right]
print("due a month after, by pycel: " + ", ".join(f"{day:%d %b} -> {seen:%d %b}" for day, seen in other))
count = {
    name: [sum(day.month == month for day in each) for month in (2, 3, 4, 5)]
    for name, each in {"pycel": by_pycel, "formulas": by_formulas}.items()
}
print(f"invoices, one a day, due in February, March, April and May: {count}")
assert by_formulas == meant
month_ends = [(day.to_period("M") + 1).end_time.normalize() for day in invoiced]
assert [day_of(serial) for serial in last] == month_ends
assert len(other) == 7 and by_pycel[30] == pd.Timestamp("2026-03-03"), "no longer so: month ends stay in their month"
PYTHON
# due a month after, by pycel: 29 Jan -> 01 Mar, 30 Jan -> 02 Mar, 31 Jan -> 03 Mar, 31 Mar -> 01 May, 31 May -> 01 Jul, 31 Aug -> 01 Oct, 31 Oct -> 01 Dec
# invoices, one a day, due in February, March, April and May: {'pycel': [28, 31, 30, 31], 'formulas': [31, 28, 31, 30]}
