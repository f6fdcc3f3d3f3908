"""What a scope sees of a fact is the same rows whether the engine cuts them or pandas does."""

import pandas as pd
import pytest

from helpers.book import open_book
from helpers.core.scope import parse_scope
from helpers.engine.scope_rules import PANDAS_RULES
from helpers.subjects.quotes.facts import own_quotes
from helpers.subjects.registry import FACT_NAMES, FACTS


@pytest.fixture(scope="module")
def facts():
    return open_book().facts


def test_every_rule_of_a_fact_is_there_in_pandas_too():
    """But for quotes, whose prospects are another fact's rows: the engine cuts them."""
    assert {fact.scoped for fact in FACTS.values()} - set(PANDAS_RULES) == {own_quotes}


@pytest.mark.parametrize("name", FACT_NAMES)
def test_pandas_and_the_engine_cut_alike(facts, name):
    owners = facts.owners
    somebody = owners["salesperson_id"].iloc[0]
    nobodys = next(p for p in owners["salesperson_id"] if facts.frame("customers", _scope(p, owners)).empty)
    for scope in (
        _scope(somebody, owners),
        _scope(nobodys, owners),
        parse_scope("team:" + owners["team"].iloc[0], owners),
    ):
        pd.testing.assert_frame_equal(
            facts.frame(name, scope), facts._fetched(name, scope), check_dtype=False
        )


def _scope(person, owners):
    return parse_scope(f"salesperson:{person}", owners)
