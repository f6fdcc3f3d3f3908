"""The pack's Excel file: values that a spreadsheet can work with, and text that stays text."""

import datetime
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from helpers.present.numbers import numbers
from helpers.present.table import Column, collect_tables, table
from helpers.present.typed import typed_table
from helpers.present.words import words
from helpers.report.pages.excel import ShownTable, sheet_names, write_excel

HOSTILE = (
    "<script>alert(1)</script>", "[x](javascript:alert(1))", '=HYPERLINK("http://x")', "../../x",
    "\u202etxt.exe", "y" * 4000, "+1", "http://example.org", "internal: on hold",
)  # fmt: skip
n = numbers("en", "CNY")


def shown(frame, columns, **more):
    return ShownTable(
        "Page", "A heading?", typed_table(table(frame, columns, more.pop("caption", "Caption"), **more))
    )


def read(tables, path, language="en"):
    write_excel(tables, path, "Example", words(language))
    return openpyxl.load_workbook(path)


def test_numbers_and_days_are_values_with_a_format(tmp_path):
    frame = pd.DataFrame(
        {"who": ["C1"], "amount": [1234.5], "share": [0.25], "when": [pd.Timestamp("2026-10-31")]}
    )
    columns = {
        "who": Column("Who"), "amount": Column("Amount", n.count), "share": Column("Share", n.percent),
        "when": Column("Last", n.date),
    }  # fmt: skip
    sheet = read(
        [shown(frame, columns, total={"who": "Total", "amount": 1234.5})], tmp_path / "t.xlsx"
    ).worksheets[1]
    assert [cell.value for cell in sheet[5]] == ["C1", 1234.5, 0.25, datetime.datetime(2026, 10, 31)]
    assert [cell.number_format for cell in sheet[5]] == ["@", "#,##0", "#,##0.0%", "yyyy-mm-dd"]
    assert [cell.value for cell in sheet[6]] == ["Total", 1234.5, None, None]
    assert sheet.auto_filter.ref == "A4:D5"  # a filter must not take the total away
    assert sheet.freeze_panes == "B5"


@pytest.mark.parametrize("caption", ["Sales & margin by class", "y" * 4000, "&" * 300, "a\x01b", *HOSTILE])
def test_every_sheet_prints_across_one_page_wide_with_its_heads_on_each(caption, tmp_path):
    frame = pd.DataFrame({"who": ["C1"] * 200})
    for sheet in read(
        [shown(frame, {"who": Column("Who")}, caption=caption)], tmp_path / "t.xlsx"
    ).worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.page_setup.paperSize) == (
            "landscape", 0, 9
        )  # fmt: skip
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows in ("$3:$3", "$4:$4")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_whatever_it_looks_like(name, tmp_path):
    book = read(
        [shown(pd.DataFrame({"who": [name]}), {"who": Column(name)}, caption=name)], tmp_path / "t.xlsx"
    )
    for cell in (book.worksheets[1]["A1"], book.worksheets[1]["A4"], book.worksheets[1]["A5"]):
        assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


def test_points_are_counted_in_hundredths_and_a_fall_keeps_its_sign(tmp_path):
    frame = pd.DataFrame({"gap": [-0.013, 0.5], "change": [-0.062, 12.0]})
    columns = {"gap": Column("Gap", n.points), "change": Column("Change", n.signed_percent)}
    sheet = read([shown(frame, columns)], tmp_path / "t.xlsx").worksheets[1]
    assert [cell.value for cell in sheet[5]] == [-1.3, -0.062]
    assert [cell.value for cell in sheet[6]] == [50, 12]
    assert [cell.number_format for cell in sheet[5]] == [
        '+#,##0.0" pts";-#,##0.0" pts";#,##0.0" pts"',
        "+#,##0.0%;-#,##0.0%;#,##0.0%",
    ]


def test_sheets_have_names_that_excel_takes_and_contents_that_lead_to_them(tmp_path):
    tables = [
        shown(pd.DataFrame({"who": ["x"]}), {"who": Column("Who")}, caption=caption)
        for caption in ("All [of]: them? " * 9, "All [of]: them? " * 9, "客户" * 40)
    ]
    names = sheet_names(tables, "Contents")
    assert len({name.lower() for name in names}) == 4
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
    contents = read(tables, tmp_path / "t.xlsx").worksheets[0]
    assert [contents.cell(row, 1).hyperlink.location for row in (4, 5, 6)] == [
        f"'{name}'!A1" for name in names[1:]
    ]


def test_tables_whose_captions_begin_alike_are_told_apart_by_their_headings():
    one = typed_table(
        table(pd.DataFrame({"who": ["x"]}), {"who": Column("Who")}, "Net sales in CNY of the month")
    )
    tables = [ShownTable("Page", heading, one) for heading in ("Who grew?", "Who fell?", "")]
    assert sheet_names(tables, "Contents")[1:] == [
        "1.1 Who grew", "1.2 Who fell", "1.3 Net sales in CNY of the…",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("caption", "name"),
    [
        ("未成交的潜在客户，A级和最新的在前：239个中的前200个", "1.1 未成交的潜在客户，A级和最新的在前"),
        (
            "很可能留下但采购不足一半的客户，按所涉毛利（单位：人民币）",
            "1.1 很可能留下但采购不足一半的客户，按所涉毛利",
        ),
        ("Quarter: sales against the target, in CNY", "1.1 Quarter, sales against…"),
        ("Customers to see to, at most 12 for each salesperson", "1.1 Customers to see to"),
        ("Net sales", "1.1 Net sales"),
    ],
)
def test_a_long_name_of_a_sheet_ends_with_a_clause_and_never_within_a_number(caption, name):
    one = typed_table(table(pd.DataFrame({"who": ["x"]}), {"who": Column("Who")}, caption))
    assert sheet_names([ShownTable("Page", "", one)], "Contents")[1:] == [name]


def test_the_second_table_below_a_heading_is_called_by_its_caption():
    made = [
        typed_table(table(pd.DataFrame({"who": ["x"]}), {"who": Column("Who")}, caption))
        for caption in ("Problem customers", "At risk", "Slowing")
    ]
    tables = [ShownTable("Page", "How do they behave?", each) for each in made]
    assert sheet_names(tables, "Contents")[1:] == ["1.1 How do they behave", "1.2 At risk", "1.3 Slowing"]


def test_the_same_tables_give_the_same_bytes(tmp_path):
    tables = [shown(pd.DataFrame({"who": ["x"]}), {"who": Column("Who")})]
    for name in ("a.xlsx", "b.xlsx"):
        write_excel(tables, tmp_path / name, "Example", words("en"))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_table_without_rows_keeps_its_heads(tmp_path):
    sheet = read([shown(pd.DataFrame({"who": []}), {"who": Column("Who")})], tmp_path / "t.xlsx").worksheets[
        1
    ]
    assert sheet["A4"].value == "Who"


def test_a_column_that_no_table_names_is_in_no_sheet(tmp_path):
    frame = pd.DataFrame({"who": ["Huaxin"], "sales": [100.0], "margin": [-20.0]})
    columns = {"who": Column("Who"), "sales": Column("Sales", n.money)}
    file = read([shown(frame, columns)], tmp_path / "t.xlsx")
    cells = [cell.value for sheet in file for row in sheet.iter_rows() for cell in row]
    assert 100 in cells
    assert not {-20, "margin", "Margin"} & set(cells)


def test_only_shown_tables_reach_the_listener():
    told = []
    seen = table(pd.DataFrame({"who": ["x"]}), {"who": Column("Who")}, "Seen")
    with collect_tables(told.append):
        table(pd.DataFrame({"who": ["x"]}), {"who": Column("Who")}, "Never shown")
        seen._repr_mimebundle_()
    seen._repr_mimebundle_()
    assert told == [seen]


def test_the_name_of_a_group_leads_to_the_first_of_its_rows_on_the_page_that_has_them(tmp_path):
    names, sold = (
        {"label": Column("Trade class"), "net_amount": Column("Net sales", n.count)},
        Column("Customer"),
    )
    groups = table(pd.DataFrame({"label": ["Shops", "Traders"], "net_amount": [5, 3]}), names, "By class")
    people = pd.DataFrame(
        {"customer": ["a", "b", "c"], "label": ["Shops", "Shops", "Traders"], "net_amount": [4, 1, 3]}
    )
    rows = replace(table(people, {"customer": sold, **names}, "Customers"), rows_by=("label",))
    other = table(pd.DataFrame({"customer": ["a"]}), {"customer": sold}, "Others")
    made = [ShownTable("One", "", typed_table(each)) for each in (groups, other, rows)]
    book = read([*made, ShownTable("Two", "", typed_table(groups))], tmp_path / "t.xlsx")
    places = {
        sheet.title: [cell.hyperlink.location for cell in sheet["A"][4:] if cell.hyperlink] for sheet in book
    }
    target = "'1.3 Customers'!A"
    assert places["1.1 By class"] == places["2.1 By class"] == [f"{target}5", f"{target}7"]
    assert places["1.2 Others"] == places["1.3 Customers"] == []
    assert [cell.value for cell in book["1.3 Customers"][7]] == ["c", "Traders", 3]
