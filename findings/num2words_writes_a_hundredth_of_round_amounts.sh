#!/usr/bin/env bash
# num2words, and amounts in words on a dunning letter or a contract
#
# One would guess: an amount of 1234 is one thousand, two hundred and thirty-four euro, as 1234.00 is; what a column of
# amounts is stored as does not change what they are worth.
#
# What really happens: a whole number is taken for cents, a float or a Decimal for euro. 1234 is "twelve euro, thirty-four
# cents" and 1234.0 "one thousand, two hundred and thirty-four euro". pandas and DuckDB make whole numbers of a column
# without cents, so the letters of a month whose claims are all round ask, in words, for a hundredth of what stands beside
# it in figures; with one claim of 50.50 among them all are right. Nothing is said. to="cardinal" reads the whole number
# as it stands.
#
# Seen with num2words 0.5.14, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "num2words==0.5.14" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import io
from decimal import Decimal

import pandas as pd
from num2words import num2words


def words(claims, lang="en"):
    frame = pd.read_csv(io.StringIO("claim\n" + "".join(f"{claim}\n" for claim in claims)))
    return [num2words(claim, to="currency", lang=lang, currency="EUR") for claim in frame["claim"]]


round_month, other_month = words(["1234", "800"]), words(["1234", "50.50"])
print(f"claims 1234 and 800: {round_month}")
print(f"claims 1234 and 50.50: {other_month}")
print(f"1234 and 800 in German: {words(['1234', '800'], 'de')}")
print(f"Decimal('1234'): {num2words(Decimal('1234'), to='currency', currency='EUR')}; as a number: {num2words(1234)}")
assert other_month[0] == num2words(Decimal("1234"), to="currency", currency="EUR") == num2words(1234) + " euro, zero cents"
assert round_month == ["twelve euro, thirty-four cents", "eight euro, zero cents"], "no longer so: whole numbers are whole amounts"
PYTHON
# claims 1234 and 800: ['twelve euro, thirty-four cents', 'eight euro, zero cents']
# claims 1234 and 50.50: ['one thousand, two hundred and thirty-four euro, zero cents', 'fifty euro, fifty cents']
# 1234 and 800 in German: ['zwölf Euro und vierunddreißig Cent', 'acht Euro und null Cent']
# Decimal('1234'): one thousand, two hundred and thirty-four euro, zero cents; as a number: one thousand, two hundred and thirty-four
