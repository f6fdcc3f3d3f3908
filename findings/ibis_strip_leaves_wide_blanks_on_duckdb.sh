#!/usr/bin/env bash
# Ibis' strip(), and names typed with a Chinese or Japanese input method
#
# One would guess: strip() takes away what is blank at both ends, as str.strip of Python, pandas and polars do, on every
# engine alike. So a name with the wide blank of an input method (U+3000) behind it, or with the no-break space of a web
# page, is the name without it.
#
# What really happens: on DuckDB and SQLite the six blanks of ASCII are taken and no others. The same expression makes
# three customers of 上海华联 on DuckDB, Ibis' own default, and one on polars. The two look the same in a table. No word is
# said. re_replace with the blanks written out is alike on all.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, polars 2.1.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the
# output below); Python 3.11 and its SQLite.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb,polars,sqlite]==12.0.0" "duckdb==1.5.6" "polars==2.1.0" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import ibis
import pandas as pd

frame = pd.DataFrame({"name": ["上海华联", "上海华联\u3000", "上海华联\u00a0", " 上海华联\t"], "sales": [10, 20, 30, 40]})
lines = ibis.memtable(frame)
blanks = r"^[\s\x{a0}\x{3000}]+|[\s\x{a0}\x{3000}]+$"
seen, written_out = {}, {}
for engine in ("duckdb", "sqlite", "polars"):
    connection = getattr(ibis, engine).connect()
    asked = lines.group_by(name=lines.name.strip()).agg(sales=lines.sales.sum())
    seen[engine] = sorted(connection.execute(asked)["sales"].tolist())
    if engine != "sqlite":  # whose regular expressions are those of Python, which write \u3000
        written_out[engine] = connection.execute(lines.name.re_replace(blanks, "").nunique())
seen["pandas"] = sorted(frame.groupby(frame["name"].str.strip())["sales"].sum().tolist())
for engine, sales in seen.items():
    print(f"{engine:6}: {len(sales)} customers with {sales}")
print(f"blanks written out: {written_out} customers")
assert seen["duckdb"] == seen["sqlite"] == [20, 30, 50], "no longer so: strip() takes wide blanks"
assert seen["polars"] == seen["pandas"] == [100]
assert set(written_out.values()) == {1}
PYTHON
# duckdb: 3 customers with [20, 30, 50]
# sqlite: 3 customers with [20, 30, 50]
# polars: 1 customers with [100]
# pandas: 1 customers with [100]
# blanks written out: {'duckdb': 1, 'polars': 1} customers
