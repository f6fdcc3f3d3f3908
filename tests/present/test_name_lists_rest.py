"""A table of very many groups shows the largest and the others together; the spreadsheet has all."""

import pandas as pd
import pytest
from books import book_on
from builders import line

from helpers.present.name_lists import MAX_GROUPS
from helpers.present.numbers import numbers
from helpers.subjects.composition.bridge_views import bridge_table
from helpers.subjects.composition.views import share_table

N = numbers("en", "CNY")


@pytest.fixture
def book_of_regions(facts_of):
    def build(count):
        days = ("2025-10-05", "2026-10-05")
        lines = [line(f"c{n:03}", day, 10 * n + 1, f"{n}@{day}") for n in range(count) for day in days]
        people = [{"customer_id": f"c{n:03}", "region": f"R{n:03}"} for n in range(count)]
        return book_on(facts_of("2026-10", order_lines=lines, customers=people))

    return build


def test_of_many_regions_the_largest_are_read_and_all_are_exported(book_of_regions):
    result = book_of_regions(60).composition("region")
    shown = share_table(result, N)
    lines = shown.text.splitlines()
    assert len(lines) == 1 + 1 + MAX_GROUPS + 1 + 1  # caption, heads, regions, the others, total
    assert "the 25 largest of 60" in lines[0]
    assert lines[-2].startswith("35 others")
    rest = result.groups.nsmallest(60 - MAX_GROUPS, "net_amount")["net_amount"].sum()
    assert f"{rest:,.0f}" in lines[-2]
    pd.testing.assert_series_equal(shown.frame["net_amount"], result.groups["net_amount"])
    assert "largest of" not in shown.caption  # that of the spreadsheet, which has all


def test_the_bridge_of_many_regions_still_adds_up(book_of_regions):
    result = book_of_regions(60).bridge("region")
    shown = bridge_table(result, N)
    assert len(shown.text.splitlines()) == MAX_GROUPS + 4
    assert len(shown.frame) == 60


def test_few_regions_are_all_shown(book_of_regions):
    shown = share_table(book_of_regions(MAX_GROUPS).composition("region"), N)
    assert "others" not in shown.text
    assert len(shown.text.splitlines()) == MAX_GROUPS + 3
