"""``[periods]``: one calendar at a time, and a table of periods whose faults are named by file, row and column."""

from __future__ import annotations

import pytest

from helpers.errors import WorkbookError
from helpers.settings.config import load_settings

HEAD = "name,first_day,last_day,year\n"


def settings(folder, periods, table=None):
    if table is not None:
        (folder / "periods.csv").write_text(table, encoding="utf-8-sig")
    (folder / "workbook.toml").write_text(f"[periods]\n{periods}\n")
    return load_settings(folder / "workbook.toml").periods


def test_a_table_of_periods_is_read_in_the_order_of_days(tmp_path):
    rows = "FY26-P2,2026/02/01,2026/02/28,FY2026\nFY26-P1,2026-01-04,2026-01-31,2026\n"
    found = settings(tmp_path, 'table = "periods.csv"', HEAD + rows).named
    assert [(each.name, str(each.first_day), each.year) for each in found] == [
        ("FY26-P1", "2026-01-04", 2026), ("FY26-P2", "2026-02-01", 2026),
    ]  # fmt: skip


def test_heads_may_be_chinese(tmp_path):
    text = "名称,开始日期,截止日期\n2026年1期,2026-01-01,2026-01-25\n"
    assert settings(tmp_path, 'table = "periods.csv"', text).named[0].name == "2026年1期"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "P1,2026-01-01,2026-01-31,\nP2,2026-02-02,2026-02-28,",
            "row 3, column first_day.*in no period.*2026-02-01",
        ),
        ("P1,2026-01-01,2026-01-31,\nP2,2026-01-31,2026-02-28,", "row 3, column first_day.*in two periods"),
        (
            "P1,2026-01-01,2026-01-31,\nP1,2026-02-01,2026-02-28,",
            "row 3, column name: 'P1' stands in row 2 already",
        ),
        ("P1,2026-01-01,31.1.2026,", r"row 2, column last_day: '31\.1\.2026' is no day"),
        ("P1,2026-01-31,2026-01-01,", "row 2, column last_day: 2026-01-01 is before"),
        (",2026-01-01,2026-01-31,", "row 2, column name: the period has no name"),
        ("P1,2026-01-01,2026-01-31,26", "row 2, column year: '26' is no year"),
        ("", "names no period"),
    ],
)
def test_what_is_wrong_in_the_table_is_named_by_row_and_column(tmp_path, rows, said):
    with pytest.raises(WorkbookError, match=rf"periods\.csv.*{said}"):
        settings(tmp_path, 'table = "periods.csv"', HEAD + rows)


def test_a_table_that_is_not_there_or_lacks_a_column_is_named(tmp_path):
    with pytest.raises(WorkbookError, match=r"periods\.csv cannot be read"):
        settings(tmp_path, 'table = "periods.csv"')
    with pytest.raises(WorkbookError, match=r"periods\.csv, row 1: there is no column last_day"):
        settings(tmp_path, 'table = "periods.csv"', "name,first_day\n")


@pytest.mark.parametrize("written", ["13x4", "13 × 4", "13 X 4"])
def test_a_year_of_thirteen_periods_may_be_written_as_people_do(tmp_path, written):
    assert settings(tmp_path, f'pattern = "{written}"').pattern == "13x4"


def test_only_one_setting_says_what_a_month_is(tmp_path):
    with pytest.raises(WorkbookError, match="closing_day and pattern each say what a month is"):
        settings(tmp_path, 'closing_day = 25\npattern = "4-4-5"')
