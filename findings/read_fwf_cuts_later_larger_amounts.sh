#!/usr/bin/env bash
# pandas.read_fwf, and a print file of an ERP in which a large amount comes after row 100
#
# One would guess: columns that are set wide apart are found as they stand, and a number that is longer than those
# before is read whole, or the reader says that something lies between its columns.
#
# What really happens: where columns begin and end is settled by the first 100 rows, each as wide as its widest value
# there. What stands outside is cut off without a word: 1,234,567.00 in row 121 is read as 4,567.00, and the minus that
# stands behind a credit note of row 131, as SAP prints it, is gone, so 1,200.00- adds to sales. Both are sound numbers.
# With infer_nrows beyond the last row the amounts are whole (and the credit note's column is text).
#
# Seen with pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - "$folder/sales.txt" <<'PYTHON'
import sys

import pandas as pd


def printed(customer, amount, branch):
    """A line of a list, its columns ten blanks and more apart."""
    return f"{customer:<20}{amount:>20} {branch:>20}\n"


amounts = ["1,200.00"] * 150
amounts[120], amounts[130] = "1,234,567.00", "1,200.00-"
with open(sys.argv[1], "w") as file:
    file.write(printed("customer", "amount ", "branch"))
    for row, amount in enumerate(amounts, 1):
        file.write(printed(f"C{row:05}", amount if amount.endswith("-") else f"{amount} ", "North"))
true = sum(float(amount.replace(",", "").rstrip("-")) * (-1 if amount.endswith("-") else 1) for amount in amounts)

read = pd.read_fwf(sys.argv[1], thousands=",")
whole = pd.read_fwf(sys.argv[1], thousands=",", infer_nrows=len(amounts))["amount"]
cut = read["amount"][[0, 120, 130]].tolist()
print(f"rows 1, 121 and 131 are {[amounts[row] for row in (0, 120, 130)]}, all of them {true:,.2f}")
print(f"read as {cut} ({read['amount'].dtype}), all of them {read['amount'].sum():,.2f}")
print(f"with infer_nrows={len(amounts)}: {whole[[0, 120, 130]].tolist()} ({whole.dtype})")
assert list(read.columns) == ["customer", "amount", "branch"] and set(read["branch"]) == {"North"}
assert cut == [1200.0, 4567.0, 1200.0], "no longer so: read_fwf reads what is wider later"
assert whole[[120, 130]].tolist() == ["1234567.00", "1,200.00-"]
PYTHON
# rows 1, 121 and 131 are ['1,200.00', '1,234,567.00', '1,200.00-'], all of them 1,410,967.00
# read as [1200.0, 4567.0, 1200.0] (float64), all of them 183,367.00
# with infer_nrows=150: ['1200.00', '1234567.00', '1,200.00-'] (str)
