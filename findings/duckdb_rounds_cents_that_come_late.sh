#!/usr/bin/env bash
# DuckDB's read_csv and read_json, and an export in which only orders far down have cents
#
# One would guess: where the rows that were looked at first show whole amounts and a later one has cents, the column
# becomes wider, or the reading stops and names the line, as it stops at a later "n/a" in the same column.
#
# What really happens: the type is settled by the first 20,480 rows, and what comes after is rounded to it without a word:
# of 30,000 orders, of which the last 5,000 are of 12.75, each of those is read as 13, and the sales are 1,250 too high, from
# CSV as from JSON, and with store_rejects nothing is among the rejects. Even a time of day behind days alone is cut off.
# With sample_size=-1 all cents are there; a text in the column stops the run. (Reported for JSON and CSV: duckdb/duckdb
# 25786 and 25824.)
#
# Seen with duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "duckdb==1.5.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import json
from pathlib import Path

import duckdb

amounts = [10] * 25_000 + [12.75] * 5_000
Path("orders.csv").write_text("order,amount\n" + "".join(f"{number},{amount}\n" for number, amount in enumerate(amounts)))
Path("orders.json").write_text(json.dumps([{"order": number, "amount": amount} for number, amount in enumerate(amounts)]))


def read(source):
    return duckdb.sql(f"SELECT any_value(typeof(amount)), sum(amount)::DOUBLE, max(amount)::DOUBLE FROM {source}").fetchone()


print(f"the sales are {sum(amounts):,.0f}")
for source in ("read_csv('orders.csv')", "read_json('orders.json')"):
    kind, total, largest = read(source)
    print(f"{source}: {kind}, sales {total:,.0f}, the largest order {largest:g}")
    assert (kind, total, largest) == ("BIGINT", 315_000, 13), "no longer so: later cents are kept, or stop the reading"
    assert read(source.replace(")", ", sample_size=-1)"))[1:] == (sum(amounts), 12.75)
duckdb.sql("SELECT sum(amount) FROM read_csv('orders.csv', store_rejects = true)").fetchall()
rejects = duckdb.sql("SELECT count(*) FROM reject_errors").fetchone()[0]
Path("text.csv").write_text(Path("orders.csv").read_text() + "30000,n/a\n")
try:
    read("read_csv('text.csv')")
    stopped = False
except duckdb.ConversionException:
    stopped = True
print(f"rejects: {rejects}; a text in the same column stops the reading: {stopped}")
assert rejects == 0 and stopped
PYTHON
# the sales are 313,750
# read_csv('orders.csv'): BIGINT, sales 315,000, the largest order 13
# read_json('orders.json'): BIGINT, sales 315,000, the largest order 13
# rejects: 0; a text in the same column stops the reading: True
