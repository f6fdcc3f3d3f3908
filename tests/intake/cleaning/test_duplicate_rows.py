"""Nothing counts twice: neither a repeated line nor the overlap of two exports."""

from __future__ import annotations

import datetime

import duckdb
import pandas as pd
import pytest

from helpers.errors import WorkbookError

NO_LINE_NUMBER = "order_id,order_date,customer_id,quantity,net_amount,note"


def test_same_order_and_line_twice_keeps_the_earliest_date(shop):
    shop.orders("A1,2026-03-05,1,1,P1,1,5", "A1,2026-01-05,1,1,P1,1,7", "A1,2026-01-05,1,2,P1,1,9")
    lines = shop.table()
    assert list(lines["net_amount"]) == [7, 9]
    bad = shop.quarantine()
    assert list(bad["row_number"]) == [1]
    assert list(bad["rule"]) == ["duplicate"]
    assert "data row 2 of order_lines.csv" in bad["sentence"][0]
    assert '"net_amount":"5"' in bad["row_as_read"][0]


def test_of_two_versions_of_a_line_one_stays_whole_with_its_empty_cells(shop):
    header = "order_id,line_no,order_date,customer_id,quantity,net_amount,cost_amount,channel"
    shop.orders("A1,1,2026-01-05,C1,1,100,,", "A1,1,2026-01-06,C1,1,80,20,web", header=header)
    (line,) = shop.table().to_dict("records")
    assert line["net_amount"] == 100
    assert pd.isna(line["cost_amount"])
    assert pd.isna(line["channel"])


def test_without_line_number_only_a_repeat_of_the_whole_row_is_a_duplicate(shop):
    shop.orders(
        "A1,2026-01-05,1,1,5,x", "A1,2026-01-05,1,1,5,x", "A1,2026-01-05,1,1,5,y", header=NO_LINE_NUMBER
    )
    assert len(shop.table()) == 2
    assert list(shop.quarantine()["row_number"]) == [2]


def test_source_that_repeats_lines_rightly_keeps_them(shop):
    shop.orders("A1,2026-01-05,1,1,5,x", "A1,2026-01-05,1,1,5,x", header=NO_LINE_NUMBER)
    assert len(shop.table(tables={"order_lines": {"repeats_lines": True}})) == 2


@pytest.mark.parametrize("repeats_lines", [False, True])
def test_overlapping_exports_count_once_and_do_not_fill_the_quarantine(shop, repeats_lines):
    january = ["A1,2026-01-05,1,1,5,x", "A2,2026-01-06,1,1,6,x"]
    shop.orders(*january, header=NO_LINE_NUMBER, name="order_lines_01.csv")
    shop.orders(*january, "A3,2026-02-06,1,1,7,x", header=NO_LINE_NUMBER, name="order_lines_02.csv")
    options = {"tables": {"order_lines": {"repeats_lines": repeats_lines}}, "max_share": 0}
    assert list(shop.table(**options)["order_id"]) == ["A1", "A2", "A3"]
    bad = shop.quarantine(**options)
    assert list(bad["file"]) == ["order_lines_02.csv"] * 2
    assert "files overlap" in bad["sentence"][0]


def test_line_repeated_in_each_of_two_overlapping_exports_counts_as_often_as_in_one(shop):
    twice = ["A1,2026-01-05,1,1,5,x"] * 2
    shop.orders(*twice, header=NO_LINE_NUMBER, name="order_lines_01.csv")
    shop.orders(*twice, header=NO_LINE_NUMBER, name="order_lines_02.csv")
    assert len(shop.table(tables={"order_lines": {"repeats_lines": True}})) == 2


def test_repeated_customer_is_a_duplicate_without_valid_from(shop):
    shop.orders("A1,2026-03-05,C1,1,P1,1,5")
    shop.write("customers.csv", ["customer_id,name", "C1,Ant", "C1,Bee", "C2,Cat"])
    assert list(shop.table("customers")["name"]) == ["Ant", "Cat"]
    with pytest.raises(WorkbookError, match="customers break a rule"):
        shop.read(max_share=0.05)


def test_customer_may_change_with_valid_from(shop):
    shop.orders("A1,2026-03-05,C1,1,P1,1,5")
    shop.write(
        "customers.csv", ["customer_id,region,valid_from", "C1,North,2025-01-01", "C1,South,2026-01-01"]
    )
    customers = shop.table("customers")
    assert list(customers["region"]) == ["North", "South"]
    assert list(customers["valid_from"]) == [datetime.date(2025, 1, 1), datetime.date(2026, 1, 1)]


def test_customers_are_gathered_from_the_order_file(shop):
    shop.orders(
        "A1,2026-01-05,1,1,5,North",
        "A2,2026-01-06,1,1,6,North",
        "A3,2026-02-01,1,1,6,South",
        "A4,2026-02-01,,1,6,East",
        header=NO_LINE_NUMBER,
    )
    gathered = {
        "files": ["order_lines.csv"], "where": "customer_id IS NOT NULL", "distinct": True,
        "columns": {"region": "note", "valid_from": "order_date"},
    }  # fmt: skip
    customers = shop.table("customers", tables={"customers": gathered})
    assert list(zip(customers["customer_id"], customers["region"], strict=True)) == [
        ("1", "North"),
        ("1", "South"),
    ]


def test_a_cell_left_blank_on_some_lines_makes_no_second_record(shop):
    """One in three lines lacks the group: the record is what the others say, and no row is set aside."""
    shop.orders(
        *(f"A{n},2026-01-{1 + n:02},{1 + n % 2},1,6,{'' if n % 3 == 0 else 'North'}" for n in range(12)),
        header=NO_LINE_NUMBER,
    )
    gathered = {"files": ["order_lines.csv"], "distinct": True, "columns": {"region": "note"}}
    tables = {"customers": gathered}
    customers = shop.table("customers", tables=tables)
    assert list(zip(customers["customer_id"], customers["region"], strict=True)) == [
        ("1", "North"),
        ("2", "North"),
    ]


def test_records_that_contradict_each_other_are_set_aside_whatever_stands_between_them(shop):
    shop.orders(
        *(f"A{n},2026-01-{1 + n:02},1,1,6,{'South' if n == 5 else 'North'}" for n in range(12)),
        *(f"B{n},2026-01-{1 + n:02},{2 + n},1,6,East" for n in range(24)),
        header=NO_LINE_NUMBER,
    )
    gathered = {"files": ["order_lines.csv"], "distinct": True, "columns": {"region": "note"}}
    customers = shop.table("customers", tables={"customers": gathered})
    assert len(customers) == 25
    aside = shop.quarantine("customers", tables={"customers": gathered})
    assert aside["row_number"].tolist() == [6]


def test_typed_lines_repeat_where_their_numbers_are_the_same_text_and_not_where_they_look_alike(shop):
    """Lines 1 and 65 are one bit where orders are looked through by bits, and 1 and 01 are one number."""
    numbers = "[1, 2, 65, 66, 300]"
    duckdb.sql(
        "COPY (SELECT 'A' || n AS order_id, DATE '2026-01-05' AS order_date, 'C1' AS customer_id, "
        "CAST(no AS VARCHAR) AS line_no, 'P1' AS product_id, 1::DECIMAL(18, 4) AS quantity, "
        f"2.5::DECIMAL(18, 4) AS net_amount FROM range(50) AS orders(n), unnest({numbers}) AS lines(no) "
        "UNION ALL VALUES ('A7', DATE '2026-01-05', 'C1', '01', 'P1', 1, 2.5), "
        "('A9', DATE '2026-01-05', 'C1', '65', 'P1', 1, 2.5), ('A9', DATE '2026-01-05', 'C1', 'x', 'P1', 1, 2.5)"
        f") TO '{shop.folder / 'order_lines.parquet'}'"
    )
    assert len(shop.table()) == 252
    assert shop.quarantine()["row_number"].tolist() == [252]
