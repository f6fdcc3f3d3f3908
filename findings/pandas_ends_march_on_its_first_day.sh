#!/usr/bin/env bash
# pandas, and sales from January to March, asked by months ("2026-01" to "2026-03")
#
# One would guess: a month as text means the same wherever pandas takes it for a time. day <= "2026-03" ends as
# .loc[:"2026-03"] does, with 31 March; or the shorter text is refused, as DuckDB and polars refuse it.
#
# What really happens: in .loc the text is the whole month, in a comparison it is midnight on its first day. The quarter
# from "2026-01" to "2026-03" has the sales of 1 March and no later ones in between(), in query() and with <=, and
# between("2026", "2026") is New Year's Day. It tells at the other end too: day > "2026-02" has all of February but
# the 1st. .loc, on the same column as an index, and Period hold the months whole. Nothing is said, and a quarter that
# is short of a month looks like a quarter.
#
# Seen with pandas 3.1.1, numpy 2.4.6, polars 2.1.0, duckdb 1.5.6, pyarrow 26.0.1 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    "pandas==3.1.1" "numpy==2.4.6" "polars==2.1.0" "duckdb==1.5.6" "pyarrow==26.0.1"
"$folder/venv/bin/python" -W error - <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl

days = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-02-20", "2026-03-01", "2026-03-31", "2026-04-02"])
sales = pd.DataFrame({"day": days, "amount": [1, 10, 20, 100, 200, 1000]})
by_day = sales.set_index("day")["amount"]
quarter = {
    ".loc": by_day.loc["2026-01":"2026-03"],
    "Period": sales["amount"][sales["day"].dt.to_period("M") <= "2026-03"],
    "<=": sales["amount"][sales["day"] <= "2026-03"],
    "between": sales["amount"][sales["day"].between("2026-01", "2026-03")],
    "query": sales.query("'2026-01' <= day <= '2026-03'")["amount"],
}
seen = {name: int(amounts.sum()) for name, amounts in quarter.items()}
print(f"January to March: {seen}")
after = int(sales["amount"][sales["day"] > "2026-02"].sum())
year = int(sales["amount"][sales["day"].between("2026", "2026")].sum())
print(f"after February: {after}, where {by_day.loc['2026-03':].sum()} was; of the year: {year} of {by_day.loc['2026'].sum()}")
refused = []
for engine, ask in {
    "polars": lambda: pl.from_pandas(sales).filter(pl.col("day") <= "2026-03"),
    "DuckDB": lambda: duckdb.sql("SELECT sum(amount) FROM sales WHERE day <= '2026-03'").fetchall(),
}.items():
    try:
        ask()
    except (pl.exceptions.InvalidOperationError, duckdb.ConversionException):
        refused.append(engine)
print(f"refused by {refused}")
assert refused == ["polars", "DuckDB"] and seen[".loc"] == seen["Period"] == 331
assert seen["<="] == seen["between"] == seen["query"] == 131, "no longer so: a month is whole in a comparison"
assert (after, year) == (1320, 1)
PYTHON
# January to March: {'.loc': 331, 'Period': 331, '<=': 131, 'between': 131, 'query': 131}
# after February: 1320, where 1300 was; of the year: 1 of 1331
# refused by ['polars', 'DuckDB']
