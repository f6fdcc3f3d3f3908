#!/usr/bin/env bash
# pandas' quarters of a business year (Q-MAR), and sales by year and quarter
#
# One would guess: of a quarter that pandas calls 2026Q1 the year is 2026 and the quarter 1. So .dt.year and .dt.quarter
# are the two parts of its name, a group by both is a group by quarters in their order, and one by the year is a year.
#
# What really happens: .dt.quarter is counted in the business year, .dt.year is that of the calendar (of the quarter's
# last day). 2026Q1, April to June 2025, is year 2025 and quarter 1; 2025Q4, the three months before it, is year 2025 and
# quarter 4. So the year 2025 is made of a last quarter of one business year and three of the next, sorted as 1 to 4 it
# has January to March last, and a growth from quarter to quarter is backward in time. Sums by year have whole, plausible
# amounts: those of calendar years. .dt.qyear has 2026; periods of years (Y-MAR) have it in .dt.year. No word is said.
#
# Seen with pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import pandas as pd

sales = pd.DataFrame({"day": pd.date_range("2024-04-15", "2026-03-15", freq="MS"), "amount": 1})
sales["amount"] = range(1, len(sales) + 1)
quarter = sales["day"].dt.to_period("Q-MAR")
by_name = sales.groupby(quarter.astype(str))["amount"].sum()
by_parts = sales.groupby([quarter.dt.year, quarter.dt.quarter])["amount"].sum()
year = sales["day"].dt.to_period("Y-MAR")
print(f"by quarter: {by_name.to_dict()}")
print(f"by .dt.year and .dt.quarter: {by_parts.to_dict()}")
by_year = {
    "qyear": sales.groupby(quarter.dt.qyear)["amount"].sum(), "Y-MAR": sales.groupby(year.dt.year)["amount"].sum(),
    "year of the quarter": sales.groupby(quarter.dt.year)["amount"].sum(), "calendar": sales.groupby(sales["day"].dt.year)["amount"].sum(),
}
for name, sums in by_year.items():
    print(f"by year, {name}: {sums.to_dict()}")
assert by_name.is_monotonic_increasing and by_year["qyear"].equals(by_year["Y-MAR"].rename_axis(None).rename_axis("day"))
assert by_year["year of the quarter"].to_dict() == by_year["calendar"].to_dict(), "no longer so: .dt.year is the business year"
assert by_parts.loc[2025].to_dict() == {1: by_name["2026Q1"], 2: by_name["2026Q2"], 3: by_name["2026Q3"], 4: by_name["2025Q4"]}
PYTHON
# by quarter: {'2025Q1': 3, '2025Q2': 12, '2025Q3': 21, '2025Q4': 30, '2026Q1': 39, '2026Q2': 48, '2026Q3': 57, '2026Q4': 66}
# by .dt.year and .dt.quarter: {(2024, 1): 3, (2024, 2): 12, (2024, 3): 21, (2025, 1): 39, (2025, 2): 48, (2025, 3): 57, (2025, 4): 30, (2026, 4): 66}
# by year, qyear: {2025: 66, 2026: 210}
# by year, Y-MAR: {2025: 66, 2026: 210}
# by year, year of the quarter: {2024: 36, 2025: 174, 2026: 66}
# by year, calendar: {2024: 36, 2025: 174, 2026: 66}
