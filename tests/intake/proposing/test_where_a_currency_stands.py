"""The currency of sales that no column of theirs says: of files, sheets, titles and customers."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from exports import answered, proposed, written

from helpers.intake import propose_map, read_tables
from helpers.questions import open_questions
from helpers.settings.config import load_settings

HEADS = ["Order No", "Order Date", "Customer No", "Item No", "Qty", "Net Amount"]
RATES = "\n[source.currency_rates]\nUSD = 0.5\n"


def rows(first: int) -> list[list[object]]:
    return [[f"R{first + n}", f"2026-01-1{n}", f"C{n % 3}", "A1", 1, 10 + n + 3 * first] for n in range(6)]


def text(first: int) -> str:
    return "\n".join(",".join(map(str, row)) for row in (HEADS, *rows(first)))


@pytest.mark.parametrize(
    "names", [("sales_EUR_01", "sales_USD_01"), ("出口美元", "欧元"), ("RMB Sales", "USD")]
)
@pytest.mark.parametrize("sheets", [False, True])
def test_files_and_sheets_called_by_their_currency_are_in_it(tmp_path, names, sheets):
    """Dollars were added up with euros where only the name of the sheet, or of the file, says which is which."""
    data = tmp_path / "data"
    data.mkdir()
    book = openpyxl.Workbook()
    book.remove(book.active)
    for place, name in enumerate(names):
        if not sheets:
            (data / f"{name}.csv").write_text(text(10 * place), encoding="utf-8")
            continue
        sheet = book.create_sheet(name)
        for row in (HEADS, *rows(10 * place)):
            sheet.append(row)
    if sheets:
        book.save(data / "sales.xlsx")
    path = tmp_path / "workbook.toml"
    own = "CNY" if "RMB" in names[0] else "EUR"
    path.write_text(answered(propose_map(data), currency=own) + RATES, encoding="utf-8")
    lines = pd.read_parquet(read_tables(data, load_settings(path), tmp_path / "cache").path("order_lines"))
    sold = {place: sum(row[-1] for row in rows(10 * place)) for place in (0, 1)}
    foreign = 0 if "美元" in names[0] else 1
    assert lines["net_amount"].sum() == sold[1 - foreign] + sold[foreign] * Decimal("0.5")


def test_tables_below_titles_of_several_currencies_are_not_added_up(tmp_path):
    files = {
        f"part{n}": f"Sales 2026\nCurrency: {code}\n\n{text(10 * n)}" for n, code in enumerate(("EUR", "USD"))
    }
    asked = open_questions(propose_map(written(tmp_path / "data", files)))
    assert any(each.key == "tables.order_lines.files" for each in asked)


@pytest.mark.parametrize("title", ["Currency: USD", "All amounts in USD", "币种：美元", "Währung: USD"])
def test_the_currency_of_a_title_is_the_reports(tmp_path, title):
    found = proposed(tmp_path, {"sales": f"{title}\n\n{text(0)}"})
    assert 'currency = "USD"' in found.text


@pytest.mark.parametrize(("answer", "net"), [(0, 75 - Decimal("12.5")), (1, 75)])
def test_whether_amounts_are_in_the_currencies_of_the_customers_is_asked(tmp_path, answer, net):
    """Customers are billed in their own currencies, and the lines do not say which."""
    customers = "Customer No,Name,Currency\nC0,Alder,EUR\nC1,Brook,USD\nC2,Castle,EUR"
    found = proposed(
        tmp_path, {"sales": text(0), "customers": customers}, more=RATES, **{"derived.currency": answer}
    )
    assert found.net == net
