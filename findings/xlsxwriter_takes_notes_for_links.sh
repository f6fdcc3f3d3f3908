#!/usr/bin/env bash
# pandas' to_excel by XlsxWriter and polars' write_excel, and notes on customers that begin with "internal:" or "external:"
#
# One would guess: a text becomes a link where it is an address (https://...), as Excel makes one while one types; and a
# cell that became a link still shows the text that it was given.
#
# What really happens: "internal:" and "external:" are XlsxWriter's own marks of links, to a place in the book and to a
# file, so a note that begins so becomes a link to nowhere, and the mark is taken out of the cell: "internal: credit hold,
# not to the customer" reads " credit hold, not to the customer", and whoever filters for internal notes, or reads the
# file again, finds none. mailto: is taken away too, so a column of contacts written alike is not. A note of 2,100
# characters with such a beginning is not written at all (of that there is a warning). By openpyxl the notes are whole, so
# it hangs on which of the two is installed, for pandas takes XlsxWriter where it finds it. Its manual tells of the
# option strings_to_urls, for addresses (issue 1112 of its repository); with it off the texts stay.
#
# Seen with xlsxwriter 3.3.1, pandas 3.1.1, polars 2.1.0, openpyxl 3.1.5, numpy 2.4.6, pyarrow 26.0.1 (see the output
# below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "xlsxwriter==3.3.1" "pandas==3.1.1" "polars==2.1.0" "openpyxl==3.1.5" "numpy==2.4.6" "pyarrow==26.0.1"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import warnings

import pandas as pd
import polars as pl

frame = pd.DataFrame({
    "customer": ["C1", "C2", "C3", "C4"],
    "note": ["internal: credit hold", "external: bills by another firm", "mailto:shop@customer.example", "calls on Mondays"],
})
frame.to_excel("chosen.xlsx", index=False)
frame.to_excel("openpyxl.xlsx", index=False, engine="openpyxl")
frame.to_excel("off.xlsx", index=False, engine="xlsxwriter", engine_kwargs={"options": {"strings_to_urls": False}})
pl.DataFrame(frame.to_dict("list")).write_excel("polars.xlsx")
read = {name: pd.read_excel(f"{name}.xlsx")["note"].tolist() for name in ("chosen", "polars", "openpyxl", "off")}
for name, notes in read.items():
    print(f"{name}: {notes}, internal: {sum(note.startswith('internal') for note in notes)}")
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    pd.DataFrame({"note": ["internal: " + "x" * 2100]}).to_excel("long.xlsx", index=False)
long = pd.read_excel("long.xlsx")["note"].tolist()
print(f"a long note: {long}, warnings: {len(said)}")
assert read["chosen"] == read["polars"], "no longer so: they differ"
assert read["chosen"] == [" credit hold", " bills by another firm", "shop@customer.example", "calls on Mondays"]
assert read["openpyxl"] == read["off"] == frame["note"].tolist() and not long and said
PYTHON
# chosen: [' credit hold', ' bills by another firm', 'shop@customer.example', 'calls on Mondays'], internal: 0
# polars: [' credit hold', ' bills by another firm', 'shop@customer.example', 'calls on Mondays'], internal: 0
# openpyxl: ['internal: credit hold', 'external: bills by another firm', 'mailto:shop@customer.example', 'calls on Mondays'], internal: 1
# off: ['internal: credit hold', 'external: bills by another firm', 'mailto:shop@customer.example', 'calls on Mondays'], internal: 1
# a long note: [], warnings: 1
