"""Growth at constant rates where a company has months of its own: each line at the rate of the day in its source."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from books import text_of

from helpers.book import open_book
from helpers.subjects.composition.views import composition_findings

#: Dollars: both days of September are October's where books close on the 25th, the last of each October November's.
RATES = {
    "2025-09-09": 1.25, "2025-09-28": 0.9, "2025-10-05": 1.1, "2025-10-28": 2.0,
    "2026-09-14": 0.4, "2026-09-30": 0.8, "2026-10-20": 0.5, "2026-10-31": 1.6, "2026-11-05": 0.7,
}  # fmt: skip
DOLLARS = {
    "2025-09-09": 40, "2025-09-28": 100, "2025-10-05": 100, "2025-10-28": 100,
    "2026-09-14": 10, "2026-09-30": 250, "2026-10-20": 100, "2026-10-31": 500, "2026-11-05": 300,
}  # fmt: skip


@pytest.fixture
def book_of(tmp_path):
    def build(periods, month):
        rows = [f"{day},a,USD,{amount}" for day, amount in DOLLARS.items()]
        rows += [f"{month}-15,b,EUR,20" for month in pd.period_range("2024-09", "2026-11", freq="M")]
        lines = [f"o{number},{row},1" for number, row in enumerate(rows)]
        head = "order_id,order_date,customer_id,currency,net_amount,quantity"
        (tmp_path / "order_lines.csv").write_text("\n".join([head, *lines]) + "\n")
        (tmp_path / "customers.csv").write_text("customer_id,name,trade_class\na,A,Chains\nb,B,DIY shops\n")
        rates = [f"USD,{day},{rate}" for day, rate in RATES.items()]
        (tmp_path / "exchange_rates.csv").write_text("\n".join(["currency,date,rate", *rates]) + "\n")
        (tmp_path / "workbook.toml").write_text(f'[report]\ncurrency = "EUR"\n[periods]\n{periods}\n')
        return open_book(tmp_path, month)

    return build


def dollars_of(book, month):
    """The days of a month with sales in dollars, as the source has them."""
    days = (book.year.first_day(month), book.year.last_day(month))
    return {day: sold for day, sold in DOLLARS.items() if days[0] <= dt.date.fromisoformat(day) <= days[1]}


@pytest.mark.slow
def test_books_closed_on_the_25th_take_the_rates_of_the_days_from_the_26th_to_the_25th(book_of):
    book = book_of("closing_day = 25", "2026-10")
    total = book.composition().total.iloc[0]
    # 100 USD at 0.90 and at 1.10, then 250 at 0.80 and 100 at 0.50; 20 EUR in both: 220 and 270 EUR.
    assert total["month_change_year_percent"] == pytest.approx(100 * 50 / 220)
    # 350 USD at the 1.00 of 26 September to 25 October 2025 and 20 EUR: 370.
    assert total["month_constant_percent"] == pytest.approx(100 * 150 / 220)
    said = text_of(composition_findings(book.composition(), book.numbers))
    assert "At the average rates of October 2025 sales of October 2026 changed by +68.2% on last year" in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("periods", "month", "days"),
    [
        ("", "2026-10", ["2026-10-20", "2026-10-31"]),
        ("closing_day = 25", "2026-10", ["2026-09-30", "2026-10-20"]),
        ('pattern = "4-4-5"\nyear_starts = 4', "2026-10", ["2026-09-30", "2026-10-20"]),
        ('pattern = "13x4"', "2026-P10", ["2026-09-14", "2026-09-30"]),
        ('pattern = "5-4-4"\nyear_starts = 10', "2026-10", ["2026-10-20", "2026-10-31", "2026-11-05"]),
    ],
)  # fmt: skip
def test_a_months_dollars_count_at_the_mean_rate_of_last_years_like_month(book_of, periods, month, days):
    book = book_of(periods, month)
    now, before = dollars_of(book, book.month), dollars_of(book, book.month - book.year.length)
    assert list(now) == days
    mean = sum(RATES[day] for day in before) / len(before)
    earlier = sum(sold * RATES[day] for day, sold in before.items()) + 20
    total = book.composition().total.iloc[0]
    assert total["month_net_amount"] == pytest.approx(
        sum(sold * RATES[day] for day, sold in now.items()) + 20
    )
    assert total["month_last_year_net_amount"] == pytest.approx(earlier)
    constant = sum(now.values()) * mean + 20
    assert total["month_constant_percent"] == pytest.approx(100 * (constant / earlier - 1))
