"""Numbers as readers of English and Chinese write them."""

import math

import pandas as pd
import pytest

from helpers.present.numbers import MISSING, numbers
from helpers.present.words import words


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
