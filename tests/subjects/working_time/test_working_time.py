"""The month by its working days: what a moved holiday does to a comparison, said and counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from books import book_on, text_of
from builders import line

from helpers.core.calendar import calendar as calendar_module
from helpers.core.calendar.calendar import Calendar
from helpers.core.periods import CompanyYear
from helpers.engine.months.working_days import festival_losses, find_lulls
from helpers.present.numbers import numbers
from helpers.settings.config import Settings
from helpers.settings.periods import CalendarRules, Periods
from helpers.subjects.composition import views as composition_views
from helpers.subjects.summary import views as summary_views
from helpers.subjects.targets import views as target_views
from helpers.subjects.trade import views as trade_views
from helpers.subjects.working_time.views import silence_sentences, to_date_sentence, working_sentences
from helpers.subjects.working_time.working_time import aligned_days, working_time

EN, ZH = numbers("en", "CNY"), numbers("zh", "CNY")
CHINA = Settings(calendar=CalendarRules(country="CN"))
#: 1,000 on each working day of January and February 2025 and 2026: nothing grew and nothing fell.
EVEN = [
    line("a", str(day.date()), 1000)
    for year in (2025, 2026)
    for day in pd.date_range(f"{year}-01-01", f"{year}-02-28")
    if Calendar(CHINA.calendar).worked(day.date())
]


def of_month(text, country="CN", until=None, **rules):
    return working_time(Calendar(CalendarRules(country=country, **rules)), pd.Period(text, "M"), until)


@pytest.fixture
def book_of(facts_of):
    return lambda month, settings=CHINA, **supplied: book_on(facts_of(month, settings, **supplied))


def test_the_change_per_working_day_is_that_of_daily_sales():
    # 19 working days last February, 16 now: 950 against 800 is 50 a day both times.
    february = of_month("2026-02")
    assert (february.last_year_days, february.days) == (19, 16)
    assert february.per_day(100 * (800 / 950 - 1)) == pytest.approx(0)
    assert february.per_day(0) == pytest.approx(100 * (19 / 16 - 1))


def test_trade_that_goes_on_as_it_was_reads_so_in_both_months_of_the_festival(book_of):
    for month, raw in (("2026-01", 100 * (21 / 19 - 1)), ("2026-02", 100 * (16 / 19 - 1))):
        book = book_of(month, order_lines=EVEN)
        total = book.composition().total.iloc[0]
        assert total["month_change_year_percent"] == pytest.approx(raw)
        assert book.working_time().per_day(total["month_change_year_percent"]) == pytest.approx(0)


def test_january_and_february_are_read_together_where_the_festival_moves_between_them(book_of):
    book = book_of("2026-02", order_lines=EVEN)
    said = text_of(summary_views.headlines(book.month_in_short(), EN, book.working_time()))
    assert "January and February together: CN¥37K" in said
    assert (
        "they had 37 working days, last year 38; per working day sales stayed the same, in all they fell 2.6%"
        in said
    )
    assert "1-2月累计: " in text_of(summary_views.headlines(book.month_in_short(), ZH, book.working_time()))


def test_where_the_festival_stays_or_the_settings_say_so_they_are_not():
    assert of_month("2026-02").together
    assert not of_month("2026-02", january_with_february=False).together
    assert not of_month("2026-03").together
    assert not of_month("2026-02", country="DE").together
    assert of_month("2026-02", country="DE", january_with_february=True).together


def test_a_sentence_says_what_was_done_and_why():
    said = working_sentences(of_month("2026-01"), 100 * (21 / 19 * 1.04 - 1), float("nan"), EN)
    assert said == [
        "January 2026 had 21 working days, January 2025 19: per working day sales rose 4.0%, in all they rose 14.9%.",
        "The Spring Festival had 8 days of January 2025 in its reach, and has none of January 2026.",
        "January is to be read with February: at the end of February the two are compared as one.",
    ]
    same = working_sentences(of_month("2026-10"), 1.8, 9.2, EN)
    assert same == ["October 2026 and October 2025 had 18 working days each: they compare as they are."]


def test_the_sentence_in_chinese():
    said = working_sentences(of_month("2026-02"), -10.0, 3.0, ZH)
    assert said[0].startswith(
        "2026年2月有16个工作日，2025年2月有19个：按工作日日均销售额同比增长6.9%，总额同比下降10.0%。"
    )
    assert said[1].startswith("春节（2026年2月17日）的影响期为2026年2月12日至2026年3月9日")
    assert said[2].startswith("1-2月累计比较：今年37个工作日，去年38个；")


def test_a_year_without_announced_make_up_days_is_called_provisional():
    said = working_sentences(of_month("2060-05"), 1.0, 1.0, EN)
    assert said[-1].startswith("The working days of 2059 and 2060 are provisional")


def test_a_month_that_is_not_over_counts_up_to_its_day():
    february = of_month("2026-02", until=dt.date(2026, 2, 13))
    # 2 to 13 February; last year 3 to 13 February with Saturday the 8th worked, as the festival was over by the 4th.
    assert (february.days, february.last_year_days) == (10, 8)
    assert working_sentences(february, 5.0, 5.0, EN)[0].startswith(
        "Up to 13 Feb 2026, February 2026 had 10 working days"
    )


def test_the_months_table_has_the_change_per_working_day_beside_the_raw_one(book_of):
    book = book_of("2026-02", order_lines=EVEN, customers=[{"customer_id": "a", "trade_class": "Shops"}])
    with_days = text_of(composition_views.month_table(book.composition(), EN, book.working_time()))
    without = text_of(composition_views.month_table(book.composition(), EN))
    assert "On last year, per working day" in with_days
    assert "−15.8%" in with_days
    assert "0.0%" in with_days.splitlines()[-1]
    assert "working day" not in without


ALIGNED = Settings(calendar=CalendarRules(country="CN", compare="aligned"))


@pytest.mark.parametrize(
    ("month", "until", "days"),
    [
        # Chinese New Year: 29 January 2025, 17 February 2026, 384 days later.
        ("2026-01", None, ("2024-12-13", "2025-01-12")), ("2026-02", None, ("2025-01-13", "2025-02-09")),
        ("2026-02", "2026-02-13", ("2025-01-13", "2025-01-25")), ("2026-10", None, None),
    ],
)  # fmt: skip
def test_aligned_days_are_as_far_from_the_festival(month, until, days):
    found = aligned_days(
        Calendar(ALIGNED.calendar), pd.Period(month, "M"), until and dt.date.fromisoformat(until)
    )
    assert (found and (str(found.first), str(found.last))) == days


def test_a_month_is_held_against_last_years_days_as_far_from_the_festival_where_the_settings_want_it(book_of):
    """Each day sells by its distance from the festival, a tenth more this year: no more and no less is growth."""
    lines = []
    for year, festival, size in ((2025, dt.date(2025, 1, 29), 100), (2026, dt.date(2026, 2, 17), 110)):
        for away in range(-60, 41):
            day = festival + dt.timedelta(away)
            lines.append(line("a", str(day), size * (1 + (away < -10)), f"{year}{away}", salesperson_id="S1"))
    lines.append(line("a", "2024-01-02", 1))
    book = book_of(
        "2026-02", ALIGNED, order_lines=lines, customers=[{"customer_id": "a", "salesperson_id": "S1"}]
    )
    working = book.working_time()
    assert working.aligned.change_percent == pytest.approx(10)
    assert (working.days, working.aligned.days, working.together) == (16, 16, False)
    said = text_of(summary_views.headlines(book.month_in_short(), EN, working))
    assert "+10.0% on the days as far from the festival" in said
    assert (
        "The Spring Festival is on 17 Feb 2026, last year it was on 29 Jan 2025: February 2026 is compared with 13 Jan "
        "2025 to 9 Feb 2025 too, the days that lie as far from it. Sales rose 10.0% on those, per working day (16 "
        "against 16) they rose 10.0%." in said
    )
    assert "is felt from" not in said and "January and February" not in said
    own = replace(book, scope=book.facts.scope("salesperson:S1")).working_time()
    assert own.aligned == working.aligned
    asked = Settings(calendar=CalendarRules(country="CN"))
    assert book_of("2026-02", asked, order_lines=lines).working_time().aligned is None
    # Of the days as far from it there are none in data that begin later.
    late = [each for each in lines if each["order_date"] >= "2025-02-01"]
    assert book_of("2026-02", ALIGNED, order_lines=late).working_time().aligned is None


def test_trade_has_the_change_per_working_day_beside_the_raw_one(book_of):
    # 1,000 on each working day of two years and more: every change is one of days.
    days = [day.date() for day in pd.date_range("2024-01-01", "2026-02-28")]
    lines = [line("a", str(day), 1000) for day in days if Calendar(CHINA.calendar).worked(day)]
    february = book_of("2026-02", order_lines=lines)
    trade, working = february.trade(), february.working_time()
    assert (
        "they had 37 working days, last year 38; per working day sales stayed the same, in all they fell 2.6%"
        in text_of(trade_views.trade_findings(trade, EN, working))
    )
    (heading,) = (
        item for item in trade_views.months(trade, EN, working) if "Largest customers" in text_of(item)
    )
    assert "1 of 1 bought less in Feb 2026 than in an average month shown, 0 per working day" in text_of(
        heading
    )
    assert "working day" not in text_of(trade_views.trade_findings(trade, EN))
    march = replace(working, month=february.month + 1, together=False, ytd_days=60.0, ytd_last_year_days=58.0)
    assert to_date_sentence(march, 100 * (60 / 58 - 1), EN) == (
        "The year to date had 60 working days, that of last year 58: per working day sales stayed the same, in all "
        "they rose 3.4%."
    )
    assert to_date_sentence(replace(march, ytd_days=58.0), 5.0, EN) is None
    said = text_of(summary_views.headlines(february.month_in_short(), EN, working))
    # 21 working days in January, 16 in February: a fifth less and as much a day.
    assert "−23.8% on last month, 0.0% per working day, −15.8% on last year, 0.0% per working day" in said


def test_without_a_country_no_page_speaks_of_working_days(book_of):
    book = book_of("2026-02", Settings(), order_lines=EVEN)
    assert book.calendar is None
    assert book.working_time() is None
    assert "working day" not in text_of(
        summary_views.headlines(book.month_in_short(), EN, book.working_time())
    )
    assert "time_gone" not in book.attainment().units


def test_targets_show_how_much_of_the_working_days_is_gone(book_of):
    planned = [{"period": "2026", "metric": "net_sales", "target": 250_000, "scope_type": "company"}]
    book = book_of("2026-02", order_lines=EVEN, targets=planned)
    year = book.attainment().units.iloc[-1]
    # 37 working days of 248 in 2026 (365 days, 104 on weekends, 19 days off on weekdays, 6 weekend days worked).
    assert year["time_gone"] == pytest.approx(37 / 248)
    assert year["needed_day_amount"] == pytest.approx((250_000 - 37_000) / (248 - 37))
    assert year["straight_amount"] == pytest.approx(248_000)
    said = text_of(target_views.attainment_findings(book.attainment(), EN))
    assert "14.9% of the year's working days are gone, and 14.8% of its whole target is reached." in said


def test_own_days_count_as_they_were_known(book_of):
    days = [
        {"date": "2026-02-05", "kind": "closed", "name": "Stocktaking"},
        {"date": "2026-02-06", "kind": "half", "region": "CN-GD"},
        {"date": "2026-12-31", "kind": "closed", "announced_on": "2026-02-28"},
        {"date": "2026-12-30", "kind": "closed", "announced_on": "2026-03-01"},
        {"date": "2026-01-20", "kind": "closed", "announced_on": "2026-02-10"},
    ]
    february, january = (book_of(month, order_lines=EVEN, days_off=days) for month in ("2026-02", "2026-01"))
    assert february.working_time().days == 15
    assert february.working_time().ytd_days == 20 + 15
    assert january.working_time().days == 21
    december = pd.Period("2026-12", "M")
    assert february.calendar.in_months(december, december) == 22


@pytest.mark.slow
@pytest.mark.parametrize("periods", [{}, {"year_starts": 4}, {"pattern": "4-4-5", "year_starts": 7}])
def test_next_years_make_up_days_announced_later_change_no_earlier_month(book_of, monkeypatch, periods):
    """The package gets them in the autumn: a report of this year, made again with it, is the same."""
    settings = CHINA.model_copy(update={"periods": Periods(**periods)})
    year = CompanyYear.of(settings.periods)
    targets = [{"period": f"FY{number}" if periods else str(number), "metric": "net_sales", "target": 250_000,
                "scope_type": "company"} for number in (2026, 2027)]  # fmt: skip
    lines = [
        line("a", str(day.date()), 1000)
        for day in pd.bdate_range("2024-01-01", year.last_day(pd.Period("2027-02", "M")))
    ]

    def told(month):
        book = book_of(month, settings, order_lines=lines, targets=targets)
        losses = festival_losses(book.facts, book.calendar)
        return book.working_time(), book.attainment().units, find_lulls(book.facts), losses

    months = ("2026-12", "2027-02")
    before = {month: told(month) for month in months}
    known = calendar_module._public_days.__wrapped__

    def extended(country, region, year, announced=True):
        days = known(country, region, year, announced)
        if announced and year == 2027:
            days.update({dt.date(2027, 2, day): "Day off" for day in (15, 16, 17, 18)})
            days.weekend_workdays |= {dt.date(2027, 2, 20)}
        return days

    monkeypatch.setattr(calendar_module, "_public_days", extended)
    after = {month: told(month) for month in months}
    for month in months[:1]:
        (time, units, *rest), (time_then, units_then, *rest_then) = after[month], before[month]
        assert repr((time, rest)) == repr((time_then, rest_then))  # NaN is what it was
        pd.testing.assert_frame_equal(units, units_then)
    assert after["2027-02"][0].days != before["2027-02"][0].days


def test_what_the_festival_took_before_is_taken_out_where_it_moved(book_of):
    rests = [("2024-02-05", "2024-03-01"), ("2025-01-24", "2025-02-18"), ("2026-02-12", "2026-03-09")]
    rules = CalendarRules(country="CN", weekend=[], festivals={"spring_festival": (5, 20)})
    calendar = Calendar(rules)
    lines = [
        line("a", str(day.date()), 1000, order=f"{day.date()}-{number}")
        for day in pd.date_range("2023-10-01", "2026-03-31")
        for number in range(2)
        if calendar.worked(day.date())
        and not any(pd.Timestamp(begin) <= day <= pd.Timestamp(end) for begin, end in rests)
    ]
    lines.append(line("b", "2026-02-27", 1))  # so that the month is known to be over
    every_day = Settings(calendar=rules)
    # All rest for 26 days: of January and February 2026 40 days are left (1 and 2 January are off), 32 of 2025.
    february = book_of("2026-02", every_day, order_lines=lines)
    (said,) = silence_sentences(february.working_time(), EN)
    assert said.startswith(
        "The Spring Festival, 12 Feb 2026 to 9 Mar 2026: a day without an order counts as 0% of a day of silence"
    )
    total = february.composition().total.iloc[0]
    assert total["ytd_change_percent"] == pytest.approx(100 * (40 / 32 - 1), abs=0.01)
    assert february.working_time().lost == {"spring_festival": 1.0}
    said = text_of(summary_views.headlines(february.month_in_short(), EN, february.working_time()))
    assert "of January and February together stayed the same." in said


def test_a_festival_that_does_not_stop_trade_excuses_no_silence(book_of):
    rules = CalendarRules(country="CN", weekend=[], festivals={"spring_festival": (5, 20)})
    lines = [line("a", str(day.date()), 1000, order=f"{day.date()}-{number}")
             for day in pd.date_range("2024-10-01", "2026-02-28") for number in range(4)]  # fmt: skip
    book = book_of("2026-02", Settings(calendar=rules), order_lines=lines)
    assert book.working_time().lost == {}
    assert silence_sentences(book.working_time(), EN) == []
