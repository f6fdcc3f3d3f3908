#!/usr/bin/env bash
# DuckDB, and amounts that end on a half: cash rounded to whole units, or a tax to cents
#
# One would guess: an engine rounds halves one way. If CAST(2.5 AS INTEGER) is 3, it is 3 for a column of such amounts
# too, however the column came to be; and a cast to whole numbers gives what round() gives.
#
# What really happens: the type decides. 2.5 written in a query is DECIMAL, and DECIMAL is rounded away from nought: 3.
# A column that read_csv finds in a file is DOUBLE, and its halves are cast to the even number: 2, while round() of the
# same DOUBLE is 3. As money the cast is right again: 0.125 as DECIMAL(9,2) is 0.13 from a DOUBLE, whose cast to INTEGER
# is the only one of these that goes to even. So a query tried on a typed number tells nothing about the file, and sums
# of rounded amounts differ by how they were rounded and by who stored them (a Parquet file of the same amounts holds
# DECIMAL). No word is said. round() before the cast is alike for both.
#
# Seen with duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6"
cd "$folder"
printf 'customer,amount\nA,0.5\nB,1.5\nC,2.5\nD,4.5\n' > sales.csv
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb

duckdb.sql("COPY (SELECT customer, amount::DECIMAL(9,1) AS amount FROM 'sales.csv') TO 'sales.parquet'")
typed = duckdb.sql("SELECT CAST(0.5 AS INT), CAST(1.5 AS INT), CAST(2.5 AS INT), CAST(4.5 AS INT)").fetchone()
print(f"typed in the query: {list(typed)}")
seen = {}
for file in ("sales.csv", "sales.parquet"):
    seen[file] = duckdb.sql(
        f"SELECT any_value(typeof(amount)), list(CAST(amount AS INT) ORDER BY customer), "
        f"list(CAST(round(amount) AS INT) ORDER BY customer) FROM '{file}'"
    ).fetchone()
    kind, cast, rounded = seen[file]
    print(f"{file} ({kind}): cast {cast}, {sum(cast)} together; rounded first {rounded}, {sum(rounded)} together")
cents = duckdb.sql("SELECT CAST(0.125::DOUBLE AS DECIMAL(9,2)), CAST(0.125 AS DECIMAL(9,2))").fetchone()
print(f"0.125 as DECIMAL(9,2), from DOUBLE and from DECIMAL: {[str(each) for each in cents]}")
assert typed == (1, 2, 3, 5)
assert seen["sales.csv"] == ("DOUBLE", [0, 2, 2, 4], [1, 2, 3, 5]), "no longer so: halves are rounded one way"
assert seen["sales.parquet"] == ("DECIMAL(9,1)", [1, 2, 3, 5], [1, 2, 3, 5])
assert [str(each) for each in cents] == ["0.13", "0.13"]
PYTHON
# typed in the query: [1, 2, 3, 5]
# sales.csv (DOUBLE): cast [0, 2, 2, 4], 8 together; rounded first [1, 2, 3, 5], 11 together
# sales.parquet (DECIMAL(9,1)): cast [1, 2, 3, 5], 11 together; rounded first [1, 2, 3, 5], 11 together
# 0.125 as DECIMAL(9,2), from DOUBLE and from DECIMAL: ['0.13', '0.13']
