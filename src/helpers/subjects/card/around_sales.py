"""What a customer card says of quotes, deliveries and returns of the window."""

from __future__ import annotations

import pandas as pd

from helpers.core.periods import trailing
from helpers.present.numbers import Numbers
from helpers.subjects.card.ahead_views import Part
from helpers.subjects.card.card import AroundSales, Card


def said(card: Card, n: Numbers) -> tuple[str, Part]:
    """Say what is won of its quotes, what it gets as promised, and what it returns."""
    _, of, heading = n.words, card.around, n.words("Quotes, deliveries, returns")
    assert isinstance(of, AroundSales)
    sentences = [_quotes(of.quotes, card, n), _delivery(of.delivery, n), _returns(of.returns, n)]
    found = tuple(sentence for sentence in sentences if sentence)
    return heading, Part(found or (_("Nothing is on record."),))


def _quotes(quotes: pd.DataFrame | None, card: Card, n: Numbers) -> str | None:
    if quotes is None or quotes.empty:
        return None
    decided = quotes[
        (quotes["status"] != "open") & trailing(card.month, card.window_months).holds(quotes["counts_in"])
    ]
    still = quotes[quotes["status"] == "open"]
    return n.words(
        "Quotes: {won} of {decided} won; {open} open, worth {amount}.",
        won=n.count((decided["status"] == "won").sum()), decided=n.count(len(decided)), open=n.count(len(still)),
        amount=n.money_short(float(still["open_amount"].sum())),
    )  # fmt: skip


def _delivery(row: pd.Series | None, n: Numbers) -> str | None:
    if row is None or not (row["judged"] or row["waiting_lines"]):
        return None
    _ = n.words
    kept = _(
        "On time in full: {kept} of {judged} lines.",
        kept=n.count(row["in_full"]),
        judged=n.count(row["judged"]),
    )
    if not row["waiting_lines"]:
        return kept
    waits = _("{amount} is past its promised day.", amount=n.money_short(row["waiting_amount"]))
    return f"{kept} {waits}"


def _returns(row: pd.Series | None, n: Numbers) -> str | None:
    if row is None or not row["sold_orders"]:
        return None
    return n.words(
        "Returned: {amount} (returns: {count}, orders: {orders}).",
        amount=n.money_short(row["returned_amount"]), count=n.count(row["returned_orders"]),
        orders=n.count(row["sold_orders"]),
    )  # fmt: skip
