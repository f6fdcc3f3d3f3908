"""What is learnt ends in digits that mean something, the same ones on every processor."""

import numpy as np
import pandas as pd

from helpers.core.amounts import DIGITS, round_significant

VALUES = np.array([1234.56789, -0.000123456789, 99_999_999.99, 1.0, 5e-310, 3e200])


def last_bit_off(values):
    return np.nextafter(values, np.inf)


def test_no_value_moves_by_more_than_its_digits():
    values = np.exp(np.linspace(-300, 300, 10_001))
    assert np.abs(round_significant(values) / values - 1).max() <= 10.0**-DIGITS
    assert round_significant(-values).tolist() == (-round_significant(values)).tolist()


def test_fewer_digits_can_be_asked_for():
    assert round_significant(VALUES, 3).tolist() == [1235.0, -0.0001235, 100_000_000.0, 1.0, 0.0, 3e200]


def test_values_that_differ_in_their_last_bit_are_equal():
    assert round_significant(last_bit_off(VALUES[:4])).tolist() == round_significant(VALUES[:4]).tolist()
    assert round_significant(0.1 + 0.2) == 0.3


def test_what_is_no_number_stays_what_it_is():
    assert np.isnan(round_significant(float("nan")))
    assert round_significant(np.array([np.inf, -np.inf, 0.0])).tolist() == [np.inf, -np.inf, 0.0]


def test_of_a_table_numbers_are_rounded_and_names_and_counts_stay():
    table = pd.DataFrame({"name": ["a"], "count": [123_456_789_012], "share": [1 / 3]}, index=["x"])
    rounded = round_significant(table)
    assert rounded["share"].tolist() == [0.333333333]
    pd.testing.assert_frame_equal(rounded.drop(columns="share"), table.drop(columns="share"))
