#!/usr/bin/env bash
# polars' SQL, and the province at the head of Chinese addresses: LEFT(address, STRPOS(address, '省'))
#
# One would guess: STRPOS counts what LEFT and SUBSTR take, characters, as it does in PostgreSQL and DuckDB, from whose SQL
# polars has the names, and as polars' own LENGTH counts them; so 广东省深圳市南山区 gives 广东省.
#
# What really happens: STRPOS and POSITION count bytes, of which a Chinese character has three: 省, the third character, is
# at 7, so the province is 广东省深圳市南, the first letters of the district with it. Every district is a province of its own
# in a table of sales; of an address that is short the province is all of it. What comes from behind it, by SUBSTR(address,
# STRPOS(...) + 1), begins in the wrong place or is empty. With English addresses ("Kent, Dover") the same line is right,
# with Müller's and Malmö's it is off by one. No word is said. (The method str.find says of itself that it gives bytes.)
# SPLIT_PART has the province.
#
# Seen with polars 2.1.0, duckdb 1.5.6 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "polars==2.1.0" "duckdb==1.5.6"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import polars as pl

rows = [("广东省深圳市南山区科技路1号", 100), ("广东省深圳市福田区新洲路2号", 50), ("浙江省杭州市西湖区文三路3号", 200)]
LINES = "(VALUES " + ", ".join(f"('{address}', {net})" for address, net in rows) + ") AS sold(address, net)"
sold = pl.DataFrame(rows, schema=["address", "net"], orient="row")
QUESTION = "SELECT LEFT(address, STRPOS(address, '省')) AS province, SUM(net) AS net FROM {} GROUP BY 1 ORDER BY 2"
polars = pl.SQLContext(sold=sold).execute(QUESTION.format("sold"), eager=True).rows()
duck = [(province, int(net)) for province, net in duckdb.sql(QUESTION.format(LINES)).fetchall()]
print("polars:", polars)
print("duckdb:", duck)
COUNT = "SELECT STRPOS('广东省', '省') AS at, POSITION('省' IN '广东省') AS position, LENGTH('广东省') AS length"
counts = {"polars": pl.SQLContext().execute(COUNT, eager=True).rows()[0], "duckdb": duckdb.sql(COUNT).fetchone()}
print("STRPOS, POSITION and LENGTH:", counts)
assert polars == [("广东省深圳市福", 50), ("广东省深圳市南", 100), ("浙江省杭州市西", 200)], "no longer so: characters"
assert duck == [("广东省", 150), ("浙江省", 200)]
assert counts == {"polars": (7, 7, 3), "duckdb": (3, 3, 3)}
PYTHON
# polars: [('广东省深圳市福', 50), ('广东省深圳市南', 100), ('浙江省杭州市西', 200)]
# duckdb: [('广东省', 150), ('浙江省', 200)]
# STRPOS, POSITION and LENGTH: {'polars': (7, 7, 3), 'duckdb': (3, 3, 3)}
