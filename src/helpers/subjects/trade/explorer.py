"""The explorer of products: purchases of a class or customer, buyers of a product, recommendations."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.present.name_lists import display_names, unique_display_names
from helpers.present.widgets import Displayable, dropdown
from helpers.subjects import choices
from helpers.subjects.card.customer_explorer import CustomerExplorer
from helpers.subjects.trade import product_views as show

#: Number of customers to choose from, those with the largest sales of the year.
_OFFERED = 1_000


class TradeExplorer(CustomerExplorer):
    """Products of a class or one of its customers, and the buyers of a product."""

    def __init__(self, book: Any) -> None:
        self._book, self._customers = book, book.frame("customers")
        n, _ = book.numbers, book.numbers.words
        classes, proposed = book.products("trade_class"), book.recommendations()

        def goods(trade_class: str, customer: str) -> Sequence[Displayable]:
            if customer:
                return show.products(book.customer_products([customer]), n)
            if not trade_class or classes is None:
                return show.products(book.products(), n)
            rows = classes.products[classes.products["group"] == trade_class].reset_index(drop=True)
            return [show.product_table(replace(classes, products=rows), n)]

        def offers(customer: str) -> Sequence[Displayable]:
            if not customer or proposed is None:
                return []
            own = proposed.rows[proposed.rows["customer_id"] == customer]
            return [show.push_table(replace(proposed, rows=own, no_room=0), n)]

        def buyers(trade_class: str, product: str) -> Sequence[Displayable]:
            if not product:
                return []
            called_so = self.controls["product"].label
            return [show.buyers_table(_of_class(book.buyers(product), trade_class), called_so, n)]

        controls = {
            "trade_class": dropdown(_("Trade class"), choices.options(self._customers, "trade_class", n)),
            "customer": dropdown(_("Customer"), {choices.NO_OPTION: choices.ALL}),
            "product": dropdown(_("Who buys"), {choices.NO_OPTION: choices.ALL, **self._goods()}),
        }
        super().__init__(book, "trade", controls, [buyers, goods, offers])

    def _goods(self) -> dict[str, str]:
        """Return the best-selling products by name; with id if two share a name."""
        sold = self._book.products()
        if sold is None:
            return {}
        rows = sold.products.dropna(subset="product_id").head(_OFFERED)
        return dict(zip(unique_display_names(rows, "product_id"), rows["product_id"], strict=True))

    def prepare(self, moved: str) -> None:
        """Update the customers of the class."""
        super().prepare(moved)
        if moved not in ("", "trade_class"):
            return
        offered = self._offered(self.controls["trade_class"].value)
        choices.set_options(self.controls["customer"], offered.items())

    def _offered(self, trade_class: str) -> dict[str, str]:
        of_class, n = _of_class(self._customers, trade_class), self._book.numbers
        shown, nobody = of_class, choices.NO_OPTION
        if len(of_class) > _OFFERED:
            shown = _of_class(self._book.trade().customers, trade_class).head(_OFFERED)
            nobody = n.words(
                "{nobody} (the {shown} largest of {all} are offered)",
                nobody=nobody, shown=n.count(len(shown)), all=n.count(len(of_class)),
            )  # fmt: skip
        names = zip(display_names(shown), shown["customer_id"], strict=True)
        return {nobody: choices.ALL, **{f"{name} ({identity})": identity for name, identity in names}}


def _of_class(customers: pd.DataFrame, trade_class: str) -> pd.DataFrame:
    return customers[customers["trade_class"] == trade_class] if trade_class else customers


def trade(book: Any) -> TradeExplorer:
    """Explore a trade class, a customer of it or a product: purchases, buyers and recommendations.

    Examples
    --------
    >>> explorer = trade(book)  # as the last line of a cell: `trade(book)`
    >>> [*explorer.controls]
    ['trade_class', 'customer', 'product', 'card', 'lines']
    """
    return TradeExplorer(book)
