"""Weeks, quarters, days without a year, eras, and months that only a name says, are read or asked for."""

from __future__ import annotations

import datetime
from decimal import Decimal

import openpyxl
import pytest
from exports import answered, proposed, written

from helpers.intake import propose_map, read_tables
from helpers.settings.config import load_settings


def days_of(tmp_path, head, written, **answers):
    """Read sales whose days are written so, and give their days."""
    rows = "\n".join(f"R{n},{text},C{n % 2},A1,1,{n + 1}.00" for n, text in enumerate(written))
    found = proposed(
        tmp_path, {"sales": f"Order No,{head},Customer No,Item,Qty,Net Amount\n{rows}"}, **answers
    )
    assert found.net == sum(range(1, len(written) + 1))
    return [str(day)[:10] for day in found.lines.sort_values("net_amount")["order_date"]]


@pytest.mark.parametrize(("written", "days"), [
    (["R8/1/15", "R7/12/3", "H31/4/30", "S64/1/7"], ["2026-01-15", "2025-12-03", "2019-04-30", "1989-01-07"]),
    (["令和8年1月15日", "令和元年5月1日", "平成31年4月30日"], ["2026-01-15", "2019-05-01", "2019-04-30"]),
    (["R08.01.15", "R08.02.28"], ["2026-01-15", "2026-02-28"]),
    (["2026-W03-1", "2026-W53-7"], ["2026-01-12", "2027-01-03"]),
    (["Jan-26", "Feb-26"], ["2026-01-31", "2026-02-28"]),
])  # fmt: skip
def test_eras_of_japan_days_of_weeks_and_short_months_are_read(tmp_path, written, days):
    assert days_of(tmp_path, "Order Date", written) == days


@pytest.mark.parametrize("head", ["Date-No.", "일자-No.", "Voucher"])
@pytest.mark.parametrize("written", [
    ("2026/01/15 -1", "2026/01/15 -2", "2026/01/15 -2", "2026/11/03 -12"),
    ("20260115-001", "20260115-002", "20260115-002", "20261103-012"),
])  # fmt: skip
def test_a_day_and_the_number_of_a_document_on_it_in_one_cell_are_both(tmp_path, head, written):
    rows = "\n".join(f"{text},C{n % 2},A1,1,{n + 1}.00" for n, text in enumerate(written))
    found = proposed(tmp_path, {"sales": f"{head},Customer No,Item,Qty,Net Amount\n{rows}"})
    days = found.lines.sort_values("net_amount")
    assert [str(day)[:10] for day in days["order_date"]] == [*["2026-01-15"] * 3, "2026-11-03"]
    assert list(days["order_id"]) == list(written)


def test_numbers_that_only_look_like_days_are_no_days(tmp_path):
    text = "Voucher,Customer No,Item,Qty,Net Amount\n20261315-001,C1,A1,1,5\n20260115-001,C2,A1,1,5\n"
    assert "try_strptime" not in propose_map(written(tmp_path / "data", {"sales": text}))


@pytest.mark.parametrize(("head", "written", "answer", "days"), [
    ("Week", ["2026-W05", "2026-W06"], 0, ["2026-02-01", "2026-02-08"]),
    ("Week", ["2026-W05", "2026-W06"], 1, ["2026-01-29", "2026-02-05"]),
    ("KW", ["KW 05/2026", "KW 06/2026"], 2, ["2026-01-26", "2026-02-02"]),
    ("Quarter", ["Q1 2026", "Q2 2026"], 0, ["2026-03-31", "2026-06-30"]),
])  # fmt: skip
def test_which_day_a_week_or_a_quarter_counts_by_is_asked(tmp_path, head, written, answer, days):
    assert days_of(tmp_path, head, written, order_date=answer) == days


def test_the_year_that_days_lack_is_that_of_the_title_and_is_asked(tmp_path):
    rows = "\n".join(f"R{n},{n + 10}.02.,C1,A1,1,{n + 1}.00" for n in range(4))
    found = proposed(
        tmp_path,
        {"s": f"Umsatz 2025,,,,,\nBeleg,Datum,Kundennr,Artikelnr,Menge,Betrag\n{rows}"},
        order_date=0,
    )
    assert [str(day)[:10] for day in found.lines["order_date"]] == [f"2025-02-{n}" for n in range(10, 14)]


@pytest.mark.parametrize("names", [("2026-01", "2026-02"), ("Januar 2026", "Februar 2026")])
def test_a_sheet_a_month_without_days_is_of_the_month_that_it_is_called_by(tmp_path, names):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for place, name in enumerate(names):
        sheet = book.create_sheet(name)
        sheet.append(["Kundennr", "Kunde", "Artikelnr", "Menge", "Umsatz netto"])
        for n in range(8):
            sheet.append([f"K{n % 3}", f"Kunde {n % 3}", f"A{n}", 1, 10 * (place + 1) + n])
    (tmp_path / "data").mkdir()
    book.save(tmp_path / "data" / "umsatz.xlsx")
    text = propose_map(tmp_path / "data")
    (tmp_path / "workbook.toml").write_text(answered(text), encoding="utf-8")
    settings = load_settings(tmp_path / "workbook.toml")
    import pandas as pd

    lines = pd.read_parquet(read_tables(tmp_path / "data", settings, tmp_path / "cache").path("order_lines"))
    months = lines.groupby(lines["order_date"].astype(str).str[:10])["net_amount"].sum()
    assert dict(months) == {"2026-01-31": Decimal(108), "2026-02-28": Decimal(188)}


def test_one_month_that_a_title_names_is_asked_about(tmp_path):
    rows = "\n".join(f"K{n % 3},A{n},1,{n + 1}.00" for n in range(8))
    found = proposed(
        tmp_path, {"s": f"Umsatz Januar 2026,,,\nKundennr,Artikelnr,Menge,Umsatz netto\n{rows}"}, order_date=0
    )
    assert set(found.lines["order_date"].astype(str).str[:10]) == {str(datetime.date(2026, 1, 31))}


@pytest.mark.parametrize("book", ["Sales FY2025-26", "Sales FY2026", "Sales 2025"])
def test_of_which_year_the_months_of_a_business_year_are_is_asked(tmp_path, book):
    """January to March of 2026 were dated into 2025, beside April of 2025, without a word."""
    months = ("Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
    sheets = openpyxl.Workbook()
    sheets.remove(sheets.active)
    for place, name in enumerate(months):
        sheet = sheets.create_sheet(name)
        sheet.append(["Order No", "Customer No", "Item", "Qty", "Net Amount"])
        for n in range(6):
            sheet.append([f"{name}{n}", f"K{n % 3}", "A1", 1, 10 * (place + 1) + n])
    (tmp_path / "data").mkdir()
    sheets.save(tmp_path / "data" / f"{book}.xlsx")
    text = propose_map(tmp_path / "data")
    (tmp_path / "workbook.toml").write_text(
        answered(text, order_date=1 if book.endswith("FY2026") else 0), encoding="utf-8"
    )
    settings = load_settings(tmp_path / "workbook.toml")
    import pandas as pd

    lines = pd.read_parquet(read_tables(tmp_path / "data", settings, tmp_path / "cache").path("order_lines"))
    sums = lines.groupby(lines["order_date"].astype(str).str[:7])["net_amount"].sum()
    days = ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
    assert dict(sums) == {day: Decimal(60 * (place + 1) + 15) for place, day in enumerate(days)}


def test_the_day_that_a_bill_is_due_is_no_day_of_its_sale_unless_somebody_says_so(tmp_path):
    rows = "\n".join(f"R{n},2026-04-{n + 10},C1,A1,1,{n + 1}.00" for n in range(6))
    data = {"sales 2026-03": f"Order No,Due Date,Customer No,Item,Qty,Net Amount\n{rows}"}
    assert "tables.order_lines.derived.order_date" in proposed(tmp_path, data, order_date=0).asked
