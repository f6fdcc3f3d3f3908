#!/usr/bin/env bash
# DuckDB, and the month of an order whose time is written with an offset from UTC
#
# One would guess: '2026-03-01 02:00:00+08:00' is read in one way. Either the clock of the shop is kept (2 o'clock on
# 1 March) or the moment is moved to UTC (18 o'clock on 28 February), but the same for every type without a time zone,
# and the same whether or not the format of the times is written out.
#
# What really happens: a cast to TIMESTAMP, TIMESTAMP_S, TIMESTAMP_MS or DATE drops the offset and keeps the shop's
# clock, a cast to TIMESTAMP_NS moves the moment to UTC. A CSV column typed TIMESTAMP keeps the clock as well, but
# moves to UTC as soon as timestampformat spells out the same times with %z (a column typed DATE keeps its day under a
# dateformat with %z). With nothing typed the column becomes TIMESTAMP WITH TIME ZONE, and the month is that of the
# session's time zone: this is documented, but that zone is the machine's unless it is set. Nothing is said in any
# case, so an order in the first hours of a month is counted in either month. pandas keeps the shop's clock together
# with the offset. With DuckDB 1.3.2 the cast to TIMESTAMP and the typed column moved to UTC too (a cast to DATE did
# not), so an upgrade moves money from one month to another.
#
# Seen with duckdb 1.5.6 and 1.3.2, pandas 3.1.1, numpy 2.4.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for duckdb in 1.5.6 1.3.2; do
    python3 -m venv "$folder/$duckdb"
    "$folder/$duckdb/bin/pip" install -q --disable-pip-version-check "duckdb==$duckdb" "pandas==3.1.1" "numpy==2.4.6"
done
cat > "$folder/orders.csv" <<'CSV'
order_id,ordered_at,amount
1,2026-02-28 21:00:00+08:00,100
2,2026-03-01 02:00:00+08:00,250
3,2026-03-01 12:00:00+08:00,40
CSV
cat > "$folder/months.py" <<'PYTHON'
import sys
import warnings

import duckdb
import pandas as pd

warnings.simplefilter("error")  # a warning would be a word
path = sys.argv[1]
TYPED, FORMAT = "types = {'ordered_at': '%s'}", "'%Y-%m-%d %H:%M:%S%z'"
KEPT, MOVED = {"2026-02": 100, "2026-03": 290}, {"2026-02": 350, "2026-03": 40}


def cast(type_name):
    """The time in the first hours of March, read as this type."""
    return duckdb.execute(f"SELECT '2026-03-01 02:00:00+08:00'::{type_name}::VARCHAR").fetchone()[0]


def months(how, zone="UTC"):
    """The money of each month, the CSV read in this way in a session of this time zone."""
    options = f", {how}" if how else ""
    with duckdb.connect() as session:
        session.execute(f"SET TimeZone = '{zone}'")
        return dict(
            session.execute(
                "SELECT strftime(date_trunc('month', ordered_at), '%Y-%m') AS month, sum(amount)::INTEGER "
                f"FROM read_csv('{path}'{options}) GROUP BY month ORDER BY month"
            ).fetchall()
        )


casts = {name: cast(name) for name in ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")}
ways = {
    "typed DATE": months(TYPED % "DATE"),
    "typed TIMESTAMP": months(TYPED % "TIMESTAMP"),
    "typed TIMESTAMP_NS": months(TYPED % "TIMESTAMP_NS"),
    "typed DATE, dateformat with %z": months(f"{TYPED % 'DATE'}, dateformat = {FORMAT}"),
    "typed TIMESTAMP, timestampformat with %z": months(f"{TYPED % 'TIMESTAMP'}, timestampformat = {FORMAT}"),
    "nothing typed, session in Shanghai": months("", "Asia/Shanghai"),
    "nothing typed, session in UTC": months(""),
    "nothing typed, session in New York": months("", "America/New_York"),
}
orders = pd.read_csv(path)
month = pd.to_datetime(orders["ordered_at"]).dt.strftime("%Y-%m")
ways["pandas.to_datetime"] = orders.groupby(month)["amount"].sum().to_dict()
print(f"DuckDB {duckdb.__version__}")
for name, value in (casts | ways).items():
    print(f"  {name}: {value}")

no_longer = f"no longer so with DuckDB {duckdb.__version__}"
upgraded = duckdb.__version__ == "1.5.6"
assert casts["DATE"] == "2026-03-01", no_longer
assert casts["TIMESTAMP_NS"] == "2026-02-28 18:00:00", no_longer
for name in ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"):
    assert casts[name] == ("2026-03-01 02:00:00" if upgraded else "2026-02-28 18:00:00"), no_longer
assert ways["typed DATE"] == ways["typed DATE, dateformat with %z"] == KEPT, no_longer
assert ways["typed TIMESTAMP"] == (KEPT if upgraded else MOVED), no_longer
assert ways["typed TIMESTAMP_NS"] == ways["typed TIMESTAMP, timestampformat with %z"] == MOVED, no_longer
assert ways["nothing typed, session in Shanghai"] == KEPT, no_longer
assert ways["nothing typed, session in UTC"] == MOVED, no_longer
assert ways["nothing typed, session in New York"] == {"2026-02": 390}, no_longer
assert ways["pandas.to_datetime"] == KEPT, no_longer
PYTHON
for duckdb in 1.5.6 1.3.2; do
    "$folder/$duckdb/bin/python" "$folder/months.py" "$folder/orders.csv"
done
# DuckDB 1.5.6
#   DATE: 2026-03-01
#   TIMESTAMP: 2026-03-01 02:00:00
#   TIMESTAMP_S: 2026-03-01 02:00:00
#   TIMESTAMP_MS: 2026-03-01 02:00:00
#   TIMESTAMP_NS: 2026-02-28 18:00:00
#   typed DATE: {'2026-02': 100, '2026-03': 290}
#   typed TIMESTAMP: {'2026-02': 100, '2026-03': 290}
#   typed TIMESTAMP_NS: {'2026-02': 350, '2026-03': 40}
#   typed DATE, dateformat with %z: {'2026-02': 100, '2026-03': 290}
#   typed TIMESTAMP, timestampformat with %z: {'2026-02': 350, '2026-03': 40}
#   nothing typed, session in Shanghai: {'2026-02': 100, '2026-03': 290}
#   nothing typed, session in UTC: {'2026-02': 350, '2026-03': 40}
#   nothing typed, session in New York: {'2026-02': 390}
#   pandas.to_datetime: {'2026-02': 100, '2026-03': 290}
# DuckDB 1.3.2
#   DATE: 2026-03-01
#   TIMESTAMP: 2026-02-28 18:00:00
#   TIMESTAMP_S: 2026-02-28 18:00:00
#   TIMESTAMP_MS: 2026-02-28 18:00:00
#   TIMESTAMP_NS: 2026-02-28 18:00:00
#   typed DATE: {'2026-02': 100, '2026-03': 290}
#   typed TIMESTAMP: {'2026-02': 350, '2026-03': 40}
#   typed TIMESTAMP_NS: {'2026-02': 350, '2026-03': 40}
#   typed DATE, dateformat with %z: {'2026-02': 100, '2026-03': 290}
#   typed TIMESTAMP, timestampformat with %z: {'2026-02': 350, '2026-03': 40}
#   nothing typed, session in Shanghai: {'2026-02': 100, '2026-03': 290}
#   nothing typed, session in UTC: {'2026-02': 350, '2026-03': 40}
#   nothing typed, session in New York: {'2026-02': 390}
#   pandas.to_datetime: {'2026-02': 100, '2026-03': 290}
