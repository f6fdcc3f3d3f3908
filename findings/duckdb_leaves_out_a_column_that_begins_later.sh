#!/usr/bin/env bash
# DuckDB's read_csv and read_parquet over months of an export, and a column of discounts that was added in February
#
# One would guess: files of one table that have not the same columns are put together (a column that a month lacks is
# blank there), or refused; and which of the two does not hang on which month lacks it.
#
# What really happens: a column that ends is refused, with a message that names it, and a column that begins is left out
# without a word: what the first file by name does not have is not there. The discounts of all later months are nothing,
# and what was paid is more than it was. So the check that stops one half of the cases is taken for one that stops both,
# and the same two files in the other order are an error. files_to_sniff = -1, which the error itself proposes, does not
# change it. pandas and pyarrow leave it out of Parquet files as well; polars refuses both ways. read_json keeps it, and
# so does union_by_name = true.
#
# Seen with duckdb 1.5.6, polars 2.1.0, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6" "polars==2.1.0" "pyarrow==26.0.1"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from pathlib import Path

import duckdb
import polars as pl

Path("2026-01.csv").write_text("order,net\n1,100\n2,200\n", encoding="utf-8")
Path("2026-02.csv").write_text("order,net,discount\n3,100,40\n4,200,20\n", encoding="utf-8")
Path("2026-01.json").write_text('{"order": 1, "net": 100}\n', encoding="utf-8")
Path("2026-02.json").write_text('{"order": 3, "net": 100, "discount": 40}\n', encoding="utf-8")
for month in ("2026-01", "2026-02"):
    pl.read_csv(f"{month}.csv").write_parquet(f"{month}.parquet")


def columns(source):
    try:
        table = duckdb.sql(f"FROM {source}")
        table.fetchall()
        return table.columns
    except duckdb.Error as error:
        return str(error).splitlines()[0]


ways = [
    "read_csv('2026-*.csv')", "read_csv('2026-*.csv', files_to_sniff = -1)", "read_csv(['2026-02.csv', '2026-01.csv'])",
    "read_parquet('2026-*.parquet')", "read_json('2026-*.json')", "read_csv('2026-*.csv', union_by_name = true)",
]  # fmt: skip
found = [columns(way) for way in ways]
for way, said in zip(ways, found):
    print(f"{way}: {said}")
try:
    pl.read_csv("2026-*.csv")
except pl.exceptions.PolarsError as error:
    print(f"polars: {type(error).__name__}")
    refused = True
assert found[0] == found[1] == found[3] == ["order", "net"], "no longer so: a column that begins later is there"
assert "mismatch" in found[2] and found[4] == found[5] == ["order", "net", "discount"] and refused
PYTHON
# read_csv('2026-*.csv'): ['order', 'net']
# read_csv('2026-*.csv', files_to_sniff = -1): ['order', 'net']
# read_csv(['2026-02.csv', '2026-01.csv']): Invalid Input Error: Schema mismatch between globbed files.
# read_parquet('2026-*.parquet'): ['order', 'net']
# read_json('2026-*.json'): ['order', 'net', 'discount']
# read_csv('2026-*.csv', union_by_name = true): ['order', 'net', 'discount']
# polars: ComputeError
