#!/usr/bin/env bash
# Ibis' bucket() of weeks and fortnights, beside truncate("W")
#
# One would guess: one expression has the same weeks on every engine, and bucket(weeks=1) is bucket(days=7): the manual
# has buckets counted from 1 January 1970 on. And a fortnight is made of two of the weeks of truncate("W").
#
# What really happens: DuckDB counts as the manual says, and since that day was a Thursday its weeks and fortnights begin
# on Thursdays, and the sales of a week beside those of truncate("W") are of other days. polars has weeks from Monday by
# bucket(weeks=1) and from Thursday by bucket(days=7). So fortnights of one engine joined to those of the other find
# nothing, and sums beside each other are of other days. Without Ibis they are others still: DuckDB's own time_bucket
# begins them on a Monday, and a week beside those of polars' truncate("2w"). Totals are right in all of them.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, polars 2.1.0, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the
# output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb,polars]==12.0.0" "duckdb==1.5.6" "polars==2.1.0" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import ibis
import pandas as pd
import polars as pl

days = pd.DataFrame({"day": pd.date_range("2026-03-02", "2026-03-15")})
table = ibis.memtable(days)
engines = {"DuckDB": ibis.duckdb.connect(), "polars": ibis.polars.connect()}
ways = {
    'truncate("W")': table.day.truncate("W"), "bucket(weeks=1)": table.day.bucket(weeks=1),
    "bucket(days=7)": table.day.bucket(days=7), "bucket(weeks=2)": table.day.bucket(weeks=2),
}


def begins(values):
    return sorted({f"{pd.Timestamp(value):%a %d %b}" for value in values}, key=lambda text: pd.Timestamp(f"{text[4:]} 2026"))


seen = {}
for name, engine in engines.items():
    for way, expression in ways.items():
        seen[name, way] = begins(engine.execute(expression.name("begin")))
        print(f"{name}, {way}: from {', '.join(seen[name, way])}")
fortnights = {
    "DuckDB's time_bucket": begins(duckdb.sql("SELECT time_bucket(INTERVAL 14 DAYS, day) FROM days").df().iloc[:, 0]),
    "polars' truncate": begins(pl.from_pandas(days)["day"].dt.truncate("2w").to_list()),
}
print(f"fortnights from: {fortnights}")
monday, thursday = ["Mon 02 Mar", "Mon 09 Mar"], ["Thu 26 Feb", "Thu 05 Mar", "Thu 12 Mar"]
assert all(seen[name, 'truncate("W")'] == monday for name in engines)
assert seen["DuckDB", "bucket(weeks=1)"] == thursday, "no longer so: weeks of bucket() begin otherwise on DuckDB"
assert seen["polars", "bucket(days=7)"] == seen["DuckDB", "bucket(days=7)"] == thursday
assert seen["polars", "bucket(weeks=1)"] == monday, "no longer so: weeks of bucket() are those of DuckDB on polars"
assert len({str(seen["DuckDB", "bucket(weeks=2)"]), *map(str, fortnights.values())}) == 3
PYTHON
# DuckDB, truncate("W"): from Mon 02 Mar, Mon 09 Mar
# DuckDB, bucket(weeks=1): from Thu 26 Feb, Thu 05 Mar, Thu 12 Mar
# DuckDB, bucket(days=7): from Thu 26 Feb, Thu 05 Mar, Thu 12 Mar
# DuckDB, bucket(weeks=2): from Thu 26 Feb, Thu 12 Mar
# polars, truncate("W"): from Mon 02 Mar, Mon 09 Mar
# polars, bucket(weeks=1): from Mon 02 Mar, Mon 09 Mar
# polars, bucket(days=7): from Thu 26 Feb, Thu 05 Mar, Thu 12 Mar
# polars, bucket(weeks=2): from Mon 02 Mar
# fortnights from: {"DuckDB's time_bucket": ['Mon 23 Feb', 'Mon 09 Mar'], "polars' truncate": ['Mon 02 Mar']}
