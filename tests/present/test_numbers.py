"""Numbers as readers of English and Chinese write them."""

import math
import pickle

import pandas as pd
import pytest

from helpers.present.numbers import MISSING, TEXT, numbers
from helpers.present.table import Column, table
from helpers.present.typed import typed
from helpers.present.words import words

n, zh = numbers("en", "CNY"), numbers("zh", "CNY")


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [
        ("en", 1_234_567.4, "€1.23M"),
        ("en", 12_345, "€12.3K"),
        ("en", 999.4, "€999"),
        ("en", 0.0, "€0"),
        ("en", -340_000, "−€340K"),
        ("zh", 1_234_567.4, "€123万"),
        ("zh", 123_456_789, "€1.23亿"),
        ("zh", 9_999, "€9,999"),
    ],
)
def test_money_in_charts_has_three_digits_in_the_readers_units(language, amount, written):
    assert numbers(language, "EUR").money_short(amount) == written


def test_the_currency_is_the_reports():
    assert numbers("zh", "CNY").money(1234) == "¥1,234"
    assert numbers("en", "USD").money(1234.5, 2) == "US$1,234.50"


def test_changes_carry_a_sign_and_nothing_is_minus_zero():
    spell = numbers("en")
    assert spell.points(0.013) == "+1.3 pts"
    assert spell.points(-0.013) == "−1.3 pts"
    assert spell.points(-0.0001) == "0.0 pts"
    assert spell.percent(-0.00001) == "0.0%"
    assert spell.money(-0.2) == "€0"
    assert spell.signed_money_short(-3.4e6) == "−€3.4M"


@pytest.mark.parametrize("missing", [math.nan, math.inf, None, pd.NA])
def test_a_missing_number_is_a_dash_not_a_zero(missing):
    spell = numbers("en")
    for write in (spell.money, spell.money_short, spell.short, spell.percent, spell.points, spell.count):
        assert write(missing) == MISSING


def test_months_are_named_in_the_readers_language():
    month = pd.Period("2026-10", "M")
    assert numbers("en").month(month) == "October 2026"
    assert numbers("en").month_short(month) == "Oct 2026"
    assert numbers("zh").month(month) == "2026年10月"


def test_a_value_that_looks_like_a_template_stays_text():
    assert words("en")("Lost: {name}", name="{month} {0}") == "Lost: {month} {0}"


def test_counts_choose_singular_and_plural():
    assert words("en").ngettext("{n} customer", "{n} customers", 1) == "1 customer"
    assert words("en").ngettext("{n} customer", "{n} customers", 3) == "3 customers"


def test_a_manifold_increase_is_a_multiple_not_a_percentage():
    spell = numbers("en", "EUR")
    assert spell.signed_percent(9.99) == "+999.0%"
    assert spell.signed_percent(135.657) == "×137"


@pytest.mark.parametrize(
    ("declared", "excel"),
    [
        (n.count, "#,##0"),
        (n.short, "#,##0"),
        (n.signed_count, "+#,##0;-#,##0;#,##0"),
        (n.decimal.to(2), "#,##0.00"),
        (n.percent, "#,##0.0%"),
        (n.percent.to(0), "#,##0%"),
        (n.in_percent, '#,##0.0"%"'),
        (n.signed_percent, "+#,##0.0%;-#,##0.0%;#,##0.0%"),
        (n.change_in_percent, '+#,##0.0"%";-#,##0.0"%";#,##0.0"%"'),
        (n.in_points, '+#,##0.0" pts";-#,##0.0" pts";#,##0.0" pts"'),
        (zh.points, '+#,##0.0"个百分点";-#,##0.0"个百分点";#,##0.0"个百分点"'),
        (n.money.to(2), '"CN¥"#,##0.00'),
        (n.signed_money_short, '+"CN¥"#,##0;-"CN¥"#,##0;"CN¥"#,##0'),
        (n.date, ""),
        (TEXT, ""),
    ],
)
def test_a_spreadsheet_shows_figures_as_the_page_does(declared, excel):
    assert declared.excel == excel


def test_decimals_are_those_of_the_page_and_of_the_spreadsheet():
    assert n.percent.to(0)(0.256) == n.percent(0.256, 0) == "26%"
    assert n.decimal.to(2)(3) == "3.00"


def test_a_view_writes_figures_its_own_way_and_the_spreadsheet_as_before():
    months = n.count.written(lambda value: n.count(value) + ("+" if value >= 12 else ""))
    assert (months(12), months(3), months.excel) == ("12+", "3", n.count.excel)


def test_whole_figures_keep_the_decimals_that_the_page_shows():
    made = table(pd.DataFrame({"ratio": [2.0, 3.0]}), {"ratio": Column("Ratio", n.decimal.to(2))}, "Ratios")
    assert "2.00" in made.text
    assert typed(made).formats == ("#,##0.00",)


def test_formats_are_made_anew_in_another_process():
    assert n.points(0.2) == "+20.0 pts"
    again = pickle.loads(pickle.dumps(n))
    assert again == n
    assert again.points(0.2) == "+20.0 pts"
