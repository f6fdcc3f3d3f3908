"""Who gets what is read from a table; a row that cannot be right is refused with file, row and column."""

from pathlib import Path

import pytest
import xlsxwriter

from helpers.errors import WorkbookError
from helpers.intake.reading.sources import plan_files
from helpers.report.delivery.recipients import Recipient, read_recipients
from helpers.settings.config import Settings

NOTEBOOKS = [Path("00_summary.ipynb"), Path("01_customer_composition.ipynb"), Path("04_churn_signals.ipynb")]


def read(tmp_path, text, name="recipients.csv"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8-sig"))
    return read_recipients(tmp_path / name, NOTEBOOKS)


def test_a_row_says_scope_language_pages_ways_and_form(tmp_path):
    found, refused = read(
        tmp_path,
        "recipient,scope,language,pages,email,webhook,mask,encrypt\n"
        'Jun,salesperson:S01,zh,"4, 01",Jun <jun@example.com>,wecom:SALES,yes,no\n',
    )
    assert refused == ()
    assert found == (
        Recipient(
            "Jun", "recipients.csv, row 2", "salesperson:S01", "zh", tuple(path.name for path in NOTEBOOKS),
            "Jun <jun@example.com>", "wecom:SALES", mask=True, encrypt=False,
        ),
    )  # fmt: skip


def test_chinese_heads_and_semicolons_are_read(tmp_path):
    found, _ = read(tmp_path, "收件人;范围;语言;邮箱;加密\n高磊;salesperson:S01;中文;lei@example.com;是\n")
    assert (found[0].name, found[0].language, found[0].email, found[0].encrypt) == (
        "高磊",
        "zh",
        "lei@example.com",
        True,
    )


def test_an_excel_file_is_read(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "who.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["recipient", "scope", "encrypt"])
        sheet.write_row(2, 0, ["Jun", "company", True])
    found, _ = read_recipients(tmp_path / "who.xlsx", NOTEBOOKS)
    assert [(one.name, one.place, one.encrypt) for one in found] == [("Jun", "who.xlsx, row 3", True)]


def excel(path, sheets):
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def test_a_sheet_of_notes_before_the_recipients_is_passed_over(tmp_path):
    sheets = {"Read me": [["How to fill this in"]], "Who": [["收件人", "范围"], ["Jun", "company"]]}
    found, _ = read_recipients(excel(tmp_path / "who.xlsx", sheets), NOTEBOOKS)
    assert [one.name for one in found] == ["Jun"]


def test_recipients_on_two_sheets_are_refused_and_none_is_lost(tmp_path):
    sheets = {name: [["recipient", "scope"], [name, "company"]] for name in ("North", "South")}
    with pytest.raises(WorkbookError, match=r"who\.xlsx has recipients on the sheets North, South"):
        read_recipients(excel(tmp_path / "who.xlsx", sheets), NOTEBOOKS)


def test_empty_lines_before_the_heads_are_passed_over(tmp_path):
    found, _ = read(tmp_path, "\n\nrecipient;scope;language\n\nJun;company;zh_CN\n;;\n")
    assert [(one.name, one.place, one.language) for one in found] == [("Jun", "recipients.csv, row 5", "zh")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Jun,,,,,", "row 3, column scope: it is empty"),
        ("Jun,company,klingon,,,", "row 3, column language: 'klingon'"),
        ("Jun,company,,99,,", "row 3, column pages: there is no page '99'"),
        ("Jun,company,,,jun at example,", "row 3, column email: 'jun at example' is no mail address"),
        ('Jun,company,,,"jun@example.com\r\nBcc: all@example.com",', "column email"),
        ("Jun,company,,,,perhaps", "row 3, column encrypt: 'perhaps' is neither yes nor no"),
        ("Jun,company,,01, 04,jun@example.com,yes", "row 3: 'yes' stands under no column's head"),
        ("Ann,company,,,,", "row 3, column recipient: 'Ann' stands in recipients.csv, row 2 too"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_and_the_others_stay(tmp_path, row, said):
    found, refused = read(
        tmp_path, f"recipient,scope,language,pages,email,encrypt\nAnn,company,,,ann@example.com,\n{row}\n"
    )
    assert [one.name for one in found] == ["Ann"]
    assert len(refused) == 1
    assert said in refused[0][1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("recipient,scope,colour\nJun,company,red\n", "row 1: the column 'colour' is not known"),
        ("recipient,email\nJun,jun@example.com\n", "row 1: there is no column scope"),
        ("recipient,scope,name\nJun,company,Jun\n", "two columns recipient"),
        ("收件人,范围\n高磊,company\n".encode("gb18030"), "is not UTF-8"),
        ("", "is empty"),
    ],
)
def test_a_table_that_cannot_be_read_stops_before_anything_is_sent(tmp_path, text, said):
    with pytest.raises(WorkbookError, match=said):
        read(tmp_path, text)


def test_a_missing_table_is_named_with_its_columns(tmp_path):
    with pytest.raises(WorkbookError, match=r"nobody\.csv cannot be read.*recipient, scope"):
        read_recipients(tmp_path / "nobody.csv", NOTEBOOKS)


def test_the_address_of_a_chat_is_not_taken_from_a_table(tmp_path):
    _, refused = read(tmp_path, "recipient,scope,webhook\nTeam,company,https://chat.example.com/send?key=1\n")
    assert "never in a table" in refused[0][1]


def test_the_table_beside_the_data_is_not_taken_for_data(tmp_path):
    for name in ("sales 2026.csv", "recipients.csv", "Recipients.xlsx"):
        (tmp_path / name).write_text("order_id\n")
    assert plan_files(tmp_path, Settings()).tables == {"order_lines": (tmp_path / "sales 2026.csv",)}
