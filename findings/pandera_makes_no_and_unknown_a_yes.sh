#!/usr/bin/env bash
# pandera with coerce=True, and columns of an export that are not yet what the schema asks for
#
# One would guess: coerce=True brings a column to its type and fails where a value is no such thing, which is what a
# schema is for: 2.7 pieces or cents are no int, and "False", "no" or nothing is no True. pydantic, asked for the same
# types, takes "no" for False and refuses 2.7.
#
# What really happens: the value is passed through the type's own constructor. Column(bool) makes True of "False", of
# "no", of "0" and of NaN, and False of None and of "": every customer with a flag written in words is blocked, or on
# the newsletter, and one who was not asked is either, by which kind of nothing stands in the cell. Column(int) cuts 2.7
# to 2 and -0.5 to 0, so amounts lose their cents; the schema of polars does too, while "Int64" of pandas refuses. The
# validated frame has the types that were asked for and no error. Without coerce all of these are found.
#
# Seen with pandera 0.35.0, pandas 3.1.1, polars 2.1.0, pydantic 2.14.4, numpy 2.4.6 (see the output below); Python
# 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandera[polars]==0.35.0" "pandas==3.1.1" "polars==2.1.0" "pydantic==2.14.4" "numpy==2.4.6"
"$folder/venv/bin/python" - <<'PYTHON'
import pandas as pd
import pandera.pandas as pa
import pandera.polars as pa_polars
import polars as pl
from pydantic import BaseModel, ValidationError


class Row(BaseModel):
    flag: bool = False
    pieces: int = 0


def refused(function):
    try:
        return function()
    except (pa.errors.SchemaError, pa.errors.SchemaErrors, ValidationError) as error:
        return type(error).__name__


def coerced(values, kind, coerce=True):
    frame = pd.DataFrame({"value": pd.Series(values, dtype=object if kind is bool else None)})
    schema = pa.DataFrameSchema({"value": pa.Column(kind, coerce=coerce)})
    return refused(lambda: schema.validate(frame)["value"].tolist())


flags = ["True", "False", "no", "0", "", None, float("nan")]
pieces = [2.7, 3.0, -0.5]
seen = {"bool": coerced(flags, bool), "int": coerced(pieces, int), "Int64": coerced(pieces, "Int64")}
schema = pa_polars.DataFrameSchema({"value": pa_polars.Column(int, coerce=True)})
seen["int, polars"] = refused(lambda: schema.validate(pl.DataFrame({"value": pieces}))["value"].to_list())
print(f"bool of {flags}: {seen['bool']}")
print(f"int of {pieces}: {seen['int']}, of polars {seen['int, polars']}; Int64: {seen['Int64']}")
print(f"without coerce: {coerced(flags, bool, False)}, {coerced(pieces, int, False)}")
print(f"pydantic: no is {Row(flag='no').flag}, 2.7 is {refused(lambda: Row(pieces=2.7).pieces)}")
assert seen["bool"] == [True, True, True, True, False, False, True], "no longer so: words are read, or refused"
assert seen["int"] == seen["int, polars"] == [2, 3, 0] and seen["Int64"] == "SchemaErrors"
assert coerced(flags, bool, False) == coerced(pieces, int, False) == "SchemaError"
assert Row(flag="no").flag is False and refused(lambda: Row(pieces=2.7).pieces) == "ValidationError"
PYTHON
# bool of ['True', 'False', 'no', '0', '', None, nan]: [True, True, True, True, False, False, True]
# int of [2.7, 3.0, -0.5]: [2, 3, 0], of polars [2, 3, 0]; Int64: SchemaErrors
# without coerce: SchemaError, SchemaError
# pydantic: no is False, 2.7 is ValidationError
