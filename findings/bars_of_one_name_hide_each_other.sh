#!/usr/bin/env bash
# matplotlib, seaborn and pandas, and a bar chart of the largest customers, two of which have one name
#
# One would guess: a frame of three rows gives three bars, as pandas' own plot.barh has them; or two customers of one name
# are added up, and the bar is as long as both.
#
# What really happens: matplotlib draws both at one place, one over the other, so that of 100 and 40 one sees the 100, and
# the axis names two customers. seaborn draws one bar of 70, their mean, and a customer of 90, who is second in the table,
# has the longest. What the two bought, 140, is in neither chart. Nothing is said.
#
# Seen with matplotlib 3.11.2, seaborn 0.13.2, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "matplotlib==3.11.2" "seaborn==0.13.2" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

sales = pd.DataFrame({"customer": ["Star Trading", "Huaxin", "Star Trading"], "amount": [100, 90, 40]})


def shown(axes):
    """Where each bar lies, and how long it is."""
    return sorted((round(float(bar.get_y() + bar.get_height() / 2), 2), float(bar.get_width())) for bar in axes.patches)


by_matplotlib, by_seaborn, by_pandas = (Figure().subplots() for _ in range(3))
by_matplotlib.barh(sales["customer"], sales["amount"])
sns.barplot(sales, x="amount", y="customer", ax=by_seaborn)
sales.plot.barh(x="customer", y="amount", ax=by_pandas)
for name, axes in {"matplotlib": by_matplotlib, "seaborn": by_seaborn, "pandas": by_pandas}.items():
    print(f"{name}: bars at {shown(axes)}, names {[text.get_text() for text in axes.get_yticklabels()]}")
assert shown(by_pandas) == [(0.0, 100.0), (1.0, 90.0), (2.0, 40.0)]
assert shown(by_matplotlib) == [(0.0, 40.0), (0.0, 100.0), (1.0, 90.0)], "no longer so: each row has a place of its own"
assert shown(by_seaborn) == [(0.0, 70.0), (1.0, 90.0)], "no longer so: rows of one name are no mean"
PYTHON
# matplotlib: bars at [(0.0, 40.0), (0.0, 100.0), (1.0, 90.0)], names ['Star Trading', 'Huaxin']
# seaborn: bars at [(0.0, 70.0), (1.0, 90.0)], names ['Star Trading', 'Huaxin']
# pandas: bars at [(0.0, 100.0), (1.0, 90.0), (2.0, 40.0)], names ['Star Trading', 'Huaxin', 'Star Trading']
