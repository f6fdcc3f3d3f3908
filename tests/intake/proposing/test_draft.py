"""A draft's questions to the engine: a column is read once, and no draft reads by another's notation."""

from __future__ import annotations

from decimal import Decimal

from helpers.intake.proposing.findings.draft import Draft
from helpers.intake.proposing.samples import Sample


def draft_of(**columns):
    mapped = {"net_amount": "Net", "order_id": "Order"}
    return Draft("order_lines", Sample("sales.csv", (), columns, file="sales.csv"), mapped, [])


def test_the_numbers_of_a_column_are_read_once_whatever_is_asked_of_them():
    draft = draft_of(Order=["A1", "A2"], Net=["10.50", "-2.25"])
    net = draft.number("Net")
    assert draft.agree(net, net)
    draft._connection.execute("CREATE OR REPLACE TEMP MACRO number(value) AS error('read again')")
    assert draft.money("true") == (2, Decimal("8.25"))
    assert draft.signs("true", net) == (1, 1, Decimal("8.25"))
    assert draft.values(f"{net} * 2") == [Decimal("21.00"), Decimal("-4.50")]


def test_a_column_whose_name_the_draft_would_take_keeps_its_own_values():
    draft = draft_of(Order=["A1", "A2"], Net=["1", "2"], __0=["x", "y"])
    assert draft.values(draft.number("Net")) == [1, 2]
    assert draft.values(draft.sql("__0")) == ["x", "y"]


def test_two_drafts_at_once_read_each_their_own_numbers():
    german = draft_of(Order=["A1", "A2"], Net=["1.234,50", "10,25"])
    english = draft_of(Order=["B1", "B2"], Net=["1,234.50", "10.25"])
    assert german.values(german.number("Net")) == english.values(english.number("Net"))
    assert german.values(german.sql("Order")) == ["A1", "A2"]
    assert german.money("true") == english.money("true") == (2, Decimal("1244.75"))
