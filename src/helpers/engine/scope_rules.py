"""The rules of `helpers.engine.fact` in pandas, for facts that are in memory: the same rows in the same order."""

from collections.abc import Callable, Mapping

import pandas as pd

from helpers.core.scope import Scope
from helpers.engine import fact
from helpers.engine.fact import ScopeRule

#: The whole fact, the scope (never the company's), all customers: the rows that the scope may see.
PandasRule = Callable[[pd.DataFrame, Scope, pd.DataFrame], pd.DataFrame]


def _by_owner(rows: pd.DataFrame, scope: Scope, customers: pd.DataFrame) -> pd.DataFrame:
    return rows[rows[fact.owner_column(scope)] == scope.id]


def _by_customer(rows: pd.DataFrame, scope: Scope, customers: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["customer_id"].isin(_owned(scope, customers))]


def _by_customer_pair(rows: pd.DataFrame, scope: Scope, customers: pd.DataFrame) -> pd.DataFrame:
    own = _owned(scope, customers)
    return rows[rows["customer_id"].isin(own) & rows["other_id"].isin(own)]


def _owned(scope: Scope, customers: pd.DataFrame) -> pd.Series:
    return customers.loc[customers[fact.owner_column(scope)] == scope.id, "customer_id"]


def _by_target_scope(rows: pd.DataFrame, scope: Scope, customers: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["scope_type"] == scope.kind) & (rows["scope_id"] == scope.id)]


PANDAS_RULES: Mapping[ScopeRule, PandasRule] = {
    fact.by_owner: _by_owner,
    fact.by_customer: _by_customer,
    fact.by_customer_pair: _by_customer_pair,
    fact.by_target_scope: _by_target_scope,
    fact.company_only: lambda rows, scope, customers: rows.iloc[:0],
    fact.unscoped: lambda rows, scope, customers: rows,
}
"""A rule that is not here is the engine's to apply."""
