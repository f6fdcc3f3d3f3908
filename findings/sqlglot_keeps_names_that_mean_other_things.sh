#!/usr/bin/env bash
# sqlglot, and an analysis in Spark SQL that is to run on DuckDB
#
# One would guess: what sqlglot translates without complaint means the same. It knows both dialects, renames functions,
# and puts NULLS FIRST where Spark sorts them first; what has no like is kept by name and fails.
#
# What really happens: functions that are kept by name run, and mean something else. Spark's percentile interpolates
# (its manual: percentile of 0 and 10 at 0.3 is 3.0); the QUANTILE that it becomes is DuckDB's discrete one: 0.
# A median asked as percentile(x, 0.5) of two customers at 10 and 20 is 10. dayofweek counts from Sunday = 1 in Spark
# (its manual: Thursday, 30 July 2009, is 5) and from Sunday = 0 in DuckDB; weekday from Monday = 0 in Spark (its
# manual: 3) and from Sunday = 0 in DuckDB: a table of sales by weekday is moved by a day, and the weekend, asked as
# "dayofweek(day) IN (1, 7)", is Monday alone. The other way, from DuckDB to Spark, dayofweek is kept too, and isodow
# is made of it as if Spark's Sunday were 0: that Thursday, 4 in DuckDB, is (5 % 7) + 1 = 6.
#
# Seen with sqlglot 30.30.0, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "sqlglot==30.30.0" "duckdb==1.5.6"
"$folder/venv/bin/python" - <<'PYTHON'
import logging

import duckdb
import sqlglot

words = []
heard = logging.Handler(logging.WARNING)
heard.emit = words.append
logging.getLogger("sqlglot").addHandler(heard)
# What the manual of Spark SQL gives as the answers of its own examples.
manual = {
    "SELECT percentile(col, 0.3) FROM VALUES (0), (10) AS tab(col)": 3.0,
    "SELECT dayofweek(DATE'2009-07-30')": 5,
    "SELECT weekday(DATE'2009-07-30')": 3,
}
seen = {}
for query, answer in manual.items():
    (translated,) = sqlglot.transpile(query, read="spark", write="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)
    seen[query] = duckdb.sql(translated).fetchone()[0]
    print(f"{query}: Spark {answer}, DuckDB {seen[query]}, by {translated}")
weekend = "SELECT dayofweek(day) IN (1, 7) FROM VALUES {days} AS days(day)".format(
    days=", ".join(f"(DATE'2026-03-{day:02}')" for day in range(2, 9))  # Monday, 2 March, to Sunday
)
(translated,) = sqlglot.transpile(weekend, read="spark", write="duckdb")
is_weekend = [answer for (answer,) in duckdb.sql(translated).fetchall()]
print(f"the weekend of Spark's numbers, Monday to Sunday: {is_weekend}")
back = sqlglot.transpile("SELECT isodow(day), dayofweek(day)", read="duckdb", write="spark")[0]
print(f"DuckDB to Spark: {back}")
assert back == "SELECT ((DAYOFWEEK(day) % 7) + 1), DAYOFWEEK(day)", "no longer so: isodow is written otherwise"
thursday = (manual["SELECT dayofweek(DATE'2009-07-30')"] % 7) + 1
print(f"isodow of that Thursday by it: {thursday}")
assert list(seen.values()) == [0, 4, 4], "no longer so: the translation means what Spark means"
assert is_weekend == [True, False, False, False, False, False, False]
assert not words, "no longer so: something is said"
PYTHON
# SELECT percentile(col, 0.3) FROM VALUES (0), (10) AS tab(col): Spark 3.0, DuckDB 0, by SELECT QUANTILE(col, 0.3) FROM (VALUES (0), (10)) AS tab(col)
# SELECT dayofweek(DATE'2009-07-30'): Spark 5, DuckDB 4, by SELECT DAYOFWEEK(CAST('2009-07-30' AS DATE))
# SELECT weekday(DATE'2009-07-30'): Spark 3, DuckDB 4, by SELECT WEEKDAY(CAST('2009-07-30' AS DATE))
# the weekend of Spark's numbers, Monday to Sunday: [True, False, False, False, False, False, False]
# DuckDB to Spark: SELECT ((DAYOFWEEK(day) % 7) + 1), DAYOFWEEK(day)
# isodow of that Thursday by it: 6
