"""Lists of customers by name: what a customer is called, and how much of a long list is shown."""

from __future__ import annotations

import pandas as pd

from helpers.views.numbers import Numbers

#: Lists longer than this can be sorted by their readers.
LONG = 12


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
