#!/usr/bin/env bash
# Ibis, a regular expression that keeps letters and digits of customers' names, and names that are not English
#
# One would guess: re_replace(r"\W", "") takes away what is no letter, digit or underscore: blanks, points, dashes. A
# letter is one in any script, as Python's re, pandas and polars have it, and one expression means the same on every
# engine of Ibis: 上海华联 stays, and Müller GmbH is MüllerGmbH.
#
# What really happens: DuckDB's \w and \W know the letters of ASCII alone (RE2, which its manual names). On DuckDB,
# Ibis' own default, Chinese names are all gone: 上海华联 and 北京同仁 are both the empty text, one customer with the money of
# all of them; Müller and Möller are both Mller. A rule that a name is made of letters (re_search(r"^\w+$")) finds none
# of them. polars and SQLite, asked by the same expression, keep every letter. A try with English names shows nothing,
# and no word is said. [^\pL\pN] has the letters of all scripts on DuckDB and polars.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, polars 2.1.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output
# below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb,polars,sqlite]==12.0.0" "duckdb==1.5.6" "polars==2.1.0" "pandas==3.1.1" \
    "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import re

import ibis
import pyarrow as pa

names = ["上海华联", "北京同仁", "Müller", "Möller", "Acme Ltd."]
orders = pa.table({"name": names, "amount": [100, 250, 40, 60, 7]})


def asked(engine, pattern):
    """Sales by the name that is left."""
    key = ibis._.name.re_replace(pattern, "")
    table = engine.create_table("orders" + str(len(engine.list_tables())), ibis.memtable(orders))
    rows = table.group_by(key=key).agg(amount=ibis._.amount.sum()).to_pyarrow().to_pylist()
    return {row["key"]: row["amount"] for row in sorted(rows, key=lambda row: row["key"])}


engines = {"DuckDB": ibis.duckdb.connect(), "polars": ibis.polars.connect(), "SQLite": ibis.sqlite.connect()}
kept = {engine: asked(connection, r"\W") for engine, connection in engines.items()}
for engine, amounts in kept.items():
    print(f"{engine:6} by the letters of a name: {amounts}")
by_script = {engine: asked(engines[engine], r"[^\pL\pN]") for engine in ("DuckDB", "polars")}
print(f"with the letters of all scripts: {by_script}")
python = dict(sorted((re.sub(r"\W", "", name), amount) for name, amount in zip(names, orders["amount"].to_pylist())))
assert kept["polars"] == kept["SQLite"] == python and len(python) == 5
assert kept["DuckDB"] == {"": 350, "AcmeLtd": 7, "Mller": 100}, "no longer so: letters of all scripts are letters"
assert by_script["DuckDB"] == by_script["polars"] == python
PYTHON
# DuckDB by the letters of a name: {'': 350, 'AcmeLtd': 7, 'Mller': 100}
# polars by the letters of a name: {'AcmeLtd': 7, 'Möller': 60, 'Müller': 40, '上海华联': 100, '北京同仁': 250}
# SQLite by the letters of a name: {'AcmeLtd': 7, 'Möller': 60, 'Müller': 40, '上海华联': 100, '北京同仁': 250}
# with the letters of all scripts: {'DuckDB': {'AcmeLtd': 7, 'Möller': 60, 'Müller': 40, '上海华联': 100, '北京同仁': 250}, 'polars': {'AcmeLtd': 7, 'Möller': 60, 'Müller': 40, '上海华联': 100, '北京同仁': 250}}
