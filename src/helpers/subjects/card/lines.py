"""A customer's order lines behind its card: which there are, sorted as asked for, and all of them as a file."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from helpers.present.name_lists import first_of
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table

Sort = Literal["newest", "largest", "product"]
#: So many lines are shown; the file has all.
_SHOWN = 30
_BY: dict[str, list[str]] = {
    "newest": ["order_date", "order_id", "line_no"],
    "largest": ["net_amount", "order_date", "order_id", "line_no"],
    "product": ["product", "order_date", "order_id", "line_no"],
}


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
    _ = n.words
    columns = {
        "order_date": Column(_("Date"), n.date),
        "order_id": Column(_("Order")),
        "product": Column(_("Product")),
        "quantity": Column(_("Quantity"), n.decimal.to(0)),
        "net_amount": Column(_("Net sales"), n.count.to(2)),
    }
    caption = _("Order lines, net sales in {currency}", currency=n.currency)
    return first_of(
        len(lines), lines.head(_SHOWN), columns, caption, n, cut="pieces", empty=_("No order lines.")
    )
