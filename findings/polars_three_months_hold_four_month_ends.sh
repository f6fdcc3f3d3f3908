#!/usr/bin/env bash
# polars' rolling_sum_by in windows of months, over a table of months that stand at their ends
#
# One would guess: of a table with one row a month, each at its last day, a window of "3mo" holds three rows and one of
# "12mo" twelve, as rolling(3) and rolling(12) of pandas do; polars' windows of months are those of the calendar.
#
# What really happens: a window reaches back to the day of the same number in an earlier month, not included, and a month
# end of 30 days has not the number of one of 31. Three months up to 30 April begin after 30 January, so 31 January is in:
# in February, April, June and November four months are added up. A year up to 28 February 2025 begins after 28 February
# 2024, so 29 February is in: thirteen months. The rest of the year is right. With months at their first day every window
# is. No word is said.
#
# Seen with polars 2.1.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "polars==2.1.0" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import pandas as pd
import polars as pl

ends = pd.DataFrame({"month": pd.date_range("2023-01-31", "2026-12-31", freq="ME"), "sales": 100})
first_days = ends.assign(month=ends["month"].dt.to_period("M").dt.start_time)


def off(frame, months):
    """Months of which the sum of a window is not that of so many months."""
    summed = pl.from_pandas(frame).with_columns(sum=pl.col("sales").rolling_sum_by("month", window_size=f"{months}mo"))
    whole = summed.slice(months - 1).filter(pl.col("sum") != 100 * months)
    return {f"{month:%Y-%m}": total for month, total in whole.select("month", "sum").iter_rows()}


quarters, years = off(ends, 3), off(ends, 12)
print(f"three months, from month ends: wrong are {quarters}")
print(f"twelve months, from month ends: wrong are {years}")
print(f"from first days: wrong are {off(first_days, 3) | off(first_days, 12)}")
by_pandas = ends["sales"].rolling(3).sum().dropna().unique().tolist()
print(f"rolling(3) of pandas: {by_pandas}")
assert by_pandas == [300] and not off(first_days, 3) and not off(first_days, 12)
assert {month[5:] for month in quarters} == {"02", "04", "06", "11"} and set(quarters.values()) == {400}, "no longer so"
assert years == {"2025-02": 1300}, "no longer so: twelve months hold twelve month ends"
PYTHON
# three months, from month ends: wrong are {'2023-04': 400, '2023-06': 400, '2023-11': 400, '2024-02': 400, '2024-04': 400, '2024-06': 400, '2024-11': 400, '2025-02': 400, '2025-04': 400, '2025-06': 400, '2025-11': 400, '2026-02': 400, '2026-04': 400, '2026-06': 400, '2026-11': 400}
# twelve months, from month ends: wrong are {'2025-02': 1300}
# from first days: wrong are {}
# rolling(3) of pandas: [300.0]
