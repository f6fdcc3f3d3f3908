#!/usr/bin/env bash
# Ibis' replace() on amounts as text, of which a point parts the thousands
#
# One would guess: replace(".", "") takes all points away, as str.replace of Python and of pandas does and as Ibis' own
# manual says of it ("each"), on every engine alike. So 1.234.567,50 becomes 1234567,50, and with the comma made a point
# it is 1234567.50.
#
# What really happens: on polars only the first is taken, as polars' own method of that name does. 1234.567,50 is no
# number, and try_cast makes it missing: the largest amounts are gone from the sum, those below a million are right. With
# whole amounts it is worse, for what is left reads as a number: 1.234.567 is 1234.567, a thousandth. No word is said.
# DuckDB and SQLite, asked by the same expression, take all.
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

german = ibis.memtable(pd.DataFrame({"amount": ["12,50", "980.000,00", "1.234.567,50"]}))
whole = ibis.memtable(pd.DataFrame({"amount": ["12", "980.000", "1.234.567"]}))
plain = whole.amount.replace(".", "").cast("float64")
engines = {"DuckDB": ibis.duckdb.connect(), "SQLite": ibis.sqlite.connect(), "polars": ibis.polars.connect()}
texts, sums = {}, {}
for name, engine in engines.items():
    texts[name] = engine.execute(german.amount.replace(".", "").name("amount")).tolist()
    sums[name] = float(engine.execute(plain.sum()))
    print(f"{name}: {texts[name]}; whole amounts come to {sums[name]:,.3f}")
tried = {
    name: float(engines[name].execute(german.amount.replace(".", "").replace(",", ".").try_cast("float64").sum()))
    for name in ("DuckDB", "polars")
}
print(f"amounts with cents, by try_cast: {tried}")
assert texts["DuckDB"] == texts["SQLite"] == ["12,50", "980000,00", "1234567,50"]
assert texts["polars"] == ["12,50", "980000,00", "1234.567,50"], "no longer so: replace takes all on polars too"
assert sums["DuckDB"] == sums["SQLite"] == 2_214_579.0 and round(sums["polars"], 3) == 981_246.567
assert tried == {"DuckDB": 2_214_580.0, "polars": 980_012.5}
PYTHON
# DuckDB: ['12,50', '980000,00', '1234567,50']; whole amounts come to 2,214,579.000
# SQLite: ['12,50', '980000,00', '1234567,50']; whole amounts come to 2,214,579.000
# polars: ['12,50', '980000,00', '1234.567,50']; whole amounts come to 981,246.567
# amounts with cents, by try_cast: {'DuckDB': 2214580.0, 'polars': 980012.5}
