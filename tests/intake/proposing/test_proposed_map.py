"""`workbook init` proposes a map that loads, from English and Chinese headers."""

from __future__ import annotations

import sqlite3
import tomllib

import openpyxl
import pyarrow.parquet as pq
import pytest
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import contracts, propose_map, read_tables
from helpers.intake.proposing.synonyms import COLUMN_WORDS, TABLE_WORDS, plain
from helpers.questions import open_questions
from helpers.settings.config import load_settings
from helpers.settings.source import TABLE_NAMES


def proposed(shop, data=None, **answers):
    text = answered(propose_map(shop.folder if data is None else data), **answers)
    path = shop.folder / "workbook.toml"
    path.write_text(text, encoding="utf-8")
    return text, load_settings(path)


def test_chinese_headers_are_recognised_and_the_map_reads_the_data(shop):
    shop.write(
        "销售明细.csv",
        ["订单编号,订单日期,客户编号,数量,金额,业务员,备注", "A1,2026-01-05,C1,2,10,S1,无"],
        encoding="gb18030",
    )
    shop.write("客户.csv", ["客户编号;客户名称;业种;地区", "C1;甲;专卖店;华东"])
    text, settings = proposed(shop)
    assert settings.tables["order_lines"].encoding == "gb18030"
    assert settings.tables["order_lines"].columns == {
        "order_id": "订单编号",
        "order_date": "订单日期",
        "customer_id": "客户编号",
        "quantity": "数量",
        "net_amount": "金额",
        "salesperson_id": "业务员",
    }
    assert settings.tables["customers"].columns["trade_class"] == "业种"
    assert settings.report.language == "zh"
    assert '# Nothing is made of:\n#   "备注" (无)' in text
    assert read_tables(shop.folder, settings, shop.cache).has("customers", "name", "trade_class", "region")


def test_the_german_field_staff_beside_a_customer_is_its_salesperson(shop):
    shop.write("Umsatz.csv", ["Beleg-Nr;Datum;Kunden-Nr;Menge;Nettobetrag", "A1;05.01.2026;C1;2;10,00"])
    shop.write("Kunden.csv", ["Kunden-Nr;Firma;Außendienst", "C1;Müller GmbH;K. Braun"])
    _, settings = proposed(shop)
    assert settings.tables["customers"].columns["salesperson_id"] == "Außendienst"


def test_dates_that_can_be_read_in_two_ways_are_asked_with_both_readings(shop):
    shop.orders("A1,03/04/2026,C1,1,P,2,10")
    asked = next(
        each for each in open_questions(propose_map(shop.folder)) if each.key.endswith("date_format")
    )
    assert asked.answers == (
        ('"%d/%m/%Y"', "03/04/2026 is then 2026-04-03"),
        ('"%m/%d/%Y"', "03/04/2026 is then 2026-03-04"),
    )
    _, settings = proposed(shop, date_format=1)
    assert settings.tables["order_lines"].date_format == "%m/%d/%Y"


def test_dates_that_fit_one_format_are_proposed_in_it(shop):
    shop.orders("A1,03/04/2026,C1,1,P,2,10", "A2,23/04/2026,C1,1,P,2,10")
    _, settings = proposed(shop)
    assert settings.tables["order_lines"].date_format == "%d/%m/%Y"


def test_missing_amount_is_proposed_from_quantity_and_price(shop):
    shop.write("sales.csv", ["Invoice No,Date,Customer,Qty,Unit Price,Odd", "A1,2026-01-05,C1,2,1.50,x"])
    _, settings = proposed(shop)
    assert "net_amount" in settings.tables["order_lines"].derived
    tables = read_tables(shop.folder, settings, shop.cache)
    assert tables.has("order_lines", "net_amount", "customer_id")


def test_what_is_needed_and_not_found_is_said(shop):
    shop.write("orders.csv", ["OrderNo,Date,Cust Id,Qty", "A1,2026-01-05,C1,2"])
    text, _ = proposed(shop)
    assert "# net_amount is needed and was not found" in text


def test_second_candidate_and_unknown_files_are_shown_not_chosen(shop):
    shop.orders("A1,2026-01-05,C1,1,P,2,10")
    shop.orders("A1,2026-01-05,C1,1,P,2,10", name="sales_old.csv")
    shop.write("weather.csv", ["sun,rain", "1,2"])
    text, settings = proposed(shop)
    assert settings.tables["order_lines"].files == ["order_lines.csv"]
    assert '# files = ["sales_old.csv"]' in text
    assert "# Not recognised as a standard table:\n#   weather.csv: sun (1), rain (2)" in text


def test_sheets_of_a_workbook_are_told_apart(shop):
    book = openpyxl.Workbook()
    book.active.title = "客户"
    book.active.append(["客户编号", "客户名称"])
    sheet = book.create_sheet('Sales "2026"')
    sheet.append(["order_id", "order_date", "customer_id", "quantity", "net_amount"])
    book.save(shop.folder / "all.xlsx")
    _, settings = proposed(shop)
    assert settings.tables["order_lines"].sheet == 'Sales "2026"'
    assert settings.tables["customers"].sheet == "客户"


def test_tables_of_a_database_are_proposed(shop, tmp_path):
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.execute("CREATE TABLE sales (OrderNo TEXT, Date TEXT, CustomerNo TEXT, Qty REAL, Amount REAL)")
    connection.commit()
    connection.close()
    _, settings = proposed(shop, tmp_path / "shop.db")
    assert settings.tables["order_lines"].table == "sales"
    assert settings.tables["order_lines"].columns["net_amount"] == "Amount"


def test_header_with_quotes_and_backslashes_still_gives_toml(shop):
    shop.write(
        "order_lines.csv",
        ['order_id,order_date,customer_id,quantity,net_amount,"a ""b"" \\c\t#"', "A1,2026-01-05,C1,2,1,x"],
    )
    text, settings = proposed(shop)
    assert "Nothing is made of" in text and settings.tables["order_lines"].columns["quantity"] == "quantity"


def test_empty_folder_has_nothing_to_propose(shop):
    with pytest.raises(WorkbookError, match="holds no data"):
        propose_map(shop.folder)


def test_synonyms_know_every_table_and_column_and_are_written_plainly():
    assert set(TABLE_WORDS) == set(TABLE_NAMES)
    assert set(COLUMN_WORDS) == {column.name for table in TABLE_NAMES for column in contracts.columns(table)}
    words = [word for words in (*COLUMN_WORDS.values(), *TABLE_WORDS.values()) for word in words]
    assert words == [plain(word) for word in words]


def test_a_chinese_export_with_units_in_its_heads_is_read_as_it_stands(tmp_path):
    lines = "单据编号,单据日期,客户代码,客户全称,货品编号,数量,单价(元),金额(元),业务员姓名\r\n" + (
        'XS1,2026/10/05,K001,深圳华强五金,P01,20,"1,360.00","27,200.00",张三\r\n'
    )
    customers = "客户代码,客户全称,客户分类,所属区域,信用额度（元）\r\nK001,深圳华强五金,五金店,华南,5000\r\n"
    (tmp_path / "2026销售流水.csv").write_bytes(lines.encode("gbk"))
    (tmp_path / "客户清单.csv").write_bytes(customers.encode("gbk"))
    proposal = propose_map(tmp_path)
    (tmp_path / "workbook.toml").write_text(proposal, encoding="utf-8")
    settings = load_settings(tmp_path / "workbook.toml")
    assert settings.report.currency == "CNY"
    assert settings.tables["order_lines"].decimal == "."
    assert settings.tables["order_lines"].columns["net_amount"] == "金额(元)"
    assert settings.tables["customers"].columns["trade_class"] == "客户分类"
    tables = read_tables(tmp_path, settings, tmp_path / "cache")
    amounts = pq.read_table(tables.path("order_lines"))["net_amount"].to_pylist()
    assert [str(amount) for amount in amounts] == ["27200.0000"]


@pytest.mark.parametrize(
    ("amounts", "decimal"),
    [(["1,234.50", "7.25"], "."), (["1.234,50", "7,25"], ","), (["12", "3.5"], None), (["1,234"], "?")],
)
def test_the_decimal_mark_is_proposed_where_the_numbers_leave_no_doubt(tmp_path, amounts, decimal):
    rows = "".join(f'{place};2026-10-05;K1;1;"{amount}"\n' for place, amount in enumerate(amounts))
    (tmp_path / "orders.csv").write_text("Doc no.;Doc date;Cust code;Qty;Net value (EUR)\n" + rows)
    proposal = tomllib.loads(propose_map(tmp_path))
    assert proposal["tables"]["order_lines"].get("decimal") == decimal
    assert proposal["report"]["currency"] == "EUR"
    assert set(proposal["tables"]["order_lines"]["columns"]) == {
        "order_id", "order_date", "customer_id", "quantity", "net_amount",
    }  # fmt: skip


@pytest.mark.parametrize("amount", ["{:,.2f}", "{:.2f}"])
def test_a_list_whose_columns_are_set_by_blanks_is_named_and_nothing_is_taken_from_it(tmp_path, amount):
    head = f"{'customer_id':<14}{'order_date':<14}{'net_amount':>14}"
    lines = [
        f"{f'C{place:05}':<14}{'2026-03-05':<14}{amount.format(37.5 * place):>14}" for place in range(1, 60)
    ]
    (tmp_path / "list.txt").write_text("\n".join([head, *lines]), encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"list\.txt: blanks set its columns apart"):
        propose_map(tmp_path)
    (tmp_path / "sales.csv").write_text(
        "order_id;order_date;customer_id;net_amount\nA1;2026-03-05;C1;5\n", encoding="utf-8"
    )
    text = propose_map(tmp_path)
    assert "# Could not be read: list.txt: blanks set its columns apart" in text
    assert "[tables.order_lines.columns]" in text
