from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.core.scope import COMPANY, Scope, parse_scope
from helpers.errors import WorkbookError

OWNERS = pd.DataFrame(
    [("s1", "Ann Lee", "North"), ("s2", "Bo", "North"), ("s3", "Bo", "South"), ("s4", None, None)],
    columns=["salesperson_id", "salesperson_name", "team"],
)


def test_salesperson_is_found_by_id_and_by_a_name_that_only_one_has():
    assert parse_scope("salesperson:s1", OWNERS) == parse_scope("salesperson: Ann Lee ", OWNERS)
    assert parse_scope("salesperson:s4", OWNERS).name == "s4"
    assert parse_scope("team:North", OWNERS) == Scope("team", "North", "North")
    assert parse_scope("company", OWNERS) is COMPANY
    assert parse_scope("team：North", OWNERS) == Scope("team", "North", "North")


def test_shared_name_asks_for_the_id():
    with pytest.raises(WorkbookError, match="s2, s3"):
        parse_scope("salesperson:Bo", OWNERS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("team:Nort", "Near matches: North"),
        ("salesperson:ann lee", "Near matches: Ann Lee"),
        ("team:zzz", "There are: North, South"),
        ("region:North", "not understood"),
        ("team:", "not understood"),
        ("company:x", "not understood"),
        ("", "not understood"),
    ],
)
def test_unknown_scope_says_what_there_is(text, message):
    with pytest.raises(WorkbookError, match=message):
        parse_scope(text, OWNERS)


@given(st.text(max_size=60), st.text(max_size=60))
def test_slug_is_a_folder_name_whatever_the_data_hold(first, second):
    slugs = [Scope("salesperson", text).slug for text in (first, second)]
    for slug in slugs:
        assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert len(slug) < 80
    assert (slugs[0] == slugs[1]) == (first == second)
    assert Scope("team", first).slug != slugs[0]


def test_owner_without_a_name_is_in_no_scope_but_the_company():
    assert Scope("team", "North").owns(OWNERS).tolist() == [True, True, False, False]
    assert COMPANY.owns(OWNERS).all()
