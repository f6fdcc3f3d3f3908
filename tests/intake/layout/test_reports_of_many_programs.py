"""Reports of programs without a name: pivot tables, blocks a customer, running totals, totals without a word for it."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

import openpyxl
import pandas as pd
import pytest
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.settings.config import load_settings

#: Customer, seller, document, day, item, pieces and amount of lines, by customer.
LINES = [
    (
        customer,
        seller,
        f"S{number}{place}",
        f"2026-0{place + 1}-1{number}",
        f"P{n}",
        n + 1,
        10 * number + n + 0.25,
    )
    for number, (customer, seller) in enumerate(
        [("Brook Ltd", "Ames"), ("Kestrel", "Ames"), ("Mill Lane", "Bolt"), ("Tamar", "Bolt")], 1
    )
    for place in range(6)
    for n in range(1 + (number + place) % 2)
]
RIGHT = sum(Decimal(str(line[-1])) for line in LINES)


def by_customer():
    return {customer: list(lines) for customer, lines in groupby(LINES, key=lambda line: line[0])}


def added(lines):
    return sum(line[-2] for line in lines), sum(line[-1] for line in lines)


def read(folder, rows, **answers):
    """Write a sheet, propose its map, answer it, and return the order lines that are read."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    (folder / "data").mkdir()
    book.save(folder / "data" / "sales.xlsx")
    (folder / "workbook.toml").write_text(answered(propose_map(folder / "data"), **answers), encoding="utf-8")
    settings = load_settings(folder / "workbook.toml")
    return pd.read_parquet(read_tables(folder / "data", settings, folder / "cache").path("order_lines"))


def customers(lines):
    return dict(lines.groupby("customer_id")["net_amount"].sum())


def right_by_customer():
    return {name: Decimal(str(added(lines)[1])) for name, lines in by_customer().items()}


def test_a_pivot_table_shows_each_seller_customer_and_document_where_it_changes(tmp_path):
    rows, last = [["Rep", "Customer", "Invoice", "Date", "Item", "Qty", "Amount"]], ()
    for customer, seller, *rest in LINES:
        levels = (seller, customer, *rest[:2])
        changed = next((n for n in range(4) if levels[: n + 1] != last[: n + 1]), 4)
        rows.append([*([None] * changed), *levels[changed:], *rest[2:]])
        last = levels
    assert customers(read(tmp_path, rows)) == right_by_customer()


@pytest.mark.parametrize(("below", "above"), [("À reporter", "Report"), ("Nesta página", "Da anterior")])
def test_a_running_total_at_the_end_of_each_page_and_the_start_of_the_next(tmp_path, below, above):
    head, rows = ["Invoice", "Date", "Customer", "Item", "Qty", "Amount"], [["Sales journal"]]
    for start in range(0, len(LINES), 9):
        rows += [head, *([[above, None, None, None, None, added(LINES[:start])[1]]] if start else [])]
        rows += [
            [number, day, who, item, *amounts]
            for who, _, number, day, item, *amounts in LINES[start : start + 9]
        ]
        rows += [[below, None, None, None, None, added(LINES[: start + 9])[1]], [f"Page {start // 9 + 1}"]]
    assert sum(read(tmp_path, rows)["net_amount"]) == RIGHT


def test_a_total_that_is_called_like_the_customer_above_it_is_no_line(tmp_path):
    rows = [["Customer", "Invoice", "Date", "Item", "Qty", "Amount"]]
    for customer, lines in by_customer().items():
        rows += [[customer, *line[2:]] for line in lines]
        rows.append([customer, None, None, None, *added(lines)])
    rows.append([None, None, None, None, *added(LINES)])
    assert sum(read(tmp_path, rows)["net_amount"]) == RIGHT


def test_blocks_of_customers_whose_name_and_number_stand_above_the_head(tmp_path):
    rows = []
    for number, (customer, lines) in enumerate(by_customer().items()):
        rows += [
            ["Cliente:", customer],
            ["Código:", f"K{number}"],
            ["Factura", "Fecha", "Artículo", "Unidades", "Importe"],
        ]
        rows += [[*line[2:]] for line in lines]
        rows += [[None, None, "Suma", None, added(lines)[1]], []]
    assert customers(read(tmp_path, rows)) == right_by_customer()


def test_a_year_above_quarters_above_months_is_the_year_of_all(tmp_path):
    rows = [
        ["Umsatz je Kunde"], ["", "", 2026], ["", "", "Q1", "", "", "Q2"],
        ["Kundennr.", "Kunde", "Jan", "Feb", "Mrz", "Apr", "Mai", "Jun"],
        ["K1", "Becker", 100.5, None, 20, 30, None, 1], ["K2", "Vogt", None, 7, 8, None, 9, None],
    ]  # fmt: skip
    lines = read(tmp_path, rows)
    found = lines.groupby(lines["order_date"].astype(str).str[:7])["net_amount"].sum()
    assert dict(found) == {
        "2026-01": Decimal("100.5"), "2026-02": 7, "2026-03": 28, "2026-04": 30, "2026-05": 9, "2026-06": 1,
    }  # fmt: skip


def test_a_table_of_other_heads_below_another_is_named_and_refused(tmp_path):
    rows = [
        ["Invoice", "Date", "Customer", "Amount"],
        *([line[2], line[3], line[0], line[-1]] for line in LINES),
    ]
    rows += [[], ["Service"], ["Order", "Customer", "Date", "Amount"], ["T1", "Kestrel", "2026-03-01", 70]]
    with pytest.raises(WorkbookError, match=r"another table below the first.*Order, Customer, Date, Amount"):
        read(tmp_path, rows)
