#!/usr/bin/env bash
# DuckDB's COLLATE NOCASE, and a column of customers who are written in capitals by one system
#
# One would guess: with the collation on the column "acme" and "ACME" are one customer wherever the column is asked: in
# =, in joins, in GROUP BY, in DISTINCT, and so in count(DISTINCT customer), which by the meaning of the words is the
# number of rows of SELECT DISTINCT.
#
# What really happens: aggregates see the bytes. GROUP BY and SELECT DISTINCT have two customers, count(DISTINCT) has
# four, and so has every other aggregate that compares (string_agg(DISTINCT), mode, histogram, approx_count_distinct).
# So the number of customers beside a table is not the number of its lines, sales a customer are half of what they are,
# and the share of customers who bought again is of another whole. No word is said. A subquery, count(*) FROM (SELECT
# DISTINCT ...), counts two.
#
# Seen with duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb

db = duckdb.connect()
db.sql("CREATE TABLE orders (customer VARCHAR COLLATE NOCASE, amount INTEGER)")
db.sql("INSERT INTO orders VALUES ('acme', 100), ('ACME', 200), ('Bolt', 400), ('bolt', 800)")


def ask(sql):
    return db.sql(sql).fetchall()


grouped = ask("SELECT customer, sum(amount) FROM orders GROUP BY customer ORDER BY customer")
listed = ask("SELECT count(*) FROM (SELECT DISTINCT customer FROM orders)")[0][0]
joined = ask("SELECT sum(o.amount) FROM orders AS o JOIN (SELECT 'ACME' AS customer) AS c USING (customer)")[0][0]
ranked = ask("SELECT sum(amount) OVER (PARTITION BY customer) FROM orders ORDER BY amount")
counted, together, histogram = ask(
    "SELECT count(DISTINCT customer), string_agg(DISTINCT customer, ' ' ORDER BY customer), histogram(customer) "
    "FROM orders"
)[0]
each = ask("SELECT sum(amount) / count(DISTINCT customer) FROM orders")[0][0]
print(f"GROUP BY: {grouped}; SELECT DISTINCT has {listed} rows")
print(f"joined to ACME: {joined}; PARTITION BY: {[row[0] for row in ranked]}")
print(f"count(DISTINCT): {counted}; string_agg(DISTINCT): {together!r}; histogram: {histogram}")
print(f"sales a customer: {each:,.0f} by count(DISTINCT), {1_500 / listed:,.0f} by the lines of the table")
assert grouped == [("acme", 300), ("Bolt", 1_200)] and listed == 2
assert joined == 300 and [row[0] for row in ranked] == [300, 300, 1_200, 1_200]
assert counted == 4 and len(histogram) == 4, "no longer so: count(DISTINCT) minds the collation"
assert each == 375
PYTHON
# GROUP BY: [('acme', 300), ('Bolt', 1200)]; SELECT DISTINCT has 2 rows
# joined to ACME: 300; PARTITION BY: [300, 300, 1200, 1200]
# count(DISTINCT): 4; string_agg(DISTINCT): 'ACME acme Bolt bolt'; histogram: {'ACME': 1, 'Bolt': 1, 'acme': 1, 'bolt': 1}
# sales a customer: 375 by count(DISTINCT), 750 by the lines of the table
