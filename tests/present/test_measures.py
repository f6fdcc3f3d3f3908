"""Measures are called and written alike wherever they stand."""

import pytest

from helpers.present.name_lists import measures
from helpers.present.numbers import numbers


def test_a_measure_stands_under_its_heading_in_the_order_asked_for():
    columns = measures(numbers("zh", "CNY"), "share_percent", "customers")
    assert [column.label for column in columns.values()] == ["占比", "客户数"]
    assert [column.text(12.34) for column in columns.values()] == ["12.3%", "12"]


def test_bars_are_drawn_beside_the_one_that_is_asked_for():
    columns = measures(numbers(), "customers", "net_amount", bar="net_amount")
    assert [column.bar for column in columns.values()] == [False, True]


def test_an_unknown_measure_is_named():
    with pytest.raises(KeyError, match="net_profit"):
        measures(numbers(), "net_profit")
