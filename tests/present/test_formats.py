"""What a column declares of its figures: the same for readers and in a spreadsheet, in both languages."""

import pickle

import pandas as pd
import pytest

from helpers.present.formats import TEXT
from helpers.present.numbers import numbers
from helpers.present.table import Column, table
from helpers.present.typed import typed

n, zh = numbers("en", "CNY"), numbers("zh", "CNY")


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
