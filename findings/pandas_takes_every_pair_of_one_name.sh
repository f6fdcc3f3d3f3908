#!/usr/bin/env bash
# pandas, and this year's sales by customer less last year's, where two customers have one name
#
# One would guess: rows meet by name, and where a name stands twice on both sides it is refused ("cannot reindex on an axis
# with duplicate labels"), as frame["last"] = last is, or they meet one by one, as they do in a sheet.
#
# What really happens: it hangs on who else is there. With the same names in the same order, rows meet one by one. As soon
# as one customer is new, each of the two meets each of the two: four rows, so of 150 this year and 120 last year comes a
# growth of 60 and not of 30. A quotient (the growth in per cent) has four as well, and fill_value=0, which is to
# keep who is on one side only, does not change it. The new customer and the lost one are right, and so is every name that
# stands once; a longer table is the only sign. No word is said.
#
# Seen with pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import pandas as pd

last = pd.Series([80, 40, 20], index=["Li Ming", "Li Ming", "Beta"])
cases = {
    "the same customers": pd.Series([100, 50, 30], index=["Li Ming", "Li Ming", "Beta"]),
    "one is new": pd.Series([100, 50, 30, 7], index=["Li Ming", "Li Ming", "Beta", "Zeta"]),
}
seen = {}
for name, this in cases.items():
    growth = this.sub(last, fill_value=0)
    seen[name] = int(this.sum() - last.sum()), int(growth.sum()), growth["Li Ming"].astype(int).tolist()
    print(f"{name}: the totals grew by {seen[name][0]}, the customers by {seen[name][1]}; of Li Ming {seen[name][2]}")
table = cases["one is new"].to_frame("this")
try:
    table["last"] = last
except ValueError as error:
    refused = str(error)
print(f"as a column: {refused}")
assert "duplicate labels" in refused and seen["the same customers"] == (40, 40, [20, 10])
assert seen["one is new"] == (47, 77, [20, 60, -30, 10]), "no longer so: each row meets one row, or none"
PYTHON
# the same customers: the totals grew by 40, the customers by 40; of Li Ming [20, 10]
# one is new: the totals grew by 47, the customers by 77; of Li Ming [20, 60, -30, 10]
# as a column: cannot reindex on an axis with duplicate labels
