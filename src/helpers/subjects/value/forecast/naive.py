"""The rules by which managers forecast: what every model has to beat.

They have the shape of the models, ``fit(summary)`` and ``expected_purchases(summary, periods)``, and learn nothing.
"""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd

from helpers.subjects.sales.purchase_summary import UNIT_DAYS, Unit

YEAR_DAYS = 365


class NaiveForecast:
    """What the rules share.

    Parameters
    ----------
    unit
        Unit of the summary's times.
    """

    def __init__(self, unit: Unit = "W") -> None:
        self.unit: Unit = unit

    def fit(self, summary: pd.DataFrame) -> Self:
        """Return the rule itself: there is nothing to learn."""
        return self

    def expected_purchases(self, summary: pd.DataFrame, periods: float) -> pd.Series[float]:
        """Carry the rule's rate on for ``periods``, in the summary's unit."""
        return (self._rate(summary) * periods).rename("expected_purchases")

    def _rate(self, summary: pd.DataFrame) -> pd.Series[float]:
        raise NotImplementedError


class RateSoFar(NaiveForecast):
    """Repeat purchases so far over the time observed; 0 for a customer of the last day."""

    def _rate(self, summary: pd.DataFrame) -> pd.Series[float]:
        return (summary["frequency"] / summary["T"].where(summary["T"] > 0)).fillna(0.0)


class SilentIsGone(RateSoFar):
    """The rate so far, and 0 for customers who are silent for more than two of their mean gaps."""

    def _rate(self, summary: pd.DataFrame) -> pd.Series[float]:
        mean_gap = summary["recency"] / summary["frequency"].where(summary["frequency"] > 0)
        return super()._rate(summary).where(summary["T"] - summary["recency"] <= 2 * mean_gap, 0.0)


class LastYearsRate(NaiveForecast):
    """Purchases of the last 365 days, as a rate; of a newer customer its repeat purchases over the time observed.

    Needs ``purchases_365_days`` of `helpers.subjects.value.forecast.backtest.PurchaseHistories.summary`.
    """

    def _rate(self, summary: pd.DataFrame) -> pd.Series[float]:
        year = YEAR_DAYS / UNIT_DAYS[self.unit]
        rate = np.where(
            summary["T"] >= year,
            summary["purchases_365_days"] / year,
            RateSoFar(self.unit)._rate(summary),
        )
        return pd.Series(rate, summary.index)
