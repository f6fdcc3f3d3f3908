"""The comparison that a change of the code is held to finds what a reader of the packs would see, and only that."""

import json
import shutil
import sys
from pathlib import Path

import nbformat
import openpyxl
import pytest
from typer.testing import CliRunner

from helpers.settings.config import PROJECT_FOLDER

PACK = "sample/en/2026-10/company"


@pytest.fixture
def same_as(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT_FOLDER / "benchmarks"))
    yield __import__("same_as")
    sys.modules.pop("same_as", None)


@pytest.fixture
def packs(tmp_path):
    """Two folders with the same small pack, and the page above it."""
    pack = tmp_path / "before" / PACK
    pack.mkdir(parents=True)
    (pack.parents[1] / "index.html").write_text("<h1>All reports</h1>\n")
    (pack / "01_composition.html").write_text("<h1>Customers</h1>\n<p>Net sales 1,250</p>\n")
    (pack / "customers.csv").write_bytes(b"customer,net\r\nC1,1250\r\n")
    manifest = {"started": "2026-11-28T10:00:00", "failures": [], "month": "2026-10"}
    (pack / "manifest.json").write_text(json.dumps(manifest))
    book = openpyxl.Workbook()
    book.active.title = "Customers"
    book.active.append(["C1", 1250])
    book.save(pack / "tables.xlsx")
    notebook = nbformat.v4.new_notebook()
    shown = nbformat.v4.new_output("display_data", data={"text/html": "<b>1,250</b>"})
    notebook.cells = [
        nbformat.v4.new_markdown_cell("Sales"),
        nbformat.v4.new_code_cell("f()", outputs=[shown]),
    ]
    nbformat.write(notebook, pack / "01_composition.ipynb")
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    return tmp_path


def compared(same_as, packs, *options):
    folders = [str(packs / "before"), str(packs / "after")]
    result = CliRunner().invoke(same_as.app, ["compare", *folders, *options])
    return result.exit_code, result.output


def edited(packs: Path, name: str, change) -> None:
    path = packs / "after" / PACK / name
    path.write_bytes(change(path.read_bytes()))


def test_packs_of_the_same_bytes_are_identical(same_as, packs):
    assert compared(same_as, packs) == (0, f"sample/en: identical, 1 files\n{PACK}: identical, 5 files\n")


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("01_composition.html", b"1,250", b"1,251", "line 2: '<p>Net sales 1,250</p>' | '<p>Net sales 1,251</p>'"),
        ("customers.csv", b"0\r\n", b"0\n", r"line 2: 'C1,1250\r' | 'C1,1250'"),
        ("01_composition.ipynb", b"1,250", b"1,251", "cell 2 display_data text/html: '<b>1,250</b>' | '<b>1,251</b>'"),
        ("manifest.json", b"2026-10", b"2026-09", """key month: '"2026-10"' | '"2026-09"'"""),
    ],
)  # fmt: skip
def test_one_other_byte_is_told_with_its_place(same_as, packs, name, before, after, told):
    edited(packs, name, lambda content: content.replace(before, after))
    code, output = compared(same_as, packs)
    assert code == 1
    assert output.endswith(f"{PACK}: 1 of 5 files differ\n  {name}: {told}\n")


@pytest.mark.parametrize(
    ("attribute", "value", "told"),
    [
        ("value", 1251, "'1250 (General)' | '1251 (General)'"),
        ("number_format", "0.0", "'1250 (General)' | '1250 (0.0)'"),
    ],
)  # fmt: skip
def test_another_number_or_format_in_excel_is_told_by_sheet_and_cell(same_as, packs, attribute, value, told):
    path = packs / "after" / PACK / "tables.xlsx"
    book = openpyxl.load_workbook(path)
    setattr(book["Customers"]["B1"], attribute, value)
    book.save(path)
    code, output = compared(same_as, packs)
    assert code == 1
    assert f"  tables.xlsx: sheet 'Customers' cell B1: {told}\n" in output


def test_what_is_in_excel_but_in_no_cell_counts_too(same_as, packs):
    path = packs / "after" / PACK / "tables.xlsx"
    book = openpyxl.load_workbook(path)
    book["Customers"].freeze_panes = "A2"
    book.save(path)
    code, output = compared(same_as, packs)
    assert code == 1
    assert "  tables.xlsx: part " in output


def test_a_file_that_only_one_has_is_told(same_as, packs):
    (packs / "after" / PACK / "customers.csv").unlink()
    code, output = compared(same_as, packs)
    assert code == 1
    assert "  customers.csv: only in the first folder\n" in output


def test_when_a_pack_was_made_and_how_its_cells_are_written_may_differ(same_as, packs):
    edited(packs, "manifest.json", lambda content: content.replace(b"T10:00", b"T11:30"))
    edited(packs, "01_composition.ipynb", lambda content: content.replace(b"f()", b"show(sales)"))
    code, output = compared(same_as, packs)
    assert (code, f"{PACK}: identical" in output) == (0, True)


def test_an_expected_difference_is_told_and_is_no_failure_but_another_is(same_as, packs):
    edited(packs, "customers.csv", lambda content: content + b"C2,1\r\n")
    code, output = compared(same_as, packs, "--expect", "sample/*/customers.csv")
    assert code == 0
    assert r"  customers.csv (expected): line 3: '' | 'C2,1\r'" in output
    edited(packs, "01_composition.html", lambda content: content + b"more")
    assert compared(same_as, packs, "--expect", "sample/*/customers.csv")[0] == 1


def test_nothing_to_compare_is_an_error_and_not_identical(same_as, packs):
    assert compared(same_as, packs, "--only", "online_retail")[0] == 2
    assert compared(same_as, packs, "--only", "sampel")[0] == 2


def test_packs_are_not_made_into_a_folder_that_holds_some(same_as, packs):
    assert CliRunner().invoke(same_as.app, ["make", str(packs / "before")]).exit_code == 2
