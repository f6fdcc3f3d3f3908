#!/usr/bin/env bash
# Babel's weeks of the year, on a German or French page
#
# One would guess: weeks are those of the language that the page is in. German, French and Swedish calendars count by ISO
# 8601, so 1 January 2027, a Friday, is in week 53 of 2026 with the locale "de" as it is with "de_DE", and as Python's
# isocalendar() and DuckDB have it.
#
# What really happens: how a year's weeks begin goes by the country, and a locale of a language alone has none: it gets
# the rule of the world at large, by which the week that holds 1 January is week 1. "de" has 2027-W01 for that day, and
# every week of 2027 has the number of the next one: what the page calls week 10 the database calls week 9. In 2026 and in
# 2025 the two agree. Dates, months and amounts are alike with both, so "de" looks to be enough. No word is said.
#
# Seen with Babel 2.19.0, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "Babel==2.19.0" "duckdb==1.5.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import datetime as dt

import duckdb
from babel.dates import format_date

DAYS = [dt.date(2025, 3, 5), dt.date(2026, 3, 4), dt.date(2027, 1, 1), dt.date(2027, 3, 3)]


def weeks(locale):
    return [format_date(day, "YYYY-'W'ww", locale=locale) for day in DAYS]


iso = ["{}-W{:02}".format(*day.isocalendar()) for day in DAYS]
by_duckdb = [duckdb.execute("SELECT strftime(?, '%G-W%V')", [day]).fetchone()[0] for day in DAYS]
seen = {locale: weeks(locale) for locale in ("de", "de_DE", "fr", "fr_FR", "sv", "sv_SE")}
print(f"{[str(day) for day in DAYS]}")
print(f"isocalendar: {iso}; DuckDB: {by_duckdb}")
for locale, numbers in seen.items():
    print(f"{locale}: {numbers}, {format_date(DAYS[2], 'medium', locale=locale)}")
assert iso == by_duckdb == seen["de_DE"] == seen["fr_FR"] == seen["sv_SE"] == ["2025-W10", "2026-W10", "2026-W53", "2027-W09"]
assert seen["de"] == seen["fr"] == seen["sv"] == ["2025-W10", "2026-W10", "2027-W01", "2027-W10"], "no longer so: de has ISO weeks"
assert all(format_date(day, "medium", locale="de") == format_date(day, "medium", locale="de_DE") for day in DAYS)
PYTHON
# ['2025-03-05', '2026-03-04', '2027-01-01', '2027-03-03']
# isocalendar: ['2025-W10', '2026-W10', '2026-W53', '2027-W09']; DuckDB: ['2025-W10', '2026-W10', '2026-W53', '2027-W09']
# de: ['2025-W10', '2026-W10', '2027-W01', '2027-W10'], 01.01.2027
# de_DE: ['2025-W10', '2026-W10', '2026-W53', '2027-W09'], 01.01.2027
# fr: ['2025-W10', '2026-W10', '2027-W01', '2027-W10'], 1 janv. 2027
# fr_FR: ['2025-W10', '2026-W10', '2026-W53', '2027-W09'], 1 janv. 2027
# sv: ['2025-W10', '2026-W10', '2027-W01', '2027-W10'], 1 jan. 2027
# sv_SE: ['2025-W10', '2026-W10', '2026-W53', '2027-W09'], 1 jan. 2027
