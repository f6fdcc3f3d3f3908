#!/usr/bin/env bash
# polars, and lines of an order as decimals: a quantity with two decimals times a price with four
#
# One would guess: a product of decimals is exact, as it is with decimal.Decimal and with DECIMAL in SQL: two decimals
# times four are six. A sum over the lines is rounded to cents once, at its end.
#
# What really happens: the product keeps as many decimals as the finer of the two, four, and is rounded there, halves to
# the even digit. Each line loses up to 0.00005, so 20,000 lines of small parts come to 2.00 where they are worth 3.00.
# DuckDB gives 3.00 on the same table, and so does polars asked in SQL: pl.sql_expr("quantity * price") is another
# number than pl.col("quantity") * pl.col("price"). No word is said.
#
# Seen with polars 2.1.0, duckdb 1.5.6, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "polars==2.1.0" "duckdb==1.5.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from decimal import Decimal

import duckdb
import polars as pl

quantity, price = [Decimal("0.50"), Decimal("0.50")], [Decimal("0.0001"), Decimal("0.0005")]
lines = pl.DataFrame(
    {"quantity": quantity * 10_000, "price": price * 10_000},
    schema={"quantity": pl.Decimal(12, 2), "price": pl.Decimal(12, 4)},
)
asked = {
    "Python": lambda: ([one * other for one, other in zip(quantity, price, strict=True)] * 10_000),
    "DuckDB": lambda: [row[0] for row in duckdb.sql("SELECT quantity * price FROM lines").fetchall()],
    "polars": lambda: lines.select(pl.col("quantity") * pl.col("price")).to_series().to_list(),
    "polars, streaming": lambda: (
        lines.lazy().select(pl.col("quantity") * pl.col("price")).collect(engine="streaming").to_series().to_list()
    ),
    "polars, SQL": lambda: lines.select(pl.sql_expr("quantity * price")).to_series().to_list(),
}
seen = {}
for name, product in asked.items():
    products = product()
    seen[name] = [str(each) for each in products[:2]], f"{sum(products):.2f}"
    print(f"{name}: lines of {seen[name][0]}, {seen[name][1]} together")
exact = (["0.000050", "0.000250"], "3.00")
assert seen["Python"] == seen["DuckDB"] == seen["polars, SQL"] == exact
assert seen["polars"] == seen["polars, streaming"] == (["0.0000", "0.0002"], "2.00"), "no longer so: products are exact"
PYTHON
# Python: lines of ['0.000050', '0.000250'], 3.00 together
# DuckDB: lines of ['0.000050', '0.000250'], 3.00 together
# polars: lines of ['0.0000', '0.0002'], 2.00 together
# polars, streaming: lines of ['0.0000', '0.0002'], 2.00 together
# polars, SQL: lines of ['0.000050', '0.000250'], 3.00 together
