#!/usr/bin/env bash
# sqlglot, and reports in the SQL of SQL Server, Spark or PostgreSQL that are to run on DuckDB
#
# One would guess: a cast is the plainest of SQL, and a translator of dialects knows what a type without digits means in
# each: points cut to whole numbers stay cut, amounts rounded to whole ones by CAST(x AS DECIMAL) stay rounded, and 7 /
# 2 of whole numbers is what it was.
#
# What really happens: the words stay and their meaning is DuckDB's. CAST(2.7 AS INT) cuts in SQL Server and Spark, and
# is 3 on DuckDB: points, brackets and numbers of full cartons are one more for every other customer. CAST(12.75 AS
# DECIMAL) is DECIMAL(18, 0) in SQL Server and (10, 0) in MySQL and Spark, so 13, and (18, 3) in DuckDB, so 12.750; from
# Snowflake the digits are written in, so that is known. 7 / 2 is 3 in SQL Server and PostgreSQL, and 3.5 where the
# columns' types are not given. A sum of such lines differs a little everywhere. No word is said, and unsupported_level
# does not raise either.
#
# Seen with sqlglot 30.30.0, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "sqlglot==30.30.0" "duckdb==1.5.6"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import sqlglot

LINES = "(VALUES (2.7::DOUBLE), (0.6), (12.75)) AS lines(x)"


def translated(sql, dialect):
    return sqlglot.transpile(sql, read=dialect, write="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)[0]


def on_duckdb(sql, dialect):
    return duckdb.sql(translated(f"SELECT {sql}", dialect) + " AS seen").fetchone()[0]


#: Dialect, its words, and what its manual says that they give.
CASTS = [
    ("tsql", "CAST(2.7 AS INT)", 2), ("spark", "CAST(2.7 AS INT)", 2), ("postgres", "CAST(2.7 AS INT)", 3),
    ("tsql", "CAST(12.75 AS DECIMAL)", 13), ("mysql", "CAST(12.75 AS DECIMAL)", 13),
    ("spark", "CAST(12.75 AS DECIMAL)", 13), ("snowflake", "CAST(12.75 AS DECIMAL)", 13),
    ("tsql", "7 / 2", 3), ("postgres", "7 / 2", 3), ("mysql", "7 DIV 2", 3),
]  # fmt: skip
seen = {}
for dialect, sql, meant in CASTS:
    seen[dialect, sql] = on_duckdb(sql, dialect)
    written = translated(f"SELECT {sql}", dialect).removeprefix("SELECT ")
    print(f"{dialect:9} {sql:22} is {meant:>2} there; as {written:32} {seen[dialect, sql]}")
points = translated("SELECT SUM(CAST(x AS INT)) AS points FROM lines", "tsql")
total = duckdb.sql(points.replace("FROM lines", "FROM " + LINES)).fetchone()[0]
print(f"points of 2.7, 0.6 and 12.75 in SQL Server 14, on DuckDB {total}")
meant = {(dialect, sql): value for dialect, sql, value in CASTS}
right = {key for key, value in seen.items() if value == meant[key]}
known = {("postgres", "CAST(2.7 AS INT)"), ("snowflake", "CAST(12.75 AS DECIMAL)"), ("mysql", "7 DIV 2")}
assert right == known and total == 17, "no longer so: casts are translated"
PYTHON
# tsql      CAST(2.7 AS INT)       is  2 there; as CAST(2.7 AS INT)                 3
# spark     CAST(2.7 AS INT)       is  2 there; as TRY_CAST(2.7 AS INT)             3
# postgres  CAST(2.7 AS INT)       is  3 there; as CAST(2.7 AS INT)                 3
# tsql      CAST(12.75 AS DECIMAL) is 13 there; as CAST(12.75 AS DECIMAL)           12.750
# mysql     CAST(12.75 AS DECIMAL) is 13 there; as CAST(12.75 AS DECIMAL)           12.750
# spark     CAST(12.75 AS DECIMAL) is 13 there; as TRY_CAST(12.75 AS DECIMAL)       12.750
# snowflake CAST(12.75 AS DECIMAL) is 13 there; as CAST(12.75 AS DECIMAL(38, 0))    13
# tsql      7 / 2                  is  3 there; as 7 / 2                            3.5
# postgres  7 / 2                  is  3 there; as 7 / 2                            3.5
# mysql     7 DIV 2                is  3 there; as 7 // 2                           3
# points of 2.7, 0.6 and 12.75 in SQL Server 14, on DuckDB 17
