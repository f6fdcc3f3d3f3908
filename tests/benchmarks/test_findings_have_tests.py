"""Every finding about a library says what of the workbook it touches, and the test that holds our answer is there."""

import ast
import sys

import pytest

from helpers.settings.config import PROJECT_FOLDER

sys.path.insert(0, str(PROJECT_FOLDER / "benchmarks"))
from works_with.surprises import HELD

FINDINGS = sorted((PROJECT_FOLDER / "findings").glob("*.sh"))


def test_every_finding_has_a_line_and_no_line_is_of_none():
    assert {path.stem for path in FINDINGS} == set(HELD)


@pytest.mark.parametrize("name", sorted(HELD))
def test_the_test_that_holds_what_we_do_about_a_finding_is_there(name):
    file, _, test = HELD[name].test.partition("::")
    tree = ast.parse((PROJECT_FOLDER / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_page_of_what_it_works_with_names_every_finding():
    page = (PROJECT_FOLDER / "docs" / "works-with.md").read_text(encoding="utf-8")
    assert [path.name for path in FINDINGS if f"(../findings/{path.name})" not in page] == []
