"""Intake on Spark keeps, sets aside and accounts for the same rows as on DuckDB."""

from __future__ import annotations

import pandas as pd
import pytest
from spark_orders import HEADER, ORDERS
from spark_shop import ENGINES, quarantine_of, rows_of

from helpers.errors import WorkbookError
from helpers.intake import read_tables, reconciliation
from helpers.intake.cache import TABLES_OF_RUN
from helpers.settings.config import parse_settings

pytestmark = pytest.mark.spark


def test_rows_that_break_a_rule_are_set_aside_for_the_same_reason_and_money_reconciles(shop):
    shop.write("order_lines.csv", *ORDERS)
    shop.write("products.csv", "product_id,offering_role,stock", "p1,Core,3", "p2,gadget,4")
    duckdb, spark = (shop.read(engine) for engine in ENGINES)
    assert spark.supplied == duckdb.supplied
    pd.testing.assert_frame_equal(rows_of(spark), rows_of(duckdb))
    pd.testing.assert_frame_equal(rows_of(spark, "products"), rows_of(duckdb, "products"))
    pd.testing.assert_frame_equal(reconciliation(spark), reconciliation(duckdb))
    ours, theirs = quarantine_of(spark), quarantine_of(duckdb)
    repeated = theirs["rule"] == "duplicate"  # a row has no number on Spark
    assert repeated.sum() == 1
    assert ours["sentence"][repeated].tolist() == ["the same record already stands in order_lines.csv."]
    pd.testing.assert_frame_equal(ours[~repeated], theirs[~repeated])


def test_declared_formats_lookups_and_sql_of_the_map_mean_the_same(shop):
    shop.write(
        "lines.csv",
        "nr;day;who;amount;kind",
        "1;3/4/2026;10;1.234,50;sale",
        "2;13/04/2026;11;-5,25;sale",
        "3;14/04/2026;12;9;fee",
        "4;15/04/2026;12;9;test",
    )
    shop.write("people.csv", "number;name", "10;Ann", "11;Bo")
    orders = {
        "files": ["lines.csv"],
        "columns": {"order_id": "nr", "order_date": "day", "net_amount": "amount"},
        "derived": {
            "customer_id": "coalesce(person.name, 'nr ' || who)",
            "quantity": "CASE WHEN starts_with(amount, '-') THEN -1 ELSE 1 END",
        },
        "lookups": {"person": {"files": ["people.csv"], "on": {"who": "number"}}},
        "where": "kind <> 'test'",
        "exclude": [{"rule": "fees", "where": "kind = 'fee'", "because": "A fee is no sale."}],
    }
    source = {"delimiter": ";", "decimal": ",", "date_format": "%d/%m/%Y"}
    duckdb, spark = (shop.read(engine, source=source, tables={"order_lines": orders}) for engine in ENGINES)
    pd.testing.assert_frame_equal(rows_of(spark), rows_of(duckdb))
    assert rows_of(spark)["customer_id"].tolist() == ["Ann", "Bo"]
    pd.testing.assert_frame_equal(reconciliation(spark), reconciliation(duckdb))


def test_lines_and_invoices_count_in_the_companys_months_and_targets_are_of_its_year(shop):
    header = "order_id,order_date,customer_id,line_no,quantity,net_amount"
    days = ("2023-12-31", "2024-02-03", "2024-02-04", "2026-03-01", "2026-10-15")
    shop.write("order_lines.csv", header, *(f"o{day},{day},a,1,1,10.00" for day in days))
    periods = ("FY2026", "2026-P04", "FY2026Q2", "2026-10", "2027-01")
    shop.write(
        "targets.csv",
        "period,scope_type,scope_id,metric,target",
        *(f"{each},company,,net_sales,1" for each in periods),
    )
    shop.write(
        "invoices.csv",
        "invoice_id,customer_id,invoice_date,due_date,amount",
        *(f"i{day},a,{day},{day},10.00" for day in days),
    )
    retail = {"pattern": "4-5-4", "year_starts": 2, "year_named": "first"}
    duckdb, spark = (shop.read(engine, periods=retail) for engine in ENGINES)
    for table in ("order_lines", "invoices", "targets"):
        pd.testing.assert_frame_equal(rows_of(spark, table), rows_of(duckdb, table))
    assert [f"{day:%m-%d}" for day in rows_of(duckdb)["order_date"]] == [
        "01-01",
        "01-31",
        "02-04",
        "03-01",
        "10-15",
    ]
    pd.testing.assert_frame_equal(reconciliation(spark), reconciliation(duckdb))


def test_lines_repeated_rightly_in_two_parts_of_one_folder_all_count(shop):
    for part in ("a", "b"):
        shop.write(f"order_lines/{part}.csv", HEADER, "1,2026-01-10,c1,,p1,1,5", "1,2026-01-10,c1,,p1,1,5")
    repeats = {"order_lines": {"files": ["order_lines"], "repeats_lines": True}}
    assert len(rows_of(shop.read("spark", tables=repeats))) == 4
    assert len(rows_of(shop.read("spark"))) == 1


def test_record_that_says_the_same_again_is_taken_once(shop):
    shop.write("order_lines.csv", *ORDERS[:2])
    shop.write(
        "customers.csv", "customer_id,region,valid_from", "c1,North,2025-01-01", "c1,North,2025-02-01",
        "c1,South,2025-03-01", "c1,North,2025-04-01",
    )  # fmt: skip
    tables = {"customers": {"distinct": True}}
    duckdb, spark = (shop.read(engine, tables=tables) for engine in ENGINES)
    assert len(rows_of(spark, "customers")) == 3
    pd.testing.assert_frame_equal(rows_of(spark, "customers"), rows_of(duckdb, "customers"))


def test_line_that_cannot_be_taken_apart_is_set_aside_and_not_filled_up(shop):
    shop.write("order_lines.csv", *ORDERS[:2], "7,2026-01-10,c1")
    aside = quarantine_of(shop.read("spark"))
    assert aside["rule"].tolist() == ["unreadable_line"]
    assert "7,2026-01-10,c1" in aside["sentence"][0]


def test_date_that_can_be_read_in_two_ways_stops_the_run(shop):
    shop.write("order_lines.csv", HEADER, "1,03/04/2026,c1,1,p1,1,5")
    with pytest.raises(WorkbookError, match=r"03/04/2026.*can mean"):
        shop.read("spark")


def test_table_of_the_catalogue_is_known_by_its_rows_and_read_once_a_run(
    tmp_path, spark_session, monkeypatch
):
    def read():
        source = {"engine": "spark"}
        settings = parse_settings(
            {"source": source, "tables": {"order_lines": {"table": "shop_lines"}}}, "map"
        )
        return read_tables(None, settings, tmp_path / "cache")

    def save(rows):
        spark_session.createDataFrame(rows, HEADER.split(",")).write.mode("overwrite").saveAsTable(
            "shop_lines"
        )

    save([("1", "2026-01-10", "c1", "1", "p1", "1", "5"), ("2", "2026-01-11", "c1", "1", "p1", "1", "6")])
    first = read()
    save([("2", "2026-01-11", "c1", "1", "p1", "1", "6"), ("1", "2026-01-10", "c1", "1", "p1", "1", "5")])
    again = read()
    save([("1", "2026-01-10", "c1", "1", "p1", "1", "5"), ("2", "2026-01-11", "c1", "1", "p1", "1", "7")])
    changed = read()
    spark_session.sql("DROP TABLE shop_lines")
    monkeypatch.setenv(TABLES_OF_RUN, first.key)
    in_another_process_of_the_first_run = read()  # though the table is gone
    assert in_another_process_of_the_first_run == first
    assert first.inputs[0].name == "shop_lines"
    assert rows_of(first)["net_amount"].tolist() == [5, 6]
    assert (again.key == first.key, changed.key == first.key) == (True, False)


def test_table_that_the_catalogue_does_not_have_is_named(tmp_path, spark_session):
    settings = parse_settings(
        {"source": {"engine": "spark"}, "tables": {"order_lines": {"table": "nowhere.lines"}}}, "map"
    )
    with pytest.raises(WorkbookError, match=r"no table nowhere\.lines"):
        read_tables(None, settings, tmp_path / "cache")


def test_decisions_about_customers_are_held_against_the_numbers_that_are_there(shop):
    shop.write("order_lines.csv", *ORDERS)
    known = sorted(rows_of(shop.read("duckdb"))["customer_id"].dropna().unique())
    shop.write("customer_aliases.csv", "customer_id,same_as,decision", f"{known[0]},nobody,")
    for engine in ENGINES:
        with pytest.raises(WorkbookError, match="column same_as: no customer nobody is in order_lines"):
            shop.read(engine)
    shop.write("customer_aliases.csv", "customer_id,same_as,decision", f"{known[0]},{known[1]},")
    duckdb, spark = (rows_of(shop.read(engine), "customer_aliases") for engine in ENGINES)
    pd.testing.assert_frame_equal(spark, duckdb)


def test_parts_of_invoices_are_kept_and_what_are_no_clear_parts_is_refused(shop):
    head, due = "invoice_id,instalment,customer_id,invoice_date,due_date,amount", "K,2026-01-05,2026-0"
    shop.write("order_lines.csv", *ORDERS)
    parts = [f"I1,1,{due}2-05,30", f"I1,2,{due}3-05,70", f"I2,,{due}2-05,5"]
    shop.write("invoices.csv", head, *parts)
    duckdb, spark = (shop.read(engine) for engine in ENGINES)
    pd.testing.assert_frame_equal(rows_of(spark, "invoices"), rows_of(duckdb, "invoices"))
    assert len(rows_of(spark, "invoices")) == 3
    for row, says in ((f"I1,,{due}2-05,100", "count twice"), (f"I2,,{due}4-05,5", "Are they parts")):
        shop.write("invoices.csv", head, *parts, row)
        for engine in ENGINES:
            with pytest.raises(WorkbookError, match=says):
                shop.read(engine)
