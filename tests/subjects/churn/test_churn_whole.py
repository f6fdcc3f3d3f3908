"""Leaving from rows to list: nothing dated later enters, an empty scope is shown as one, Chinese reads as Chinese."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from books import book_on, text_of
from builders import line
from churn_world import CUSTOMERS, orders

from helpers.book import open_book
from helpers.subjects.churn import choice_views as choices
from helpers.subjects.churn import state_views as states
from helpers.subjects.churn import views as show
from helpers.subjects.signals.catalogue import sentence

COMPLAINTS = [{"customer_id": f"c{n:03}", "opened_at": "2026-08-05 10:00:00"} for n in range(0, 150, 3)]
TOUCHES = [{"date": "2026-09-03", "customer_id": "c001", "kind": "visit"}]


@pytest.fixture
def book_of(facts_of):
    def build(scope="company", language="en", **supplied):
        people = [{"salesperson_id": s, "name": s, "team": "T"} for s in ("S1", "S2")]
        given = {
            "order_lines": orders(),
            "customers": CUSTOMERS,
            "salespeople": people,
            "interactions": TOUCHES,
        }
        return book_on(facts_of("2026-10", **(given | supplied)), scope, language=language)

    return build


@pytest.mark.slow
def test_rows_after_the_month_end_leave_probabilities_states_and_list_as_they_were(book_of):
    later = [line("c001", "2026-11-02", 900), line("c002", "2026-12-24", 1), line("new", "2026-11-30", 5)]
    later.append(line("c003", "2026-11-05", -50, order="cancelled"))
    now = book_of(complaints=COMPLAINTS)
    then = book_of(
        order_lines=orders() + later,
        complaints=[*COMPLAINTS, {"customer_id": "c001", "opened_at": "2026-11-02 09:00:00"}],
        interactions=[*TOUCHES, {"date": "2026-11-04", "customer_id": "c001", "kind": "visit"}],
    )
    one, other = now.churn(), then.churn()
    assert one.method == "learned"
    assert one.customers["complaints"].max() == 1  # signals are looked at
    assert one.warn.curve.equals(other.warn.curve)
    for part in ("customers", "history", "states", "test", "shrinking_test"):
        pd.testing.assert_frame_equal(getattr(one, part), getattr(other, part), check_exact=True)
    mine, theirs = now.risk_list(one), then.risk_list(other)
    assert len(mine.customers) > 5
    for part in ("customers", "everyone", "shrinking", "recovered", "record"):
        pd.testing.assert_frame_equal(getattr(mine, part), getattr(theirs, part), check_exact=True)


def views(book):
    seen = book.churn()
    risk, n = book.risk_list(seen), book.numbers
    chosen = book.choose(seen, risk)
    return [
        show.churn_findings(seen, risk, n), show.risk_table(risk, book.settings.playbook, n),
        show.shrinking_table(risk, n), show.record_table(risk, n), choices.choice_findings(chosen, n),
        choices.gain_chart(seen, n), choices.choice_table(chosen, n), states.state_chart(seen, n),
        states.flow_table(seen, n),
    ]  # fmt: skip


@pytest.mark.slow
def test_a_scope_without_customers_is_said_to_be_one(book_of):
    few = [row for row in orders() if row["customer_id"] < "c015"]
    said = [text_of(view) for view in views(book_of("salesperson:S2", order_lines=few))]
    assert "nobody can be judged" in said[0]
    assert "Nobody is to be warned of." in said[1]
    assert "No visit would pay" in said[4]


@pytest.mark.slow
def test_every_view_speaks_chinese():
    book = open_book(language="zh", month="2026-04")
    said = [text_of(view).split("\n")[0] for view in views(book)]
    assert all(any("\u4e00" <= feature <= "\u9fff" for feature in words) for words in said)
    assert not any("customer" in words or "visit" in words for words in said)


def test_a_reason_is_the_customers_own():
    """Nobody who has bought for over a year is "not long a customer", and a usual gap is not called silence."""
    book = open_book(month="2026-04")
    table = book.churn().customers
    old = table[table["recency_days"] > 365]
    assert not any("short_relationship" in reasons for reasons in old["reasons"])
    assert table["reasons"].map(len).max() == 3
    seldom = {
        "reasons": ("silence",), "mean_gap_days": 164.0, "gap_spread_days": 20.0, "silence_days": 11.0,
    }  # fmt: skip
    assert show.reason_words(seldom, book.numbers) == "buys every 164 days, last 11 days ago"


@pytest.mark.slow
def test_who_is_listed_as_likely_to_leave_has_a_reason_where_nothing_of_its_own_speaks(book_of):
    book = book_of()
    scores = book.churn()
    nobody_s = pd.Series(
        [()] * len(scores.customers), scores.customers.index
    )  # as where the typical customer leaves
    seen = replace(scores, customers=scores.customers.assign(reasons=nobody_s))
    risk, n = book.risk_list(seen), book.numbers
    assert len(risk.customers) > 5
    for row in risk.customers.to_dict("records"):
        said = show.reason_words(row, n)
        assert said.endswith("no sign of its own stands out against the typical customer")
        assert n.count(row["silence_days"]) in said
    assert said in text_of(show.risk_table(risk, book.settings.playbook, n))


@pytest.mark.slow
def test_a_silence_is_the_same_in_the_list_on_the_card_and_among_the_signals():
    book = open_book(month="2026-04")
    risk, sent = book.risk_list(), book.signals()
    listed = risk.customers.head(30)
    said = [
        show.reason_words(row | {"reasons": ("silence",)}, book.numbers) for row in listed.to_dict("records")
    ]
    rows = (
        sent.signals[sent.signals["signal"] == "silence"].set_index("customer_id").loc[listed["customer_id"]]
    )
    assert said == [sentence(row, book.numbers) for _id, row in rows.iterrows()]
    assert len(set(said)) > 20
