"""How long a silence is usual for each customer: by its own gaps; with few purchases by those of its class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.frames.lookup import look_up
from helpers.settings.churn import Churn
from helpers.subjects.churn.learning.features import days_per_month, origin_number
from helpers.subjects.sales.purchase_summary import trading_silence
from helpers.subjects.signals.measures import gaps_of

#: Gaps from which on a customer has a rhythm of its own: three purchases.
OWN_GAPS = 2
#: Of a class with fewer such customers the gaps of all customers are taken.
_LEAST = 10


@dataclass(frozen=True)
class Rhythms:
    """The usual gap between purchases at each month end, over all customers and by trade class.

    Attributes
    ----------
    classes
        Trade class by customer_id, as recorded at the report's month end; missing ones are of no class.
    overall, by_class
        The median of the customers' own mean gaps in days, by month end (year * 12 + month), and by month end and
        class; of customers with `OWN_GAPS` or more, and of classes with enough of them.
    overdue_gaps, horizon_months
        `Churn.overdue_gaps`; the horizon, which stands in where nobody has bought three times.
    """

    classes: pd.Series
    overall: pd.Series
    by_class: pd.Series
    overdue_gaps: float
    horizon_months: int

    def for_panel(self, panel: pd.DataFrame) -> pd.DataFrame:
        """Return the usual gap and the overdue limit for each row of the fact purchase_panel.

        Returns
        -------
        pandas.DataFrame
            In the panel's index: usual_gap_days (its own mean gap; with fewer than `OWN_GAPS` its class's),
            own_rhythm (whether it is its own), limit_days (silent for longer, its order is overdue).
        """
        own, spread = _own_gaps(panel)
        number, trade_class = origin_number(panel), look_up(panel["customer_id"], self.classes, None)
        keys = pd.MultiIndex.from_arrays([number, trade_class])
        gaps = pd.Series(self.by_class.reindex(keys).to_numpy(dtype="float64"), panel.index)
        gaps = gaps.fillna(number.map(self.overall).astype("float64"))
        usual_gap = own.fillna(gaps).fillna(self.horizon_months * days_per_month(panel)).clip(lower=1.0)
        regular_limit = self.overdue_gaps * usual_gap
        irregular_limit = usual_gap + self.overdue_gaps * spread.fillna(0.0)
        # Days on which nobody buys pass before an order is overdue; 0 without a calendar.
        idle_days = panel["silence_days"] - trading_silence(panel)
        limit = np.maximum(regular_limit, irregular_limit) + idle_days
        return pd.DataFrame(
            {"usual_gap_days": usual_gap.round(6), "own_rhythm": own.notna(), "limit_days": limit.round(6)}
        )


def rhythms(panel: pd.DataFrame, classes: pd.Series | None, settings: Churn, horizon_months: int) -> Rhythms:
    """Learn what is usual from the customers of a panel, at each of its month ends from what was known then."""
    own, _spread = _own_gaps(panel)
    trade_classes = pd.Series(dtype="object") if classes is None else classes.dropna()
    own_gaps = pd.DataFrame(
        {
            "number": origin_number(panel),
            "label": look_up(panel["customer_id"], trade_classes, None),
            "gap": own,
        }
    )
    own_gaps = own_gaps[own.notna()]
    medians = own_gaps.dropna(subset="label").groupby(["number", "label"])["gap"].agg(["median", "size"])
    return Rhythms(
        trade_classes,
        own_gaps.groupby("number")["gap"].median(),
        medians.loc[medians["size"] >= _LEAST, "median"],
        settings.overdue_gaps,
        horizon_months,
    )


def _own_gaps(panel: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return mean and spread of each customer's own gaps in days; NaN of fewer than `OWN_GAPS`."""
    gaps, total, square = (
        panel[name].to_numpy(dtype="float64") for name in ("frequency", "recency_days", "gap_squares")
    )
    mean, spread = gaps_of(gaps, total, square)
    has_rhythm = gaps >= OWN_GAPS
    return pd.Series(np.where(has_rhythm, mean, np.nan), panel.index), pd.Series(spread, panel.index)
