"""Times side by side that are of a year of the books: which month begins it is asked, and sums beside them are none."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.intake.layout.periods import period_of

from .test_reports import proposed, read


def days_of(shop, heads, **answers):
    shop.write("sales.csv", [";".join(["Customer", *heads]), "Kestrel;" + ";".join("123456"[: len(heads)])])
    text, settings = proposed(shop, **answers)
    lines = pd.read_parquet(read_tables(shop.folder, settings, shop.cache).path("order_lines"))
    assert list(lines["net_amount"]) == [1, 2, 3, 4, 5, 6][: len(heads)]
    return text, [f"{day:%Y-%m-%d}" for day in lines["order_date"]]


@pytest.mark.parametrize(
    "heads",
    [
        ["FY2026 P01", "FY2026 P02", "FY2026 P10"],
        ["001.2026", "002.2026", "010.2026"],
        ["P1 FY26", "P2 FY26", "P10 FY26"],
        ["GJ 2025/26 Per. 1", "GJ 2025/26 Per. 2", "GJ 2025/26 Per. 10"],
        ["2026年第1期", "2026年第2期", "2026年第10期"],
        ["FY26 Apr", "FY26 May", "FY26 Jan"],
        ["FY2026 Apr", "FY2026 May", "FY2026 Jan"],
        ["2026财年4月", "2026财年5月", "2026财年1月"],
    ],
)
def test_the_month_in_which_a_year_of_the_books_begins_is_asked(shop, heads):
    text, days = days_of(shop, heads, begins='"FY2026 = 2025-04"')
    assert '#   "FY2026 = 2025-04"  # in April 2025' in text
    assert days == ["2025-04-30", "2025-05-31", "2026-01-31"]


def test_other_years_of_the_books_follow_the_one_that_is_answered_for(shop):
    heads = ["FY25 Q4", "FY26 Q1", "FY26 Q2", "FY27 Q1"]
    _, days = days_of(shop, heads, begins='"FY2026 = 2025-07"')
    assert days == ["2025-06-30", "2025-09-30", "2025-12-31", "2026-09-30"]


def test_periods_without_a_year_are_asked_for_one(shop):
    _, days = days_of(shop, ["Period 1", "Period 2", "Period 3"], begins='"2026-11"')
    assert days == ["2026-11-30", "2026-12-31", "2027-01-31"]


def test_periods_without_a_year_in_files_of_two_years_stop_the_run(shop):
    for year in (2025, 2026):
        shop.write(f"sales {year}.csv", ["Customer;Period 1;Period 2;Period 3", f"Kestrel;1;2;{year}"])
    with pytest.raises(WorkbookError, match="let the heads of each say its year, as FY2026 P01"):
        read(shop, begins='"2026-01"')


def test_a_thirteenth_period_with_money_in_it_stops_the_run_with_the_cure(shop):
    heads = [f"FY26 P{number}" for number in range(1, 14)]
    shop.write("sales.csv", [";".join(["Customer", *heads]), "Kestrel;" + ";".join("1" * 13)])
    with pytest.raises(WorkbookError, match=r"FY26 P13.*would be left unread.*with a ! before it"):
        read(shop, begins='"FY2026 = 2026-01"')


def test_a_year_of_the_books_in_the_title_is_no_calendar_year(shop):
    shop.write("sales.csv", ["Sales FY2026", "Customer;Apr;May;Jan", "Kestrel;1;2;3"])
    text, _ = proposed(shop, year=2025)
    assert "year = 2025  # the year of 'Apr'" in text


@pytest.mark.parametrize(
    ("heads", "day"),
    [
        (["M01.2026", "M02.2026", "M03.2026"], "2026-03-31"),
        (["令和8年1月", "令和8年2月", "令和8年3月"], "2026-03-31"),
        (["1/31/2026", "2/28/2026", "3/31/2026"], "2026-03-31"),
        (["2026年第1周", "2026年第2周", "2026年第3周"], "2026-01-18"),
        (["2026年第①季度", "2026年第②季度", "2026年第③季度"], "2026-09-30"),
    ],
)
def test_heads_of_other_programs_are_times_too(shop, heads, day):
    assert days_of(shop, heads)[1][-1] == day


@pytest.mark.parametrize(
    ("heads", "day"),
    [
        (["2023", "2024", "2025¹"], "2025-12-31"),
        (["2023¹⁾", "2024¹⁾", "2025¹⁾"], "2025-12-31"),
        (["2023年", "2024年", "2025年①"], "2025-12-31"),
        (["2023", "2024", "2025 1)"], "2025-12-31"),
        (["2026年1月", "2026年2月", "2026年3月¹"], "2026-03-31"),
        (["Jan 2026", "Feb 2026", "Mar 2026²"], "2026-03-31"),
    ],
)
def test_the_mark_of_a_footnote_behind_a_time_makes_no_other_time_of_it(shop, heads, day):
    assert days_of(shop, heads)[1][-1] == day


def test_years_at_the_head_of_a_table_are_no_sales(shop):
    shop.write("sales.csv", ["Customer;2024;2025;2026", "Kestrel;1;2;3", "Mill Lane;0;5;0"])
    assert read(shop) == {"Kestrel": 6, "Mill Lane": 5}


def test_the_sum_of_months_that_say_what_they_hold_is_no_amount_of_each(shop):
    rows = [
        "Customer;Sales 2026-01;Sales 2026-02;Sales 2026-03;Total",
        "Kestrel;1;2;3;6",
        "Mill Lane;0;5;0;5",
    ]
    shop.write("sales.csv", rows)
    assert read(shop, net_amount="""'number("Sales")'""") == {"Kestrel": 6, "Mill Lane": 5}


@pytest.mark.parametrize(
    ("heads", "days"),
    [
        (["01.01.2026", "01.02.2026", "01.03.2026"], ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (["20260101", "20260201", "20260301"], ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (["01-Jan-26", "01-Feb-26", "01-Mar-26"], ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (["11/1/2026", "12/1/2026", "13/1/2026"], ["2026-01-11", "2026-01-12", "2026-01-13"]),
        (["1/11/2026", "1/12/2026", "1/13/2026"], ["2026-01-11", "2026-01-12", "2026-01-13"]),
    ],
)
def test_heads_that_are_days_are_in_the_order_that_one_of_them_shows(shop, heads, days):
    """1/1/2026 was read as January 2026, with a 1 beside it that was taken for what stands in the column."""
    text, found = days_of(shop, heads)
    assert "date_format" not in text
    assert found == days


@pytest.mark.parametrize(
    ("date_format", "days"),
    [
        ("%m/%d/%Y", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("%d/%m/%Y", ["2026-01-01", "2026-01-02", "2026-01-03"]),
    ],
)
@pytest.mark.parametrize(
    "heads", [["1/1/2026", "2/1/2026", "3/1/2026"], ["01-01-26", "02-01-26", "03-01-26"]]
)
def test_heads_that_are_days_in_two_ways_are_asked_about_together(shop, heads, date_format, days):
    text, found = days_of(shop, heads, date_format=f'"{date_format}"')
    assert f'#   "%m/%d/%Y"  # {heads[1]} is in February' in text
    assert found == days


def test_heads_of_which_some_begin_with_the_day_and_some_with_the_month_are_no_times(shop):
    heads = ["Customer;13/1/2026;1/14/2026;15/1/2026", "Kestrel;1;2;3"]
    shop.write("sales.csv", heads)
    assert "unpivot" not in propose_map(shop.folder)


def test_a_period_of_seven_digits_is_of_the_books_and_the_thirteenth_stops_the_run(shop):
    heads = [f"2026{number:03}" for number in range(1, 14)]
    _, days = days_of(shop, heads[:3], begins='"FY2026 = 2025-04"')
    assert days == ["2025-04-30", "2025-05-31", "2025-06-30"]
    shop.write("sales.csv", [";".join(["Customer", *heads]), "Kestrel;" + ";".join("1" * 13)])
    with pytest.raises(WorkbookError, match=r"2026013.*would be left unread.*with a ! before it"):
        read(shop, begins='"FY2026 = 2026-01"')


@pytest.mark.parametrize(
    ("head", "last_day"),
    [
        ("H1 2025", "2025-06-30"), ("2025下半年", "2025-12-31"), ("1. Hj. 2025", "2025-06-30"),
        ("2. Halbjahr 2025", "2025-12-31"), ("1º semestre 2026", "2026-06-30"), ("II полугодие 2026", "2026-12-31"),
        ("T3 2026", "2026-09-30"), ("2T2026", "2026-06-30"), ("1er trim. 2026", "2026-03-31"),
        ("IV кв. 2026", "2026-12-31"), ("2026年第2四半期", "2026-06-30"), ("Kwartał II 2026", "2026-06-30"),
        ("Jan-Mar 2026", "2026-03-31"), ("02/26", "2026-02-28"), ("ก.พ. 69", "2026-02-28"),
        ("114年11月", "2025-11-30"), ("Şubat 2026", "2026-02-28"), ("únor 2026", "2026-02-28"),
    ],
)  # fmt: skip
def test_halves_quarters_and_months_at_the_head_of_columns_are_known_in_many_languages(head, last_day):
    """The month of a year of Taiwan asked for its year; ranges of months were kinds of amounts."""
    period = period_of(head)
    assert period is not None and period.year is not None and not period.rest
    assert period.last_day(period.year).isoformat() == last_day


@pytest.mark.parametrize("head", ["Jan-Dec 2026", "Jan-Apr 2026", "T1", "Size S 2", "LED"])
def test_what_is_no_quarter_and_no_month_is_no_time(head):
    assert period_of(head) is None


@pytest.mark.parametrize(
    ("head", "kind", "number"),
    [
        ("Woche 5/2025", "week", 5), ("Semaine 5/2025", "week", 5), ("Неделя 5/2025", "week", 5),
        ("Tuần 5/2025", "week", 5), ("สัปดาห์ที่ 5/2568", "week", 5), ("2025 viikko 5", "week", 5),
        ("Kwartaal 3/2025", "quarter", 3), ("Quý III/2025", "quarter", 3), ("ไตรมาสที่ 3/2568", "quarter", 3),
        ("Triwulan III 2025", "quarter", 3), ("III kw. 2025", "quarter", 3), ("2025년 3분기", "quarter", 3),
        ("Půlrok 2/2025", "half", 2), ("2025년 하반기", "half", 2), ("2025년 5월", "month", 5),
        ("Umsatz 5/2025", "month", 5), ("ม.ค. 68", "month", 1), ("Jan 2568", "month", 1),
    ],
)  # fmt: skip
def test_a_number_before_a_year_is_of_what_the_word_before_it_counts(head, kind, number):
    found = period_of(head)
    assert (found.kind, found.year, found.number) == (kind, 2025, number)


@pytest.mark.parametrize(
    "head", ["2568", "ปี 2568", "ยอดขาย 2568", "Sales 2568", "B.E. 2568", "2568 Sales", "销售额 2568"]
)
def test_a_thai_year_alone_or_beside_what_is_sold_is_a_year(head):
    found = period_of(head)
    assert (found.kind, found.year) == ("year", 2025)


@pytest.mark.parametrize("head", ["Filiale 2570", "SKU 2550", "Store-2599", "Größe 2568", "Lager Süd 2560"])
def test_a_number_like_a_thai_year_behind_another_name_is_none(head):
    assert period_of(head) is None


@pytest.mark.parametrize(
    "head", ["Bimestre 1/2025", "Quadrimestre 1/2025", "Tertial 1/2025", "Sem 5/2025", "No. 60"]
)
def test_a_number_of_two_months_of_four_or_of_what_nobody_can_tell_is_no_month(head):
    assert period_of(head) is None
