"""The card index to pick from (R5): facets with counts that follow, search, sort, one card open, exports."""

from __future__ import annotations

import base64
import html
from typing import Protocol

import ipywidgets

from helpers.analysis.card import Card
from helpers.analysis.card_index import SORTS, CardIndex
from helpers.views.card import card_page
from helpers.views.card_export import as_csv, as_excel, as_page
from helpers.views.card_index import facet_heading, index_table, value_label
from helpers.views.numbers import Numbers
from helpers.views.widgets import choice
from helpers.views.words import Words

#: So many customers are listed, offered to open, and printed.
_LISTED, _PRINTED = 50, 100


class Indexed(Protocol):
    """What the index needs of a book."""

    numbers: Numbers

    def card(self, customer_id: str) -> Card:
        """Return one customer's card."""

    def card_index(self) -> CardIndex:
        """Return all customers of the scope."""


class IndexExplorer(ipywidgets.VBox):
    """Controls above the list and one customer's card; ``selected`` holds the customers picked.

    Several values of one facet add to each other (Ctrl or Shift picks more than one); facets narrow each other.
    """

    def __init__(self, book: Indexed) -> None:
        self._book, self._index = book, book.card_index()
        self._busy = False
        n, _ = book.numbers, book.numbers.words
        self.search = ipywidgets.Text(
            description=_("Search"), placeholder=_("name, pinyin initials or id"), continuous_update=True
        )
        sorts = {_sort_label(name, _): name for name in SORTS}
        self.sort = choice(_("Sort by"), sorts)
        self.facets = {
            facet: ipywidgets.SelectMultiple(
                options=[(value_label(facet, value, n), value) for value in values], rows=min(len(values), 6),
                description=facet_heading(facet, _), style={"description_width": "initial"},
            )
            for facet, values in self._index.facets.items()
        }  # fmt: skip
        self.opened = ipywidgets.Dropdown(description=_("Card"))
        self.buttons = {
            kind: ipywidgets.Button(description=label)
            for kind, label in (
                ("csv", _("Export CSV")),
                ("xlsx", _("Export Excel")),
                ("html", _("Print cards")),
            )
        }
        self.listing, self.card, self.download = (ipywidgets.HTML() for _each in range(3))
        for control in (self.search, self.sort, *self.facets.values()):
            control.observe(self._follow, names="value")
        self.opened.observe(self._show_card, names="value")
        for kind, button in self.buttons.items():
            button.on_click(lambda _button, kind=kind: self._export(kind))
        self._follow()
        wrap = {"flex_flow": "row wrap"}
        super().__init__(
            [
                ipywidgets.HBox([self.search, self.sort], layout=wrap),
                ipywidgets.HBox(list(self.facets.values()), layout=wrap),
                ipywidgets.HBox(list(self.buttons.values()), layout=wrap),
                self.download, self.listing, self.opened, self.card,
            ]
        )  # fmt: skip

    def _follow(self, _change: object = None) -> None:
        """Select anew, and bring the counts, the list and the customers to open up to date."""
        if self._busy:
            return
        self._busy = True  # new options take the choice off for a moment: that is not a choice
        try:
            n = self._book.numbers
            picked = {facet: control.value for facet, control in self.facets.items()}
            self.selected = self._index.select(picked, self.search.value, self.sort.value)
            for facet, counts in self._index.counts(picked, self.search.value).items():
                control = self.facets[facet]
                control.options = [
                    (f"{value_label(facet, value, n)} ({n.count(count)})", value)
                    for value, count in counts.items()
                ]
                control.value = picked[facet]
            shown = self.selected.head(_LISTED)
            self.listing.value = _markup(index_table(self._index, self.selected, n, _LISTED))
            names = shown["name"].where(shown["name"].notna(), shown["customer_id"])
            pairs = zip(names, shown["customer_id"], strict=True)
            self.opened.options = [
                ("–", None),
                *((f"{name} · {identity}", identity) for name, identity in pairs),
            ]
            self.download.value = ""
        finally:
            self._busy = False
        self._show_card()

    def _show_card(self, _change: object = None) -> None:
        if self._busy:
            return
        chosen = self.opened.value
        page = None if chosen is None else card_page(self._book.card(chosen), self._book.numbers)
        self.card.value = "" if page is None else _markup(page)

    def _export(self, kind: str) -> None:
        """Offer the selection as a file to download: the link holds the file, nothing is left on a disk."""
        n = self._book.numbers
        if kind == "html":
            ids = self.selected["customer_id"].head(_PRINTED)
            content = as_page([card_page(self._book.card(each), n) for each in ids], n)
        else:
            content = (as_csv if kind == "csv" else as_excel)(self._index, self.selected, n)
        name = f"cards-{self._index.month}.{kind}"
        label = n.words.ngettext("Save {name}: {n} customer", "Save {name}: {n} customers",
                                 min(len(self.selected), _PRINTED if kind == "html" else len(self.selected)),
                                 name=name)  # fmt: skip
        data = base64.b64encode(content).decode()
        link = f"data:application/octet-stream;base64,{data}"
        self.download.value = f'<a download="{name}" href="{link}">{html.escape(label)}</a>'


def _markup(shown: object) -> str:
    return str(shown._repr_mimebundle_()["text/html"])  # type: ignore[attr-defined]


def _sort_label(name: str, _: Words) -> str:
    return {
        "net_amount": _("Net sales"),
        "name": _("Name"),
        "last_purchase": _("Last purchase"),
        "credit_limit": _("Credit limit"),
        "gap_ratio": _("Silence over usual gap"),
    }[name]


def card_index_explorer(book: Indexed) -> IndexExplorer:
    """Pick customers by any combination, search, sort, open a card, export.

    Examples
    --------
    >>> card_index_explorer(book)  # doctest: +SKIP
    """
    return IndexExplorer(book)
