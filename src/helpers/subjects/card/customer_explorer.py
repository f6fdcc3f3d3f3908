"""An explorer whose customers can be clicked: it shows the card and the order lines, to sort and to export."""

import base64
import html
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import ipywidgets
import pandas as pd

from helpers.core.calendar.period_names import period_name
from helpers.present.charts.chart import plain
from helpers.present.custom.frames import frame_to_csv
from helpers.present.name_lists import display_names, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.present.widgets import Displayable, Explorer, View, dropdown, radio
from helpers.subjects.card.short_cards import decimals_of
from helpers.subjects.card.views import card_page
from helpers.subjects.choices import ALL, NO_OPTION, set_options

Sort = Literal["newest", "largest", "product"]
#: How many lines are shown; the file has all.
_SHOWN = 30
_BY: dict[str, list[str]] = {
    "newest": ["order_date", "order_id", "line_no"],
    "largest": ["net_amount", "order_date", "order_id", "line_no"],
    "product": ["product", "order_date", "order_id", "line_no"],
}


class CustomerExplorer(Explorer):
    """An explorer of customers: clicking one shows its card and its order lines.

    Parameters
    ----------
    key, controls, views, extra
        As for `helpers.present.widgets.Explorer`; the card and the order of its lines are two more controls.
    """

    def __init__(
        self,
        book: Any,
        key: str,
        controls: Mapping[str, ipywidgets.ValueWidget],
        views: Sequence[View],
        extra: Sequence[ipywidgets.Widget] = (),
    ) -> None:
        self._book, _ = book, book.numbers.words
        self.download = ipywidgets.HTML()
        self.export_lines = ipywidgets.Button(description=_("Export its order lines"))
        self.export_lines.on_click(lambda _button: self._offer_lines())
        exports = ipywidgets.HBox(
            [*extra, self.export_lines, self.download], layout={"flex_flow": "row wrap"}
        )
        more = {
            "card": dropdown(_("Card"), {NO_OPTION: ALL}), "lines": radio(_("Its order lines"), {NO_OPTION: ALL}),
        }  # fmt: skip
        state_key = (key, str(book.month), book.scope.slug, _.language)
        super().__init__(state_key, {**controls, **more}, views, _, [exports], [self._card, self._lines])

    @cached_property
    def _ids_by_name(self) -> dict[str, list[str]]:
        """Customer ids by display name, since charts carry only the name."""
        customers = self._book.frame("customers")
        ids: dict[str, list[str]] = {}
        for name, identity in zip(display_names(customers), customers["customer_id"], strict=True):
            ids.setdefault(plain(name), []).append(identity)
        return ids

    def click(self, called: str, customer: str = "") -> None:
        """Open the card of a clicked customer, by id or unambiguous name; otherwise select the clicked item."""
        heads = (called, called.rpartition(": ")[0], called.rpartition("：")[0])
        named = next((self._ids_by_name[head] for head in heads if head in self._ids_by_name), [])
        customer = customer or (named[0] if len(named) == 1 else "")
        if not customer:
            super().click(called)
            return
        for name in ("customer", "card"):
            if name in self.controls:
                self.offer(name, customer)

    def offer(self, name: str, value: Any) -> None:
        """Add a customer of the scope to the options of the card control, if it is missing."""
        control = self.controls[name]
        if name == "card" and value not in [each for _label, each in control.options]:
            known = self._book.frame("customers")
            rows = known[known["customer_id"] == value]
            set_options(control, [*control.options, *card_options(rows)])
        super().offer(name, value)

    def prepare(self, moved: str) -> None:
        """Enable sorting and exporting the order lines while a card is open."""
        _, control, opened = self._book.numbers.words, self.controls["lines"], self.controls["card"].value
        offered: tuple[tuple[str, str], ...] = ((NO_OPTION, ALL),)
        if opened:
            offered = (
                (_("Newest first"), "newest"), (_("Largest first"), "largest"), (_("By product"), "product"),
            )  # fmt: skip
        set_options(control, offered)
        control.layout.display = self.export_lines.layout.display = "" if opened else "none"
        self.download.value = ""

    def _card(self, card: str) -> list[Displayable]:
        return [] if not card else [card_page(self._book.card(card), self._book.numbers)]

    def _lines(self, card: str, lines: Sort) -> list[Displayable]:
        return [] if not card else [lines_table(order_lines(self._book, card, lines), self._book.numbers)]

    def _offer_lines(self) -> None:
        n, customer = self._book.numbers, self.controls["card"].value
        lines = order_lines(self._book, customer, self.controls["lines"].value)
        name = f"order-lines-{customer}-{period_name(self._book.month)}.csv"
        label = n.words.ngettext("Save {name}: {n} line", "Save {name}: {n} lines", len(lines), name=name)
        self.offer_file(name, frame_to_csv(lines), label)

    def offer_file(self, name: str, content: bytes, label: str) -> None:
        """Offer a file as a download link that contains the data; nothing is written to disk."""
        link = f"data:application/octet-stream;base64,{base64.b64encode(content).decode()}"
        self.download.value = f'<a download="{html.escape(name)}" href="{link}">{html.escape(label)}</a>'


def card_options(customers: pd.DataFrame) -> list[tuple[str, str]]:
    """Return label and id of customers for the card control."""
    pairs = zip(display_names(customers), customers["customer_id"], strict=True)
    return [(f"{name} · {identity}", identity) for name, identity in pairs]


def order_lines(book: Any, customer_id: str, sort: Sort = "newest") -> pd.DataFrame:
    """Return a customer's order lines as of the month end.

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
    """List the first order lines."""
    _, shown = n.words, lines.head(_SHOWN)
    columns = {
        "order_date": Column(_("Date"), n.date),
        "order_id": Column(_("Order")),
        "product": Column(_("Product")),
        "quantity": Column(_("Quantity"), n.decimal.to(decimals_of(shown["quantity"].dropna()))),
        "net_amount": Column(_("Net sales"), n.count.to(2)),
    }
    caption = _("Order lines, net sales in {currency}", currency=n.currency)
    return truncated_table(
        len(lines), shown, columns, caption, n, cut="rows", read=_SHOWN, empty=_("No order lines.")
    )
