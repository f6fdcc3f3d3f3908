"""A second month computes its own rows and takes over those that nothing has changed."""

from __future__ import annotations

import dataclasses

import ibis
import pandas as pd
import pytest
from builders import line

from helpers.engine.months import monthly
from helpers.engine.store import FactStore
from helpers.settings.source import TABLE_NAMES
from helpers.subjects import registry
from helpers.subjects.registry import FACT_NAMES, open_facts

MONTHLY = [name for name in FACT_NAMES if registry.FACTS[name].monthly]
CONTACTS = [
    {"customer_id": "c1", "date": "2026-01-10", "kind": "visit"},
    {"customer_id": "c1", "date": "2026-02-11", "kind": "call"},
    {"customer_id": "c2", "date": "2026-02-12", "kind": "enquiry"},
    {"customer_id": "c1", "date": "2026-03-13", "kind": "visit"},
]
LINES = [line("c1", f"2026-0{month}-05", 10 * month, order=f"o{month}") for month in (1, 2, 3)]


@pytest.fixture
def asked(monkeypatch):
    """The months after which the contacts' rows were computed, call by call."""
    calls = []
    fact = registry.FACTS["contact_months"]

    def rows(facts, after):
        calls.append(None if after is None else str(after))
        return fact.monthly.rows(facts, after)

    counted = dataclasses.replace(fact, monthly=dataclasses.replace(fact.monthly, rows=rows))
    monkeypatch.setitem(registry.FACTS, "contact_months", counted)
    return calls


def contacts_of(facts: FactStore) -> list[tuple[str, str, int, int]]:
    frame = facts.frame("contact_months")
    months = frame["month"].dt.strftime("%Y-%m")
    return list(zip(frame["customer_id"], months, frame["contacts"], frame["enquiries"], strict=True))


ALL = [("c1", "2026-01", 1, 0), ("c1", "2026-02", 1, 0), ("c1", "2026-03", 1, 0), ("c2", "2026-02", 0, 1)]


def test_the_next_month_of_the_same_data_adds_its_own_rows(facts_of, asked):
    until_february = contacts_of(facts_of("2026-02", order_lines=LINES, interactions=CONTACTS))
    assert until_february == [row for row in ALL if row[1] < "2026-03"]
    assert contacts_of(facts_of("2026-03", order_lines=LINES, interactions=CONTACTS)) == ALL
    assert asked == [None, "2026-02"]


def test_a_delivery_that_only_adds_a_month_leaves_the_months_before_as_they_are(facts_of, asked):
    contacts_of(facts_of("2026-02", order_lines=LINES[:2], interactions=CONTACTS[:3]))
    assert contacts_of(facts_of("2026-03", order_lines=LINES, interactions=CONTACTS)) == ALL
    assert asked == [None, "2026-02"]


def test_what_was_changed_in_the_past_is_computed_again_from_that_month_on(facts_of, asked):
    for month in ("2026-01", "2026-02"):
        contacts_of(facts_of(month, order_lines=LINES, interactions=CONTACTS))
    corrected = [*CONTACTS[:1], CONTACTS[1] | {"kind": "enquiry"}, *CONTACTS[2:]]
    rows = contacts_of(facts_of("2026-03", order_lines=LINES, interactions=corrected))
    assert rows == [ALL[0], ("c1", "2026-02", 0, 1), *ALL[2:]]
    assert asked == [None, "2026-01", "2026-01"]


def test_an_earlier_month_is_read_off_a_later_report(facts_of, asked):
    contacts_of(facts_of("2026-03", order_lines=LINES, interactions=CONTACTS))
    earlier = contacts_of(facts_of("2026-02", order_lines=LINES, interactions=CONTACTS))
    assert earlier == [row for row in ALL if row[1] < "2026-03"]
    assert asked == [None]


def test_rows_kept_by_other_code_are_not_taken(facts_of, asked, monkeypatch):
    contacts_of(facts_of("2026-03", order_lines=LINES, interactions=CONTACTS))
    monkeypatch.setattr(FactStore, "code_key", "other code")
    contacts_of(facts_of("2026-03", order_lines=LINES, interactions=CONTACTS))
    assert asked == [None, None]


def test_without_links_in_the_file_system_rows_are_copied(facts_of, monkeypatch):
    def refuse(*arguments):
        raise OSError(1, "no links here")

    monkeypatch.setattr(monthly.os, "link", refuse)
    contacts_of(facts_of("2026-02", order_lines=LINES, interactions=CONTACTS))
    assert contacts_of(facts_of("2026-03", order_lines=LINES, interactions=CONTACTS)) == ALL


@pytest.mark.slow
@pytest.mark.parametrize("name", MONTHLY)
def test_months_added_one_by_one_are_those_computed_at_once(sample_facts_of, name):
    for month in ("2026-07", "2026-09", "2026-10"):
        grown = sample_facts_of(month, "grown").frame(name)
    at_once = sample_facts_of("2026-10", "at once").frame(name)
    pd.testing.assert_frame_equal(grown, at_once)


@pytest.fixture
def sample_facts_of(tmp_path_factory, request):
    from helpers.data import read_data

    tables, settings = read_data(None, None)
    caches = {}

    def build(month: str, cache: str) -> FactStore:
        folder = caches.setdefault(cache, tmp_path_factory.mktemp("cache"))
        return open_facts(tables, pd.Period(month, "M"), settings, folder)

    return build


@pytest.mark.slow
@pytest.mark.parametrize("table", [name for name in TABLE_NAMES if name != "order_lines"])
def test_a_cache_answers_only_for_the_tables_that_are_there(tmp_path_factory, table):
    """A table is taken away and put back in one cache, in both orders: every fact is that of a cache of its own."""
    from helpers.data import read_data

    tables, settings = read_data(None, None)
    supplied = {name: columns for name, columns in tables.supplied.items() if name != table}
    without = dataclasses.replace(tables, key=f"{tables.key}-without-{table}", supplied=supplied)

    def frames(given, cache):
        facts = open_facts(given, pd.Period("2026-10", "M"), settings, cache)
        return {name: facts.frame(name) for name in MONTHLY}

    caches = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    # What a cache is asked first, it has not been asked before: that is the truth for the other one.
    fresh = frames(tables, caches[0]), frames(without, caches[1])
    for found, right in ((frames(without, caches[0]), fresh[1]), (frames(tables, caches[1]), fresh[0])):
        for name, frame in found.items():
            pd.testing.assert_frame_equal(frame, right[name], obj=name)


@pytest.mark.slow
@pytest.mark.parametrize("name", MONTHLY)
def test_a_fact_says_that_it_is_made_of_the_tables_that_its_rows_read_and_of_no_others(sample_facts_of, name):
    """Its months are named by what these tables held: one more that it reads would change it under the same name."""
    facts = sample_facts_of("2026-10", "reads")
    declared = {dated.table for dated in registry.FACTS[name].monthly.made_of}
    assert read_by(facts, name) == declared


def read_by(facts, name):
    """Return the standard tables that the rows of a fact are taken from, by way of other facts too."""
    fact = registry.FACTS[name]
    rows = fact.monthly.rows(facts, None) if fact.monthly else fact.build(facts)
    paths = {table.get_name(): path for path, table in facts._read_already.items()}
    tables = set()
    for leaf in rows.op().find(ibis.expr.operations.DatabaseTable):
        path = paths[leaf.name]
        if path.stem in registry.FACTS and path.parent != facts.tables.path("order_lines").parent:
            tables |= read_by(facts, path.stem)
        else:
            tables.add(path.stem)
    return tables
