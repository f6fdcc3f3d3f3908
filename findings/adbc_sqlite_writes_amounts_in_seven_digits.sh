#!/usr/bin/env bash
# pandas.read_sql by ADBC, and a SQLite column of amounts with one note among them
#
# One would guess: a column that holds numbers and a text comes as texts, each number as one would write it, or as
# objects, as by Python's own sqlite3; so amounts that are turned into numbers again (errors="coerce", for the note) add
# up to the same.
#
# What really happens: the numbers are written with seven digits: 1234567.89 comes as 1.234568e+06 and 98765432.10 as
# 9.876543e+07. They read as numbers without trouble, so the sum is another, by cents or by hundreds. Without the note
# all digits are there, and whole numbers keep theirs as long as no amount has cents. Nothing is said. CAST(amount AS
# TEXT) in the query has the digits.
#
# Seen with adbc-driver-sqlite 1.13.0, pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "adbc-driver-sqlite==1.13.0" "pandas==3.1.1" "pyarrow==26.0.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import os
import sqlite3
import tempfile

import adbc_driver_sqlite.dbapi as adbc
import pandas as pd

amounts = [1234567.89, 98765432.10, 250, 12.5]


def total(column):
    return pd.to_numeric(column, errors="coerce").sum()


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "orders.db")
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE orders (amount)")
    database.executemany("INSERT INTO orders VALUES (?)", [(amount,) for amount in [*amounts, "see note"]])
    database.commit()
    with adbc.connect(path) as driver:
        by_adbc = pd.read_sql("SELECT amount FROM orders", driver)["amount"]
        cast = pd.read_sql("SELECT CAST(amount AS TEXT) AS amount FROM orders", driver)["amount"]
        no_note = pd.read_sql("SELECT amount FROM orders WHERE amount <> 'see note'", driver)["amount"]
    by_python = pd.read_sql("SELECT amount FROM orders", database)["amount"]
    database.close()
print(f"by sqlite3 {by_python.tolist()}")
print(f"by ADBC    {by_adbc.tolist()}; without the note {no_note.tolist()}")
print(f"sums: by sqlite3 {total(by_python):.2f}, by ADBC {total(by_adbc):.2f}, cast to text {total(cast):.2f}")
assert total(by_python) == total(cast) == no_note.sum() == sum(amounts)
assert by_adbc[0] == "1.234568e+06", "no longer so: numbers keep their digits"
assert abs(total(by_adbc) - sum(amounts)) > 1
PYTHON
# by sqlite3 [1234567.89, 98765432.1, 250, 12.5, 'see note']
# by ADBC    ['1.234568e+06', '9.876543e+07', '2.500000e+02', '1.250000e+01', 'see note']; without the note [1234567.89, 98765432.1, 250.0, 12.5]
# sums: by sqlite3 100000262.49, by ADBC 100000260.50, cast to text 100000262.49
