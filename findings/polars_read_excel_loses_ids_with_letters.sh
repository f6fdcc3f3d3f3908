#!/usr/bin/env bash
# polars.read_excel, and customer numbers of which the first hundred have no letter
#
# One would guess: a column with numbers and texts becomes text, as it does where the first texts are near the top, and
# as polars' other engine has it; or the row that does not fit stops the reading, as it stops polars.read_csv.
#
# What really happens: the first hundred rows alone set the type, and a text that is no number is a null from there on.
# Customer A17 of row 102 is nobody, and everybody with a letter is the same nobody: their money is under null in one
# sum, or gone in a join. An amount typed as "8,50" is null too; and a row of which nothing is left so is taken for an
# empty one and dropped: the frame has a row less than the sheet. No word is said. infer_schema_length=None or
# engine="openpyxl" keep the texts.
#
# Seen with polars 2.1.0, fastexcel 0.21.0, openpyxl 3.1.5, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "polars==2.1.0" "fastexcel==0.21.0" "openpyxl==3.1.5" "pyarrow==26.0.1"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from pathlib import Path

import openpyxl
import polars as pl


def written(plain_rows):
    """Customers of numbers, then two with a letter, the second with an amount that somebody typed as text."""
    rows = [(1001 + row, 10.0) for row in range(plain_rows)] + [("A17", 500.0), ("B20", "8,50")]
    book = openpyxl.Workbook()
    for row in [("customer", "amount"), *rows]:
        book.active.append(row)
    book.save("orders.xlsx")
    Path("orders.csv").write_text("customer,amount\n" + "".join(f'{who},"{amount}"\n' for who, amount in rows))


def after(plain_rows, **options):
    """What is read below the plain rows."""
    return pl.read_excel("orders.xlsx", **options)[plain_rows:].rows()


written(98)
print(f"below 98 plain rows: {after(98)}")
assert [who for who, _ in after(98)] == ["A17", "B20"]
written(100)
print(f"below 100 plain rows: {after(100)}")
print(f"the same, all rows looked at: {after(100, infer_schema_length=None)}, engine openpyxl: {after(100, engine='openpyxl')}")
assert after(100) == [(None, 500.0)], "no longer so: ids with letters are kept"
for options in ({"infer_schema_length": None}, {"engine": "openpyxl"}):
    assert [who for who, _ in after(100, **options)] == ["A17", "B20"]
try:
    pl.read_csv("orders.csv")
except pl.exceptions.ComputeError as error:
    print(f"polars.read_csv: {str(error).splitlines()[0]}")
else:
    raise SystemExit("no longer so: read_csv takes the same rows")
PYTHON
# below 98 plain rows: [('A17', '500'), ('B20', '8,50')]
# below 100 plain rows: [(None, 500)]
# the same, all rows looked at: [('A17', '500'), ('B20', '8,50')], engine openpyxl: [('A17', '500'), ('B20', '8,50')]
# polars.read_csv: could not parse `A17` as dtype `i64` at column 'customer' (column number 1)
