"""Complaints, contacts and prospects as they stood at the month end: what came later is not known yet."""

from __future__ import annotations

import pandas as pd
from builders import line

from helpers.core.scope import Scope

LINES = [line("c1", "2026-03-10", 100), line("c2", "2026-03-11", 50)]
CUSTOMERS = [
    {"customer_id": "c1", "name": "One", "salesperson_id": "s1"},
    {"customer_id": "c2", "name": "Two", "salesperson_id": "s2"},
]


def case(customer, opened, answered=None, resolved=None):
    return {
        "customer_id": customer, "opened_at": opened, "category": "defect", "severity": "high",
        "first_response_at": answered, "resolved_at": resolved,
    }  # fmt: skip


def test_a_complaint_settled_after_the_month_end_is_open_still(facts_of):
    rows = [
        case("c1", "2026-03-05 10:00", "2026-03-06 10:00", "2026-04-01 00:00"),
        case("c1", "2026-04-02 09:00"),
    ]
    frame = facts_of("2026-03", order_lines=LINES, complaints=rows).frame("complaint_cases")
    assert len(frame) == 1
    assert frame["resolved_at"].isna().all()
    assert frame["first_response_at"].iloc[0] == pd.Timestamp("2026-03-06 10:00")


def test_a_complaint_settled_without_an_answer_was_answered_then(facts_of):
    rows = [case("c1", "2026-03-05 10:00", None, "2026-03-07 10:00")]
    frame = facts_of("2026-03", order_lines=LINES, complaints=rows).frame("complaint_cases")
    assert frame["first_response_at"].iloc[0] == pd.Timestamp("2026-03-07 10:00")


def test_an_enquiry_is_the_customers_and_every_other_contact_the_sellers(facts_of):
    rows = [
        {"date": "2026-03-02", "customer_id": "c1", "kind": "Visit"},
        {"date": "2026-03-04", "customer_id": "c1", "kind": "call"},
        {"date": "2026-03-09", "customer_id": "c1", "kind": "enquiry"},
        {"date": "2026-04-01", "customer_id": "c1", "kind": "visit"},
    ]
    row = facts_of("2026-03", order_lines=LINES, interactions=rows).frame("contact_months").iloc[0]
    assert (row["contacts"], row["visits"], row["enquiries"]) == (2, 1, 1)
    assert row["last_visit"] == pd.Timestamp("2026-03-02")
    assert row["last_contact"] == pd.Timestamp("2026-03-09")


def test_a_prospect_converts_with_its_customers_first_purchase_but_not_before_it_happened(facts_of):
    rows = [
        {"prospect_id": "p1", "first_contact_date": "2026-03-01", "converted_customer_id": "c1"},
        {"prospect_id": "p2", "first_contact_date": "2026-03-01", "converted_date": "2026-04-03"},
        {"prospect_id": "p3", "first_contact_date": "2026-04-01"},
    ]
    frame = facts_of("2026-03", order_lines=LINES, prospects=rows).frame("prospects").set_index("prospect_id")
    assert list(frame.index) == ["p1", "p2"]
    assert frame.loc["p1", "converted_date"] == pd.Timestamp("2026-03-10")
    assert pd.isna(frame.loc["p2", "converted_date"])


def test_a_salesperson_sees_own_customers_complaints_and_own_prospects_alone(facts_of):
    facts = facts_of(
        "2026-03",
        order_lines=LINES,
        customers=CUSTOMERS,
        complaints=[case("c1", "2026-03-05"), case("c2", "2026-03-06")],
        interactions=[{"date": "2026-03-02", "customer_id": name, "kind": "call"} for name in ("c1", "c2")],
        prospects=[
            {"prospect_id": name, "first_contact_date": "2026-03-01", "salesperson_id": owner}
            for name, owner in (("p1", "s1"), ("p2", "s2"))
        ],
    )
    own = facts.scope("salesperson:s1")
    assert isinstance(own, Scope)
    assert list(facts.frame("complaint_cases", own)["customer_id"]) == ["c1"]
    assert list(facts.frame("contact_months", own)["customer_id"]) == ["c1"]
    assert list(facts.frame("prospects", own)["prospect_id"]) == ["p1"]
