"""The explorer of products: one customer's products and what to offer it."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import ipywidgets
import pandas as pd

from helpers.analysis.products import Products
from helpers.analysis.recommendations import Recommendations
from helpers.views.name_lists import called
from helpers.views.numbers import Numbers
from helpers.views.products import products, push
from helpers.views.widgets import Drawn, choice, explorer


class Traded(Protocol):
    """What the explorer needs of a book."""

    numbers: Numbers

    def frame(self, fact: str) -> pd.DataFrame:
        """Return a fact."""

    def customer_products(self, customer_ids: list[str] | None = None) -> Products | None:
        """Return the products of some customers."""

    def recommendations(self) -> Recommendations | None:
        """Return what to push to whom."""


def product_explorer(book: Traded) -> ipywidgets.Widget:
    """Let a reader choose a customer."""
    n = book.numbers
    customers = book.frame("customers")
    proposed = book.recommendations()
    if customers.empty:
        return ipywidgets.HTML(n.words("There are no customers here."))

    def draw(customer: str) -> list[Drawn]:
        own = None
        if proposed is not None:
            rows = proposed.rows[proposed.rows["customer_id"] == customer]
            own = replace(proposed, rows=rows, no_room=0)
        return [*products(book.customer_products([customer]), n), *push(own, n)]

    names = [
        f"{name} ({identity})"
        for name, identity in zip(called(customers), customers["customer_id"], strict=True)
    ]
    return explorer(
        draw, customer=choice(n.words("Customer"), dict(zip(names, customers["customer_id"], strict=True)))
    )
