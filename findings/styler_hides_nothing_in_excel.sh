#!/usr/bin/env bash
# pandas' Styler, and a list of customers whose margin is hidden before it is sent as an Excel file
#
# One would guess: hide() settles what is shown, in whatever form the table goes out. A column hidden on the page is no
# column of the sheet that the same Styler writes, as it is none in its HTML, its LaTeX and its text; colours go into the
# sheet too.
#
# What really happens: to_excel writes the whole frame. The hidden column and the hidden customers stand in the sheet, in
# plain cells that no program hides, and whoever gets the file reads margins that the page does not have; a total under
# the list in Excel is that of all customers. Only the colours came along. No word is said. What is not to be seen has to
# be dropped from the frame.
#
# Seen with pandas 3.1.1, jinja2 3.1.6, openpyxl 3.1.5, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "jinja2==3.1.6" "openpyxl==3.1.5" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import openpyxl
import pandas as pd

frame = pd.DataFrame({"customer": ["Huaxin", "Star", "Nobel"], "sales": [100, 200, 300], "margin": [10, -20, 60]})
styled = frame.style.set_properties(subset=["sales"], **{"background-color": "yellow"})
styled = styled.hide(["margin"], axis="columns").hide([1], axis="index")
styled.to_excel("customers.xlsx", index=False)
sheet = openpyxl.load_workbook("customers.xlsx").active
cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
hidden = [name for name, each in {**sheet.column_dimensions, **sheet.row_dimensions}.items() if each.hidden]
forms = {"HTML": styled.to_html(), "LaTeX": styled.to_latex(), "text": styled.to_string()}
for name, text in forms.items():
    print(f"{name}: margin {'margin' in text}, Star {'Star' in text}")
print(f"Excel: {cells}, hidden there {hidden}, colour of B2 {sheet['B2'].fill.fgColor.rgb}")
assert all("Huaxin" in text and "margin" not in text and "Star" not in text for text in forms.values())
assert cells == [["customer", "sales", "margin"], ["Huaxin", 100, 10], ["Star", 200, -20], ["Nobel", 300, 60]], "no longer so"
assert not hidden and sheet["B2"].fill.fgColor.rgb == "00FFFF00"
PYTHON
# HTML: margin False, Star False
# LaTeX: margin False, Star False
# text: margin False, Star False
# Excel: [['customer', 'sales', 'margin'], ['Huaxin', 100, 10], ['Star', 200, -20], ['Nobel', 300, 60]], hidden there [], colour of B2 00FFFF00
