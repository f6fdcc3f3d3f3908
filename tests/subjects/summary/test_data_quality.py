"""What the front page says of the month's data, and how a month that is not over is compared."""

import datetime as dt

import pandas as pd
import pytest
from books import text_of

from helpers.book import open_book
from helpers.present.numbers import numbers
from helpers.subjects.summary import views
from helpers.subjects.targets import views as target_views
from helpers.subjects.value import views as lifetime_views

HEAD = "order_id,order_date,customer_id,quantity,net_amount"


def business(last, first="2024-09-01"):
    """A hundred a day of business from Monday to Friday, of three customers."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    days = [day for n in range((end - start).days + 1) if (day := start + dt.timedelta(n)).weekday() < 5]
    return [f"S{n},{day},C{101 + n % 3},1,100" for n, day in enumerate(days)]


@pytest.fixture
def book_of(tmp_path, own_cache):

    def build(lines, month="2026-10", settings="", scope="company", **tables):
        folder = tmp_path / f"export-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name, rows in {"order_lines": [HEAD, *lines], **tables}.items():
            (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
        (folder / "workbook.toml").write_text(settings)
        return open_book(folder, month, scope)

    return build


def said(book):
    return text_of(views.quality(book.data_quality(), book.numbers))


def test_the_sample_says_what_of_its_month_names_no_customer():
    assert "CN¥245K of net sales in October 2026 (3.4%) name no customer" in said(open_book(month="2026-10"))
    assert "2026年10月" in said(open_book(month="2026-10", language="zh"))


def test_rows_of_the_month_that_were_set_aside_are_told_with_their_money(book_of):
    lines = [*business("2026-10-30"), "X1,2026-10-06,C101,two,70", "X2,2026-09-06,C101,two,70"]
    assert "1 order line of October 2026 was set aside: 70.00 as read." in said(book_of(lines))


def test_customers_without_record_are_told_with_their_likely_cause(book_of):
    lines = [line.replace(",C", ",") for line in business("2026-10-30")]
    text = said(book_of(lines, customers=["customer_id,name", "0101,A", "0102,B", "0103,C"]))
    assert (
        "3 of 3 customers who bought have no record in the table customers: 565 of 565 order lines, 100.0%"
        in text
    )
    assert "with other zeros in front (101 is 0101 there)" in text


def test_pseudonyms_give_no_cause(book_of, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MASK_KEY", "0123456789abcdef0123456789abcdef")
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    lines = [line.replace(",C", ",") for line in business("2026-10-30")]
    found = (
        book_of(lines, customers=["customer_id,name", "0101,A", "0102,B", "0103,C"]).data_quality().customers
    )
    assert (found.ids, found.cause, found.example) == (3, "none", ("", ""))


def test_a_salesperson_reads_no_row_of_the_whole_company():
    found = open_book(month="2026-10", scope="salesperson:S01").data_quality()
    assert (found.read, found.unassigned_amount, found.month_amount) == (0, 0.0, 0.0)


# --- a month that is not over
# ----------------------------------------------------------------------------------------------


@pytest.fixture
def running(book_of):
    """October 2026 up to the 9th; a year and a month earlier the later days brought ten times as much."""
    lines = business("2026-10-09")
    for month in ("2025-10", "2026-09"):
        lines += [f"L{month}{day},{month}-{day},C101,1,1000" for day in (12, 20)]
    return book_of(lines)


def test_a_month_that_is_not_over_is_compared_with_the_same_days(running):
    figures = running.month_in_short().figures.set_index("figure")
    assert (
        figures.loc["month", "value"] == 700
    )  # seven weekdays, as 1 to 9 October 2025 and 1 to 9 September 2026
    assert figures.loc["month", "on_last_year_percent"] == pytest.approx(0.0)
    assert figures.loc["month", "on_last_month_percent"] == pytest.approx(0.0)
    year = running.composition().total.iloc[0]
    days = [day for day in (dt.date(2025, 1, 1) + dt.timedelta(n) for n in range(282)) if day.weekday() < 5]
    assert year["ytd_previous_net_amount"] == 100 * len(days)
    assert year["net_amount_previous"] == running.bridge().groups.iloc[-1]["net_amount_previous"]
    assert year["net_amount_previous"] == running.price_volume_mix().groups.iloc[-1]["net_amount_previous"]
    trade = running.trade().customers
    assert trade["month_expected_amount"].sum() == 700


TARGETS = ["period,scope_type,scope_id,metric,target", "2026,company,,net_sales,24000"]


@pytest.mark.slow
def test_forecasts_and_targets_of_a_month_that_is_not_over_are_those_of_the_month_before(book_of):
    """Nine days are no month: counted as one, the rest of it would be missing in the year's forecast."""
    lines = business("2026-10-09")
    now, before = (book_of(lines, month, targets=TARGETS) for month in ("2026-10", "2026-09"))
    for told in ("lifetime", "attainment"):
        assert (str(getattr(now, told)().month), str(getattr(now, told)().in_course)) == (
            "2026-09",
            "2026-10",
        )
        assert getattr(before, told)().in_course is None
    pd.testing.assert_frame_equal(now.attainment().units, before.attainment().units)
    pd.testing.assert_frame_equal(now.lifetime().equity, before.lifetime().equity)
    pd.testing.assert_frame_equal(now.lifetime().customers, before.lifetime().customers)
    assert (
        "October 2026 is not over" in lifetime_views.equity_findings(now.lifetime(), now.numbers).sentences[2]
    )
    assert (
        "October 2026 is not over: targets are held against sales up to the end of September 2026"
        in target_views.attainment_findings(now.attainment(), now.numbers).sentences[0]
    )


@pytest.mark.slow
def test_no_part_of_a_month_is_held_against_the_plan_of_the_whole(book_of):
    now = book_of(business("2026-10-09"), targets=TARGETS)
    assert now.composition().total.filter(like="attainment").isna().all(axis=None)
    assert "of plan" not in text_of(views.headlines(now.month_in_short(), now.numbers))
    assert now.month_gap().plan_amount == 2000
    whole = book_of(business("2026-10-30"), targets=TARGETS)
    assert whole.composition().total["attainment_month_percent"].iloc[0] == pytest.approx(110.0)


def test_a_month_that_is_not_over_says_so_and_up_to_which_day(running):
    text = said(running)
    assert "October 2026 is not over: the last order line is of 9 Oct 2026." in text
    assert "up to the end of October" not in text
    headlines = text_of(views.headlines(running.month_in_short(), running.numbers))
    assert "Net sales in October 2026 so far, up to 9 Oct 2026" in headlines
    assert "on the same days of last month" in headlines


@pytest.mark.slow
def test_silence_is_counted_to_the_end_of_the_data(running):
    last = running.frame("customer_summary").set_index("customer_id")
    silent = last["T_days"] - last["recency_days"]
    assert silent.min() == 0 and silent.max() == 2  # 7, 8 and 9 October
    assert sorted(running.churn().customers["silence_days"]) == [0, 1, 2]
    assert sorted(running.behaviour().customers["recency_days"]) == [0, 1, 2]


def test_days_that_the_settings_declare_are_those_compared_with(book_of):
    lines = [*business("2026-10-09"), "L1,2025-10-12,C101,1,1000"]
    found = book_of(lines, settings="[periods]\ncomplete_until = 2026-10-12\n")
    assert found.composition().total.iloc[0]["month_last_year_net_amount"] == 8 * 100 + 1000


def test_a_month_that_is_over_is_the_same_whatever_came_later(book_of):
    early, late = book_of(business("2026-09-30"), "2026-09"), book_of(business("2026-10-09"), "2026-09")
    assert early.until is late.until is None
    assert said(early) == said(late)


def test_nothing_is_compared_with_a_month_that_was_begun_when_the_data_begin(book_of):
    """An export of twelve months and a half: October 2025 holds half its sales, and October 2026 has not doubled."""
    book = book_of(business("2026-10-30", "2025-10-16"))
    assert (
        "begin on 16 Oct 2025, in the course of October 2025: nothing is compared with October 2025"
        in said(book)
    )
    total = book.composition().total.iloc[0]
    assert total["month_net_amount"] == 2200 and pd.isna(total["month_last_year_net_amount"])
    months = book.trade().months
    assert pd.isna(months.loc[months["month"] == "2026-10-01", "previous_amount"].item())
    assert "订单行自2025年10月16日起才有" in text_of(views.quality(book.data_quality(), numbers("zh", "CNY")))


def test_who_says_that_there_was_no_sale_before_has_the_first_month_compared(book_of):
    book = book_of(business("2026-10-30", "2025-10-16"), settings="[periods]\ncomplete_from = 2025-10-01")
    assert "begin on" not in said(book)
    months = book.trade().months
    assert months.loc[months["month"] == "2026-10-01", "previous_amount"].item() == 1200
