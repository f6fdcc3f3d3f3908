"""A card's parts: tiers as the ranking has them, gaps only where the class shows them."""

import pandas as pd
from frames import OCTOBER, by_customer_and_month, customers, months, tiered

from helpers.subjects.card.card import compare_with_class, missing_fields, monthly
from helpers.subjects.tiers.ranking import ranked_months, tier_history


def test_the_history_of_tiers_ends_with_the_tiers_of_the_month():
    base = customers(a="Chains", b="Chains", c="DIY shops", d=None)
    sales = months(
        ("a", "2026-10", 80), ("b", "2026-09", 15), ("c", "2025-11", 9), ("d", "2025-10", 5), ("b", "2025-10", 900),
    )  # fmt: skip
    amounts = by_customer_and_month(sales, ranked_months(OCTOBER, 12, 12))
    history = tier_history(base, amounts, "trade_class", 12, (0.75, 0.95))
    now = tiered(base, sales, OCTOBER).customers.set_index("customer_id")
    assert history[OCTOBER].reindex(now.index).to_dict() == now["tier"].to_dict()
    assert history[OCTOBER - 1].reindex(now.index).to_dict() == now["previous_tier"].to_dict()
    assert history[OCTOBER].to_dict()["d"] == "none"


def test_a_month_without_sales_counts_as_zero():
    shown = monthly(months(("a", "2026-08", 5), ("a", "2026-10", 7)), OCTOBER, 3)
    assert shown["net_amount"].tolist() == [5, 0, 7]


def test_a_gap_is_what_half_of_the_class_buys_and_the_customer_does_not():
    peers = pd.DataFrame({"category": ["Saws", "Drills", "Parts"], "buyers": [5, 4, 9], "customers": 10})
    sales = pd.DataFrame({"category": ["Parts"], "net_amount": [3.0]})
    held = compare_with_class(sales, peers).set_index("category")
    assert held["gap"].to_dict() == {"Parts": False, "Saws": True, "Drills": False}
    assert held.loc["Saws", "peers_share"] == 0.5


def test_too_few_peers_show_no_gap():
    peers = pd.DataFrame({"category": ["Saws"], "buyers": [4], "customers": [4]})
    held = compare_with_class(pd.DataFrame({"category": [], "net_amount": []}), peers)
    assert not held["gap"].any()
    assert held["peers_share"].isna().all()


def test_what_is_empty_in_the_record_is_named():
    from helpers.subjects.card.card import RECORD

    record = pd.Series(dict.fromkeys(RECORD, "x") | {"region": None})
    assert missing_fields(record) == ("region",)
