#!/usr/bin/env bash
# pandas.read_excel on an .ods sheet of LibreOffice, and a column that says who has paid (TRUE, FALSE) in German or French
#
# One would guess: a cell that holds a truth value is read as the value that the file has (office:boolean-value), whatever
# word the office program shows for it; python-calamine, the other engine for such files, reads it so.
#
# What really happens: by the engine that pandas takes for .ods (odf) a cell is true if its shown text is TRUE, and false
# otherwise. LibreOffice (7.4) writes WAHR beside the value true where a cell is German, and VRAI where it is French: both are
# read as False. Of four invoices, three of them paid, none is. Nothing is missing, and no word is said. A sheet in English,
# on which one tries it, is read right.
#
# Seen with pandas 3.1.1, odfpy 1.4.1, python-calamine 0.9.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "odfpy==1.4.1" "python-calamine==0.9.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

PAID = [True, True, False, True]


def written(true, false):
    """A sheet as LibreOffice saves it: each value, and beside it the word that is shown."""
    document, sheet = OpenDocumentSpreadsheet(), Table(name="invoices")
    head = TableCell(valuetype="string")
    head.addElement(P(text="paid"))
    cells = [TableCell(valuetype="boolean", booleanvalue=str(paid).lower()) for paid in PAID]
    for cell, paid in zip(cells, PAID):
        cell.addElement(P(text=true if paid else false))
    for cell in (head, *cells):
        row = TableRow()
        row.addElement(cell)
        sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    document.save("invoices.ods")


for language, words in {"English": ("TRUE", "FALSE"), "German": ("WAHR", "FALSCH"), "French": ("VRAI", "FAUX")}.items():
    written(*words)
    paid = {engine: pd.read_excel("invoices.ods", engine=engine)["paid"].tolist() for engine in (None, "calamine")}
    print(f"{language}: paid are {sum(paid[None])} of {len(PAID)} by default, {sum(paid['calamine'])} by calamine")
    assert paid["calamine"] == PAID
    assert paid[None] == (PAID if language == "English" else [False] * 4), "no longer so: the value counts, not its word"
PYTHON
# English: paid are 3 of 4 by default, 3 by calamine
# German: paid are 0 of 4 by default, 3 by calamine
# French: paid are 0 of 4 by default, 3 by calamine
