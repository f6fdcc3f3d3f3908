"""Reports as Odoo, SAP and ledgers lay them out: measures below months, groups with their sums, pages with stars."""

from __future__ import annotations

import datetime
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.settings.config import load_settings


def read(folder, **answers):
    """Propose a map, answer it, and give the order lines that are read by it."""
    (folder / "workbook.toml").write_text(answered(propose_map(folder / "data"), **answers), encoding="utf-8")
    settings = load_settings(folder / "workbook.toml")
    return pd.read_parquet(read_tables(folder / "data", settings, folder / "cache").path("order_lines"))


def sheet(folder, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    (folder / "data").mkdir()
    book.save(folder / "data" / "sales.xlsx")


def text(folder, content, encoding="utf-8"):
    (folder / "data").mkdir()
    (folder / "data" / "sales.csv").write_text(content, encoding=encoding)


@pytest.mark.parametrize("measures", [["Untaxed Total"], ["Untaxed Total", "Qty Ordered"]])
def test_measures_below_months_below_a_total_and_the_totals_behind_them(tmp_path, measures):
    """Odoo's pivot view: the totals stood under the last month's name, and none of it was read."""
    blank = [None] * (len(measures) - 1)
    cells = {"Azure Interior": (1000, 1100, None), "Deco Addict": (300, -50, 700)}

    def row(*values):
        return [each for value in values for each in (value, 1 if value else None)[: len(measures)]]

    sheet(tmp_path, [
        [None, "Total"],
        [None, "March 2026", *blank, "April 2026", *blank, "May 2026"],
        [None, *measures * 4],
        ["Total", *row(1300, 1050, 700, 3050)],
        *([f"     {name}", *row(*values, sum(filter(None, values)))] for name, values in cells.items()),
    ])  # fmt: skip
    lines = read(tmp_path, customer_id=0)
    assert sum(lines["net_amount"]) == Decimal(3050)
    assert set(lines["customer_id"]) == {"Azure Interior", "Deco Addict"}
    assert sorted(lines["order_date"].astype(str).unique()) == ["2026-03-31", "2026-04-30", "2026-05-31"]


def test_groups_that_say_how_many_lines_they_have_are_their_sums(tmp_path):
    sheet(tmp_path, [
        ["Order Reference", "Order Date", "Customer", "Product", "Quantity", "Subtotal"],
        ["Azure Interior (2)", None, None, None, 3, 300],
        ["S1", "2026-03-02", "Azure Interior", "Desk", 2, 200],
        ["S2", "2026-03-05", "Azure Interior", "Lamp", 1, 100],
        ["Deco Addict (2)", None, None, None, 3, 350],
        ["S3", "2026-04-02", "Deco Addict", "Desk", 4, 400],
        ["S4", "2026-04-09", "Deco Addict", "Lamp", -1, -50],
    ])  # fmt: skip
    assert sum(read(tmp_path)["net_amount"]) == Decimal(650)


@pytest.mark.parametrize("months", [True, False])
def test_groups_that_name_what_no_line_says_are_headings_and_months_within_them_are_sums(tmp_path, months):
    rows = [["Order Reference", "Order Date", "Product", "Quantity", "Subtotal"]]
    for customer, orders in {
        "Azure Interior": (("S1", 3, 200), ("S2", 4, 100)),
        "Deco Addict": (("S3", 3, 50),),
    }.items():
        rows.append(
            [f"{customer} ({len(orders)})", None, None, len(orders), sum(amount for *_, amount in orders)]
        )
        for order, month, amount in orders:
            rows += (
                [[f"    {('March', 'April')[month - 3]} 2026 (1)", None, None, 1, amount]] if months else []
            )
            rows.append([f"        {order}", f"2026-{month:02}-05", "Desk", 1, amount])
    sheet(tmp_path, rows)
    lines = read(tmp_path, column=0)
    assert dict(lines.groupby("customer_id")["net_amount"].sum()) == {
        "Azure Interior": 300,
        "Deco Addict": 50,
    }
    assert {order.strip() for order in lines["order_id"]} == {"S1", "S2", "S3"}


def test_pages_of_an_sap_list_with_their_heads_again_and_stars_before_totals(tmp_path):
    rule, head = "-" * 60, "|Auftrageb.|Fakturadat.|Faktura |Fakt.Menge|Nettowert  |"
    page = "01.04.2026       Dynamische Listausgabe         {}"
    text(tmp_path, "\n".join([
        page.format(1), rule, head, rule,
        "|10001     |02.03.2026 |90000001|     2,000|   1.000,50|",
        "|10001     |05.03.2026 |90000002|     1,000|     330,00|",
        "|10001     |           |        |          |*  1.330,50|", rule,
        page.format(2), rule, head, rule,
        "|10002     |07.03.2026 |90000003|     8,000|   4.000,00|",
        "|10002     |09.03.2026 |90000004|     1,000|    500,00-|",
        "|10002     |           |        |          |*  3.500,00|", rule,
        "|          |           |        |          |** 4.830,50|", rule,
    ]))  # fmt: skip
    assert sum(read(tmp_path)["net_amount"]) == Decimal("4830.50")


def test_what_stands_below_a_table_after_a_blank_row_is_none_of_its_lines(tmp_path):
    text(
        tmp_path,
        """\
Order No,Date,Customer No,Item,Qty,Net Amount
R1,2026-03-02,C1,A,1,10.00
R2,2026-03-05,C2,A,1,20.00

2,record(s) downloaded,from 2026-03-01,to 2026-03-31,,
""",
    )
    assert sum(read(tmp_path)["net_amount"]) == Decimal(30)


def test_a_second_row_of_a_head_that_names_other_measures_is_no_line(tmp_path):
    text(
        tmp_path,
        """\
Day Book,,,,,
Date,Customer,Vch Type,Vch No.,Quantity,Amount
,,,,Outwards,Value
2026-04-01,Kestrel,Sales,1,1,1000
2026-04-03,Merlin,Sales,2,1,500
2026-04-04,Merlin,Sales,3,1,200
2026-04-05,Merlin,Sales,4,1,300
""",
    )
    assert sum(read(tmp_path)["net_amount"]) == Decimal(2000)


def test_what_headings_name_is_asked_with_answers_to_choose_from(tmp_path):
    text(
        tmp_path,
        """\
Detail,,,
Invoice Date,Invoice No,Quantity,Net Amount
Kestrel Tools,,,
2026-03-02,1001,2,100.00
2026-03-15,1004,1,45.50
Merlin Supply,,,
2026-03-17,1006,1,300.00
""",
    )
    assert set(read(tmp_path, column=0)["customer_id"]) == {"Kestrel Tools", "Merlin Supply"}


def test_days_with_the_name_of_a_zone_are_the_days_that_are_written(tmp_path):
    text(
        tmp_path,
        """\
order id,date/time,customer,quantity,product sales,promotional rebates
A,"Mar 2, 2026 1:18:22 AM PST",C1,2,100.00,-10.00
B,"Mar 9, 2026 11:00:00 PM PDT",C2,1,50.00,0
""",
    )
    lines = read(tmp_path, net_amount=0)
    assert sum(lines["net_amount"]) == Decimal(140)
    assert [*lines["order_date"].astype(str)] == ["2026-03-02", "2026-03-09"]


def test_an_outline_of_two_kinds_of_names_in_one_column_is_never_added_up(tmp_path):
    sheet(tmp_path, [
        [None, "Untaxed Total", "Qty Ordered"], ["Total", 3050, 30],
        ["March 2026", 1300, 13], ["Azure Interior", 1000, 10], ["Deco Addict", 300, 3],
        ["April 2026", 1750, 17], ["Azure Interior", 1100, 11], ["Deco Addict", 650, 6],
    ])  # fmt: skip
    with pytest.raises(WorkbookError):
        read(tmp_path)


def test_a_customer_named_above_the_head_is_that_of_the_first_lines(tmp_path):
    """FBL5N of SAP: each customer has a block of its own, and the first stands above the head of the table."""
    rule, head = "-" * 62, "|DocumentNo|Ty|Doc. Date |Amount in local cur.|Text           |"
    text(tmp_path, "\n".join([
        "Customer              10001", "Name                  Kestrel Ltd", "", rule, head, rule,
        "|1800000001|RV|02.03.2026|            1,190.00|               |",
        "|1800000003|RG|09.03.2026|              119.00-|               |",
        "|1400000001|DZ|20.03.2026|              500.00-|               |", rule,
        "|*         |  |          |              571.00|               |", rule, "",
        "Customer              10002", "Name                  Merlin plc", "", rule, head, rule,
        "|1800000004|RV|12.03.2026|              595.00|               |", rule,
        "|*         |  |          |              595.00|               |", rule,
        "|**        |  |          |            1,166.00|               |", rule,
    ]))  # fmt: skip
    lines = read(tmp_path, net_amount=5)  # no tax is in it
    assert lines.groupby("customer_id")["net_amount"].sum().to_dict() == {"10001": 1071, "10002": 595}


def test_headings_with_a_colon_of_full_width_name_customers(tmp_path):
    text(
        tmp_path,
        """\
売上明細表,,,,
伝票日付,伝票番号,商品コード,数量,金額
得意先：0001 ケストレル商店,,,,
2026/03/02,1001,A1,10,150
2026/03/05,1002,C1,2,200
得意先計,,,12,350
得意先：0002 マーリン工業,,,,
2026/03/09,1003,B1,1,300
得意先計,,,1,300
総合計,,,13,650
""",
    )
    assert set(read(tmp_path)["customer_id"]) == {"0001 ケストレル商店", "0002 マーリン工業"}


def tally(*sides):
    """Write a register of Tally: a row for each voucher and its party, and below it the rows of its items."""
    rows = ["Date,Particulars,Vch Type,Vch No.,Quantity,Rate,Value,Gross Total"]
    for number, (party, kind) in enumerate(
        (("Kestrel", "Sales"), ("Harrow", "Sales"), ("Kestrel", "Credit Note")), 1
    ):
        customer_side, item_side = sides if kind == "Sales" else sides[::-1]
        rows += [
            f"{number}-Jan-26,{party},{kind},{number},6 Nos,,{80 * number}.00,{94.4 * number:.2f}{customer_side}",
            f",Bolt,,,2 Nos,10.00/Nos,{20 * number}.00{item_side},",
            f",Nut,,,4 Nos,15.00/Nos,{60 * number}.00{item_side},",
        ]
    return "\n".join(rows)


@pytest.mark.parametrize("sides", [("", ""), (" Dr", " Cr")])
def test_a_voucher_above_its_items_gives_them_its_party_day_and_number(tmp_path, sides):
    """Its items had no number and no day, and the run stopped at them."""
    text(tmp_path, tally(*sides))
    lines = read(tmp_path)
    assert list(lines["customer_id"].groupby(lines["order_id"]).first()) == ["Kestrel", "Harrow", "Kestrel"]
    assert list(lines["product_id"]) == ["Bolt", "Nut"] * 3
    assert list(lines["net_amount"]) == [20, 60, 40, 120, -60, -180]
    assert [day.day for day in lines["order_date"]] == [1, 1, 2, 2, 3, 3]


def test_a_register_whose_items_do_not_add_up_to_the_voucher_is_read_in_no_such_way(tmp_path):
    text(tmp_path, tally("", "").replace("60.00", "61.00").replace("6 Nos", "7 Nos"))
    assert "headings" not in propose_map(tmp_path / "data")


def test_the_outer_of_two_levels_of_groups_is_no_customer(tmp_path):
    """Salespeople above customers: three of four customers were set aside as notes, and their sales the others'."""
    rows, groups = ["Order Reference,Order Date,Product,Quantity,Untaxed Total"], {}
    for seller, customers in (("Mitchell", ("Azure", "Deco")), ("Marc", ("Gemini", "Ready"))):
        rows.append(f"{seller} (4),,,4,60.00")
        for customer in customers:
            groups[customer] = [f"{customer}-{n}" for n in (1, 2)]
            rows.append(f"    {customer} (2),,,2,30.00")
            rows += [
                f"        {order},2026-01-0{n},A1,1,{10 * n}.00"
                for n, order in enumerate(groups[customer], 1)
            ]
    text(tmp_path, "\n".join(rows))
    lines = read(tmp_path, column="customer_id")
    assert {customer: list(of["order_id"]) for customer, of in lines.groupby("customer_id")} == groups


def outline_of_1c(head, rows, customers=("Romashka", "Sever"), of_customer=True):
    """Write a list of 1C: customers, their documents and the items of these in one column, each with its sum."""
    lines = [head]
    for place, customer in enumerate(customers):
        lines.append(f"{customer},,,,,{160 if of_customer else ''}")
        for number in (2 * place + 1, 2 * place + 2):
            lines += rows(number, f"{number:02}.01.2026")
    return "\n".join(lines)


@pytest.mark.parametrize("of_customer", [True, False])
@pytest.mark.parametrize("document", ["Sale {}", ""])
def test_customers_documents_and_items_in_one_column_are_told_by_what_is_filled(
    tmp_path, document, of_customer
):
    """Every row was set aside, and the run stopped."""

    def rows(number, day):
        return [f"{document.format(number)},{day},R-{number},,,80", "Bolt,,,2,10,20", "Nut,,,4,15,60"]

    text(tmp_path, outline_of_1c("Контрагент / Номенклатура,Дата,Номер,Количество,Цена,Сумма без НДС", rows,
                                 of_customer=of_customer))  # fmt: skip
    lines = read(tmp_path)
    assert list(lines["customer_id"].groupby(lines["order_id"]).first()) == ["Romashka"] * 2 + ["Sever"] * 2
    assert list(lines["product_id"]) == ["Bolt", "Nut"] * 4 and sum(lines["net_amount"]) == 320


def test_customers_above_items_that_have_their_document_beside_them_are_no_items(tmp_path):
    def rows(number, day):
        return [f"Bolt,{day},R-{number},2,10,20", f"Nut,{day},R-{number},4,15,60"]

    text(tmp_path, outline_of_1c("Контрагент / Товар,Дата,Номер,Количество,Цена,Сумма без НДС", rows))
    assert sum(read(tmp_path)["net_amount"]) == 320


def test_groups_above_documents_are_no_customers_where_a_column_names_these(tmp_path):
    def rows(number, day):
        return [f"Bolt,{day},R-{number},K{number},10,20", f"Nut,{day},R-{number},K{number},15,60"]

    text(
        tmp_path,
        outline_of_1c("Group / Item,Date,Invoice No,Customer,Price,Net Amount", rows, ("Steel", "Brass")),
    )
    assert (
        '"Customer"' in (proposal := propose_map(tmp_path / "data")) and 'column = "Customer"' not in proposal
    )


def test_a_customer_whose_name_begins_with_total_hides_no_subtotal(tmp_path):
    """All its lines might have been totals, so that nothing was left of which the subtotal was the sum."""
    rows = ["Account,Name,Product,Jan 2026,Feb 2026,Mar 2026"]
    for account, name in enumerate(("Arden", "Total Foods Ltd", "Crewe")):
        rows += [f"C{account},{name},P{n},{n + account},{2 * n},3" for n in (1, 2, 3)]
        rows.append(f"C{account},{name},Sub-total,{6 + 3 * account},12,9")
    text(tmp_path, "\n".join([*rows, "Grand total,,,27,36,27"]))
    assert sum(read(tmp_path)["net_amount"]) == 90


def test_group_headings_in_a_column_of_numbers_of_documents_are_customers(tmp_path):
    """A sheet that Excel calls Plan1, in Brazil, was one of targets."""
    rows = [
        ["Faturamento por Cliente"],
        ["Nº", "Emissão", "Código", "Quantidade", "Unitário", "Valor líquido"],
    ]
    for customer in ("Alfa Ltda", "Beta S.A."):
        rows += [
            [customer],
            *([len(rows) + n, datetime.date(2026, 1, n), f"A{n}", n, 10, 10 * n] for n in (1, 2, 3)),
        ]
        rows.append([f"Total de {customer}", None, None, None, None, 60])
    book = openpyxl.Workbook()
    book.active.title = "Plan1"
    for row in rows:
        book.active.append(row)
    (tmp_path / "data").mkdir()
    book.save(tmp_path / "data" / "fat.xlsx")
    lines = read(tmp_path)
    assert set(lines["customer_id"]) == {"Alfa Ltda", "Beta S.A."} and sum(lines["net_amount"]) == 120
