"""What is left of the sale, for one salesperson: the same whatever customers of others buy, cost, return or owe."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from books import book_on
from builders import bracket, line

from helpers.settings.config import Settings

ALONE = Settings.model_validate(
    {"privacy": {"show_company_shares": False}, "costs": {"handling_a_line": 2, "a_visit": 90,
     "finance_percent_a_year": 6}}
)  # fmt: skip
QUESTIONS = ("rebates", "net_margin", "quotes", "delivery", "returns", "credit")
OWN, OTHERS = "abc", "xyz"


def rows_of(customer, seed):
    """A year of everything that one customer does, drawn from a seed."""
    draw = np.random.default_rng([ord(customer), seed])
    found = {name: [] for name in ("order_lines", "invoices", "payments", "quotes", "deliveries", "costs",
                                   "interactions", "return_reasons")}  # fmt: skip
    for number in range(15):
        order, day = f"{customer}{number}", pd.Timestamp("2025-11-03") + pd.Timedelta(days=25 * number)
        net = round(float(draw.uniform(200, 2000)), 2)
        of = {"order": order, "line_no": "1", "product_id": "p", "quantity": 10}
        found["order_lines"].append(
            line(customer, str(day.date()), net, **of, list_amount=net * 1.1, cost_amount=round(net * 0.7, 2))
        )
        if draw.random() < 0.3:
            back = {**of, "order": f"{order}r", "quantity": -2}
            found["order_lines"].append(line(customer, str(day.date()), round(-net / 5, 2), **back))
            found["return_reasons"].append({"order_id": f"{order}r", "line_no": "1", "reason": "damaged"})
        due = day + pd.Timedelta(days=30)
        bill = {"invoice_id": order, "customer_id": customer, "amount": net}
        found["invoices"].append({**bill, "invoice_date": str(day.date()), "due_date": str(due.date())})
        if draw.random() < 0.8:
            late = due + pd.Timedelta(days=int(draw.integers(0, 50)))
            found["payments"].append({"payment_date": str(late.date()), "invoice_id": order, "amount": net})
        state = ["won", "lost", "open"][draw.integers(3)]
        found["quotes"].append(
            {"quote_id": order, "quote_date": str(day.date()), "customer_id": customer, "amount": net, "status": state,
             "decided_at": None if state == "open" else str(due.date())}
        )  # fmt: skip
        found["deliveries"].append(
            {"order_id": order, "line_no": "1", "promised_date": str(day.date()), "quantity": 10,
             "shipped_date": str((day + pd.Timedelta(days=int(draw.integers(0, 9)))).date()),
             "recorded_on": "2025-01-01"}
        )  # fmt: skip
        of = {"date": str(day.date()), "customer_id": customer}
        found["costs"].append({**of, "kind": "freight", "amount": 30 + int(draw.integers(9))})
        found["interactions"].append({**of, "kind": "visit"})
    return found


def world(seed_of_others):
    parts = [rows_of(each, 1) for each in OWN] + [rows_of(each, seed_of_others) for each in OTHERS]
    tables = {name: [row for part in parts for row in part[name]] for name in parts[0]}
    return tables | {
        "customers": [
            {"customer_id": each, "name": each, "salesperson_id": "S1" if each in OWN else "S2", "trade_class": "Shops"}
            for each in OWN + OTHERS
        ],
        "salespeople": [{"salesperson_id": each, "name": each} for each in ("S1", "S2")],
        "products": [{"product_id": "p", "category": "Saws"}],
        "buying_groups": [{"customer_id": each, "group_id": "G"} for each in "ax"],
        "rebate_agreements": [
            bracket("own", 5000, 2, customer_id="a"), bracket("both", 5000, 1, group_id="G"),
            bracket("theirs", 0, 1, customer_id="x"),
        ],
        "rebate_payments": [
            {"agreement_id": each, "payment_date": "2026-05-01", "amount": 9} for each in ("own", "both")
        ],
    }  # fmt: skip


@pytest.fixture
def told(facts_of):
    def of(seed_of_others, scope):
        facts = facts_of("2026-10", ALONE, **world(seed_of_others))
        book = book_on(facts, scope)
        return {name: written(getattr(book, name)()) for name in QUESTIONS}

    return of


def written(answer):
    """All that an answer holds, as text."""
    found = {}
    for each in fields(answer):
        value = getattr(answer, each.name)
        found[each.name] = value.to_csv() if isinstance(value, (pd.DataFrame, pd.Series)) else repr(value)
    return found


@pytest.mark.slow
def test_a_sellers_figures_are_the_same_whatever_customers_of_others_do(told):
    one, other = (told(seed, "salesperson:S1") for seed in (2, 3))
    for name in QUESTIONS:
        assert one[name] == other[name], name


@pytest.mark.slow
def test_the_companys_do_change(told):
    """So that the test above can fail: every question looks at what was drawn anew."""
    one, other = (told(seed, "company") for seed in (2, 3))
    assert [name for name in QUESTIONS if one[name] == other[name]] == []
