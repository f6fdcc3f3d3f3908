"""What of a change of sales is exchange rates, and what is growth."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from books import book_on, text_of
from builders import line
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.periods import Span
from helpers.intake.values.rates import FILE
from helpers.settings.config import parse_settings
from helpers.subjects.composition.views import composition_findings, month_table
from helpers.subjects.exchange.exchange import exchange_shares
from helpers.subjects.summary.views import headlines

EUROS = parse_settings({"report": {"currency": "EUR"}}, "workbook.toml")
OCTOBER = Span(pd.Period("2026-10"), pd.Period("2026-10"))
PEOPLE = [
    {"customer_id": "a", "trade_class": "DIY shops", "salesperson_id": "S1"},
    {"customer_id": "b", "trade_class": "Chains", "salesperson_id": "S2"},
]


def rates(*rows):
    """Currency, day, rate and, where it is an earlier day's, that day."""
    return pd.DataFrame(
        [(code, dt.date.fromisoformat(day), Decimal(rate), dt.date.fromisoformat(held[0]) if held else None)
         for code, day, rate, *held in rows],
        columns=["currency", "day", "rate", "of_day"],
    )  # fmt: skip


@pytest.fixture
def book_of(facts_of):
    def build(known, *lines, month="2026-10", scope="company", language="en"):
        facts = facts_of(month, EUROS, order_lines=lines, customers=PEOPLE, salespeople=[
            {"salesperson_id": each, "name": each} for each in ("S1", "S2")])  # fmt: skip
        kinds = pa.schema(
            [
                ("currency", pa.string()),
                ("day", pa.date32()),
                ("rate", pa.decimal128(18, 10)),
                ("of_day", pa.date32()),
            ]
        )
        pq.write_table(pa.Table.from_pandas(known, kinds, preserve_index=False), facts.tables.folder / FILE)
        return book_on(facts, scope, language=language, currency="EUR")

    return build


#: Dollars at 1.00 last October, on average of two days, and at 0.80 this October.
FALLEN = rates(
    ("USD", "2025-10-05", "0.9"), ("USD", "2025-10-06", "1.1"), ("USD", "2026-10-05", "0.8"),
    ("USD", "2026-10-06", "0.8", "2026-10-05"),
)  # fmt: skip
#: 200 euros of dollars and 100 of euros then; 240 of dollars (300 of them) and 100 now.
SOLD = (
    line("a", "2025-10-05", 200, currency="USD"), line("b", "2025-10-05", 100, currency="EUR"),
    line("a", "2026-10-05", 160, currency="USD"), line("a", "2026-10-06", 80, "x", currency="USD"),
    line("b", "2026-10-05", 100, currency="EUR"),
)  # fmt: skip


def test_growth_at_constant_rates_is_that_of_the_dollars_that_were_sold(book_of):
    result = book_of(FALLEN, *SOLD).composition()
    total = result.total.iloc[0]
    assert total["month_change_year_percent"] == pytest.approx(100 * 40 / 300)
    # 300 dollars at last October's average of 1.00 and 100 euros: 400 against 300.
    assert total["month_constant_percent"] == pytest.approx(100 * 100 / 300)
    groups = result.groups.set_index("group")["month_constant_percent"]
    assert groups.to_dict() == pytest.approx({"DIY shops": 50.0, "Chains": 0.0})
    assert result.exchange.held_days == 1


def test_the_page_says_in_one_sentence_what_of_the_growth_is_exchange(book_of):
    book = book_of(FALLEN, *SOLD)
    said = text_of(composition_findings(book.composition(), book.numbers))
    sentence = (
        "At the average rates of October 2025 sales of October 2026 changed by +33.3% on last year, reported +13.3%: "
        "−20.0 pts of that is exchange."
    )
    assert sentence in said
    assert "On 1 day of October 2026 with sales in another currency no rate was published" in said
    assert "On last year, constant rates" in month_table(book.composition(), book.numbers).text
    front = text_of(headlines(book.month_in_short(), book.numbers))
    assert sentence in front
    assert "+13.3% on last year, +33.3% at constant rates" in front


def test_days_without_a_rate_of_their_own_are_counted_once_whoever_bought_on_them(book_of):
    held = rates(
        *((code, f"2026-10-{day:02}", "0.8", "2026-10-02") for code in ("USD", "CHF") for day in (3, 4, 5))
    )
    sold = [
        line("a", "2026-10-03", 10, currency="USD"), line("b", "2026-10-03", 10, currency="CHF"),
        line("b", "2026-10-04", 10, currency="USD"), line(None, "2026-09-04", 10, currency="USD"),
    ]  # fmt: skip
    assert book_of(pd.concat([FALLEN, held]), *sold).composition().exchange.held_days == 2


def test_a_salesperson_sees_the_rates_of_the_own_customers_sales_alone(book_of):
    own = book_of(FALLEN, *SOLD, scope="salesperson:S2").composition()
    assert own.exchange is None  # S2 sells in euros
    assert "constant" not in " ".join(own.total.columns)
    other = book_of(FALLEN, *SOLD, scope="salesperson:S1").composition()
    assert other.total["month_constant_percent"].tolist() == pytest.approx([50.0])


def test_without_a_rate_of_a_year_earlier_constant_growth_is_not_known_and_said_so(book_of):
    book = book_of(FALLEN[FALLEN["day"] >= dt.date(2026, 1, 1)], *SOLD)
    result = book.composition()
    assert result.total["month_constant_percent"].isna().all()
    assert result.groups.set_index("group").loc["Chains", "month_constant_percent"] == 0  # sells in euros
    said = text_of(composition_findings(result, book.numbers))
    assert "Growth at constant rates is not known: of USD there is no rate of a year earlier." in said
    assert "of that is exchange" not in said


def test_sales_in_one_currency_show_nothing_of_exchange(book_of):
    book = book_of(FALLEN, line("b", "2025-10-05", 100), line("b", "2026-10-05", 120, currency="EUR"))
    assert book.composition().exchange is None
    assert "constant" not in text_of(headlines(book.month_in_short(), book.numbers))


def test_rates_of_days_after_the_month_change_nothing_of_it(book_of):
    later = pd.concat([FALLEN, rates(("USD", "2026-11-02", "5.0"))])
    now, then = (book_of(known, *SOLD).composition().total for known in (later, FALLEN))
    pd.testing.assert_frame_equal(now, then)


@settings(max_examples=40, deadline=None)
@given(
    st.decimals("0.0001", "2000", places=6),
    st.sets(st.integers(1, 28), min_size=1),
    st.sets(st.integers(1, 28), min_size=1),
)
def test_where_rates_do_not_move_constant_growth_is_the_growth_that_is_reported(rate, then, now):
    days = [f"2025-10-{day:02}" for day in then] + [f"2026-10-{day:02}" for day in now]
    assert (
        exchange_shares(rates(*(("USD", day, rate) for day in days)), OCTOBER)["exchange_share"].eq(0).all()
    )
