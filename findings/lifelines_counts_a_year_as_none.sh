#!/usr/bin/env bash
# lifelines, and how long customers stay, counted in months or years
#
# One would guess: datetimes_to_durations(freq="M") counts months of the calendar: a customer from 1 March 2025 to 1
# March 2026 stayed twelve of them, which freq="Y" calls one year; or it gives parts of them, as survival models take.
#
# What really happens: the days are divided by the mean length of a month (30.44) or a year (365.24) and the rest is
# cut off. A year to the day is 11 months and 0 years, unless it holds a 29 February; 1 February to 1 March is 0 months,
# as is every stay of less than 31 days. Who left at the first renewal of a yearly contract thus has the same duration
# as who left in the first week, and the share that outlives year one, by Kaplan and Meier, is of other customers. Weeks
# and days are exact.
#
# Seen with lifelines 0.30.3, pandas 2.3.3, numpy 2.4.6, scipy 1.17.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "lifelines==0.30.3" "pandas==2.3.3" "numpy==2.4.6" "scipy==1.17.1"
"$folder/venv/bin/python" -W error::UserWarning - <<'PYTHON'
from lifelines import KaplanMeierFitter
from lifelines.utils import datetimes_to_durations

stays = {
    "a year": ("2025-03-01", "2026-03-01"),
    "a year with 29 February": ("2024-01-01", "2025-01-01"),
    "January": ("2026-01-01", "2026-02-01"),
    "February": ("2026-02-01", "2026-03-01"),
    "a week": ("2026-02-01", "2026-02-08"),
}
seen = {}
for freq in "DMY":
    durations, _ = datetimes_to_durations(*zip(*stays.values()), freq=freq)
    seen[freq] = dict(zip(stays, durations.tolist()))
    print(f"{freq}: {seen[freq]}")
# Ten customers of yearly contracts: nine end them at the first renewal, one after a week.
began, ended = ["2025-03-01"] * 10, ["2026-03-01"] * 9 + ["2025-03-08"]
years, left = datetimes_to_durations(began, ended, freq="Y")
remaining = KaplanMeierFitter().fit(years, left).predict(0)
days, left = datetimes_to_durations(began, ended, freq="D")
remaining_by_day = KaplanMeierFitter().fit(days, left).predict(364)
print(f"remaining at the end of day 364: {remaining_by_day:.1f}; remaining after 0 years: {remaining:.1f}")
assert seen["M"]["a year"] == 11 and seen["Y"]["a year"] == 0, "no longer so: a year is twelve months and a year"
assert seen["M"]["a year with 29 February"] == 12 and seen["Y"]["a year with 29 February"] == 1
assert seen["M"]["January"] == 1 and seen["M"]["February"] == 0, "no longer so: a month is a month"
assert round(remaining_by_day, 6) == 0.9 and remaining == 0, "no longer so: the two speak of the same customers"
PYTHON
# D: {'a year': 365.0, 'a year with 29 February': 366.0, 'January': 31.0, 'February': 28.0, 'a week': 7.0}
# M: {'a year': 11.0, 'a year with 29 February': 12.0, 'January': 1.0, 'February': 0.0, 'a week': 0.0}
# Y: {'a year': 0.0, 'a year with 29 February': 1.0, 'January': 0.0, 'February': 0.0, 'a week': 0.0}
# remaining at the end of day 364: 0.9; remaining after 0 years: 0.0
