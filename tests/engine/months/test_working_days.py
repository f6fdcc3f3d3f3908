"""Silence on trading time: days on which hardly anybody buys are no silence, and a past month end reads as it did."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest
from builders import line

from helpers.core.calendar.calendar import Calendar
from helpers.engine.months.working_days import Lull, festival_losses, find_lulls, measured_loss, silent_days
from helpers.settings.config import Settings
from helpers.settings.periods import CalendarRules
from helpers.subjects.sales.purchase_summary import trading_silence

CHINA = Settings(calendar=CalendarRules(country="CN"))
CHINA_CALENDAR = Calendar(CHINA.calendar)
REACH_2026 = (dt.date(2026, 2, 12), dt.date(2026, 3, 9))


def daily(first, last, share=1.0):
    """Four lines of as many customers each day; in the reach of the Spring Festival on a share of its days."""
    reach = [("2024-02-05", "2024-03-01"), ("2025-01-24", "2025-02-18"), ("2026-02-12", "2026-03-09")]
    rows = []
    for day in pd.date_range(first, last):
        inside = [
            pd.Timestamp(begin) for begin, end in reach if pd.Timestamp(begin) <= day <= pd.Timestamp(end)
        ]
        if not inside or (day - inside[0]).days % round(1 / share) == 0:
            rows += [line(f"c{number}", str(day.date()), 10) for number in range(4)]
    return rows


def silent(last, until, lulls):
    table = ibis.memtable({"last": [dt.date.fromisoformat(last)]})
    days = silent_days(table["last"], ibis.date(until), lulls)
    return table.select(days=days).to_pandas()["days"].iloc[0]


@pytest.mark.parametrize(
    ("last", "until", "days"),
    [
        ("2026-02-01", "2026-02-10", 9),  # before the lull
        ("2026-02-01", "2026-02-28", 10),  # until the 11th, and none of the 17 days since
        ("2026-02-20", "2026-02-28", 0),  # bought and asked within it
        ("2026-02-20", "2026-03-31", 22),  # from 10 March on
        ("2026-03-20", "2026-03-31", 11),  # after it
        ("2026-02-01", "2026-03-31", 10 + 22),
    ],
)
def test_days_on_which_nobody_buys_are_no_silence(last, until, days):
    assert silent(last, until, (Lull(*REACH_2026, 1.0),)) == days


def test_days_on_which_half_is_bought_count_half():
    assert silent("2026-02-01", "2026-02-28", (Lull(*REACH_2026, 0.5),)) == 10 + 17 / 2


@pytest.mark.parametrize(("festivals", "days"), [(None, 45), ({"august": (14, 16)}, 14 + 31 / 2)])
def test_a_company_whose_customers_shut_in_august_says_so_and_half_of_it_is_no_silence(
    facts_of, festivals, days
):
    italy = Settings(calendar=CalendarRules(country="IT", festivals=festivals))
    facts = facts_of("2026-08", italy, order_lines=[line("c", "2026-07-17", 10), line("d", "2026-08-31", 10)])
    found = facts.frame("customer_summary")
    row = found[found["customer_id"] == "c"]
    assert (trading_silence(row).item(), row["silence_days"].item()) == (days, 45)


def test_without_a_calendar_there_is_no_lull(facts_of):
    assert find_lulls(facts_of("2026-02", order_lines=daily("2026-01-01", "2026-02-28"))) == ()


def test_what_is_lost_is_learnt_from_the_years_before(facts_of):
    facts = facts_of("2026-02", CHINA, order_lines=daily("2023-10-01", "2026-02-28", share=0.25))
    spring = [lull for lull in find_lulls(facts) if (lull.last - lull.first).days == 25]
    # The first is before any year that could tell: it counts wholly, as a rule. 26 days in 4 are 7 days of trade.
    assert [lull.lost for lull in spring] == [
        1.0,
        pytest.approx(1 - 7 / 26, abs=0.005),
        pytest.approx(1 - 7 / 26, abs=0.005),
    ]


def test_where_trade_goes_on_over_the_festival_every_day_counts(facts_of):
    facts = facts_of("2026-02", CHINA, order_lines=daily("2024-10-01", "2026-02-28"))
    assert [lull.first for lull in find_lulls(facts) if lull.first >= REACH_2026[0]] == []
    assert festival_losses(facts, CHINA_CALENDAR)["spring_festival"] == 0


def test_what_comes_later_changes_no_earlier_lull(facts_of):
    lines = daily("2023-10-01", "2026-06-30", share=0.25)
    until = [row for row in lines if row["order_date"] <= "2026-02-28"]
    assert find_lulls(facts_of("2026-02", CHINA, order_lines=lines)) == find_lulls(
        facts_of("2026-02", CHINA, order_lines=until)
    )


def lines_by_day(seed, lost):
    """Three years of some 20 order lines a day, more in some weeks; less in the reach by what is lost."""
    days = pd.date_range("2023-07-01", "2026-07-31")
    chance = np.random.default_rng(seed)
    weeks = np.repeat(chance.gamma(25, 1 / 25, len(days) // 7 + 1), 7)[: len(days)]
    inside = np.zeros(len(days), dtype=bool)
    for each in spring_festivals():
        inside |= (days >= pd.Timestamp(each.first)) & (days <= pd.Timestamp(each.last))
    return pd.Series(chance.poisson(20 * weeks * np.where(inside, 1 - lost, 1)), index=days)


def spring_festivals():
    found = CHINA_CALENDAR.moved(dt.date(2023, 7, 1), dt.date(2026, 7, 31))
    return [each for each in found if each.festival == "spring_festival"]


def told(lost, seeds=200):
    past, day = spring_festivals(), dt.date(2026, 8, 1)
    return [measured_loss("spring_festival", past, lines_by_day(seed, lost), day) for seed in range(seeds)]


def test_of_trade_that_no_festival_touches_hardly_ever_a_loss_is_told():
    losses = told(0.0)
    assert None not in losses  # it is certain each time that not all is lost, as the rule would have it
    assert np.mean([loss > 0 for loss in losses]) <= 0.05


def test_a_third_that_is_lost_is_found():
    losses = told(1 / 3)
    assert np.mean([loss > 0 for loss in losses]) > 0.95
    assert np.mean(losses) == pytest.approx(1 / 3, abs=0.03)


def test_few_lines_that_come_and_go_by_themselves_tell_nothing():
    days = pd.date_range("2025-07-01", "2026-07-31")
    bursts = pd.Series(np.where(days.day <= 3, 40, 0), index=days)
    bursts["2026-01":"2026-04"] = 0
    bursts["2025-12-20":"2025-12-31"] = 100
    assert measured_loss("spring_festival", spring_festivals(), bursts, dt.date(2026, 8, 1)) is None


def test_the_weekends_of_easter_are_no_loss():
    """Ten days from a Saturday to Easter Monday have four of weekends: as many lines on each weekday lose nothing."""
    days = pd.date_range("2023-07-01", "2026-07-31")
    lines = pd.Series(np.where(days.day_of_week < 5, 10, 0), index=days)
    easters = Calendar(CalendarRules(country="DE")).moved(days[0].date(), days[-1].date())
    assert measured_loss("easter", easters, lines, dt.date(2026, 8, 1)) == 0
    holidays = [each.day + dt.timedelta(shift) for each in easters for shift in (-2, 1)]
    lines[pd.DatetimeIndex(holidays)] = 0
    # Of six weekdays in the reach Good Friday and Easter Monday are lost.
    assert measured_loss("easter", easters, lines, dt.date(2026, 8, 1)) == pytest.approx(2 / 6, abs=0.005)
