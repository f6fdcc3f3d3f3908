"""How long a silence is usual for each customer: by its own gaps; with few purchases by those of its class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.frames.lookup import look_up
from helpers.settings.churn import Churn
from helpers.subjects.churn.learning.features import days_a_month, origin_number
from helpers.subjects.sales.purchase_summary import silence_of
from helpers.subjects.signals.measures import gaps_of

#: Gaps from which on a customer has a rhythm of its own: three purchases.
OWN_GAPS = 2
#: Of a class with fewer such customers the gaps of all customers are taken.
_LEAST = 10


@dataclass(frozen=True)
class Rhythms:
    """What tells, at each month end, which silence is usual.

    Attributes
    ----------
    classes
        Trade class by customer_id, as recorded at the report's month end; missing ones are of no class.
    of_all, of_class
        The median of the customers' own mean gaps in days, by month end (year * 12 + month), and by month end and
        class; of customers with `OWN_GAPS` or more, and of classes with enough of them.
    overdue_gaps, horizon_months
        `Churn.overdue_gaps`; the horizon, which stands in where nobody has bought three times.
    """

    classes: pd.Series
    of_all: pd.Series
    of_class: pd.Series
    overdue_gaps: float
    horizon_months: int

    def of(self, panel: pd.DataFrame) -> pd.DataFrame:
        """Return what is usual for each row of the fact purchase_panel.

        Returns
        -------
        pandas.DataFrame
            In the panel's index: usual_gap_days (its own mean gap; with fewer than `OWN_GAPS` its class's),
            own_rhythm (whether it is its own), limit_days (silent for longer, its order is overdue).
        """
        own, spread = _own_gaps(panel)
        number, label = origin_number(panel), look_up(panel["customer_id"], self.classes, None)
        pairs = pd.MultiIndex.from_arrays([number, label])
        gaps = pd.Series(self.of_class.reindex(pairs).to_numpy(dtype="float64"), panel.index)
        gaps = gaps.fillna(number.map(self.of_all).astype("float64"))
        usual = own.fillna(gaps).fillna(self.horizon_months * days_a_month(panel)).clip(lower=1.0)
        plain, irregular = self.overdue_gaps * usual, usual + self.overdue_gaps * spread.fillna(0.0)
        # Days on which nobody buys pass before an order is overdue; 0 without a calendar.
        rested = panel["silence_days"] - silence_of(panel)
        limit = np.maximum(plain, irregular) + rested
        return pd.DataFrame(
            {"usual_gap_days": usual.round(6), "own_rhythm": own.notna(), "limit_days": limit.round(6)}
        )


def rhythms(panel: pd.DataFrame, classes: pd.Series | None, settings: Churn, horizon_months: int) -> Rhythms:
    """Learn what is usual from the customers of a panel, at each of its month ends from what was known then."""
    own, _spread = _own_gaps(panel)
    labels = pd.Series(dtype="object") if classes is None else classes.dropna()
    known = pd.DataFrame(
        {"number": origin_number(panel), "label": look_up(panel["customer_id"], labels, None), "gap": own}
    )
    known = known[own.notna()]
    by_class = known.dropna(subset="label").groupby(["number", "label"])["gap"].agg(["median", "size"])
    return Rhythms(
        labels,
        known.groupby("number")["gap"].median(),
        by_class.loc[by_class["size"] >= _LEAST, "median"],
        settings.overdue_gaps,
        horizon_months,
    )


def _own_gaps(panel: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return mean and spread of each customer's own gaps in days; NaN of fewer than `OWN_GAPS`."""
    gaps, total, square = (
        panel[name].to_numpy(dtype="float64") for name in ("frequency", "recency_days", "gap_squares")
    )
    mean, spread = gaps_of(gaps, total, square)
    enough = gaps >= OWN_GAPS
    return pd.Series(np.where(enough, mean, np.nan), panel.index), pd.Series(spread, panel.index)
