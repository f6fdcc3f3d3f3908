#!/usr/bin/env bash
# DuckDB, and a view for each month's sales made of a frame in a loop
#
# One would guess: CREATE VIEW january AS SELECT ... FROM orders is of the frame that is called orders when the view is
# made, as DuckDB's relations are (duckdb.sql(...) keeps its frame, whatever the name is given to later), or it is refused,
# since no table of the database has that name.
#
# What really happens: the view keeps the word. Whoever asks it gets what is called orders at that moment, in the place
# where he asks: after the loop January has February's sales, and within a function that has a frame orders of its own
# (of one customer, say) it has that one's. Each figure is some frame's right sum, so nothing looks amiss; where no frame
# has the name there is an error at last. CREATE TABLE, or register() under a name of its own, hold what they were given.
# No word is said.
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

relations = {}
for month, amounts in {"january": [10, 20], "february": [500]}.items():
    orders = pd.DataFrame({"amount": amounts})
    duckdb.sql(f"CREATE VIEW {month} AS SELECT sum(amount) AS total FROM orders")
    duckdb.sql(f"CREATE TABLE {month}_kept AS SELECT sum(amount) AS total FROM orders")
    relations[month] = duckdb.sql("SELECT sum(amount) AS total FROM orders")


def told(name):
    return int(duckdb.sql(f"SELECT total FROM {name}").fetchone()[0])


def of_one_customer():
    """Ask for January where a frame of one customer has the name."""
    orders = pd.DataFrame({"amount": [3]})
    assert len(orders) == 1
    return int(duckdb.sql("SELECT total FROM january").fetchone()[0])


views = {month: told(month) for month in relations}
tables = {month: told(f"{month}_kept") for month in relations}
kept = {month: int(relation.fetchone()[0]) for month, relation in relations.items()}
within = of_one_customer()
print(f"tables {tables}, relations {kept}, views {views}; January's view asked within a function: {within}")
del orders
try:
    gone = told("january")
except duckdb.CatalogException as error:
    gone = str(error).splitlines()[0]
print(f"with no frame of that name: {gone}")
assert tables == kept == {"january": 30, "february": 500} and "does not exist" in gone
assert views == {"january": 500, "february": 500} and within == 3, "no longer so: a view keeps its frame"
PYTHON
# tables {'january': 30, 'february': 500}, relations {'january': 30, 'february': 500}, views {'january': 500, 'february': 500}; January's view asked within a function: 3
# with no frame of that name: Catalog Error: Table with name orders does not exist!
