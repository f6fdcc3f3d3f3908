"""Lists of customers by name: what a customer is called, and how much of a long list is shown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table

#: Lists longer than this can be sorted by their readers.
LONG = 12
#: So many customers are listed where a page does not say otherwise.
MOST = 25
#: So many salespeople or units are listed.
MOST_PEOPLE = 100


def called(customers: pd.DataFrame) -> pd.Series:
    """What each customer is called: its name, or its id where no name is known."""
    names = customers["name"].astype("object")  # a column without any name is not one of text
    return names.where(names.notna(), customers["customer_id"])


def capped(caption: str, shown: int, whole: int, n: Numbers) -> str:
    """The caption of a list that shows only the largest: how many there are and how many are left out."""
    if shown == whole:
        return caption
    return n.words(
        "{caption}: the {shown} largest of {whole}, {more} more not shown",
        caption=caption, shown=n.count(shown), whole=n.count(whole), more=n.count(whole - shown),
    )  # fmt: skip


def capped_people(caption: str, shown: int, whole: int, n: Numbers) -> str:
    """As `capped`, for a list of salespeople."""
    if shown == whole:
        return caption
    return n.words(
        "{caption}: the {shown} largest of {whole} salespeople, {more} more not shown",
        caption=caption, shown=n.count(shown), whole=n.count(whole), more=n.count(whole - shown),
    )  # fmt: skip


def largest(rows: pd.DataFrame, amount: pd.Series, most: int = MOST_PEOPLE) -> pd.DataFrame:
    """Take the rows with the largest amounts, as many as are read, in the order in which they stand.

    Parameters
    ----------
    rows
        What is to be listed.
    amount
        By the rows' index; missing ones count as the smallest, equal ones go by their order.
    """
    if len(rows) <= most:
        return rows
    ranked = amount.reset_index(drop=True).sort_values(ascending=False, kind="stable", na_position="last")
    return rows.iloc[sorted(ranked.index[:most])]


def customer_list(
    rows: pd.DataFrame,
    columns: Mapping[str, Column],
    caption: str,
    empty: str,
    n: Numbers,
    whole: int | None = None,
) -> Table:
    """List customers by name, the first `MOST` of them; the caption says how many are left out.

    Parameters
    ----------
    rows
        customer_id, name and the columns shown, in the order in which they are to be read.
    columns
        What stands beside the name.
    caption, empty
        As for `helpers.present.table.table`.
    whole
        How many customers there are, where ``rows`` are but the first of them already, put into words.
    """
    shown = rows if whole is not None else rows.head(MOST)
    whole = len(rows) if whole is None else whole
    return table(
        shown.assign(customer=called(shown)), {"customer": Column(n.words("Customer")), **columns},
        capped(caption, len(shown), whole, n), sortable=len(shown) > LONG, empty=empty,
    )  # fmt: skip
