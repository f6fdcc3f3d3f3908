"""Dates in full-width digits, and with a year of two digits in front: read where declared, else the cure is named."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from exports import proposed

from helpers.errors import WorkbookError

TYPED = ["A,２０２６年３月５日,K,1,P,１,１０．５", "B,2026年3月6日,K,1,P,1,1"]


def test_full_width_digits_of_dates_are_read_where_they_are_declared(shop):
    shop.orders(*TYPED)
    lines = shop.table(source={"date_format": "%Y年%m月%d日", "numbers": ["full_width"]})
    assert lines["order_date"].tolist() == [dt.date(2026, 3, 5), dt.date(2026, 3, 6)]
    assert lines["net_amount"].astype(float).tolist() == [10.5, 1]


def test_iso_dates_may_be_typed_so_too(shop):
    shop.orders("A,２０２６－０３－０５,K,1,P,1,1", "B,2026-03-06,K,1,P,1,1")
    assert shop.table(source={"numbers": ["full_width"]})["order_date"].tolist() == [
        dt.date(2026, 3, 5), dt.date(2026, 3, 6)
    ]  # fmt: skip


def test_where_they_are_not_declared_the_message_says_what_to_declare(shop):
    shop.orders(TYPED[0], TYPED[0].replace("A", "C"), TYPED[1])
    with pytest.raises(WorkbookError, match=r'order_date is .* Declare numbers = \["full_width"\]'):
        shop.read(source={"date_format": "%Y年%m月%d日"})


def test_a_year_of_two_digits_in_front_is_one_of_the_readings(shop):
    shop.orders("A,26-03-05,K,1,P,1,1", "B,26-03-06,K,1,P,1,1")
    with pytest.raises(WorkbookError, match=r"2005-03-26 .* or 2026-03-05 \(date_format = \"%y-%m-%d\"\)"):
        shop.read()


@pytest.mark.parametrize("day", ["٢٠٢٦-٠٣-٠٥", "۰۵/۰۳/۲۰۲۶", "०५-०३-२०२६"])
def test_digits_of_other_scripts_are_seen_and_declared_by_what_is_proposed(tmp_path, day):
    lines = "\n".join(f"R{n},{day},C1,1,{'١٠٫٥'}" for n in range(3))
    found = proposed(tmp_path, {"sales": f"order_id,order_date,customer_id,quantity,net_amount\n{lines}"}, **(
        {} if day[4] == "-" else {"date_format": "%d/%m/%Y" if "/" in day else "%d-%m-%Y"}))  # fmt: skip
    assert set(found.lines["order_date"].astype(str)) == {"2026-03-05"} and found.net == Decimal("31.5")


def test_a_day_of_the_persian_calendar_is_refused_with_its_name(shop):
    shop.orders("A,۱۴۰۵/۰۱/۰۵,K,1,P,1,1", "B,۱۴۰۵/۰۱/۰۶,K,1,P,1,1")
    with pytest.raises(WorkbookError, match="Persian"):
        shop.read(source={"numbers": ["native_digits"], "date_format": "%Y/%m/%d"})


@pytest.mark.parametrize(
    ("written", "calendar"),
    [("{d} ม.ค. {y}", "buddhist"), ("{d} กุมภาพันธ์ {y}", "buddhist"), ("民國{r}年03月{d}日", "republic")],
)
def test_days_of_thailand_and_taiwan_are_read_by_the_names_they_have_there(tmp_path, written, calendar):
    """Sales of such days had no date, and init ended there."""
    rows = (f"R{n},{written.format(d=10 + n, y=2569, r=115)},C1,A1,1,{n + 1}.00" for n in range(6))
    text = "\n".join(["Order No,Order Date,Customer No,Item No,Qty,Net Amount", *rows])
    found = proposed(tmp_path, {"sales": text})
    assert f'calendar = "{calendar}"' in found.text and found.net == 21
    assert {day.year for day in found.lines["order_date"]} == {2026}


@pytest.mark.parametrize(
    ("written", "late"),
    [
        ("2026/3/{d} {half} 03:15:00", "下午"), ("2026-3-{d} {half}3:15", "下午"),
        ("2026年3月{d}日 {half}3:15", "午後"),
        ("2026-03-{d} {half} 3:15:00", "오후"), ("{d}/03/2026 3:15:00 {half}", "p. m."),
        ("2026. 3. {d}. {half} 3:15", "오후"), ("2026-03-{d} 3:15{half}", "pm"),
    ],
)  # fmt: skip
def test_days_with_halves_of_the_day_in_words_are_read(tmp_path, written, late):
    """Excel in Chinese, Japanese, Korean and Spanish writes 下午, 午後, 오후 and p. m.: init ended there."""
    early = {"下午": "上午", "午後": "午前", "오후": "오전"}.get(late, late.replace("p", "a"))
    rows = (
        f"R{n},{written.format(d=14 + n, half=(early, late)[n % 2])},C1,A1,1,{n + 1}.00" for n in range(6)
    )
    text = "\n".join(["Order No,Order Date,Customer No,Item No,Qty,Net Amount", *rows])
    lines = proposed(tmp_path, {"sales": text}).lines
    assert lines["order_date"].tolist() == [dt.date(2026, 3, 14 + n) for n in range(6)]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026. jan. {d}.", 1),
        ("2026. március {d}.", 3),
        ("2026. szept. {d}.", 9),
        ("11503{d}", 3),
        ("11512{d}", 12),
    ],
)
def test_days_as_programs_in_hungary_and_taiwan_write_them_are_read(tmp_path, written, day):
    rows = (f"R{n},{written.format(d=14 + n)},C1,A1,1,{n + 1}.00" for n in range(6))
    text = "\n".join(["Order No,Order Date,Customer No,Item No,Qty,Net Amount", *rows])
    lines = proposed(tmp_path, {"sales": text}).lines
    assert lines["order_date"].tolist() == [dt.date(2026, day, 14 + n) for n in range(6)]


@pytest.mark.parametrize("blank", ["00.00.0000", "0000-00-00"])
def test_a_date_of_noughts_is_none_and_hides_no_form_of_the_others(tmp_path, blank):
    """One such date, as SAP and MySQL write where there is none, left all others without a form."""
    rows = [f"R{n},{1 + n:02}.03.2026,C1,A1,1,{n + 1}.00" for n in range(25)]
    text = "\n".join(
        ["Order No,Order Date,Customer No,Item No,Qty,Net Amount", *rows, f"R99,{blank},C1,A1,1,7.00"]
    )
    found = proposed(tmp_path, {"sales": text})
    assert 'date_format = "%d.%m.%Y"' in found.text and found.net == sum(range(1, 26))
