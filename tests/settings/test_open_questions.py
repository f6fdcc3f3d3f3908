"""A map may hold questions: no run begins before a person has answered them."""

from __future__ import annotations

import pytest

from helpers.errors import WorkbookError
from helpers.questions import open_questions, with_answer
from helpers.settings.config import load_settings

MAP = """
[report]
currency = "?"  # £ stands before 3 amounts, $ before none: which is the report's?

[tables.order_lines]
files = ["a.csv"]
# The dates can be read in two ways:
#   "%d/%m/%Y"  # 03/04/2026 is then 2026-04-03
#   "%m/%d/%Y"  # 03/04/2026 is then 2026-03-04
date_format = "?"
currency_marks = { "$" = "?" }  # USD, CAD or AUD
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "workbook.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_question_is_named_with_its_line_and_what_it_asks(written):
    with pytest.raises(WorkbookError) as stopped:
        load_settings(written(MAP))
    said = str(stopped.value)
    assert "report.currency (line 3): £ stands before 3 amounts" in said
    assert (
        'tables.order_lines.date_format (line 10): The dates can be read in two ways: "%d/%m/%Y": 03/04/2026'
        in said
    )
    assert "tables.order_lines.currency_marks (line 11): USD, CAD or AUD" in said


def test_the_answers_to_choose_from_stand_above_the_question():
    dates = open_questions(MAP)[1]
    assert [value for value, _ in dates.answers] == ['"%d/%m/%Y"', '"%m/%d/%Y"']


def test_an_answered_map_loads(written):
    text = MAP
    for answer in ('"GBP"', '"%d/%m/%Y"', '"USD"'):
        text = with_answer(text, open_questions(text)[0], answer)
    settings = load_settings(written(text))
    assert settings.report.currency == "GBP"
    assert settings.tables["order_lines"].date_format == "%d/%m/%Y"
    assert settings.tables["order_lines"].currency_marks == {"$": "USD"}


def test_a_question_over_several_lines_is_found_too(written):
    with pytest.raises(WorkbookError, match=r"tables\.order_lines\.files"):
        load_settings(written('[tables.order_lines]\nfiles = [\n  "?",\n]\n'))


def test_a_question_mark_that_is_no_value_of_its_own_asks_nothing(written):
    settings = load_settings(
        written('[tables.order_lines]\nwhere = "Status <> \'?\'"  # is it "?"\n# currency = "?"\n')
    )
    assert settings.tables["order_lines"].where == "Status <> '?'"
