#!/usr/bin/env bash
# dbfread, and a sum in a table of an older ERP (dBASE, FoxPro) that was too large for its field
#
# One would guess: where a number does not fit its field, those programs write asterisks, and a reader raises an error
# or gives NaN or the text: something that is no blank and stops a sum.
#
# What really happens: the value is None, just as that of an empty field. The largest sales of the table are missing
# from its total, in pandas too, whose sum leaves None out, and the row looks like one for which nothing was entered.
# dbfread takes all asterisks from both ends of a number before it looks whether anything is left. raw=True gives the
# bytes.
#
# Seen with dbfread 2.0.7, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "dbfread==2.0.7" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - "$folder/sales.dbf" <<'PYTHON'
import struct
import sys

import pandas as pd
from dbfread import DBF

path, width = sys.argv[1], {"CUSTOMER": 8, "AMOUNT": 9}
written = [("C001", "1000.00"), ("C002", "*********"), ("C003", "250.50"), ("C004", "")]
fields = struct.pack("<11sc4xBB14x", b"CUSTOMER", b"C", width["CUSTOMER"], 0)
fields += struct.pack("<11sc4xBB14x", b"AMOUNT", b"N", width["AMOUNT"], 2)
head = struct.pack("<BBBBIHH20x", 3, 126, 10, 1, len(written), 32 + len(fields) + 1, 1 + sum(width.values()))
rows = [f" {customer:<{width['CUSTOMER']}}{amount:>{width['AMOUNT']}}".encode() for customer, amount in written]
with open(path, "wb") as file:
    file.write(head + fields + b"\r" + b"".join(rows) + b"\x1a")

sales = pd.DataFrame(iter(DBF(path)))
raw = {row["CUSTOMER"].decode().strip(): row["AMOUNT"] for row in DBF(path, raw=True)}
read = {row["CUSTOMER"]: row["AMOUNT"] for row in DBF(path)}
print(f"in the file:  {raw}")
print(f"read:         {read}")
print(f"sum in pandas: {sales['AMOUNT'].sum()}")
assert raw["C002"] == b"*********"
assert read["C002"] is None and read["C004"] is None, "no longer so: an overflow is no blank"
assert sales["AMOUNT"].sum() == 1250.5
PYTHON
# in the file:  {'C001': b'  1000.00', 'C002': b'*********', 'C003': b'   250.50', 'C004': b'         '}
# read:         {'C001': 1000.0, 'C002': None, 'C003': 250.5, 'C004': None}
# sum in pandas: 1250.5
