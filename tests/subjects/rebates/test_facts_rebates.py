"""What counts for agreements, and what customers took, is the same on both engines."""

from __future__ import annotations

from builders import line


def test_what_counts_for_an_agreement_is_added_up_by_day_and_who_belongs_to_it(facts_of):
    terms = {
        "first_day": "2026-02-01", "last_day": "2026-12-31", "basis": "growth", "counting": "retroactive",
        "bracket_from": 5, "rate": 1,
    }  # fmt: skip
    facts = facts_of(
        "2026-03",
        order_lines=[
            line("a", "2025-02-10", 5, quantity=1), line("a", "2026-02-10", 7, "o1"), line("a", "2026-02-10", 8, "o2"),
            line("b", "2026-02-11", 100, product_id="s"), line("b", "2026-02-11", 30, product_id="d"),
            line("b", "2026-03-01", 60, product_id="s"), line(None, "2026-03-02", 9),
        ],
        customers=[{"customer_id": each} for each in "ab"],
        products=[{"product_id": "s", "category": "Saws"}, {"product_id": "d", "category": "Drills"}],
        buying_groups=[{"customer_id": "b", "group_id": "G"}, {"customer_id": "b", "valid_from": "2026-03-01"}],
        rebate_agreements=[
            {"agreement_id": "1", "customer_id": "a", **terms},
            {"agreement_id": "2", "group_id": "G", "category": "Saws", **terms},
        ],
        costs=[{"date": "2026-03-03", "order_id": "o1", "kind": "运费", "amount": 3}],
    )  # fmt: skip
    days = facts.frame("rebate_days")
    assert [*zip(days["agreement_id"], days["customer_id"], days["net_amount"], strict=True)] == [
        ("1", "a", 5.0), ("1", "a", 15.0), ("2", "b", 100.0),
    ]  # fmt: skip
    took = facts.frame("margin_customers")
    took = took[~took["before"]].set_index("customer_id")
    assert took.loc["a", ["gross_amount", "lines", "orders"]].tolist() == [15, 2, 2]
    assert took.loc["b", "uncosted_amount"] == 190
    assert facts.frame("costs_to_serve")[["customer_id", "kind", "amount"]].to_numpy().tolist() == [
        ["a", "freight", 3]
    ]
