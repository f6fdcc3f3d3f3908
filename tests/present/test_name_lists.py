"""Long lists: what is left out is the smallest, and it is counted."""

import pandas as pd
import pytest

from helpers.present.measures import measures
from helpers.present.name_lists import LONG, capped, first_of, largest
from helpers.present.numbers import numbers

N = numbers("en", "CNY")


def customers(count):
    ids = [f"C{place}" for place in range(count)]
    return pd.DataFrame({"customer_id": ids, "name": ["Smith", *[None] * (count - 1)], "net_amount": 1.0})


def test_the_largest_are_taken_in_the_order_in_which_they_stand():
    rows = pd.DataFrame({"name": list("abcd"), "amount": [1.0, float("nan"), 3.0, 1.0]}, index=[7, 5, 3, 1])
    assert list(largest(rows, rows["amount"], 2)["name"]) == ["a", "c"]
    assert list(largest(rows, rows["amount"], 3)["name"]) == ["a", "c", "d"]
    assert largest(rows, rows["amount"], 4) is rows


def test_a_customer_is_listed_by_name_or_else_by_id_and_the_others_are_counted():
    made = first_of(203, customers(3), measures(N, "customer", "net_amount"), "By sales", N)
    assert made.caption == "By sales: the 3 largest of 203, 200 more not shown"
    assert list(made.frame["customer"]) == ["Smith", "C1", "C2"]


def test_a_list_that_is_long_can_be_sorted_and_a_short_one_cannot():
    for count in (LONG, LONG + 1):
        made = first_of(count, customers(count), measures(N, "customer"), "All", N)
        assert ("data-sortable" in made.html) is (count > LONG)
    assert made.caption == "All"


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("people", "Scorecard: the 100 largest of 1,471 salespeople, 1,371 more not shown"),
        ("nearer_target", "Scorecard: the 100 furthest below target of 1,471, 1,371 more not shown"),
        ("smaller_changes", "Scorecard; the 100 largest changes of 1,471"),
        ("smaller_apart", "Scorecard; the 100 largest of 1,471"),
        ("smaller_rest", "Scorecard; the largest are shown, 1,371 more are not"),
        ("pieces", "Scorecard: 100 of 1,471 pieces"),
    ],
)
def test_a_caption_counts_what_is_left_out_by_what_it_is(cut, said):
    assert capped("Scorecard", 100, 1471, N, cut) == said
    assert capped("Scorecard", 3, 3, N, cut) == "Scorecard"
