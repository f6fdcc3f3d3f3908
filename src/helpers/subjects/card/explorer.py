"""The card index to pick from: facets with counts that follow, search, sort, one card open, exports."""

from __future__ import annotations

import base64
import html
from typing import Any, Literal

import ipywidgets
import pandas as pd

from helpers.present.name_lists import called, first_of
from helpers.present.numbers import Numbers
from helpers.present.own.frames import csv_of
from helpers.present.table import Column, Table
from helpers.present.widgets import Drawn, Explorer, View, choice, pick, search, several
from helpers.present.words import Words
from helpers.subjects.card.card_index import SORTS
from helpers.subjects.card.export import as_csv, as_excel, as_page
from helpers.subjects.card.index_views import UNLISTED, facet_heading, index_table, value_label
from helpers.subjects.card.short_cards import decimals_of
from helpers.subjects.card.views import card_page
from helpers.subjects.choices import ALL, NOBODY

#: So many customers are listed and offered to open, and so many cards printed.
_LISTED, _PRINTED = 50, 100
Sort = Literal["newest", "largest", "product"]
#: So many lines are shown; the file has all.
_SHOWN = 30
_BY: dict[str, list[str]] = {
    "newest": ["order_date", "order_id", "line_no"],
    "largest": ["net_amount", "order_date", "order_id", "line_no"],
    "product": ["product", "order_date", "order_id", "line_no"],
}


class CardExplorer(Explorer):
    """Controls above the list and one customer's card; ``selected`` holds the customers picked.

    Several values of one facet add to each other (Ctrl or Shift picks more than one); facets narrow each other.
    """

    def __init__(self, book: Any) -> None:
        self._book, self._index = book, book.card_index()
        n, _ = book.numbers, book.numbers.words
        self.facets = {
            facet: several(facet_heading(facet, _), {value_label(facet, each, n): each for each in values})
            for facet, values in self._index.facets.items()
        }
        controls = {
            "search": search(_("Search"), _("name, pinyin initials or id")),
            "sort": choice(_("Sort by"), {_sort_label(name, _): name for name in SORTS}),
            **self.facets,
            "customer": choice(_("Card"), {NOBODY: ALL}),
            "lines": pick(_("Its order lines"), {NOBODY: ALL}),
        }
        kinds = {
            "csv": _("Export CSV"), "xlsx": _("Export Excel"), "html": _("Print cards"),
            "lines": _("Export its order lines"),
        }  # fmt: skip
        self.buttons = {kind: ipywidgets.Button(description=label) for kind, label in kinds.items()}
        for kind, button in self.buttons.items():
            button.on_click(lambda _button, kind=kind: self.export(kind))
        self.download = ipywidgets.HTML()
        exports = ipywidgets.HBox([*self.buttons.values(), self.download], layout={"flex_flow": "row wrap"})
        key = ("cards", str(book.month), book.scope.slug, _.language)
        views: list[View] = [self._card, self._lines, self._listing]
        super().__init__(key, controls, views, _, extra=[exports])

    @property
    def selected(self) -> pd.DataFrame:
        """All customers picked, in the order asked for."""
        return self._index.select(self._picked(), self.controls["search"].value, self.controls["sort"].value)

    def prepare(self, moved: str) -> None:
        """Bring the counts and the customers to open up to date."""
        if moved in ("customer", "lines"):
            self._offer_sorts()
            return
        self.download.value = ""
        n, picked, searched = self._book.numbers, self._picked(), self.controls["search"].value
        for facet, counts in self._index.counts(picked, searched).items():
            control = self.facets[facet]
            offered = tuple(
                (f"{value_label(facet, value, n)} ({n.count(count)})", value)
                for value, count in counts.items()
            )
            if control.options != offered:
                control.options = offered
                control.value = picked[facet]
        shown = self._first(searched)
        pairs = zip(called(shown), shown["customer_id"], strict=True)
        opened = self.controls["customer"]
        chosen = opened.value
        opened.options = [(NOBODY, ALL), *((f"{name} · {identity}", identity) for name, identity in pairs)]
        opened.value = chosen if chosen in shown["customer_id"].to_numpy() else ALL
        self._offer_sorts()

    def _offer_sorts(self) -> None:
        """Let the lines of the card that is open be sorted; without one there are none."""
        _, control = self._book.numbers.words, self.controls["lines"]
        offered: tuple[tuple[str, str], ...] = ((NOBODY, ALL),)
        if self.controls["customer"].value:
            offered = (
                (_("Newest first"), "newest"), (_("Largest first"), "largest"), (_("By product"), "product"),
            )  # fmt: skip
        if tuple(control.options) != offered:
            control.options = offered
            control.value = offered[0][1]

    def _picked(self) -> dict[str, tuple[str, ...]]:
        return {facet: control.value for facet, control in self.facets.items()}

    def _first(self, searched: str) -> pd.DataFrame:
        places = self._index.places(self._picked(), searched, self.controls["sort"].value)
        return self._index.customers.iloc[places[:_LISTED]]

    def _listing(self, search: str, sort: str, **picked: tuple[str, ...]) -> Drawn:
        places = self._index.places(picked, search, sort)
        shown = self._index.customers.iloc[places[:_LISTED]]
        return index_table(self._index, shown, self._book.numbers, _LISTED, len(places), UNLISTED[:3])

    def _card(self, customer: str) -> list[Drawn]:
        return [] if not customer else [card_page(self._book.card(customer), self._book.numbers)]

    def _lines(self, customer: str, lines: Sort) -> list[Drawn]:
        return (
            []
            if not customer
            else [lines_table(order_lines(self._book, customer, lines), self._book.numbers)]
        )

    def export(self, kind: str) -> None:
        """Offer the selection as a file to download: the link holds the file, nothing is left on a disk."""
        n, selected = self._book.numbers, self.selected
        if kind == "lines":
            self._export_lines(self.controls["customer"].value)
            return
        if kind == "html":
            ids = selected["customer_id"].head(_PRINTED)
            content, count = as_page([card_page(self._book.card(each), n) for each in ids], n), len(ids)
        else:
            content, count = _WRITERS[kind](self._index, selected, n), len(selected)
        name = f"cards-{self._index.month}.{kind}"
        label = n.words.ngettext("Save {name}: {n} customer", "Save {name}: {n} customers", count, name=name)
        self._offer_file(name, content, label)

    def _export_lines(self, customer: str) -> None:
        n = self._book.numbers
        if not customer:
            self.download.value = html.escape(n.words("Open a card first."))
            return
        lines = order_lines(self._book, customer, self.controls["lines"].value)
        name = f"order-lines-{customer}-{self._index.month}.csv"
        label = n.words.ngettext("Save {name}: {n} line", "Save {name}: {n} lines", len(lines), name=name)
        self._offer_file(name, csv_of(lines), label)

    def _offer_file(self, name: str, content: bytes, label: str) -> None:
        link = f"data:application/octet-stream;base64,{base64.b64encode(content).decode()}"
        self.download.value = f'<a download="{html.escape(name)}" href="{link}">{html.escape(label)}</a>'


_WRITERS = {"csv": as_csv, "xlsx": as_excel}


def _sort_label(name: str, _: Words) -> str:
    return {
        "net_amount": _("Net sales"), "name": _("Name"), "last_purchase": _("Last purchase"),
        "credit_limit": _("Credit limit"), "gap_ratio": _("Silence over usual gap"),
        "probability": _("Probability of leaving"),
    }[name]  # fmt: skip


def cards(book: Any) -> CardExplorer:
    """Pick customers by any combination, search, sort, open a card, export.

    Examples
    --------
    >>> explorer = cards(book)  # as the last line of a cell: `cards(book)`
    >>> explorer.facets["tier"].value = ("A",)
    >>> len(explorer.selected)
    72
    """
    return CardExplorer(book)


def order_lines(book: Any, customer_id: str, sort: Sort = "newest") -> pd.DataFrame:
    """Return a customer's order lines as of the month's end.

    Returns
    -------
    pandas.DataFrame
        order_date, order_id, line_no, product (name, else id), quantity, net_amount: the latest, or the largest, first;
        or by product, the latest first.
    """
    lines = book.tables.order_lines
    rows = lines.filter(lines.customer_id == customer_id)
    columns = ["order_date", "order_id", "line_no", "product_id", "quantity", "net_amount"]
    frame: pd.DataFrame = rows.select(*columns).to_pandas()
    names = pd.Series(dtype="str")
    if book.tables.has("products", "name"):
        products = book.tables.products.select("product_id", "name").to_pandas()
        names = products.set_index("product_id")["name"]
    product = frame["product_id"].map(names).fillna(frame["product_id"])
    frame = frame.assign(order_date=pd.to_datetime(frame["order_date"]), product=product)
    ascending = [name == "product" for name in _BY[sort]]
    frame = frame.sort_values(_BY[sort], ascending=ascending, ignore_index=True)
    return frame[["order_date", "order_id", "line_no", "product", "quantity", "net_amount"]]


def lines_table(lines: pd.DataFrame, n: Numbers) -> Table:
    """List order lines, the first of them."""
    _, shown = n.words, lines.head(_SHOWN)
    columns = {
        "order_date": Column(_("Date"), n.date),
        "order_id": Column(_("Order")),
        "product": Column(_("Product")),
        "quantity": Column(_("Quantity"), n.decimal.to(decimals_of(shown["quantity"].dropna()))),
        "net_amount": Column(_("Net sales"), n.count.to(2)),
    }
    caption = _("Order lines, net sales in {currency}", currency=n.currency)
    return first_of(len(lines), shown, columns, caption, n, cut="pieces", empty=_("No order lines."))
