"""Exports that overlap count once by what is mapped; what is only alike is not lost."""

from __future__ import annotations

import json
from decimal import Decimal

import pandas as pd
import pytest

from helpers.errors import WorkbookError

HEAD = "order_id,order_date,customer_id,product_id,quantity,net_amount"
NUMBERED = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount"


def total(shop, **mapped):
    lines = pd.read_parquet(shop.read(tables={"order_lines": mapped} if mapped else {}).path("order_lines"))
    return lines["net_amount"].sum()


def test_an_overlap_is_known_whatever_order_notation_blanks_and_stamps_the_files_have(shop):
    shop.orders("A1,2026-10-01,C1,P1,1,1250.50,08:00", "A2,2026-10-02,C2,P1,1,7,08:00",
                header=HEAD + ",exported", name="order_lines_1.csv")  # fmt: skip
    shop.write("order_lines_2.csv", [
        "exported;net_amount;quantity;product_id;customer_id;order_date;order_id",
        "17:30;7.00;1.0; P1;C2 ;2026-10-02;A2",
        "17:30;1250.5;1;P1;C1;2026-10-01; A1",
        "17:30;9;1;P1;C1;2026-10-03;A3",
    ])  # fmt: skip
    assert total(shop) == Decimal("1266.5000")
    assert shop.read().notes() == [
        "order_lines: 2 rows (1,257.50) of order_lines_2.csv stand in order_lines_1.csv too: they count once."
    ]


def test_two_lines_of_one_file_that_differ_in_an_unmapped_column_are_two(shop):
    shop.orders("A1,2026-10-01,C1,P1,1,5,batch 7", "A1,2026-10-01,C1,P1,1,5,batch 8", header=HEAD + ",batch")
    assert total(shop) == 10


def test_such_lines_count_as_often_as_in_the_file_that_has_most_of_them(shop):
    two = ["A1,2026-10-01,C1,P1,1,5,batch 7", "A1,2026-10-01,C1,P1,1,5,batch 8"]
    shop.orders(*two, header=HEAD + ",batch", name="order_lines_1.csv")
    shop.orders(
        *reversed(two), "A1,2026-10-01,C1,P1,1,5,batch 9", header=HEAD + ",batch", name="order_lines_2.csv"
    )
    assert total(shop) == 15


def test_rows_of_two_branches_that_are_alike_by_chance_all_count_and_it_is_said(shop):
    """Cash sales have the day for an order: one equal row of many on the same days is no overlap."""
    mapped = {"derived": {"order_id": "order_date"}}
    for branch in ("north", "south"):
        rows = [f"2026-10-{day:02},C{branch},P1,1,{day},{branch}" for day in range(1, 9)]
        rows.append(f"2026-10-05,C9,P1,1,100,{branch}")
        shop.orders(*rows, header="order_date,customer_id,product_id,quantity,net_amount,branch",
                    name=f"order_lines_{len(branch) + (branch == 'north')}.csv")  # fmt: skip
    assert total(shop, **mapped) == 2 * (36 + 100)
    (note,) = shop.read(tables={"order_lines": mapped}).notes()
    assert "1 row (100.00)" in note
    assert "all count" in note


@pytest.mark.parametrize("day", ["2026-10-01", "2026-11-01"])
def test_line_numbers_that_start_anew_in_each_file_lose_no_line(shop, day):
    shop.orders(
        "1,2026-10-01,C1,1,P1,1,5", "1,2026-10-01,C1,2,P2,1,6", header=NUMBERED, name="order_lines_1.csv"
    )
    shop.orders(f"1,{day},C2,1,P3,1,7", f"1,{day},C2,2,P4,1,8", header=NUMBERED, name="order_lines_2.csv")
    assert total(shop) == 26
    (note,) = shop.read().notes()
    assert "2 rows (15.00) have the order and line number of a row in another file" in note


def changed_line(shop):
    shop.orders(
        "A1,2026-10-01,C1,1,P1,1,5", "A2,2026-10-02,C1,1,P1,1,6", header=NUMBERED, name="order_lines_1.csv"
    )
    shop.orders("A1,2026-10-01,C1,1,P1,2,10", "A2,2026-10-02,C1,1,P1,1,6", "A3,2026-10-03,C1,1,P1,1,3",
                header=NUMBERED, name="order_lines_2.csv")  # fmt: skip


def test_a_line_that_was_changed_between_two_exports_is_asked_about(shop):
    changed_line(shop)
    with pytest.raises(WorkbookError) as stop:
        shop.read()
    assert "Line 1 of order A1 stands in data row 1 of order_lines_1.csv (2026-10-01, quantity 1.0000, 5.00) and in " \
        "data row 1 of order_lines_2.csv (2026-10-01, quantity 2.0000, 10.00)" in str(stop.value)  # fmt: skip
    assert 'same_number = "last"' in str(stop.value)


@pytest.mark.parametrize(("which", "right"), [("first", 14), ("last", 19), ("all", 24)])
def test_the_map_says_which_of_a_changed_line_counts(shop, which, right):
    changed_line(shop)
    assert total(shop, same_number=which) == right


def test_a_line_dated_anew_between_two_overlapping_exports_is_asked_about(shop):
    shop.orders(
        "A1,2026-10-01,C1,1,P1,1,5", "A2,2026-10-02,C1,1,P1,1,6", header=NUMBERED, name="order_lines_1.csv"
    )
    shop.orders(
        "A1,2026-10-09,C1,1,P1,1,5", "A2,2026-10-02,C1,1,P1,1,6", header=NUMBERED, name="order_lines_2.csv"
    )
    with pytest.raises(WorkbookError, match="Line 1 of order A1"):
        shop.read()


def test_a_line_of_an_overlap_may_have_another_salesperson_by_then(shop):
    shop.orders("A1,2026-10-01,C1,1,P1,1,5,S1", header=NUMBERED + ",salesperson_id", name="order_lines_1.csv")
    shop.orders("A1,2026-10-01,C1,1,P1,1,5,S2", header=NUMBERED + ",salesperson_id", name="order_lines_2.csv")
    assert total(shop) == 5


def test_numbers_that_start_anew_for_each_document_of_a_file_are_asked_about(shop):
    """The order's number stands on its deliveries, and each numbers its lines from 1."""
    rows = ["A1,2026-10-01,C1,1,P1,1,5", "A1,2026-10-01,C1,2,P2,1,6",
            "A1,2026-10-09,C1,1,P2,1,6", "A1,2026-10-09,C1,2,P3,1,8"]  # fmt: skip
    shop.orders(*rows, header=NUMBERED)
    with pytest.raises(WorkbookError, match=r'so it is with 2 lines.*"all"'):
        shop.read()
    assert total(shop, same_number="all") == 25
    assert total(shop, same_number="first") == 11
    assert total(shop, same_number="last") == 14


def test_a_year_file_and_its_months_count_once(shop):
    months = {m: [f"A{m}{n},2026-{m:02}-0{n},C{n},P1,1,{m * n}" for n in range(1, 4)] for m in range(1, 4)}
    for month, rows in months.items():
        shop.orders(*rows, header=HEAD, name=f"order_lines_2026_{month:02}.csv")
    shop.orders(*(row for rows in months.values() for row in rows), header=HEAD, name="order_lines_2026.csv")
    assert total(shop) == 6 * 6
    assert len(shop.read().notes()) == 3


def test_equal_payments_in_the_books_of_two_banks_are_two_payments(shop):
    shop.orders("A1,2026-10-01,C1,P1,1,5", header=HEAD)
    for bank in ("1", "2"):
        rows = [f"2026-10-0{day},D{bank},{day}.00,B{bank}" for day in range(1, 6)]
        shop.write(f"payments_{bank}.csv", ["payment_date,customer_id,amount,account", *rows,
                                             f"2026-10-03,C1,50.00,B{bank}"])  # fmt: skip
    payments = shop.table("payments")
    assert payments["amount"].sum() == 2 * (15 + 50)


def test_of_months_side_by_side_only_the_one_that_both_files_have_counts_once(shop):
    """All months of a row fell with the one that was there already: April was lost."""
    shop.write("order_lines_1.csv", ["customer_id,2026-02,2026-03", "C1,20,30", "C2,21,31"])
    shop.write("order_lines_2.csv", ["customer_id,2026-03,2026-04", "C1,30,40", "C2,31,41"])
    times = {"columns": "20*", "date": "order_date", "value": "net_amount"}
    assert total(shop, unpivot=times) == 20 + 21 + 30 + 31 + 40 + 41
    aside = shop.quarantine(tables={"order_lines": {"unpivot": times}})
    assert [json.loads(raw)["net_amount"] for raw in aside["row_as_read"]] == [30, 31]
