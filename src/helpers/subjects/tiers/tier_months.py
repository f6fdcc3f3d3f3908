"""The months of customers as tiers look at them: the customer is a number, the month an age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from helpers.core.frames.lookup import places_in
from helpers.core.frames.rolling import ages_of, numbered, window_sums
from helpers.errors import WorkbookError

Measure = Literal["net_amount", "margin_amount"]


@dataclass(frozen=True)
class CustomerMonths:
    """Rows of the fact customer_months.

    Attributes
    ----------
    frame
        net_amount, what is measured, and orders.
    codes
        By row: the place in ``ids``; their number where the customer is not looked at.
    ages
        By row: how many months before the report's month it lies.
    ids
        The customers, ascending.
    """

    frame: pd.DataFrame
    codes: np.ndarray
    ages: np.ndarray
    ids: pd.Index

    @classmethod
    def of(cls, rows: pd.DataFrame, month: pd.Period, measure: Measure) -> CustomerMonths:
        """Number the customers of rows up to the month.

        Raises
        ------
        WorkbookError
            Margins are asked for and no line has a cost.
        """
        held = {"net_amount": rows["net_amount"], "orders": rows.get("orders", 0)}
        if measure == "margin_amount":
            if "cost_amount" not in rows or rows["cost_amount"].isna().all():
                raise WorkbookError(
                    "Tiers by margin need the column cost_amount of order_lines, which is not supplied."
                )
            held["margin_amount"] = rows["net_amount_with_cost"] - rows["cost_amount"]
        codes, ids = numbered(rows["customer_id"])
        return cls(pd.DataFrame(held, rows.index), codes, ages_of(rows["month"], month), ids)

    def of_buyers_since(self, age: int) -> CustomerMonths:
        """Return the same of the customers with a row of that age or less."""
        recent = np.bincount(self.codes[self.ages <= age], minlength=len(self.ids)) > 0
        places = np.where(recent, np.cumsum(recent) - 1, recent.sum()).astype("int32")
        return replace(self, codes=places[self.codes], ids=self.ids[recent])

    def sums(self, amount: str, window_months: int, history_months: int) -> Iterator[np.ndarray]:
        """Return everybody's trailing sums in ten-thousandths; see `helpers.core.frames.rolling.window_sums`."""
        amounts, size = self.frame[amount], len(self.ids)
        for sums in window_sums(self.codes, self.ages, amounts, size + 1, window_months, history_months):
            yield sums[:size]

    def of_month(self, age: int, customer_ids: pd.Series) -> pd.DataFrame:
        """Return the rows of that age of a few customers, by customer_id."""
        few = np.zeros(len(self.ids) + 1, dtype=bool)
        few[places_in(self.ids, customer_ids)] = True
        there = np.flatnonzero(self.ages == age)
        there = there[few[self.codes[there]]]
        return self.frame.take(there).set_axis(self.ids.take(self.codes[there]))
