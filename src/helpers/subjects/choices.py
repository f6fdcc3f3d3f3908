"""Options of the explorers' controls: the values that occur among the customers, with their labels."""

from collections.abc import Iterable, Mapping
from typing import Any

import ipywidgets
import pandas as pd

from helpers.present import labels
from helpers.present.numbers import Numbers
from helpers.present.widgets import dropdown, radio
from helpers.subjects.tiers.ranking import TIERS
from helpers.subjects.tiers.views import tier_label

#: The value of "All". Not None, which ipywidgets uses for an empty drop-down.
ALL = ""
#: The only option of a drop-down without a choice.
NO_OPTION = "–"

Filters = tuple[tuple[str, str], ...]


def options(frame: pd.DataFrame, column: str, n: Numbers) -> dict[str, str]:
    """Return the options of a drop-down: all, then each value that occurs among the customers.

    Salespeople are labelled with name and id, since two may share a name.
    """
    offered: dict[str, str] = {n.words("All"): ALL}
    if column not in frame:
        return offered
    known = frame.dropna(subset=column).drop_duplicates(column).sort_values(column)
    for value, name in zip(known[column], known.get("salesperson_name", known[column]), strict=True):
        is_named = column == "salesperson_id" and not pd.isna(name)
        offered[f"{name} ({value})" if is_named else str(n.words.value(value))] = value
    return offered


def set_options(control: ipywidgets.ValueWidget, offered: Iterable[tuple[str, Any]]) -> None:
    """Set the options of a control; its value stays if it is still an option, else the first one is taken."""
    pairs, value_before = tuple(offered), control.value
    if tuple(control.options) != pairs:
        control.options = pairs
        control.value = value_before if value_before in [value for _label, value in pairs] else pairs[0][1]


def active_filters(values: Mapping[str, str]) -> Filters:
    """Return column and value of each drop-down of `dimension_controls` that restricts the customers; hashable."""
    return tuple((column, value) for column, value in values.items() if value != ALL)


def filter_rows(rows: pd.DataFrame, customers: pd.DataFrame, only: Filters) -> pd.DataFrame:
    """Return the rows (``customer_id``) of the customers that match the filters."""
    if not only:
        return rows
    for column, value in only:
        customers = customers[customers[column] == value]
    return rows[rows["customer_id"].isin(customers["customer_id"])]


def dimension_controls(
    customers: pd.DataFrame, dimensions: list[str], n: Numbers
) -> dict[str, ipywidgets.ValueWidget]:
    """Return a drop-down for each column with more than one value among these customers."""
    offered = {name: options(customers, name, n) for name in dimensions}
    return {name: dropdown(heading(name, n), values) for name, values in offered.items() if len(values) > 2}


def heading(column: str, n: Numbers) -> str:
    """Return the label of a column of the customers."""
    _ = n.words
    named = {"salesperson_id": _("Salesperson"), "team": _("Team")}
    return named.get(column) or labels.dimension_heading(column, _)


def tier(n: Numbers) -> ipywidgets.ValueWidget:
    """Return radio buttons for all tiers or one of them."""
    _ = n.words
    return radio(_("Tier"), {_("All"): ALL, **{tier_label(name, _): name for name in TIERS}})
