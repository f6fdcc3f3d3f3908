"""Merged numbers count as one customer in every fact, from the day of the decision on."""

import pandas as pd
import pytest
from builders import line

from helpers.core.scope import Scope
from helpers.subjects.registry import FACTS

LINES = [line("old", "2025-11-03", 300, salesperson_id="S1"), line("old", "2026-03-05", 200, salesperson_id="S1"),
         line("new", "2026-06-08", 50, salesperson_id="S1"), line("new", "2026-10-05", 70, salesperson_id="S1"),
         line("other", "2026-10-06", 5, salesperson_id="S2"), line(None, "2026-10-07", 1)]  # fmt: skip
SUPPLIED = {
    "order_lines": LINES,
    "customers": [{"customer_id": "old", "name": "Old Ltd", "trade_class": "X", "parent_id": "other"},
                  {"customer_id": "new", "name": "New Ltd", "trade_class": "Y", "parent_id": "other"},
                  {"customer_id": "other", "name": "Other", "trade_class": "Y", "parent_id": "old"}],
    "invoices": [{"invoice_id": "i", "customer_id": "old", "invoice_date": "2026-03-05", "due_date": "2026-04-05",
                  "amount": 200}],
    "payments": [{"payment_date": "2026-04-01", "customer_id": "old", "amount": 20}],
    "interactions": [{"date": "2026-01-05", "customer_id": "old", "kind": "visit"}],
    "complaints": [{"opened_at": "2026-03-06 10:00:00", "customer_id": "old"}],
    "surveys": [{"date": "2026-04-03", "customer_id": "old", "score": 3}],
    "wallet_evidence": [{"customer_id": "old", "as_of": "2026-01-03", "annual_purchases": 900, "method": "stated"}],
    "prospects": [{"prospect_id": "p", "first_contact_date": "2025-08-01", "converted_customer_id": "old",
                   "converted_date": "2025-11-03"}],
}  # fmt: skip
#: One fact of each table that names customers: what others are made of.
OF_EACH_TABLE = ("order_days", "customers", "complaint_cases", "survey_months", "wallet_changes", "linked_payments",
                 "last_contacts", "prospects")  # fmt: skip


def renumbered(rows, number="old", by="new"):
    """Write the rows as if the customer had always had the later number; of two records the later number's stays."""
    columns = ("customer_id", "parent_id", "converted_customer_id")
    return [
        {key: by if key in columns and value == number else value for key, value in row.items()}
        for row in rows
    ]


def expected_tables():
    records = [row for row in SUPPLIED["customers"] if row["customer_id"] != "old"]
    return {**{name: renumbered(rows) for name, rows in SUPPLIED.items()}, "customers": renumbered(records)}


def assert_alike(found, expected, names=FACTS):
    for name in names:
        pd.testing.assert_frame_equal(found.frame(name), expected.frame(name), obj=name)


@pytest.mark.slow
def test_a_merged_customer_has_one_history_in_every_fact(facts_of):
    aliases = [{"customer_id": "old", "same_as": "new", "from_date": "2026-10-20"}]
    found = facts_of("2026-10", **SUPPLIED, customer_aliases=aliases)
    # Orders stay as issued: their numbers are not touched.
    assert set(found.frame("order_days")["order_id"]) == {row["order_id"] for row in LINES}
    assert_alike(found, facts_of("2026-10", **expected_tables(), customer_aliases=[]))


@pytest.mark.slow
def test_a_month_before_the_decision_is_unchanged(facts_of):
    aliases = [{"customer_id": "old", "same_as": "new", "from_date": "2026-10-20"}]
    decided = facts_of("2026-06", **SUPPLIED, customer_aliases=aliases)
    assert_alike(decided, facts_of("2026-06", **SUPPLIED, customer_aliases=[]), OF_EACH_TABLE)


def test_a_decision_that_was_undone_leaves_two_customers(facts_of):
    later = {"customer_id": "new", "same_as": "old", "decision": "different", "from_date": "2026-10-01"}
    aliases = [{"customer_id": "old", "same_as": "new"}, later]
    undone = facts_of("2026-10", **SUPPLIED, customer_aliases=aliases)
    assert_alike(undone, facts_of("2026-10", **SUPPLIED, customer_aliases=[]), OF_EACH_TABLE)


def test_months_computed_before_a_decision_are_not_taken_for_those_after(facts_of):
    """The rows of past months lie in the cache under the numbers that counted then."""
    before = facts_of("2026-10", **SUPPLIED, customer_aliases=[])
    assert set(before.frame("order_days")["customer_id"].dropna()) == {"old", "new", "other"}
    after = facts_of("2026-10", **SUPPLIED, customer_aliases=[{"customer_id": "old", "same_as": "new"}])
    assert set(after.frame("order_days")["customer_id"].dropna()) == {"new", "other"}


def test_the_record_of_a_merged_number_stands_in_where_the_one_that_counts_has_none(facts_of):
    supplied = {
        **SUPPLIED,
        "customers": [row for row in SUPPLIED["customers"] if row["customer_id"] != "new"],
    }
    facts = facts_of("2026-10", **supplied, customer_aliases=[{"customer_id": "old", "same_as": "new"}])
    records = facts.frame("customers").set_index("customer_id")
    assert records.loc["new", ["name", "trade_class"]].tolist() == ["Old Ltd", "X"]


def test_every_number_of_money_is_where_it_was(facts_of):
    facts = facts_of("2026-10", **SUPPLIED, customer_aliases=[{"customer_id": "old", "same_as": "new"}])
    days = facts.frame("order_days")
    assert days["net_amount"].sum() == sum(float(row["net_amount"]) for row in LINES)
    assert days.groupby("customer_id")["net_amount"].sum().to_dict() == {"new": 620.0, "other": 5.0}


def test_a_masked_report_merges_by_pseudonym(facts_of, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", "0123456789abcdef0123456789abcdef")
    facts = facts_of("2026-10", **SUPPLIED, customer_aliases=[{"customer_id": "old", "same_as": "new"}])
    sums = facts.frame("order_days").groupby("customer_id")["net_amount"].sum()
    assert sorted(sums) == [5.0, 620.0]
    assert all(number.startswith("C-") for number in sums.index)


@pytest.mark.parametrize(("seller", "expected"), [("S1", {"new": 620.0}), ("S2", {"other": 5.0})])
def test_a_merged_customer_belongs_to_its_owner_alone(facts_of, seller, expected):
    facts = facts_of("2026-10", **SUPPLIED, customer_aliases=[{"customer_id": "old", "same_as": "new"}])
    days = facts.frame("order_days", Scope("salesperson", seller, seller))
    assert days.groupby("customer_id")["net_amount"].sum().to_dict() == expected
