"""A month of the company's own days that is not over is held against as many days from the start of others."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pandas as pd
import pytest
from books import text_of

from helpers.book import open_book
from helpers.core.amounts import to_units
from helpers.core.periods import CompanyYear
from helpers.present.reconciliation import partial_month_notes
from helpers.settings.config import Settings
from helpers.subjects.composition.views import composition_findings

pytestmark = pytest.mark.slow
DAY = dt.timedelta(days=1)
#: By name: ``[periods]``, the month, its first day, that of last month and of last year's, and the days reached.
CALENDARS = {
    # The 10th of October is the 15th day from 26 September on; of a September that begins on 26 August, the 9th is.
    "books closed on the 25th": ("closing_day = 25", "2026-10", "2026-09-26", "2026-08-26", "2025-09-26", 15),
    # Before the calendar's October has begun, where all lines count on its first day.
    "in days of the month before": ("closing_day = 25", "2026-10", "2026-09-26", "2026-08-26", "2025-09-26", 3),
    "13 x 4": ('pattern = "13x4"', "2026-P10", "2026-09-13", "2026-08-16", "2025-09-07", 21),
    # A November that ends on 5 December has reached the 3rd; October has 28 days and no 33rd.
    "weeks that end in the next month": ('pattern = "4-5-4"', "2026-11", "2026-11-01", "2026-10-04", "2025-10-26", 33),
    "the company's own table": ('table = "own.csv"', "2026-10", "2026-09-21", "2026-08-21", "2025-09-21", 12),
}  # fmt: skip


@pytest.fixture(params=CALENDARS)
def case(request, tmp_path):
    """A book of a month in course, its order lines, and the spans of like days: now, last month, last year."""
    periods, month, *first_days, reached = CALENDARS[request.param]
    starts = [dt.date.fromisoformat(day) for day in first_days]
    until = starts[0] + (reached - 1) * DAY
    days = pd.date_range("2024-06-01", until)
    rows = [
        {"order_id": f"{who}{day:%y%m%d}", "order_date": day, "customer_id": who, "net_amount": amount + 3 * number,
         "quantity": 1, "product_id": "p"}
        for number, day in enumerate(days) for who, amount in (("a", 100), ("b", 7000))
        if who == "a" or number % 3
    ]  # fmt: skip
    # Buys first after the like days of last year: not before, and has started since.
    late = starts[2] + reached * DAY
    rows += [{**rows[0], "order_id": f"n{day}", "order_date": pd.Timestamp(day), "customer_id": "new", "net_amount": 11}
             for day in (late, until)]  # fmt: skip
    lines = pd.DataFrame(rows)
    lines.to_csv(tmp_path / "order_lines.csv", index=False, date_format="%Y-%m-%d")
    classes = "customer_id,trade_class\na,Chains\nb,DIY shops\nnew,DIY shops\n"
    (tmp_path / "customers.csv").write_text(classes)
    firsts = pd.date_range("2023-12-21", "2027-02-21", freq="MS").shift(20, freq="D")
    own = [f"M{n},{a.date()},{(b - DAY).date()}" for n, (a, b) in enumerate(pairwise(firsts))]
    (tmp_path / "own.csv").write_text("\n".join(["name,first_day,last_day", *own]))
    (tmp_path / "workbook.toml").write_text(f"[periods]\n{periods}\ncomplete_until = {until}\n")
    book = open_book(tmp_path, month)
    assert [
        book.year.first_day(each) for each in (book.month, book.month - 1, book.month - book.year.length)
    ] == starts
    ends = (book.year.last_day(each) for each in (book.month, book.month - 1, book.month - book.year.length))
    likes = [(start, min(start + (reached - 1) * DAY, end)) for start, end in zip(starts, ends, strict=True)]
    return book, lines, likes


def sold(lines, first, last, who=None):
    inside = lines["order_date"].between(pd.Timestamp(first), pd.Timestamp(last))
    return lines[inside if who is None else inside & (lines["customer_id"] == who)]


def test_sales_are_compared_over_as_many_days_from_the_first_of_each_month(case):
    book, lines, (now, last_month, last_year) = case
    assert book.until == now[1]
    total = book.composition().total.iloc[0]
    for name, days in (
        ("month_net_amount", now), ("last_month_net_amount", last_month), ("month_last_year_net_amount", last_year),
        ("net_amount", (book.year.first_day(book.month - book.year.length + 1), now[1])),
        ("net_amount_previous", (book.year.first_day(book.month - 2 * book.year.length + 1), last_year[1])),
        ("ytd_previous_net_amount",
         (book.year.first_day(book.year.span(book.month - book.year.length).first), last_year[1])),
    ):  # fmt: skip
        assert total[name] == sold(lines, *days)["net_amount"].sum(), name
    said = text_of(composition_findings(book.composition(), book.numbers))
    assert "per week" not in said
    (partly,) = partial_month_notes(book.facts.coverage, book.numbers)
    reached = (now[1] - now[0]).days + 1
    assert f"of its first {reached} days are compared with as many days from the first of other " in partly
    assert f"up to {book.numbers.date(now[1])}" in partly


def test_so_are_customers_products_people_and_purchase_days(case):
    book, lines, (_, _, last_year) = case
    began = book.year.first_day(book.month - 2 * book.year.length + 1)
    before = sold(lines, began, last_year[1]).groupby("customer_id")["net_amount"].sum()
    movements = book.bridge().customers.set_index("customer_id")
    assert movements["net_amount_previous"].to_dict() == {"a": before["a"], "b": before["b"], "new": 0}
    assert movements.loc["new", "movement"] == "new"
    bought = book.behaviour().customers.set_index("customer_id")
    assert bought["recency_days"].min() == 0  # "a" buys every day
    bought = bought["frequency_previous"]
    counted = lines.assign(
        day=[pd.Timestamp(book.year.months.counted(day.date())) for day in lines["order_date"]]
    )
    days = sold(counted, began, last_year[1]).groupby("customer_id")["day"].nunique()
    assert bought.to_dict() == {"a": days["a"], "b": days["b"], "new": 0}
    ranked = book.concentration().history.set_index("month")["top_1_share"]
    like = (book.month - book.year.length).to_timestamp()
    assert ranked[like] == pytest.approx(before.max() / before.sum())
    products = book.price_volume_mix().groups.query("kind == 'total'")
    assert to_units(products["net_amount_previous"]).sum() == to_units(before).sum()


@pytest.mark.parametrize(("rules", "month", "day", "like"), [
    ({}, "2026-02", "2026-03-31", "2026-02-28"), ({}, "2026-09", "2026-10-09", "2026-09-09"),
    ({"closing_day": 25}, "2026-09", "2026-10-01", "2026-08-31"),
    ({"closing_day": 25}, "2026-02", "2026-03-25", "2026-02-22"),
    ({"closing_day": 25}, "2026-03", "2026-08-25", "2026-03-25"),  # 31 days: no later than its last
])  # fmt: skip
def test_the_like_day_is_as_far_from_the_first_of_its_month(rules, month, day, like):
    year = CompanyYear.of(Settings(periods=rules).periods)
    assert str(year.like_day(pd.Period(month, "M"), dt.date.fromisoformat(day))) == like
