#!/usr/bin/env bash
# pandas' resample into half years, for sales that begin in February
#
# One would guess: resample("6ME") makes bins of six months, the first from the first month that there is: February to
# July. And a bin's total depends on what lies in it, not on whether earlier months are in the data as well.
#
# What really happens: the first month alone is the first bin, and the six that follow are the second: labels of
# February, August, February. With "3ME" "quarters" are one month, then three and three; with "2QE" half years are a
# rest of a quarter first. A first half year of 28 days stands beside one of 184 in the same column. And one older
# order, of January, moves the border of every later bin. resample("6MS") has February to July. Nothing is said either
# way.
#
# Seen with pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import pandas as pd

days = pd.Series(1, pd.date_range("2026-02-01", "2027-01-31"))
with_january = pd.Series(1, pd.date_range("2026-01-31", "2027-01-31"))


def bins(series, rule):
    return {label.strftime("%Y-%m"): int(total) for label, total in series.resample(rule).sum().items()}


for rule in ("6ME", "6MS", "3ME", "2QE"):
    print(f'days of sales by "{rule}": {bins(days, rule)}')
print(f'by "6ME", with one day of January: {bins(with_january, "6ME")}')
assert bins(days, "6ME") == {"2026-02": 28, "2026-08": 184, "2027-02": 153}, "no longer so: half years have six months"
assert bins(days, "3ME")["2026-02"] == 28 and bins(days, "2QE")["2026-03"] == 59
assert bins(days, "6MS") == {"2026-02": 181, "2026-08": 184}
assert bins(with_january, "6ME") == {"2026-01": 1, "2026-07": 181, "2027-01": 184}
PYTHON
# days of sales by "6ME": {'2026-02': 28, '2026-08': 184, '2027-02': 153}
# days of sales by "6MS": {'2026-02': 181, '2026-08': 184}
# days of sales by "3ME": {'2026-02': 28, '2026-05': 92, '2026-08': 92, '2026-11': 91, '2027-02': 62}
# days of sales by "2QE": {'2026-03': 59, '2026-09': 183, '2027-03': 123}
# by "6ME", with one day of January: {'2026-01': 1, '2026-07': 181, '2027-01': 184}
