"""The explorer of the card index: facets with counts, search, sort, one open card, exports."""

from typing import Any

import ipywidgets
import pandas as pd

from helpers.core.calendar.period_names import period_name
from helpers.present.widgets import Displayable, dropdown, multi_select, text_search
from helpers.present.words import Words
from helpers.subjects.card.card_index import SORTS
from helpers.subjects.card.customer_explorer import CustomerExplorer, card_options
from helpers.subjects.card.export import to_csv, to_excel, to_html
from helpers.subjects.card.index_views import UNLISTED, facet_heading, index_table, value_label
from helpers.subjects.card.views import card_page
from helpers.subjects.choices import ALL, NO_OPTION, set_options

#: How many customers are listed and offered to open, and so many cards printed.
_LISTED, _PRINTED = 50, 100


class CardExplorer(CustomerExplorer):
    """Controls above the list and one customer's card; ``selected`` holds the matching customers.

    Values of one facet are combined with "or" (Ctrl or Shift selects several), facets with "and".
    """

    def __init__(self, book: Any) -> None:
        self._book, self._index = book, book.card_index()
        n, _ = book.numbers, book.numbers.words
        self.facets = {
            facet: multi_select(
                facet_heading(facet, _), {value_label(facet, each, n): each for each in values}
            )
            for facet, values in self._index.facets.items()
        }
        controls = {
            "search": text_search(_("Search"), _("name, pinyin initials or id")),
            "sort": dropdown(_("Sort by"), {_sort_label(name, _): name for name in SORTS}),
            **self.facets,
        }
        kinds = {"csv": _("Export CSV"), "xlsx": _("Export Excel"), "html": _("Print cards")}
        self.buttons = {kind: ipywidgets.Button(description=label) for kind, label in kinds.items()}
        for kind, button in self.buttons.items():
            button.on_click(lambda _button, kind=kind: self.export(kind))
        super().__init__(book, "cards", controls, [self._listing], [*self.buttons.values()])

    @property
    def selected(self) -> pd.DataFrame:
        """All matching customers, in the chosen order."""
        return self._index.select(self._filters(), self.controls["search"].value, self.controls["sort"].value)

    def prepare(self, moved: str) -> None:
        """Update the counts and the customers that can be opened."""
        if moved not in ("card", "lines"):
            self._offer_customers()
        super().prepare(moved)

    def _offer_customers(self) -> None:
        n, filters, searched = self._book.numbers, self._filters(), self.controls["search"].value
        for facet, counts in self._index.counts(filters, searched).items():
            control = self.facets[facet]
            offered = tuple(
                (f"{value_label(facet, value, n)} ({n.count(count)})", value)
                for value, count in counts.items()
            )
            if control.options != offered:
                control.options = offered
                control.value = filters[facet]
        shown = self._first(searched)
        set_options(self.controls["card"], [(NO_OPTION, ALL), *card_options(shown)])

    def _filters(self) -> dict[str, tuple[str, ...]]:
        return {facet: control.value for facet, control in self.facets.items()}

    def _first(self, searched: str) -> pd.DataFrame:
        places = self._index.places(self._filters(), searched, self.controls["sort"].value)
        return self._index.customers.iloc[places[:_LISTED]]

    def _listing(self, search: str, sort: str, **filters: tuple[str, ...]) -> Displayable:
        places = self._index.places(filters, search, sort)
        shown = self._index.customers.iloc[places[:_LISTED]]
        return index_table(self._index, shown, self._book.numbers, _LISTED, len(places), UNLISTED[:3])

    def export(self, kind: str) -> None:
        """Offer the selection as a download link that contains the file; nothing is written to disk."""
        n, selected = self._book.numbers, self.selected
        if kind == "html":
            ids = selected["customer_id"].head(_PRINTED)
            content, count = to_html([card_page(self._book.card(each), n) for each in ids], n), len(ids)
        else:
            content, count = _WRITERS[kind](self._index, selected, n), len(selected)
        name = f"cards-{period_name(self._index.month)}.{kind}"
        label = n.words.ngettext("Save {name}: {n} customer", "Save {name}: {n} customers", count, name=name)
        self.offer_file(name, content, label)


_WRITERS = {"csv": to_csv, "xlsx": to_excel}


def _sort_label(name: str, _: Words) -> str:
    return {
        "net_amount": _("Net sales"), "name": _("Name"), "last_purchase": _("Last purchase"),
        "credit_limit": _("Credit limit"), "gap_ratio": _("Silence over usual gap"),
        "probability": _("Probability of leaving"),
    }[name]  # fmt: skip


def cards(book: Any) -> CardExplorer:
    """Explore the card index: filter, search, sort, open a card, export.

    Examples
    --------
    >>> explorer = cards(book)  # as the last line of a cell: `cards(book)`
    >>> explorer.facets["tier"].value = ("A",)
    >>> len(explorer.selected)
    72
    """
    return CardExplorer(book)
