#!/usr/bin/env bash
# Ibis, and the months of a business year that begins in April
#
# One would guess: (month - 4) % 12 counts the months of such a year, 0 for April to 11 for March, whichever engine
# computes it: Ibis speaks Python and has one meaning for all engines, and its // rounds down on all of them.
#
# What really happens: the remainder is the engine's own. On DuckDB and SQLite January is -3, on Polars (and in Python
# and pandas) it is 9, while // is -1 on all: so on DuckDB a % b is no longer what a // b leaves, and January to March
# fall out of every group, join and range 0 to 11, on the engine that is Ibis' own default. No word is said.
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

frame = pd.DataFrame({"month": range(1, 13)})
seen = {}
for name in ("duckdb", "sqlite", "polars"):
    lines = getattr(ibis, name).connect().create_table("lines", ibis.memtable(frame))
    rows = lines.mutate(place=(lines.month - 4) % 12, year=(lines.month - 4) // 12).order_by("month").execute()
    seen[name] = rows["place"].tolist(), rows["year"].tolist()
seen["pandas"] = ((frame["month"] - 4) % 12).tolist(), ((frame["month"] - 4) // 12).tolist()
for name, (place, year) in seen.items():
    print(f"{name:6}: January to April are months {place[:4]} of years {year[:4]}")
assert len({tuple(year) for _, year in seen.values()}) == 1
assert seen["duckdb"][0][:4] == seen["sqlite"][0][:4] == [-3, -2, -1, 0], "no longer so: a remainder is as in Python"
assert seen["polars"][0][:4] == seen["pandas"][0][:4] == [9, 10, 11, 0]
PYTHON
# duckdb: January to April are months [-3, -2, -1, 0] of years [-1, -1, -1, 0]
# sqlite: January to April are months [-3, -2, -1, 0] of years [-1, -1, -1, 0]
# polars: January to April are months [9, 10, 11, 0] of years [-1, -1, -1, 0]
# pandas: January to April are months [9, 10, 11, 0] of years [-1, -1, -1, 0]
