#!/usr/bin/env bash
# DuckDB, and order lines with customer codes as text joined to a customer table whose ids are numbers
#
# One would guess: a text and a number are joined where the text is that number as one writes it, or the join is refused
# as other databases refuse it; so code '101' finds customer 101, and codes such as '1E2' and '10_1' find nobody, or an
# error says that they are no numbers.
#
# What really happens: the text side is cast to the number's type, and the cast reads more than one writes: an exponent
# ('1E2' is customer 100), underscores between digits ('10_1' is 101), hexadecimal ('0x65' is 101), a decimal part
# ('101.0', and rounded '100.6'), zeros in front and blanks around. The sales of other customers land on 100 and 101,
# and nothing is said. read_csv takes such a column for text (it does not read '10_1' as a number), while a customer
# table of digits alone becomes BIGINT by itself, so two plain files and a plain join suffice. The same comparison written
# with IN is refused ("an explicit cast is required"), so one clause of a query protects and the other does not. pandas
# refuses to merge text with numbers; polars too.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, polars 2.1.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6" "polars==2.1.0"
cat > "$folder/customers.csv" <<'CSV'
customer_id,name
100,Northern Tools
101,Harbour Electric
CSV
cat > "$folder/lines.csv" <<'CSV'
customer_id,amount
100,1000
101,2000
1E2,30
10_1,400
0x65,5
100.6,60
CSV
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl

lines, customers = "read_csv('lines.csv')", "read_csv('customers.csv')"
types = {
    name: duckdb.sql(f"SELECT typeof(customer_id) FROM {name} LIMIT 1").fetchone()[0] for name in (lines, customers)
}
joined = duckdb.sql(
    f"SELECT name, CAST(sum(amount) AS INTEGER), string_agg(l.customer_id, ' ' ORDER BY amount DESC) "
    f"FROM {lines} l JOIN {customers} c USING (customer_id) GROUP BY name ORDER BY name"
).fetchall()
print(f"DuckDB {duckdb.__version__}: {types}")
for row in joined:
    print(" ", row)
refused = {}
for name, merge in {
    "DuckDB, IN": lambda: duckdb.sql(
        f"SELECT * FROM {lines} WHERE customer_id IN (SELECT customer_id FROM {customers})"
    ),
    "pandas": lambda: pd.read_csv("lines.csv").merge(pd.read_csv("customers.csv"), on="customer_id"),
    "polars": lambda: pl.read_csv("lines.csv").join(pl.read_csv("customers.csv"), on="customer_id"),
}.items():
    try:
        refused[name] = f"{len(merge())} rows"
    except Exception as error:
        refused[name] = type(error).__name__
    print(f"{name}: {refused[name]}")

no_longer = "no longer so: codes are joined as they are written"
assert types == {lines: "VARCHAR", customers: "BIGINT"}, no_longer
assert joined == [
    ("Harbour Electric", 2465, "101 10_1 100.6 0x65"),
    ("Northern Tools", 1030, "100 1E2"),
], no_longer
assert refused == {"DuckDB, IN": "BinderException", "pandas": "ValueError", "polars": "SchemaError"}, no_longer
PYTHON
# DuckDB 1.5.6: {"read_csv('lines.csv')": 'VARCHAR', "read_csv('customers.csv')": 'BIGINT'}
#   ('Harbour Electric', 2465, '101 10_1 100.6 0x65')
#   ('Northern Tools', 1030, '100 1E2')
# DuckDB, IN: BinderException
# pandas: ValueError
# polars: SchemaError
