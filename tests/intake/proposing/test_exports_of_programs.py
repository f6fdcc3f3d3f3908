"""Exports as SAP, Xero, Lightspeed, Yonyou and pivot tables write them are mapped without an edit, to the cent."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
import pytest
from exports import answered, proposed

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.questions import open_questions
from helpers.settings.config import load_settings

HEAD = "Order No,Order Date,Customer No,Item No,Qty"
DAYS = [f"2026-0{1 + n % 9}-{1 + n:02d}" for n in range(20)]


def read(folder, **answers):
    """Propose a map for a folder, answer it, and give the map and what all lines add up to."""
    text = propose_map(folder)
    (folder.parent / "workbook.toml").write_text(answered(text, **answers), encoding="utf-8")
    settings = load_settings(folder.parent / "workbook.toml")
    lines = read_tables(folder, settings, folder.parent / "cache").path("order_lines")
    import pandas as pd

    return text, sum(pd.read_parquet(lines)["net_amount"], Decimal(0))


def book(path, sheets):
    """Write sheets of rows as a workbook."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(exist_ok=True)
    made.save(path)


def test_a_list_of_sap_is_read_without_its_separators_and_its_star_of_a_total(tmp_path):
    heads = ["Fakturadat.", "Faktura", "Auftrageb.", "Material", "Fakt.Menge", "Nettowert"]
    rows = [
        [f"0{1 + n % 9}.03.2026", f"R{n}", f"C{n % 3}", "M1", str(n + 1), f"{n + 1}.000,50"] for n in range(9)
    ]
    lines = [heads, *rows, ["*", "", "", "", "", "45.004,50"]]
    table = ["|" + "|".join(cell.ljust(11) for cell in line) + "|" for line in lines]
    rule = "-" * len(table[0])
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "alv.txt").write_text(
        "\n".join(
            [
                "01.04.2026  Dynamische Listausgabe  1",
                "",
                rule,
                table[0],
                rule,
                *table[1:-1],
                rule,
                table[-1],
                rule,
            ]
        ),
        encoding="utf-8",
    )
    assert read(tmp_path / "data")[1] == Decimal("45004.50")


def test_dates_with_dots_are_days_first_and_are_not_asked(tmp_path):
    lines = "\n".join(f"B{n},0{1 + n}.0{9 - n}.2026,K1,A1,1,10.00" for n in range(9))
    found = proposed(tmp_path, {"sales": f"{HEAD},Net Amount\n{lines}"})
    assert found.asked == [] and found.settings.tables["order_lines"].date_format == "%d.%m.%Y"
    assert "with dots the day stands first" in found.text


def test_sheets_of_months_of_which_the_later_ones_have_other_heads_all_count(tmp_path):
    """The second half of the year stood in a comment of the map, and the report was of the first half alone."""
    heads = {True: ["Order No", "Date", "Customer No", "Item", "Qty", "Net Amount"],
             False: ["Order No", "Date", "Cust. No.", "Item", "Quantity", "Net Sales"]}  # fmt: skip
    sheets = {
        f"0{m}-2026": [
            heads[m < 4],
            *([f"R{m}{n}", f"2026-0{m}-1{n}", "C1", "A1", 1, 100 * m + n] for n in range(3)),
            ["Total", None, None, None, 3, 300 * m + 3],
        ]
        for m in range(1, 7)
    }
    book(tmp_path / "data" / "book.xlsx", sheets)
    assert read(tmp_path / "data")[1] == Decimal(300 * 21 + 18)


def test_the_total_of_months_side_by_side_is_not_the_amount_of_each_month(tmp_path):
    """Under a head of two rows 合计/金额 was taken for 金额, and each month counted as the whole year."""
    months = [f"{m}月" for m in range(1, 5)]
    rows = [
        ["2026年销售统计表"],
        ["客户", None, *(cell for month in months for cell in (month, None)), "合计", None],
        ["编码", "名称", *["数量", "金额"] * 5],
        *([f"K{n}", f"客户{n}甲", *[1, 100 + n] * 4, 4, 400 + 4 * n] for n in range(5)),
    ]
    book(tmp_path / "data" / "统计.xlsx", {"统计": rows})
    assert read(tmp_path / "data")[1] == Decimal(5 * 400 + 4 * 10)


def test_a_credit_note_has_its_minus_also_where_its_tax_is_asked(tmp_path):
    """The answers to a question about the amount were without the minus of the credit notes."""
    lines = "\n".join(
        f"I{n},{DAYS[n]},C1,A1,1,{'Sales credit note' if n == 3 else 'Sales invoice'},100.00,{7 + n}.00"
        for n in range(9)
    )
    found = proposed(tmp_path, {"sales": f"{HEAD},Type,Line Amount,Tax Amount\n{lines}"}, net_amount=0)
    assert found.net == Decimal("700.00")


def test_an_amount_and_its_tax_that_make_the_total_are_not_asked(tmp_path):
    lines = "\n".join(f"I{n},{DAYS[n]},C1,A1,1,{100 + n}.00,{7 + n}.00,{107 + 2 * n}.00" for n in range(9))
    found = proposed(tmp_path, {"sales": f"{HEAD},Subtotal w/ Discounts,Tax,Total\n{lines}"})
    assert found.asked == [] and found.net == Decimal("936.00")


@pytest.mark.parametrize("head", ["税率(%)", "税率（%）"])
def test_a_rate_with_a_percent_sign_in_its_head_is_a_rate(tmp_path, head):
    lines = "\n".join(f"F{n},{DAYS[n]},K1,1,{head and 13},113.00" for n in range(9))
    found = proposed(tmp_path, {"销售": f"单据编号,日期,客户编码,数量,{head},价税合计\n{lines}"})
    assert found.asked == [] and found.net == Decimal("900.0000")


def test_a_percent_sign_before_a_tax_is_a_rate_and_no_amount(tmp_path):
    lines = "\n".join(f"F{n},{DAYS[n]},K1,1,121.00,21" for n in range(9))
    found = proposed(
        tmp_path, {"ventas": f"Factura,Fecha,Cód. cliente,Cantidad,Importe,% IVA\n{lines}"}, net_amount=1
    )
    assert found.net == Decimal("900.0000")


def test_a_discount_whose_head_says_percent_is_asked_as_nothing_else(tmp_path):
    lines = "\n".join(f"F{n},{DAYS[n]},K1,A1,2,50.00,{5 * (n % 3)}" for n in range(9))
    found = proposed(tmp_path, {"sales": f"{HEAD},Unit Price,Discount %\n{lines}"}, net_amount=0)
    assert found.net == Decimal("855.00") and "an amount of each unit" not in found.text


def test_a_chinese_discount_may_be_what_is_paid(tmp_path):
    lines = "\n".join(f"F{n},{DAYS[n]},K1,A1,2,50.00,{85 if n % 2 else 100}" for n in range(8))
    text = {"销售": f"单据编号,日期,客户编码,商品编号,数量,单价,折扣率\n{lines}"}
    proposal = proposed(tmp_path, text, net_amount=3)
    assert "what is paid of the amount" in proposal.text and proposal.net == Decimal(740)


def test_a_date_of_three_columns_is_one(tmp_path):
    lines = "\n".join(f"2026,{1 + n},15,K1,A1,D{n},1,100.00" for n in range(9))
    found = proposed(tmp_path, {"销售明细账": f"年,月,日,客户编码,存货编码,单据号,数量,金额\n{lines}"})
    assert found.net == Decimal("900.00") and str(found.lines["order_date"].max())[:10] == "2026-09-15"


def test_lines_of_sales_are_that_whatever_their_file_is_called(tmp_path):
    lines = "\n".join(f"{DAYS[n]},F{n},K1,甲公司,A1,1,100.00,13,13.00,113.00" for n in range(9))
    heads = "发票日期,发票号,客户编码,客户名称,存货编码,数量,无税金额,税率（%）,税额,价税合计"
    found = proposed(tmp_path, {"发票列表": f"{heads}\n{lines}"})
    assert found.asked == [] and found.net == Decimal("900.00")


def test_a_pivot_table_and_heads_that_say_without_tax_are_known(tmp_path):
    lines = "\n".join(f"R{n},{DAYS[n]},K1,A1,2,100.00" for n in range(9))
    heads = "Rechnung,Datum,Kunde,Artikel,Summe von Menge,Betrag CHF exkl. MWST"
    assert proposed(tmp_path, {"umsatz": f"{heads}\n{lines}"}).net == Decimal("900.00")


def test_whole_numbers_show_by_themselves_what_parts_thousands(tmp_path):
    lines = (
        "\n".join(f"D{n};{DAYS[n]};K1;A1;1;{n + 1}.{100 + n}" for n in range(12))
        + "\nE1;2026-03-04;K1;A1;1;950"
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sales.csv").write_text(
        f"{HEAD.replace(',', ';')};Net Amount\n{lines}\n", encoding="utf-8"
    )
    text, net = read(tmp_path / "data")
    assert 'decimal = ","' in text and net == sum(1000 * (n + 1) + 100 + n for n in range(12)) + 950


def test_a_triangle_is_the_minus_of_japanese_accounts(tmp_path):
    lines = "\n".join(f"D{n},2026/0{1 + n}/15,T1,A1,1,{'▲' if n == 2 else ''}500" for n in range(9))
    found = proposed(tmp_path, {"売上明細": f"伝票番号,売上日,得意先コード,商品コード,数量,金額\n{lines}"})
    assert found.net == Decimal(3500)


def test_orders_and_their_invoices_under_other_heads_are_not_one_table(tmp_path):
    orders = f"{HEAD},Net Amount\n" + "\n".join(f"R{n},{DAYS[n]},C1,A1,1,100.00" for n in range(9))
    invoices = "Invoice No,Invoice Date,Customer,Product,Quantity,Amount\n" + "\n".join(
        f"I{n},{DAYS[n]},C1,A1,1,100.00" for n in range(9)
    )
    assert proposed(tmp_path, {"export1": orders, "export2": invoices}).net == Decimal(900)


def test_an_amount_before_discount_is_not_asked_for_its_tax_where_the_total_tells(tmp_path):
    lines = "\n".join(f"R{n},{DAYS[n]},C1,A1,1,100.00,{n}.00,19.00,{119 - n}.00" for n in range(9))
    found = proposed(tmp_path, {"sales": f"{HEAD},Subtotal,Discounts,Tax,Total\n{lines}"})
    assert found.asked == [] and found.net == Decimal(900 - 36)


def test_a_month_is_no_date_where_days_stand_beside_it(tmp_path):
    lines = "\n".join(f"{DAYS[n][:7]},R{n},{DAYS[n]},C1,A1,1,100.00" for n in range(9))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sales.csv").write_text(
        f"Month,Order No,Ship Date,Customer No,Item,Qty,Net Amount\n{lines}\n"
    )
    (asked,) = (
        each for each in open_questions(propose_map(tmp_path / "data")) if each.key.endswith("order_date")
    )
    assert any("Ship Date" in answer for answer, _ in asked.answers)


def test_an_account_of_revenue_is_no_customer_where_a_customer_is_named(tmp_path):
    lines = "\n".join(f"R{n},{DAYS[n]},{4000 + n % 2},Kestrel {n % 4},A1,1,100.00" for n in range(9))
    found = proposed(tmp_path, {"sales": f"Invoice No,Date,Account,Customer Name,Item,Qty,Amount\n{lines}"})
    assert set(found.lines["customer_id"]) == {f"Kestrel {n}" for n in range(4)}


def test_an_export_of_erpnext_carries_the_invoice_down_though_few_have_a_second_item(tmp_path):
    lines = """\
ID,Customer,Posting Date,Status,Is Return,Total,Item Code (Items),Quantity (Items),Amount (Items),Net Amount (Items)
SINV-1,CUST-1,2026-10-05,Paid,0,238.00,P1,2,119.00,100.00
,,,,,,P2,1,119.00,100.00
SINV-2,CUST-2,2026-10-06,Unpaid,0,59.50,P1,1,59.50,50.00
SINV-3,CUST-2,2026-10-07,Return,1,-59.50,P1,-1,-59.50,-50.00
SINV-4,CUST-1,2026-10-08,Cancelled,0,59.50,P1,1,59.50,50.00
SINV-5,CUST-1,2026-10-09,Draft,0,59.50,P1,1,59.50,50.00"""
    found = proposed(tmp_path, {"Sales Invoice": lines})
    assert found.orders == {"SINV-1": 200, "SINV-2": 50, "SINV-3": -50}
    assert found.lines.groupby("customer_id")["net_amount"].sum().to_dict() == {"CUST-1": 200, "CUST-2": 0}


def test_an_export_of_xero_is_read_net_with_credit_notes_and_its_own_codes_of_items(tmp_path):
    lines = """\
ContactName,InvoiceNumber,Reference,InvoiceDate,Total,TaxTotal,InventoryItemCode,Quantity,UnitAmount,LineAmount,\
TaxAmount,Currency,Type,Status
Ridgeway,INV-1,P/O 1,2026-10-13,360.00,60.00,BOOK,10,20.00,200.00,40.00,EUR,Sales invoice,Awaiting Payment
Ridgeway,INV-1,P/O 1,2026-10-13,360.00,60.00,PEN,100,1.00,100.00,20.00,EUR,Sales invoice,Awaiting Payment
City,INV-2,,2026-10-14,168.00,28.00,BOOK,5,18.00,90.00,18.00,EUR,Sales invoice,Paid
City,INV-2,,2026-10-14,168.00,28.00,PEN,50,1.00,50.00,10.00,EUR,Sales invoice,Paid
City,CN-3,,2026-10-15,24.00,4.00,BOOK,1,20.00,20.00,4.00,EUR,Sales credit note,Paid
West,INV-4,,2026-10-16,120.00,20.00,BOOK,5,20.00,100.00,20.00,EUR,Sales invoice,Draft
West,INV-5,,2026-10-17,120.00,20.00,BOOK,5,20.00,100.00,20.00,EUR,Sales invoice,Voided"""
    found = proposed(tmp_path, {"SalesInvoices": lines})
    assert found.orders == {"INV-1": 300, "INV-2": 140, "CN-3": -20}
    assert set(found.lines["product_id"]) == {"BOOK", "PEN"}


def test_quickbooks_jobs_below_customers_and_their_totals_are_no_lines(tmp_path):
    rows = [
        ["", "Type", "Date", "Num", "Name", "Item", "Qty", "Sales Price", "Amount", "Balance"],
        ["Kristy Ltd", *[""] * 9],
        [
            "",
            "Invoice",
            "12/15/2026",
            "1073",
            "Kristy Ltd:Remodel",
            "Frame",
            "2",
            "50.00",
            "100.00",
            "100.00",
        ],
        [
            "",
            "Credit Memo",
            "12/22/2026",
            "1076",
            "Kristy Ltd:Remodel",
            "Frame",
            "-1",
            "35.00",
            "-35.00",
            "65.00",
        ],
        ["Total Kristy Ltd", *[""] * 5, "1", "", "65.00", "65.00"],
        ["Allard Robert", *[""] * 9],
        ["Remodel", *[""] * 9],
        [
            "",
            "Invoice",
            "11/15/2026",
            "1060",
            "Allard Robert:Remodel",
            "Pipe",
            "1",
            "1200.00",
            "1200.00",
            "1200.00",
        ],
        [
            "",
            "Invoice",
            "11/16/2026",
            "1061",
            "Allard Robert:Remodel",
            "Pipe",
            "1",
            "300.00",
            "300.00",
            "1500.00",
        ],
        ["Total Remodel", *[""] * 5, "2", "", "1500.00", "1500.00"],
        ["Total Allard Robert", *[""] * 5, "2", "", "1500.00", "1500.00"],
        ["TOTAL", *[""] * 5, "3", "", "1565.00", "1565.00"],
    ]
    found = proposed(tmp_path, {"sales by customer detail": "\n".join(map(",".join, rows))})
    assert found.orders == {"1060": 1200, "1061": 300, "1073": 100, "1076": -35}


@pytest.mark.parametrize(("title", "times"), [
    ("单位：万元", 10_000), ("(金额单位：千元)", 1_000), ("Beträge in TEUR", 1_000),
    ("Sales (USD in thousands)", 1_000), ("Umsatz in Tsd. EUR", 1_000), ("Sales in March", 1),
    ("Sales list of all branches and resellers by customer and article, printed for the monthly meeting " * 2
     + "(金额单位：千元)", 1_000),
])  # fmt: skip
def test_a_title_says_how_large_one_of_all_amounts_is(tmp_path, title, times):
    lines = "\n".join(f"B{n},{DAYS[n]},K1,A1,1,{n + 1}.50" for n in range(9))
    found = proposed(tmp_path, {"sales": f"{title},,,,,\n{HEAD},Net Amount\n{lines}"})
    assert found.net == times * Decimal("49.5")


def test_a_price_of_many_pieces_is_divided_by_their_number(tmp_path):
    lines = "\n".join(f"B{n},{DAYS[n]},K1,A1,{n + 1},250.00,{100 if n % 2 else 1000}" for n in range(4))
    found = proposed(tmp_path, {"sales": f"{HEAD},Price,Price Unit\n{lines}"})
    assert found.net == Decimal("0.25") * 4 + Decimal("2.5") * 6


def test_a_number_of_three_decimals_in_a_cell_is_no_thousands(tmp_path):
    """Beside texts with a decimal comma 115.147 was 115147, and without them it was asked about."""
    rows = [[*HEAD.split(","), "Net Amount"], ["B1", "2026-01-05", "K1", "A1", 1, 115.147]]
    book(tmp_path / "data" / "sales.xlsx", {"S": [*rows, ["B2", "2026-01-06", "K1", "A1", 1, 20.5]]})
    assert read(tmp_path / "data")[1] == Decimal("135.647")
    book(tmp_path / "data" / "sales.xlsx", {"S": [*rows, ["B2", "2026-01-06", "K1", "A1", 1, "1.234,50"]]})
    with pytest.raises(WorkbookError, match=r"'115\.1470'|two ways|'1\.234,50'"):
        read(tmp_path / "data")
