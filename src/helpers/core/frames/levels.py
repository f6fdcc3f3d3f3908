"""Names of several levels, such as regions within regions: the first levels of each, and what lies within what."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.core.frames.groups import GROUP


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
