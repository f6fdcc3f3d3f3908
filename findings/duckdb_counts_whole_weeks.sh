#!/usr/bin/env bash
# DuckDB's date_diff, and customers who bought again in the week after
#
# One would guess: date_diff('week', a, b) counts what date_diff('month', a, b) counts: how often a new one began between
# the two days (its manual: the number of boundaries between them). So a Friday and the Monday after are one week apart,
# as 31 January and 1 February are one month apart, and what date_trunc('week') puts into two rows is one apart.
#
# What really happens: months, quarters and years are counted by their beginnings, weeks by whole seven days. Whoever
# counts the weeks since a customer's first purchase so has everybody who came again within six days in week 0, though
# the table by date_trunc has most of them in the week after: of purchases on each day of a week and again six days later
# all seven are "in the same week", six of which began a new one. Divided by seven the weeks of date_trunc are right.
#
# Seen with duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb

pairs = "FROM (SELECT DATE '2026-03-02' + i::INT AS first, DATE '2026-03-08' + i::INT AS again FROM range(7) t(i))"


def sums(expression):
    return duckdb.sql(f"SELECT sum({expression}) {pairs}").fetchone()[0]


by_diff = sums("date_diff('week', first, again)")
by_trunc = sums("date_diff('day', date_trunc('week', first), date_trunc('week', again)) // 7")
print(f"seven customers who came again six days later: in a later week are {by_trunc} by date_trunc, {by_diff} by date_diff")
edges = {
    unit: duckdb.sql(f"SELECT date_diff('{unit}', {last}, {last} + 1)").fetchone()[0]
    for unit, last in {
        "week": "DATE '2026-03-08'", "month": "DATE '2026-01-31'", "quarter": "DATE '2026-03-31'", "year": "DATE '2025-12-31'",
    }.items()
}
print(f"from the last day of one to the first of the next: {edges}")
assert by_trunc == 6
assert by_diff == 0, "no longer so: weeks are counted by their beginnings"
assert edges == {"week": 0, "month": 1, "quarter": 1, "year": 1}
PYTHON
# seven customers who came again six days later: in a later week are 6 by date_trunc, 0 by date_diff
# from the last day of one to the first of the next: {'week': 0, 'month': 1, 'quarter': 1, 'year': 1}
