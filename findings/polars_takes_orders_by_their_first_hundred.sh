#!/usr/bin/env bash
# polars, and orders that a shop's API gives as records (a list of dicts), of which the 121st has cents and a discount
#
# One would guess: DataFrame(records) has a column for each field that some record has, as pandas and DuckDB make it,
# and 12.75 among whole amounts makes the column a float; or, since strict is True, a value that does not fit is an
# error.
#
# What really happens: the first hundred records settle both. A field that comes later has no column, and an amount with
# cents is cut to the type of the first: 12.75 is 12, and a Decimal of four places has as many as the first ones. So a
# shop whose first hundred orders were round loses the cents of all later ones and every discount; a try on a few orders
# has both. strict=True, which is the default and is there to refuse what does not fit, does not: it is for columns, not
# for records. from_dicts and json_normalize do the same, read_ndjson loses the field, read_json cuts the amount (and
# refuses the field). No word is said. infer_schema_length=None has all.
#
# Seen with polars 2.1.0, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "polars==2.1.0" "pandas==3.1.1" "numpy==2.4.6"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import io
import json
from decimal import Decimal

import pandas as pd
import polars as pl

orders = [{"order": order, "amount": 10} for order in range(1, 121)]
orders += [{"order": 121, "amount": 12.75}, {"order": 122, "amount": 99.99}]
discounted = [{"order": order, "amount": 10} for order in range(1, 121)] + [{"order": 121, "amount": 10, "discount": 4}]
fine = [{"price": Decimal("1.10")}] * 120 + [{"price": Decimal("0.0044")}]
lines = "\n".join(map(json.dumps, discounted)).encode()
for way, frame in {
    "DataFrame": pl.DataFrame, "from_dicts": pl.from_dicts, "json_normalize": pl.json_normalize,
    "with infer_schema_length=None": lambda rows: pl.DataFrame(rows, infer_schema_length=None), "pandas": pd.DataFrame,
}.items():  # fmt: skip
    whole, wide = frame(orders), frame(discounted)
    print(f"{way}: {float(whole['amount'].sum()):,.2f}, columns {list(wide.columns)}")
    if way in ("DataFrame", "from_dicts", "json_normalize"):
        assert whole["amount"].sum() == 1_311 and wide.columns == ["order", "amount"], f"no longer so: {way} has all"
    else:
        assert float(whole["amount"].sum()) == 1_312.74 and list(wide.columns) == ["order", "amount", "discount"]
price, cut = pl.DataFrame(fine)["price"][-1], pl.read_json(io.StringIO(json.dumps(orders)))["amount"].sum()
print(f"a Decimal of 0.0044: {price}; read_ndjson: {pl.read_ndjson(io.BytesIO(lines)).columns}; read_json: {cut:,}")
assert price == 0 and cut == 1_311 and pl.read_ndjson(io.BytesIO(lines)).columns == ["order", "amount"]
PYTHON
# DataFrame: 1,311.00, columns ['order', 'amount']
# from_dicts: 1,311.00, columns ['order', 'amount']
# json_normalize: 1,311.00, columns ['order', 'amount']
# with infer_schema_length=None: 1,312.74, columns ['order', 'amount', 'discount']
# pandas: 1,312.74, columns ['order', 'amount', 'discount']
# a Decimal of 0.0044: 0.00; read_ndjson: ['order', 'amount']; read_json: 1,311
