#!/usr/bin/env bash
# deltalake, and a month with cents appended to a table whose first month had whole amounts
#
# One would guess: a Delta table has a schema that holds: appending a float to a column of whole numbers is refused, as
# appending a decimal of four places to one of two is, or the schema is widened when one allows it.
#
# What really happens: decimals are refused, floats are not: 12.75 is written as 12 and 0.99 as 0, by pandas, polars and
# Arrow tables alike, and the file keeps no more. So January, of which pandas made whole numbers since it had no cents,
# decides on the cents of all months to come. The customer 12 of a file that pandas read as numbers becomes the text 12
# beside the 0012 of January, and from floats (one was missing) 12.0, so one customer is three. schema_mode="merge",
# which is there to let a schema grow, cuts just the same. No word is said.
#
# Seen with deltalake 1.6.6, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1, polars 2.1.0 (see the output below); Python
# 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "deltalake==1.6.6" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1" "polars==2.1.0"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from decimal import Decimal

import pandas as pd
import polars as pl
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import SchemaMismatchError

january = pd.DataFrame({"order": [1, 2], "amount": [5, 10]})
february = pd.DataFrame({"order": [3, 4], "amount": [12.75, 0.99]})
found = {}


def stored(table):
    """Return the rows of a table's files."""
    return pd.concat([pd.read_parquet(file) for file in DeltaTable(table).file_uris()])


for name, frame, options in [
    ("pandas", february, {}), ("polars", pl.DataFrame(february.to_dict("list")), {}),
    ("Arrow", pa.Table.from_pandas(february), {}), ("merge", february, {"schema_mode": "merge"}),
]:  # fmt: skip
    write_deltalake(name, january)
    write_deltalake(name, frame, mode="append", **options)
    amounts = stored(name)["amount"]
    found[name] = int(amounts.sum())
    print(f"{name}: {amounts.dtype}, {found[name]} where {january['amount'].sum() + february['amount'].sum():.2f} was written")
write_deltalake("decimals", pa.table({"price": pa.array([Decimal("1.10")], pa.decimal128(9, 2))}))
try:
    write_deltalake("decimals", pa.table({"price": pa.array([Decimal("0.0044")], pa.decimal128(9, 4))}), mode="append")
except SchemaMismatchError as error:
    refused = str(error)
print(refused)
write_deltalake("customers", pd.DataFrame({"customer": ["0012"]}))
write_deltalake("customers", pd.DataFrame({"customer": [12]}), mode="append")
write_deltalake("customers", pd.DataFrame({"customer": [12.0]}), mode="append")
customers = sorted(stored("customers")["customer"])
print(f"customers: {customers}")
assert "Cannot cast" in refused and customers == ["0012", "12", "12.0"]
assert set(found.values()) == {27}, "no longer so: cents are kept or refused"
PYTHON
# pandas: int64, 27 where 28.74 was written
# polars: int64, 27 where 28.74 was written
# Arrow: int64, 27 where 28.74 was written
# merge: int64, 27 where 28.74 was written
# Cannot cast field price from Decimal128(9, 4) to Decimal128(9, 2)
# customers: ['0012', '12', '12.0']
