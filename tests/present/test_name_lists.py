"""Long lists: what is left out is the smallest, and it is counted."""

import pandas as pd
import pytest

from helpers.present.name_lists import PAGE_ROWS, largest, measures, truncated_caption, truncated_table
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
    made = truncated_table(203, customers(3), measures(N, "customer", "net_amount"), "By sales", N)
    assert made.caption == "By sales: the 3 largest of 203"
    assert list(made.frame["customer"]) == ["Smith", "C1", "C2"]


def test_ten_rows_of_a_long_list_are_read_and_the_spreadsheet_has_all():
    made = truncated_table(57, customers(57), measures(N, "customer"), "All", N)
    assert made.html.count("<tr") == 1 + PAGE_ROWS
    assert len(made.frame) == made.row_count == 57
    assert (made.summary, made.caption) == ("All: the 10 largest of 57", "All")
    assert made.text.splitlines()[-1] == "All 57: tables.xlsx"
    assert made.customers == tuple(f"C{place}" for place in range(PAGE_ROWS))


def test_a_list_longer_than_the_spreadsheet_holds_says_how_many_it_has():
    made = truncated_table(4277, customers(57), measures(N, "customer"), "All", N)
    assert made.text.splitlines()[-1] == "The first 57 of 4,277: tables.xlsx"


def test_a_list_little_longer_than_ten_rows_is_read_as_a_whole():
    made = truncated_table(PAGE_ROWS + 2, customers(PAGE_ROWS + 2), measures(N, "customer"), "All", N)
    assert made.html.count("<tr") == 1 + PAGE_ROWS + 2
    assert made.summary == made.caption == "All"
    assert "tables.xlsx" not in made.html


def test_of_a_list_by_class_the_largest_are_read_in_their_order():
    rows = customers(20).assign(net_amount=[*range(10), *range(100, 110)])
    made = truncated_table(20, rows, measures(N, "customer", "net_amount"), "All", N, by="net_amount")
    assert made.customers == tuple(f"C{place}" for place in range(10, 20))


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("people", "Scorecard: the 100 largest of 1,471 salespeople"),
        ("nearer_target", "Scorecard: the 100 furthest below target of 1,471"),
        ("smaller_changes", "Scorecard; the 100 largest changes of 1,471"),
        ("smaller_apart", "Scorecard; the 100 largest of 1,471"),
        ("first", "Scorecard: the first 100 of 1,471"),
        ("pieces", "Scorecard: 100 of 1,471 pieces"),
    ],
)
def test_a_caption_counts_what_is_left_out_by_what_it_is(cut, said):
    assert truncated_caption("Scorecard", 100, 1471, N, cut) == said
    assert truncated_caption("Scorecard", 3, 3, N, cut) == "Scorecard"
