#!/usr/bin/env bash
# pandera on Ibis tables, and a column of order numbers that is declared unique
#
# One would guess: Column(unique=True), or Field(unique=True) of a model, finds a repeated order number on an Ibis
# table as it does on pandas; or it says that it cannot on this kind of table.
#
# What really happens: the table passes. Other rules of the same column (isin, a type) are held on Ibis, and
# unique=[...] of the whole schema is too; only a column's own unique is taken and not looked at, lazily or not,
# without a warning. Whoever moved a schema from pandas to Ibis counts orders twice that the same schema used to stop.
#
# Seen with pandera 0.35.0, ibis-framework 12.0.0, duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6 (see the output below);
# Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandera[pandas]==0.35.0" "ibis-framework[duckdb]==12.0.0" "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import warnings

import ibis
import ibis.expr.datatypes as types
import pandas as pd
import pandera.ibis as on_ibis
import pandera.pandas as on_pandas
from pandera.errors import SchemaError

orders = pd.DataFrame({"order_id": ["A1", "A1", "A2"], "amount": [10, 10, 5]})
table = ibis.memtable(orders)


def verdict(schema, data):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            schema.validate(data)
        except SchemaError:
            return "stopped"
    return "passes" + (" with a warning" if [each for each in said if "unique" in str(each.message)] else "")


class Orders(on_ibis.DataFrameModel):
    order_id: str = on_ibis.Field(unique=True)
    amount: int


text = on_ibis.Column(types.String)
seen = {
    "pandas, Column(unique=True)": verdict(on_pandas.DataFrameSchema({"order_id": on_pandas.Column(str, unique=True)}), orders),
    "Ibis, Column(unique=True)": verdict(on_ibis.DataFrameSchema({"order_id": on_ibis.Column(types.String, unique=True)}), table),
    "Ibis, Field(unique=True)": verdict(Orders, table),
    "Ibis, Column with isin": verdict(
        on_ibis.DataFrameSchema({"order_id": on_ibis.Column(types.String, on_ibis.Check.isin(["A1"]))}), table
    ),
    "Ibis, schema with unique": verdict(on_ibis.DataFrameSchema({"order_id": text}, unique=["order_id"]), table),
}
for name, found in seen.items():
    print(f"{name}: {found}")
assert seen["pandas, Column(unique=True)"] == seen["Ibis, Column with isin"] == seen["Ibis, schema with unique"] == "stopped"
assert seen["Ibis, Column(unique=True)"] == seen["Ibis, Field(unique=True)"] == "passes", "no longer so: it is looked at"
PYTHON
# pandas, Column(unique=True): stopped
# Ibis, Column(unique=True): passes
# Ibis, Field(unique=True): passes
# Ibis, Column with isin: stopped
# Ibis, schema with unique: stopped
