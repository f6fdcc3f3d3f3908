#!/usr/bin/env bash
# DuckDB, and the age of what is due as an ordered category of pandas (an ENUM)
#
# One would guess: an ordered Categorical has one order. DuckDB takes it over as an ENUM, whose values ORDER BY, min and
# max put in that order; so WHERE age >= '31-60' means what it means in pandas: 31 days and more.
#
# What really happens: a comparison with a text compares texts. Of the same column in the same query '100 and more' is
# the last in ORDER BY and the largest by max, but less than '31-60' in WHERE, while 'not due' is more than any: what is
# longest overdue is missing from the list of what is overdue, and what is not due at all stands in it. BETWEEN and
# values bound as parameters are the same; only with the text cast to the ENUM is it pandas' answer.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb
import pandas as pd

AGES = ["not due", "1-30", "31-60", "61-99", "100 and more"]
owed = pd.DataFrame({"age": pd.Categorical(AGES, AGES, ordered=True), "amount": [100, 200, 300, 400, 5_000]})
engine = duckdb.connect()
engine.register("owed", owed)

BETWEEN = "age BETWEEN '31-60' AND '100 and more'"


def ages(where, *bound):
    return [age for (age,) in engine.execute(f"SELECT age FROM owed WHERE {where} ORDER BY age", [*bound]).fetchall()]


kind = engine.sql("SELECT typeof(age) FROM owed LIMIT 1").fetchone()[0]
in_order = ages("true")
most = engine.sql("SELECT max(age) FROM owed").fetchone()[0]
by_pandas = owed[owed["age"] >= "31-60"]
by_text = ages("age >= '31-60'")
money = engine.sql("SELECT sum(amount) FROM owed WHERE age >= '31-60'").fetchone()[0]
print(f"{kind}: ORDER BY has {in_order}, max is {most!r}")
print(f"31-60 and later: pandas {by_pandas['age'].tolist()}, {by_pandas['amount'].sum():,}")
print(f"31-60 and later: DuckDB {by_text}, {money:,}")
print(f"bound as a parameter: {ages('age >= ?', '31-60')}")
print(f"BETWEEN 31-60 and 100 and more: {ages(BETWEEN)}")
print(f"cast to the ENUM: {ages('age >= CAST(? AS ' + kind + ')', '31-60')}")
assert in_order == AGES and most == AGES[-1]
assert by_pandas["age"].tolist() == AGES[2:] == ages("age >= CAST(? AS " + kind + ")", "31-60")
assert ages(BETWEEN) == [], "no longer so: BETWEEN has the order of the ENUM"
assert by_text == ages("age >= ?", "31-60") == ["not due", "31-60", "61-99"], "no longer so: ENUMs compare in their order"
PYTHON
# ENUM('not due', '1-30', '31-60', '61-99', '100 and more'): ORDER BY has ['not due', '1-30', '31-60', '61-99', '100 and more'], max is '100 and more'
# 31-60 and later: pandas ['31-60', '61-99', '100 and more'], 5,700
# 31-60 and later: DuckDB ['not due', '31-60', '61-99'], 800
# bound as a parameter: ['not due', '31-60', '61-99']
# BETWEEN 31-60 and 100 and more: []
# cast to the ENUM: ['31-60', '61-99', '100 and more']
