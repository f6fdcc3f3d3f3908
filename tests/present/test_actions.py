"""Actions come in one shape from every subject, so that the front page can make one list of them."""

import pandas as pd
import pytest

from helpers.present.actions import KINDS, actions, due_day, kind_label, no_actions, propose
from helpers.present.numbers import numbers
from helpers.present.words import words

MONTH = pd.Period("2026-10", "M")


def rows(*kinds):
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{place}" for place in range(len(kinds))],
            "kind": list(kinds),
            "value_amount": [10.0 * place for place in range(len(kinds))],
            "due_date": pd.Timestamp("2026-11-15"),
        }
    )
    return frame, frame, lambda about: ["silent for 41 days"] * len(about)


def test_the_action_with_most_at_stake_comes_first():
    assert list(actions(*rows("visit", "keep", "grow")).worded()["customer_id"]) == ["c2", "c1", "c0"]


def test_an_action_of_no_known_kind_is_refused_by_name():
    with pytest.raises(ValueError, match="phone"):
        actions(*rows("phone"))


def test_every_kind_of_action_is_called_something_in_chinese():
    assert all(kind_label(kind, words("zh")) != kind_label(kind, words("en")) for kind in KINDS)


def test_one_action_is_proposed_for_each_row_with_a_sentence_from_it():
    about = pd.DataFrame({"customer_id": ["a", "b"], "days": [3, 40]}, index=[7, 5])
    made = propose(
        about,
        "visit",
        pd.Series([1.0, 2.0], index=[7, 5]),
        due_day(MONTH, about["days"], numbers()),
        _silent,
        numbers(),
    )
    assert made.rows["due_date"].tolist() == [pd.Timestamp("2026-11-03"), pd.Timestamp("2026-12-10")]
    assert made.worded()["reason"].tolist() == ["silent for 40 days", "silent for 3 days"]


def _silent(row, _):
    return f"silent for {row['days']} days"


def test_who_lacks_a_table_proposes_nothing():
    assert no_actions().worded().empty


def test_an_action_is_due_so_many_days_after_the_month_end():
    assert due_day(MONTH, 0, numbers()) == pd.Timestamp("2026-10-31")
