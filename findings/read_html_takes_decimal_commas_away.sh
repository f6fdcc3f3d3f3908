#!/usr/bin/env bash
# pandas.read_html, and an export of a European program that is a web page called .xls
#
# One would guess: 12,50 stays text, as pandas.read_csv leaves it, until somebody says which sign is which; or it is
# 12.5.
#
# What really happens: it is 1250. read_html takes commas for thousands unless it is told otherwise, wherever they
# stand, and a column all of whose amounts have two decimals becomes whole numbers a hundred times too large: it looks
# clean, has a numeric type, and adds up. Amounts beside each other go different ways: with a dot as well (1.234,50)
# the column stays text, but with its small amounts a hundredfold already (1250). decimal="," alone does not help, for
# thousands is still a comma; thousands="." goes with it. Customer 0012 is 12 in any case, unless converters say
# otherwise.
#
# Seen with pandas 3.1.1, lxml 6.1.3, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "lxml==6.1.3" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import io

import pandas as pd


def amounts(*cells, **options):
    rows = "".join(f"<tr><td>A{place}</td><td>{cell}</td></tr>" for place, cell in enumerate(cells))
    page = f"<html><body><table><tr><th>order</th><th>amount</th></tr>{rows}</table></body></html>"
    return pd.read_html(io.StringIO(page), **options)[0]["amount"].tolist()


csv = pd.read_csv(io.StringIO("order;amount\nA0;12,50\nA1;7,25\n"), sep=";")["amount"].tolist()
print(f"12,50 and 7,25 by read_csv: {csv}")
print(f"by read_html: {amounts('12,50', '7,25')}")
print(f"12,50 and 1.234,50 by read_html: {amounts('12,50', '1.234,50')}")
print(f'the first two with decimal=",": {amounts("12,50", "7,25", decimal=",")}')
print(f'with thousands=".": {amounts("12,50", "7,25", decimal=",", thousands=".")}')
assert csv == ["12,50", "7,25"]
assert amounts("12,50", "7,25") == [1250, 725], "no longer so: a comma is not taken away"
assert amounts("12,50", "1.234,50") == ["1250", "1.234,50"]
assert amounts("12,50", "7,25", decimal=",", thousands=".") == [12.5, 7.25]
PYTHON
# 12,50 and 7,25 by read_csv: ['12,50', '7,25']
# by read_html: [1250, 725]
# 12,50 and 1.234,50 by read_html: ['1250', '1.234,50']
# the first two with decimal=",": [1250, 725]
# with thousands=".": [12.5, 7.25]
