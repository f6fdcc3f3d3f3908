"""Facts of many rows a customer, encoded: texts as categories, small integers, and only the columns in use."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from helpers.core.frames.lookup import run_positions
from helpers.core.scope import COMPANY, Scope
from helpers.engine.store import FactStore

#: What the fact customer_months has of money; the last two are of the lines with a cost.
MONEY = ("net_amount", "cost_amount", "net_amount_with_cost")
#: Counts are small; all other columns keep their type.
_DTYPES = {
    "orders": "int32",
    "purchase_days": "int16",
    "contacts": "int32",
    "visits": "int32",
    "enquiries": "int32",
    "payments": "int32",
    "days_late_sum": "int32",
}
_CUSTOMERS_AT_ONCE, _ROWS_AT_ONCE = 50_000, 1_000_000


class EncodedRows:
    """A fact's rows of a scope's customers, months and texts categorical; a column is fetched when it is needed.

    Texts of millions of rows would take the most memory and time of all, and columns that a page does not look at as
    much as those that it does. Rows are fetched part by part, so that texts of all of them are never there together.

    Parameters
    ----------
    facts, fact, scope
        Whose rows of which fact: one with customer_id.
    ids
        The fact customers' ids in its order: the categories, so that what is known of customers need not be looked up.
    """

    def __init__(self, facts: FactStore, fact: str, scope: Scope, ids: pd.Index) -> None:
        self._facts, self._fact, self._scope, self._ids = facts, fact, scope, ids
        self._frame = pd.DataFrame()
        self._keys = [key for key in facts.registry[fact].order if key in ("customer_id", "month")]

    def columns(self, *names: str) -> pd.DataFrame:
        """Return customer_id, month where it is a key of the fact (both categories rise), and these columns.

        Rows stand in the order of the keys where the fact's file does, and else in any: what is made of them must not
        depend on it.
        """
        missing = [name for name in names if name not in self._frame]
        if "customer_id" not in self._frame:
            missing = [*self._keys, *missing]
        elif missing and not self._stand_in_order:
            # They came in an order of their own, and no second time in the same.
            missing = [*dict.fromkeys([*self._frame.columns, *missing])]
            self._frame = pd.DataFrame()
        if missing:
            self._fetch(missing)
        return self._frame[[*self._keys, *names]].copy(deep=False)

    def _fetch(self, names: Sequence[str]) -> None:
        parts: dict[str, list[Any]] = {name: [] for name in names}
        for positions, rows in self._parts(names):
            for name in names:
                parts[name].append(self._encoded(name, rows.pop(name), positions))
        for name in names:
            found = parts.pop(name)
            if isinstance(found[0], pd.Categorical):
                self._frame[name] = union_categoricals(found, sort_categories=True)
                continue
            whole = np.concatenate(found)
            if name == "customer_id":
                self._frame[name] = pd.Categorical.from_codes(whole, self._ids)
            else:
                self._frame[name] = _months(whole) if name == "month" else whole

    def _encoded(self, name: str, values: pd.Series, positions: range) -> np.ndarray | pd.Categorical:
        """Return values as they are kept: of ids their places, which lie in ``positions``, of months their number."""
        if name == "customer_id":
            places = run_positions(self._ids[positions.start : positions.stop], values)
            return np.where(places < 0, -1, places + positions.start).astype("int32")
        if name == "month":
            codes, found = pd.factorize(values)
            return found.to_numpy().astype("datetime64[M]").astype("int16")[codes]
        if values.dtype == "str":
            return pd.Categorical(values)
        return values.to_numpy(dtype=_DTYPES.get(name))

    def _parts(self, names: Sequence[str]) -> Iterator[tuple[range, pd.DataFrame]]:
        """Fetch the rows in parts, each with the range of positions of its customers."""
        everybody = range(len(self._ids))
        if len(everybody) <= _CUSTOMERS_AT_ONCE:
            rows = self._facts.frame(
                self._fact, self._scope, [*dict.fromkeys((*self._facts.registry[self._fact].order, *names))]
            )
            yield everybody, rows.copy(deep=False)
        elif self._stand_in_order:
            starts = everybody[::_CUSTOMERS_AT_ONCE]
            ids: list[str | None] = ["", *self._ids[list(starts[1:])], None]
            for start, (first, last) in zip(starts, pairwise(ids), strict=True):
                positions = everybody[start : start + _CUSTOMERS_AT_ONCE]
                yield positions, self._facts.frame_between(self._fact, str(first), last, names)
            for rows in self._facts.frames(self._fact, self._scope, names, _ROWS_AT_ONCE, of_nobody=True):
                yield everybody, rows
        else:
            for rows in self._facts.frames(self._fact, self._scope, names, _ROWS_AT_ONCE):
                yield everybody, rows

    @property
    def _stand_in_order(self) -> bool:
        if len(self._ids) <= _CUSTOMERS_AT_ONCE:
            return True  # they are asked for with their keys
        whole = self._scope == COMPANY and self._facts.registry[self._fact].is_ordered
        return whole and self._facts.path(self._fact).is_file()


def _months(numbers: np.ndarray) -> pd.Series:
    """Return months since 1970 as categories of their first days."""
    codes, found = pd.factorize(numbers, sort=True)
    starts = pd.DatetimeIndex(found.astype("datetime64[M]").astype("datetime64[us]"))
    return pd.Series(pd.Categorical.from_codes(codes.astype("int16"), dtype=pd.CategoricalDtype(starts)))


def id_ranges(facts: FactStore) -> Iterator[tuple[str, str | None]]:
    """Return the first id of each part and that of the next (None: the end): see `FactStore.frame_between`."""
    starts: list[str | None] = [*facts.buyer_ids()[::_CUSTOMERS_AT_ONCE], None]
    return ((str(first), last) for first, last in pairwise(starts))
