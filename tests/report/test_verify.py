"""A report can be made again and held against itself; later rows change nothing, changed history is told."""

import re

import pytest
import xlsxwriter

from helpers.engine.months.changed_rows import changed_rows
from helpers.errors import WorkbookError
from helpers.intake import read_tables
from helpers.report.monthly import make_report
from helpers.report.requests import ReportRequest
from helpers.report.verify import changed_history, changed_numbers, changes_since, verify
from helpers.settings.config import PROJECT_FOLDER, Settings

LINES = """order_id,line_no,order_date,customer_id,product_id,quantity,net_amount
A1,1,2026-08-03,C1,P1,2,200.00
A2,1,2026-09-30,C2,P1,1,100.00
"""


@pytest.mark.slow
def test_later_rows_leave_a_report_identical_and_changed_history_is_found(tmp_path, own_cache):
    file = tmp_path / "exports" / "order_lines.csv"
    file.parent.mkdir()
    file.write_text(LINES)
    request = ReportRequest(data=str(file.parent), month="2026-09", out=tmp_path / "reports")
    pack = make_report(request, lambda step: None).folder
    file.write_text(LINES + "A3,1,2026-10-05,C3,P1,1,900.00\n")
    later = verify(pack, str(file.parent), None)
    assert later.identical and later.inputs == ("order_lines.csv",)
    assert later.history == ()
    file.write_text(LINES.replace("200.00", "250.00"))
    (pack / "index.html").write_text("by hand")
    changed = verify(pack, str(file.parent), None)
    assert not changed.identical
    assert changed.touched == ("index.html",)
    assert "tables.xlsx" in changed.outputs
    assert any(re.search(r": 300, now 350$", number) for number in changed.numbers)
    assert changed.history == (
        "order_lines, 2026-08: 1 rows then and now; sum 200.0000 then, 250.0000 now; "
        "1 changed: A1 1 (net_amount 200.0000, now 250.0000)",
    )


def cleaned(cache, folder, lines):
    """Read order lines as a report does; the folder of the cleaned tables."""
    folder.mkdir()
    (folder / "order_lines.csv").write_text(
        "order_id,line_no,order_date,customer_id,quantity,net_amount\n" + lines
    )
    return read_tables(folder, Settings(), cache).path("order_lines").parent


def test_a_changed_a_deleted_and_an_added_order_line_are_each_named(tmp_path):
    cache = tmp_path / "cache"
    then = cleaned(
        cache, tmp_path / "then",
        "A1,1,2026-08-03,C1,2,200\nA1,2,2026-08-03,C1,1,50\nA2,1,2026-08-09,C2,1,70\nA5,1,2026-09-01,C1,1,1\n",
    )  # fmt: skip
    now = cleaned(
        cache, tmp_path / "now",
        "A1,1,2026-08-03,C1,2,250\nA1,2,2026-08-03,C1,1,50\nA3,1,2026-08-30,C3,1,90\nA5,1,2026-09-01,C9,1,1\n",
    )  # fmt: skip
    assert changed_rows(then, now, {"order_lines": ["2026-08", "2026-09"], "customers": [""]}, cache) == {
        "order_lines, 2026-08": (
            "1 changed: A1 1 (net_amount 200.0000, now 250.0000); 1 removed: A2 1; 1 added: A3 1"
        ),
        "order_lines, 2026-09": "1 changed: A5 1 (customer_id C1, now C9)",
    }


def test_of_many_changed_rows_the_first_are_named_and_the_others_counted(tmp_path):
    cache = tmp_path / "cache"
    lines = [f"A{number},1,2026-08-03,C1,1,10" for number in range(10, 20)]
    then = cleaned(cache, tmp_path / "then", "\n".join(lines) + "\n")
    now = cleaned(cache, tmp_path / "now", "\n".join(lines[:2]) + "\n")
    assert changed_rows(then, now, {"order_lines": ["2026-08"]}, cache) == {
        "order_lines, 2026-08": "8 removed: A12 1, A13 1, A14 1, A15 1, A16 1 and 3 more"
    }


def test_changed_history_names_table_month_and_rows():
    before = {"customers": {"": [9, "", "x:a"]}, "order_lines": {"2026-08": [3, "10.0000", "x:b"]}}
    after = {"customers": {"": [9, "", "x:c"]}, "order_lines": {"2026-07": [1, "2.0000", "x:d"]}}
    assert changed_history(before, after) == (
        "customers, rows without a month: 9 rows then and now; other values",
        "order_lines, 2026-07: 0 rows then, 1 now; sum 0 then, 2.0000 now",
        "order_lines, 2026-08: 3 rows then, 0 now; sum 10.0000 then, 0 now",
    )
    assert changed_history(None, after) == ()


def test_hashes_of_another_engine_version_are_not_compared_but_counts_and_sums_are():
    before = {
        "customers": {"": [9, "", "duckdb-1:a"]},
        "order_lines": {"2026-08": [3, "10.0000", "duckdb-1:b"]},
    }
    after = {
        "customers": {"": [9, "", "duckdb-2:c"]},
        "order_lines": {"2026-08": [3, "12.0000", "duckdb-2:d"]},
    }
    assert changed_history(before, after) == (
        "order_lines, 2026-08: 3 rows then and now; sum 10.0000 then, 12.0000 now",
    )


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(WorkbookError, match=r"manifest\.json"):
        verify(tmp_path, None, None)


def tables(folder, rows):
    folder.mkdir()
    with xlsxwriter.Workbook(folder / "tables.xlsx") as book:
        sheet = book.add_worksheet("1.1 Tiers")
        for number, row in enumerate([["Title"], [], [], ["Class", "Net sales", "Customers"], *rows]):
            sheet.write_row(number, 0, row)
    return folder


def test_a_number_that_is_another_is_named_with_its_table_row_and_column(tmp_path):
    then = tables(tmp_path / "then", [["Shops", 200.5, 3], ["Chains", 50, 1], ["Shops", 7, 1], ["Old", 1, 1]])
    now = tables(tmp_path / "now", [["Shops", 250.5, 3], ["Chains", 50, 1], ["Shops", 8, 1], ["New", 1, 1]])
    assert changed_numbers(then, now) == (
        "1.1 Tiers: Shops, Net sales: 200.5, now 250.5",
        "1.1 Tiers: Shops, Net sales: 7, now 8",
        "1.1 Tiers: Old: is no longer there",
        "1.1 Tiers: New: is new",
    )
    assert changed_numbers(then, then) == ()


def test_of_many_numbers_the_first_are_named_and_the_others_counted(tmp_path):
    then = tables(tmp_path / "then", [[f"Row {number}", number, 1] for number in range(30)])
    now = tables(tmp_path / "now", [[f"Row {number}", number + 1, 1] for number in range(30)])
    found = changed_numbers(then, now)
    assert len(found) == 21
    assert found[-1] == "and 10 more"


def test_numbers_that_change_stand_where_verify_looks_for_them():
    text = (PROJECT_FOLDER / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.count("**Numbers that change**") == 1, "the head of the file alone names them so"
    assert len(changes_since("0.1.0")) > 30


def test_the_changelog_tells_what_changed_since_the_version_of_then(tmp_path):
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n### Numbers that change\n- Value is higher\n  by a tenth.\n- Tiers.\n\n"
        "### Added\n- Much.\n\n## 0.2.0 - 2026-11-01\n### Numbers that change\n- Scores.\n\n## 0.1.0\n"
        "### Numbers that change\n- Long ago.\n"
    )
    log = tmp_path / "CHANGELOG.md"
    unreleased = ("Unreleased: Value is higher by a tenth.", "Unreleased: Tiers.")
    assert changes_since("0.1.0", log) == (*unreleased, "0.2.0: Scores.")
    assert changes_since("0.2.0", log) == unreleased
    assert changes_since("0.2.0", tmp_path / "none.md") == ()
