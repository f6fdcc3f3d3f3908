#!/usr/bin/env bash
# pandas 2 and 3, and contracts or prices that an ERP lets end on 9999-12-31, which means that they are open
#
# One would guess: to_datetime(..., errors="coerce") gives what it gave: such a day is out of bounds, so it is missing
# (NaT), and whoever has no end is still a customer. What was written on that ground finds the same customers, or an error.
#
# What really happens: since pandas 3 a column of days from texts is counted in microseconds, which reach far beyond the
# year 9999, so the day is a day. isna() finds no open contract: every customer has left, and none is kept. The mean
# stay of those who left takes in two stays of eight thousand years, and is 1.5 million days in place of 731. A year
# mistyped as 3026 is another such day: it was missing, and now it is the latest day of the table, from which
# everybody's last order is a thousand years ago. No word is said by either version. The release notes name the new
# unit, and not what the old bounds were good for.
#
# Seen with pandas 3.1.1 and 2.3.3, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/look.py" <<'PYTHON'
import sys

import pandas as pd

contracts = pd.DataFrame(
    {"customer": ["A", "B", "C", "D"], "since": ["2024-01-01"] * 4,
     "until": ["2025-01-01", "2027-01-01", "9999-12-31", "9999-12-31"]}
)  # fmt: skip
until = pd.to_datetime(contracts["until"], errors="coerce")
stayed = (until - pd.to_datetime(contracts["since"])).dt.days
still = contracts.loc[until.isna(), "customer"].tolist()
orders = pd.to_datetime(pd.Series(["2026-03-01", "2026-03-31", "3026-03-15"]), errors="coerce")
silent_for = (orders.max() - pd.Timestamp("2026-03-01")).days
print(f"pandas {pd.__version__}: still customers {still}; mean stay of those who left {stayed.mean():,.0f} days;")
print(f"    latest order {orders.max().date()}, so who ordered on 1 March has been silent for {silent_for:,} days")
if sys.argv[1] == "2":
    assert (still, stayed.mean(), silent_for) == (["C", "D"], 731, 30)
else:
    assert still == [] and stayed.mean() > 1_000_000 and silent_for > 365_000, "no longer so: such days are missing"
PYTHON
for pandas in 2.3.3 3.1.1; do
    python3 -m venv "$folder/venv$pandas"
    "$folder/venv$pandas/bin/pip" install -q --disable-pip-version-check "pandas==$pandas" "numpy==2.4.6"
    "$folder/venv$pandas/bin/python" -W error "$folder/look.py" "${pandas%%.*}"
done
# pandas 2.3.3: still customers ['C', 'D']; mean stay of those who left 731 days;
#     latest order 2026-03-31, so who ordered on 1 March has been silent for 30 days
# pandas 3.1.1: still customers []; mean stay of those who left 1,456,952 days;
#     latest order 3026-03-15, so who ordered on 1 March has been silent for 365,256 days
