"""The sample under calendars of the company's own: sums are those of plain SQL, and no page speaks of the others."""

from __future__ import annotations

import html
import re
import shutil
from functools import cache

import duckdb
import pandas as pd
import pytest

from helpers.book import open_book
from helpers.core.amounts import to_units
from helpers.core.calendar.fiscal_periods import fiscal_periods
from helpers.report.monthly import make_report
from helpers.report.requests import ReportRequest
from helpers.settings.config import SAMPLE_FOLDER

pytestmark = pytest.mark.slow
#: The sample's targets are of calendar years and months.
APRIL = 'year_starts = 4\npattern = "4-4-5"'
#: 2025 has 53 weeks, its last period five.
THIRTEEN = 'pattern = "13x4"'


@pytest.fixture(scope="module")
def sample_with(tmp_path_factory):
    """The sample under a calendar: one folder for each, so that the tests share what is computed of it."""

    @cache
    def build(periods):
        folder = shutil.copytree(SAMPLE_FOLDER, tmp_path_factory.mktemp("calendar") / "sample")
        targets = pd.read_parquet(folder / "targets.parquet")
        targets = targets[targets["period"].str.len() == len("2026-10")]
        if "13x4" in periods:  # the thirteenth has none
            targets = targets.assign(period=targets["period"].str.replace("-", "-P"))
        targets.to_parquet(folder / "targets.parquet")
        with (folder / "workbook.toml").open("a") as file:
            file.write(f"\n[periods]\n{periods}\n")
        return folder

    return build


@pytest.mark.parametrize(
    ("periods", "month", "first_and_last_day"),
    [
        (APRIL, "2026-10", ("2026-09-27", "2026-10-24")), (THIRTEEN, "2026-P10", ("2026-09-13", "2026-10-10")),
        ("closing_day = 25", "2026-10", ("2026-09-26", "2026-10-25")),
        ('pattern = "4-5-4"\nyear_starts = 2\nyear_named = "first"', "2026-10", ("2026-10-04", "2026-10-31")),
    ],
)  # fmt: skip
def test_sums_of_months_and_of_the_year_are_those_of_plain_sql(
    sample_with, periods, month, first_and_last_day
):
    folder = sample_with(periods)
    book = open_book(str(folder), month=month)
    own = fiscal_periods(book.settings.periods)
    assert (str(own.first_day(book.month)), str(own.last_day(book.month))) == first_and_last_day

    def sold(first, last, who="true"):
        (amount,) = duckdb.sql(f"""
            SELECT sum(net_amount) FROM '{SAMPLE_FOLDER}/order_lines.parquet'
            WHERE {who} AND order_date BETWEEN DATE '{own.first_day(first)}' AND DATE '{own.last_day(last)}'
        """).fetchone()
        return int(amount * 10_000)

    composition = book.composition()
    for month, rows in composition.history.groupby("month"):
        of = month.to_period("M")
        assert to_units(rows["net_amount"]).sum() == sold(of, of)
    total, a_year = composition.total.iloc[0], book.year.length
    for names, first in (
        (("month_net_amount", "month_last_year_net_amount"), book.month),
        (("ytd_net_amount", "ytd_previous_net_amount"), book.year.span(book.month).first),
        (("net_amount", "net_amount_previous"), book.month - a_year + 1),
    ):
        found = to_units(total[list(names)]).tolist()
        assert found == [sold(first - back, book.month - back) for back in (0, a_year)], names
    people = book.facts.frame("customer_summary")[["net_amount", "net_amount_previous"]]
    assert [to_units(people[name]).sum() for name in people] == [
        sold(first - back, book.month - back, "customer_id IS NOT NULL") for back in (0, a_year)
    ]

    def booked(table, day, first, last):
        (amount,) = duckdb.sql(f"""
            SELECT coalesce(sum(amount), 0) FROM '{SAMPLE_FOLDER}/{table}.parquet'
            WHERE {day} BETWEEN DATE '{first}' AND DATE '{last}'
        """).fetchone()
        return int(amount * 10_000)

    months = book.facts.frame("receivable_months").groupby("month")[["invoiced_amount", "paid_amount"]].sum()
    for month, row in months.iterrows():
        days = (own.first_day(month.to_period("M")), own.last_day(month.to_period("M")))
        assert to_units(row).tolist() == [
            booked("invoices", "invoice_date", *days), booked("payments", "payment_date", *days),
        ]  # fmt: skip

    def counted(table, day, of, first, last):
        (count,) = duckdb.sql(f"""
            SELECT count({of}) FROM '{SAMPLE_FOLDER}/{table}.parquet'
            WHERE CAST({day} AS DATE) BETWEEN DATE '{first}' AND DATE '{last}'
        """).fetchone()
        return count

    for fact, name, asked in (
        (
            "contact_months",
            "visits",
            ("interactions", "date", "CASE WHEN kind = 'visit' THEN customer_id END"),
        ),
        ("survey_months", "responses", ("surveys", "date", "customer_id")),
        ("evidence_complaints", "complaints", ("complaints", "opened_at", "customer_id")),
        ("evidence_quotes", "quotes_decided", ("quotes", "decided_at", "customer_id")),
    ):
        for month, count in book.facts.frame(fact).groupby("month")[name].sum().items():
            of = month.to_period("M")
            assert count == counted(*asked, own.first_day(of), own.last_day(of)), (fact, of)
    closed = own.last_day(book.month)
    balance = booked("invoices", "invoice_date", "1900-01-01", closed) - booked(
        "payments", "payment_date", "1900-01-01", closed
    )
    assert to_units(book.facts.frame("receivables")["balance_amount"]).sum() == balance
    (late,) = duckdb.sql(f"""
        SELECT sum(date_diff('day', due_date, DATE '{closed}')) FROM '{SAMPLE_FOLDER}/invoices.parquet'
        WHERE invoice_date <= DATE '{closed}'
    """).fetchone()
    assert book.facts.frame("open_items")["days_late"].sum() == late


def pages_of(folder, month, language="en"):
    """Make a salesperson's report, and return its folder and the text that each page shows."""
    out = folder.parent / f"reports-{language}"
    request = ReportRequest(str(folder), month=month, scope="salesperson:S01", language=language, out=out)
    pack, texts = make_report(request, lambda step: None).folder, {}
    for page in sorted(pack.glob("*.html")):
        shown = re.sub(r"<(script|style)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        texts[page.stem] = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown)))
    return pack, texts


def test_no_page_speaks_of_calendar_years_and_those_with_figures_of_months_say_their_days(sample_with):
    pack, texts = pages_of(sample_with(APRIL), "FY2027-P07")
    assert pack.parent.name == "2026-10"
    for text in texts.values():
        assert not re.search("calendar year|January and February|January to October|Year to date", text)
    for page in ("index", "01_customer_composition", "06_trade_performance", "07_targets_and_people"):
        assert "FY2027 is April 2026 to March 2027" in texts[page]
        assert "October 2026 is 27 Sept 2026 to 24 Oct 2026" in texts[page]


def test_no_page_of_thirteen_periods_speaks_of_months_and_those_with_figures_say_their_days(sample_with):
    pack, texts = pages_of(sample_with(THIRTEEN), "FY2026-P10")
    assert pack.parent.name == "2026-P10"
    # A number of a period is a month from 2120 on where nobody names it; the method page counts a quarter of customers.
    assert {
        page: re.findall(r".{30}\b[Mm]onth.{20}|.{30}\b21\d\d\b(?![,.]\d)", text)
        for page, text in texts.items()
    } == {page: [] for page in texts}
    assert not [page for page, text in texts.items() if "quarters" in text and page != "90_method"]
    for page in ("index", "01_customer_composition", "06_trade_performance", "07_targets_and_people"):
        assert "2026-P10 is 13 Sept 2026 to 10 Oct 2026. A year has thirteen periods" in texts[page]


@pytest.mark.parametrize(
    ("periods", "month", "said", "unsaid"),
    [
        (
            APRIL, "2026-10", ("FY2027为2026年4月至2027年3月", "2026年10月为2026年9月27日至2026年10月24日"),
            "日历年|1月和2月|1至2月|年初至10月",
        ),
        ("closing_day = 25", "2026-10", ("2026年10月为2026年9月26日至2026年10月25日",), "1月和2月|1至2月"),
        # Months stand in days alone; a quarter or a number of a period there is not.
        (
            THIRTEEN, "2026-P10", ("FY2026为2026年第1期至2026年第13期", "2026年第10期为2026年9月13日至2026年10月10日"),
            r"(?<!\d)月|月(?!\d{1,2}日)|季度|21[2-9]\d[年-]",
        ),
    ],
)  # fmt: skip
def test_chinese_pages_say_the_companys_year_and_the_days_of_its_month(
    sample_with, periods, month, said, unsaid
):
    pack, texts = pages_of(sample_with(periods), month, "zh")
    assert pack.parent.name == month
    assert {page: re.findall(f".{{0,20}}(?:{unsaid}).{{0,10}}", text) for page, text in texts.items()} == {
        page: [] for page in texts
    }
    for page in ("index", "01_customer_composition", "06_trade_performance", "07_targets_and_people"):
        assert [sentence for sentence in said if sentence not in texts[page]] == []
