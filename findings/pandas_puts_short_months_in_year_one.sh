#!/usr/bin/env bash
# pandas.to_datetime, and months written as Excel shows them (Nov-25, Jan-26)
#
# One would guess: heads or cells that Excel formats as mmm-yy and a CSV therefore holds as "Nov-25" are November 2025,
# since a year follows a month's name; or they are refused as not certain.
#
# What really happens: a number up to 31 is taken for the day, the year is missing, and the result is in the year 1:
# "Nov-25" is 25 November of the year 1. From 32 on the same form is a month of a year ("Oct-32" is October 2032), so
# that sales of 1998 ("Oct-98") are read rightly and those of 2026 are not. pandas says that it could not infer a format
# and parses each text by itself; it does not say what came out, and with errors="coerce" nothing becomes NaT. A chart by
# year has its sales two thousand years ago, and a filter "since 2025" leaves them out. dateutil alone takes today's
# year for the missing one (25 November of this year), so the two do not agree; format="%b-%y" reads all of them.
#
# Seen with pandas 3.1.1, numpy 2.4.6, python-dateutil 2.9.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "numpy==2.4.6" "python-dateutil==2.9.0.post0"
"$folder/venv/bin/python" - <<'PYTHON'
import datetime as dt
import warnings

import dateutil.parser
import pandas as pd

MONTHS = ["Oct-98", "Nov-25", "Dec-25", "Jan-26", "Oct-31", "Oct-32"]
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    read = [str(day)[:10] for day in pd.to_datetime(pd.Series(MONTHS), errors="coerce")]
meant = [str(day)[:10] for day in pd.to_datetime(pd.Series(MONTHS), format="%b-%y")]
alone = [str(dateutil.parser.parse(text, default=dt.datetime(2026, 6, 1)))[:10] for text in MONTHS]
print("as written:  ", MONTHS)
print("to_datetime: ", read)
print('with "%b-%y":', meant)
print("dateutil:    ", alone)
print("warnings:    ", [str(each.message).split(",")[0] for each in told])

assert read == ["1998-10-01", "0001-11-25", "0001-12-25", "0001-01-26", "0001-10-31", "2032-10-01"], "no longer so"
assert meant == ["1998-10-01", "2025-11-01", "2025-12-01", "2026-01-01", "2031-10-01", "2032-10-01"], "no longer so"
assert alone[1:5] == ["2026-11-25", "2026-12-25", "2026-01-26", "2026-10-31"], "no longer so: dateutil"
assert len(told) == 1 and "infer format" in str(told[0].message), "no longer so: the warning"
PYTHON
# as written:   ['Oct-98', 'Nov-25', 'Dec-25', 'Jan-26', 'Oct-31', 'Oct-32']
# to_datetime:  ['1998-10-01', '0001-11-25', '0001-12-25', '0001-01-26', '0001-10-31', '2032-10-01']
# with "%b-%y": ['1998-10-01', '2025-11-01', '2025-12-01', '2026-01-01', '2031-10-01', '2032-10-01']
# dateutil:     ['1998-10-01', '2026-11-25', '2026-12-25', '2026-01-26', '2026-10-31', '2032-10-01']
# warnings:     ['Could not infer format']
