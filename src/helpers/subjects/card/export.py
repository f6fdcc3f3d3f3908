"""Exports of the card index: CSV, Excel, or printable cards; text is never written as a formula."""

import datetime
import html
import io
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from helpers.present.charts import theme
from helpers.present.custom.frames import frame_to_csv
from helpers.present.labels import money_name
from helpers.present.numbers import Numbers
from helpers.present.table import FullList, Table
from helpers.subjects.card.card_index import NOT_RECORDED, CardIndex
from helpers.subjects.card.index_views import facet_heading, index_table, value_label
from helpers.subjects.card.views import STYLE, CardPage

#: All customers of a report, beside its pages.
CUSTOMERS_FILE = "customers.csv"


def index_list(index: CardIndex, n: Numbers) -> Table:
    """List the customers of the index; if the page does not show all of them, a report has a file with all."""
    shown, _ = index_table(index, index.customers, n), n.words
    if shown.row_count == len(index.customers):
        return shown
    full_list = FullList(
        CUSTOMERS_FILE, _("All customers"),
        _("Every customer with what it can be picked by, as a CSV file: {n} rows.", n=n.count(len(index.customers))),
        lambda: to_csv(index, index.customers, n),
    )  # fmt: skip
    return replace(shown, full_list=full_list)


def export_table(index: CardIndex, selected: pd.DataFrame, n: Numbers) -> pd.DataFrame:
    """Return the selection with translated headings and values; amounts and dates keep their types."""
    _ = n.words
    columns = {_("Id"): selected["customer_id"], _("Customer"): selected["name"]}
    for facet in index.facets:
        if facet not in ("sales_band", "credit_band"):
            categories = pd.Categorical(selected[facet])
            labels = [value_label(facet, value, n) for value in (*categories.categories, NOT_RECORDED)]
            # -1, the last: not recorded
            columns[facet_heading(facet, _)] = (
                pd.Series(labels, dtype="str").take(categories.codes).set_axis(selected.index)
            )
    columns |= {
        _("Net sales"): selected["net_amount"],
        _("Credit limit"): selected["credit_limit"],
        _("Last purchase"): selected["last_purchase"],
        _("Probability of leaving"): selected["probability"].round(4),
        _("Salesperson"): selected["salesperson_name"],
        **_value_columns(index, selected, n),
    }
    return pd.DataFrame(columns)


def _value_columns(index: CardIndex, selected: pd.DataFrame, n: Numbers) -> dict[str, pd.Series]:
    """Return the expected value and its contribution; the headings say whether it is margin."""
    if index.worth is None:
        return {}
    _, (years, by_margin) = n.words, index.worth
    heads = {
        "value_amount": _(
            "Expected, next {years} ({measure})", years=_.ngettext("{n} year", "{n} years", years),
            measure=money_name(by_margin, _),
        ),
        "low_80": _("80% from"), "high_80": _("80% to"), "left_amount": _("Of it left after rebates and service"),
        "left_low_80": _("Left: 80% from"), "left_high_80": _("Left: 80% to"),
    }  # fmt: skip
    return {head: selected[name].round(2) for name, head in heads.items() if selected[name].notna().any()}


def to_csv(index: CardIndex, selected: pd.DataFrame, n: Numbers) -> bytes:
    """Write the selection as CSV; see `helpers.present.custom.frames.frame_to_csv`."""
    return frame_to_csv(export_table(index, selected, n))


def to_excel(index: CardIndex, selected: pd.DataFrame, n: Numbers) -> bytes:
    """Write one sheet with typed cells, frozen heading and filters; equal selections give equal bytes."""
    import xlsxwriter  # late: only an export needs it

    frame, buffer = export_table(index, selected, n), io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    made = datetime.datetime.combine(n.year.last_day(index.month), datetime.time(23, 59, 59))
    book.set_properties({"created": made})
    sheet = book.add_worksheet(n.words("Cards"))
    head, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, name, head)
        sheet.set_column(column, column, 16)
        for row, value in enumerate(frame[name].tolist(), start=1):
            if pd.isna(value):
                continue
            if isinstance(value, datetime.datetime):
                sheet.write_datetime(row, column, value, day)
            elif isinstance(value, (int, float)):
                sheet.write_number(row, column, value, money)
            else:
                sheet.write_string(row, column, str(value))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
    book.close()
    return buffer.getvalue()


def to_html(cards: Sequence[CardPage], n: Numbers) -> bytes:
    """Write cards as one self-contained HTML page, one card a sheet of A4, without scripts or requests."""
    title = html.escape(n.words("Customer cards"))
    style = f"body{{margin:2em;font-family:{theme.FONT_STACK}}}@page{{size:A4;margin:15mm}}" + STYLE
    style += "@media print{.wb-card + .wb-card{break-before:page}}"
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="{n.words.html_lang}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{title}</title>'
        f"<style>{style}</style></head><body><main><h1>{title}</h1>"
        f"{''.join(card.html for card in cards)}</main></body></html>"
    ).encode()
