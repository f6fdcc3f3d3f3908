#!/usr/bin/env bash
# pandas' to_csv with decimal=",", for a German or French Excel, and money that is decimal
#
# One would guess: decimal="," settles how numbers of the file are written, all of them: the float and the decimal of one
# row alike, as polars' decimal_comma does; and float_format="%.2f" gives both two places.
#
# What really happens: it is for floats. Decimals, as a database, Ibis or Parquet hand them over, and those of Arrow are
# written with a point: 1234,5;1234.50 in one line. Such a column, read anew with decimal="," and thousands=".",
# is a hundred times as much (1234.50 is 123450): so pandas itself reads it, and whoever is told how the file should be.
# float_format leaves decimals alone too: prices of four places stand beside floats of two. The same report, taken from
# a table in which money is exact, is a hundred times larger on arrival. No word is said.
#
# Seen with pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1, polars 2.1.0 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1" "polars==2.1.0"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import io
from decimal import Decimal

import pandas as pd
import polars as pl
import pyarrow as pa

exact = [Decimal("1234.50"), Decimal("0.13")]
sales = pd.DataFrame({"float": [float(amount) for amount in exact], "decimal": exact})
sales["arrow"] = sales["decimal"].astype(pd.ArrowDtype(pa.decimal128(9, 2)))
sales["nullable"] = sales["float"].astype("Float64")
text = sales.to_csv(sep=";", decimal=",", float_format="%.2f", index=False)
print(text, end="")
back = pd.read_csv(io.StringIO(text), sep=";", decimal=",", thousands=".")
print(f"read with decimal=',' and thousands='.': {back.sum().to_dict()}")
of_polars = pl.DataFrame({"float": [1234.5], "decimal": exact[:1]}).write_csv(separator=";", decimal_comma=True)
print(f"polars: {of_polars.splitlines()}")
assert of_polars.splitlines()[1] == "1234,5;1234,50"
assert text.splitlines()[1] == "1234,50;1234.50;1234.50;1234,50", "no longer so: decimals have the comma too"
assert back.sum().round(2).to_dict() == {"float": 1234.63, "decimal": 123463, "arrow": 123463, "nullable": 1234.63}
PYTHON
# float;decimal;arrow;nullable
# 1234,50;1234.50;1234.50;1234,50
# 0,13;0.13;0.13;0,13
# read with decimal=',' and thousands='.': {'float': 1234.63, 'decimal': 123463.0, 'arrow': 123463.0, 'nullable': 1234.63}
# polars: ['float;decimal', '1234,5;1234,50']
