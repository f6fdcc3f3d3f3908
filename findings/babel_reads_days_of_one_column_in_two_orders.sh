#!/usr/bin/env bash
# Babel's parse_date, and days as 13/02/2026 in an export, read by the language of its country
#
# One would guess: the language settles the order, for all rows: in American English the month stands first, so a day of
# 13/02/2026 is no day and is refused, and one learns that the export is not American.
#
# What really happens: where the month would be above twelve, the two are exchanged, row by row. Of a British export read as
# en_US, 13/02/2026 is 13 February and 03/02/2026 is 2 March; of an American one read as en_GB or de_DE it is the same the
# other way round. Of the 365 days of a year 132 come to lie in another month, the others are right, and no word is said,
# so no try with a few rows from the middle of a month shows it. Python's strptime refuses.
#
# Seen with babel 2.18.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "babel==2.18.0"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from datetime import date, datetime, timedelta

from babel.dates import parse_date

for written in ("13/02/2026", "03/02/2026"):
    print(f"{written} is {parse_date(written, locale='en_US')} in American English, {parse_date(written, locale='en_GB')} in British")
days = [date(2026, 1, 1) + timedelta(number) for number in range(365)]
for locale, other in (("en_US", "%d/%m/%Y"), ("en_GB", "%m/%d/%Y"), ("de_DE", "%m/%d/%Y")):
    read = [parse_date(day.strftime(other), locale=locale) for day in days]
    moved = sum(one.month != day.month for one, day in zip(read, days))
    print(f"{locale}, of a year written {other}: none of {len(days)} days refused, {moved} in another month")
    assert moved == 132, "no longer so: the order is the language's for all rows, or a day that does not fit it is refused"
try:
    datetime.strptime("13/02/2026", "%m/%d/%Y")
    raise AssertionError("strptime takes it")
except ValueError:
    pass
PYTHON
# 13/02/2026 is 2026-02-13 in American English, 2026-02-13 in British
# 03/02/2026 is 2026-03-02 in American English, 2026-02-03 in British
# en_US, of a year written %d/%m/%Y: none of 365 days refused, 132 in another month
# en_GB, of a year written %m/%d/%Y: none of 365 days refused, 132 in another month
# de_DE, of a year written %m/%d/%Y: none of 365 days refused, 132 in another month
