#!/usr/bin/env bash
# holidays, and working days or sales on holidays counted with pandas and numpy
#
# One would guess: holidays.US() holds the holidays of the United States. A day that it says is one ("2026-12-25" in it) is
# one too for pandas' isin, and numpy's busday_count, given its days, leaves it out; or both say that there are no years.
#
# What really happens: it is empty, and fills itself by whole years as it is asked for a single day. list() and isin ask
# for none: no sale is on a holiday, and December has all its weekdays as working days. The same lines, after some other
# line has looked up one day of 2026, find the holidays of 2026 and none of 2025: of two years side by side one has
# holidays, and whether a cell of a notebook finds them hangs on which cells ran before. Nothing is said. With years=...
# it is full.
#
# Seen with holidays 0.109, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "holidays==0.109" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import holidays
import numpy as np
import pandas as pd

days = pd.Series(pd.date_range("2025-12-01", "2025-12-31").append(pd.date_range("2026-12-01", "2026-12-31")))


def found(known):
    on_holiday = days[days.dt.date.isin(known)]
    worked = [int(np.busday_count(f"{year}-12-01", f"{year + 1}-01-01", holidays=list(known))) for year in (2025, 2026)]
    return [str(day.date()) for day in on_holiday], worked


lazy = holidays.US()
before = found(lazy)
asked = pd.Timestamp("2026-12-25") in lazy
after = found(lazy)
full = found(holidays.US(years=[2025, 2026]))
print(f"holidays.US(): days found {before[0]}, working days of December 2025 and 2026 {before[1]}")
print(f"after one day of 2026 was looked up ({asked}): {after[0]}, {after[1]}")
print(f"with years: {full[0]}, {full[1]}")
assert full == (["2025-12-25", "2026-12-25"], [22, 22])
assert before == ([], [23, 23]), "no longer so: it is full from the beginning"
assert asked and after == (["2026-12-25"], [23, 22])
PYTHON
# holidays.US(): days found [], working days of December 2025 and 2026 [23, 23]
# after one day of 2026 was looked up (True): ['2026-12-25'], [23, 22]
# with years: ['2025-12-25', '2026-12-25'], [22, 22]
