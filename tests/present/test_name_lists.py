"""Long lists: what is left out is the smallest, and it is counted."""

import pandas as pd

from helpers.present.name_lists import capped_people, largest
from helpers.present.numbers import numbers


def test_the_largest_are_taken_in_the_order_in_which_they_stand():
    rows = pd.DataFrame({"name": list("abcd"), "amount": [1.0, float("nan"), 3.0, 1.0]}, index=[7, 5, 3, 1])
    assert list(largest(rows, rows["amount"], 2)["name"]) == ["a", "c"]
    assert list(largest(rows, rows["amount"], 3)["name"]) == ["a", "c", "d"]
    assert largest(rows, rows["amount"], 4) is rows


def test_a_caption_counts_the_salespeople_who_are_left_out():
    said = capped_people("Scorecard", 100, 1471, numbers("en", "CNY"))
    assert said == "Scorecard: the 100 largest of 1,471 salespeople, 1,371 more not shown"
    assert capped_people("Scorecard", 3, 3, numbers("en", "CNY")) == "Scorecard"
