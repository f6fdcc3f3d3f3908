"""One list of actions: a row a customer, no more than a salesperson can do, and nothing lost in between."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.proposals import Likelihood, Proposals
from helpers.present.numbers import numbers
from helpers.subjects.summary.action_list import action_list
from helpers.subjects.summary.action_views import first_table

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d"],
        "name": ["Anvil", "Bolt", None, "Drill"],
        "salesperson_id": ["S1", "S1", "S2", None],
        "salesperson_name": ["Li", "Li", "Wei", None],
    }
)


def proposed(*rows, because=None, unit="sales"):
    frame = pd.DataFrame(rows, columns=["customer_id", "kind", "value_amount", "due_date"])
    frame["due_date"] = pd.to_datetime(frame["due_date"])
    return Proposals(frame, frame, lambda about: about["kind"] + (because or " because"), unit)


def listed(proposals, limit=5):
    result = action_list(proposals, CUSTOMERS, limit)
    return result.worded(result.actions).itertuples()


def test_several_actions_of_one_customer_are_one_row_with_the_largest_value_and_the_earliest_day():
    one = proposed(("a", "grow", 50.0, "2026-11-30"))
    other = proposed(("a", "keep", 80.0, "2026-11-21"), ("a", "grow", 10.0, "2026-12-30"))
    (row,) = listed([one, other])
    assert row.kinds == ("keep", "grow")
    assert row.reasons == ("keep because", "grow because")
    assert (row.value_amount, row.due_date) == (80.0, pd.Timestamp("2026-11-21"))


def test_reasons_for_different_things_to_do_come_before_another_one_for_the_same():
    one = proposed(("a", "win_back", 90.0, "2026-11-21"), ("a", "collect", 10.0, "2026-11-21"))
    other = proposed(("a", "win_back", 80.0, "2026-11-21"), because=", said otherwise")
    (row,) = listed([one, other])
    assert row.reasons == ("win_back because", "collect because", "win_back, said otherwise")


def test_what_another_reason_says_in_the_same_words_is_said_once():
    said = [
        "Likely to leave (58%): silent for 60; grows less.",
        "Silent for 60.",
        "silent for 6",
        "silent for 60",
    ]
    reasons = iter(said)
    rows = proposed(*(("a", "keep", 90.0 - place, "2026-11-21") for place in range(len(said))))
    (row,) = listed([replace(rows, write=lambda about: list(reasons))])
    assert row.reasons == (said[0], "Silent for 60.", "silent for 6")


def test_the_front_page_counts_whom_people_can_see_to_and_not_everybody_worth_a_word():
    rows = proposed(*((each, "keep", 90.0, "2026-11-21") for each in "abcd"))
    result = action_list([rows], CUSTOMERS, limit=1)
    assert len(result.actions) == 4  # of two customers of Li one is beyond what Li can do
    first = first_table(result, result.actions.query("within").head(2), numbers("en", "GBP"))
    assert first.caption == "2 of 3 customers to see to"


def test_nobody_visits_a_customer_twice():
    rows = proposed(("a", "visit", 80.0, "2026-11-21"), ("a", "keep", 60.0, "2026-11-21"),
                    ("a", "collect", 70.0, "2026-11-21"))  # fmt: skip
    (row,) = listed([rows])
    assert row.kinds == ("visit", "collect")
    assert len(row.reasons) == 3


def test_whom_the_missed_month_came_from_is_called_before_anything_worth_more():
    calls = proposed(("b", "call", 5.0, "2026-11-07"), ("a", "call", 9.0, "2026-11-07"))
    rest = proposed(("c", "grow", 900.0, "2026-11-30"), ("b", "keep", 800.0, "2026-11-21"))
    first, second, third = listed([rest, calls])
    assert [row.customer_id for row in (first, second, third)] == ["b", "a", "c"]
    assert (first.kinds, first.place, first.due_date) == (("call",), 1, pd.Timestamp("2026-11-07"))
    assert (third.measure, third.shown_amount) == ("to_win", 900.0)


def test_what_a_salesperson_cannot_do_is_counted():
    rows = proposed(("a", "keep", 80.0, "2026-11-21"), ("b", "keep", 90.0, "2026-11-21"),
                    ("c", "visit", 10.0, "2026-11-21"))  # fmt: skip
    result = action_list([rows], CUSTOMERS, 1)
    assert dict(zip(result.actions["customer_id"], result.actions["within"], strict=True)) == {
        "b": True, "a": False, "c": True,
    }  # fmt: skip
    li = result.owners[result.owners["salesperson_id"] == "S1"].iloc[0]
    assert (li["listed"], li["value_amount"], li["more"], li["more_amount"]) == (1, 90.0, 1, 80.0)


def test_a_customer_of_another_scope_is_not_in_the_list():
    rows = proposed(("x", "keep", 80.0, "2026-11-21"))
    assert action_list([rows], CUSTOMERS, 5).actions.empty
    assert action_list([], CUSTOMERS, 5).owners.empty


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(["keep", "grow"]), st.integers(0, 99)), min_size=1
    ),
    st.integers(1, 4),
)
def test_every_customer_proposed_is_listed_or_counted(rows, limit):
    frame = proposed(*[(who, kind, float(value), "2026-11-21") for who, kind, value in rows])
    result = action_list([frame], CUSTOMERS, limit)
    worth = frame.rows[frame.rows["value_amount"] > 0]
    assert result.owners["listed"].sum() + result.owners["more"].sum() == worth["customer_id"].nunique()
    assert (result.owners["listed"] <= limit).all()


def test_growth_is_worth_what_the_customer_is_likely_to_stay_for():
    likely = Likelihood(pd.Series({"a": 0.25, "b": 0.9}))
    rows = proposed(("a", "grow", 80.0, "2026-11-30"), ("b", "grow", 80.0, "2026-11-30"))
    result = action_list([rows], CUSTOMERS, 5, likely)
    assert dict(zip(result.actions["customer_id"], result.actions["value_amount"], strict=True)) == {
        "a": 60.0, "b": pytest.approx(8.0)
    }  # fmt: skip


def test_who_is_about_to_leave_is_won_back_before_it_is_to_grow():
    likely = Likelihood(pd.Series({"a": 0.96, "b": 0.96}))
    rows = [
        proposed(("a", "grow", 800.0, "2026-11-30"), ("b", "grow", 8.0, "2026-11-30")),
        proposed(("a", "win_back", 50.0, "2026-11-30")),
    ]
    result = action_list(rows, CUSTOMERS, 5, likely)
    said = {row.customer_id: row.kinds for row in result.worded(result.actions).itertuples()}
    assert said == {"a": ("win_back",), "b": ("grow",)}


def test_advice_worth_next_to_nothing_is_left_out():
    rows = [proposed(("a", "keep", 1000.0, "2026-11-21")), proposed(("a", "collect", 9.0, "2026-11-01"))]
    (row,) = listed(rows)
    assert (row.kinds, row.due_date) == (("keep",), pd.Timestamp("2026-11-21"))


def test_all_actions_are_worth_margin_whatever_their_subject_reckons_in():
    margins = pd.Series({"a": 0.25, "b": -0.1, "c": 0.5})
    rows = [
        proposed(("a", "keep", 80.0, "2026-11-21"), ("b", "keep", 80.0, "2026-11-21")),
        proposed(("c", "grow", 30.0, "2026-11-21"), unit="margin"),
        proposed(("b", "collect", 7.0, "2026-11-21"), unit="money"),
    ]
    result = action_list(rows, CUSTOMERS, 5, margins=margins)
    worth = dict(zip(result.actions["customer_id"], result.actions["value_amount"], strict=True))
    # b is sold to below cost: nothing is kept with it, but what it owes is owed.
    assert worth == {"a": 20.0, "b": 7.0, "c": 30.0}
    assert (result.unit, action_list(rows, CUSTOMERS, 5).unit) == ("margin", "sales")


def test_who_is_to_be_won_back_is_not_to_grow_however_likely_it_is_to_stay():
    rows = [proposed(("a", "grow", 90.0, "2026-11-21")), proposed(("a", "win_back", 5.0, "2026-11-21"))]
    (row,) = action_list(rows, CUSTOMERS, 5).actions.itertuples()
    assert row.value_amount == 5.0


def test_a_customer_with_whom_nothing_is_to_be_had_gets_no_action_but_its_answer():
    rows = proposed(("a", "visit", 0.0, "2026-11-21"), ("b", "answer_complaint", 0.0, "2026-11-21"))
    assert action_list([rows], CUSTOMERS, 5).actions["customer_id"].tolist() == ["b"]
