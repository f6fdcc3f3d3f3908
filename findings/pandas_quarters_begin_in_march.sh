#!/usr/bin/env bash
# pandas' QuarterBegin, and sales of quarters beside what was planned for them
#
# One would guess: QuarterBegin().rollback(day) is the first day of the quarter that the day lies in: 1 January for 15
# February. QuarterEnd(), its fellow, has 31 March for the end, and resample("QS"), date_range(freq="QS") and
# to_period("Q") have quarters from January on.
#
# What really happens: it is 1 December. The class begins its quarters in March, June, September and December (its month
# is 3 unless it is told), the alias "QS" of the same class in January. So a quarter of QuarterBegin has one month of
# another quarter's: sales put into quarters by it are three months each and plausible, and joined to a plan by
# resample("QS") or to_period no row meets; with merge_asof each is set against the plan of another quarter.
# QuarterBegin to QuarterEnd is four months (1 December to 31 March). BQuarterBegin is the same. The manual names the 3,
# and not that the alias has another. startingMonth=1 has the quarters.
#
# Seen with pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import pandas as pd

days = pd.date_range("2026-01-01", "2026-12-31", freq="D")
sales = pd.DataFrame({"day": days, "amount": (days.month * 10).astype("int64")})
by_class = sales.groupby(sales["day"].map(pd.offsets.QuarterBegin().rollback))["amount"].sum()
by_alias = sales.set_index("day")["amount"].resample("QS").sum()
by_period = sales.groupby(sales["day"].dt.to_period("Q"))["amount"].sum()
told = sales.groupby(sales["day"].map(pd.offsets.QuarterBegin(startingMonth=1).rollback))["amount"].sum()
day = pd.Timestamp("2026-02-15")
print(f"15 February: {pd.offsets.QuarterBegin().rollback(day).date()} to {pd.offsets.QuarterEnd().rollforward(day).date()}")
print(f"by QuarterBegin: { {str(begin.date()): int(amount) for begin, amount in by_class.items()} }")
print(f"by resample('QS'): { {str(begin.date()): int(amount) for begin, amount in by_alias.items()} }")
print(f"rows that meet in a join of the two: {by_class.index.isin(by_alias.index).sum()}")
assert by_alias.tolist() == by_period.tolist() == told.tolist() and list(told.index) == list(by_alias.index)
assert str(by_class.index[0].date()) == "2025-12-01" and len(by_class) == 5, "no longer so: quarters begin in January"
PYTHON
# 15 February: 2025-12-01 to 2026-03-31
# by QuarterBegin: {'2025-12-01': 870, '2026-03-01': 3680, '2026-06-01': 6450, '2026-09-01': 9100, '2026-12-01': 3720}
# by resample('QS'): {'2026-01-01': 1800, '2026-04-01': 4550, '2026-07-01': 7350, '2026-10-01': 10120}
# rows that meet in a join of the two: 0
