"""Rates by day convert the same amounts on Spark as on DuckDB, and a day without one stops both."""

from __future__ import annotations

import pandas as pd
import pytest
from spark_shop import ENGINES, rows_of

from helpers.errors import WorkbookError
from helpers.intake import reconciliation
from helpers.intake.values.rates import FILE

pytestmark = pytest.mark.spark
EUROS = {"currency": "EUR"}


def sold_abroad(shop):
    shop.write(
        "order_lines.csv", "order_id,order_date,customer_id,quantity,net_amount,currency",
        "1,2026-01-05,c1,1,100,USD", "2,2026-01-10,c1,1,33.33,USD", "3,2026-01-09,c2,1,50,EUR",
        "4,2026-01-09,c2,1,1000,JPY",
    )  # fmt: skip
    shop.write(
        "exchange_rates.csv", "Date,USD/EUR,100JPY/EUR", "2026-01-05,0.912345,0.61", "2026-01-09,0.951,0.62"
    )
    shop.write(
        "invoices.csv", "invoice_id,customer_id,invoice_date,due_date,amount,currency",
        "i1,c1,2026-01-05,2026-02-05,100,USD",
    )  # fmt: skip
    shop.write(
        "payments.csv",
        "payment_date,invoice_id,amount,currency",
        "2026-01-09,i1,33.33,USD",
        "2026-01-09,i1,66.67,USD",
    )
    shop.write("quotes.csv", "quote_id,quote_date,customer_id,amount,currency", "q1,2026-01-09,c1,100,USD")


def test_lines_invoices_and_payments_are_converted_alike(shop):
    sold_abroad(shop)
    duckdb, spark = (shop.read(engine, report=EUROS, source={"rates_hold_days": 1}) for engine in ENGINES)
    for table in ("order_lines", "invoices", "payments", "quotes", "exchange_rates"):
        pd.testing.assert_frame_equal(rows_of(spark, table), rows_of(duckdb, table))
    pd.testing.assert_frame_equal(pd.read_parquet(spark.folder / FILE), pd.read_parquet(duckdb.folder / FILE))
    pd.testing.assert_frame_equal(reconciliation(spark), reconciliation(duckdb))
    settled, owed = (rows_of(spark, name)[column].sum() for name, column in
                     (("payments", "settled_amount"), ("invoices", "amount")))  # fmt: skip
    assert settled == owed


def test_a_day_without_a_rate_stops_spark_too(shop):
    sold_abroad(shop)
    with pytest.raises(
        WorkbookError, match="column currency: exchange_rates has no rate of USD on 2026-01-10"
    ):
        shop.read("spark", report=EUROS)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_rates_of_one_day_stop_the_run(shop, engine):
    sold_abroad(shop)
    shop.write("exchange_rates.csv", "Date,USD/EUR,100JPY/EUR", "2026-01-05,0.9,0.61", "2026-01-05,0.8,0.61")
    with pytest.raises(WorkbookError, match=r"exchange_rates: USD is 0.8 in .* and 0.9 for the same time"):
        shop.read(engine, report=EUROS)
