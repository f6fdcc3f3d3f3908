"""The two public data sets through their maps to a month's report, checked against plain SQL on the source files."""

import duckdb
import pytest
from optional import SHARED_DATA
from state_words import ENGLISH, assert_one_count_each, counts_in

from helpers.book import open_book
from helpers.report.monthly import make_report
from helpers.report.requests import ReportRequest
from helpers.settings.config import PROJECT_FOLDER

ADVENTUREWORKS = SHARED_DATA / "adventureworks_dw"
ONLINE_RETAIL = SHARED_DATA / "online_retail_y1"
MAPS = PROJECT_FOLDER / "data" / "maps"

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def adventureworks():
    return open_book(ADVENTUREWORKS, month="2013-10", map=MAPS / "adventureworks.toml")


@pytest.fixture(scope="module")
def online_retail():
    return open_book(ONLINE_RETAIL, month="2010-11", map=MAPS / "online_retail.toml")


def test_reseller_types_bring_what_plain_sql_says(adventureworks):
    rows = duckdb.sql(f"""
        SELECT BusinessType, count(DISTINCT ResellerKey), sum(SalesAmount::DECIMAL(18,4))
        FROM '{ADVENTUREWORKS}/FactResellerSales.parquet' JOIN '{ADVENTUREWORKS}/DimReseller.csv' USING (ResellerKey)
        WHERE OrderDate >= '2012-11-01' AND OrderDate < '2013-11-01' GROUP BY ALL
    """).fetchall()
    groups = adventureworks.composition().groups
    ours = zip(groups["group"], groups["customers"], groups["net_amount"], strict=True)
    assert set(ours) == {(kind, customers, float(amount)) for kind, customers, amount in rows}


def test_a_salespersons_month_and_quota_are_those_of_the_source(adventureworks):
    """Employee 282 in October 2013: own sales, and a third of the fourth quarter's quota."""
    sold = duckdb.sql(f"""
        SELECT sum(SalesAmount::DECIMAL(18,4)) FROM '{ADVENTUREWORKS}/FactResellerSales.parquet'
        WHERE EmployeeKey = 282 AND OrderDate >= '2013-10-01' AND OrderDate < '2013-11-01'
    """).fetchone()[0]
    quota = duckdb.sql(f"""
        SELECT SalesAmountQuota FROM '{ADVENTUREWORKS}/FactSalesQuota.csv'
        WHERE EmployeeKey = 282 AND Date::DATE BETWEEN '2013-07-01' AND '2013-10-31' ORDER BY Date DESC LIMIT 1
    """).fetchone()[0]
    book = open_book(
        ADVENTUREWORKS, month="2013-10", map=MAPS / "adventureworks.toml", scope="salesperson:282"
    )
    total = book.composition().total.iloc[0]
    assert total["month_net_amount"] == float(sold)
    assert total["plan_month_amount"] == pytest.approx(float(quota) / 3, abs=0.01)


def test_the_wholesalers_month_is_what_plain_sql_says(online_retail):
    """Repeated lines counted once; bad debts, fees and tests left out; returns and unnamed customers kept."""
    sold = duckdb.sql(f"""
        WITH lines AS (SELECT DISTINCT * FROM '{ONLINE_RETAIL}/online_retail_2009_2010.parquet')
        SELECT sum(Quantity * Price::DECIMAL(18,4)) FROM lines
        WHERE InvoiceDate >= '2010-11-01' AND InvoiceDate < '2010-12-01'
          AND StockCode NOT IN ('B', 'BANK CHARGES', 'AMAZONFEE') AND StockCode NOT LIKE 'TEST%'
    """).fetchone()[0]
    assert online_retail.composition().total["month_net_amount"].iloc[0] == float(sold)


def test_the_wholesalers_first_year_is_not_called_growth(online_retail):
    assert not online_retail.bridge().comparable
    assert online_retail.composition().total["change_amount"].isna().all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "map_name", "month"),
    [
        (ADVENTUREWORKS, "adventureworks", "2013-10"),
        pytest.param(ONLINE_RETAIL, "online_retail", "2010-11", marks=pytest.mark.long),
    ],
)
def test_the_report_of_public_data_is_made_whole(data, map_name, month, tmp_path):
    request = ReportRequest(data=str(data), map=MAPS / f"{map_name}.toml", month=month, out=tmp_path)
    result = make_report(request, lambda step: None)
    assert result.failures == ()
    assert result.warnings == {}
    page = (result.folder / "01_customer_composition.html").read_text(encoding="utf-8")
    book = open_book(data, month=month, map=request.map)
    assert f"{book.composition().total.iloc[0]['net_amount']:,.0f}" in page
    assert_one_count_each(counts_in(result.folder, ENGLISH), book.customer_states(), ENGLISH)
