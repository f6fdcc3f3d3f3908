#!/usr/bin/env bash
# gspread, and amounts of a Google sheet that is set to Germany or France
#
# One would guess: get_all_records() makes numbers of what reads as numbers and leaves the rest as it stands: 1234.5 is
# one, and 12,5 or 1.234,50, as a German sheet shows its amounts, stay texts, with which one cannot add up unawares.
#
# What really happens: what a sheet hands over are the cells as they are shown, and of these all commas are taken away
# before Python is asked for a number. 12,5 is 125 and 12,50 is 1250, whole numbers, a hundred times what was sold; 1.234,50
# is 1.2345; the customer 0012 is 12. Only from a million on, with two points, is an amount a text, so a column of large
# and small ones adds up if one drops what is none. No word is said. In a sheet set to the United States the same
# call is right. value_render_option="UNFORMATTED_VALUE" hands over the numbers.
#
# Seen with gspread 6.2.1 (see the output below), whose get_all_records is given the cells as the service hands them over;
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "gspread==6.2.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import gspread

sheets = {
    "United States": [["customer", "amount"], ["0012", "12.5"], ["0013", "1,234.50"], ["0014", "1,234,567.89"]],
    "Germany": [["customer", "amount"], ["0012", "12,5"], ["0013", "1.234,50"], ["0014", "1.234.567,89"]],
}


class Cells(gspread.Worksheet):
    """A sheet whose cells are at hand, as they are shown, and need not be asked of the service."""

    def __init__(self, rows):
        self.rows = rows

    def get(self, *_, **__):
        return self.rows


seen = {}
for country, rows in sheets.items():
    seen[country] = [record["amount"] for record in Cells(rows).get_all_records()]
    print(f"{country}: shown {[row[1] for row in rows[1:]]}, read {seen[country]}")
customers = [record["customer"] for record in Cells(rows).get_all_records()]
print(f"customers {[row[0] for row in rows[1:]]}, read {customers}")
assert seen["United States"] == [12.5, 1234.5, 1234567.89] and customers == [12, 13, 14]
assert seen["Germany"] == [125, 1.2345, "1.234.567,89"], "no longer so: a comma is no mark of thousands everywhere"
PYTHON
# United States: shown ['12.5', '1,234.50', '1,234,567.89'], read [12.5, 1234.5, 1234567.89]
# Germany: shown ['12,5', '1.234,50', '1.234.567,89'], read [125, 1.2345, '1.234.567,89']
# customers ['0012', '0013', '0014'], read [12, 13, 14]
