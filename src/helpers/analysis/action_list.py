"""One list of what should be done, from what all subjects propose: a row a customer, as many as people can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.analysis.lookup import look_up

#: Kinds that are one talk with the customer: nobody goes there twice.
_TALKS = ("visit", "win_back", "keep")


@dataclass(frozen=True)
class ActionList:
    """What should be done, by customer.

    Attributes
    ----------
    actions
        One row a customer, the largest value first, then customer_id: customer_id, name, salesperson_id,
        salesperson_name (missing where nobody owns it), kinds and reasons (tuples, the largest value first,
        none twice; of visit, win_back and keep the first alone; first the reason of each of these kinds, then what
        else is said), value_amount (the largest of its actions: they
        are about the same money, so they are not added up), due_date (the earliest), place (among the owner's,
        from 1), within (whether the owner can do it: ``place`` is at most the limit).
    owners
        One row an owner, by name, then id: salesperson_id, salesperson_name, listed, value_amount (of those),
        more (customers beyond the limit), more_amount.
    limit
        Customers a salesperson can see to.
    """

    actions: pd.DataFrame
    owners: pd.DataFrame
    limit: int


def action_list(proposed: Sequence[pd.DataFrame], customers: pd.DataFrame, limit: int) -> ActionList:
    """Join what subjects propose.

    Parameters
    ----------
    proposed
        Frames with customer_id, kind, reason, value_amount (a year's money at stake), due_date. Equal values keep
        the order of the subjects. Customers that are not in ``customers`` are left out: they are of another scope.
    customers
        The fact of this name, of the scope.
    limit
        Customers a salesperson can see to in a month; the owner's own, or those nobody owns.
    """
    parts = [frame for frame in proposed if len(frame)]
    who = customers.set_index("customer_id")
    columns = ["customer_id", "kind", "reason", "value_amount", "due_date"]
    rows = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    rows = rows[rows["customer_id"].isin(who.index)]
    rows = rows.sort_values("value_amount", ascending=False, kind="stable")
    # Two subjects often say the same of a customer in other words: the first reason of each kind goes before the rest.
    talk_or_kind = rows["kind"].where(~rows["kind"].isin(_TALKS), "talk")
    more = rows.assign(kind=talk_or_kind).duplicated(["customer_id", "kind"])
    rows = pd.concat([rows[~more], rows[more]])
    joined = rows.groupby("customer_id", sort=True).agg(
        kinds=("kind", _kinds),
        reasons=("reason", _once),
        value_amount=("value_amount", "max"),
        due_date=("due_date", "min"),
    )
    joined = joined.sort_values("value_amount", ascending=False, kind="stable").reset_index()
    for column in ("name", "salesperson_id", "salesperson_name"):
        known = who[column] if column in who else pd.Series(np.nan, index=who.index, dtype="object")
        joined[column] = look_up(joined["customer_id"], known).astype("object")
    owner = joined["salesperson_id"].fillna("")
    joined["place"] = joined.groupby(owner).cumcount() + 1
    joined["within"] = joined["place"] <= limit
    return ActionList(joined, _owners(joined), limit)


def _kinds(values: pd.Series) -> tuple[str, ...]:
    """Each kind once; of those that are one talk with the customer, the one of most value."""
    kinds = _once(values)
    talks = [kind for kind in kinds if kind in _TALKS]
    return tuple(kind for kind in kinds if kind not in talks[1:])


def _once(values: pd.Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _owners(joined: pd.DataFrame) -> pd.DataFrame:
    keys = ["salesperson_id", "salesperson_name"]
    amount = joined["value_amount"].astype("float64")
    frame = joined[keys].assign(
        listed=joined["within"].astype("int64"),
        value_amount=amount.where(joined["within"], 0.0),
        more=(~joined["within"].astype(bool)).astype("int64"),
        more_amount=amount.where(~joined["within"].astype(bool), 0.0),
    )
    sums = frame.groupby(keys, dropna=False, sort=True).sum().reset_index()
    return sums.sort_values(["salesperson_name", "salesperson_id"], kind="stable").reset_index(drop=True)
