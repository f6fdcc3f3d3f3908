"""One state of customers, one count: on every page, in the workbook of tables and in the list of customers."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from churn_world import CUSTOMERS, orders
from state_words import CHINESE, ENGLISH, assert_one_count_each, counts_in, said_twice

from helpers.book import open_book
from helpers.report.monthly import make_report
from helpers.report.requests import ReportRequest


def small_world(folder: Path) -> Path:
    """Three years of customers of whom six in ten leave, and one who never bought; half in a class of their own."""
    folder.mkdir()
    pd.DataFrame(orders()).to_csv(folder / "order_lines.csv", index=False)
    people = pd.DataFrame(CUSTOMERS).assign(
        trade_class=lambda it: ["shops", "dealers"] * (len(it) // 2) + ["shops"]
    )
    people.to_csv(folder / "customers.csv", index=False)
    return folder


def young_world(folder: Path) -> Path:
    """Five months of weekly and monthly buyers: nothing can be learnt, and everybody has a state all the same."""
    folder.mkdir()
    rows = []
    for number in range(24):
        days = range(number % 7, 150 if number % 3 else 60, 7 if number % 2 else 30)
        rows += [
            (
                f"o{number}-{day}",
                pd.Timestamp("2026-05-02") + pd.Timedelta(days=day),
                f"c{number:02}",
                100 + number,
            )
            for day in days
        ]
    lines = pd.DataFrame(rows, columns=["order_id", "order_date", "customer_id", "net_amount"])
    lines.assign(salesperson_id="S1", quantity=1).to_csv(folder / "order_lines.csv", index=False)
    return folder


def made(request: ReportRequest) -> Path:
    pack = make_report(request, lambda step: None)
    assert pack.failures == ()
    return pack.folder


@pytest.mark.slow
@pytest.mark.parametrize("world", [small_world, young_world])
def test_no_word_for_a_state_has_two_counts_in_a_small_company(world, tmp_path, own_cache):
    data = world(tmp_path / "exports")
    found = counts_in(made(ReportRequest(data=str(data), out=tmp_path / "reports")), ENGLISH)
    assert_one_count_each(found, open_book(data).customer_states(), ENGLISH)


@pytest.mark.slow
def test_no_word_for_a_state_has_two_counts_in_the_sample(companys_pack, sample):
    assert_one_count_each(counts_in(companys_pack, ENGLISH), sample.customer_states(), ENGLISH)


@pytest.mark.slow
def test_no_word_for_a_state_has_two_counts_in_the_sample_in_chinese(tmp_path, sample):
    found = counts_in(made(ReportRequest(month="2026-10", language="zh", out=tmp_path)), CHINESE)
    assert_one_count_each(found, sample.customer_states(), CHINESE)


def test_a_second_count_is_found_wherever_it_stands(tmp_path):
    """As the pages were: lost by a segment, by a movement and by a state."""
    page = """<table><tr><th>Segment</th><th>Customers</th></tr><tr><td>Lost</td><td>62</td></tr></table>
        <p>38 customers were lost in a year.</p><svg aria-label="Lost: 84; At risk: 12"></svg>
        <table><tr><th>A month ago</th><th>Lost</th><th>All</th></tr><tr><td>Lost</td><td>80</td><td>80</td></tr>
        <tr><td>All</td><td>84</td><td>84</td></tr></table>"""
    (tmp_path / "02_page.html").write_text(page, encoding="utf-8")
    pd.DataFrame({"State": ["At risk", "Lost"], "Customers": [13, 84]}).to_excel(
        tmp_path / "tables.xlsx", index=False
    )
    twice = said_twice(counts_in(tmp_path))
    assert {word: sorted(counts) for word, counts in twice.items()} == {
        "Lost": [38, 62, 84],
        "At risk": [12, 13],
    }


@pytest.fixture(scope="module")
def sample():
    return open_book(month="2026-10")


@pytest.mark.slow
def test_the_samples_states_are_those_of_plain_sql(sample):
    """Another road: from each customer's last purchase alone."""
    states = sample.customer_states()
    tables = {
        "days": sample.frame("customer_summary")[["customer_id", "last_purchase"]],
        "known": sample.frame("customers")[["customer_id"]],
        "now": states.customers.astype({"state": "str"}),
    }
    engine = duckdb.connect()
    for name, table in tables.items():
        engine.register(name, table)
    never, long_silent = engine.sql("""
        SELECT count(*) FILTER (last_purchase IS NULL),
            count(*) FILTER (DATE '2026-10-31' - last_purchase::DATE > 366.25)
        FROM known LEFT JOIN days USING (customer_id)
    """).fetchone()
    assert states.counts["never_bought"] == never
    assert 0 < states.counts["lost"] <= long_silent
    wrong = engine.sql("""
        SELECT * FROM (
            SELECT *, DATE '2026-10-31' - last_purchase::DATE AS silent FROM now LEFT JOIN days USING (customer_id)
        )
        WHERE state = 'lost' AND NOT silent > 366.25
           OR state IN ('overdue', 'lapsed') AND NOT silent > limit_days
           OR state IN ('active', 'slowing', 'won_back') AND silent > limit_days
    """).fetchall()
    assert wrong == []
    assert len(states.customers) == len(tables["known"])


@pytest.mark.slow
@pytest.mark.parametrize("state", ["overdue", "at_risk", "lapsed"])
def test_a_customers_rhythm_is_that_of_its_order_days(sample, state):
    """By hand for one customer of each: the gaps between its days with positive net sales."""
    states = sample.customer_states().customers
    row = states[(states["state"] == state) & states["own_rhythm"].eq(True)].iloc[0]
    days = sample.facts.table("order_days").execute()
    days = days[days["customer_id"] == row["customer_id"]]
    # An order that was taken back whole is no purchase.
    days = days[days.groupby("order_id")["net_amount"].transform("sum") > 0]
    days = days.groupby(pd.to_datetime(days["order_date"]))["net_amount"].sum()
    days = pd.Series(days.index[days > 0])
    gaps = days.diff().dt.days.dropna()
    assert row["silence_days"] == (pd.Timestamp("2026-10-31") - days.iloc[-1]).days
    assert row["usual_gap_days"] == pytest.approx(gaps.mean())
    assert row["limit_days"] == pytest.approx(max(2 * gaps.mean(), gaps.mean() + 2 * gaps.std()))
