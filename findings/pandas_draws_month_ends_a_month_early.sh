#!/usr/bin/env bash
# pandas' plot, and balances at month ends drawn over payments by the day
#
# One would guess: a balance of 31 January stands at 31 January, where the payments of that day are, as matplotlib draws
# the same two columns.
#
# What really happens: pandas makes months of a column of month ends (Period), and once days are on the same axes it
# turns each month into its first day: the balance of 31 January stands at 1 January, before the payments that made it,
# and what follows a payment seems to come before it. It is so whichever of the two is drawn first, and of weeks too,
# whose Sunday's figure stands at the Monday before. Business month ends are the same. A column with a month missing has
# no frequency and is drawn where it belongs, so of two customers one is right. Nothing is said. x_compat=True in both
# calls, or matplotlib's own plot, has the days.
#
# Seen with matplotlib 3.11.2, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "matplotlib==3.11.2" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import matplotlib

matplotlib.use("agg")
import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd

payments = pd.Series(range(90), index=pd.date_range("2026-01-01", periods=90, freq="D"))
balance = pd.Series([100.0, 400.0, 250.0], index=pd.date_range("2026-01-31", periods=3, freq="ME"))
weeks = pd.Series([10.0, 20.0], index=pd.date_range("2026-01-04", periods=2, freq="W"))


def stands_at(columns, which, **options):
    """Return the days at which the points of one of the columns stand when all are drawn on the same axes."""
    axes = plt.subplots()[1]
    for column in columns:
        column.plot(ax=axes, **options)
    places = axes.lines[which].get_xdata(orig=False)
    days = mdates.num2date(places) if options else [pd.Period(ordinal=int(place), freq="D").start_time for place in places]
    plt.close("all")
    return [str(day.date()) for day in days]


found = {
    "over payments": stands_at([payments, balance], 1),
    "under payments": stands_at([balance, payments], 0),
    "weeks": stands_at([payments, weeks], 1),
    "x_compat": stands_at([payments, balance], 1, x_compat=True),
}
for name, days in found.items():
    print(f"{name}: {days}")
assert found["x_compat"] == ["2026-01-31", "2026-02-28", "2026-03-31"]
assert found["over payments"] == found["under payments"] == ["2026-01-01", "2026-02-01", "2026-03-01"], "no longer so"
assert found["weeks"] == ["2025-12-29", "2026-01-05"]
PYTHON
# over payments: ['2026-01-01', '2026-02-01', '2026-03-01']
# under payments: ['2026-01-01', '2026-02-01', '2026-03-01']
# weeks: ['2025-12-29', '2026-01-05']
# x_compat: ['2026-01-31', '2026-02-28', '2026-03-31']
