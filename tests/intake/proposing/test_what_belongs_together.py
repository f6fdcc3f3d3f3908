"""Files are joined by their keys, columns are what their values are, and what is left is named."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from exports import SHAPES, answered, proposed, written

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.questions import open_questions
from helpers.settings.config import load_settings

ORDERS = """order_id,order_date,customer_id,status,total
1001,2026-01-05,C1,paid,30
1002,2026-02-06,C2,cancelled,70
1003,2026-03-07,C1,paid,50
"""
ITEMS = """order_id,product_id,quantity,amount
1001,P1,1,10
1001,P2,2,20
1002,P1,1,70
1003,P3,5,50
"""


@pytest.mark.parametrize("shape", SHAPES)
def test_documents_and_their_lines_are_joined_by_their_key(tmp_path, shape):
    found = proposed(
        tmp_path, {"orders": ORDERS, "order_items": ITEMS}, shape, more="[quarantine]\nmax_share = 1\n"
    )
    assert found.orders == {"1001": Decimal(30), "1003": Decimal(50)}
    assert {str(day) for day in found.lines["order_date"]} == {"2026-01-05", "2026-03-07"}
    assert set(found.lines["customer_id"]) == {"C1"}


def test_a_key_may_be_called_otherwise_in_the_documents_file(tmp_path):
    orders = ORDERS.replace("order_id", "id")
    found = proposed(tmp_path, {"sale_order": orders, "sale_order_line": ITEMS}, "sqlite")
    assert found.orders == {"1001": Decimal(30), "1003": Decimal(50)}


def test_a_discount_of_the_documents_file_is_proved_by_its_total(tmp_path):
    orders = "order_id,order_date,customer_id,total\n1001,2026-01-05,C1,27\n1002,2026-02-06,C2,70\n"
    items = "order_id,product_id,quantity,price,discount\n1001,P1,1,10,1\n1001,P2,2,10,1\n1002,P1,1,70,0\n"
    orders, items = orders + "1003,2026-03-07,C1,45\n", items + "1003,P3,5,10,1\n"
    found = proposed(tmp_path, {"orders": orders, "order_items": items})
    assert found.orders == {"1001": Decimal(27), "1002": Decimal(70), "1003": Decimal(45)}
    assert "an amount of each unit, by the documents' totals" in found.text


def test_files_whose_keys_do_not_meet_are_not_joined(tmp_path):
    text = propose_map(
        written(tmp_path / "data", {"orders": ORDERS.replace("100", "900"), "order_items": ITEMS})
    )
    assert "lookups" not in text


def test_keys_that_repeat_in_the_other_file_are_no_documents(tmp_path):
    text = propose_map(
        written(tmp_path / "data", {"orders": ORDERS + "1003,2026-03-08,C2,paid,5\n", "order_items": ITEMS})
    )
    assert "lookups" not in text


def test_a_currency_column_of_keys_and_a_name_of_numbers_are_refused_and_said(tmp_path):
    lines = "order_id,order_date,customer_id,quantity,net_amount,currency\nA1,2026-03-05,7,1,10.00,1\n"
    lines += "A2,2026-03-06,8,1,20.00,1\n"
    customers = "customer_id,name,region\n7,12,North\n8,13,South\n"
    found = proposed(tmp_path, {"order_lines": lines, "customers": customers})
    assert found.net == Decimal(30)
    assert '# currency is not "currency": it holds 1, no codes of currencies.' in found.text
    assert (
        '# name is not "name": it holds whole numbers only (12, 13), the keys of another table.' in found.text
    )


def test_a_currency_column_of_codes_and_names_that_hold_numbers_among_others_are_taken(tmp_path):
    lines = "order_id,order_date,customer_id,quantity,net_amount,currency\nA1,2026-03-05,7,1,10.00,CHF\n"
    found = proposed(tmp_path, {"order_lines": lines, "customers": "customer_id,name\n7,1860\n8,Kestrel\n"})
    assert found.settings.report.currency == "CHF"
    assert found.settings.tables["customers"].columns["name"] == "name"


def test_currencies_named_by_words_are_read_as_codes(tmp_path):
    lines = (
        "单据编号,日期,客户编码,数量,金额,币种\nA1,2026-03-05,K1,1,10,人民币\nA2,2026-03-06,K1,1,20,美元\n"
    )
    more = "[source.currency_rates]\nUSD = 7\n"
    found = proposed(tmp_path, {"销售": lines}, more=more, currency="CNY")
    assert found.net == Decimal(150)
    assert '#   "USD"  # 1 rows, 20.00 in it' in found.text


def test_several_currencies_are_asked_with_rows_and_money(tmp_path):
    lines = "order_id,order_date,customer_id,quantity,amount,currency\nA1,2026-03-05,7,1,10,EUR\n"
    lines += "A2,2026-03-06,8,1,20,GBP\n"
    text = propose_map(written(tmp_path / "data", {"orders": lines}))
    (asked,) = open_questions(text)
    assert asked.answers == (('"EUR"', "1 rows, 10.00 in it"), ('"GBP"', "1 rows, 20.00 in it"))


def test_of_rates_side_by_side_those_without_a_pair_are_asked_and_the_pairs_say_it_themselves(tmp_path):
    lines = "order_id,order_date,customer_id,quantity,amount,currency\nA0,2026-03-05,7,1,10,EUR\n"
    lines += "A1,2026-03-05,7,1,100,USD\nA2,2026-03-05,7,1,100,GBP\n"
    rates = "date,EUR/GBP,USD\n2026-03-05,0.80,1.25\n"
    found = proposed(
        tmp_path,
        {"orders": lines, "exchange_rates": rates},
        currency="EUR",
        quotation="coalesce(quotation, 'indirect')",
    )
    assert "1 USD is 1.25 of the report's currency" in found.text
    assert found.orders == {"A0": Decimal(10), "A1": Decimal(80), "A2": Decimal(125)}


def test_without_any_sign_of_a_currency_it_is_asked_and_check_waits(tmp_path):
    from helpers.settings.config import load_settings

    lines = "order_id,order_date,customer_id,quantity,amount\nA1,2026-03-05,7,1,10\n"
    path = tmp_path / "workbook.toml"
    path.write_text(propose_map(written(tmp_path / "data", {"orders": lines})), encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"report\.currency \(line 5\): the currency of the report"):
        load_settings(path)


def test_a_currency_on_an_orders_first_line_is_the_orders(tmp_path):
    lines = """order_id,order_date,customer_id,product_id,quantity,net_amount,currency
A1,2026-09-03,K01,P10,2,200.00,EUR
A1,2026-09-03,K01,P11,3,300.00,
A2,2026-09-10,K02,P10,1,100.00,GBP
A2,2026-09-10,K02,P12,5,50.00,
A3,2026-10-05,K01,P13,1,210.00,USD
A3,2026-10-05,K01,P12,4,90.00,
"""
    found = proposed(
        tmp_path, {"orders": lines}, more="[source.currency_rates]\nEUR = 0.8\nUSD = 0.5\n", currency="GBP"
    )
    assert found.orders == {"A1": Decimal(400), "A2": Decimal(150), "A3": Decimal(150)}


def test_a_mark_beside_amounts_stays_the_lines_currency_where_the_map_computes(tmp_path):
    lines = (
        "Order No;Order Date;Customer No;Qty;Unit Price\nA1;2026-03-05;7;2;£10.50\nA2;2026-03-06;8;1;£20.00\n"
    )
    found = proposed(tmp_path, {"orders": lines})
    assert found.net == Decimal(41) and found.settings.report.currency == "GBP"
    assert set(found.lines["currency"]) == {"GBP"}


def test_sales_without_a_date_are_no_list_of_customers(tmp_path):
    lines = "Customer No,Item,amount\n10000,P10,1032\n10000,P11,20\n20000,P10,30\n20000,P12,5\n"
    text = propose_map(written(tmp_path / "data", {"customers": lines}))
    assert "[tables.customers]" not in text
    assert "sales without a date, and no monthly report can be made of it" in text
    assert "order_date" in " ".join(each.key for each in open_questions(text))


def test_a_list_of_customers_with_their_turnover_is_one(tmp_path):
    text = propose_map(
        written(
            tmp_path / "data", {"customers": "Customer No,Name,Turnover\n10000,Kestrel,5\n20000,Mill,7\n"}
        )
    )
    assert "[tables.customers]" in text and "without a date" not in text


def test_every_column_and_file_that_is_left_is_named_with_what_stands_in_it(tmp_path):
    lines = "order_id,order_date,customer_id,quantity,amount,Odd one,Blank\n" + "\n".join(
        f"A{n},2026-03-05,7,1,10,x{n}," for n in range(5)
    )
    text = propose_map(written(tmp_path / "data", {"orders": lines, "weather": "sun,rain\n1,2\n"}))
    assert '#   "Odd one" (x0, x1, x2, and 2 more)' in text
    assert '#   "Blank" (empty)' in text
    assert "#   weather.csv: sun (1), rain (2)" in text


HEADS = {
    "Kingdee": "日期,单据编号,购货单位代码,产品长代码,实发数量,销售金额,业务员",
    "Yonyou": "单据日期,发票号,客户编码,存货编码,数量,无税金额,业务员",
    "SAP": "Billing Date,Billing Document,Sold-to party,Material,Billed Qty,Net Value,Sales Employee",
    "Odoo": "Order Date,Order Reference,Customer,Order Lines/Product,Order Lines/Quantity,Order Lines/Subtotal,Source",
    "ERPNext": "Posting Date,Sales Invoice,Customer,Item Code,Qty,Net Amount,Territory",
    "QuickBooks": "Date,Num,Customer,Product/Service,Qty,Amount,Memo/Description",
    "Tally": "Date,Voucher No.,Particulars,Name of Item,Quantity,Value,Voucher Ref",
    "Business Central": "Posting Date,Document No.,Sell-to Customer No.,No.,Quantity,Line Amount Excl. VAT,Note",
    "WooCommerce": "Order Date,Order Number,Customer Email,SKU,Quantity,Order Line Total,Note",
    "German": "Rechnungsdatum,Rechnungs-Nr.,Kunden-Nr.,Artikel-Nr.,Menge,Nettobetrag,Vertreter",
    "French": "Date de facture,N° de facture,Code client,Référence,Quantité,Montant HT,Commercial",
    "Spanish": "Fecha factura,Nº factura,Código cliente,Referencia,Cantidad,Importe neto,Vendedor",
    "Japanese": "売上日,伝票番号,得意先コード,商品コード,数量,売上金額,担当者",
}


@pytest.mark.parametrize("program", HEADS)
def test_heads_of_known_programs_and_languages_are_known(tmp_path, program):
    text = f"{HEADS[program]}\n2026-03-05,S1,K1,P1,2,10.50,X\n2026-03-06,S2,K2,P1,3,20.00,Y\n"
    found = proposed(tmp_path, {"export": text})
    assert found.net == Decimal("30.50") and sum(found.lines["quantity"]) == 5
    assert set(found.lines["customer_id"]) == {"K1", "K2"} and set(found.lines["order_id"]) == {"S1", "S2"}
    assert found.settings.report.language == ("zh" if program in ("Kingdee", "Yonyou") else "en")


def test_windows_1252_is_shown_in_its_readings_and_read(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    lines = (
        "Invoice No;Invoice Date;Customer;Item No;Quantity;Amount\nF1;23.09.2026;Müller Söhne;A1;2;1.234,50\n"
    )
    (data / "Sales.csv").write_bytes((lines + "F2;04.09.2026;Schäfer;A2;1;99,00\n").encode("cp1252"))
    text = propose_map(data)
    assert 'encoding = "cp1252"' in text and '"M黮ler S鰄ne" with "gb18030"' in text
    assert "EUR" in answered(text)


@pytest.mark.parametrize("column", ["Amount", "Unit Price"])
def test_a_mark_of_several_currencies_is_asked_once(tmp_path, column):
    lines = (
        f"Order No,Order Date,Customer No,Qty,{column}\nA1,2026-03-05,7,1,$10.50\nA2,2026-03-06,8,1,$20.00\n"
    )
    found = proposed(
        tmp_path, {"orders": lines}, currency_marks=1, more="[source.currency_rates]\nCAD = 0.5\n"
    )
    assert found.net == Decimal("15.25")
    assert found.settings.tables["order_lines"].currency_marks == {"$": "CAD"}


def months(third: str, title: str = "") -> dict[str, str]:
    """Write three months, of which the third calls its amount otherwise, or has a title."""
    heads = ["Net Amount", "Net Amount", third]
    texts = [
        f"Order No,Order Date,Customer No,Item No,Qty,{head}\nA{n},2026-0{n}-15,C1,P1,1,{n}0.50\n"
        f"B{n},2026-0{n}-16,C1,P1,1,7.25"
        for n, head in enumerate(heads, 1)
    ]
    return {f"sales-{n}": (title if n == 3 else "") + text for n, text in enumerate(texts, 1)}


@pytest.mark.parametrize("files", [
    months("Net Amount (k EUR)"), months("Net Amount (USD)"), months("Net Amount", "单位：万元,,,,,\n"),
])  # fmt: skip
def test_a_month_in_thousands_or_of_another_currency_is_no_month_like_the_others(tmp_path, files):
    text = propose_map(written(tmp_path / "data", files))
    assert [each.key for each in open_questions(text)][-1] == "tables.order_lines.files"
    assert "sales-3.csv" in open_questions(text)[-1].asks


def test_an_amount_with_tax_is_no_other_name_of_one_without(tmp_path):
    text = propose_map(written(tmp_path / "data", months("Amount incl. VAT")))
    assert 'calls "Net Amount"' not in text


def test_a_file_of_returns_is_asked_about(tmp_path):
    files = months("Net Amount")
    files["returns"] = files["sales-1"].replace("A1", "R1").replace("B1", "R2")
    text = propose_map(written(tmp_path / "data", files))
    assert "returns.csv says returns by its name" in text


@pytest.mark.parametrize(
    ("sales", "returns"),
    [
        ("Ventes", "Avoirs"), ("Ventas", "Abonos"), ("Vendite", "Note di credito"), ("Facturen", "Creditnota's"),
        ("Продажи", "Возвраты"), ("Sprzedaż", "Korekty"), ("Satışlar", "İadeler"), ("Vendas", "Devoluções"),
        ("売上", "返品"), ("매출", "반품"), ("銷貨", "銷退"), ("Invoices", "CN"),
    ],
)  # fmt: skip
def test_a_sheet_of_returns_is_known_by_its_name_in_many_languages(tmp_path, sales, returns):
    """Its amounts, which have no minus, were added to the sales without a word."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, amount, letter in ((sales, 100, "S"), (returns, 7, "T")):
        sheet = book.create_sheet(name)
        sheet.append(["Order No", "Order Date", "Customer No", "Item No", "Qty", "Net Amount"])
        for n in range(5):
            sheet.append([f"{letter}{n}", f"2026-01-1{n}", f"C{n % 3}", f"A{n}", 1, amount + n])
    (tmp_path / "data").mkdir()
    book.save(tmp_path / "data" / "2026.xlsx")
    (tmp_path / "workbook.toml").write_text(
        answered(propose_map(tmp_path / "data"), where=0), encoding="utf-8"
    )
    tables = read_tables(tmp_path / "data", load_settings(tmp_path / "workbook.toml"), tmp_path / "cache")
    assert pd.read_parquet(tables.path("order_lines"))["net_amount"].sum() == 510 - 45
