"""What a sheet shows otherwise than its cells hold it stops a run until the map says what is meant."""

from __future__ import annotations

import datetime
import re
import tomllib
import zipfile

import openpyxl
import pandas as pd
import pytest
from exports import answered
from openpyxl.styles import Font

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.intake.reading.inside.styles import of_positive
from helpers.questions import open_questions
from helpers.settings.config import parse_settings

HEAD = ["order_id", "order_date", "customer_id", "product_id", "quantity", "net_amount"]
ROWS = [
    ["A1", "2026-01-05", "C1", "P1", 2, 200],
    ["A2", "2026-01-06", "C2", "P1", 1, 50],
    ["A3", "2026-01-07", "C3", "P1", 1, 30],
]
RED, STRUCK = Font(color="FFFF0000"), Font(strike=True)


def book(shop, change, left=0):
    """Three lines of 200, 50 and 30, from a column on, with a change to the sheet."""
    made = openpyxl.Workbook()
    for row in [HEAD, *ROWS]:
        made.active.append([None] * left + row)
    change(made.active)
    made.save(shop.folder / "order_lines.xlsx")


def red(sheet):
    sheet["F3"].font = RED


def shown_with(form):
    return lambda sheet: setattr(sheet["F3"], "number_format", form)


def hidden(sheet):
    sheet.row_dimensions[3].hidden = True


def struck(sheet):
    sheet["B3"].font = STRUCK


@pytest.mark.parametrize(
    ("change", "key", "total", "otherwise"),
    [
        (red, "shown_below_zero", (["net_amount"], 180), ([], 280)),
        (shown_with("(#,##0.00)"), "shown_below_zero", (["net_amount"], 180), ([], 280)),
        (hidden, "hidden_rows", ("leave_out", 230), ("read", 280)),
        (struck, "struck_rows", ("leave_out", 230), ("read", 280)),
    ],
)  # fmt: skip
def test_what_is_meant_must_be_said(shop, change, key, total, otherwise):
    book(shop, change)
    with pytest.raises(WorkbookError, match=rf"order_lines\.xlsx, sheet Sheet: row 3: .*{key} = "):
        shop.read()
    assert key in [each.key.rpartition(".")[2] for each in open_questions(propose_map(shop.folder))]
    for answer, net in (total, otherwise):
        assert sum(shop.table(tables={"order_lines": {key: answer}})["net_amount"]) == net


def test_of_a_row_all_in_red_only_amounts_and_quantities_are_below_zero(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["Order No", "Order Date", "Customer No", "Item No", "Qty", "Unit Price"])
    for number in (1001, 1002, 1003):
        made.active.append([number, datetime.date(2026, 1, 5), 500, 70, 2, 10.0])
    for cell in made.active[3]:
        cell.font = RED
    (tmp_path / "data").mkdir()
    made.save(tmp_path / "data" / "sales.xlsx")
    text = propose_map(tmp_path / "data")
    assert """#   ["Qty"]  # there they are below 0""" in text
    settings = parse_settings(tomllib.loads(answered(text, shown_below_zero=0)), "workbook.toml")
    lines = pd.read_parquet(read_tables(tmp_path / "data", settings, tmp_path / "cache").path("order_lines"))
    assert [*lines["net_amount"]] == [20, -20, 20]
    assert [*lines["order_id"]] == ["1001", "1002", "1003"] and {*lines["customer_id"]} == {"500"}


def test_a_day_in_red_is_no_amount(shop):
    def change(sheet):
        for row in (2, 3, 4):
            sheet[f"B{row}"] = datetime.date(2026, 1, row)
        sheet["B3"].font = RED

    book(shop, change)
    assert sum(shop.table()["net_amount"]) == 280


def test_a_row_that_is_hidden_is_seen_as_libreoffice_writes_it(shop):
    """It says of each row at which level of an outline it is, 0 where it is in none."""
    book(shop, hidden)
    path = shop.folder / "order_lines.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b' hidden="1"', b' hidden="true" outlineLevel="0"')
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    with pytest.raises(WorkbookError, match="row 3: hidden"):
        shop.read()


def test_a_column_that_is_not_there_cannot_be_named_below_zero(shop):
    book(shop, red)
    with pytest.raises(WorkbookError, match=r'names Amount, which no column .*\["net_amount"\]'):
        shop.read(tables={"order_lines": {"shown_below_zero": ["quantity", "Amount"]}})
    assert sum(shop.table(tables={"order_lines": {"shown_below_zero": ["quantity"]}})["net_amount"]) == 280


def test_sheets_with_a_prefix_before_each_tag_are_looked_into(shop):
    book(shop, hidden)
    path = shop.folder / "order_lines.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", parts[name]).replace(b" xmlns=", b" xmlns:x=")
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    with pytest.raises(WorkbookError, match=r"row 3: .*hidden_rows = "):
        shop.read()


@pytest.mark.parametrize(
    ("row", "cell", "key", "answer", "net"),
    [
        ("<tr>", '<td><font color="red">50.00</font>', "shown_below_zero", ["net_amount"], 180),
        ('<tr style="display:none">', "<td>50.00", "hidden_rows", "leave_out", 230),
    ],
)
def test_pages_named_as_sheets_are_held_to_the_same(shop, row, cell, key, answer, net):
    rows = ["<tr>" + "".join(f"<td>{each}" for each in line) for line in (HEAD, ROWS[0], ROWS[2])]
    rows.append(row + "".join(f"<td>{each}" for each in ROWS[1][:-1]) + cell)
    shop.write("order_lines.xls", ["<html><table>", *rows, "</table></html>"])
    with pytest.raises(WorkbookError, match=rf"row 4: .*{key} = "):
        shop.read()
    assert sum(shop.table(tables={"order_lines": {key: answer}})["net_amount"]) == net


def test_sheets_of_the_xml_of_2003_are_held_to_the_same(shop):
    rows = [HEAD, *ROWS]
    cells = [[f"<Cell><Data ss:Type='String'>{each}</Data></Cell>" for each in row] for row in rows]
    cells[2][-1] = cells[2][-1].replace("<Cell>", "<Cell ss:StyleID='s1'>")
    starts = ["<Row>", "<Row>", "<Row>", "<Row ss:Hidden='1'>"]
    table = "".join(f"{start}{''.join(row)}</Row>" for start, row in zip(starts, cells, strict=True))
    style = "<Styles><Style ss:ID='s1'><NumberFormat ss:Format='[Red]0.00'/></Style></Styles>"
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f"<Worksheet ss:Name='S'><Table>{table}</Table></Worksheet>"
    content = f"<Workbook xmlns='{name}' xmlns:ss='{name}'>{style}{sheet}</Workbook>"
    shop.write("order_lines.xls", [f"<?xml version='1.0'?>{content}"])
    with pytest.raises(WorkbookError, match=r"row 4: .*hidden_rows = "):
        shop.read()
    said = {"hidden_rows": "leave_out", "shown_below_zero": ["net_amount"]}
    assert sum(shop.table(tables={"order_lines": said})["net_amount"]) == 150


def test_rows_left_out_are_counted_under_a_rule(shop):
    book(shop, hidden)
    aside = shop.quarantine(tables={"order_lines": {"hidden_rows": "leave_out"}})
    assert list(aside["rule"]) == ["not_shown"] and "hidden in the sheet" in aside["sentence"][0]


def test_a_sheet_that_begins_in_another_column_is_read_alike(shop):
    book(shop, lambda sheet: setattr(sheet["H3"], "font", RED), left=2)
    assert sum(shop.table(tables={"order_lines": {"shown_below_zero": ["net_amount"]}})["net_amount"]) == 180


def test_what_is_shown_alike_says_nothing(shop):
    def change(sheet):
        for row in (2, 3, 4):
            sheet[f"F{row}"].number_format = '#,##0.00 "€"'
        sheet["E3"].number_format = "0.00"
        sheet.row_dimensions.group(3, 4, hidden=True)  # details of a collapsed group

    book(shop, change)
    assert sum(shop.table()["net_amount"]) == 280


def test_a_sheet_in_red_throughout_is_asked_about(shop):
    """A sheet of returns, all in red, was added to the sales."""

    def change(sheet):
        for row in sheet.iter_rows():
            for cell in row:
                cell.font = RED

    book(shop, change)
    with pytest.raises(WorkbookError, match="rows 2, 3, 4: with an amount above 0 that is shown in red"):
        shop.read()
    assert "shown_below_zero" in [
        each.key.rpartition(".")[2] for each in open_questions(propose_map(shop.folder))
    ]
    lines = shop.table(tables={"order_lines": {"shown_below_zero": ["quantity", "net_amount"]}})
    assert sum(lines["net_amount"]) == -280


def test_an_amount_held_below_zero_needs_no_minus_to_show(shop):
    def change(sheet):
        sheet["F3"], sheet["F3"].number_format = -50, "0;[Red]0"

    book(shop, change)
    assert sum(shop.table()["net_amount"]) == 180


def test_currencies_that_formats_alone_tell_are_read(shop):
    def change(sheet):
        for row, form in ((2, "#,##0.00 [$€-407]"), (3, "#,##0.00 [$€-407]"), (4, '"US$" 0.00')):
            sheet[f"F{row}"].number_format = form

    book(shop, change)
    assert 'currency_marks = { "US$" = "USD", "€" = "EUR" }' in propose_map(shop.folder)
    with pytest.raises(WorkbookError, match="200 €"):
        shop.read()


def test_files_of_one_table_ask_once(shop, tmp_path):
    for name in ("sales-01", "sales-02"):
        book(shop, hidden)
        path = shop.folder / "order_lines.xlsx"
        sheet = openpyxl.load_workbook(path)
        sheet.active["A2"], sheet.active["A4"] = f"{name}-1", f"{name}-2"
        sheet.save(path.rename(shop.folder / f"{name}.xlsx"))
    text = propose_map(shop.folder)
    assert text.count('hidden_rows = "?"') == 1
    settings = parse_settings(tomllib.loads(answered(text, hidden_rows=1)), "workbook.toml")
    lines = pd.read_parquet(read_tables(shop.folder, settings, tmp_path / "cache").path("order_lines"))
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("#,##0.00;[Red]#,##0.00", (False, "")),
        ("_(* #,##0.00_);_(* (#,##0.00)", (False, "")),
        ('_-* #,##0.00 "€"_-;-* #,##0.00 "€"_-', (False, "€")),
        ("#,##0.00-", (True, "")),
        ('0.00" Cr"', (False, "Cr")),
        ("[>=1000]#,##0;0", (False, "")),
        ("yyyy-mm-dd", (False, "")),
        ("0.00%", (False, "")),
        ("0.00E+00", (False, "")),
        ("General", (False, "")),
    ],
)
def test_what_a_number_format_makes_of_an_amount(code, shown):
    assert of_positive(code) == shown
