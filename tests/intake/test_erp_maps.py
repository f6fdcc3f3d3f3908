"""The maps that ship give the totals that the programs themselves give."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tomllib
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from helpers.intake import read_tables, reconciliation
from helpers.settings.config import PROJECT_FOLDER, load_settings, parse_settings

HERE = Path(__file__).parent / "erp"
MAPS = PROJECT_FOLDER / "data" / "maps"
#: A Python that has Tryton; a minute or more to make its database.
TRYTON = os.environ.get("WORKBOOK_TRYTON")


def read(data, program, cache, currency="EUR", **tables):
    mapped = tomllib.loads((MAPS / f"{program}.toml").read_text(encoding="utf-8"))
    mapped["report"]["currency"] = currency
    for name, settings in tables.items():
        mapped["tables"][name] |= settings
    return read_tables(data, parse_settings(mapped, f"{program}.toml"), cache)


def rows(tables, name):
    return pd.read_parquet(tables.path(name)).astype(object).replace({float("nan"): None})


def database(program, folder):
    path = folder / f"{program}.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((HERE / f"{program}.sql").read_text(encoding="utf-8"))
    return path


def check_tryton(tables, said):
    """Hold sales, invoices and open items by customer against what Tryton says."""
    lines, invoices = rows(tables, "order_lines"), rows(tables, "invoices")
    assert lines["net_amount"].sum() == Decimal(said["revenue"])
    undone = {number for number, (net, _, state, who) in said["invoices"].items() if who == "Dog"}
    by_invoice = lines.groupby("order_id")["net_amount"].sum()
    for number, (net, total, _, _) in said["invoices"].items():
        if number in undone:
            assert number not in by_invoice.index
            continue
        assert by_invoice[number] == Decimal(net), number
        (row,) = invoices[invoices["invoice_id"] == number].to_dict("records")
        assert (row["amount"], str(row["due_date"])) == (Decimal(total), said["due"][number])
    names = rows(tables, "customers").set_index("customer_id")["name"]
    owed = invoices.groupby("customer_id")["amount"].sum()
    owed = owed.sub(rows(tables, "payments").groupby("customer_id")["amount"].sum(), fill_value=0)
    assert {names[who]: amount for who, amount in owed.items() if amount} == {
        who: Decimal(amount) for who, amount in said["receivable"].items()
    }
    assert set(names) == {"Ant", "Bee", "Cat", "Dog"}  # no supplier, nor who has only offers


def test_tryton_sold_paid_written_off_returned_refunded_and_cancelled(tmp_path):
    """The database and what is said of it are Tryton's own: see benchmarks/tryton_ledger.py."""
    tables = read(database("tryton", tmp_path), "tryton", tmp_path, "USD")
    check_tryton(tables, json.loads((HERE / "tryton.json").read_text()))
    counted = reconciliation(tables).groupby(["table", "rule"])["rows"].sum()
    assert counted["order_lines", "move_cancelled"] == counted["invoices", "move_cancelled"] == 1


@pytest.mark.slow
@pytest.mark.skipif(not TRYTON, reason="WORKBOOK_TRYTON names no Python with Tryton")
def test_tryton_as_it_is_today(tmp_path):
    script = PROJECT_FOLDER / "benchmarks" / "tryton_ledger.py"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    made = subprocess.run([str(TRYTON), str(script), str(tmp_path)], capture_output=True, text=True, check=True,
                          env=environment)  # fmt: skip
    check_tryton(read(tmp_path / "ledger.sqlite", "tryton", tmp_path, "USD"), json.loads(made.stdout))


def test_gnucash_discounts_taxes_jobs_and_days(tmp_path):
    book = database("gnucash", tmp_path)
    shutil.move(book, tmp_path / "book.gnucash")  # known by what stands in it
    tables = read(tmp_path / "book.gnucash", "gnucash", tmp_path)
    lines = rows(tables, "order_lines")
    found = {
        row["product_id"]: (row["customer_id"], str(row["order_date"]), row["net_amount"])
        for _, row in lines.iterrows()
    }
    assert found == {
        "bulb": ("000001", "2026-03-04", Decimal("94.9900")),
        "lamp": ("000002", "2026-03-05", Decimal("89.0000")),
        "wire": ("000002", "2026-03-05", Decimal("10.0000")),
    }
    invoices = rows(tables, "invoices").set_index("invoice_id")
    assert invoices["amount"].to_dict() == {"INV1": Decimal("94.9900"), "INV2": Decimal("108.9000")}
    assert invoices["due_date"].map(str).to_dict() == {"INV1": "2026-04-03", "INV2": "2026-04-04"}
    (payment,) = rows(tables, "payments").to_dict("records")
    assert (str(payment["payment_date"]), payment["invoice_id"], payment["amount"]) == (
        "2026-03-20",
        "INV1",
        Decimal(50),
    )


def test_ledgersmb_net_prices_and_approved_invoices(tmp_path):
    tables = read(database("ledgersmb", tmp_path), "ledgersmb", tmp_path, "USD")
    lines = rows(tables, "order_lines")
    assert sorted(lines["net_amount"]) == [Decimal("-5.0000"), Decimal("24.9300"), Decimal("28.5000")]
    assert set(lines["customer_id"]) == {"C-1", "C-2"}
    assert rows(tables, "invoices")["amount"].sum() == Decimal("48.4300")
    assert list(rows(tables, "customers")["trade_class"]) == ["Specialist shops", None]


def exported(folder, program, name, lines, currency):
    data = folder / "data"
    data.mkdir()
    (data / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return rows(read(data, program, folder, currency), "order_lines")


def test_shopify_spreads_discounts_and_leaves_cancelled_orders_out_whole(tmp_path):
    lines = exported(tmp_path, "shopify", "orders_export_1.csv", [
        "Name,Email,Financial Status,Currency,Discount Amount,Created at,Lineitem quantity,Lineitem price,Lineitem sku,"
        "Cancelled at",
        "#1001,a@example.com,paid,GBP,10.00,2026-10-03 10:14:00 +0000,1,100.00,P1,",
        "#1001,a@example.com,,,,2026-10-03 10:14:00 +0000,1,100.00,P1,",
        "#1001,a@example.com,,,,2026-10-03 10:14:00 +0000,1,100.00,P2,",
        "#1002,b@example.com,refunded,GBP,0,2026-10-04 10:14:00 +0000,5,10.00,P1,2026-10-05 08:00:00 +0000",
        "#1002,b@example.com,,,,2026-10-04 10:14:00 +0000,7,10.00,P2,",
        "#1003,,paid,GBP,0,2026-10-04 23:50:00 +0000,2,0.00,P2,",
    ], "GBP")  # fmt: skip
    by_order = lines.groupby("order_id")["net_amount"].sum()
    assert by_order.to_dict() == {"#1001": Decimal("290.0000"), "#1003": Decimal("0.0000")}
    assert sorted(lines["net_amount"]) == [Decimal(0), Decimal("96.66"), Decimal("96.67"), Decimal("96.67")]
    assert set(lines["currency"]) == {"GBP"}


def test_woocommerce_counts_refunds_and_no_failed_order(tmp_path):
    lines = exported(tmp_path, "woocommerce", "wc-orders-report-export.csv", [
        "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),"
        "N. Revenue,Origin",
        '2026-10-03 10:14:00,101,"€1,200.00",completed,Ant Ltd,returning,"2x Drill, 1x Saw",3,,1200,Direct',
        "2026-10-09 10:14:00,102,€80.00,failed,Bee Ltd,new,1x Saw,1,,80,Direct",
        "2026-10-10 10:14:00,103,-€50.00,refunded,Ant Ltd,returning,1x Saw,-1,,-50,Direct",
    ], "EUR")  # fmt: skip
    assert lines["net_amount"].sum() == 1150
    assert set(lines["channel"]) == {"Direct"}


def test_odoo_carries_the_order_down_and_counts_no_quotation(tmp_path):
    lines = exported(tmp_path, "odoo", "Sales Order (sale.order).csv", [
        "Order Reference,Order Date,Customer,Status,Order Lines/Product,Order Lines/Quantity,"
        "Order Lines/Subtotal,Total",
        "S0001,2026-10-03 10:14:00,Ant Ltd,Sales Order,[P10] Drill,2,200.00,363.00",
        ",,,,Delivered on Friday,,,",
        ",,,,Service without a code,1,100.00,",
        "S0002,2026-10-04 10:14:00,Bee Ltd,Quotation,[P10] Drill,5,500.00,605.00",
        ",,,,[P11] Saw,1,50.00,",
        "S0003,2026-10-05 10:14:00,Bee Ltd,Sales Order,[P11] Saw,1,50.00,60.50",
    ], "EUR")  # fmt: skip
    assert lines["net_amount"].sum() == 350
    assert list(lines["customer_id"]) == ["Ant Ltd", "Ant Ltd", "Bee Ltd"]
    assert list(lines["product_id"]) == ["P10", "Service without a code", "P11"]


def test_erpnext_leaves_the_total_out(tmp_path):
    lines = exported(tmp_path, "erpnext", "Item-wise Sales Register.csv", [
        "Item Code,Item Name,Item Group,Invoice,Posting Date,Customer Group,Customer,Customer Name,Territory,"
        "Stock Qty,Stock UOM,Rate,Amount,Total Tax,Total",
        "P10,Drill,Tools,SINV-1,2026-10-03,Trade,C1,Ant,North,2,Nos,100,200,36,236",
        "P11,Saw,Tools,SINV-2,2026-10-04,Trade,C2,Bee,North,-1,Nos,50,-50,-9,-59",
        "Total,,,,,,,,,1,,,150,27,177",
    ], "INR")  # fmt: skip
    assert lines["net_amount"].sum() == 150
    assert set(lines["customer_id"]) == {"C1", "C2"}


def test_kingdee_carries_the_document_down_and_counts_what_is_approved_without_tax(tmp_path):
    lines = exported(tmp_path, "kingdee", "销售出库单_2026.csv", [
        "日期,单据编号,客户,单据状态,物料编码,物料名称,实发数量,含税单价,税率%,金额,税额,价税合计",
        "2026-10-03,XSCKD0001,甲公司,已审核,P10,电钻,2,113,13,200,26,226",
        ",,,,P11,锯,1,56.5,13,50,6.5,56.5",
        "2026-10-04,XSCKD0002,乙公司,重新审核,P10,电钻,1,113,13,100,13,113",
        "2026-10-05,XSCKD0003,乙公司,已审核,P11,锯,-1,56.5,13,-50,-6.5,-56.5",
        "合计,,,,,,3,,,300,39,339",
    ], "CNY")  # fmt: skip
    assert lines["net_amount"].sum() == 200
    assert list(lines["customer_id"]) == ["甲公司", "甲公司", "乙公司"]


def test_yonyou_counts_without_tax_and_without_totals(tmp_path):
    lines = exported(tmp_path, "yonyou", "发货单列表.csv", [
        "发货单号,发货日期,客户编码,客户简称,业务员,存货编码,存货名称,数量,本币无税金额,本币税额,本币价税合计",
        "FH001,2026-10-03,0001,甲公司,张,P10,电钻,2,200,26,226",
        "FH002,2026-10-04,0002,乙公司,李,P11,锯,-1,-50,-6.5,-56.5",
        "小计,,,,,,,1,150,19.5,169.5",
        "合计,,,,,,,1,150,19.5,169.5",
    ], "CNY")  # fmt: skip
    assert lines["net_amount"].sum() == 150
    assert list(lines["customer_id"]) == ["0001", "0002"]


def test_every_map_that_ships_loads():
    for path in sorted(MAPS.glob("*.toml")):
        assert load_settings(path).tables, path.name
