"""Which days are worked: held against another package day by day, and against months counted by hand."""

from __future__ import annotations

import datetime as dt

import chinese_calendar
import pandas as pd
import pytest

from helpers.core.calendar.calendar import Calendar, CompanyDay
from helpers.settings.periods import CalendarRules

CHINA = Calendar(CalendarRules(country="CN"))


def month(text):
    return pd.Period(text, "M")


def days_of(country, text, *own, **rules):
    calendar = Calendar(CalendarRules(country=country, **rules), own)
    return calendar.in_months(month(text), month(text))


@pytest.mark.parametrize("year", range(2015, 2027))
def test_every_day_worked_in_china_is_one_by_another_package(year):
    days = [day.date() for day in pd.date_range(f"{year}-01-01", f"{year}-12-31")]
    differing = [day for day in days if (CHINA.worked(day) == 1.0) != chinese_calendar.is_workday(day)]
    assert differing == []


@pytest.mark.parametrize(
    ("country", "text", "days"),
    [
        # 20 weekdays, less 16 to 20 and the 23rd, and the Saturdays 14 and 28 are worked.
        ("CN", "2026-02", 16),
        # 23 weekdays, less the 1st and 28 to 31, and Sunday the 26th is worked.
        ("CN", "2025-01", 19),
        # 23 weekdays, less 1 to 3 and 6 to 8, and Saturday the 11th is worked.
        ("CN", "2025-10", 18),
        # 21 weekdays, less the 1st, Ascension Day and Whit Monday.
        ("DE", "2026-05", 18),
        # 22 weekdays, less Good Friday and Easter Monday.
        ("DE", "2026-04", 20),
        # 23 weekdays, less Christmas Day; the 26th is a Saturday.
        ("DE", "2026-12", 22),
        # 21 weekdays, less Veterans Day and Thanksgiving.
        ("US", "2026-11", 19),
        # 23 weekdays, less Friday the 3rd, on which the Fourth is observed.
        ("US", "2026-07", 22),
        # 22 weekdays, less New Year and Martin Luther King's day.
        ("US", "2026-01", 20),
        # 21 weekdays, less Monday the 4th, the 5th, and the 6th in place of Sunday the 3rd.
        ("JP", "2026-05", 18),
        # 22 weekdays, less the 21st, the 23rd, and the day between the two.
        ("JP", "2026-09", 19),
        # 21 weekdays, less the 1st, the 5th, and the 25th in place of Sunday the 24th.
        ("KR", "2026-05", 18),
    ],
)
def test_months_counted_by_hand(country, text, days):
    assert days_of(country, text) == days


def test_a_region_has_holidays_of_its_own():
    # Corpus Christi, Thursday 4 June 2026, is a day off in Bavaria and none in Berlin.
    assert days_of("DE", "2026-06", region="BY") == days_of("DE", "2026-06", region="BE") - 1


def test_without_a_region_the_days_off_are_those_of_all_its_parts():
    # Easter Monday, 6 April 2026, is a day off in England and none in Scotland; of Switzerland Good Friday is another.
    assert days_of("GB", "2026-04") == days_of("GB", "2026-04", region="SCT") == 21
    assert days_of("GB", "2026-04", region="ENG") == 20
    assert days_of("CH", "2026-04") == days_of("CH", "2026-04", region="ZH") + 2


def test_where_saturdays_are_worked_they_count():
    # Five Saturdays in May 2026, of which the 2nd and the 9th are by the country's rules a day off and a day worked.
    assert days_of("CN", "2026-05", weekend=["sunday"]) == days_of("CN", "2026-05") + 3


def test_own_days_go_before_the_countrys():
    own = [
        CompanyDay(dt.date(2026, 11, day), kind)
        for day, kind in ((26, "worked"), (27, "half"), (30, "closed"))
    ]
    assert days_of("US", "2026-11", *own) == 19 + 1 - 0.5 - 1


def test_a_day_of_ones_own_leaves_the_weekends_worked_as_they_are():
    stocktaking = CompanyDay(dt.date(2026, 2, 25), "closed")
    assert days_of("CN", "2026-02", stocktaking) == days_of("CN", "2026-02") - 1 == 15


def test_days_of_a_span_are_those_of_its_months_over_a_new_year():
    whole = CHINA.working_days(dt.date(2025, 12, 15), dt.date(2026, 2, 10))
    parts = [CHINA.working_days(dt.date(2025, 12, 15), dt.date(2025, 12, 31)), days_of("CN", "2026-01"),
             CHINA.working_days(dt.date(2026, 2, 1), dt.date(2026, 2, 10))]  # fmt: skip
    assert whole == sum(parts)
    assert CHINA.working_days(dt.date(2026, 2, 2), dt.date(2026, 2, 1)) == 0


def test_the_spring_festival_is_where_it_lies_each_year():
    found = [CHINA.moved(dt.date(year, 1, 15), dt.date(year, 3, 1))[0] for year in (2024, 2025, 2026, 2027)]
    assert [str(each.day) for each in found] == ["2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06"]
    assert (str(found[2].first), str(found[2].last)) == ("2026-02-12", "2026-03-09")
    assert [CHINA.reached_days(month(each)) for each in ("2025-01", "2025-02", "2026-01", "2026-02", "2026-03")] == [
        8, 18, 0, 17, 9,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("country", "festival", "days"),
    [
        ("TR", "ramadan", ["2025-03-30", "2026-03-20"]),
        ("DE", "easter", ["2025-04-20", "2026-04-05"]),
        ("GR", "easter", ["2025-04-20", "2026-04-12"]),
        ("JP", "golden_week", ["2025-05-03", "2026-05-03"]),
        ("VN", "spring_festival", ["2025-01-29", "2026-02-17"]),
        ("KR", "spring_festival", ["2025-01-29", "2026-02-17"]),
    ],
)
def test_festivals_of_other_countries(country, festival, days):
    found = Calendar(CalendarRules(country=country)).moved(dt.date(2025, 1, 1), dt.date(2026, 12, 31))
    assert [str(each.day) for each in found if each.festival == festival] == days


def test_a_day_off_of_the_same_name_elsewhere_is_no_spring_festival():
    found = Calendar(CalendarRules(country="EG")).moved(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert {each.festival for each in found} == {"ramadan"}


def test_the_reach_of_a_festival_is_a_setting():
    rules = CalendarRules(country="CN", festivals={"spring_festival": (10, 30)})
    (found,) = Calendar(rules).moved(dt.date(2026, 2, 17), dt.date(2026, 12, 31))
    assert (str(found.first), str(found.last)) == ("2026-02-07", "2026-03-19")
    none = Calendar(CalendarRules(country="CN", festivals={}))
    assert none.moved(dt.date(2026, 1, 1), dt.date(2026, 12, 31)) == []


def test_a_year_whose_make_up_days_nobody_announced_is_provisional():
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(dt.date(2060, 2, 2))
    assert [CHINA.is_provisional(year) for year in (2015, 2026, 2060)] == [False, False, True]
    assert not Calendar(CalendarRules(country="DE")).is_provisional(2060)
