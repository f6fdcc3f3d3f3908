#!/usr/bin/env bash
# holidays, and China's public holidays with a company's own days off, or those of Hong Kong, added to them by +
#
# One would guess: a sum of two calendars has the holidays of both (its manual: they are combined) and is otherwise what
# it was. China works on six weekend days of 2026 in place of days off; those are known before the sum and are worked
# after it, so one more day off makes one working day fewer.
#
# What really happens: the weekends worked are gone. One day of stocktaking added, and February has three working days
# fewer, January, May, September and October one each: the year has 241 in place of 248. What is sold a working day is 23 %
# more in February than it was. is_working_day() of such a Saturday was True and is False, by either order of the two, and
# of Hungary's as well. The days off are all there, so a look at the list shows nothing. No word is said.
# append() of the own days to China's calendar keeps them.
#
# Seen with holidays 0.109 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "holidays==0.109"
"$folder/venv/bin/python" - <<'PYTHON'
from calendar import monthrange

import holidays


def worked(days):
    """Working days of each month of 2026, and of the year."""
    months = [days.get_working_days_count(f"2026-{m:02}-01", f"2026-{m:02}-{monthrange(2026, m)[1]}") for m in range(1, 13)]
    return months, sum(months)


def china():
    return holidays.country_holidays("CN", years=[2026])


own = holidays.HolidayBase()
own.append({"2026-02-25": "stocktaking"})
appended = china()
appended.append({"2026-02-25": "stocktaking"})
seen = {"China": china(), "China + own": china() + own, "own + China": own + china(), "own appended": appended}
for name, days in seen.items():
    months, year = worked(days)
    print(f"{name}: {months}, {year}; 28 February, a Saturday, is {days.is_working_day('2026-02-28')}")
hungary = holidays.country_holidays("HU", years=[2026])
both = hungary + holidays.country_holidays("AT", years=[2026])
print("Hungary's 10 January:", hungary.is_working_day("2026-01-10"), "and with Austria", both.is_working_day("2026-01-10"))
assert worked(seen["China"])[1] == 248 and worked(appended)[1] == 247
assert worked(seen["China + own"])[1] == worked(seen["own + China"])[1] == 241, "no longer so: the weekends stay"
assert "2026-02-25" in seen["China + own"] and hungary.is_working_day("2026-01-10") and not both.is_working_day("2026-01-10")
PYTHON
# China: [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23], 248; 28 February, a Saturday, is True
# China + own: [20, 13, 22, 21, 18, 21, 23, 21, 21, 17, 21, 23], 241; 28 February, a Saturday, is False
# own + China: [20, 13, 22, 21, 18, 21, 23, 21, 21, 17, 21, 23], 241; 28 February, a Saturday, is False
# own appended: [21, 15, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23], 247; 28 February, a Saturday, is True
# Hungary's 10 January: True and with Austria False
