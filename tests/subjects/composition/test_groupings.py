"""In today's grouping and as recorded then, and by the channel of the lines: each sums to the same sales."""

from __future__ import annotations

import pandas as pd
import pytest
from books import book_on
from builders import line

from helpers.errors import WorkbookError
from helpers.present.numbers import numbers
from helpers.settings.config import Settings
from helpers.subjects.composition import bridge_views
from helpers.subjects.composition.views import composition_findings, cut

N = numbers("en", "CNY")
#: a was a shop until it became a chain in June 2026; b's first record is of May 2026; c is nobody's.
RECORDS = [
    {"customer_id": "a", "trade_class": "Shops", "salesperson_id": "S1", "valid_from": "2020-01-01"},
    {"customer_id": "a", "trade_class": "Chains", "salesperson_id": "S1", "valid_from": "2026-06-15"},
    {"customer_id": "b", "trade_class": "Shops", "salesperson_id": "S2", "valid_from": "2026-05-31"},
]
LINES = [
    line("a", "2024-10-05", 1, "first", channel="phone"),
    line("a", "2025-07-05", 100, channel="phone"), line("a", "2026-05-05", 30, channel="phone"),
    line("a", "2026-06-05", 70, channel="web"), line("a", "2026-10-05", -5, channel="phone"),
    line("b", "2025-07-06", 40, channel="web"), line("b", "2026-10-06", 60, channel="web"),
    line("c", "2026-10-07", 8), line(None, "2026-10-08", 2, channel="web"),
]  # fmt: skip


@pytest.fixture
def book_of(facts_of):
    def build(scope="company", settings=None, **changed):
        chosen = settings or Settings()
        supplied = {"order_lines": LINES, "customers": RECORDS, **changed}
        return book_on(facts_of("2026-10", chosen, **supplied), scope)

    return build


def amounts(result, *columns):
    names = result.groups["group"].fillna(result.groups["kind"])
    return {name: row for name, *row in zip(names, *(result.groups[each] for each in columns), strict=True)}


WINDOWS = ("net_amount", "net_amount_previous", "customers", "customers_previous")


def test_each_month_counts_by_what_was_on_record_at_its_end(book_of):
    book = book_of()
    then, now = (book.composition(grouping=grouping) for grouping in ("then", "now"))
    # May was bought as a shop; June and October as a chain; b was on no record a year before.
    assert amounts(then, *WINDOWS) == {
        "Shops": [90, 100, 1, 1], "Chains": [65, 0, 1, 0], "not_recorded": [8, 40, 1, 1], "unassigned": [2, 0, 0, 0],
    }  # fmt: skip
    assert amounts(now, *WINDOWS) == {
        "Chains": [95, 100, 1, 1], "Shops": [60, 40, 1, 1], "not_recorded": [8, 0, 1, 0], "unassigned": [2, 0, 0, 0],
    }  # fmt: skip
    for name in ("net_amount", "net_amount_previous", "customers", "month_net_amount"):
        assert then.total[name].iloc[0] == now.total[name].iloc[0]
    assert "on record at its end" in str(composition_findings(then, N).sentences)


def test_a_group_that_was_entered_in_a_windows_last_month_counts_its_customer_without_sales(book_of):
    bought = [line("a", "2024-10-05", 1, "first"), line("a", "2025-12-05", 10)]
    moved = [
        {**row, "valid_from": row["valid_from"].replace("2026-06-15", "2026-10-15")} for row in RECORDS[:2]
    ]
    then = book_of(order_lines=[*bought, line("c", "2026-10-01", 1)], customers=moved).composition(
        grouping="then"
    )
    assert amounts(then, "net_amount", "customers") == {
        "Shops": [10, 0],
        "Chains": [0, 1],
        "not_recorded": [1, 1],
    }


def test_what_moved_stands_beside_todays_grouping(book_of):
    (table,) = bridge_views.regrouped(book_of(), N)
    moved = table.frame.set_index("label")["change_amount"]
    assert moved.to_dict() == {"Shops": -60, "Chains": 100, "Not recorded": -40, "No customer named": 0}
    undated = [{"customer_id": "a", "trade_class": "Shops", "salesperson_id": "S1"}]
    assert bridge_views.regrouped(book_of(customers=undated), N) == []


def test_the_setting_is_the_same_switch_and_refused_where_nothing_is_dated(book_of):
    settings = Settings(report={"grouping": "then"})
    assert amounts(book_of(settings=settings).composition(), "net_amount")["Shops"] == [90]
    undated = [{"customer_id": "a", "trade_class": "Shops"}]
    with pytest.raises(WorkbookError, match=r"customers\.valid_from"):
        book_of(settings=settings, customers=undated).composition()


def test_channels_sum_to_all_sales_and_who_buys_through_two_counts_once_in_all(book_of):
    result = book_of().composition("channel")
    assert amounts(result, *WINDOWS) == {
        "web": [130, 40, 2, 1], "phone": [25, 100, 1, 1], "not_recorded": [8, 0, 1, 0], "unassigned": [2, 0, 0, 0],
    }  # fmt: skip
    total = result.total.iloc[0]
    assert total[list(WINDOWS)].tolist() == [165, 140, 3, 2]
    whole = book_of().composition().total.iloc[0]
    assert total[[*WINDOWS]].equals(whole[[*WINDOWS]])
    own = book_of("salesperson:S2").composition("channel")
    assert amounts(own, "net_amount") == {"web": [60]}
    chains = book_of().composition("channel", only={"trade_class": "Chains"})
    assert amounts(chains, "net_amount") == {"web": [70], "phone": [25]}


def test_lines_without_a_channel_say_what_the_page_would_need(book_of):
    plain = [{name: value for name, value in row.items() if name != "channel"} for row in LINES]
    (said,) = cut(book_of(order_lines=plain).composition("channel"), N)
    assert said.sentences == (
        "By channel: this needs the column order_lines.channel, which the data do not supply.",
    )


def test_records_of_later_days_change_no_grouping_of_then(book_of):
    later = [
        *RECORDS,
        {"customer_id": "b", "trade_class": "Chains", "salesperson_id": "S2", "valid_from": "2026-11-01"},
    ]
    before, after = (book_of(customers=rows).composition(grouping="then").groups for rows in (RECORDS, later))
    pd.testing.assert_frame_equal(before, after)
