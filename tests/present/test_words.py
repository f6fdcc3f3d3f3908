"""Words in the reader's language: templates, counts, lists, and languages that are not there."""

import pickle

import pandas as pd
import pytest

from helpers.errors import WorkbookError
from helpers.present import labels
from helpers.present.numbers import numbers
from helpers.present.words import words
from helpers.settings.config import parse_settings
from helpers.subjects.card.index_views import value_label


def test_what_the_catalog_lacks_stays_english():
    assert words("zh")("A sentence nobody has translated: {name}", name="x") == (
        "A sentence nobody has translated: x"
    )


def test_chinese_has_one_form_for_all_counts():
    spoken = words("zh")
    one, many = "{n} row of the other tables was set aside.", "{n} rows of the other tables were set aside."
    assert spoken.ngettext(one, many, 1) == "其他表中有1行被搁置。"
    assert spoken.ngettext(one, many, 12) == "其他表中有12行被搁置。"


@pytest.mark.parametrize(
    ("language", "names", "phrases", "clauses"),
    [("en", "A, B and C", "A, B, C", "A; B; C"), ("zh", "A、B和C", "A，B，C", "A；B；C")],
)
def test_lists_are_joined_as_the_language_joins_them(language, names, phrases, clauses):
    spoken = words(language)
    assert spoken.listed("ABC") == names
    assert spoken.phrases("ABC") == phrases
    assert spoken.clauses("ABC") == clauses


@pytest.mark.parametrize("language", ["en", "zh"])
def test_counts_of_thousands_are_grouped_in_sentences_as_in_tables(language):
    spoken = words(language)
    assert spoken.ngettext("{n} new row", "{n} new rows", 117_011).startswith("117,011")
    assert spoken.ngettext("{n} new row", "{n} new rows", 999).startswith("999")


def test_a_list_of_one_or_none_is_written_too():
    assert words("zh").listed(["A"]) == "A"
    assert words("en").listed([]) == ""


def test_captions_name_the_currency_as_the_language_does():
    assert numbers("en", "CNY").currency == "CNY"
    assert numbers("zh", "CNY").currency == "人民币"
    assert numbers("zh", "EUR").currency == "欧元"


@pytest.mark.parametrize("language", ["de", "ZH", "zh_CN", "../en"])
def test_an_unknown_language_is_refused_with_those_there_are(language):
    with pytest.raises(WorkbookError, match=r"no language '.*'. Languages are: en, zh\."):
        words(language)


def test_figures_are_said_by_their_names():
    assert words("en").pairs(["A", "B"], ["12", "7"]) == "A: 12; B: 7"


def test_a_window_of_one_month_is_a_month_and_no_months():
    spoken, text = words("en"), "nothing in the next {months} months, {other} months, {amount}"
    said = spoken(text, months=1, other=12, amount="1 months Ltd.")
    assert said == "nothing in the next month, 12 months, 1 months Ltd."
    assert words("zh")("Last {months} months", months=1) == "最近1个月"


LABELS = (("DIY shops", "建材店"), ("Other", "其他"))


def test_words_of_the_data_are_called_as_the_settings_say():
    _ = words("zh", LABELS)
    rows = pd.DataFrame({"kind": ["group", "group", "not_recorded"], "group": ["Other", "Chains", None]})
    assert labels.group_labels(rows, _).tolist() == ["其他", "Chains", "未登记"]
    assert labels.value_labels(pd.Series([None, "Other"]), _).tolist() == ["未登记", "其他"]
    assert labels.value_labels(pd.Series([None, None]), _).tolist() == ["未登记", "未登记"]


def test_the_card_index_calls_classes_as_every_other_page_does():
    n = numbers("zh", "CNY", labels=LABELS)
    assert value_label("trade_class", "DIY shops", n) == "建材店"
    assert value_label("segment", "unclassified", n) == value_label(
        "segment", "unclassified", numbers("zh", "CNY")
    )


def test_a_count_or_a_tier_is_not_taken_for_the_code_of_a_class():
    _ = words("en", (("2", "Retail"), ("A", "Agents")))
    assert _("Tier {tier}", tier="A") == "Tier A"
    assert _.ngettext("{n} of {all}", "{n} of {all}", 1, all="2") == "1 of 2"
    assert _.listed(["A", "2"]) == "A and 2"


def test_what_words_are_called_travels_to_other_processes():
    n = numbers("zh", "CNY", labels=LABELS)
    assert pickle.loads(pickle.dumps(n)).words.value("Other") == "其他"
    assert numbers("zh", "CNY").words.value("Other") == "Other"


def test_a_word_is_called_otherwise_in_the_languages_that_the_settings_name():
    settings = parse_settings({"labels": {"KA": "Key accounts", "DIY shops": {"zh": "建材店"}}}, "map")
    assert settings.labels_in("en") == (("KA", "Key accounts"),)
    assert settings.labels_in("zh") == (("KA", "Key accounts"), ("DIY shops", "建材店"))


@pytest.mark.parametrize(
    ("labels_said", "message"),
    [({"KA": ""}, "'KA' is called nothing"), ({"KA": {"zh": " "}}, "'KA' is called nothing"),
     ({"KA": {"de": "x"}}, "'KA' has a label for 'de'"),
     ({"trade_class": {"KA": {"zh": "x"}}}, "'KA'.*right under .labels., whatever column")],
)  # fmt: skip
def test_a_label_that_says_nothing_or_stands_elsewhere_is_refused_by_file_and_word(labels_said, message):
    with pytest.raises(WorkbookError, match=f"map: 'labels': .*{message}"):
        parse_settings({"labels": labels_said}, "map")


@pytest.mark.parametrize(
    ("language", "window", "lately"),
    [("en", "13 periods to 2026-P10", "Last 13 periods"), ("zh", "截至2026-P10的13期", "最近13期")],
)
def test_where_a_year_has_thirteen_periods_no_template_says_month(language, window, lately):
    _ = words(language, (), True)
    assert _("{months} months to {month}", months=13, month="2026-P10") == window
    assert _("Last {months} months", months=13) == lately
    assert "months" in words("en")("{months} months to {month}", months=12, month="October 2026")
