"""The public AdventureWorks data: what the facts and the composition say, against plain SQL."""

from __future__ import annotations

import datetime as dt

import duckdb
import pandas as pd
import pytest
from frames import composed
from optional import SHARED_DATA

from helpers.core.amounts import to_units
from helpers.core.periods import CompanyYear
from helpers.engine.months.coverage import read_default_month
from helpers.intake.tables import StandardTables
from helpers.settings.config import Settings
from helpers.subjects.registry import open_facts

FOLDER = SHARED_DATA / "adventureworks_dw"
pytestmark = pytest.mark.shared
LINES = """
    SELECT SalesOrderNumber AS order_id, OrderDate::DATE AS order_date, ResellerKey::VARCHAR AS customer_id,
           SalesOrderLineNumber::VARCHAR AS line_no, ProductKey::VARCHAR AS product_id,
           OrderQuantity::DECIMAL(18,4) AS quantity, SalesAmount::DECIMAL(18,4) AS net_amount,
           NULL::DECIMAL(18,4) AS list_amount, TotalProductCost::DECIMAL(18,4) AS cost_amount,
           EmployeeKey::VARCHAR AS salesperson_id, NULL::DATE AS enquiry_date
    FROM read_parquet('{folder}/FactResellerSales.parquet')
"""
CUSTOMERS = """
    SELECT ResellerKey::VARCHAR AS customer_id, ResellerName AS name, BusinessType AS trade_class,
           NULL::VARCHAR AS region, NULL::VARCHAR AS industry, NULL::VARCHAR AS size_class,
           NULL::VARCHAR AS salesperson_id, NULL::VARCHAR AS acquisition_source,
           NULL::DATE AS first_contact_date, NULL::DECIMAL(18,4) AS credit_limit,
           NULL::VARCHAR AS interest_level, NULL::VARCHAR AS parent_id, NULL::VARCHAR AS status,
           NULL::DATE AS closed_date,
           NULL::VARCHAR AS tax_number, NULL::VARCHAR AS phone, NULL::VARCHAR AS address, NULL::VARCHAR AS town,
           NULL::DATE AS valid_from
    FROM read_csv('{folder}/DimReseller.csv')
"""


@pytest.fixture(scope="module")
def resellers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adventureworks")
    for table, query in {"order_lines": LINES, "customers": CUSTOMERS}.items():
        duckdb.sql(f"COPY ({query.format(folder=FOLDER)}) TO '{folder / table}.parquet'")
    supplied = {
        "order_lines": frozenset({"order_id", "order_date", "customer_id", "net_amount", "salesperson_id"}),
        "customers": frozenset({"customer_id", "name", "trade_class"}),
    }
    return StandardTables(folder, "adventureworks", supplied, ())


def test_sales_by_business_type_are_those_of_plain_sql(resellers, tmp_path):
    month = read_default_month(resellers, dt.date(2026, 11, 28)).month
    assert str(month) == "2013-11"  # the last orders are of Friday, 29 November
    facts = open_facts(resellers, month, Settings(), tmp_path)
    result = composed(facts.frame("customers"), facts.frame("customer_months"), month)
    wanted = duckdb.sql(f"""
        SELECT BusinessType, sum(SalesAmount)::DECIMAL(18,4), count(DISTINCT ResellerKey)
        FROM read_parquet('{FOLDER}/FactResellerSales.parquet') JOIN read_csv('{FOLDER}/DimReseller.csv')
             USING (ResellerKey)
        WHERE OrderDate >= DATE '2012-12-01' GROUP BY ALL ORDER BY 2 DESC
    """).fetchall()
    assert len(wanted) == 3
    groups = result.groups
    assert groups["group"].tolist() == [name for name, _, _ in wanted]
    assert to_units(groups["net_amount"]).tolist() == [int(amount * 10_000) for _, amount, _ in wanted]
    assert groups["customers"].tolist() == [count for _, _, count in wanted]
    assert facts.frame("customer_months")["net_amount"].sum() == pytest.approx(80_450_596.98, abs=0.01)


def test_the_year_to_date_of_a_year_from_july_is_that_of_plain_sql(resellers, tmp_path):
    month, year = pd.Period("2013-04", "M"), CompanyYear(7)
    facts = open_facts(resellers, month, Settings(), tmp_path)
    total = composed(facts.frame("customers"), facts.frame("customer_months"), month, year=year).total.iloc[0]
    now, before = duckdb.sql(f"""
        SELECT sum(SalesAmount) FILTER (OrderDate BETWEEN DATE '2012-07-01' AND DATE '2013-04-30')::DECIMAL(18,4),
               sum(SalesAmount) FILTER (OrderDate BETWEEN DATE '2011-07-01' AND DATE '2012-04-30')::DECIMAL(18,4)
        FROM read_parquet('{FOLDER}/FactResellerSales.parquet')
    """).fetchone()
    found = to_units(total[["ytd_net_amount", "ytd_previous_net_amount"]])
    assert found.tolist() == [int(now * 10_000), int(before * 10_000)]


def test_resellers_belong_to_who_sold_to_them_last(resellers, tmp_path):
    month = pd.Period("2012-06", "M")
    facts = open_facts(resellers, month, Settings(), tmp_path)
    owner = facts.frame("customers").set_index("customer_id")["salesperson_id"]
    last = duckdb.sql(f"""
        SELECT ResellerKey::VARCHAR, arg_max(EmployeeKey::VARCHAR, (OrderDate, SalesOrderNumber))
        FROM read_parquet('{FOLDER}/FactResellerSales.parquet')
        WHERE OrderDate < DATE '2012-07-01' GROUP BY ALL
    """).fetchall()
    assert owner.dropna().to_dict() == dict(last)
    assert len(owner) == 701
