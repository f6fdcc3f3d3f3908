#!/usr/bin/env bash
# Ibis' distinct(on=..., keep="first" or "last"), and an order of which an export holds two versions
#
# One would guess: of the rows of one order the first (or the last) stays as it is, as with pandas' drop_duplicates or
# polars' unique; which of them that is may depend on the order of the rows, but it is one of them.
#
# What really happens: each column is taken by itself, and its first (last) value that is not missing. So where a cell
# is empty, the row that comes back is none of those that were given: the first version of the order gets the discount
# and the note "cancelled" of the second, and the last version, whose discount was taken back, keeps that of the one
# before. Sums over "one row for each order" are then of amounts that stand together nowhere. No word is said. Numbered
# by ibis.row_number() and filtered, the rows stay whole.
#
# Seen with ibis-framework 12.0.0, duckdb 1.5.6, pandas 3.1.1, numpy 2.4.6, pyarrow 26.0.1, polars 2.1.0 (see the
# output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "ibis-framework[duckdb]==12.0.0" "duckdb==1.5.6" "pandas==3.1.1" "numpy==2.4.6" "pyarrow==26.0.1" "polars==2.1.0"
"$folder/venv/bin/python" - <<'PYTHON'
import ibis
import pandas as pd
import polars as pl

orders = pd.DataFrame(
    {
        "order_id": ["A1", "A1", "B1", "B1"],
        "version": [1, 2, 1, 2],
        "amount": [100.0, 80.0, 50.0, 50.0],
        "discount": [None, 20.0, 5.0, None],
        "note": [None, "cancelled", None, None],
    }
)
given = {tuple(row) for row in orders.astype(object).where(orders.notna(), None).to_numpy()}


def whole(rows):
    """How many of these rows were given so."""
    rows = pd.DataFrame(rows)
    return sum(tuple(row) in given for row in rows.astype(object).where(rows.notna(), None).to_numpy())


table = ibis.memtable(orders)
for keep in ("first", "last"):
    one_each = table.distinct(on="order_id", keep=keep).to_pandas().sort_values("order_id")
    by_pandas = orders.drop_duplicates("order_id", keep=keep)
    by_polars = pl.from_pandas(orders).unique("order_id", keep=keep, maintain_order=True).to_pandas()
    print(f"keep={keep}: Ibis {one_each.to_numpy().tolist()}")
    print(f"    net of discounts: Ibis {(one_each.amount - one_each.discount.fillna(0)).sum():.0f}, "
          f"pandas {(by_pandas.amount - by_pandas.discount.fillna(0)).sum():.0f}")
    assert whole(by_pandas) == whole(by_polars) == 2
    assert whole(one_each) == {"first": 1, "last": 1}[keep], "no longer so: rows stay whole"
numbered = table.mutate(place=ibis.row_number().over(group_by=table.order_id, order_by=table.version))
assert whole(numbered.filter(numbered.place == 0).drop("place").to_pandas()) == 2
PYTHON
# keep=first: Ibis [['A1', 1, 100.0, 20.0, 'cancelled'], ['B1', 1, 50.0, 5.0, nan]]
#     net of discounts: Ibis 125, pandas 145
# keep=last: Ibis [['A1', 2, 80.0, 20.0, 'cancelled'], ['B1', 2, 50.0, 5.0, nan]]
#     net of discounts: Ibis 105, pandas 110
