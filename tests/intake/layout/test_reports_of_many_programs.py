"""Reports of programs without a name: pivot tables, blocks a customer, running totals, totals without a word for it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import groupby

import openpyxl
import pandas as pd
import pytest
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.questions import open_questions
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
    return read_map(folder, answered(propose_map(folder / "data"), **answers))


def read_map(folder, text):
    (folder / "workbook.toml").write_text(text, encoding="utf-8")
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


def test_months_that_stand_as_headings_above_their_documents_are_their_days(tmp_path):
    rows = [["Invoice", "Customer", "Item", "Amount"]]
    for month, lines in groupby(sorted(LINES, key=lambda line: line[3]), key=lambda line: line[3][:7]):
        rows.append([dt.date.fromisoformat(f"{month}-01").strftime("%B %Y")])
        rows += [[number, customer, item, amount] for customer, _, number, _, item, _, amount in lines]
    found = read(tmp_path, rows, **{"derived.net_amount": -1})
    assert customers(found) == right_by_customer()
    assert sorted(found["order_date"].astype(str).str[:7].unique()) == sorted({line[3][:7] for line in LINES})


@pytest.mark.parametrize("container", ["sheet", "file", "folder"])
def test_the_name_of_a_sheet_file_or_folder_is_offered_as_that_of_its_customer(tmp_path, container):
    book, head = openpyxl.Workbook(), ["Invoice", "Date", "Item", "Qty", "Amount"]
    for customer, lines in by_customer().items():
        rows = [head, *(line[2:] for line in lines)]
        if container == "sheet":
            sheet = book.create_sheet(customer)
            for row in rows:
                sheet.append(row)
            continue
        path = tmp_path / "data" / (f"{customer}.csv" if container == "file" else f"{customer}/sales.csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    if container == "sheet":
        del book["Sheet"]
        (tmp_path / "data").mkdir()
        book.save(tmp_path / "data" / "sales.xlsx")
    text = propose_map(tmp_path / "data")
    question = next(each for each in open_questions(text) if each.key.endswith("customer_id"))
    place = next(n for n, (_, means) in enumerate(question.answers) if f"each {container}" in means)
    assert customers(read_map(tmp_path, answered(text, customer_id=place))) == right_by_customer()


def documents():
    return {number: list(lines) for number, lines in groupby(LINES, key=lambda line: line[2])}


def test_lines_below_documents_with_a_head_for_each_of_both(tmp_path):
    rows = [["Invoice", "Date", "Customer"], [None, "Item", "Description", "Qty", "Amount"]]
    for number, lines in documents().items():
        rows.append([number, lines[0][3], lines[0][0]])
        rows += [[None, line[4], "Bolt", *line[5:]] for line in lines]
    assert customers(read(tmp_path, rows)) == right_by_customer()


@pytest.mark.parametrize(
    ("head", "called"),
    [
        (
            ("Контрагент", "Документ реализации", "Количество", "Сумма"),
            "Реализация товаров {} от {:%d.%m.%Y} 12:00:01",
        ),
        (("客户", "单据", "数量", "金额"), "销售出库单 {} {:%Y年%m月%d日}"),
    ],
)
def test_a_list_of_documents_whose_days_stand_in_their_names_below_their_customers(tmp_path, head, called):
    """1C: customers and documents in one column, each with its sum; their heads stand below each other."""
    rows = [[head[0], *head[2:]], [head[1]]]
    for customer, lines in by_customer().items():
        rows.append([customer, *added(lines)])
        for number, own in groupby(lines, key=lambda line: line[2]):
            own = list(own)
            rows.append([called.format(number, dt.date.fromisoformat(own[0][3])), *added(own)])
    rows.append(["Итого", *added(LINES)])
    answers = {"order_date": 0} | ({"net_amount": 0} if head[-1] == "Сумма" else {})
    lines = read(tmp_path, rows, **answers)
    assert customers(lines) == right_by_customer()
    assert sorted(lines["order_date"].astype(str).unique()) == sorted({line[3] for line in LINES})


def test_customers_above_their_documents_with_their_sums_in_a_column_of_another_name(tmp_path):
    rows = [["Customer / document", "Date", "Qty", "Amount"]]
    for customer, lines in by_customer().items():
        rows.append([customer, None, *added(lines)])
        rows += [
            [number, own[0][3], *added(own)] for number, own in documents().items() if own[0][0] == customer
        ]
    assert customers(read(tmp_path, rows)) == right_by_customer()


def test_quarters_side_by_side_with_two_measures_of_which_some_are_to_come(tmp_path):
    rows = [["Customer", *(f"Q{n} 2026 {what}" for n in (1, 2, 3) for what in ("Units", "Revenue"))]]
    rows += [["Kestrel", 3, 30.5, 4, 40, None, None], ["Tamar", 1, 10, 2, 20.25, None, None]]
    found = read(tmp_path, rows).groupby("order_date")[["net_amount", "quantity"]].sum()
    assert found.to_numpy().tolist() == [[Decimal("40.5"), 4], [Decimal("60.25"), 6]]


def test_warehouses_side_by_side_whose_heads_end_with_the_measure(tmp_path):
    rows = [["Doc", "Date", "Customer", "Item", "North Qty", "North Amount", "South Qty", "South Amount"]]
    for place, (customer, _, number, day, item, *amounts) in enumerate(LINES):
        north = [*amounts, None, None] if place % 2 else [None, None, *amounts]
        rows.append([number, day, customer, item, *north])
    assert sum(read(tmp_path, rows)["net_amount"]) == RIGHT


def test_a_column_a_product_is_asked_about_and_added_up(tmp_path):
    rows = [["Invoice", "Date", "Customer", "Hammer 300g", "Paint", "Gloves"]]
    rows += [
        [f"S{n}", f"2026-0{1 + n % 6}-05", f"K{n % 3}", n + 0.5, None if n % 2 else 7, n or None]
        for n in range(12)
    ]
    right = sum(sum(filter(None, row[3:])) for row in rows[1:])
    assert sum(read(tmp_path, rows, net_amount=-1)["net_amount"]) == Decimal(str(right))


@pytest.mark.parametrize("heads", [("H1 2026", "H2 2026"), ("FY2025/26", "FY2026/27")])
def test_targets_of_halves_and_years_of_the_books_side_by_side_say_how_they_are_to_be_written(
    tmp_path, heads
):
    (tmp_path / "targets.csv").write_text(
        f"Salesperson,{','.join(heads)}\nAmes,100,200\nBolt,300,400\n", encoding="utf-8"
    )
    with pytest.raises(WorkbookError, match=r"targets of (half|year)s side by side .*column period"):
        propose_map(tmp_path)


def test_a_table_of_other_heads_below_another_is_named_and_refused(tmp_path):
    rows = [
        ["Invoice", "Date", "Customer", "Amount"],
        *([line[2], line[3], line[0], line[-1]] for line in LINES),
    ]
    rows += [[], ["Service"], ["Order", "Customer", "Date", "Amount"], ["T1", "Kestrel", "2026-03-01", 70]]
    with pytest.raises(WorkbookError, match=r"another table below the first.*Order, Customer, Date, Amount"):
        read(tmp_path, rows)
