"""Customers counted by group: sums are those of the accounts, and nobody sees branches of others."""

import datetime as dt

import pandas as pd
import pytest
from builders import line
from hypothesis import given
from hypothesis import strategies as st

from helpers.core.scope import COMPANY, Scope
from helpers.engine.tables.groups import assign_units, by_buying_group, by_parent, ultimate_parents
from helpers.errors import WorkbookError
from helpers.settings.config import Settings
from helpers.settings.source import Customers
from helpers.subjects.registry import open_facts

END = dt.date(2026, 10, 31)
BY_GROUP = Settings(customers=Customers(count="group"))
BY_BUYING_GROUP = Settings(customers=Customers(count="buying_group"))
LINES = [line("hq", "2026-09-03", 10, salesperson_id="S1"), line("b1", "2026-09-04", 200, salesperson_id="S1"),
         line("b2", "2026-10-05", 3000, salesperson_id="S2"), line("b3", "2026-10-06", 40000, salesperson_id="S2"),
         line("solo", "2026-10-07", 7, salesperson_id="S1"), line(None, "2026-10-08", 1)]  # fmt: skip
CUSTOMERS = [
    {"customer_id": "hq", "name": "Head", "salesperson_id": "S1", "trade_class": "chain", "credit_limit": 5},
    {"customer_id": "b1", "name": "Branch 1", "salesperson_id": "S1", "parent_id": "hq", "trade_class": "shop",
     "credit_limit": 6},
    {"customer_id": "b2", "name": "Branch 2", "salesperson_id": "S2", "parent_id": "b1", "trade_class": "shop"},
    {"customer_id": "b3", "name": "Branch 3", "salesperson_id": "S2", "parent_id": "hq", "trade_class": "shop"},
    {"customer_id": "solo", "name": "Solo", "salesperson_id": "S1", "parent_id": "solo"},
]  # fmt: skip
PEOPLE = [{"salesperson_id": each, "name": each, "team": f"T{each}"} for each in ("S1", "S2")]
SUPPLIED = {"order_lines": LINES, "customers": CUSTOMERS, "salespeople": PEOPLE}
S1, S2 = Scope("salesperson", "S1", "S1"), Scope("salesperson", "S2", "S2")


@pytest.fixture
def facts_within(standard_tables, tmp_path, engine):
    def build(within="company", settings=BY_GROUP, month="2026-10", **supplied):
        chosen = settings.model_copy(update={"source": settings.source.model_copy(update={"engine": engine})})
        tables = standard_tables(**(supplied or SUPPLIED))
        return open_facts(tables, pd.Period(month, "M"), chosen, tmp_path / "cache", within)

    return build


def sums(facts, scope=COMPANY):
    days = facts.frame("order_days", scope)
    return days.groupby("customer_id")["net_amount"].sum().to_dict()


def test_a_group_counts_as_its_ultimate_parent(facts_within):
    facts = facts_within()
    assert sums(facts) == {"hq": 43210.0, "solo": 7.0}
    records = facts.frame("customers").set_index("customer_id")
    assert records.loc["hq", ["name", "trade_class", "salesperson_id"]].tolist() == ["Head", "chain", "S1"]
    assert records.loc["hq", "credit_limit"] == 11  # what may be owed adds up


def test_group_sums_are_the_accounts_sums(facts_within):
    by_group, by_account = facts_within(), facts_within(settings=Settings())
    for facts in (by_group, by_account):
        assert facts.frame("order_days")["net_amount"].sum() == 43218.0
    accounts = sums(by_account)
    of_group = pd.Series(accounts).groupby(lambda number: by_group.counted.get(number, number)).sum()
    assert of_group.to_dict() == sums(by_group)


def test_a_salesperson_sees_its_own_branches_of_a_group_as_one_and_no_others(facts_within):
    facts = facts_within("salesperson")
    assert sums(facts, S1) == {"hq": 210.0, "solo": 7.0}
    assert sums(facts, S2) == {"b2": 43000.0}  # the first of its branches: the head is another's
    record = facts.frame("customers", S2).set_index("customer_id").loc["b2"]
    assert record[["name", "trade_class"]].tolist() == ["Branch 2", "shop"]
    assert pd.isna(record["parent_id"])
    assert "Head" not in facts.frame("customers", S2).to_csv()


def test_a_team_sees_its_part_of_a_group_as_one(facts_within):
    facts = facts_within("team")
    assert sums(facts, Scope("team", "TS1", "TS1")) == {"hq": 210.0, "solo": 7.0}
    assert sums(facts, Scope("team", "TS2", "TS2")) == {"b2": 43000.0}


def test_the_parts_of_all_owners_add_up_to_the_company(facts_within):
    facts = facts_within("salesperson")
    assert sum(sums(facts, S1).values()) + sum(sums(facts, S2).values()) + 1 == 43218.0


def test_a_parent_that_is_no_customer_has_what_its_branches_share(facts_within):
    rows = [{"customer_id": each, "name": each, "parent_id": "holding", "trade_class": "shop", "region": region}
            for each, region in (("b1", "East"), ("b2", "West"))]  # fmt: skip
    facts = facts_within(
        order_lines=[line("b1", "2026-10-03", 1), line("b2", "2026-10-03", 2)], customers=rows
    )
    record = facts.frame("customers").set_index("customer_id").loc["holding"]
    assert record["trade_class"] == "shop"
    assert pd.isna(record["region"])
    assert sums(facts) == {"holding": 3.0}


def test_a_group_is_that_of_the_month_end(facts_within):
    rows = [{"customer_id": "a", "name": "A", "valid_from": "2020-01-01"}, {"customer_id": "b", "name": "B"},
            {"customer_id": "a", "name": "A", "parent_id": "b", "valid_from": "2026-10-15"}]  # fmt: skip
    supplied = {"order_lines": [line("a", "2026-09-03", 1), line("b", "2026-10-03", 2)], "customers": rows}
    assert sums(facts_within(month="2026-09", **supplied)) == {"a": 1.0}
    assert sums(facts_within(month="2026-10", **supplied)) == {"b": 3.0}


def test_a_buying_group_counts_as_one_and_bears_its_name(facts_within):
    members = [{"customer_id": each, "group_id": "G", "group_name": "Buyers United"} for each in ("b1", "b2")]
    left = [{"customer_id": "b1", "group_id": None, "valid_from": "2026-10-02"}]
    facts = facts_within(settings=BY_BUYING_GROUP, **SUPPLIED, buying_groups=members)
    assert sums(facts)["G"] == 3200.0
    assert facts.frame("customers").set_index("customer_id").loc["G", "name"] == "Buyers United"
    without = facts_within(settings=BY_BUYING_GROUP, **SUPPLIED, buying_groups=[*members, *left])
    assert sums(without) == {"hq": 10.0, "b1": 200.0, "G": 3000.0, "b3": 40000.0, "solo": 7.0}


def test_numbers_merged_and_grouped_count_together(facts_within):
    lines = [*LINES, line("old", "2026-09-09", 500, salesperson_id="S2")]
    aliases = [{"customer_id": "old", "same_as": "b2"}]
    facts = facts_within(**{**SUPPLIED, "order_lines": lines}, customer_aliases=aliases)
    assert sums(facts) == {"hq": 43710.0, "solo": 7.0}


def test_a_masked_report_names_no_group(facts_within, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", "0123456789abcdef0123456789abcdef")
    members = [{"customer_id": each, "group_id": "G", "group_name": "Buyers United"} for each in ("b1", "b2")]
    facts = facts_within(settings=BY_BUYING_GROUP, **SUPPLIED, buying_groups=members)
    people = facts.frame("customers")
    assert sorted(sums(facts).values()) == [7.0, 10.0, 3200.0, 40000.0]
    assert people["customer_id"].str.startswith("C-").all()
    assert people["name"].tolist() == people["customer_id"].tolist()


def test_parents_that_go_round_in_a_circle_are_refused_by_name(facts_within):
    rows = [{"customer_id": "a", "parent_id": "b"}, {"customer_id": "b", "parent_id": "a"}]
    supplied = {"order_lines": [line("a", "2026-10-03", 1)], "customers": rows}
    assert sums(facts_within(settings=Settings(), **supplied)) == {"a": 1.0}  # by account nothing rests on it
    with pytest.raises(WorkbookError, match=r"circle as of 2026-10-31: a belongs to b, b belongs to a"):
        facts_within(**supplied).frame("order_days")


def test_a_buying_group_called_like_a_customer_outside_it_is_refused():
    accounts = pd.DataFrame({"customer_id": ["a", "b"]})
    rows = pd.DataFrame({"customer_id": ["a"], "group_id": ["b"], "group_name": ["Group"]})
    with pytest.raises(WorkbookError, match="b is also the number of a customer who is not in that group"):
        by_buying_group(rows, accounts)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), max_size=8), st.randoms())
def test_the_order_of_records_does_not_matter_and_every_branch_has_one_parent(parent_of, chance):
    def tops(rows):
        try:
            return ultimate_parents(dict(rows), END)
        except WorkbookError:
            return "circle"

    rows = list(parent_of.items())
    found = tops(rows)
    chance.shuffle(rows)
    assert tops(rows) == found
    if found != "circle":
        assert not set(found.values()) & set(found)  # an ultimate parent has none above it


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.sampled_from(["g1", "g2", None]), st.sampled_from(["S1", "S2", None])), max_size=12)
)
def test_no_part_of_a_group_holds_customers_of_two_owners(drawn):
    accounts = pd.DataFrame({
        "customer_id": [f"c{number:02}" for number in range(len(drawn))],
        "parent_id": [group for group, _ in drawn],
        "salesperson_id": [owner for _, owner in drawn],
        "team": None,
    })  # fmt: skip
    units = assign_units(by_parent(accounts, END), accounts, "salesperson")
    owner = accounts.set_index("customer_id")["salesperson_id"].fillna("nobody")
    owners = units["customer_id"].map(owner).groupby(units["counts_as"]).nunique()
    assert (owners == 1).all()
    company = assign_units(by_parent(accounts, END), accounts, "company")
    assert set(company["counts_as"]) == {group for group, _ in drawn if group}
