#!/usr/bin/env bash
# holidays asked for the United Kingdom or Switzerland alone, and sales a working day of April
#
# One would guess: country_holidays("GB") has the days on which the country's business rests, as "DE" has Germany's:
# those of England and Wales, where nine in ten of the people live, Easter Monday among them; what Scotland has
# otherwise is asked for by its name.
#
# What really happens: without a part of the country there are only the days that all of its parts have. Scotland works
# on Easter Monday and on the last Monday of August, so by "GB" everybody does: April and August 2026 have a working day
# more than in London, and what was sold a day is 5 % less than it was. Of Switzerland four days of the year are left:
# by "CH" Good Friday, Easter Monday, Whit Monday and 26 December are worked, since some canton works then, and April
# has two days more than in Zurich. Nothing is said, and the same call has all nine of Germany's. subdiv="ENG", or "ZH",
# has them.
#
# Seen with holidays 0.109 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "holidays==0.109"
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date, timedelta

from holidays import country_holidays

days = [date(2026, 1, 1) + timedelta(n) for n in range(365)]


def asked(country, part=None):
    """Holidays of 2026 that are no Saturday or Sunday, and the working days of April and August."""
    official = country_holidays(country, subdiv=part, years=[2026])
    weekdays = [day for day in days if day in official and day.weekday() < 5]
    return weekdays, [sum(day.month == month and official.is_working_day(day) for day in days) for month in (4, 8)]


seen = {}
for country, part in (("GB", None), ("GB", "ENG"), ("GB", "SCT"), ("CH", None), ("CH", "ZH"), ("DE", None)):
    weekdays, months = seen[country, part] = asked(country, part)
    print(f"{country} {part or '':3}: {len(weekdays)} days off that are weekdays; worked in April and August {months}")
missing = {
    (country, part): [f"{day:%d %b}" for day in seen[country, part][0] if day not in seen[country, None][0]]
    for country, part in (("GB", "ENG"), ("CH", "ZH"))
}
print(f"days off there that are none of the country's: {missing}")
easter_monday = date(2026, 4, 6)
assert easter_monday in seen["DE", None][0] and easter_monday in seen["GB", "ENG"][0]
assert easter_monday not in seen["GB", None][0], "no longer so: Easter Monday is a holiday of the country"
assert seen["GB", None][1] == [21, 21] and seen["GB", "ENG"][1] == [20, 20]
assert seen["CH", None][1][0] - seen["CH", "ZH"][1][0] == 2
PYTHON
# GB    : 6 days off that are weekdays; worked in April and August [21, 21]
# GB ENG: 8 days off that are weekdays; worked in April and August [20, 20]
# GB SCT: 10 days off that are weekdays; worked in April and August [21, 20]
# CH    : 3 days off that are weekdays; worked in April and August [22, 21]
# CH ZH : 7 days off that are weekdays; worked in April and August [20, 21]
# DE    : 7 days off that are weekdays; worked in April and August [20, 21]
# days off there that are none of the country's: {('GB', 'ENG'): ['06 Apr', '31 Aug'], ('CH', 'ZH'): ['03 Apr', '06 Apr', '01 May', '25 May']}
