"""Concentration counted by account and by group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up
from helpers.subjects.tiers.concentration import measure

#: Number of groups listed.
MOST_GROUPS = 10


@dataclass(frozen=True)
class GroupShares(Answer):
    """Concentration by account and by group.

    Attributes
    ----------
    month, window_months
        The parameters.
    by_account, by_group
        `helpers.subjects.tiers.concentration.MEASURES`, of accounts and of groups, accounts in no group for themselves.
    groups
        The `MOST_GROUPS` largest groups of two accounts or more, the largest first, then by group_id: group_id, name
        (missing: not known), accounts, net_amount, share (of the net sales of groups and accounts above 0).
    circle
        Why groups cannot be summed: parents go round in a circle; empty if they can. The rest is then empty.
    """

    month: pd.Period
    window_months: int
    by_account: pd.Series
    by_group: pd.Series
    groups: pd.DataFrame
    circle: str = ""


def group_shares(
    sales: pd.DataFrame, members: pd.DataFrame, names: pd.Series, month: pd.Period, window_months: int
) -> GroupShares:
    """Sum the window's net sales by group, and measure concentration both ways.

    Parameters
    ----------
    sales
        customer_id, net_amount of each account in the window.
    members
        customer_id, group_id, group_name: see `helpers.engine.tables.groups.by_parent`.
    names
        What each account is called, by customer_id.
    """
    units = pd.Series(to_units(sales["net_amount"]), index=pd.Index(sales["customer_id"]))
    groups = members.set_index("customer_id")["group_id"]
    key = np.where(units.index.isin(groups.index), look_up(units.index, groups), units.index)
    summed = units.groupby(key).sum()
    listed = members.groupby("group_id").agg(
        accounts=("customer_id", "size"), group_name=("group_name", "first")
    )
    listed = listed[listed["accounts"] > 1]
    listed["units"] = summed.reindex(listed.index).fillna(0).astype("int64")
    positive = int(summed[summed > 0].sum())
    listed = listed.rename_axis("group_id").reset_index()
    own = look_up(listed["group_id"], names)
    listed["name"] = own.where(listed["group_name"].isna(), listed["group_name"])
    listed["net_amount"] = from_units(listed["units"].to_numpy())
    listed["share"] = listed["units"] / positive if positive else np.nan
    listed = listed.sort_values(["units", "group_id"], ascending=[False, True], kind="stable").head(
        MOST_GROUPS
    )
    return GroupShares(
        month,
        window_months,
        _measured(units),
        _measured(summed),
        listed[["group_id", "name", "accounts", "net_amount", "share"]].reset_index(drop=True),
    )


def _measured(units: pd.Series) -> pd.Series:
    return pd.Series(measure(np.sort(units[units > 0].to_numpy(dtype="int64"))), dtype="float64")
