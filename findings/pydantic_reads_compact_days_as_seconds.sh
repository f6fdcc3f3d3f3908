#!/usr/bin/env bash
# pydantic, and days written as 20261101 in settings, JSON or a sheet
#
# One would guess: for a field of type datetime 20261101 is 1 November 2026, as datetime.fromisoformat("20261101") and
# pandas.to_datetime("20261101") have it (it is the short form of ISO 8601), or it is refused.
#
# What really happens: a number, and a text of digits too, is taken for seconds since 1970: 23 August 1970, 12:05:01.
# No error, no warning, in a model that is there to find such things. A date field refuses the same value, with a
# message that does not name the reason. A year alone, or the serial number of a spreadsheet's day (46086), is 1
# January 1970. A row "known from" such a day is known always. strict=True refuses texts and numbers; "2026-11-01" is
# read rightly.
#
# Seen with pydantic 2.14.4 and pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pydantic==2.14.4" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import datetime as dt

import pandas as pd
from pydantic import BaseModel, ValidationError


class Price(BaseModel):
    """A price that is known from a moment on."""

    known_from: dt.datetime


class Day(BaseModel):
    day: dt.date


seen = {value: Price(known_from=value).known_from for value in (20261101, "20261101", "2026", 46086)}
for value, moment in seen.items():
    print(f"{value!r}: {moment}")
print(f"fromisoformat: {dt.datetime.fromisoformat('20261101')}, pandas: {pd.to_datetime('20261101')}")
try:
    Day(day="20261101")
except ValidationError as error:
    print(f"a date field: {error.errors()[0]['msg']}")
else:
    raise SystemExit("no longer so: a date field takes it")
assert seen[20261101] == seen["20261101"] == dt.datetime(1970, 8, 23, 12, 5, 1, tzinfo=dt.UTC), "no longer so"
assert seen["2026"].year == seen[46086].year == 1970
assert dt.datetime.fromisoformat("20261101") == pd.to_datetime("20261101") == dt.datetime(2026, 11, 1)
PYTHON
# 20261101: 1970-08-23 12:05:01+00:00
# '20261101': 1970-08-23 12:05:01+00:00
# '2026': 1970-01-01 00:33:46+00:00
# 46086: 1970-01-01 12:48:06+00:00
# fromisoformat: 2026-11-01 00:00:00, pandas: 2026-11-01 00:00:00
# a date field: Datetimes provided to dates should have zero time - e.g. be exact dates
