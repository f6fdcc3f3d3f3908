"""Facts of many rows a customer by number: no texts, small numbers, and the columns that are asked for alone."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.core.scope import COMPANY, Scope
from helpers.engine.connection import columns_of
from helpers.engine.store import FactStore

#: What the fact customer_months has of money; the last two are of the lines with a cost.
MONEY = ("net_amount", "cost_amount", "net_amount_with_cost")
#: Counts are small; all other columns are held as they come.
_HELD_AS = {
    "orders": "int32",
    "purchase_days": "int16",
    "contacts": "int32",
    "visits": "int32",
    "enquiries": "int32",
    "payments": "int32",
    "days_late_sum": "int32",
}


class RowsByNumber:
    """A fact's rows of a scope's customers, months and texts categorical; a column is fetched when it is needed.

    The engine numbers customers and months: texts of millions of rows would take the most memory and time of all, and
    columns that a page does not look at as much as those that it does.

    Parameters
    ----------
    facts, fact, scope
        Whose rows of which fact: one with customer_id.
    ids
        The fact customers' ids in its order: the categories, so that what is known of customers need not be looked up.
    """

    def __init__(self, facts: FactStore, fact: str, scope: Scope, ids: pd.Index) -> None:
        self._facts, self._fact, self._scope, self._ids = facts, fact, scope, ids
        self._held = pd.DataFrame()
        self._keys = [key for key in facts.registry[fact].order if key in ("customer_id", "month")]

    def columns(self, *names: str) -> pd.DataFrame:
        """Return customer_id, month where it is a key of the fact (both categories rise), and these columns.

        Rows stand in the order of the fact's keys, which together are unique: columns that come later stand beside
        the same rows.
        """
        wanted = [*self._keys, *names]
        if missing := [name for name in wanted if name not in self._held]:
            rows = self._numbered()
            keys = [
                "place" if key == "customer_id" else key for key in self._facts.registry[self._fact].order
            ]
            ordered = rows.order_by([ibis.asc(key, nulls_first=False) for key in keys])
            columns = {name: _as_number(ordered, name) for name in missing}
            for name, values in columns_of(ordered.select(**columns)):
                self._held[name] = self._as_held(name, values)
        return self._held[wanted].copy(deep=False)

    def _numbered(self) -> ir.Table:
        """Return the scope's rows with each customer's ``place`` in ``ids``, NULL where a row names none."""
        table, customers = (self._of_scope(name) for name in (self._fact, "customers"))
        place = ibis.row_number().over(order_by=customers.customer_id).cast("int32")
        return table.left_join(customers.select("customer_id", place=place), "customer_id")

    def _of_scope(self, fact: str) -> ir.Table:
        table = self._facts.table(fact)
        whole = self._scope == COMPANY
        return table if whole else self._facts.registry[fact].scoped(table, self._scope, self._facts)

    def _as_held(
        self, name: str, values: np.ndarray | pd.Categorical
    ) -> np.ndarray | pd.Series | pd.Categorical:
        if name == "customer_id":
            return pd.Categorical.from_codes(np.asarray(values), self._ids)
        return _months(np.asarray(values)) if name == "month" else values


def _as_number(rows: ir.Table, name: str) -> ir.Value:
    if name == "customer_id":
        return rows.place.fill_null(-1).cast("int32")
    if name == "month":
        return ((rows.month.year() - 1970) * 12 + rows.month.month() - 1).cast("int16")
    return rows[name].cast(_HELD_AS[name]) if name in _HELD_AS else rows[name]


def _months(numbers: np.ndarray) -> pd.Series:
    """Return months since 1970 as categories of their first days."""
    codes, found = pd.factorize(numbers, sort=True)
    starts = pd.DatetimeIndex(found.astype("datetime64[M]").astype("datetime64[us]"))
    return pd.Series(pd.Categorical.from_codes(codes.astype("int16"), dtype=pd.CategoricalDtype(starts)))
