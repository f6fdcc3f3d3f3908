#!/usr/bin/env bash
# DuckDB on a pandas frame whose money is decimal.Decimal, and few prices of four decimals among many of two
#
# One would guess: Decimals are exact, and whoever fetched them from a database or cast them for that reason gets exact
# sums: the column gets the decimals that the values have, or the value that does not fit is an error.
#
# What really happens: DuckDB looks at about a thousand rows, evenly apart (pandas_analyze_sample), and gives the whole
# column the decimals that it met there. Values with more are rounded to them without a word: 0.0044 is 0.00, and the
# sum is that of other prices. Which rows are looked at depends on how many there are: of 1,500 rows one has all
# decimals, of 2,000 none. A value too large for the sample's type is an error, one too fine is not. CREATE TABLE keeps
# what is left. The same frame as an Arrow table has all four decimals.
#
# Seen with duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from decimal import Decimal

import duckdb
import pandas as pd
import pyarrow as pa

ASKED = "SELECT any_value(typeof(price)), sum(price), min(price) FROM lines"


def prices(rows):
    """Prices of screws by the piece (every odd row of the first hundred) among prices of boxes."""
    return pd.DataFrame({"price": [Decimal("0.0044") if row in range(1, 100, 2) else Decimal("1.25") for row in range(rows)]})


seen = {}
for rows in (1_500, 2_000, 20_000):
    lines = prices(rows)
    exact = sum(lines["price"])
    seen[rows] = duckdb.sql(ASKED).fetchone()
    print(f"{rows:,} rows: {seen[rows][0]}, sum {seen[rows][1]}, least {seen[rows][2]}; the sum is {exact}")
    duckdb.sql("CREATE OR REPLACE TABLE kept AS SELECT * FROM lines")
    assert duckdb.sql(ASKED.replace("lines", "kept")).fetchone() == seen[rows]
    lines = pa.Table.from_pandas(lines)
    assert duckdb.sql(ASKED).fetchone()[1] == exact
assert seen[1_500][0] == "DECIMAL(5,4)"
assert seen[2_000][0] == seen[20_000][0] == "DECIMAL(3,2)", "no longer so: the column has the decimals of its values"
assert seen[2_000][2] == Decimal("0.00")
lines = prices(2_000)
lines.loc[1, "price"] = Decimal("1234.5")
try:
    duckdb.sql(ASKED).fetchone()
except duckdb.InvalidInputException as error:
    print(f"one too large: {str(error).splitlines()[0]}")
else:
    raise SystemExit("no longer so: too large a value is taken")
PYTHON
# 1,500 rows: DECIMAL(5,4), sum 1812.7200, least 0.0044; the sum is 1812.7200
# 2,000 rows: DECIMAL(3,2), sum 2437.50, least 0.00; the sum is 2437.7200
# 20,000 rows: DECIMAL(3,2), sum 24937.50, least 0.00; the sum is 24937.7200
# one too large: Invalid Input Error: Failed to cast value: Casting value "1234.5" to type DECIMAL(3,2) failed: value is out of range!
