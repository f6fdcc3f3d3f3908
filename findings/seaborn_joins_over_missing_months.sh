#!/usr/bin/env bash
# seaborn's line plot, and a month for which nothing is known
#
# One would guess: a month without a value (NaN) breaks the line, as it does when pandas or matplotlib draw the same
# column. A customer's sales by month, or a score that was not asked for in summer, then shows the gap.
#
# What really happens: lineplot drops the missing rows before it draws and joins what stands on both sides, with its
# estimator and without. A reader sees a straight way from April to August, and no sign that nothing is known of the
# months between. Drawn with the number of gaps so far as `units` (and estimator=None), each stretch is a line of its own.
#
# Seen with seaborn 0.13.2, matplotlib 3.11.2, pandas 3.1.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "seaborn==0.13.2" "matplotlib==3.11.2" "pandas==3.1.1"
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

sales = pd.Series([3.0, 4.0, 5.0, 4.0, np.nan, np.nan, np.nan, 2.0, 3.0], name="sales")


def stretches(axes):
    """How many unbroken pieces of two months or more are drawn."""
    known = [np.isfinite(np.asarray(line.get_ydata(), dtype=float)) for line in axes.lines]
    return sum(len([run for run in "".join("x" if each else " " for each in line).split() if len(run) > 1]) for line in known)


by_pandas, by_default, without_estimator, by_units = (Figure().subplots() for _ in range(4))
sales.plot(ax=by_pandas)
sns.lineplot(x=sales.index, y=sales, ax=by_default)
sns.lineplot(x=sales.index, y=sales, estimator=None, ax=without_estimator)
sns.lineplot(x=sales.index, y=sales, estimator=None, units=sales.isna().cumsum(), ax=by_units)
print(f"pandas draws {stretches(by_pandas)} pieces")
print(f"seaborn draws {stretches(by_default)}, without its estimator {stretches(without_estimator)}")
print(f"with a unit for each stretch {stretches(by_units)}")
assert stretches(by_pandas) == 2
assert stretches(by_default) == stretches(without_estimator) == 1, "no longer so: seaborn leaves the gap"
assert stretches(by_units) == 2
PYTHON
# pandas draws 2 pieces
# seaborn draws 1, without its estimator 1
# with a unit for each stretch 2
