"""Customers and their months by group: a dimension's values, "not recorded" and "unassigned"."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.analysis.lookup import look_up
from helpers.analysis.money import from_units, to_units

GROUP, NOT_RECORDED, UNASSIGNED = "group", "not_recorded", "unassigned"
KINDS = (GROUP, NOT_RECORDED, UNASSIGNED)
AMOUNTS = ["net_amount", "net_amount_with_cost", "cost_amount"]


def grouped_months(
    customers: pd.DataFrame, customer_months: pd.DataFrame, unassigned: pd.DataFrame | None, by: str
) -> pd.DataFrame:
    """Label the months of every customer, and the unassigned ones, with their group.

    Groups are those of ``customers``, as of the report's month, for all months: a customer who changed class
    takes its history along, so that no change between periods comes from relabelling.

    Parameters
    ----------
    customers
        customer_id and the column ``by``.
    customer_months, unassigned
        Facts of these names; None stands for no unassigned lines.
    by
        A dimension of the customers frame.

    Returns
    -------
    pandas.DataFrame
        kind (one of `KINDS`), group (NaN unless kind is ``group``), customer_id (NaN where unassigned),
        month, net_amount, cost_amount, net_amount_with_cost, and purchase_days where the facts have it.
    """
    if by not in customers.columns:
        raise ValueError(f"customers has no column '{by}'")
    read = [name for name in ("customer_id", "month", *AMOUNTS, "purchase_days") if name in customer_months]
    months = customer_months[read].reset_index(drop=True)
    # As objects before they are looked up: the rows of a customer share one text.
    group = look_up(months["customer_id"], customers.set_index("customer_id")[by].astype("object"))
    parts = [months.assign(group=group, kind=group.notna().map({True: GROUP, False: NOT_RECORDED}))]
    if unassigned is not None and len(unassigned):
        nobody = pd.Series([None] * len(unassigned), dtype="object")
        ids = months["customer_id"].dtype
        unknown = nobody.astype(ids) if isinstance(ids, pd.CategoricalDtype) else nobody
        parts.append(
            unassigned.reset_index(drop=True).assign(group=nobody, customer_id=unknown, kind=UNASSIGNED)
        )
    labelled = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    if "cost_amount" not in labelled:
        labelled["cost_amount"] = float("nan")
    if "net_amount_with_cost" not in labelled:
        labelled["net_amount_with_cost"] = labelled["net_amount"].where(labelled["cost_amount"].notna())
    wanted = ["kind", "group", "customer_id", "month", *AMOUNTS]
    return labelled[[*wanted, *(["purchase_days"] if "purchase_days" in labelled else [])]]


def group_order(
    labelled: pd.DataFrame, recent: pd.Series, first: Iterable[str] = (), always: Iterable[str] = ()
) -> pd.MultiIndex:
    """Return (kind, group) in the order in which groups are listed.

    First the values of ``first`` in that order, then the others by recent net sales, largest first, equal
    ones by name; after them "not recorded", then "unassigned", each only where there are rows.

    Parameters
    ----------
    labelled
        Rows of `grouped_months`.
    recent
        Boolean: the rows whose net sales count for the order.
    first, always
        Values in a wished order, and values that are listed even without a row.
    """
    # By number: grouping by two texts takes longer than all the sums.
    codes, values = pd.factorize(labelled["group"])
    is_group = (labelled["kind"] == GROUP).to_numpy()
    counted = is_group & np.asarray(recent)
    units = np.zeros(len(values), dtype="int64")
    np.add.at(units, codes[counted], to_units(labelled["net_amount"])[counted])
    by_name = {values[place]: from_units(units[place]) for place in np.unique(codes[is_group])}
    for name in always:
        by_name.setdefault(name, 0.0)
    wished = {name: position for position, name in enumerate(dict.fromkeys(first))}
    names = sorted(by_name, key=lambda name: (wished.get(name, len(wished)), -by_name[name], name))
    present = set(labelled["kind"].unique())
    rows = [(GROUP, name) for name in names]
    rows += [(kind, None) for kind in (NOT_RECORDED, UNASSIGNED) if kind in present]
    kinds, groups = [kind for kind, _ in rows], [name for _, name in rows]
    return pd.MultiIndex.from_arrays(
        [pd.Index(kinds, dtype="object"), pd.Index(groups, dtype="object")], names=["kind", "group"]
    )


def keys(kinds: Iterable[str], names: Iterable[str | float | None]) -> list[tuple[str, str | None]]:
    """Return (kind, group) pairs that can be compared: None, never NaN, where there is no group."""
    return [(kind, None if pd.isna(name) else str(name)) for kind, name in zip(kinds, names, strict=True)]


def positions(index: pd.MultiIndex, frame: pd.DataFrame) -> pd.Series:
    """Return the place in `group_order` of each row's kind and group; every row's group must be there."""
    place = {key: number for number, key in enumerate(keys(*_levels(index)))}
    kinds, kind_values = pd.factorize(frame["kind"])
    names, name_values = pd.factorize(frame["group"])  # -1, the last column: no group
    places = np.full((len(kind_values), len(name_values) + 1), -1)
    for row, kind in enumerate(kind_values):
        for column, name in enumerate([*name_values, None]):
            places[row, column] = place.get((kind, name), -1)
    found = places[kinds, names]
    if (found < 0).any():
        raise KeyError("A row's group is not among those listed.")
    return pd.Series(found, frame.index, dtype="int64")


def _levels(index: pd.MultiIndex) -> tuple[pd.Index, pd.Index]:
    return index.get_level_values("kind"), index.get_level_values("group")
