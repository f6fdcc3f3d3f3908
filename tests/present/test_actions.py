"""Actions come in one shape from every subject, so that the front page can make one list of them."""

import pandas as pd
import pytest

from helpers.present.actions import KINDS, actions, kind_label
from helpers.present.words import words


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
