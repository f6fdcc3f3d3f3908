"""Customers and their months by group: a dimension's values, "not recorded" and "unassigned"."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.frames.lookup import look_up
from helpers.errors import WorkbookError

GROUP, NOT_RECORDED, UNASSIGNED = "group", "not_recorded", "unassigned"
KINDS = (GROUP, NOT_RECORDED, UNASSIGNED)
AMOUNTS = ["net_amount", "net_amount_with_cost", "cost_amount"]


def assign_groups(
    ids: pd.Index, customers: pd.DataFrame, by: str | None, *, unassigned: bool = False
) -> pd.DataFrame:
    """Return the group of each customer: kind (one of `KINDS`) and group (NaN unless kind is ``group``).

    Groups are those of ``customers``, as of the report's month, for all months: a customer who changed class
    takes its history along, so that no change between periods comes from relabelling.

    Parameters
    ----------
    ids
        customer_id, each once.
    customers
        customer_id and the column ``by``.
    by
        A dimension of the customers frame; None puts all customers into one group, ``all``.
    unassigned
        Whether a last row stands for the lines without a customer id.

    Returns
    -------
    pandas.DataFrame
        Both columns categorical, numbered from 0 in the order of ``ids``.
    """
    names, places = _group_numbers(ids, customers, by)
    kinds = (places < 0).astype("int8")
    if unassigned:
        places, kinds = np.append(places, -1), np.append(kinds, KINDS.index(UNASSIGNED))
    kind = pd.Categorical.from_codes(kinds, pd.Index(KINDS))
    return pd.DataFrame({"kind": kind, "group": pd.Categorical.from_codes(places, names)})


def _group_numbers(
    ids: pd.Series | pd.Index, customers: pd.DataFrame, by: str | None
) -> tuple[pd.Index, np.ndarray]:
    """Return the groups' names, and for each id the number of its group; -1 where it has none."""
    if by is None:
        return pd.Index(["all"]), np.zeros(len(ids), dtype="int8")
    named = customer_column(customers, by).astype("category").cat
    numbers = pd.Series(named.codes.to_numpy(), customers["customer_id"])
    return named.categories, look_up(ids, numbers, -1).to_numpy()


def customer_column(customers: Any, name: str) -> Any:
    """Return a column of customers, a frame or an Ibis table, by which they are grouped or chosen.

    Raises
    ------
    WorkbookError
        There is none of that name; the message says which there are.
    """
    if name in customers.columns:
        return customers[name]
    which = (
        'Channels are of order lines: book.composition("channel") and book.channel_customers(...) tell of them.'
        if name == "channel"
        else f"There are: {', '.join(each for each in customers.columns if each != 'customer_id')}."
    )
    raise WorkbookError(f"Customers have no column '{name}' to be grouped or chosen by. {which}")


def labels_as_text(labels: pd.DataFrame) -> pd.DataFrame:
    """Return columns ``kind`` and ``group`` of `assign_groups` as texts, where few rows are left to be shown."""
    return labels.assign(kind=labels["kind"].astype("str"), group=labels["group"].astype("object"))


def group_order(
    labelled: pd.DataFrame, recent: pd.Series, first: Iterable[str] = (), always: Iterable[str] = ()
) -> pd.MultiIndex:
    """Return (kind, group) in the order in which groups are listed.

    First the values of ``first`` in that order, then the others by recent net sales, largest first, equal
    ones by name; after them "not recorded", then "unassigned", each only where there are rows.

    Parameters
    ----------
    labelled
        Rows of `assign_groups`, and net_amount.
    recent
        Boolean: the rows whose net sales count for the order.
    first, always
        Values in a wished order, and values that are listed even without a row.
    """
    codes, values = _numbered(labelled["group"])
    kinds_of, kind_values = _numbered(labelled["kind"])
    is_group = np.array([kind == GROUP for kind in kind_values], dtype=bool)[kinds_of]
    counted = is_group & np.asarray(recent)
    units = np.zeros(len(values), dtype="int64")
    np.add.at(units, codes[counted], to_units(labelled["net_amount"].to_numpy()[counted]))
    present = np.bincount(codes[is_group], minlength=len(values)) > 0
    by_name = {values[place]: from_units(units[place]) for place in np.flatnonzero(present).tolist()}
    for name in always:
        by_name.setdefault(name, 0.0)
    wished = {name: position for position, name in enumerate(dict.fromkeys(first))}
    names = sorted(by_name, key=lambda name: (wished.get(name, len(wished)), -by_name[name], name))
    kinds_there = {kind_values[place] for place in np.flatnonzero(np.bincount(kinds_of)).tolist()}
    rows = [(GROUP, name) for name in names]
    rows += [(kind, None) for kind in (NOT_RECORDED, UNASSIGNED) if kind in kinds_there]
    kinds, groups = [kind for kind, _ in rows], [name for _, name in rows]
    return pd.MultiIndex.from_arrays(
        [pd.Index(kinds, dtype="object"), pd.Index(groups, dtype="object")], names=["kind", "group"]
    )


def group_keys(kinds: Iterable[str], names: Iterable[str | float | None]) -> list[tuple[str, str | None]]:
    """Return (kind, group) pairs that can be compared: None, never NaN, where there is no group."""
    return [(kind, None if pd.isna(name) else str(name)) for kind, name in zip(kinds, names, strict=True)]


def group_positions(index: pd.MultiIndex, frame: pd.DataFrame) -> pd.Series:
    """Return the place in `group_order` of each row's kind and group; every row's group must be there."""
    place = {key: number for number, key in enumerate(group_keys(*_levels(index)))}
    kinds, kind_values = _numbered(frame["kind"])
    names, name_values = _numbered(frame["group"])  # -1, the last column: no group
    places = np.full((len(kind_values), len(name_values) + 1), -1)
    for row, kind in enumerate(kind_values):
        for column, name in enumerate([*name_values, None]):
            places[row, column] = place.get((kind, name), -1)
    found = places[kinds, names]
    if (found < 0).any():
        raise KeyError("A row's group is not among those listed.")
    return pd.Series(found, frame.index, dtype="int64")


def _numbered(labels: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Number labels, -1 where there is none; those of `assign_groups` are numbered already."""
    if isinstance(labels.dtype, pd.CategoricalDtype):
        return labels.cat.codes.to_numpy(dtype="int64"), labels.cat.categories
    codes, values = pd.factorize(labels)
    return codes, pd.Index(values)


def _levels(index: pd.MultiIndex) -> tuple[pd.Index, pd.Index]:
    return index.get_level_values("kind"), index.get_level_values("group")


def cut_off(names: pd.Series, between: str, level: int) -> pd.Series:
    """Return the first levels of names; one of fewer levels, or a missing one, stays as it is.

    Examples
    --------
    >>> cut_off(pd.Series(["East / Shanghai / Pudong", "West"]), " / ", 2).tolist()
    ['East / Shanghai', 'West']
    """
    cut = {each: between.join(each.split(between)[:level]) for each in names.dropna().unique()}
    return names.astype("object").map(lambda each: cut.get(each, each))


def depth(names: pd.Series, between: str) -> int:
    """Return how many levels there are; 1 where none lies in another.

    Examples
    --------
    >>> depth(pd.Series(["East / Shanghai / Pudong", "West", None]), " / ")
    3
    """
    return max((each.count(between) + 1 for each in names.dropna().unique()), default=1)


def tree(levels: list[pd.DataFrame], between: str) -> pd.DataFrame:
    """Return the names within those of the first level: all of the second level, then of the third, and so on.

    Parameters
    ----------
    levels
        Groups by the first level, by the first two, and so on: kind, group, customers, net_amount, change_percent.

    Returns
    -------
    pandas.DataFrame
        level (from 2), name, within (names of one level each; name missing: what is recorded no finer), the columns
        of the groups, share_percent (of what it lies in; NaN where that has no net sales). In the order of what they
        lie in, and of the groups.
    """
    rows: list[list[Any]] = []
    places: dict[str, tuple[int, ...]] = {}
    above = pd.Series(dtype="float64")
    for level, groups in enumerate(levels, 1):
        named = groups.loc[groups["kind"] == GROUP, ["group", *_SHOWN]]
        amounts = named.set_index("group")["net_amount"]
        for place, (path, *shown) in enumerate(named.itertuples(index=False, name=None)):
            parts = path.split(between)
            is_finer = len(parts) == level
            lies_in = between.join(parts[: level - 1])
            is_no_finer = len(parts) == level - 1 and amounts.index.str.startswith(path + between).any()
            if not (is_finer or is_no_finer):
                continue  # of this level nothing lies in it
            order = (*places.get(lies_in, ()), place)
            if is_finer:
                places[path] = order
            if level > 1:
                share = 100 * amounts[path] / above[lies_in] if above[lies_in] > 0 else float("nan")
                name, within = (parts[-1].strip() or None) if is_finer else None, lies_in.split(between)[-1]
                rows.append([level, name, within, *shown, share, order])
        above = amounts
    columns = ["level", "name", "within", *_SHOWN, "share_percent", "order"]
    return (
        pd.DataFrame(rows, columns=columns)
        .sort_values(["level", "order"], ignore_index=True)
        .drop(columns="order")
    )


_SHOWN = ["customers", "net_amount", "change_percent"]
