#!/usr/bin/env bash
# formulas, which computes the formulas of a workbook in Python, and a column in which one amount was typed as text
#
# One would guess: SUM over cells leaves out a text, as the manuals of Excel's SUM and COUNT say: of 100, 250 as text
# and 40 it is 140, which stands at the foot of the sheet that everybody has seen. The same workbook, computed without
# Excel, gives the same.
#
# What really happens: the text is added up: 390, and COUNT counts it, SUMIF and COUNTIF find it, while AVERAGE and MAX
# are #VALUE!, so the sheet's own mean is not its sum by its count. That may be what the sheet should have said, but it
# is not what it says, and whoever reads the cells that Excel stored (a list of customers by what they owe, a report's
# total) has 140. Nothing tells which amounts were texts. VALUE("1,234"), by which a sheet makes a number of such a
# text, is 85,469, the number of 1 January 2134 as a day. pycel, asked for the same cells, has Excel's 140.
#
# Seen with formulas 1.3.4, pycel 1.0b30, openpyxl 3.1.5, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "formulas==1.3.4" "pycel==1.0b30" "openpyxl==3.1.5" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import os
import tempfile
import warnings

import formulas
import openpyxl
from pycel import ExcelCompiler

warnings.simplefilter("ignore")
ASKED = ["SUM(A1:A3)", "COUNT(A1:A3)", 'SUMIF(A1:A3,">50")', "AVERAGE(A1:A3)", "MAX(A1:A3)"]
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "owed.xlsx")
    book = openpyxl.Workbook()
    for amount in (100, "250", 40):
        book.active.append([amount])
    for row, formula in enumerate(ASKED, 1):
        book.active.cell(row, 3, f"={formula}")
    book.save(path)
    cells = {str(name).upper(): cell for name, cell in formulas.ExcelModel().loads(path).finish().calculate().items()}
    compiled = ExcelCompiler(filename=path)
    seen = {}
    for row, formula in enumerate(ASKED, 1):
        by_formulas = next(cell.value[0, 0] for name, cell in cells.items() if name.endswith(f"!C{row}"))
        seen[formula] = str(by_formulas), str(compiled.evaluate(f"Sheet!C{row}"))
        print(f"100, '250' and 40: {formula:19} by formulas {seen[formula][0]:8} by pycel {seen[formula][1]}")
value = float(formulas.Parser().ast('=VALUE("1,234")')[1].compile()())
print(f'VALUE("1,234") by formulas {value}')
assert seen["SUM(A1:A3)"] == ("390.0", "140"), "no longer so: a text is left out, as in Excel"
assert seen["COUNT(A1:A3)"] == ("3", "2") and seen['SUMIF(A1:A3,">50")'] == ("350.0", "100")
assert seen["AVERAGE(A1:A3)"] == ("#VALUE!", "70.0") and value == 85_469
PYTHON
# 100, '250' and 40: SUM(A1:A3)          by formulas 390.0    by pycel 140
# 100, '250' and 40: COUNT(A1:A3)        by formulas 3        by pycel 2
# 100, '250' and 40: SUMIF(A1:A3,">50")  by formulas 350.0    by pycel 100
# 100, '250' and 40: AVERAGE(A1:A3)      by formulas #VALUE!  by pycel 70.0
# 100, '250' and 40: MAX(A1:A3)          by formulas #VALUE!  by pycel 100
# VALUE("1,234") by formulas 85469.0
