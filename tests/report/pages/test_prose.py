"""A notebook's markdown in another language: block by block, marks and blank lines as they were."""

import nbformat
import pytest
from babel.support import NullTranslations

from helpers.present.words import Words, words
from helpers.report.pages.html import page_title
from helpers.report.pages.pages import translate, translate_notebook
from helpers.report.running.scrub import first_paragraph

CHINESE = {
    "Who are they?": "他们是谁？",
    "A sentence over two lines.": "一句话。",
    "**New**: the first item, on two lines.": "**新**：第一项。",
    "A second item.": "第二项。",
}


class Dictionary(NullTranslations):
    def gettext(self, message):
        return CHINESE.get(message, message)


@pytest.fixture
def spoken():
    return Words("zh", Dictionary())


SOURCE = """## Who are they?

A sentence
over two lines.

- **New**: the first item,
  on two lines.
- A second item.
- Not translated,
  and left as it is.
"""


def test_headings_paragraphs_and_items_are_translated_and_the_rest_stays(spoken):
    assert translate(SOURCE, spoken) == (
        "## 他们是谁？\n\n一句话。\n\n- **新**：第一项。\n- 第二项。\n- Not translated,\n  and left as it is.\n"
    )


@pytest.mark.parametrize("source", [SOURCE, "", "\n\n# A\ntext\n\n\n1. one\n2. two", "| a | b |\n|---|---|"])
def test_in_english_not_a_character_changes(source):
    assert translate(source, words("en")) == source


def test_an_executed_notebook_is_rewritten_in_the_language_of_its_report(tmp_path, spoken):
    path = tmp_path / "03_who.ipynb"
    cells = [
        nbformat.v4.new_markdown_cell("# Who are they?\n\nA sentence\nover two lines.", id="a"),
        nbformat.v4.new_code_cell("'Who are they?'", id="b"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    notebook = translate_notebook(path, spoken)
    assert (page_title(notebook, path.name), first_paragraph(notebook)) == ("他们是谁？", "一句话。")
    assert nbformat.read(path, as_version=4) == notebook
    assert notebook.cells[1].source == "'Who are they?'"


def test_an_english_notebook_is_not_touched(tmp_path):
    path = tmp_path / "01_who.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook()) + "\n\n")
    before = path.read_bytes()
    translate_notebook(path, words("en"))
    assert path.read_bytes() == before


def test_a_page_of_ones_own_stays_as_it_was_written_even_where_the_catalog_has_its_words(tmp_path, spoken):
    path = tmp_path / "20_mine.ipynb"
    cell = nbformat.v4.new_markdown_cell("# Who are they?", id="a")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    assert page_title(translate_notebook(path, None), path.name) == "Who are they?"
    assert page_title(translate_notebook(path, spoken), path.name) == "他们是谁？"
