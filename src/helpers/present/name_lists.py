"""Lists of which the first rows are shown: what is shown, what a customer is called, and how much is left out."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import pandas as pd

from helpers.present.charts.chart import plain
from helpers.present.numbers import MISSING, Numbers, share_or_times
from helpers.present.table import Column, Table, columns_with_values, table

#: Lists longer than this can be sorted by their readers.
SORTABLE_FROM = 12
#: So many rows of a list are read on a page; the tables' spreadsheet has those that follow.
PAGE_ROWS = 10
#: So many rows are listed, on the page and in the spreadsheet, where a page does not say otherwise.
MAX_ROWS = 200
#: So many groups stand in a table; the others are put together as one row.
MAX_GROUPS = 25
#: So many salespeople or units are listed.
MAX_PEOPLE = 100

#: What is left out of a list, as its caption says it.
Cut = Literal[
    "smaller", "people", "nearer_target", "smaller_changes", "smaller_apart", "first", "rows", "pieces"
]


def display_names(rows: pd.DataFrame, key: str = "customer_id", name: str = "name") -> pd.Series:
    """What each customer (or whose id it is) is called: its name, or its id where no name is known."""
    names = rows[name].astype("object")  # a column without any name is not one of text
    return names.where(names.notna(), rows[key])


def unique_display_names(rows: pd.DataFrame, key: str, name: str = "name") -> pd.Series:
    """As `display_names`; rows with the same name get their ids too, so that a name leads to one."""
    names = display_names(rows, key, name)
    return names.where(~names.duplicated(keep=False), names + " (" + rows[key] + ")")


def truncated_caption(caption: str, shown: int, row_count: int, n: Numbers, cut: Cut = "smaller") -> str:
    """The caption of a list that shows only the first rows: how many there are and how many are left out."""
    if shown >= row_count:
        return caption
    _, counts = n.words, {"caption": caption, "shown": n.count(shown)}
    counts |= dict.fromkeys(("whole", "all"), n.count(row_count))
    return {
        "smaller": _("{caption}: the {shown} largest of {whole}", **counts),
        "people": _("{caption}: the {shown} largest of {whole} salespeople", **counts),
        "nearer_target": _("{caption}: the {shown} furthest below target of {whole}", **counts),
        "smaller_changes": _("{caption}; the {shown} largest changes of {all}", **counts),
        "smaller_apart": _("{caption}; the {shown} largest of {all}", **counts),
        "first": _("{caption}: the first {shown} of {whole}", **counts),
        "rows": _("{caption}: the first {shown} of {whole} rows", **counts),
        "pieces": _("{caption}: {shown} of {whole} pieces", **counts),
    }[cut]  # fmt: skip


def largest(rows: pd.DataFrame, amount: pd.Series, most: int = MAX_PEOPLE) -> pd.DataFrame:
    """Take the rows with the largest amounts, as many as are read, in the order in which they stand.

    Parameters
    ----------
    amount
        By the rows' index; missing ones count as the smallest, equal ones go by their order.
    """
    if len(rows) <= most:
        return rows
    ranked = amount.reset_index(drop=True).sort_values(ascending=False, kind="stable", na_position="last")
    return rows.iloc[sorted(ranked.index[:most])]


def truncated_table(
    row_count: int,
    shown: pd.DataFrame,
    columns: Mapping[str, Column],
    caption: str,
    n: Numbers,
    *,
    cut: Cut = "smaller",
    empty: str = MISSING,
    sortable: bool | None = None,
    total: Mapping[Any, Any] | None = None,
    cards: bool = False,
    by: str | None = None,
    read: int = PAGE_ROWS,
) -> Table:
    """List the first rows of a longer list: a few to read, those that follow for the spreadsheet.

    Parameters
    ----------
    shown
        Those that the spreadsheet gets, in the order in which they are to be read.
    columns, caption, empty, total, cards
        As for `helpers.present.table.table`; a column ``customer`` is what each is called, of ``customer_id`` and
        ``name``.
    cut
        What is left out.
    sortable
        Whether readers may sort it; None: where it is `SORTABLE_FROM`.
    by
        The column by whose size the rows to read are taken, in the order in which they stand; None: the first.
    read
        So many are read. Of a list little longer than that, or with a total, all are: what is set apart is a list.
    """
    if "customer" in columns and "customer" not in shown:
        shown = shown.assign(customer=display_names(shown))
    few, columns = shown, columns_with_values(shown, columns)
    if total is None and len(shown) > read + 2:
        few = shown.head(read) if by is None else largest(shown, shown[by].abs(), read)
    sortable = len(few) > SORTABLE_FROM if sortable is None else sortable
    title = truncated_caption(caption, len(few), row_count, n, cut)
    note = "" if few is shown else _where_the_rest_is(len(shown), row_count, n)
    read_ones = table(
        few, columns, title, total=total, empty=empty, sortable=sortable, cards=cards, note=note
    )
    if few is shown:
        return read_ones
    kept = plain(truncated_caption(caption, len(shown), row_count, n, cut))
    return replace(read_ones, frame=shown, caption=kept, row_count=len(shown))


def _where_the_rest_is(kept: int, row_count: int, n: Numbers) -> str:
    _, counts = n.words, {"kept": n.count(kept), "all": n.count(row_count)}
    if kept >= row_count:
        return _("All {all}: tables.xlsx", **counts)
    return _("The first {kept} of {all}: tables.xlsx", **counts)


def with_full_sheet(
    read: Table,
    every: pd.DataFrame,
    listed: pd.Series,
    columns: Mapping[str, Column],
    caption: str,
    n: Numbers,
) -> Table:
    """Give a table all rows in the spreadsheet, with a caption of their own and a column for those on the page.

    Parameters
    ----------
    read
        What the page shows; without rows it stays so.
    every, listed, columns, caption
        All rows, whether each is one of the list, the list's columns, and what all are.
    """
    if not read.row_count:
        return read
    _ = n.words
    every = every.assign(listed=pd.Series(_("yes"), every.index, dtype="object").where(listed))
    columns = {**columns, "listed": Column(_("Listed on the page"))}
    return replace(read, frame=every, columns=columns, caption=caption, row_count=len(every))


def table_with_others(
    frame: pd.DataFrame,
    columns: Mapping[str, Column],
    caption: str,
    n: Numbers,
    *,
    by: str,
    adds_up: Collection[str],
    total: Mapping[Any, Any] | None = None,
    empty: str = MISSING,
    sortable: bool = False,
) -> Table:
    """Show the rows with the largest amounts, and the others added up as one row; the spreadsheet has all rows.

    Parameters
    ----------
    frame
        All rows, in the order in which they are read; the column ``label`` says what each is.
    columns, caption, total, empty, sortable
        As for `helpers.present.table.table`.
    by
        The column whose amounts, whatever their sign, decide which rows are shown.
    adds_up
        Columns whose sum says something of the others together; of the rest of the columns nothing is said there.
    """
    if len(frame) <= MAX_GROUPS:
        return table(frame, columns, caption, total=total, empty=empty, sortable=sortable)
    shown = largest(frame, frame[by].abs(), MAX_GROUPS)
    others = frame.drop(shown.index)
    rest: dict[str, Any] = {name: others[name].sum() for name in columns if name in adds_up}
    rest["label"] = n.words.ngettext("{n} other", "{n} others", len(others))
    both = pd.concat([shown, pd.DataFrame([rest])], ignore_index=True)
    title = n.words(
        "{caption}: the {shown} largest of {all}, the others together; the Excel file of the tables has all",
        caption=caption, shown=n.count(len(shown)), all=n.count(len(frame)),
    )  # fmt: skip
    read = table(both, columns, title, total=total, empty=empty, sortable=sortable)
    return replace(read, frame=frame, caption=plain(caption), row_count=len(frame))


def measures(n: Numbers, *names: str, bar: str | None = None) -> dict[str, Column]:
    """Return the columns of measures, by the name that they have in frames, in the order asked for.

    Parameters
    ----------
    names
        Names of columns of a frame. Money is in the report's currency, which the caption names; ``_percent`` are
        shares times 100, ``_share`` and ``_rate`` are shares.
    bar
        The one beside whose figures bars are drawn.

    Raises
    ------
    KeyError
        There is no such measure.
    """
    known = _known(n)
    return {name: replace(known[name], bar=True) if name == bar else known[name] for name in names}


@lru_cache
def _known(n: Numbers) -> dict[str, Column]:
    _ = n.words
    return {
        "customer": Column(_("Customer"), id_column="customer_id"),
        "salesperson_name": Column(_("Salesperson"), if_known=True),
        "tier": Column(_("Tier")),
        "why": Column(_("Why")),
        "step": Column(_("Next step")),
        "customers": Column(_("Customers"), n.count),
        "complaints": Column(_("Complaints"), n.count),
        "net_amount": Column(_("Net sales"), n.count),
        "change_amount": Column(_("Change"), n.signed_count),
        "share": Column(_("Share"), n.percent),
        "share_percent": Column(_("Share"), n.in_percent),
        "customers_percent": Column(_("Of customers"), n.in_percent),
        "cumulative_share": Column(_("Cumulative"), n.percent),
        "margin_amount": Column(_("Margin"), n.count),
        "margin_rate": Column(_("Margin"), n.percent),
        "margin_percent": Column(_("Margin rate"), n.in_percent),
        "sales_amount": Column(_("Sales to date"), n.count),
        "attainment_to_date": Column(_("Of target to date"), n.percent.written(share_or_times(n))),
        "balance_amount": Column(_("Balance"), n.count),
        "credit_limit": Column(_("Credit limit"), n.count),
        "collection_rate": Column(_("Collection rate"), n.percent),
        "history_amount": Column(_("So far"), n.count),
        "window_amount": Column(_("Last 12 months"), n.count),
        "low_95": Column(_("95% from"), n.count),
        "low_80": Column(_("80% from"), n.count),
        "high_80": Column(_("80% to"), n.count),
        "high_95": Column(_("95% to"), n.count),
        "satisfaction": Column(_("Satisfaction, 0 to 10"), n.decimal),
        "interval": Column(_("95% interval")),
        "response_rate": Column(_("Of the buying"), n.percent),
        "origins": Column(_("Past month ends"), n.count),
    }
