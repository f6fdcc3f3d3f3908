"""Sums of the fact customer_months by customer, in the order of a table's ids: texts are looked up once for all."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.analysis.lookup import look_up
from helpers.analysis.money import from_units, to_units
from helpers.analysis.periods import Span
from helpers.analysis.rolling import numbered


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
        places = np.arange(len(ids))
        if not found.equals(ids):
            places = look_up(found, pd.Series(places, ids), -1).to_numpy(dtype="int64")
        # The last place is nobody's; -1 as a code finds it too.
        self._places = np.append(np.where(places < 0, self._size, places), self._size)[codes]
        self._inside: dict[Span, NDArray[np.bool_]] = {}
        self._units: dict[tuple[str, Span | None], NDArray[np.int64]] = {}

    def units(self, column: str, span: Span | None = None) -> NDArray[np.int64]:
        """Return the exact sums of a column of money in a span (None: of all months), in ten-thousandths."""
        if (column, span) not in self._units:
            values, places = self._held(column, span)
            self._units[column, span] = self._added(places, to_units(values))
        return self._units[column, span]

    def money(self, column: str, span: Span | None = None) -> NDArray[np.float64]:
        """Return the exact sums of a column of money, 0 for customers without a row; what is missing adds nothing."""
        amounts: NDArray[np.float64] = from_units(self.units(column, span))
        return amounts

    def counts(self, column: str, span: Span | None = None) -> NDArray[np.int64]:
        """Return the sums of a column of whole numbers."""
        values, places = self._held(column, span)
        return self._added(places, values.astype("int64"))

    def known(self, column: str, span: Span | None = None) -> NDArray[np.bool_]:
        """Tell who has a value in a column."""
        values, places = self._held(column, span)
        return np.bincount(places[~np.isnan(values)], minlength=self._size + 1)[: self._size] > 0

    def rows(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many of the rows that are told each customer has."""
        return np.bincount(self._places[chosen], minlength=self._size + 1)[: self._size]

    def first_month(self, rows: NDArray[np.bool_]) -> pd.DatetimeIndex:
        """Return each customer's first month among the rows that are told; NaT where it has none."""
        months = self._months["month"].to_numpy()[rows]
        first = np.full(self._size + 1, np.iinfo("int64").max)
        np.minimum.at(first, self._places[rows], months.astype("int64"))
        first = np.where(first == np.iinfo("int64").max, np.iinfo("int64").min, first)  # NaT
        return pd.DatetimeIndex(first[: self._size].view(months.dtype))

    def _held(self, column: str, span: Span | None) -> tuple[np.ndarray, NDArray[np.int64]]:
        values = self._months[column].to_numpy()
        if span is None:
            return values, self._places
        if span not in self._inside:
            self._inside[span] = span.holds(self._months["month"])
        inside = self._inside[span]
        return values[inside], self._places[inside]

    def _added(self, places: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
        sums = np.zeros(self._size + 1, dtype="int64")
        np.add.at(sums, places, values)
        return sums[: self._size]
