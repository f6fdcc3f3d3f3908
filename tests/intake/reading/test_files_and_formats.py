"""Files as companies have them: encodings, separators, decimal commas, dates, Excel sheets, damaged files."""

from __future__ import annotations

import datetime
import os
from decimal import Decimal

import duckdb
import openpyxl
import pytest

from helpers.errors import WorkbookError

HEADER = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount"
ROW = "A1,2026-01-05,007,1,螺丝,2,10.50"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf8_with_and_without_byte_order_mark_and_utf16_need_no_declaration(shop, encoding):
    shop.write("order_lines.csv", [HEADER, ROW], encoding=encoding)
    lines = shop.table()
    assert list(lines["product_id"]) == ["螺丝"]
    assert list(lines["order_id"]) == ["A1"]


def test_gb18030_is_read_where_declared(shop):
    shop.write("order_lines.csv", [HEADER, ROW], encoding="gb18030")
    assert list(shop.table(source={"encoding": "gb18030"})["product_id"]) == ["螺丝"]


def test_gb18030_undeclared_is_an_error_that_proposes_it(shop):
    shop.write("order_lines.csv", [HEADER, "A0,2026-01-05,1,1,P,1,1", ROW], encoding="gb18030")
    with pytest.raises(
        WorkbookError, match=r'order_lines.csv is not UTF-8 \(byte 0xC2 in line 3\).*encoding = "gb18030"'
    ):
        shop.read()


def test_encoding_declared_for_a_table_goes_before_that_of_all(shop):
    shop.write("order_lines.csv", [HEADER, ROW], encoding="gb18030")
    shop.write("customers.csv", ["customer_id,name", "007,螺丝厂"])
    options = {"tables": {"order_lines": {"encoding": "gb18030"}}}
    assert list(shop.table(**options)["product_id"]) == ["螺丝"]
    assert list(shop.table("customers", **options)["name"]) == ["螺丝厂"]


def test_bytes_that_are_not_the_declared_encoding_stop(shop):
    shop.write("order_lines.csv", HEADER.encode() + b"\nA1,\xff\xff\xff\n")
    with pytest.raises(WorkbookError, match=r"order_lines.csv cannot be read as gb18030"):
        shop.read(source={"encoding": "gb18030"})


def test_unknown_encoding_is_named(shop):
    shop.orders(ROW)
    with pytest.raises(WorkbookError, match="encoding 'klingon' is not known"):
        shop.read(source={"encoding": "klingon"})


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_separators_and_line_ends(shop, separator, line_end):
    lines = [line.replace(",", separator) for line in (HEADER, ROW)]
    shop.write("order_lines.csv", line_end.join(lines).encode())
    assert list(shop.table()["net_amount"]) == [Decimal("10.5")]


def test_decimal_comma_where_declared(shop):
    rows = [
        HEADER.replace(",", ";"),
        "A1;2026-01-05;7;1;P;2;1.234,50",
        "A2;2026-01-05;7;1;P;-1,5;-0,5",
        "A3;2026-01-05;7;1;P;1;1.5",
    ]
    shop.write("order_lines.csv", rows)
    options = {"source": {"decimal": ","}}
    assert list(shop.table(**options)["net_amount"]) == [Decimal("1234.5"), Decimal("-0.5")]
    assert list(shop.quarantine(**options)["row_number"]) == [3]


def test_cents_far_below_whole_amounts_are_kept(shop):
    rows = [
        f"A{number},2026-01-05,7,1,P,1,{'10' if number < 20_500 else '12.75'}" for number in range(20_600)
    ]
    shop.orders(*rows)
    assert shop.table()["net_amount"].sum() == Decimal("206275")


def test_quoted_field_may_hold_separators_and_line_ends(shop):
    shop.orders('A1,2026-01-05,7,1,"bolt, 8 mm\nzinc ""A""",2,10')
    assert list(shop.table()["product_id"]) == ['bolt, 8 mm\nzinc "A"']


@pytest.mark.parametrize("first", ["4711", "#1001"])
def test_orders_of_a_web_shop_whose_numbers_begin_with_a_mark_are_no_comments(shop, first):
    orders = list(dict.fromkeys([first, "4711", "#1001"]))
    shop.orders(*(f"{order},2026-01-05,7,1,P,2,10" for order in orders))
    assert sorted(shop.table()["order_id"]) == sorted(orders)


# --- dates
# --------------------------------------------------------------------------------------------------------


def test_date_that_can_be_read_in_two_ways_is_an_error_with_both_readings(shop):
    shop.orders("A1,03/04/2026,7,1,P,2,10")
    with pytest.raises(WorkbookError) as error:
        shop.read()
    message = str(error.value)
    assert "order_lines.csv, data row 1, column order_date: '03/04/2026'" in message
    assert '2026-04-03 (date_format = "%d/%m/%Y")' in message
    assert '2026-03-04 (date_format = "%m/%d/%Y")' in message


def test_one_such_date_among_iso_dates_is_an_error_too(shop):
    shop.orders("A1,2026-01-05,7,1,P,2,10", "A2,03/04/2026,7,1,P,2,10")
    with pytest.raises(WorkbookError, match="data row 2, column order_date"):
        shop.read()


@pytest.mark.parametrize(
    ("written", "date_format"),
    [
        ("03/04/2026", "%d/%m/%Y"),
        ("04/03/2026", "%m/%d/%Y"),
        ("2026年4月3日", "%Y年%m月%d日"),
        ("20260403", "%Y%m%d"),
    ],
)
def test_declared_date_format_is_what_counts(shop, written, date_format):
    shop.orders(f"A1,{written},7,1,P,2,10")
    assert list(shop.table(source={"date_format": date_format})["order_date"]) == [datetime.date(2026, 4, 3)]


def test_iso_dates_lose_their_time_but_never_their_day(shop):
    shop.orders(
        *[
            f"A{n},{day},7,1,P,2,10"
            for n, day in enumerate(["2026-01-05 23:59:59", "2026-01-05T23:30:00+02:00", "2026-1-5"])
        ]
    )
    assert set(shop.table()["order_date"]) == {datetime.date(2026, 1, 5)}


def test_date_not_in_the_declared_format_goes_to_quarantine(shop):
    shop.orders("A1,03/04/2026,7,1,P,2,10", "A2,2026-04-03,7,1,P,2,10", "A3,31/02/2026,7,1,P,2,10")
    bad = shop.quarantine(source={"date_format": "%d/%m/%Y"})
    assert list(bad["row_number"]) == [2, 3]
    assert "'31/02/2026', which is not a date of the form %d/%m/%Y" in bad["sentence"][1]


def test_times_of_complaints_are_kept(shop):
    shop.orders(ROW)
    shop.write("complaints.csv", ["opened_at,customer_id,resolved_at", "2026-01-05 08:30,7,"])
    complaints = shop.table("complaints")
    assert complaints["opened_at"][0] == datetime.datetime(2026, 1, 5, 8, 30)


# --- Excel
# --------------------------------------------------------------------------------------------------------


def workbook(shop, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(shop.folder / "export.xlsx")


SHEET = [
    HEADER.split(","),
    ["A1", datetime.date(2026, 4, 3), "00123", 1, 7.0, 2, 10.25],
    [],
    ["A2", "03/04/2026", 17850.0, 1, "P", 1, 0.1],
]


def test_excel_sheet_keeps_ids_dates_and_numbers(shop):
    workbook(shop, Info=[["about"]], Sales=SHEET)
    lines = shop.table(
        tables={"order_lines": {"files": ["export.xlsx"], "sheet": "Sales", "date_format": "%d/%m/%Y"}}
    )
    assert list(lines["customer_id"]) == ["00123", "17850"]
    assert list(lines["product_id"]) == ["7", "P"]
    assert list(lines["order_date"]) == [datetime.date(2026, 4, 3)] * 2
    assert list(lines["net_amount"]) == [Decimal("10.25"), Decimal("0.1")]


def test_wrong_sheet_is_an_error_that_lists_the_sheets(shop):
    workbook(shop, Info=[["about"]], Sales=SHEET)
    with pytest.raises(WorkbookError, match=r"export.xlsx has no sheet 'Sale'; its sheets are Info, Sales"):
        shop.read(tables={"order_lines": {"files": ["export.xlsx"], "sheet": "Sale"}})


def test_sheet_must_be_named_where_there_are_several(shop):
    workbook(shop, Info=[["about"]], Sales=SHEET)
    with pytest.raises(WorkbookError, match=r"has the sheets Info, Sales; say which one holds order_lines"):
        shop.read()


def test_file_that_is_no_workbook_is_named(shop):
    shop.write("order_lines.xlsx", b"not a zip")
    with pytest.raises(WorkbookError, match=r"order_lines.xlsx cannot be read as an Excel file"):
        shop.read()


# --- bad input
# ----------------------------------------------------------------------------------------------------


def test_missing_file_and_folder(shop):
    with pytest.raises(WorkbookError, match=r"nowhere.csv does not exist"):
        shop.read(shop.folder / "nowhere.csv")


def test_empty_folder(shop):
    shop.write("README.md", ["nothing here"])
    shop.write("workbook.toml", [""])
    with pytest.raises(WorkbookError, match="holds no data"):
        shop.read()


def test_file_of_no_bytes_and_file_of_a_header_alone(shop):
    shop.write("order_lines.csv", b"")
    with pytest.raises(WorkbookError, match=r"order_lines.csv is empty: it has no header"):
        shop.read()
    shop.orders()
    with pytest.raises(WorkbookError, match=r"order_lines.csv: there is a header but no order line"):
        shop.read()


def test_missing_column_is_named_with_the_way_out(shop):
    shop.orders("A1,2026-01-05,7,1,P,2,10", header=HEADER.replace("net_amount", "net_amnt"))
    with pytest.raises(
        WorkbookError, match=r"needs the column net_amount.*Near: net_amnt.*tables.order_lines.columns"
    ):
        shop.read()


def test_two_columns_of_one_name(shop):
    shop.orders("A1,2026-01-05,7,1,P,2,10,3", header=HEADER + ",Quantity")
    with pytest.raises(WorkbookError, match="two columns called 'quantity'"):
        shop.read()


def test_truncated_parquet_is_named(shop):
    target = shop.folder / "order_lines.parquet"
    duckdb.sql(f"COPY (SELECT 'A' || i AS order_id FROM range(1000) AS t(i)) TO '{target}'")
    target.write_bytes(target.read_bytes()[:-200])
    with pytest.raises(WorkbookError, match=r"order_lines.parquet cannot be read as parquet"):
        shop.read()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_unreadable_file_and_unwritable_cache_are_named(shop):
    path = shop.orders(ROW)
    path.chmod(0)
    with pytest.raises(WorkbookError, match=r"order_lines.csv cannot be read: Permission denied"):
        shop.read()
    path.chmod(0o600)
    shop.cache.chmod(0o500)
    with pytest.raises(WorkbookError, match="cannot be written"):
        shop.read()


def test_unreadable_file_is_named_whatever_the_reason(shop, monkeypatch):
    shop.orders(ROW)

    def denied(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("helpers.intake.cache.hash_content", denied)
    with pytest.raises(WorkbookError, match=r"order_lines.csv cannot be read: Permission denied"):
        shop.read()


def test_cache_that_is_a_file_cannot_be_written(shop):
    shop.orders(ROW)
    shop.cache.write_text("")
    with pytest.raises(WorkbookError, match=r"cache .* cannot be written.*WORKBOOK_CACHE"):
        shop.read()
