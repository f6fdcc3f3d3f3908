"""What signals of one's own told at past month ends, which the churn score may learn from."""

import datetime as dt

import numpy as np
import pytest

from helpers.core.scope import COMPANY
from helpers.engine.scoped_tables import ScopedTables
from helpers.settings.report import OwnSignal
from helpers.subjects.own.past import own_panel, signals_with_history

ENDS = [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31)]


def signal(value, **keys):
    return OwnSignal(label="", value=value, notice="value >= 3", sentence="{value:count}", **keys)


@pytest.fixture
def tables(facts_of):
    days = ["2026-01-10", "2026-02-10", "2026-02-20", "2026-03-05"]
    lines = [
        {
            "order_id": f"A{n}",
            "order_date": day,
            "customer_id": "C1",
            "channel": "web shop",
            "product_id": "P",
        }
        for n, day in enumerate(days)
    ]
    facts = facts_of(
        "2026-03",
        order_lines=[*lines, {"order_id": "B1", "order_date": "2026-03-31", "customer_id": "C2"}],
        customers=[{"customer_id": "C1", "region": "North"}, {"customer_id": "C2", "region": "South"}],
        complaints=[{"customer_id": "C1", "opened_at": "2026-01-15 10:00"}],
        products=[
            {"product_id": "P", "category": "new", "stock": 5, "stock_date": "2026-01-01"},
            {
                "product_id": "P",
                "category": "old",
                "stock": 0,
                "stock_date": "2026-03-01",
                "valid_from": "2026-03-01",
            },
        ],
    )
    return ScopedTables.of(facts.tables, facts, COMPANY)


def test_a_past_month_end_knows_only_what_was_ordered_by_then(tables):
    asked = signal("count(*) FILTER (months_ago < 2)", usual="count(*) FILTER (months_ago >= 2)")
    panel = own_panel({"orders": asked}, tables, ENDS)
    told = panel.assign(value=np.sinh(panel["own:orders"]).round(3))
    assert told[["customer_id", "origin", "value"]].astype({"origin": "str"}).to_numpy().tolist() == [
        ["C1", "2026-01-31", 1],
        ["C1", "2026-02-28", 3],
        ["C1", "2026-03-31", 3],
        ["C2", "2026-03-31", 1],
    ]
    change = panel["own:orders"] - panel["own:orders:change"]
    assert np.sinh(change).round(3).tolist() == [0, 0, 1, 0]


def test_what_was_not_known_on_its_own_day_is_not_learnt_from(tables):
    asked = {
        "orders": signal("count(*)"),
        "web": signal("count(*) FILTER (channel = 'web shop')"),
        "of_category": signal("count(*) FILTER (product_category = 'new')"),
        "of_stock": signal("count(*) FILTER (product_stock = 0)"),
        "of_region": signal("count(*) FILTER (customer_region = 'North')"),
        "of_complaints": signal("count(*)", table="complaints"),
        "of_records": signal("count(*)", table="customers"),
    }
    assert list(signals_with_history(asked, tables)) == ["orders", "web", "of_category"]


def test_a_product_is_what_it_was_then(tables):
    panel = own_panel({"new": signal("count(*) FILTER (product_category = 'new')")}, tables, ENDS)
    told = panel[panel["customer_id"] == "C1"]
    assert np.sinh(told["own:new"]).round(3).tolist() == [1, 3, 0]
