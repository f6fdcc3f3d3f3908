#!/usr/bin/env bash
# Working days of a Chinese year of which the government has not announced the make-up days
#
# One would guess: a package that knows which weekends China works in place of days off says of a year of which nobody
# knows them yet that it does not know; or at least that its count of working days is like that of other years.
#
# What really happens: holidays answers for such a year as for any other, with the statutory days alone and no weekend
# that is worked, without an error, a warning or a mark on the object. The sum of the year even looks as usual (248
# working days for 2027, 248 in 2026); which days of which month are worked is not known, and chinesecalendar refuses the
# same question. A comparison of February 2027 with February 2026, or a run rate by working days, is made of two different
# things, and changes when the package is brought up to date. What tells is that the year is beyond the largest key of
# special_public_holidays.
#
# Seen with holidays 0.109 and chinesecalendar 1.11.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "holidays==0.109" "chinesecalendar==1.11.0"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import datetime as dt

import chinese_calendar
import holidays

china = holidays.country_holidays("CN", years=range(2022, 2028))
for year in range(2022, 2028):
    weekends = [day for day in china.weekend_workdays if day.year == year]
    festival = [day for day in china if day.year == year and dt.date(year, 1, 20) < day < dt.date(year, 3, 1)]
    days = china.get_working_days_count(dt.date(year, 1, 1), dt.date(year, 12, 31))
    print(f"{year}: {days} working days, {len(weekends)} weekend days worked, days named around the festival: {len(festival)}")
    assert bool(weekends) == (year < 2027), "no longer so: 2027 is known, or said to be unknown"
assert china.is_working_day(dt.date(2027, 2, 11)), "no longer so: the answer for 2027 has changed"
try:
    chinese_calendar.is_workday(dt.date(2027, 2, 11))
except NotImplementedError as error:
    print("chinesecalendar of 2027-02-11:", str(error).splitlines()[0])
else:
    raise SystemExit("no longer so: chinesecalendar knows 2027")
assert max(china.special_public_holidays) == 2026
PYTHON
# 2022: 249 working days, 7 weekend days worked, days named around the festival: 5
# 2023: 249 working days, 7 weekend days worked, days named around the festival: 6
# 2024: 251 working days, 8 weekend days worked, days named around the festival: 7
# 2025: 248 working days, 5 weekend days worked, days named around the festival: 6
# 2026: 248 working days, 6 weekend days worked, days named around the festival: 6
# 2027: 248 working days, 0 weekend days worked, days named around the festival: 6
# chinesecalendar of 2027-02-11: no available data for year 2027, only year between [2004, 2026] supported
