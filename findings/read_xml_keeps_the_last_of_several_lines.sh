#!/usr/bin/env bash
# pandas.read_xml, and orders of which each has its lines or taxes as elements of one name
#
# One would guess: of an order with two elements "amount" both are kept: a row each, two columns, a list, or an error that
# the document is too deep, as read_xml has an error for other things that do not fit into a table.
#
# What really happens: the last one stays, and no word is said. An order of 100 and 250 has the amount 250, beside orders
# of one line that are right, and the column is whole numbers. It is so with either parser and with iterparse. And of an
# invoice whose net amount and whose tax have the same name in two namespaces, one is in the table under the name of
# both: the tax.
#
# Seen with pandas 3.1.1, lxml 6.1.3, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "lxml==6.1.3" "numpy==2.4.6"
cd "$folder"
cat > orders.xml <<'XML'
<orders>
  <order><number>1</number><amount>100</amount><amount>250</amount></order>
  <order><number>2</number><amount>40</amount></order>
</orders>
XML
cat > invoices.xml <<'XML'
<invoices xmlns:n="urn:net" xmlns:t="urn:tax">
  <invoice><number>1</number><n:amount>1000</n:amount><t:amount>190</t:amount></invoice>
</invoices>
XML
"$folder/venv/bin/python" -W error - <<'PYTHON'
import pandas as pd

sums = {}
for parser in ("lxml", "etree"):
    orders = pd.read_xml("orders.xml", parser=parser)
    parts = pd.read_xml("orders.xml", parser=parser, iterparse={"order": ["number", "amount"]})
    invoices = pd.read_xml("invoices.xml", parser=parser)
    sums[parser] = [int(orders["amount"].sum()), int(parts["amount"].sum()), int(invoices["amount"].sum())]
    print(f"{parser}: orders {orders.to_dict('list')}, with iterparse {parts['amount'].tolist()}, invoice {invoices.to_dict('list')}")
print(f"the orders are worth 390, the net invoice 1,000; read are {sums}")
assert sums["lxml"] == sums["etree"] == [290, 290, 190], "no longer so: all elements of one name are kept"
PYTHON
# lxml: orders {'number': [1, 2], 'amount': [250, 40]}, with iterparse [250, 40], invoice {'number': [1], 'amount': [190]}
# etree: orders {'number': [1, 2], 'amount': [250, 40]}, with iterparse [250, 40], invoice {'number': [1], 'amount': [190]}
# the orders are worth 390, the net invoice 1,000; read are {'lxml': [290, 290, 190], 'etree': [290, 290, 190]}
