from __future__ import annotations

from conftest import line


def test_monthly_net_sales_include_returns_on_their_own_date(facts_of):
    facts = facts_of(
        "2026-03",
        order_lines=[
            line("c1", "2026-01-10", 100),
            line("c1", "2026-03-02", -30),
            line("c1", "2026-03-05", 50),
        ],
    )
    months = facts.frame("customer_months")
    assert months["month"].dt.strftime("%Y-%m").tolist() == ["2026-01", "2026-03"]
    assert months["net_amount"].tolist() == [100.0, 20.0]
    assert months["purchase_days"].tolist() == [1, 1]
    for name in (
        "customers",
        "purchase_occasions",
        "unassigned_months",
        "class_product_months",
        "customer_summary",
        "targets",
    ):
        print(facts.frame(name).T)
    print(facts.owners, facts.coverage)
