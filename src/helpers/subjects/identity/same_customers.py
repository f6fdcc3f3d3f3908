"""Pairs of customer numbers that are likely one business, and renumbering among "lost" and "new"."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up
from helpers.subjects.composition.bridge import Bridge
from helpers.subjects.identity.strength import STRONG


@dataclass(frozen=True)
class SameCustomers(Answer):
    """Pairs for review; no figure of another page depends on them.

    Attributes
    ----------
    pairs
        One row a pair that nobody has decided on, the largest amount first (then by strength and ids): the columns of
        `helpers.subjects.identity.strength.compared`; name_of, other_name; is_strong; amount (net sales that the pair
        is about: of the window and of the previous one, of both numbers, the largest of the four).
    decided
        How many pairs have been decided on.
    masked
        Whether customers are masked: then there is nothing to find pairs by.
    """

    pairs: pd.DataFrame
    decided: int
    masked: bool

    @property
    def strong(self) -> pd.DataFrame:
        """Pairs strong enough to be shown before review."""
        return self.pairs[self.pairs["is_strong"]]

    @property
    def renumbered(self) -> pd.DataFrame:
        """Strong pairs in which one number stopped buying before the other began."""
        return self.strong[self.strong["kind"] == "renumbered"]


@dataclass(frozen=True)
class Renumbered(Answer):
    """Lost and new customers of a bridge that may be renumbering: counts, and net sales (0 or more)."""

    lost_customers: int
    lost_of: int
    lost_amount: float
    lost_amount_of: float
    new_customers: int
    new_of: int
    new_amount: float
    new_amount_of: float

    @property
    def is_anything(self) -> bool:
        """Whether any count is above 0."""
        return self.lost_customers + self.new_customers > 0


def same_customers(
    pairs: pd.DataFrame,
    customers: pd.DataFrame,
    summary: pd.DataFrame,
    decided: pd.DataFrame,
    *,
    masked: bool = False,
) -> SameCustomers:
    """Add names and amounts to the pairs, and leave out those with a decision.

    Parameters
    ----------
    pairs, customers, summary
        The facts same_customers, customers (customer_id, name) and customer_summary (customer_id, net_amount,
        net_amount_previous).
    decided
        customer_id and other_id of the pairs decided on, in any order.
    masked
        Whether customers are masked.
    """
    done = {
        frozenset(pair) for pair in decided[["customer_id", "other_id"]].itertuples(index=False, name=None)
    }
    is_decided = [
        frozenset(pair) in done for pair in zip(pairs["customer_id"], pairs["other_id"], strict=True)
    ]
    open_pairs = pairs[~np.array(is_decided, dtype=bool)].reset_index(drop=True)
    names = customers.set_index("customer_id")["name"] if "name" in customers else pd.Series(dtype="object")
    amounts = summary.set_index("customer_id")[["net_amount_previous", "net_amount"]]
    largest = amounts.max(axis=1)
    shown = open_pairs.assign(
        name_of=look_up(open_pairs["customer_id"], names),
        other_name=look_up(open_pairs["other_id"], names),
        is_strong=open_pairs["strength"] >= STRONG,
        amount=np.maximum(
            look_up(open_pairs["customer_id"], largest, 0.0), look_up(open_pairs["other_id"], largest, 0.0)
        ),
    )
    shown = shown.sort_values(
        ["is_strong", "amount", "strength", "customer_id", "other_id"],
        ascending=[False, False, False, True, True], kind="stable", ignore_index=True,
    )  # fmt: skip
    return SameCustomers(shown, sum(is_decided), masked)


def renumbered(same: SameCustomers, bridge: Bridge) -> Renumbered:
    """Count the bridge's lost and new customers that may only have a new number.

    Linked numbers are treated together: a lost or new number counts if all of them together were active before and are
    active now.
    """
    moved, total = bridge.customers.set_index("customer_id"), bridge.groups.iloc[-1]
    together = _chains(same.renumbered)
    known = moved.reindex(together.index)[["net_amount_previous", "net_amount"]].fillna(0.0)
    sums = known.groupby(together).transform("sum")
    stayed = moved.reindex(together.index[(sums > 0).all(axis=1)])
    lost, new = (stayed.loc[stayed["movement"] == kind, "change_amount"] for kind in ("lost", "new"))
    return Renumbered(
        len(lost), int(total["lost_customers"]), float(-lost.sum()), float(-total["lost_amount"]),
        len(new), int(total["new_customers"]), float(new.sum()), float(total["new_amount"]),
    )  # fmt: skip


def _chains(pairs: pd.DataFrame) -> pd.Series:
    """Return a label by number of each connected component of the pairs."""
    ids = pd.Index(pd.unique(pd.concat([pairs["customer_id"], pairs["other_id"]])))
    ends = [ids.get_indexer(pairs[name]) for name in ("customer_id", "other_id")]
    links = coo_array((np.ones(len(pairs)), ends), shape=(len(ids), len(ids)))
    _count, labels = connected_components(links, directed=False)
    return pd.Series(labels, ids)
