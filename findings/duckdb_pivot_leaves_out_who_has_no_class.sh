#!/usr/bin/env bash
# DuckDB's PIVOT, and sales by class of customers, of whom some have no class yet
#
# One would guess: every row of the table goes into some column, so the columns of a line add up to the line's total; who
# has no class (NULL) gets a column of its own, as GROUP BY gives it a row and polars' pivot a column "null".
#
# What really happens: rows without a class are in no column, and no word is said. The region of a new customer stays
# there as a row of blanks, or with less than it sold. The money of the table is that of who is classified, and shares
# made of its columns add up to a hundred. coalesce(class, 'none') before the PIVOT keeps them.
#
# Seen with duckdb 1.5.6, polars 2.1.0, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "polars==2.1.0" "pyarrow==26.0.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb

engine = duckdb.connect()
engine.execute("CREATE TABLE sales (region TEXT, class TEXT, amount INTEGER)")
engine.execute("INSERT INTO sales VALUES ('north', 'A', 500), ('north', NULL, 300), ('south', 'B', 200), ('south', NULL, 0), ('west', NULL, 70)")
grouped = engine.sql("SELECT class, sum(amount) FROM sales GROUP BY class ORDER BY class").fetchall()
pivot = engine.sql("PIVOT sales ON class USING sum(amount) GROUP BY region ORDER BY region")
rows = pivot.fetchall()
kept = engine.sql("PIVOT (SELECT region, coalesce(class, 'none') AS class, amount FROM sales) ON class USING sum(amount) GROUP BY region")
by_polars = engine.sql("FROM sales").pl().pivot("class", index="region", values="amount", aggregate_function="sum")


def money(table):
    return sum(amount or 0 for _, *amounts in table for amount in amounts)


print(f"GROUP BY: {grouped}, {sum(amount for _, amount in grouped):,} together")
print(f"PIVOT: {pivot.columns}, {rows}, {money(rows):,} together")
print(f"PIVOT of coalesce: {sorted(kept.columns)}, {money(kept.fetchall()):,} together")
print(f"polars: {by_polars.columns}, {money(by_polars.rows()):,} together")
assert sum(amount for _, amount in grouped) == money(kept.fetchall()) == money(by_polars.rows()) == 1_070
assert pivot.columns == ["region", "A", "B"] and money(rows) == 700, "no longer so: PIVOT has a column for NULL"
assert ("west", None, None) in rows
PYTHON
# GROUP BY: [('A', 500), ('B', 200), (None, 370)], 1,070 together
# PIVOT: ['region', 'A', 'B'], [('north', 500, None), ('south', None, 200), ('west', None, None)], 700 together
# PIVOT of coalesce: ['A', 'B', 'none', 'region'], 1,070 together
# polars: ['region', 'A', 'null', 'B'], 1,070 together
