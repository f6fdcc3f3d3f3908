#!/usr/bin/env bash
# A month as pandas has it (a Period) held against a column of days in Ibis
#
# One would guess: table.month == pd.Period("2026-10") finds the rows of October, as it does with a pandas column of periods,
# or it is an error, as table.month >= pd.Period("2026-10") is, and as a number held against days is.
#
# What really happens: it is no expression but Python's own False, and != is True: Ibis has no type for a Period and leaves
# the comparison to Python. filter() takes both. The sales of the month are no row, all the other months are all months,
# October among them; sum(where=...) is nothing, and ifelse() gives every row the other branch. The engine never sees what was
# asked, so no word is said. With an Interval (the class of an order's size out of pd.cut) it is the same.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb]==12.0.0" "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import datetime as dt

import ibis
import pandas as pd

first_days = [dt.date(2026, month, 1) for month in (8, 9, 10)]
table = ibis.memtable({"month": first_days, "amount": [1, 10, 100]})
asked = {"a day": dt.date(2026, 10, 1), "a Period": pd.Period("2026-10", "M")}
seen = {}
for name, october in asked.items():
    of_october = table.month == october
    seen[name] = {
        "==": int(table.filter(of_october).count().execute()),
        "!=": int(table.filter(table.month != october).count().execute()),
        "sum(where)": table.amount.sum(where=of_october).execute(),
        "ifelse": int(ibis.ifelse(of_october, table.amount, 0).sum().execute()),
    }
    print(f"{name}: {seen[name]}; == is {'an expression' if isinstance(of_october, ibis.expr.types.Value) else of_october}")
try:
    table.month >= asked["a Period"]
except TypeError as error:
    print(f">= is an error: {error}")
else:
    raise SystemExit("no longer so: >= is no error")
print(f"in pandas: {(pd.Series(pd.PeriodIndex(first_days, freq='M')) == asked['a Period']).sum()} row")
assert seen["a day"] == {"==": 1, "!=": 2, "sum(where)": 100, "ifelse": 100}
assert seen["a Period"]["=="] == 0 and seen["a Period"]["!="] == 3, "no longer so: the engine is asked"
assert pd.isna(seen["a Period"]["sum(where)"]) and seen["a Period"]["ifelse"] == 0
PYTHON
# a day: {'==': 1, '!=': 2, 'sum(where)': 100, 'ifelse': 100}; == is an expression
# a Period: {'==': 0, '!=': 3, 'sum(where)': None, 'ifelse': 0}; == is False
# >= is an error: '>=' not supported between instances of 'DateColumn' and 'Period'
# in pandas: 1 row
