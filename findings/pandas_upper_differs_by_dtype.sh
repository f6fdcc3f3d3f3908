#!/usr/bin/env bash
# pandas 3, and German customer names put into capitals so that two systems' spellings meet
#
# One would guess: .str.upper() is Python's upper(), whatever the column's dtype: "Weiß" becomes "WEISS", and meets the
# "WEISS" of a system that writes in capitals, as it did with pandas 2.
#
# What really happens: the text dtype that pandas 3 gives every column of texts (with pyarrow there) writes "WEIẞ", with
# the capital ẞ, as DuckDB's upper() does; an object column and Python itself write "WEISS". So a merge on names in
# capitals finds the customer in one frame and not in the other, depending on how the frame was made, and a key that
# Python made never meets one that .str.upper() made. Ligatures as text copied from PDF holds them ("ﬁ") part in the same
# way. casefold() gives "weiss" with either dtype.
#
# Seen with pandas 3.1.1 (pyarrow 26.0.1), numpy 2.4.6, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandas==3.1.1" "pyarrow==26.0.1" "numpy==2.4.6" "duckdb==1.5.6"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb
import pandas as pd

ledger = pd.DataFrame({"name": ["Weiß Werkzeuge", "Groß & Sohn", "Proﬁ-Bau", "Müller"], "sales": [500, 300, 200, 100]})
master = pd.DataFrame({"key": [name.upper() for name in ledger["name"]], "city": ["Köln", "Bonn", "Ulm", "Jena"]})
by_dtype = {}
for dtype in ("str", "object"):
    key = ledger["name"].astype(dtype).str.upper()
    merged = ledger.assign(key=key).merge(master.astype({"key": dtype}), on="key")
    by_dtype[dtype] = (key.tolist(), int(merged["sales"].sum()))
engine = [duckdb.execute("SELECT upper(?)", [name]).fetchone()[0] for name in ledger["name"]]
folded = {dtype: ledger["name"].astype(dtype).str.casefold().tolist() for dtype in ("str", "object")}
print("dtype that pandas chose:", ledger["name"].dtype)
for dtype, (keys, sales) in by_dtype.items():
    print(f"{dtype}: {keys}, sales that found their city: {sales}")
print("DuckDB:", engine)
print("casefold alike:", folded["str"] == folded["object"], folded["str"][:2])

no_longer = "no longer so: capitals are alike"
assert str(ledger["name"].dtype) == "str"
assert by_dtype["object"] == (["WEISS WERKZEUGE", "GROSS & SOHN", "PROFI-BAU", "MÜLLER"], 1100), no_longer
assert by_dtype["str"] == (["WEIẞ WERKZEUGE", "GROẞ & SOHN", "PROﬁ-BAU", "MÜLLER"], 100), no_longer
assert engine == by_dtype["str"][0], no_longer
assert folded["str"] == folded["object"]
PYTHON
# dtype that pandas chose: str
# str: ['WEIẞ WERKZEUGE', 'GROẞ & SOHN', 'PROﬁ-BAU', 'MÜLLER'], sales that found their city: 100
# object: ['WEISS WERKZEUGE', 'GROSS & SOHN', 'PROFI-BAU', 'MÜLLER'], sales that found their city: 1100
# DuckDB: ['WEIẞ WERKZEUGE', 'GROẞ & SOHN', 'PROﬁ-BAU', 'MÜLLER']
# casefold alike: True ['weiss werkzeuge', 'gross & sohn']
