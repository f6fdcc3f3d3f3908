"""Quotas, receivables and complaints of the public data sets through their maps, against plain SQL on the sources."""

import duckdb
import pytest
from optional import SHARED_DATA

from helpers.book import open_book
from helpers.settings.config import PROJECT_FOLDER

MAPS = PROJECT_FOLDER / "data" / "maps"
pytestmark = pytest.mark.shared


@pytest.mark.slow
@pytest.mark.parametrize("person", ["282", "283"])
def test_attainment_of_a_quarter_is_sales_over_quota_of_the_source(person):
    """A quota is dated at the end of the quarter before the one it is for."""
    folder = SHARED_DATA / "adventureworks_dw"
    book = open_book(folder, month="2013-11", map=MAPS / "adventureworks.toml")
    units = book.attainment().units
    row = units[(units["period"] == "quarter") & (units["id"] == person)].iloc[0]
    sold = duckdb.sql(f"""SELECT sum(SalesAmount::DECIMAL(18,4)) FROM '{folder}/FactResellerSales.parquet'
        WHERE EmployeeKey = {person} AND OrderDate >= '2013-10-01' AND OrderDate < '2013-12-01'""").fetchone()[
        0
    ]
    quota = duckdb.sql(f"""SELECT SalesAmountQuota FROM '{folder}/FactSalesQuota.csv'
        WHERE EmployeeKey = {person} AND Date::DATE = '2013-09-29'""").fetchone()[0]
    assert row["sales_amount"] == float(sold)
    assert row["attainment"] == pytest.approx(float(sold) / quota)


def test_late_payments_sample_owes_what_was_invoiced_and_settled_later():
    folder = SHARED_DATA / "ibm_accounts_receivable"
    result = open_book(folder, month="2013-06", map=MAPS / "ibm_receivables.toml").receivables()
    open_amount, overdue = duckdb.sql(f"""
        WITH items AS (SELECT InvoiceAmount::DECIMAL(18,4) AS amount, strptime(InvoiceDate, '%m/%d/%Y') AS invoiced,
            strptime(DueDate, '%m/%d/%Y') AS due, strptime(SettledDate, '%m/%d/%Y') AS settled
            FROM read_csv('{folder}/accounts_receivable.csv', all_varchar = true))
        SELECT sum(amount), sum(amount) FILTER (due < '2013-06-30') FROM items
        WHERE invoiced <= '2013-06-30' AND settled > '2013-06-30'""").fetchone()
    assert (result.balance_amount, result.overdue_amount) == (float(open_amount), float(overdue))


@pytest.mark.slow
def test_scale_models_shipped_less_paid_is_the_balance():
    folder = SHARED_DATA / "classicmodels"
    result = open_book(folder, month="2005-03", map=MAPS / "classicmodels.toml").receivables()
    wanted = duckdb.sql(f"""
        SELECT (SELECT sum(quantityOrdered * priceEach::DECIMAL(18,4))
                FROM '{folder}/orderdetails.csv' JOIN '{folder}/orders.csv' USING (orderNumber)
                WHERE status <> 'Cancelled' AND shippedDate <= '2005-03-31')
             - (SELECT sum(amount::DECIMAL(18,4)) FROM '{folder}/payments.csv' WHERE paymentDate <= '2005-03-31')
    """).fetchone()[0]
    assert result.balance_amount == float(wanted)
    assert round(result.ageing["amount"].sum(), 4) == result.balance_amount


def test_disputed_orders_of_scale_models_are_complaints_and_open_until_resolved():
    """Nine comments complain: four were resolved on a day they name, two cancelled, three are disputed still."""
    book = open_book(SHARED_DATA / "classicmodels", month="2005-05", map=MAPS / "classicmodels.toml")
    cases = book.facts.frame("complaint_cases")
    resolved = dict(zip(cases["opened_at"].dt.strftime("%Y-%m-%d"), cases["resolved_at"], strict=True))
    assert len(cases) == 9
    assert cases["resolved_at"].isna().sum() == 3
    assert str(resolved["2004-11-13"].date()) == "2004-12-01"  # "resolved on 12/1/04"
    assert book.complaints().open == 3
    # Who may dispute some day has not complained.
    early = open_book(SHARED_DATA / "classicmodels", month="2004-10", map=MAPS / "classicmodels.toml")
    assert len(early.facts.frame("complaint_cases")) == 3


def test_disputed_invoices_are_complaints_until_they_are_settled():
    folder = SHARED_DATA / "ibm_accounts_receivable"
    result = open_book(folder, month="2013-06", map=MAPS / "ibm_receivables.toml").complaints()
    opened, still = duckdb.sql(f"""
        WITH items AS (
            SELECT strptime(InvoiceDate, '%m/%d/%Y') AS invoiced, strptime(SettledDate, '%m/%d/%Y') AS settled
            FROM read_csv('{folder}/accounts_receivable.csv', all_varchar = true) WHERE Disputed = 'Yes')
        SELECT count(*) FILTER (invoiced BETWEEN '2012-07-01' AND '2013-06-30'),
            count(*) FILTER (invoiced <= '2013-06-30' AND settled > '2013-06-30') FROM items""").fetchone()
    assert (result.opened, result.open) == (opened, still)


@pytest.mark.slow
def test_scale_models_come_in_time_as_often_as_the_orders_say():
    folder = SHARED_DATA / "classicmodels"
    book = open_book(folder, month="2005-05", map=MAPS / "classicmodels.toml")
    judged, in_time, waiting = duckdb.sql(f"""
        SELECT count(*) FILTER (requiredDate BETWEEN '2004-06-01' AND '2005-05-31'),
            count(*) FILTER (requiredDate BETWEEN '2004-06-01' AND '2005-05-31' AND shippedDate <= requiredDate),
            count(*) FILTER (requiredDate <= '2005-05-31' AND (shippedDate IS NULL OR shippedDate > '2005-05-31'))
        FROM (SELECT requiredDate, TRY_CAST(NULLIF(shippedDate, '') AS DATE) AS shippedDate, orderNumber, status
            FROM read_csv('{folder}/orders.csv', types = {{'shippedDate': 'VARCHAR'}}))
        JOIN '{folder}/orderdetails.csv' USING (orderNumber) WHERE status <> 'Cancelled'""").fetchone()
    whole = book.delivery().totals
    assert (whole["judged"], whole["in_full"], whole["waiting_lines"]) == (judged, in_time, waiting)
    assert judged > 1000
    assert book.credit().customers["credit_limit"].notna().all()
