#!/usr/bin/env bash
# pandas' to_markdown (tabulate), and customer 0012 or article 1E5 in a report
#
# One would guess: to_markdown writes a frame as it is. The dtype of the column says text, so its texts stand in the
# table as they stand in the frame; numbers are numbers, with the digits that a table on screen has.
#
# What really happens: tabulate looks at the texts again. A column of texts that could all be numbers is written as
# numbers: customers 0012 and 12 both read 12, article 1E5 reads 100000 and 12E3 12000. One customer with a letter
# further down, and the same customer reads 0012 again: so of two regions' tables one has 12 and one 0012. And amounts
# get six digits: 1,234,567.25 reads 1.23457e+06. to_html and to_string have the texts as they are and all digits;
# disable_numparse=True keeps the texts, floatfmt the digits.
#
# Seen with pandas 3.1.1, numpy 2.4.6, tabulate 0.10.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6" "tabulate==0.10.0"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import re

import pandas as pd

north = pd.DataFrame({"customer": ["0012", "12.0", "1E2"], "article": ["1E5", "12E3", "007"], "sales": [1234567.25, 80.5, 3]})
south = north.assign(customer=["0012", "12.0", "A17"])
assert north["customer"].dtype == "str"


def column(text, place):
    return [line.split("|")[place].strip() for line in text.splitlines()[2:]]


print(north.to_markdown(index=False))
seen = column(north.to_markdown(index=False), 1)
beside = column(south.to_markdown(index=False), 1)
print(f"customers of the north: {seen}, of the south: {beside}")
assert beside[0] == "0012"
assert float(seen[0]) == 12 and seen[0] != "0012", "no longer so: texts stay as they are"
assert column(north.to_markdown(index=False), 2)[0] == "100000"
assert column(north.to_markdown(index=False), 3)[0] == "1.23457e+06", "no longer so: amounts keep their digits"
assert column(north.to_markdown(index=False, disable_numparse=True), 1) == ["0012", "12.0", "1E2"]
assert column(north.to_markdown(index=False, floatfmt=".2f"), 3)[0] == "1234567.25"
assert re.search(r"<td>0012</td>", north.to_html()) and re.search(r"\b0012\b", north.to_string())
assert all("1234567.25" in text for text in (north.to_html(), north.to_string()))
PYTHON
# |   customer |   article |        sales |
# |-----------:|----------:|-------------:|
# |         12 |    100000 |  1.23457e+06 |
# |         12 |     12000 | 80.5         |
# |        100 |         7 |  3           |
# customers of the north: ['12', '12', '100'], of the south: ['0012', '12.0', 'A17']
