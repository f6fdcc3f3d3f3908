"""The explorer of products: what a class or a customer buys, and what to offer the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from helpers.views.explorers import choices
from helpers.views.findings import findings
from helpers.views.name_lists import called
from helpers.views.products import products, push
from helpers.views.widgets import Drawn, Explorer, choice


def trade(book: Any) -> Explorer:
    """Choose a customer and see its products and proposals.

    Examples
    --------
    >>> trade(book)  # doctest: +SKIP
    """
    n, _ = book.numbers, book.numbers.words
    customers = book.frame("customers")
    proposed = book.recommendations()

    def goods(customer: str) -> Sequence[Drawn]:
        if not customer:
            return [findings(_("There are no customers here."))]
        return products(book.customer_products([customer]), n)

    def offers(customer: str) -> Sequence[Drawn]:
        if not customer or proposed is None:
            return []
        own = proposed.rows[proposed.rows["customer_id"] == customer]
        return push(replace(proposed, rows=own, no_room=0), n)

    names = [
        f"{name} ({identity})"
        for name, identity in zip(called(customers), customers["customer_id"], strict=True)
    ]
    offered = dict(zip(names, customers["customer_id"], strict=True)) or {choices.NOBODY: choices.ALL}
    key = ("trade", str(book.month), book.scope.slug, _.language)
    return Explorer(key, {"customer": choice(_("Customer"), offered)}, [goods, offers], _)
