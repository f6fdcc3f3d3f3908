#!/usr/bin/env bash
# frictionless' extract and to_pandas, and an export in which amounts from a thousand on are written 1,234.50
#
# One would guess: a column in which some cells are no numbers is text; or extract stops or says so, since that is what
# the library is for. A cell is never lost between the file and the rows.
#
# What really happens: a type is settled as soon as nine tenths of the sample (the first hundred rows) fit it, and every
# cell further down that does not is None in the rows, NaN in pandas. Of 22 orders of which the last two are large, those
# two are blank: 210.00 in place of 13,789.50, in a column of numbers, and customer A17 below twenty numbers is nobody. The
# same rows with the large ones first are texts, so the order of the file decides, and behind the hundredth row every such
# amount is lost. validate() of the same file names the cells; extract and to_pandas say nothing. field_confidence=1 (in
# a Detector) makes a text of such a column, as far as the sample goes.
#
# Seen with frictionless 5.21.0, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "frictionless[pandas]==5.21.0" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from pathlib import Path

from frictionless import Detector, Resource, extract, validate

small = [f"{order},{100 + order},{order}.00" for order in range(1, 21)]
large = ['21,121,"1,234.50"', '22,A17,"12,345.00"']


def amounts(name, rows, **options):
    """Write the orders; what pandas has of their amounts, and whether the file is called valid."""
    Path(name).write_text("\n".join(["order,customer,net", *rows]) + "\n")
    net = Resource(name, **options).to_pandas()["net"]
    total = net.sum() if net.dtype.kind == "f" else "texts"
    print(f"{name}: {len(net)} rows, {int(net.isna().sum())} blank, total {total}, valid: {validate(name).valid}")
    return total, int(net.isna().sum())


last = amounts("last.csv", [*small, *large])
rows = next(iter(extract("last.csv").values()))
print("extract:", [(row["customer"], row["net"]) for row in rows[-3:]])
first = amounts("first.csv", [*large, *small])
sure = amounts("sure.csv", [*small, *large], detector=Detector(field_confidence=1))
later = amounts("later.csv", [*small * 5, *large], detector=Detector(field_confidence=1))
assert [row["net"] for row in rows[-2:]] == [None, None] and rows[-1]["customer"] is None, "no longer so: cells stay"
assert float(last[0]) == 210 and last[1] == later[1] == 2 and first == sure == ("texts", 0)
PYTHON
# last.csv: 22 rows, 2 blank, total 210.0, valid: False
# extract: [(120, Decimal('20.00')), (121, None), (None, None)]
# first.csv: 22 rows, 0 blank, total texts, valid: True
# sure.csv: 22 rows, 0 blank, total texts, valid: False
# later.csv: 102 rows, 2 blank, total 1050.0, valid: False
