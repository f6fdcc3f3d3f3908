"""Every reader-facing word has its Chinese: what the code and the notebooks say, the catalog translates."""

import re
import string

import nbformat
import pytest

from helpers.book import open_book
from helpers.errors import WorkbookError
from helpers.present.words import catalog_file, read_catalog, words
from helpers.report.pages.catalog import messages, untranslated
from helpers.report.pages.html import safe_markdown
from helpers.report.pages.pages import translate
from helpers.settings.config import NOTEBOOKS_FOLDER

#: As the company's customer-management rules call them.
TERMS = {
    "Customer composition": "客户构成",
    "Trade class": "客户类型",
    "ABC tiers": "ABC分析",
    "Margin rate": "毛利率",
    "Grade": "客户等级",
    "Complaints": "客户投诉",
}
_CHINESE = "\u4e00-\u9fff"


def texts(entry):
    return entry if isinstance(entry, (tuple, list)) else (entry,)


def key(message):
    return texts(message.id)[0]


@pytest.fixture(scope="module")
def catalog():
    return read_catalog("zh")


@pytest.fixture(scope="module")
def wanted():
    return {key(message): message for message in messages() if message.id}


@pytest.fixture(scope="module")
def translations(catalog):
    return [(message, text) for message in catalog if message.id for text in texts(message.string)]


def fields(template):
    return {
        name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name is not None
    }


def test_every_message_of_code_and_notebooks_is_in_the_catalog_and_no_other(catalog, wanted):
    there = {key(message): texts(message.id) for message in catalog if message.id}
    assert there == {name: texts(message.id) for name, message in wanted.items()}, "run make words"
    assert not catalog.obsolete


def test_every_message_has_a_translation_that_someone_has_read(catalog):
    assert untranslated(catalog) == []


def test_a_translation_fills_in_the_same_values(translations):
    wrong = [
        (key(message), text)
        for message, text in translations
        if fields(text) != set.union(*(fields(one) for one in texts(message.id)))
    ]
    assert wrong == []


def test_chinese_sentences_have_chinese_punctuation(translations):
    half = re.compile(rf"[{_CHINESE}][,;:!?()]|[,;:!?()][{_CHINESE}]|[{_CHINESE}]\.(?!\w)")
    assert [text for _message, text in translations if half.search(text)] == []


def test_no_space_stands_between_chinese_words(translations):
    assert [
        text for _message, text in translations if re.search(rf"[{_CHINESE}，。：；、] +[{_CHINESE}]", text)
    ] == []


def test_terms_are_those_of_the_companys_rules(wanted):
    spoken = words("zh")
    used = {term: chinese for term, chinese in TERMS.items() if term in wanted}
    assert {term: spoken(term) for term in used} == used
    assert "Customer composition" in used


@pytest.mark.parametrize("path", sorted(NOTEBOOKS_FOLDER.glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_a_notebooks_prose_is_chinese_throughout_and_its_emphasis_survives(path):
    spoken = words("zh")
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "markdown" or "interactive" in cell.metadata.get("tags", []):
            continue
        translated = translate(cell.source, spoken)
        page = safe_markdown(translated)
        assert not re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", translated), translated
        assert "*" not in page, page
        assert page.count("<strong>") == safe_markdown(cell.source).count("<strong>")
        assert page.count("<li>") == safe_markdown(cell.source).count("<li>")


def test_the_catalog_is_read_without_compiling_it_first():
    assert [path.name for path in catalog_file("zh").parent.iterdir()] == ["workbook.po"]


def test_an_unknown_language_is_refused_before_any_data_are_read(tmp_path):
    with pytest.raises(WorkbookError, match=r"There is no language 'de'. Languages are: en, zh\."):
        open_book(tmp_path / "nothing is here", language="de")
