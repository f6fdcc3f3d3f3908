"""Files, folders, sheets and titles that say a currency: amounts of several are converted, and never just added up."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.questions import open_questions
from helpers.settings.config import load_settings

HEADS = ["Order No", "Date", "Customer No", "Item", "Qty", "Amount"]
RATES = {"CNY": 1, "EUR": 8, "USD": 7, "GBP": 9}


def rows(first):
    return [[f"S{first}{n}", f"2026-0{1 + n}-05", f"K{n % 3}", "P1", 1, f"{first}.50"] for n in range(4)]


def write(folder, files):
    """Write files and sheets (``FILE.xlsx/SHEET``), each with four lines of its number and a half."""
    books = {}
    for number, name in enumerate(files, 1):
        path, _, sheet = name.partition(".xlsx/")
        if sheet:
            book = books.setdefault(path, openpyxl.Workbook())
            for row in [HEADS, *rows(number)]:
                (book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet)).append(row)
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            text = "\n".join(",".join(map(str, row)) for row in [HEADS, *rows(number)])
            (folder / name).write_text(text, encoding="utf-8")
    for path, book in books.items():
        del book["Sheet"]
        book.save(folder / f"{path}.xlsx")


def total(folder, text):
    path = folder / "workbook.toml"
    rates = "\n".join(f"{code} = {rate}" for code, rate in RATES.items() if code != "CNY")
    path.write_text(f"{text}\n[source.currency_rates]\n{rates}\n", encoding="utf-8")
    tables = read_tables(folder / "data", load_settings(path), folder / "cache")
    return sum(pd.read_parquet(tables.path("order_lines"))["net_amount"])


@pytest.mark.parametrize(
    ("files", "codes"),
    [
        (["EUR/sales.csv", "USD/sales.csv"], ["EUR", "USD"]),
        (["sales_eur.csv", "sales_gbp.csv"], ["EUR", "GBP"]),
        (["销售.xlsx/人民币", "销售.xlsx/美元"], ["CNY", "USD"]),
        (["Germany EUR/2026.csv", "Germany EUR/2026 USD.csv", "UK GBP/2026.csv"], ["EUR", "USD", "GBP"]),
        (["sales.csv", "sales USD.csv"], ["CNY", "USD"]),
    ],
)
def test_what_a_folder_a_file_or_a_sheet_is_called_says_the_currency_of_its_rows(tmp_path, files, codes):
    (tmp_path / "data").mkdir()
    write(tmp_path / "data", files)
    right = sum(4 * (n + Decimal("0.5")) * RATES[code] for n, code in enumerate(codes, 1))
    assert total(tmp_path, answered(propose_map(tmp_path / "data"), currency="CNY")) == right


def test_a_folder_of_a_currency_without_a_rate_that_comes_later_stops_the_run(tmp_path):
    write(tmp_path / "data", ["EUR/sales.csv", "USD/sales.csv"])
    text = answered(propose_map(tmp_path / "data"), currency="CNY")
    write(tmp_path / "data", ["EUR/sales.csv", "USD/sales.csv", "CHF/sales.csv"])
    with pytest.raises(WorkbookError, match="All 4 rows of the file CHF/sales"):
        total(tmp_path, text)


def test_a_map_that_says_no_currency_does_not_add_up_what_files_say_to_be_of_several(tmp_path):
    write(tmp_path / "data", ["sales_EUR.csv", "sales_USD.csv"])
    columns = dict(
        zip(
            ("order_id", "order_date", "customer_id", "product_id", "quantity", "net_amount"),
            HEADS,
            strict=True,
        )
    )
    text = '[report]\ncurrency = "CNY"\n[tables.order_lines]\nfiles = ["sales*.csv"]\n[tables.order_lines.columns]\n'
    text += "\n".join(f'{name} = "{head}"' for name, head in columns.items())
    with pytest.raises(WorkbookError, match=r"sales_EUR.csv is in EUR by its name and sales_USD.csv in USD"):
        total(tmp_path, text)
    assert total(tmp_path, text + "\n[tables.order_lines.derived]\ncurrency = \"'CNY'\"") == 4 * Decimal(
        "4.0"
    )


@pytest.mark.parametrize("titles", [["Currency: EUR", "Currency: USD"], ["币别：人民币", "币别：美元"]])
def test_reports_whose_titles_say_several_currencies_are_not_one_table(tmp_path, titles):
    (tmp_path / "data").mkdir()
    for number, title in enumerate(titles, 1):
        book = openpyxl.Workbook()
        for row in [["Sales journal"], [title], HEADS, *rows(number)]:
            book.active.append(row)
        book.save(tmp_path / "data" / f"sales{number}.xlsx")
    text = propose_map(tmp_path / "data")
    assert "tables.order_lines.files" in [question.key for question in open_questions(text)]
    assert text.count("The title says that all is in") == 2


def test_a_file_in_thousands_by_its_name_is_multiplied_and_is_no_part_of_one_that_is_not(tmp_path):
    write(tmp_path / "data", ["Umsatz in TEUR.csv"])
    assert (
        total(tmp_path, answered(propose_map(tmp_path / "data"), currency="CNY")) == 4 * Decimal("1.5") * 1000
    )
    write(tmp_path / "more", ["EUR/sales.csv", "kEUR/sales.csv"])
    assert "tables.order_lines.files" in [each.key for each in open_questions(propose_map(tmp_path / "more"))]


def test_one_file_called_by_a_currency_is_in_it(tmp_path):
    write(tmp_path / "data", ["sales_USD_2026.csv"])
    assert 'currency = "USD"  # all rows of sales_USD_2026.csv are in it' in propose_map(tmp_path / "data")


@pytest.mark.parametrize("name", ["try.csv", "EUROPE/all.csv", "cad drawings.csv", "erp.csv", "MRP 2026.csv"])
def test_a_word_that_is_a_code_by_chance_is_no_currency(tmp_path, name):
    write(tmp_path / "data", [name])
    assert 'currency = "?"' in propose_map(tmp_path / "data")
