"""The rules of `helpers.engine.fact` in pandas, for facts that are in memory: the same rows in the same order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from helpers.core.scope import Scope
from helpers.engine import fact
from helpers.engine.fact import Scoped

#: The whole fact, the scope (never the company's), all customers: the rows that the scope may see.
Cut = Callable[[pd.DataFrame, Scope, pd.DataFrame], pd.DataFrame]


def _own_owner(rows: pd.DataFrame, scope: Scope, customers: pd.DataFrame) -> pd.DataFrame:
    return rows[rows[fact.owner_column(scope)] == scope.id]


def _own_customers(rows: pd.DataFrame, scope: Scope, customers: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["customer_id"].isin(_owned(scope, customers))]


def _own_pairs(rows: pd.DataFrame, scope: Scope, customers: pd.DataFrame) -> pd.DataFrame:
    own = _owned(scope, customers)
    return rows[rows["customer_id"].isin(own) & rows["other_id"].isin(own)]


def _owned(scope: Scope, customers: pd.DataFrame) -> pd.Series:
    return customers.loc[customers[fact.owner_column(scope)] == scope.id, "customer_id"]


def _own_targets(rows: pd.DataFrame, scope: Scope, customers: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["scope_type"] == scope.kind) & (rows["scope_id"] == scope.id)]


CUTS: Mapping[Scoped, Cut] = {
    fact.own_owner: _own_owner,
    fact.own_customers: _own_customers,
    fact.own_pairs: _own_pairs,
    fact.own_targets: _own_targets,
    fact.company_only: lambda rows, scope, customers: rows.iloc[:0],
    fact.everybody: lambda rows, scope, customers: rows,
}
"""A rule that is not here is the engine's to apply."""
