#!/usr/bin/env bash
# polars, and each customer's share of sales that are decimals of two places: ABC classes by the running share
#
# One would guess: amount / amount.sum() is a share of some ten digits or a float, as it is in DuckDB and with
# decimal.Decimal. The shares of all customers add up to one.
#
# What really happens: a quotient of two decimals has the places of the dividend: two. Every share is a whole per cent:
# of a thousand customers 60 have 0.01 each and the other 940 have 0.00, where they bring 0.04 % each and two fifths of
# sales together. The running share ends at 0.60, so that all of them are within the first 80 % and class A, where
# floats have 541. With three customers and round shares it looks right. The mean of the same column is a float with all
# digits. A margin of 12.5 % is 0.12, a price for a kilogramme of something that costs 0.30 for 80 kilogrammes is 0.00.
# No word is said. cast(pl.Float64) before dividing has the shares.
#
# Seen with polars 2.1.0, duckdb 1.5.6, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "polars==2.1.0" "duckdb==1.5.6" "pyarrow==26.0.1"
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PYTHON'
from decimal import Decimal

import duckdb
import polars as pl

amounts = [Decimal("900.00")] * 60 + [Decimal("40.00")] * 940
sales = pl.DataFrame({"customer": range(1_000), "amount": amounts}, schema_overrides={"amount": pl.Decimal(12, 2)})
amount, as_float = pl.col("amount"), pl.col("amount").cast(pl.Float64)


def classes(share):
    """Return the sum of the shares, and how many customers lie within the first four fifths of sales."""
    found = sales.sort("amount", descending=True).select(share=share, running=share.cum_sum())
    return float(found["share"].sum()), found.filter(pl.col("running") <= Decimal("0.8")).height


decimals, floats = classes(amount / amount.sum()), classes(as_float / as_float.sum())
by_duckdb = duckdb.sql("SELECT sum(share) FROM (SELECT amount / sum(amount) OVER () AS share FROM sales)").fetchone()[0]
margin = pl.select(pl.lit(Decimal("12.50")) / pl.lit(Decimal("100.00"))).item()
print(f"decimals: shares add up to {decimals[0]:.2f}, {decimals[1]} of 1,000 customers in class A")
print(f"floats: {floats[0]:.2f}, {floats[1]} in class A; DuckDB: {by_duckdb:.2f}; 12.50 of 100.00: {margin}")
assert floats[1] < 1_000 and round(floats[0], 9) == round(by_duckdb, 9) == 1
assert decimals == (0.6, 1_000) and margin == Decimal("0.12"), "no longer so: a share has more decimals than two"
PYTHON
# decimals: shares add up to 0.60, 1000 of 1,000 customers in class A
# floats: 1.00, 541 in class A; DuckDB: 1.00; 12.50 of 100.00: 0.12
