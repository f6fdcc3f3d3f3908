"""Regions within regions: sums of each level, and whoever asks for a region gets what lies within it."""

from __future__ import annotations

import pytest
from books import book_on
from builders import line

from helpers.errors import WorkbookError
from helpers.settings.config import parse_settings
from helpers.subjects.composition.views import region_cut

REGIONS = {
    "a": "East / Shanghai / Pudong", "b": "East / Anhui", "c": "East", "d": "West", "e": None, "f": "East / Anhui",
}  # fmt: skip
SOLD = {"a": 100, "b": 40, "c": 25, "d": 30, "e": 7, "f": 0}


@pytest.fixture
def book_of(facts_of):
    def build(separator=" / ", scope="company"):
        said = {"report": {"region_separator": separator}} if separator else {}
        settings = parse_settings(said, "workbook.toml")
        people = [
            {"customer_id": each, "region": region, "trade_class": "Chains", "valid_from": "2024-01-01",
             "salesperson_id": "S2" if each == "b" else "S1"}
            for each, region in REGIONS.items()
        ]  # fmt: skip
        lines = [line(each, "2026-10-05", amount, channel="web") for each, amount in SOLD.items() if amount]
        lines += [line(each, "2025-10-05", 20) for each in REGIONS]
        facts = facts_of("2026-10", settings, order_lines=lines, customers=people, salespeople=[
            {"salesperson_id": each, "name": each} for each in ("S1", "S2")])  # fmt: skip
        return book_on(facts, scope)

    return build


def by_group(result, column="net_amount"):
    return result.groups.fillna({"group": "none"}).set_index("group")[column].to_dict()


def test_a_region_has_the_sales_and_customers_of_all_that_lie_within_it(book_of):
    first = book_of().composition("region", level=1)
    assert by_group(first) == {"East": 165, "West": 30, "none": 7}
    assert by_group(first, "customers") == {"East": 3, "West": 1, "none": 1}
    assert first.total["net_amount"].tolist() == [202]
    second = book_of().composition("region", level=2, grouping="then")
    assert by_group(second) == {"East / Shanghai": 100, "East / Anhui": 40, "East": 25, "West": 30, "none": 7}


def test_who_asks_for_a_region_gets_the_customers_within_it(book_of):
    book = book_of()
    inside = book.composition("region", only={"region": "East"})
    assert by_group(inside) == {"East / Shanghai / Pudong": 100, "East / Anhui": 40, "East": 25}
    assert sorted(book.tiers(only={"region": "East"}).customers["customer_id"]) == ["a", "b", "c", "f"]
    assert len(book.channel_customers("web", only={"region": "East"})) == 3
    without = book_of(separator=None).composition("region", only={"region": "East"})
    assert by_group(without) == {"East": 25}


def test_the_page_shows_the_first_level_and_lists_those_within(book_of):
    book = book_of()
    chart, shares, within = region_cut(*book.region_levels(), book.numbers)
    assert "Largest region: East" in chart.title
    assert "Pudong" not in shares.text
    said = within.text
    places = [said.index(name) for name in ("Shanghai", "Anhui", "Not recorded", "Pudong")]
    assert places == sorted(places)


def test_a_salesperson_sees_the_regions_of_the_own_customers_alone(book_of):
    first, within = book_of(scope="salesperson:S2").region_levels()
    assert by_group(first) == {"East": 40}
    assert within["name"].tolist() == ["Anhui"]


def test_the_change_of_sales_is_split_by_level_too(book_of):
    whole, first = (book_of().bridge("region", level=level).groups.set_index("group") for level in (None, 1))
    changes = whole["change_amount"]
    east = changes[changes.index.fillna("").str.startswith("East")].sum()
    assert first.loc["East", "change_amount"] == east == 165 - 80
    assert first["change_amount"].iloc[-1] == changes.iloc[-1]


@pytest.mark.parametrize("query", ["composition", "bridge", "tiers", "dependence"])
def test_customers_are_grouped_by_what_their_records_hold_and_anything_else_is_named(book_of, query):
    with pytest.raises(WorkbookError, match=r"no column 'colour'.* There are: .*region"):
        getattr(book_of(), query)("colour")
    if query != "composition":
        with pytest.raises(WorkbookError, match="Channels are of order lines"):
            getattr(book_of(), query)("channel")
    if query != "dependence":
        with pytest.raises(WorkbookError, match="no column 'colour'"):
            getattr(book_of(), query)(only={"colour": "red"})


def test_a_level_of_regions_without_any_is_refused_with_the_setting_that_says_them(book_of):
    with pytest.raises(WorkbookError, match="region_separator under \\[report\\]"):
        book_of(separator=None).composition("region", level=1)
    assert len(book_of(separator=None).region_levels()[1]) == 0
