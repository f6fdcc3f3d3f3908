#!/usr/bin/env bash
# pandas' pivot_table with totals (margins=True), of sales and margin, where the cost of an order is not known
#
# One would guess: the total of a column is the sum of the column above it, as the total of a sheet's pivot table is. An order
# whose margin is not known is missing in the total of the margins, and is in that of the sales, as it is in its region.
#
# What really happens: the rows of the totals leave out each order of which any of the values is missing, from all of them;
# the cells do not. North has sales of 150 and South of 25, and the total below is 125. With sales alone as the value
# it is 175. With dropna=False, which reads as if it were about empty columns, it is 175 too; the manual of dropna says
# so in half a sentence, nothing in the table does. (Reported often: pandas-dev/pandas 33466, 47447.)
#
# Seen with pandas 3.1.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import pandas as pd

orders = pd.DataFrame({"region": ["North", "North", "South"], "sales": [100.0, 50, 25], "margin": [10.0, None, 5]})


def sales(**options):
    return orders.pivot_table(index="region", aggfunc="sum", margins=True, **options)["sales"].to_dict()


both, alone, kept = sales(values=["sales", "margin"]), sales(values=["sales"]), sales(values=["sales", "margin"], dropna=False)
print(f"with the margin beside them: {both}")
print(f"sales alone: {alone}; with dropna=False: {kept}")
assert alone == kept == {"North": 150, "South": 25, "All": 175}
assert both == {"North": 150, "South": 25, "All": 125}, "no longer so: a total is the sum of its column"
PYTHON
# with the margin beside them: {'North': 150.0, 'South': 25.0, 'All': 125.0}
# sales alone: {'North': 150.0, 'South': 25.0, 'All': 175.0}; with dropna=False: {'North': 150.0, 'South': 25.0, 'All': 175.0}
