#!/usr/bin/env bash
# pandas.read_excel and its engines, and customers' names with a line break of Windows in the cell
#
# One would guess: a text is a text, whichever engine reads the file. A name on two lines has a line break in it.
#
# What really happens: XML cannot hold a carriage return as it stands, so programs that write sheets put _x000D_ in its
# place, as the standard has it. openpyxl, the engine that pandas takes by default, leaves these seven characters in the
# name; calamine gives the carriage return. So names joined to orders that come with the true break (CSV, a database)
# match with the one engine and not with the other: 5,000 of 5,700 find no customer. pandas says that its default will
# become calamine, and not that texts change by it: names stored under the old reading are then other names.
#
# Seen with openpyxl 3.1.5, python-calamine 0.9.1, pandas 3.1.1, numpy 2.4.6, xlsxwriter 3.3.1 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "openpyxl==3.1.5" "python-calamine==0.9.1" "pandas==3.1.1" "numpy==2.4.6" "xlsxwriter==3.3.1"
"$folder/venv/bin/python" -W error - "$folder/customers.xlsx" <<'PYTHON'
import sys

import pandas as pd

orders = pd.DataFrame({"name": ["Harbour\r\nElectric", "Northern Tools"], "amount": [5000, 700]})
customers = pd.DataFrame({"name": orders["name"], "tier": ["A", "B"]})
customers.to_excel(sys.argv[1], index=False, engine="xlsxwriter")
names, matched = {}, {}
for engine in ("openpyxl", "calamine"):
    read = pd.read_excel(sys.argv[1], engine=engine)
    names[engine] = read["name"].tolist()
    matched[engine] = int(orders.merge(read, on="name")["amount"].sum())
    print(f"engine={engine}: {names[engine]}, {matched[engine]} of {orders['amount'].sum()} find their customer")
assert names["openpyxl"][0] == "Harbour_x000D_\nElectric", "no longer so: openpyxl reads what the standard says"
assert names["calamine"] == orders["name"].tolist()
assert matched == {"openpyxl": 700, "calamine": 5700}
PYTHON
# engine=openpyxl: ['Harbour_x000D_\nElectric', 'Northern Tools'], 700 of 5700 find their customer
# engine=calamine: ['Harbour\r\nElectric', 'Northern Tools'], 5700 of 5700 find their customer
