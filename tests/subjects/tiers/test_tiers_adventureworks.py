"""The public AdventureWorks data through the map: tiers and concentration, against plain SQL."""

from __future__ import annotations

import duckdb
import pytest
from optional import SHARED_DATA

from helpers.book import open_book
from helpers.settings.config import PROJECT_FOLDER

FOLDER = SHARED_DATA / "adventureworks_dw"
pytestmark = [pytest.mark.shared, pytest.mark.slow]
WINDOW = f"""
    SELECT BusinessType AS class, ResellerKey::VARCHAR AS reseller,
           sum(SalesAmount::DECIMAL(18,4))::DECIMAL(18,4) AS amount
    FROM read_parquet('{FOLDER}/FactResellerSales.parquet')
    JOIN read_csv('{FOLDER}/DimReseller.csv') USING (ResellerKey)
    WHERE OrderDate >= DATE '2012-11-01' AND OrderDate < DATE '2013-11-01'
    GROUP BY ALL HAVING amount > 0
"""
TIERS = """
    SELECT class, reseller, amount,
           row_number() OVER ranked AS place,
           coalesce(sum(amount) OVER (ranked ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
               / sum(amount) OVER (PARTITION BY {part}) AS before,
           CASE WHEN before < 0.75 THEN 'A' WHEN before < 0.95 THEN 'B' ELSE 'C' END AS tier
    FROM ({window}) WINDOW ranked AS (PARTITION BY {part} ORDER BY amount DESC, reseller)
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield open_book(FOLDER, "2013-10", map=PROJECT_FOLDER / "data" / "maps" / "adventureworks.toml")


@pytest.mark.parametrize(("by", "part"), [("trade_class", "class"), (None, "1")])
def test_rank_and_tier_of_every_reseller_are_those_of_plain_sql(book, by, part):
    said = duckdb.sql(TIERS.format(window=WINDOW, part=part)).fetchall()
    wanted = {reseller: (int(place), tier, float(amount)) for _, reseller, amount, place, _, tier in said}
    table = book.tiers(by).customers.dropna(subset="rank")
    found = zip(table["rank"].astype(int), table["tier"], table["amount"], strict=True)
    assert dict(zip(table["customer_id"], found, strict=True)) == wanted
    assert len({tier for _, tier, _ in wanted.values()}) == 3
    assert len({row[0] for row in said}) == 3


def test_concentration_is_that_of_plain_sql(book):
    count, total, hhi, gini, ten, ten_percent = duckdb.sql(f"""
        WITH sales AS (SELECT amount, row_number() OVER (ORDER BY amount) AS up,
                              row_number() OVER (ORDER BY amount DESC) AS down FROM ({WINDOW})),
             whole AS (SELECT count(*) AS n, sum(amount)::DOUBLE AS total FROM sales)
        SELECT any_value(n), any_value(total), sum(pow(amount / total, 2)),
               sum((2 * up - n - 1) * amount::DOUBLE) / (any_value(n) * any_value(total)),
               sum(amount) FILTER (down <= 10) / any_value(total),
               sum(amount) FILTER (down <= ceil(n * 0.1)) / any_value(total)
        FROM sales, whole
    """).fetchone()
    measures = book.concentration().measures
    assert (measures["customers"], measures["net_amount"]) == (count, pytest.approx(total, abs=1e-4))
    assert measures["hhi"] == pytest.approx(hhi, rel=1e-12)
    assert measures["gini"] == pytest.approx(gini, rel=1e-12)
    assert measures["top_10_share"] == pytest.approx(float(ten), rel=1e-12)
    assert measures["top_10_percent_share"] == pytest.approx(float(ten_percent), rel=1e-12)
    single = book.dependence().groups.set_index(["kind", "top"]).loc[("total", 1)]
    assert single["total_share"] == pytest.approx(measures["top_1_share"], rel=1e-12)
