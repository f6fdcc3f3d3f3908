"""The explorer of products: what a class or a customer buys, and what to offer the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.views import products as show
from helpers.views.explorers import choices
from helpers.views.name_lists import called
from helpers.views.widgets import Drawn, Explorer, choice


class TradeExplorer(Explorer):
    """Products of the class chosen, or of one of its customers: who is offered follows the class."""

    def __init__(self, book: Any) -> None:
        self._customers = book.frame("customers")
        n, _ = book.numbers, book.numbers.words
        classes, proposed = book.products("trade_class"), book.recommendations()

        def goods(trade_class: str, customer: str) -> Sequence[Drawn]:
            if customer:
                return show.products(book.customer_products([customer]), n)
            if not trade_class or classes is None:
                return show.products(book.products(), n)
            rows = classes.products[classes.products["group"] == trade_class].reset_index(drop=True)
            return [show.product_table(replace(classes, products=rows), n)]

        def offers(customer: str) -> Sequence[Drawn]:
            if not customer or proposed is None:
                return []
            own = proposed.rows[proposed.rows["customer_id"] == customer]
            return [show.push_table(replace(proposed, rows=own, no_room=0), n)]

        controls = {
            "trade_class": choice(_("Trade class"), choices.options(self._customers, "trade_class", n)),
            "customer": choice(_("Customer"), self._offered(self._customers)),
        }
        key = ("trade", str(book.month), book.scope.slug, _.language)
        super().__init__(key, controls, [goods, offers], _)

    def prepare(self, moved: str) -> None:
        """Offer the customers of the class."""
        if moved == "customer":
            return
        wanted, control = self.controls["trade_class"].value, self.controls["customer"]
        of_class = (
            self._customers if not wanted else self._customers[self._customers["trade_class"] == wanted]
        )
        offered, chosen = self._offered(of_class), control.value
        control.options = list(offered.items())
        control.value = chosen if chosen in offered.values() else choices.ALL

    @staticmethod
    def _offered(customers: pd.DataFrame) -> dict[str, str]:
        names = zip(called(customers), customers["customer_id"], strict=True)
        return {choices.NOBODY: choices.ALL, **{f"{name} ({identity})": identity for name, identity in names}}


def trade(book: Any) -> TradeExplorer:
    """Choose a trade class, or a customer of it, and see its products and what to offer.

    Examples
    --------
    >>> trade(book)  # doctest: +SKIP
    """
    return TradeExplorer(book)
