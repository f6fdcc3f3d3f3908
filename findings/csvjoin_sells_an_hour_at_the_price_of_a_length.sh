#!/usr/bin/env bash
# csvkit's csvjoin, and articles 60M (sixty metres of cable) and 1H (an hour of work) with their prices
#
# One would guess: csvjoin -c article joins a text to the same text, as join of the shell or a database does. Codes that
# are no numbers are not read as anything else.
#
# What really happens: csvkit looks for time spans too: 60M is sixty minutes and 1H is one hour, so they are one
# article, and 7D and 1W are another. Each line of the one meets the price of the other as well: three lines become six,
# sales of 325 become 1,581, and the articles are printed as 1:00:00 and as 7 days. One code that is no span (X7) in the
# file and all of them are texts again, in that file alone, so that nothing meets. csvsort and csvstat read the same:
# quantities of 0 and 1 are written back as False and True, months (March, May) as days of the year 1. No word is said.
# -I reads texts as they are.
#
# Seen with csvkit 2.2.0, agate 1.14.2, pytimeparse 1.1.10 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "csvkit==2.2.0" "agate==1.14.2" "pytimeparse==1.1.10"
export PATH="$folder/venv/bin:$PATH"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import csv
import io
import subprocess
from pathlib import Path

Path("lines.csv").write_text("article,units\n60M,10\n1H,3\n7D,5\n", encoding="utf-8")
Path("prices.csv").write_text("article,price\n1H,100\n60M,2\n1W,50\n7D,1\n", encoding="utf-8")
Path("months.csv").write_text("month,returned\nMarch,1\nMay,0\n", encoding="utf-8")


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sales(*options):
    rows = list(csv.DictReader(io.StringIO(said("csvjoin", *options, "-c", "article", "lines.csv", "prices.csv"))))
    return len(rows), sum(int(row["units"]) * int(row["price"]) for row in rows), [row["article"] for row in rows]


guessed, plain = sales(), sales("-I")
months = said("csvsort", "-c", "month", "months.csv").split()
print(f"csvjoin: {guessed[0]} lines, {guessed[1]:,}, {guessed[2]}")
print(f"csvjoin -I: {plain[0]} lines, {plain[1]:,}, {plain[2]}")
print(f"csvsort: {months}")
assert plain[:2] == (3, 325)
assert guessed[:2] == (6, 1_581), "no longer so: codes are joined as texts"
assert months == ["month,returned", "0001-03-01,True", "0001-05-01,False"]
PYTHON
# csvjoin: 6 lines, 1,581, ['1:00:00', '1:00:00', '1:00:00', '1:00:00', '7 days, 0:00:00', '7 days, 0:00:00']
# csvjoin -I: 3 lines, 325, ['60M', '1H', '7D']
# csvsort: ['month,returned', '0001-03-01,True', '0001-05-01,False']
