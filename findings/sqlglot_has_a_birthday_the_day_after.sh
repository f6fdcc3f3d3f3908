#!/usr/bin/env bash
# sqlglot, and MySQL's TIMESTAMPDIFF: for how many years or months somebody has been a customer
#
# One would guess: sqlglot, which writes MONTHS_BETWEEN anew with the parts of months and MySQL's STDDEV as that of a
# population, knows that TIMESTAMPDIFF counts whole years and months: one from 31 December 2025 to 1 January 2026 is
# none.
#
# What really happens: it becomes DATE_DIFF of DuckDB, which counts how often a new year or month began: a customer
# since yesterday has been one for a year, and one since 30 November is a month old on 1 December. Of customers since
# each day of 2025, asked on 1 March 2026, MySQL has 60 with a full year, and the translation 365; whoever is to get a
# bonus after a year, or falls into the cohort "3 months and more", is another. From SQL Server and Snowflake, whose
# DATEDIFF counts beginnings, the same words are right, so a try of those tells nothing. DuckDB's date_sub counts whole
# ones. No word is said.
#
# Seen with sqlglot 30.30.0, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "sqlglot==30.30.0" "duckdb==1.5.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import datetime as dt

import duckdb
import sqlglot

engine = duckdb.connect()
days = "range(DATE '2025-01-01', DATE '2026-01-01', INTERVAL 1 DAY)"
engine.execute(f"CREATE TABLE customers AS SELECT CAST(range AS DATE) AS since FROM {days}")
today = dt.date(2026, 3, 1)
mysql = "SELECT COUNT(*) FROM customers WHERE TIMESTAMPDIFF(YEAR, since, CAST('2026-03-01' AS DATE)) >= 1"
months = "SELECT TIMESTAMPDIFF(MONTH, CAST('2026-11-30' AS DATE), CAST('2026-12-01' AS DATE))"
translated = sqlglot.transpile(mysql, read="mysql", write="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)[0]
by_translation = engine.sql(translated).fetchone()[0]
month = engine.sql(sqlglot.transpile(months, read="mysql", write="duckdb")[0]).fetchone()[0]
whole = engine.sql("SELECT count(*) FROM customers WHERE date_sub('year', since, DATE '2026-03-01') >= 1").fetchone()[0]
by_hand = sum(dt.date(2025, 1, 1) + dt.timedelta(days=day) <= today.replace(year=2025) for day in range(365))
print(translated)
print(f"customers of a year and more: {by_translation}; by whole years {whole}, by hand {by_hand}")
print(f"30 November to 1 December: {month} month")
assert whole == by_hand == 60
assert by_translation == 365 and month == 1, "no longer so: whole years and months are counted"
PYTHON
# SELECT COUNT(*) FROM customers WHERE DATE_DIFF('YEAR', since, CAST('2026-03-01' AS DATE)) >= 1
# customers of a year and more: 365; by whole years 60, by hand 60
# 30 November to 1 December: 1 month
