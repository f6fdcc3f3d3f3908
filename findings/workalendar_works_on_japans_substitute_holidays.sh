#!/usr/bin/env bash
# Sales a working day in Japan and Korea, counted by workalendar
#
# One would guess: a package that lists a country's holidays knows the rule by which a holiday on a Sunday is taken on
# the next working day (Japan since 1973, Korea for most since 2021), and the day between two of Japan's holidays. It
# knows Golden Week: 6 May 2026 is off in place of Sunday the 3rd.
#
# What really happens: it has no such day of Japan: all of them are working days, five in 2024 alone, and neither 6 May
# nor 22 September 2026 is off. Of Korea those of the New Year, of Chuseok and Children's Day of some years are missing
# as well. May 2026 has one working day too many in Japan and two in Korea, so what is sold a working day is 5 and 10 %
# less than it was, and a May without such days looks like growth. Of China, workalendar refuses the years that it does
# not know; here it answers. holidays and jpholiday, asked the same, have the days and agree with each other.
#
# Seen with workalendar 17.0.0, holidays 0.109, jpholiday 1.0.3 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "workalendar==17.0.0" "holidays==0.109" "jpholiday==1.0.3"
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date, timedelta

import holidays
import jpholiday
from workalendar.asia import Japan, SouthKorea


def days(year):
    return [date(year, 1, 1) + timedelta(n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


off = {}
for country, calendar in {"JP": Japan(), "KR": SouthKorea()}.items():
    for year in (2024, 2025, 2026):
        official = holidays.country_holidays(country, years=[year])
        counted = [day for day in days(year) if calendar.is_working_day(day)]
        worked = [day for day in days(year) if official.is_working_day(day)]
        off[country, year] = [day for day in counted if day not in worked]
        only = ", ".join(f"{day:%d %b}" for day in off[country, year])
        print(f"{country} {year}: {len(counted)} working days by workalendar, {len(worked)} by holidays; only there {only}")
japan = [day for (country, _), found in off.items() for day in found if country == "JP"]
assert all(jpholiday.is_holiday(day) for day in japan)
known = {date(2024, 2, 12), date(2024, 11, 4), date(2026, 5, 6), date(2026, 9, 22)}
assert known <= set(japan), "no longer so: it knows the days in place of a Sunday"
assert len(off["JP", 2024]) == 5 and date(2026, 5, 25) in off["KR", 2026]
PYTHON
# JP 2024: 253 working days by workalendar, 248 by holidays; only there 12 Feb, 06 May, 12 Aug, 23 Sep, 04 Nov
# JP 2025: 249 working days by workalendar, 246 by holidays; only there 24 Feb, 06 May, 24 Nov
# JP 2026: 246 working days by workalendar, 244 by holidays; only there 06 May, 22 Sep
# KR 2024: 250 working days by workalendar, 246 by holidays; only there 12 Feb, 10 Apr, 06 May, 01 Oct
# KR 2025: 249 working days by workalendar, 244 by holidays; only there 27 Jan, 03 Mar, 06 May, 03 Jun, 08 Oct
# KR 2026: 252 working days by workalendar, 245 by holidays; only there 02 Mar, 01 May, 25 May, 03 Jun, 17 Jul, 17 Aug, 05 Oct
