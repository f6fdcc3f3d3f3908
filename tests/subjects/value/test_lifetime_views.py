"""What readers are told of lifetime value is what the figures say; names are data; small worlds have a sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from books import text_of

from helpers.core.calendar.period_names import numbered_period
from helpers.core.periods import CompanyYear
from helpers.core.proposals import Likelihood
from helpers.present.numbers import numbers
from helpers.present.table import table
from helpers.settings.periods import Periods
from helpers.subjects.value import check_views as trust
from helpers.subjects.value import views as show
from helpers.subjects.value.cohorts import alive_history, cohorts
from helpers.subjects.value.explorer import tier_table, value_bars
from helpers.subjects.value.learning.learning import learn
from helpers.subjects.value.lifetime import lifetime, what_if

OCTOBER = pd.Period("2026-10", "M")
N, ZH = numbers("en", "CNY"), numbers("zh", "CNY")
HOSTILE = "<script>alert(1)</script> {month} $x$"


def made(size=40, seed=3):
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(size):
        day, gap = pd.Timestamp("2024-05-03") + pd.Timedelta(days=7 * number), float(rng.gamma(3, 10)) + 4
        leaves = day + pd.Timedelta(days=float(rng.exponential(1500)))
        while day < min(leaves, pd.Timestamp("2026-10-31")):
            rows.append((f"C{number:02d}", day, float(round(rng.gamma(3, 100) + 1, 2))))
            day += pd.Timedelta(days=int(rng.gamma(2, gap / 2)) + 1)
    log = pd.DataFrame(rows, columns=["customer_id", "date", "net_amount"])
    log["month"] = log["date"].dt.to_period("M").dt.to_timestamp()
    log["log_gap"] = np.log(log.groupby("customer_id")["date"].diff().dt.days).fillna(0.0)
    keys = log.groupby(["customer_id", "month"], as_index=False)
    months = keys.agg(
        purchase_days=("date", "size"), first_purchase=("date", "min"), last_purchase=("date", "max"),
        sum_log_gaps=("log_gap", "sum"),
    )  # fmt: skip
    sold = keys.agg(net_amount=("net_amount", "sum"), purchase_days=("date", "size"))
    sold = sold.assign(net_amount_with_cost=sold["net_amount"], cost_amount=0.5 * sold["net_amount"])
    people = pd.DataFrame({"customer_id": pd.array(sorted(set(log["customer_id"])), dtype="str")})
    people["name"] = pd.array([HOSTILE, *[f"Firm {name}" for name in people["customer_id"][1:]]], dtype="str")
    people["trade_class"] = ["Chains", "DIY shops"] * (len(people) // 2)
    return months, sold, people


MONTHS, SOLD, PEOPLE = made()


@pytest.fixture(scope="module")
def result():
    tiers = pd.Series("A", index=PEOPLE["customer_id"])
    learned = learn(MONTHS, SOLD, OCTOBER)
    return lifetime(
        learned, PEOPLE, SOLD, OCTOBER, tiers, ("trade_class",), first_month=pd.Period("2024-05", "M")
    )


@pytest.fixture(scope="module")
def nobody():
    return lifetime(None, PEOPLE, SOLD.iloc[:0], OCTOBER, pd.Series(dtype="object"), ("trade_class",))


def test_the_headline_gives_value_interval_and_rate(result):
    lead = show.equity_findings(result, N).sentences[0]
    row = show.equity_of(result, "3")
    assert lead.startswith(
        "The 40 customers who have bought are expected to bring " + N.money_short(row["value_amount"])
    )
    assert "of margin in the next 3 years, discounted by 10% a year" in lead
    assert f"between {N.money_short(row['low_80'])} and {N.money_short(row['high_80'])}" in lead


def test_one_customer_is_spoken_of_as_one(result):
    alone = replace(result, customers=result.customers.head(1))
    lead, so_far = show.equity_findings(alone, N).sentences[:2]
    assert lead.startswith("The one customer who has bought is expected to bring ")
    assert so_far.startswith("So far it has brought ")


def test_group_tables_add_up_to_the_total(result):
    table = show.group_table(result, "trade_class", N)
    total = next(line for line in table.text.splitlines() if line.startswith("Total"))
    assert total.split()[1] == "40"
    assert N.count(result.customers["value_amount"].sum()) in total


def test_names_are_never_markup(result):
    listed = show.list_table(result, N)
    shown = table(listed.frame, listed.columns, "All").html
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_long_lists_say_how_many_are_left_out(result):
    assert show.list_table(result, N, most=5).caption.endswith("the 5 largest of 40")


def test_the_record_on_the_past_names_the_method_and_the_share_inside(result):
    words = text_of(*trust.tracked(result, N))
    assert "The forecast" in words and "As in the last 12 months" in words
    assert "taking the last 12 months' instead" in words
    assert "Not testable yet" in words and "3 years and 5 years" in words


def test_a_horizon_that_was_tested_on_few_customers_is_not_called_untestable(result):
    checks = replace(result.checks, moves={})
    few = replace(result, learned=replace(result.learned, checks=checks))
    words = text_of(trust.check_findings(few, N))
    assert "forecasts over 3 years and 5 years" in words and "1 year" not in words


def test_a_salespersons_record_shows_no_company_money(result):
    words = text_of(*trust.tracked(result, N, whole_company=False))
    assert "RMSE of a customer's value" not in words and "purchase days expected" not in words
    hidden = text_of(*trust.tracked(result, N, whole_company=False, shares=False))
    assert hidden == "The record of these forecasts is in the company's report."


def test_cohorts_are_followed_from_the_first_purchase_on():
    """Two join in January 2026: 100 and 300 in the first quarter, 50 from one of them in the second."""
    members = pd.DataFrame({"customer_id": ["a", "b"], "cohort": "2026-1", "first_day": 20_460})
    sold = pd.DataFrame(
        {
            "customer_id": ["a", "b", "a", "a"],
            "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-05-01", "2026-07-01"]),
            "net_amount": [100.0, 300.0, 50.0, 7.0],
            "purchase_days": 1,
        }
    )
    curves = cohorts(members, sold, pd.Period("2026-08", "M"), by_margin=False).curves
    assert pd.Timestamp(20_460, unit="D") == pd.Timestamp("2026-01-07")
    assert curves["age_months"].tolist() == [3, 6], "eight months observed: two whole quarters"
    assert curves["cumulative_amount"].tolist() == [200.0, 225.0]
    assert curves["active_share"].tolist() == [1.0, 0.5]


def test_cohorts_of_a_year_of_thirteen_are_followed_by_its_periods():
    """7 January 2026 is in P01: what is bought in P03 is of the third period, in P04 of the fourth."""
    year = CompanyYear.of(Periods(pattern="13x4"))
    members = pd.DataFrame({"customer_id": ["a"], "cohort": "2026-1", "first_day": 20_460})
    months = pd.Series([numbered_period(2026, place).to_timestamp() for place in (1, 3, 4)])
    sold = pd.DataFrame(
        {"customer_id": "a", "month": months, "net_amount": [1.0, 2.0, 4.0], "purchase_days": 1}
    )
    curves = cohorts(members, sold, numbered_period(2026, 7), by_margin=False, year=year).curves
    assert curves["age_months"].tolist() == [3, 6]
    assert curves["cumulative_amount"].tolist() == [3.0, 7.0]


def test_cohorts_of_many_months_are_added_up_in_parts(result, monkeypatch):
    """A customer's months may lie in two parts: its quarter counts once, and no month is lost."""
    whole = cohorts(result.customers, SOLD, OCTOBER, True).curves
    monkeypatch.setattr("helpers.subjects.value.cohorts._ROWS_AT_ONCE", 3)
    pd.testing.assert_frame_equal(cohorts(result.customers, SOLD, OCTOBER, True).curves, whole)
    assert len(SOLD) > 3


def test_pictures_say_their_finding(result):
    charts = trust.cohort_charts(cohorts(result.customers, SOLD, OCTOBER, True), N)
    assert ["most for its age" in charts[0].title, "fewest" in charts[1].title] == [True, True]
    history = alive_history(result.learned, MONTHS, trust.illustrative_customers(result), OCTOBER)
    assert " fell most in a year: from " in trust.alive_chart(history, result, N).title
    assert "against the report" in value_bars(result, what_if(result, 0.2, 5, 3), N).title


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        (0.25, "next to nothing is expected."),
        (0.0, "next to nothing is expected."),
        (300.0, "CN¥300 a year is expected."),
    ],
)
def test_a_customer_expected_to_bring_pennies_gets_a_sentence_and_no_amount(expected, says):
    row = {"kind": "keep", "year_amount": expected, "window_amount": 22_700.0}
    assert show._reason(row, N, {"measure": "net sales"}).endswith(says)


def test_front_page_gets_findings_and_actions(result):
    weighed = show.weighed_findings(result, N, Likelihood())
    assert weighed and all(finding.amount >= 0 and finding.page == "03_lifetime_value" for finding in weighed)
    proposed = show.proposed_actions(result, N, Likelihood()).worded()
    assert set(proposed["kind"]) <= {"grow", "keep"}
    assert len(proposed) == min(len(result.rising), 15) + min(len(result.fading), 15)
    assert (proposed["value_amount"] >= 0).all()


def test_where_nobody_has_bought_there_is_a_sentence(nobody):
    assert (
        text_of(show.equity_findings(nobody, N))
        == "No customer has bought yet, so there is no lifetime value."
    )
    shown = [
        show.equity_table(nobody, N), show.group_chart(nobody, "trade_class", N),
        show.group_table(nobody, "trade_class", N), show.list_table(nobody, N), *show.movers(nobody, N),
        *trust.tracked(nobody, N), *trust.cohort_charts(cohorts(nobody.customers, SOLD, OCTOBER, False), N),
        trust.alive_chart(alive_history(None, MONTHS, trust.illustrative_customers(nobody), OCTOBER), nobody, N),
        value_bars(nobody, what_if(nobody, 0.1, 3), N),
        tier_table(nobody, what_if(nobody, 0.1, 3), N),
    ]  # fmt: skip
    assert all(text_of(item) for item in shown)
    assert show.weighed_findings(nobody, N, Likelihood()) == []
    assert show.proposed_actions(nobody, N, Likelihood()).rows.empty


def test_chinese_readers_read_chinese(result):
    words = text_of(
        show.equity_findings(result, ZH), show.equity_table(result, ZH), *trust.tracked(result, ZH)
    )
    assert "客户资产" in words and "毛利" in words
    assert "expected" not in words and "customers" not in words
