"""Sums of the fact customer_months by customer, in the order of a table's ids: texts are looked up once for all."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.amounts import counts_at, from_units, parts_of, sums_at
from helpers.core.frames.lookup import look_up
from helpers.core.frames.rolling import numbered
from helpers.core.periods import Span, numbered_months


class CustomerSums:
    """What the months of each customer add up to.

    Parameters
    ----------
    customer_months
        The fact of this name: customer_id, month and the columns that are asked for.
    ids
        The customers, each once; months of others count for nobody.

    Examples
    --------
    >>> months = pd.DataFrame({"customer_id": ["b", "b"], "month": pd.to_datetime(["2026-09-01", "2026-10-01"]),
    ...                        "net_amount": [1.5, 2.0]})
    >>> CustomerSums(months, pd.Index(["a", "b"])).money("net_amount").tolist()
    [0.0, 3.5]
    """

    def __init__(self, customer_months: pd.DataFrame, ids: pd.Index) -> None:
        self._months, self._size = customer_months, len(ids)
        codes, found = numbered(customer_months["customer_id"])
        places = np.arange(len(ids), dtype="int32")
        if not found.equals(ids):
            places = look_up(found, pd.Series(places, ids), -1).to_numpy(dtype="int32")
        # The last place is nobody's; -1 as a code finds it too.
        nobody = np.int32(self._size)
        self._places = np.append(np.where(places < 0, nobody, places), nobody)[codes]
        self._inside: dict[Span, NDArray[np.bool_]] = {}
        self._units: dict[tuple[str, Span | None], NDArray[np.int64]] = {}

    def units(self, column: str, span: Span | None = None) -> NDArray[np.int64]:
        """Return the exact sums of a column of money in a span (None: of all months), in ten-thousandths."""
        if (column, span) not in self._units:
            sums = sums_at(self._places, self._values(column), self._size + 1, self._held(span))
            self._units[column, span] = sums[: self._size]
        return self._units[column, span]

    def money(self, column: str, span: Span | None = None) -> NDArray[np.float64]:
        """Return the exact sums of a column of money, 0 for customers without a row; what is missing adds nothing."""
        amounts: NDArray[np.float64] = from_units(self.units(column, span))
        return amounts

    def counts(self, column: str, span: Span | None = None) -> NDArray[np.int64]:
        """Return the sums of a column of whole numbers."""
        return counts_at(self._places, self._values(column), self._size + 1, self._held(span))[: self._size]

    def known(self, column: str, span: Span | None = None) -> NDArray[np.bool_]:
        """Tell who has a value in a column."""
        values = ~np.isnan(self._values(column))
        return counts_at(self._places, values, self._size + 1, self._held(span))[: self._size] > 0

    def rows(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many of the rows that are told each customer has."""
        return counts_at(self._places, chosen, self._size + 1)[: self._size]

    def first_month(self, rows: NDArray[np.bool_]) -> pd.DatetimeIndex:
        """Return each customer's first month among the rows that are told; NaT where it has none."""
        return self._farthest(rows, np.minimum, len(self._starts))

    def last_month(self, rows: NDArray[np.bool_]) -> pd.DatetimeIndex:
        """Return each customer's last month among the rows that are told; NaT where it has none."""
        return self._farthest(rows, np.maximum, -1)

    def _farthest(self, rows: NDArray[np.bool_], farther: np.ufunc, none: int) -> pd.DatetimeIndex:
        found = np.full(self._size + 1, none)
        for at, steps in parts_of(self._places, self._steps, rows):
            farther.at(found, at, steps.astype("int64"))
        starts = self._starts.append(pd.DatetimeIndex([pd.NaT], dtype=self._starts.dtype))  # -1 finds it too
        return pd.DatetimeIndex(starts.take(found[: self._size]))

    @cached_property
    def _starts(self) -> pd.DatetimeIndex:
        """The months, ascending."""
        return numbered_months(self._months["month"])[1].sort_values()

    @cached_property
    def _steps(self) -> NDArray[np.int16]:
        """By row: the place of its month among all, ascending."""
        codes, starts = numbered_months(self._months["month"])
        return self._starts.get_indexer(starts).astype("int16")[codes]

    def _values(self, column: str) -> np.ndarray:
        return self._months[column].to_numpy()

    def _held(self, span: Span | None) -> NDArray[np.bool_] | None:
        if span is None:
            return None
        if span not in self._inside:
            self._inside[span] = span.holds(self._months["month"])
        return self._inside[span]
