"""Numbers as readers of English and Chinese write them."""

import math
import pickle
import re

import pandas as pd
import pytest

from helpers.present.numbers import MISSING, TEXT, join_signs, numbers
from helpers.present.table import Column, table
from helpers.present.typed import typed_table
from helpers.present.words import words
from helpers.settings.config import parse_settings

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
        ("en", 999_600, "€1M"),
        ("en", 999_499, "€999K"),
        ("en", -999_600_000, "−€1B"),
        ("en", 999.6, "€1K"),
        ("zh", 9_999.6, "€1万"),
        ("zh", 99_960_000, "€9996万"),
        ("zh", 99_995_000.5, "€1亿"),
        ("zh", 99_999_999, "€1亿"),
    ],
)
def test_money_in_charts_has_three_digits_in_the_readers_units(language, amount, written):
    assert numbers(language, "EUR").money_short(amount) == written


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_short_amount_never_has_as_many_units_as_the_next_one_holds(language):
    fmt, units = numbers(language, "CNY"), 10_000 if language == "zh" else 1_000
    for exponent in range(3, 12):
        for below in (0.5, 0.04, 0.004, 1e-9):
            digits = re.sub(r"[^0-9.]", "", fmt.short(10**exponent - below * 10 ** (exponent - 3)))
            assert float(digits) < units


def test_the_currency_is_the_reports():
    assert numbers("zh", "CNY").money(1234) == "¥1,234"
    assert numbers("en", "USD").money(1234.5, 2) == "US$1,234.50"


def test_changes_carry_a_sign_and_nothing_is_minus_zero():
    fmt = numbers("en")
    assert fmt.points(0.013) == "+1.3 pts"
    assert fmt.points(-0.013) == "−1.3 pts"
    assert fmt.points(-0.0001) == "0.0 pts"
    assert fmt.percent(-0.00001) == "0.0%"
    assert fmt.money(-0.2) == "€0"
    assert fmt.signed_money_short(-3.4e6) == "−€3.4M"


@pytest.mark.parametrize("missing", [math.nan, math.inf, None, pd.NA])
def test_a_missing_number_is_a_dash_not_a_zero(missing):
    fmt = numbers("en")
    for write in (fmt.money, fmt.money_short, fmt.short, fmt.percent, fmt.points, fmt.count):
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
    fmt = numbers("en", "EUR")
    assert fmt.signed_percent(9.99) == "+999.0%"
    assert fmt.signed_percent(135.657) == "×137"


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
    assert typed_table(made).formats == ("#,##0.00",)


def test_formats_are_made_anew_in_another_process():
    assert n.points(0.2) == "+20.0 pts"
    again = pickle.loads(pickle.dumps(n))
    assert again == n
    assert again.points(0.2) == "+20.0 pts"


def test_no_sign_is_printed_of_a_currency_that_nobody_has_declared():
    n = numbers("en", parse_settings({}, "workbook.toml").report.currency)
    assert n.money(1234567) == "1,234,567"
    assert n.money_short(1234567) == "1.23M"
    assert n.money.excel == "#,##0"
    assert n.currency == "the currency of the data"
    assert numbers("zh", "XXX").money_short(12340000) == "1234万"


WAN = numbers("zh", "CNY", "万元")
#: A list of two customers, and what all of them come to.
SALES = pd.DataFrame({"customer": ["a", "b"], "net_amount": [99_999_999.0, 999_600.0], "customers": [3, 4]})


def in_units(language, currency, unit):
    fmt = numbers(language, currency, unit)
    columns = {
        "customer": Column("Who"), "net_amount": Column("Sales", fmt.count), "customers": Column("Count", fmt.count)
    }  # fmt: skip
    return table(SALES, columns, "", total={"net_amount": SALES["net_amount"].sum()})


@pytest.mark.parametrize(
    ("language", "currency", "unit", "head", "cells"),
    [
        ("zh", "CNY", "万元", "Sales（万元）", ["10,000.00", "99.96", "10,099.96"]),
        ("zh", "EUR", "M", "Sales（百万欧元）", ["100.000", "1.000", "101.000"]),
        ("zh", "CNY", "亿元", "Sales（亿元）", ["1.0000", "0.0100", "1.0100"]),
        ("zh", "CNY", "元", "Sales（元）", ["99,999,999", "999,600", "100,999,599"]),
        ("en", "EUR", "k", "Sales, k EUR", ["100,000.0", "999.6", "100,999.6"]),
        ("en", "CNY", "万元", "Sales, 10,000 CNY", ["10,000.00", "99.96", "10,099.96"]),
        ("en", "XXX", "k", "Sales, k", ["100,000.0", "999.6", "100,999.6"]),
    ],
)
def test_amounts_of_a_table_stand_in_the_unit_of_the_settings_and_the_head_says_it(
    language, currency, unit, head, cells
):
    shown = in_units(language, currency, unit)
    assert shown.columns["net_amount"].label == head
    assert [shown.columns["net_amount"].text(value) for value in [*SALES["net_amount"], 100_999_599]] == cells
    assert shown.columns["customers"].label == "Count"  # customers are no money


def test_a_spreadsheet_holds_amounts_in_the_unit_that_its_head_says():
    sheet = typed_table(in_units("zh", "CNY", "万元"))
    assert sheet.heads[1] == "Sales（万元）"
    assert [row[1] for row in sheet.rows] == [9999.9999, 99.96]
    assert (sheet.total[1], sheet.formats[1]) == (10_099.9599, "#,##0.00")


def test_changes_keep_their_sign_in_a_unit_and_texts_their_short_amounts():
    fmt = pickle.loads(pickle.dumps(numbers("zh", "CNY", "万元")))  # as another process gets it
    assert fmt.signed_count.money(-12_345.6) == "−1.23"
    assert fmt.signed_count.money(0.0) == "0.00"
    assert fmt.count.money(float("nan")) == MISSING
    assert fmt.money_short(99_999_999) == "¥1亿"


def test_without_a_unit_amounts_stand_in_full_as_the_caption_says():
    shown = in_units("zh", "CNY", None)
    assert (shown.columns["net_amount"].label, shown.columns["net_amount"].text(999_600)) == (
        "Sales",
        "999,600",
    )


@pytest.mark.parametrize("name", ["net_amount_previous", "amount", "credit_limit", "low_80", "each"])
def test_no_column_of_money_stays_in_full_beside_one_in_a_unit(name):
    shown = table(
        pd.DataFrame({"who": ["a"], name: [120_000.0]}),
        {"who": Column("Who"), name: Column("X", WAN.count)},
        "",
    )
    assert (shown.columns[name].label, shown.columns[name].text(120_000)) == ("X（万元）", "12.00")


def test_no_line_of_a_page_breaks_between_a_sign_and_its_amount():
    said = f"{zh.signed_money_short(-524_000)}，{n.signed_money_short(3.0)}"
    assert join_signs(said) == "−\u2060¥52.4万，+CN¥3"
    assert join_signs("a + b − c, 3 − €2") == "a + b − c, 3 − €2"
