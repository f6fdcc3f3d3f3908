"""Exports that gave wrong totals, or a part of the sales, without a word: each is read right now, or asked about."""

from __future__ import annotations

import datetime
from decimal import Decimal

import openpyxl
import pytest
from exports import answered

from helpers.intake import propose_map, read_tables
from helpers.questions import open_questions
from helpers.settings.config import load_settings

HEADS = ["Order No", "Order Date", "Customer No", "Item No", "Qty", "Net Amount"]


def line(number, day, amount):
    return [f"R{number}", day, f"C{number % 3}", f"A{number % 4}", 1, amount]


def write(folder, *sheets):
    """Write sheets of rows, each with its name, as one workbook."""
    folder.mkdir()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "sales.xlsx")


def read(tmp_path, **answers):
    import pandas as pd

    (tmp_path / "workbook.toml").write_text(
        answered(propose_map(tmp_path / "data"), **answers), encoding="utf-8"
    )
    tables = read_tables(tmp_path / "data", load_settings(tmp_path / "workbook.toml"), tmp_path / "cache")
    return pd.read_parquet(tables.path("order_lines"))


@pytest.mark.parametrize("title", ["Returns", "Credit Notes", "Retouren", "销售退货", "銷貨退回", "返品"])
def test_a_part_of_a_sheet_below_a_title_of_returns_is_taken_off(tmp_path, title):
    days = [datetime.date(2026, 1 + n, 10) for n in range(6)]
    sold = [line(n, day, 100 + n) for n, day in enumerate(days)]
    back = [line(10 + n, day, 10 + n) for n, day in enumerate(days)]
    total = lambda rows: ["Total", None, None, None, None, sum(row[-1] for row in rows)]  # noqa: E731
    rows = [
        ["Sales of the half year"],
        [],
        HEADS,
        *sold,
        total(sold),
        [],
        [title],
        [],
        HEADS,
        *back,
        total(back),
    ]
    write(tmp_path / "data", ("Sheet", rows))
    assert read(tmp_path)["net_amount"].sum() == sum(row[-1] for row in sold) - sum(row[-1] for row in back)


def test_further_sheets_without_a_head_are_asked_about(tmp_path):
    """Only the first sheet has a head: the other months stood in a comment, and the report was of one month."""
    months = [
        (name, [line(10 * n + k, datetime.date(2026, n, 10 + k), 5 * k + 1) for k in range(4)])
        for n, name in enumerate(("Jan", "Feb", "Mar"), 1)
    ]
    write(tmp_path / "data", ("Jan", [HEADS, *months[0][1]]), *months[1:])
    (question,) = [q for q in open_questions(propose_map(tmp_path / "data")) if q.key.endswith("files")]
    assert "Feb of sales.xlsx, Mar of sales.xlsx: no head, but rows as of this table" in question.asks


def test_a_file_without_a_head_is_refused_with_what_to_do(tmp_path):
    write(
        tmp_path / "data", ("Sheet", [line(n, datetime.date(2026, 1, 10 + n), 5 * n + 1) for n in range(6)])
    )
    assert "has no head: where one should be stands a row" in propose_map(tmp_path / "data")


@pytest.mark.parametrize(("form", "order"), [("%d/%m/%Y", "day"), ("%m/%d/%Y", "month")])
@pytest.mark.parametrize("answer", [0, 1])
def test_days_that_a_spreadsheet_has_exchanged_with_months_are_asked_about(tmp_path, form, order, answer):
    """Days up to the 12th are dates, with day and month exchanged, the others text: sales of other months."""
    days = [datetime.date(2026, 1 + n % 6, 1 + n * 3 % 28) for n in range(24)]
    cells = [
        day.strftime(form)
        if day.day > 12
        else day.replace(month=day.day, day=day.month)
        if answer == 0
        else day
        for day in days
    ]
    write(tmp_path / "data", ("Sheet", [HEADS, *(line(n, cell, 1 + n) for n, cell in enumerate(cells))]))
    lines = read(tmp_path, order_date=answer)
    found = dict(zip(lines["order_id"], lines["order_date"], strict=True))
    assert [f"{found[f'R{n}']:%Y-%m-%d}" for n in range(24)] == [day.isoformat() for day in days]
    assert lines["net_amount"].sum() == Decimal(300)


def months_of(customers):
    """Three months side by side of some customers, each with its amounts."""
    return [["Customer No", "Customer Name", "Jan 2026", "Feb 2026", "Mar 2026"],
            *([f"K{n}", name, *amounts] for n, (name, amounts) in enumerate(customers.items()))]  # fmt: skip


CUSTOMERS = {"Alder": [10, 30, 50], "Brook": [20, 20, 20], "Castle": [60, 10, 5], "Denby": [30, 60, 25]}


@pytest.mark.parametrize(
    ("label", "figures"),
    [
        ("Average", [30, 30, 25]), ("Durchschnitt", [30, 30, 25]), ("平均", [30, 30, 25]), ("Среднее", [30, 30, 25]),
        ("Max", [60, 60, 50]), ("Minimum", [10, 10, 5]), ("Count", [4, 4, 4]), ("Median", [25, 25, 22.5]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("total", [True, False])
def test_figures_about_the_rows_above_are_no_customer(tmp_path, label, figures, total):
    """A row of averages below months side by side was one customer more."""
    rows = months_of(CUSTOMERS)
    sums = [["Total", None, 120, 120, 100]] if total else []
    write(tmp_path / "data", ("Sheet", [*rows, *sums, [label, None, *figures]]))
    lines = read(tmp_path)
    assert lines["net_amount"].sum() == 340 and lines["customer_id"].nunique() == 4


def test_a_customer_called_max_whose_amounts_are_no_such_figure_is_one(tmp_path):
    rows = [["Customer", *months_of(CUSTOMERS)[0][2:]], *([name, *each] for name, each in CUSTOMERS.items())]
    write(tmp_path / "data", ("Sheet", [*rows, ["Max", 7, 8, 9]]))
    assert read(tmp_path)["net_amount"].sum() == 364
