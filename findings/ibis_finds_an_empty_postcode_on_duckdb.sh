#!/usr/bin/env bash
# Ibis' re_extract, and postcodes taken out of addresses, of which some have none
#
# One would guess: where the pattern is not found there is nothing (NULL), on each engine, as str.extract of pandas has
# NaN, and as Ibis has it where there was no address at all.
#
# What really happens: so it is on polars and SQLite; on DuckDB, Ibis' own default, it is the empty text. count() of
# postcodes counts everybody who has an address, isnull() finds nobody to ask, fill_null("unknown") fills nothing, and
# those without one are a district of their own, which may well have the largest sales; joined to a table of districts,
# they are neither found nor missing. nullif("") behind it makes the engines agree. No word is said.
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
import ibis
import pandas as pd

frame = pd.DataFrame({"address": ["10115 Berlin", "Hafen 1, Hamburg", "Poste restante", None]})


def asked(codes):
    """How many have a postcode, how many have none, and what is in place of the missing."""
    filled = sorted(codes.fill_null("unknown").execute())
    return int(codes.count().execute()), int(codes.isnull().sum().execute()), filled


seen, mended = {}, {}
for name in ("duckdb", "sqlite", "polars"):
    address = getattr(ibis, name).connect().create_table("customers", ibis.memtable(frame)).address
    codes = address.re_extract(r"(\d{5})", 1)
    seen[name], mended[name] = asked(codes), asked(codes.nullif(""))
    print(f"{name}: {seen[name][0]} have a postcode, {seen[name][1]} have none: {seen[name][2]}")
codes = frame["address"].str.extract(r"(\d{5})")[0]
print(f"pandas: {codes.count()} has a postcode, {codes.isna().sum()} have none")
right = (1, 3, ["10115", "unknown", "unknown", "unknown"])
assert (codes.count(), codes.isna().sum()) == right[:2]
assert seen["sqlite"] == seen["polars"] == right and set(map(str, mended.values())) == {str(right)}
assert seen["duckdb"] == (3, 1, ["", "", "10115", "unknown"]), "no longer so: what is not found is missing"
PYTHON
# duckdb: 3 have a postcode, 1 have none: ['', '', '10115', 'unknown']
# sqlite: 1 have a postcode, 3 have none: ['10115', 'unknown', 'unknown', 'unknown']
# polars: 1 have a postcode, 3 have none: ['10115', 'unknown', 'unknown', 'unknown']
# pandas: 1 has a postcode, 3 have none
