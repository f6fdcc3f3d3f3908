"""Exports that hold no sales: named for what they are, with what to export in their place; never read as sales."""

from __future__ import annotations

import pytest
from exports import written

from helpers.intake import propose_map
from helpers.questions import open_questions

NO_SALES = {
    "totals by customer and product": (
        "sales",
        "Customer,Saw,Drill,Total\nKestrel,10,5,15\nMill Lane,0,7,7\n",
        'totals of "Customer", without a day of any sale',
    ),
    "a pivot table of sums": (
        "pivot",
        "Row Labels,Sum of Quantity,Sum of Amount\nKestrel,3,30\nMill Lane,2,20\nGrand Total,5,50\n",
        "or such totals with year and month in a column or in the heads",
    ),
    "a ranking of customers": (
        "ranking",
        "客户编码,客户名称,销售数量,销售金额\nK1,红星五金,3,30\nK2,蓝天建材,2,20\n",
        "without a day of any sale",
    ),
    "a year by customer below titles": (
        "summary",
        "My Company\nSales by Customer Summary\nJanuary - December 2026\n\n"
        ",Total\nKestrel,30\nMill Lane,20\nTOTAL,50\n",
        "without a day of any sale",
    ),
    "groups of Odoo that are folded": (
        "sale.report",
        ",Untaxed Total,Qty Ordered\nAzure Interior (2),30,3\n    January 2026 (2),30,3\n"
        "Deco (1),20,2\n    May 2026 (1),20,2\n",
        "without a day of any sale",
    ),
    "a stock list": (
        "export",
        "Item No,Description,Qty on Hand,Unit Cost,Stock Value\nP1,Saw,3,10,30\nP2,Drill,2,10,20\n",
        'a list of stock or of products, by "Qty on Hand"',
    ),
    "a stock list of one day": (
        "export",
        "Date,Item No,Description,Quantity,Unit Cost,Amount\n2026-06-30,P1,Saw,3,10,30\n2026-06-30,P2,Drill,2,10,20\n",
        "each Item No stands there once, on one day",
    ),
    "a Chinese list of what stock came and went": (
        "收发存汇总",
        "存货编码,存货名称,期初数量,入库数量,出库数量,结存数量,结存金额\nP1,锯,1,5,3,3,30\nP2,钻,1,2,1,2,20\n",
        'what came into stock and went out, by "入库数量" and "出库数量"',
    ),
    "purchases": (
        "export",
        "PO No,PO Date,Supplier,Item No,Quantity,Unit Cost,Amount\n"
        "PO1,2026-03-05,Acme,P1,3,10,30\nPO2,2026-03-06,Bolt,P1,2,10,20\n",
        'a list of purchases, by "PO No" and "Supplier"',
    ),
    "Chinese purchases": (
        "采购入库",
        "单据编号,日期,供应商,存货编码,数量,单价,金额\nR1,2026-03-05,甲厂,P1,3,10,30\nR2,2026-03-06,乙厂,P2,2,10,20\n",
        '"供应商", not of sales: export the sales',
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", NO_SALES)
def test_what_holds_no_sales_is_named_and_stops_with_what_to_export(tmp_path, kind):
    name, text, said = NO_SALES[kind]
    asked = [each for each in open_questions(propose_map(written(tmp_path / "data", {name: text})))
             if each.key.startswith("tables.order_lines")]  # fmt: skip
    assert said in asked[0].sentence and not asked[0].answers


def test_beside_sales_a_list_of_purchases_is_named_in_a_comment_and_the_sales_are_read(tmp_path):
    sales = "Order No,Date,Customer,Item No,Quantity,Amount\n"
    sales += "A1,2026-03-05,Kestrel,P1,3,30\nA2,2026-03-06,Mill,P2,2,20\n"
    text = propose_map(written(tmp_path / "data", {"sales": sales, "in": NO_SALES["purchases"][1]}))
    assert '# in.csv is a list of purchases, by "PO No" and "Supplier", not of sales' in text
    assert [each.key for each in open_questions(text)] == ["report.currency"]


def test_sales_whose_products_have_a_vendor_are_sales(tmp_path):
    sales = "Order No,Purchase Date,Buyer,Vendor,SKU,Quantity,Amount\nA1,2026-03-05,Kestrel,Acme,P1,3,30\n"
    text = propose_map(written(tmp_path / "data", {"sales": sales}))
    assert "purchases" not in text


def test_orders_by_day_without_customers_are_still_asked_for_them(tmp_path):
    sales = "Order No,Date,SKU,Quantity,Amount,Stock left\nA1,2026-03-05,P1,3,30,9\nA2,2026-03-06,P2,2,20,8\n"
    text = propose_map(written(tmp_path / "data", {"sales": sales}))
    assert "no column names a customer: who are they?" in text
