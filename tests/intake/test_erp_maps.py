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
from helpers.settings.config import PROJECT_FOLDER, parse_settings

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
    found = {row["product_id"]: (row["customer_id"], str(row["order_date"]), row["net_amount"]) for _, row in lines.iterrows()}
    assert found == {
        "bulb": ("000001", "2026-03-04", Decimal("94.9900")),
        "lamp": ("000002", "2026-03-05", Decimal("89.0000")),
        "wire": ("000002", "2026-03-05", Decimal("10.0000")),
    }
    invoices = rows(tables, "invoices").set_index("invoice_id")
    assert invoices["amount"].to_dict() == {"INV1": Decimal("94.9900"), "INV2": Decimal("108.9000")}
    assert invoices["due_date"].map(str).to_dict() == {"INV1": "2026-04-03", "INV2": "2026-04-04"}
    (payment,) = rows(tables, "payments").to_dict("records")
    assert (str(payment["payment_date"]), payment["invoice_id"], payment["amount"]) == ("2026-03-20", "INV1", Decimal(50))


def test_ledgersmb_net_prices_and_approved_invoices(tmp_path):
    tables = read(database("ledgersmb", tmp_path), "ledgersmb", tmp_path, "USD")
    lines = rows(tables, "order_lines")
    assert sorted(lines["net_amount"]) == [Decimal("-5.0000"), Decimal("24.9300"), Decimal("28.5000")]
    assert set(lines["customer_id"]) == {"C-1", "C-2"}
    assert rows(tables, "invoices")["amount"].sum() == Decimal("48.4300")
    assert list(rows(tables, "customers")["trade_class"]) == ["Specialist shops", None]
