"""Who is about to leave, from the panel of past month ends to the list: what is known, and what must not be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import line

from helpers.book import open_book
from helpers.present.name_lists import PAGE_ROWS
from helpers.subjects.churn import choice_views as choices
from helpers.subjects.churn import panel as panels
from helpers.subjects.churn import views as show
from helpers.subjects.churn.churn import churn
from helpers.subjects.churn.learning.evaluation import (
    Drift,
    auc,
    average_precision,
    calibration_error,
    evaluate,
    lift,
)
from helpers.subjects.churn.learning.features import early_end, estimate_horizon, outcome_paths

ORDERS = [line("a", day, 10) for day in ("2025-01-10", "2025-02-09", "2025-04-10", "2025-12-01")]
ORDERS += [
    line("b", "2025-03-31", 5),
    line("c", "2025-06-01", 5),
    line("c", "2025-06-20", -5, order="c@2025-06-01"),
]


def test_panel_says_what_was_known_at_each_month_end(facts_of):
    panel = (
        facts_of("2025-12", order_lines=ORDERS).frame("purchase_panel").set_index(["customer_id", "origin"])
    )
    april = panel.loc[("a", pd.Timestamp("2025-04-01"))]
    assert april[["frequency", "recency_days", "T_days", "silence_days"]].tolist() == [2, 90, 110, 20]
    assert april["sum_log_gaps"] == pytest.approx(np.log(30) + np.log(60))
    assert april[["gap_squares", "longest_gap_days"]].tolist() == [30**2 + 60**2, 60]
    assert april[["purchases_1", "purchases_3", "purchases_12", "net_amount_12"]].tolist() == [1, 2, 3, 30]
    assert np.isnan(april["purchases_3_year_ago"])  # the data begin in 2025
    assert panel.loc[("a", pd.Timestamp("2025-12-01")), "returned_gap_days"] == 235
    assert ("b", pd.Timestamp("2025-02-01")) not in panel.index
    assert "c" not in panel.index.get_level_values(0)  # its only order was cancelled


def test_the_panel_is_the_same_where_many_customers_are_added_up_part_by_part(facts_of, monkeypatch):
    facts = facts_of("2025-12", order_lines=ORDERS)
    monkeypatch.setattr(panels, "_CUSTOMERS_PER_BATCH", 1)
    parts = panels.FACTS["purchase_panel"].build(facts).order_by(["customer_id", "origin"]).to_pandas()
    pd.testing.assert_frame_equal(
        parts.astype({"net_amount_12": float})[
            ["customer_id", "T_days", "net_amount_12", "longest_gap_days"]
        ],
        facts.frame("purchase_panel")[["customer_id", "T_days", "net_amount_12", "longest_gap_days"]],
        check_dtype=False,
    )


def test_the_panel_of_those_who_have_bought_nothing_has_no_row(facts_of):
    assert facts_of("2025-06", order_lines=ORDERS[-2:]).frame("purchase_panel").empty


def test_leaving_is_no_purchase_within_the_horizon_and_unknown_before_it_has_passed(facts_of):
    panel = facts_of("2025-12", order_lines=ORDERS).frame("purchase_panel")
    held = outcome_paths(panel, 3)[panel["customer_id"] == "a"]
    left = held[3].tolist()
    assert left[:9] == [0, 0, 0, 1, 1, 1, 1, 1, 0]
    assert np.isnan(left[9:]).all()
    # After January it bought in February; after February not until April.
    assert held.iloc[:2].to_numpy().tolist() == [[0, 0, 0], [1, 0, 0]]
    assert held.iloc[-2].tolist()[:1] == [0]  # bought in December: of November one month is known
    assert estimate_horizon(panel, 0.9) == 4  # its mean gap is 108 days


def test_the_month_end_of_the_purchase_model_stays_where_it_is_as_months_are_added():
    """Months are counted: 12 * year + month, so that 24 is a December."""
    since_november = [early_end(range(23, 23 + months)) for months in range(1, 48)]
    assert since_november[:4] == [23] * 4
    assert set(since_november[4:17]) == {27}  # end of March, while the data are young
    assert set(since_november[17:]) == {30}  # end of June
    moving = [early_end(range(first, first + 48)) for first in range(23, 47)]
    assert set(moving) == {36, 48, 60}  # ends of years


def test_too_little_history_falls_back_and_says_so(facts_of):
    frame = facts_of("2025-12", order_lines=ORDERS).frame("purchase_panel")
    result = churn(frame, pd.Period("2025-12", "M"))
    assert result.method == "purchase_model"
    assert result.customers["probability"].between(0, 1).all()
    alone = facts_of("2025-12", order_lines=[line("b", "2025-12-01", 5)]).frame("purchase_panel")
    once = churn(alone, pd.Period("2025-12", "M"))
    assert (once.method, once.horizon_months) == ("recency", 3)
    assert once.customers["probability"].tolist() == [pytest.approx(30 / (30 + 3 * 365.25 / 12))]
    nobody = churn(frame.iloc[:0], pd.Period("2025-12", "M"))
    assert nobody.customers.empty


def test_measures_by_hand():
    outcome, score = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.5, 0.5])
    assert auc(outcome, score) == pytest.approx((1 + 1 + 0 + 0.5) / 4)
    assert average_precision(outcome, score) == pytest.approx(0.5 * 1 + 0.5 * 2 / 4)
    assert lift(outcome, score, 0.25) == 2
    assert calibration_error(outcome, np.full(4, 0.5), bins=1) == 0
    assert calibration_error(outcome, np.full(4, 0.7), bins=1) == pytest.approx(0.2)


def test_a_score_against_itself_gains_nothing():
    rows = pd.DataFrame(
        {"customer_id": list("abcdef"), "number": 1, "left": [1, 0, 1, 0, 0, 1.0], "s": np.arange(6.0)}
    )
    table = evaluate(rows, {"one": "s", "recency": "s"})
    assert table[["gain", "gain_low", "gain_high"]].to_numpy().ravel().tolist() == [0] * 6
    assert table["brier"].isna().all()  # days are no probability


@pytest.fixture(scope="module")
def earlier():
    book = open_book(month="2026-04")
    return book, book.frame("purchase_panel"), book.churn()


def test_on_the_sample_the_score_is_above_recency_by_more_than_noise(earlier):
    __, __, seen = earlier
    test = seen.test.set_index("score")
    assert seen.method == "learned"
    assert test.loc["score", "gain_low"] > 0
    assert test.loc["score", "calibration_error"] < 0.05


def test_a_row_dated_after_the_month_end_changes_nothing_that_is_learnt_from(facts_of):
    touch = {"date": "2025-11-03", "customer_id": "a", "kind": "visit"}
    later = [line("a", "2026-01-05", 99), line("a", "2026-01-06", -10, order="a@2025-12-01")]
    now = facts_of("2025-12", order_lines=ORDERS, interactions=[touch])
    then = facts_of(
        "2025-12", order_lines=ORDERS + later, interactions=[touch, touch | {"date": "2026-01-09"}]
    )
    for fact in ("purchase_panel", "signal_panel", "last_contacts"):
        pd.testing.assert_frame_equal(now.frame(fact), then.frame(fact), check_exact=True)
    assert now.frame("last_contacts")["last_contact"].tolist() == [pd.Timestamp("2025-11-03")]


@pytest.mark.slow
def test_the_order_of_the_rows_changes_no_bit(earlier):
    book, panel, seen = earlier
    sent = book.frame("signal_panel").sample(frac=1, random_state=2)
    margin = seen.warn.value_amount / seen.customers["net_amount_12"].median()
    classes = book.frame("customers").set_index("customer_id")["trade_class"]
    again = churn(
        panel.sample(frac=1, random_state=1), book.month, book.settings.churn, sent, margin, classes=classes
    )
    pd.testing.assert_frame_equal(again.customers, seen.customers, check_exact=True)
    pd.testing.assert_frame_equal(again.history, seen.history, check_exact=True)


def test_the_list_is_in_order_of_money_and_its_parts_agree(earlier):
    book, __, seen = earlier
    risk = book.risk_list(seen)
    assert risk.customers["risk_amount"].is_monotonic_decreasing
    assert (risk.customers["probability"] >= seen.warn.probability).all()
    now = book.customer_states().customers.set_index("customer_id")["state"]
    assert set(risk.customers["customer_id"]) == set(now.index[now == "at_risk"])
    assert set(risk.silent["customer_id"]) == set(now.index[now.isin(["overdue", "lapsed"])])
    # Nobody's order is overdue who is within its own usual gap.
    assert (risk.silent["silence_days"] > risk.silent["usual_gap_days"]).all()
    assert (risk.record["warned_left"] <= risk.record[["warned", "left"]].min(axis=1)).all()
    n = book.numbers
    assert show.risk_table(risk, book.settings.playbook, n).row_count == min(len(risk.customers), 50)
    assert len(show.churn_findings(replace(seen, drift=None), risk, n).sentences) == 4
    weights = [each.amount for each in show.weighed_findings(seen, risk, n)]
    assert weights == [risk.risk_amount, risk.silent_amount]
    actions = show.proposed_actions(seen, risk, n).worded()
    assert set(actions["kind"]) <= {"visit", "keep", "win_back"}
    # Who has lapsed is to be won back; of those at risk who is worth a visit gets one.
    lapsed = risk.silent.loc[risk.silent["state"] == "lapsed", "customer_id"]
    assert set(actions.loc[actions["kind"] == "win_back", "customer_id"]) == set(lapsed)
    visited = set(risk.customers.loc[risk.customers["visit"], "customer_id"])
    assert 0 < len(visited) <= book.settings.churn.visit_capacity
    assert set(actions.loc[actions["kind"] == "visit", "customer_id"]) <= visited
    assert show.record_table(risk, n).row_count == 12
    assert show.test_table(seen, n).row_count == 5


def test_a_page_says_where_recency_is_the_score_and_where_nobody_can_be_warned_of(earlier):
    book, __, seen = earlier
    plain, blind = replace(seen, candidate="recency", saw_season=False), replace(seen, tells=False)
    for language, by_days, unseen, nobody in (
        ("en", "the days since the last order alone", "season is not", "Nobody is warned of"),
        ("zh", "只依据距最后一次订单的天数", "尚不含", "不作预警"),
    ):
        n = open_book(month="2026-04", language=language).numbers
        said = " ".join(show.churn_findings(plain, book.risk_list(plain), n).sentences)
        assert by_days in said
        assert unseen in said
        assert by_days in " ".join(choices.threshold_findings(plain, n).sentences)
        assert show.churn_findings(blind, book.risk_list(blind), n).sentences[0].startswith(nobody)
        assert choices.threshold_findings(blind, n).sentences[0].startswith(nobody)


def test_probabilities_that_were_off_of_late_are_said_to_be_and_what_is_at_stake_widens(earlier):
    book, __, seen = earlier
    off, n = Drift(True, 3, 0.3, 0.6, 3.5), book.numbers
    assert off.shifted(pd.Series([0.3, 0.0, 1.0])).tolist() == pytest.approx([0.6, 0, 1])
    risk = book.risk_list(replace(seen, drift=off))
    said = show.churn_findings(replace(seen, drift=off), risk, n).sentences[4]
    assert "60% left where 30% were expected" in said
    assert f"{n.money_short(risk.risk_amount)} to" in said
    assert "60%" not in " ".join(show.churn_findings(replace(seen, drift=off).disclosed(), risk, n).sentences)

    wide = book.risk_list(replace(seen, drift=off).disclosed())
    assert (wide.customers["probability_drift"] > wide.customers["probability"]).all()
    assert "If off as of late" in show.risk_table(wide, book.settings.playbook, n).html
    more = wide.everyone["probability_drift"].ge(seen.warn.probability) & wide.everyone["may_warn"].astype(
        bool
    )
    said = show.churn_findings(replace(seen, drift=off), wide, n).sentences[5]
    assert f" {int(more.sum()) - len(wide.customers)} more customers are at risk" in said
    assert (
        "If off"
        not in show.risk_table(book.risk_list(replace(seen, drift=None)), book.settings.playbook, n).html
    )


def test_salespeople_see_their_own_customers_with_the_company_s_probabilities(earlier):
    book, __, seen = earlier
    owner = book.frame("customers")["salesperson_id"].dropna().iloc[0]
    own = open_book(month="2026-04", scope=f"salesperson:{owner}")
    mine = own.churn().customers
    assert set(mine["customer_id"]) <= set(own.frame("customers")["customer_id"])
    both = mine.merge(seen.customers, on="customer_id", suffixes=("", "_company"))
    assert len(both) == len(mine) > 0
    assert (both["probability"] == both["probability_company"]).all()


def test_an_overdue_order_is_silent_for_more_days_than_the_table_allows(earlier):
    book, __, seen = earlier
    risk = book.risk_list(seen)
    shown = [show.silent_tables(risk, book.numbers)[place].html for place in (0, 1)]
    for state, page in zip(("overdue", "lapsed"), shown, strict=True):
        rows = risk.silent[risk.silent["state"] == state]
        assert len(rows) > 0
        assert all(f">{limit:,.0f}<" in page for limit in np.floor(rows["limit_days"]).head(PAGE_ROWS))
        assert (rows["silence_days"] > np.floor(rows["limit_days"])).all()
