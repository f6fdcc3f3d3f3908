"""What became of last month's actions, held against what the customers do by themselves."""

import numpy as np
import pandas as pd
import pytest
from books import text_of

from helpers.present.numbers import numbers
from helpers.subjects.followup.outcomes import SinceList, outcomes, verdict
from helpers.subjects.followup.queries import match_listed_kinds
from helpers.subjects.followup.views import outcome_tables

MONTH = pd.Period("2026-09", "M")
NOTHING_SAID = pd.DataFrame(columns=["customer_id", "action", "status", "date", "note"])


def listed(*actions):
    rows = pd.DataFrame(actions, columns=["customer_id", "kind"])
    return rows.assign(
        name=rows["customer_id"], value_amount=100.0, due_date=pd.Timestamp("2026-10-15"), salesperson_id="S1",
        salesperson_name="Ann",
    )  # fmt: skip


def bought(**months):
    """Net sales by customer, month after month; the last one is the report's."""
    frame = pd.DataFrame(months).T
    frame.columns = pd.period_range(end=MONTH + 1, periods=frame.shape[1], freq="M")
    return frame


def hits(actions, since, feedback=NOTHING_SAID):
    return outcomes(MONTH, listed(*actions), since, feedback).rows.set_index(["customer_id", "kind"])["hit"]


def test_a_visit_came_true_where_the_customer_bought_and_growth_where_it_bought_as_ever():
    since = SinceList(bought(A=[100, 0, 100, 40], B=[100, 100, 100, 0], C=[10, 10, 10, 10]))
    told = hits([("A", "visit"), ("A", "grow"), ("B", "win_back"), ("C", "keep"), ("D", "visit")], since)
    assert told.tolist() == [1, 0, 0, 1, 0]


def test_by_itself_is_the_share_of_the_customers_own_months_before():
    rows = outcomes(
        MONTH, listed(("A", "visit"), ("A", "grow")), SinceList(bought(A=[300, 0, 30, 40])), NOTHING_SAID
    ).rows
    assert rows["by_chance"].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_two_months_are_too_few_to_tell_how_often_a_customer_buys_by_itself():
    rows = outcomes(
        MONTH, listed(("A", "visit"), ("A", "grow")), SinceList(bought(A=[300, 0, 40])), NOTHING_SAID
    ).rows
    assert rows["by_chance"].isna().all()
    assert rows["hit"].tolist()[0] == 1
    assert np.isnan(rows["hit"].tolist()[1])


def test_money_was_collected_where_nothing_of_what_was_overdue_is_left():
    since = SinceList(
        bought(A=[1.0] * 4), overdue_before=pd.Series({"A": 50.0, "B": 50.0, "C": 0.0}),
        overdue_still=pd.Series({"B": 20.0}),
    )  # fmt: skip
    told = hits([("A", "collect"), ("B", "collect"), ("C", "collect")], since)
    assert told.iloc[:2].tolist() == [1, 0]
    assert np.isnan(told.iloc[2])
    rows = outcomes(MONTH, listed(("B", "collect")), since, NOTHING_SAID).rows
    assert rows["paid_amount"].tolist() == [30.0]


def test_a_complaint_was_answered_where_every_one_that_was_open_is_closed():
    since = SinceList(
        bought(A=[1.0] * 4), open_before=pd.Series({"A": 2, "B": 2}), closed=pd.Series({"A": 2, "B": 1})
    )
    assert hits([("A", "answer_complaint"), ("B", "answer_complaint")], since).tolist() == [1, 0]


def test_where_invoices_are_not_supplied_the_data_do_not_tell():
    assert hits([("A", "collect"), ("A", "review_credit")], SinceList(bought(A=[1.0] * 4))).isna().all()


def test_what_people_feed_back_stands_beside_what_the_data_show():
    said = pd.DataFrame({
        "customer_id": ["A", "A"], "action": ["visit", "grow"], "status": ["done", "dropped"],
        "date": [pd.Timestamp("2026-10-12"), pd.NaT], "note": ["asked for prices", None],
    })  # fmt: skip
    result = outcomes(MONTH, listed(("A", "visit"), ("B", "visit")), SinceList(bought(A=[1, 1, 1, 5])), said)
    assert result.rows["status"].tolist()[0] == "done"
    (kind,) = result.kinds.to_dict("records")
    assert (kind["listed"], kind["fed_back"], kind["done"], kind["hit"]) == (2, 1, 1, 1)
    text = text_of(*outcome_tables(result, numbers("en", "CNY")))
    assert "The list of September 2026 had 2 actions; of 2 of which the data tell, 1 came true." in text
    assert "asked for prices" in text


def test_more_than_by_itself_is_said_only_where_chance_is_unlikely_and_there_are_enough():
    half = np.full(20, 0.5)
    assert verdict(half, 10) == "same"
    assert verdict(half, 16) == "more"  # 16 or more of 20 coins: 0.6%, twice that is below 5%
    assert verdict(half, 4) == "less"
    assert verdict(half, 14) == "same"  # 14 or more: 5.8%
    assert verdict(np.full(9, 0.5), 9) == ""


def test_a_talk_reported_back_is_the_talk_of_the_companys_list_and_a_call_of_a_scope_is_heard():
    feedback = pd.DataFrame({"customer_id": ["A", "A", "B", "C", "C", "X"],
                             "action": ["call", "visit", "call", "collect", "call", "call"],
                             "status": ["done", "not_done", "done", "done", "done", "done"],
                             "date": pd.to_datetime(["2026-10-20", "2026-10-05", *["2026-10-01"] * 4])})  # fmt: skip
    people = pd.DataFrame({"customer_id": ["A", "B", "C"], "name": ["Anvil", "Bolt", "Chain"]})
    said, calls = match_listed_kinds(
        feedback, listed(("A", "visit"), ("C", "keep"), ("C", "collect")), people
    )
    assert list(zip(said["customer_id"], said["action"], strict=True)) == [
        ("A", "visit"), ("B", "call"), ("C", "collect"), ("C", "keep"), ("X", "call"),
    ]  # fmt: skip
    assert (
        said["status"].iloc[0] == "done"
    )  # the visit had not been made on the 5th, the call was on the 20th
    assert calls[["customer_id", "kind"]].to_numpy().tolist() == [["B", "call"]]
    # Of whose customers the company's list has none, the own calls are heard too.
    assert match_listed_kinds(feedback, listed(), people)[1]["customer_id"].tolist() == ["A", "B", "C"]


def test_a_call_that_the_list_did_not_have_is_heard_and_not_counted_as_listed():
    rows = pd.concat([listed(("A", "visit")).assign(added=False), listed(("B", "call")).assign(added=True)])
    said = pd.DataFrame({"customer_id": ["B"], "action": ["call"], "status": ["done"], "date": [pd.NaT],
                             "note": [None]})  # fmt: skip
    result = outcomes(MONTH, rows, SinceList(bought(A=[1, 0, 0, 2], B=[1, 1, 1, 5])), said)
    assert result.kinds.set_index("kind")["listed"].to_dict() == {"visit": 1, "call": 0}
    said = outcome_tables(result, numbers("en", "CNY"))[1].sentences
    assert said[0].startswith(
        "The list of September 2026 had 1 action; of 1 of which the data tell, 1 came true"
    )
    assert "1 call of a salesperson's own list was reported back beside them." in said


def test_without_a_month_before_the_page_says_nothing_at_all():
    assert outcome_tables(None, numbers("en", "CNY")) == []
