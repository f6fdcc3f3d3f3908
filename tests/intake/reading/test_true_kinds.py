"""A file is read as what it is, whatever it is called; what a cell really holds is not lost."""

from __future__ import annotations

import datetime
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import propose_map
from helpers.settings.config import load_settings

HEAD = ["order_id", "order_date", "customer_id", "line_no", "product_id", "quantity", "net_amount"]


def page(rows, encoding="utf-8", declared=""):
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><head>{declared}</head><body><table>{cells}</table></body></html>".encode(encoding)


def test_a_web_page_called_xls_is_read(shop):
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />'
    rows = [HEAD, ["S1", "2026.3.5", "蓝桥机电商行", "1", "P1", "2", "1,234.50"]]
    rows.append(["", "", "", "", "", "", "1,234.50"])
    shop.write("order_lines.xls", page(rows, "gb18030", meta))
    lines = shop.table(source={"date_format": "%Y.%m.%d", "decimal": "."})
    assert list(lines["customer_id"]) == ["蓝桥机电商行"]
    assert list(lines["order_date"]) == [datetime.date(2026, 3, 5)]
    assert list(lines["net_amount"]) == [Decimal("1234.5")]


def test_the_decimal_comma_of_a_web_page_called_xls_is_no_mark_of_thousands(shop):
    shop.write("order_lines.xls", page([HEAD, ["S1", "2026-03-05", "0012", "1", "P1", "2", "12,50"]]))
    lines = shop.table(source={"decimal": ","})
    assert (list(lines["customer_id"]), list(lines["net_amount"])) == (["0012"], [Decimal("12.5")])


def test_cells_of_a_page_that_span_others_keep_the_columns_in_place(shop):
    body = (
        "<table><tr>" + "".join(f"<th>{name}</th>" for name in HEAD) + "</tr>"
        "<tr><td rowspan=2>A1</td><td>2026-01-05</td><td colspan=2>7</td><td>P&amp;1</td><td>1</td><td>2.5</td></tr>"
        "<tr><td>2026-01-06</td><td>8</td><td>2</td><td>P2</td><td>1</td><td>3</td></tr></table>"
    )
    shop.write("order_lines.xls", f"<!DOCTYPE html><html>{body}</html>".encode())
    tables = shop.read()
    assert list(shop.table()["product_id"]) == ["P&1"]
    assert list(shop.quarantine()["rule"]) == ["missing_value"]  # the second line has no order_id of its own
    assert tables.inputs[0].rows == 2


def test_a_page_without_a_table_is_refused_by_its_true_name(shop):
    shop.write("order_lines.xls", b"<html><body>Your session has ended.</body></html>")
    with pytest.raises(WorkbookError, match=r"order_lines.xls is a web page \(HTML\) without a table"):
        shop.read()


def spreadsheetml(rows):
    cells = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>' for kind, text in row)
        + "</Row>"
        for row in rows
    )
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Sales"><Table>'
        f"{cells}</Table></Worksheet></Workbook>"
    ).encode()


def test_excels_xml_of_2003_is_read_with_its_types(shop):
    line = [("String", "A1"), ("DateTime", "2026-04-03T00:00:00.000"), ("String", "007"), ("Number", "1")]
    rows = [
        [("String", name) for name in HEAD],
        [*line, ("String", "P1"), ("Number", "2"), ("Number", "10.25")],
    ]
    shop.write("order_lines.xls", spreadsheetml(rows))
    lines = shop.table()
    assert list(lines["customer_id"]) == ["007"]
    assert list(lines["order_date"]) == [datetime.date(2026, 4, 3)]
    assert list(lines["net_amount"]) == [Decimal("10.25")]


def test_text_with_tabs_called_xls_is_read(shop):
    shop.write("order_lines.xls", ["\t".join(HEAD), "F1\t2026-09-03\tK1\t1\tA1\t2\t12.5"], encoding="utf-16")
    assert list(shop.table()["net_amount"]) == [Decimal("12.5")]


def test_excels_line_that_names_the_separator_is_not_the_head(shop):
    shop.write(
        "order_lines.csv",
        ["sep=;", ";".join(HEAD), "F1;2026-09-03;K1;1;A1;2;12.5", "F2;2026-09-03;K1;1;A1;x;1"],
    )
    assert list(shop.table()["net_amount"]) == [Decimal("12.5")]
    assert list(shop.quarantine()["row_number"]) == [2]


def test_of_two_columns_of_one_name_the_map_says_which(shop):
    shop.write("order_lines.csv", [",".join([*HEAD, "Name", "Name"]), "A1,2026-01-05,7,1,P,2,10,Acme,Drill"])
    assert list(shop.table()["net_amount"]) == [10]
    columns = {"channel": "Name (2)"}
    assert list(shop.table(tables={"order_lines": {"columns": columns}})["channel"]) == ["Drill"]
    with pytest.raises(WorkbookError, match=r"two columns called 'Name': map Name \(1\) or Name \(2\)"):
        shop.read(tables={"order_lines": {"columns": {"channel": "Name"}}})


def sheet(shop, rows, change=lambda xml: xml):
    """Write a workbook and change the XML of its sheet, as other programs write it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(shop.folder / "whole.xlsx")
    with (
        zipfile.ZipFile(shop.folder / "whole.xlsx") as whole,
        zipfile.ZipFile(shop.folder / "order_lines.xlsx", "w") as changed,
    ):
        for name in whole.namelist():
            content = whole.read(name)
            changed.writestr(name, change(content.decode()) if name.endswith("sheet1.xml") else content)
    (shop.folder / "whole.xlsx").unlink()


def test_the_error_of_a_formula_is_no_blank(shop):
    good = ["A0", datetime.date(2026, 1, 5), "C0", 1, "P", 1, 5]
    rows = [
        HEAD,
        good,
        ["A1", datetime.date(2026, 1, 5), 1.5, 1, "P", 1, 5],
        ["A2", *good[1:-1], 1.5],
        [1.5] * 7,
    ]
    failed = '<c r="{0}" t="e"><v>#N/A</v></c>'
    sheet(
        shop,
        rows,
        lambda xml: re.sub(r'<c r="([A-Z]+[0-9]+)"[^>]*><v>1\.5</v></c>', lambda c: failed.format(c[1]), xml),
    )
    bad = shop.quarantine()
    assert list(bad["rule"]) == ["error_cell"] * 3
    assert list(bad["row_number"]) == [2, 3, 4]
    assert "customer_id is '#N/A'" in bad["sentence"][0]
    assert "net_amount is '#N/A'" in bad["sentence"][1]
    assert list(shop.table()["order_id"]) == ["A0"]


def test_numbers_longer_than_a_float_keep_their_digits(shop):
    rows = [HEAD] + [[f"O{n}", datetime.date(2026, 3, 5), 77770 + n, 1, "P", 1, n] for n in (1, 2)]
    sheet(shop, rows, lambda xml: xml.replace("<v>7777", "<v>2026030500000012"))
    assert list(shop.table()["customer_id"]) == ["20260305000000121", "20260305000000122"]


def test_a_name_on_two_lines_is_one_customer_in_a_sheet_and_in_a_text_file(shop):
    book = xlsxwriter.Workbook(shop.folder / "order_lines_1.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, ["A1", "2026-01-05", "Harbour\r\nElectric", 1, "P1", 1, 5])
    book.close()
    with zipfile.ZipFile(shop.folder / "order_lines_1.xlsx") as file:
        assert b"_x000D_" in file.read("xl/sharedStrings.xml")
    shop.orders('A2,2026-01-05,"Harbour\r\nElectric",1,P1,1,5', name="order_lines_2.csv")
    assert set(shop.table()["customer_id"]) == {"Harbour\r\nElectric"}


def test_an_id_with_a_letter_below_many_without_keeps_it_and_an_amount_typed_as_text_is_told(shop):
    rows = [[f"A{n}", datetime.date(2026, 3, 5), 1000 + n, 1, "P", 1, 10] for n in range(150)]
    others = [["B1", rows[0][1], "A17", 1, "P", 1, 500], ["B2", rows[0][1], "B20", 1, "P", 1, "8,50"]]
    sheet(shop, [HEAD, *rows, *others])
    assert list(shop.table()["customer_id"])[-1] == "A17"
    assert list(shop.quarantine()["row_number"]) == [152]


def test_an_id_that_a_spreadsheet_has_rounded_is_set_aside(shop):
    good = ["A0", datetime.date(2026, 3, 5), "C0", 1, "P", 1, 5]
    sheet(shop, [HEAD, good, ["A1", good[1], 2.0260305000000124e16, 1, "P", 1, 9]], lambda xml: xml.replace(
        "<v>20260305000000124</v>", "<v>2.0260305000000124E+16</v>"))  # fmt: skip
    assert list(shop.quarantine()["rule"]) == ["long_number"]
    shop.orders("A1,2026-01-05,2.02603E+16,1,P,1,1", "A2,2026-01-05,7,1,P,1,1")
    (shop.folder / "order_lines.xlsx").unlink()
    assert list(shop.quarantine()["rule"]) == ["long_number"]


def test_a_protected_workbook_says_so(shop):
    msoffcrypto = pytest.importorskip("msoffcrypto.format.ooxml")
    sheet(shop, [HEAD])
    plain = (shop.folder / "order_lines.xlsx").open("rb")
    with plain, (shop.folder / "locked.xlsx").open("wb") as locked:
        msoffcrypto.OOXMLFile(plain).encrypt("secret", locked)
    with pytest.raises(WorkbookError, match=r"locked.xlsx is protected by a password.*take the password off"):
        shop.read(shop.folder / "locked.xlsx")


def test_hidden_sheets_are_said(shop):
    book = openpyxl.Workbook()
    book.active.title = "order_lines"
    book.active.append(HEAD)
    book.create_sheet("old prices").append(["a", "b"])
    book["old prices"].sheet_state = "hidden"
    book.save(shop.folder / "export.xlsx")
    with pytest.raises(WorkbookError, match=r"old prices \(hidden\)"):
        shop.read(tables={"order_lines": {"files": ["export.xlsx"], "sheet": "none"}})


GERMAN = ["order_id;order_date;customer_id;quantity;net_amount", "F1;2026-09-03;Müller Söhne;2;12.5",
          "F2;2026-09-04;Schäfer & Jürgens;1;9"]  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Müller Söhne"), ("cp1252", "Société Générale à Orléans"), ("cp1252", "Peña y Muñoz, Málaga"),
        ("gb18030", "深圳市华强五金有限公司"), ("gb18030", "张三"), ("cp1250", "Łódź Wschód Częstochowa"),
        ("cp1251", "ООО Инструмент Москва"), ("cp932", "株式会社サンプルあいう"), ("cp949", "한국 공구 주식회사"),
    ],
)  # fmt: skip
def test_the_encoding_proposed_is_that_in_which_the_names_read_well(shop, encoding, name):
    shop.write("order_lines.csv", [GERMAN[0], f'F1;2026-09-03;"{name}";2;12.5'], encoding=encoding)
    proposal = propose_map(shop.folder)
    assert f'encoding = "{encoding}"' in proposal
    (shop.folder / "workbook.toml").write_text(answered(proposal), encoding="utf-8")
    tables = load_settings(shop.folder / "workbook.toml").model_dump(mode="json")["tables"]
    assert list(shop.table(tables=tables)["customer_id"]) == [name]


def test_both_readings_of_a_name_are_shown(shop):
    shop.write("order_lines.csv", GERMAN, encoding="cp1252")
    proposal = propose_map(shop.folder)
    assert '"Müller Söhne" with "cp1252"' in proposal
    assert '"M黮ler S鰄ne" with "gb18030"' in proposal
    with pytest.raises(WorkbookError, match=r'encoding = "cp1252".*\'Müller Söhne\' stands there then'):
        shop.read()


def test_formulas_that_no_program_has_computed_are_no_amounts_of_nothing(shop):
    """XlsxWriter writes 0 for the result of every formula, and asks Excel to compute them when it opens the file."""
    import xlsxwriter

    book = xlsxwriter.Workbook(shop.folder / "order_lines.xlsx", {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet()
    page.write_row(0, 0, HEAD)
    for row in (1, 2):
        page.write_row(row, 0, [f"A{row}", datetime.date(2026, 1, 5), "C0", row, "P", 5])
        page.write_formula(row, 6, f"=D{row + 1}*F{row + 1}")
    book.close()
    with pytest.raises(WorkbookError, match="open the file in Excel and save it"):
        shop.read()


@pytest.mark.parametrize("serial", ["46112.99999999999", "46112.9999999975", "46112.99999996528"])
def test_the_last_moment_of_a_month_is_no_first_of_the_next(shop, serial):
    """Readers round to thousandths of a second, and 23:59:59.9999999 of a database counted in the next month."""
    end = datetime.date(2026, 3, 31)
    sheet(
        shop,
        [HEAD, ["A1", end, "C0", 1, "P", 1, 46112.25]],
        lambda xml: xml.replace("<v>46112</v>", f"<v>{serial}</v>").replace("46112.25", "46112.99999999999"),
    )
    table = shop.table()
    assert list(table["order_date"]) == [end]
    assert [float(each) for each in table["net_amount"]] == [46113]


@pytest.mark.parametrize("number", [31, 57])
def test_dates_in_the_formats_of_a_chinese_excel_are_dates(shop, number):
    """The file names such a format by its number alone, which openpyxl does not know."""
    book = openpyxl.Workbook()
    for row in [HEAD, ["A1", datetime.date(2026, 3, 5), "C0", 1, "P", 1, 9]]:
        book.active.append(row)
    book.save(shop.folder / "plain.xlsx")
    with (
        zipfile.ZipFile(shop.folder / "plain.xlsx") as plain,
        zipfile.ZipFile(shop.folder / "order_lines.xlsx", "w") as chinese,
    ):
        for name in plain.namelist():
            content = plain.read(name).decode()
            if name == "xl/styles.xml":
                content = re.sub(r"<numFmts.*?</numFmts>", "", content, flags=re.DOTALL)
                content = re.sub(r'numFmtId="(14|16[0-9])"', f'numFmtId="{number}"', content)
            chinese.writestr(name, content)
    (shop.folder / "plain.xlsx").unlink()
    assert list(shop.table()["order_date"]) == [datetime.date(2026, 3, 5)]
