"""Score customers by what was learnt, whether they were learnt from or not: what is then said of each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from helpers.core.digits import digits
from helpers.models.base import PurchaseModel
from helpers.settings.churn import Churn
from helpers.subjects.churn.learning import features as panel_features
from helpers.subjects.churn.learning.reasons import reasons
from helpers.subjects.churn.learning.rhythm import Rhythms
from helpers.subjects.churn.learning.walk_forward import Score
from helpers.subjects.churn.states import may_warn, states

Method = Literal["learned", "purchase_model", "recency"]
#: From this probability on a customer is told to be shrinking: spend goes up and down, and many halve for a while.
LIKELY_SHRINKING = 0.5
_MEASURES = (
    "silence_days", "frequency", "recency_days", "gap_squares", "purchases_3", "purchases_12", "net_amount_12",
    "usual_gap_days", "own_rhythm", "limit_days",
)  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """What is said of some customers: the attributes of these names of `helpers.subjects.churn.churn.ChurnScores`."""

    customers: pd.DataFrame
    history: pd.DataFrame
    states: pd.DataFrame


@dataclass(frozen=True)
class FittedModels:
    """What was learnt, as far as customers are scored by it.

    Attributes
    ----------
    month, horizon_months
        As of when, and within how many months no purchase means leaving.
    model
        The purchase model that two of the features come from (`learning.features.fit_early`); None: not determined.
    gaps
        `learning.features.usual_gaps` of the customers learnt from.
    signal_names
        The signals that are features.
    season
        Whether last year's purchases in the months that come are a feature: not where the last month ends of a customer
        are all that is there.
    leaving, shrinking
        Month end -> how it is scored; empty where too little is known to learn from.
    instead
        The purchase model as of the month end, where nothing was learnt; None: too little even for that.
    rhythms
        Which silence is usual; None: not asked yet.
    """

    month: pd.Period
    horizon_months: int
    model: PurchaseModel | None
    gaps: pd.Series
    signal_names: Sequence[str]
    season: bool
    churn: Mapping[int, Score] = field(default_factory=dict)
    shrinking: Mapping[int, Score] = field(default_factory=dict)
    instead: PurchaseModel | None = None
    rhythms: Rhythms | None = None

    @property
    def number(self) -> int:
        """The month end, counted in months."""
        return self.month.year * 12 + self.month.month

    @property
    def method(self) -> Method:
        """See `helpers.subjects.churn.churn.ChurnScores`."""
        if self.number in self.churn:
            return "learned"
        return "recency" if self.instead is None else "purchase_model"

    @property
    def tells(self) -> bool:
        """See `helpers.subjects.churn.churn.ChurnScores`."""
        return self.number not in self.uninformative

    @property
    def uninformative(self) -> list[int]:
        """The month ends at which the score told no better than chance who would leave."""
        return [number for number, score in self.churn.items() if not score.tells]

    @property
    def candidate(self) -> str:
        """The form of the score that was chosen; empty unless learned."""
        return self.churn[self.number].candidate if self.number in self.churn else ""

    def features(self, panel: pd.DataFrame, signal_panel: pd.DataFrame | None) -> pd.DataFrame:
        """Return what is learnt from and scored by; the panel is by customer_id and origin."""
        table = panel_features.purchase_features(panel, self.model, self.horizon_months, self.gaps)
        if not self.season:
            table["purchases_ahead"] = 0.0
        if signal_panel is None:
            return table
        return pd.concat(
            [table, panel_features.signal_features(panel, signal_panel, self.signal_names)], axis=1
        )

    def without_learning(self, rows: pd.DataFrame) -> pd.Series:
        """Return the probability that stands in where nothing was learnt, of rows of the panel."""
        if self.instead is not None:
            return digits(panel_features.none_probability(self.instead, rows, self.horizon_months).clip(0, 1))
        days = self.horizon_months * panel_features.days_a_month(rows)
        return digits(rows["silence_days"] / (rows["silence_days"] + days))

    def listed(
        self,
        rows: pd.DataFrame,
        features: pd.DataFrame,
        probability: pd.Series,
        shrinking: pd.Series,
        warn_probability: float,
        signals: pd.DataFrame | None,
        settings: Churn,
    ) -> pd.DataFrame:
        """Return `ChurnScores.customers` of the rows of the panel, and the fact signal_panel, at the month end."""
        customers = rows[["customer_id", *_MEASURES]]
        customers.insert(1, "probability", probability.reindex(rows.index))
        customers.insert(2, "shrinking", shrinking.reindex(rows.index))
        customers = customers.assign(
            may_warn=may_warn(rows, self.horizon_months, settings, self.uninformative)
        )
        explained = (customers["probability"] >= warn_probability) | (
            customers["shrinking"] >= LIKELY_SHRINKING
        )
        why = np.empty(len(rows), dtype=object)
        why.fill(())
        within_rhythm = (rows["silence_days"] <= rows["usual_gap_days"]).to_numpy()
        # Put together one by one: of tuples NumPy would make a table.
        for place, names in zip(
            np.flatnonzero(explained),
            reasons(
                features[explained],
                rows.loc[explained, "T_days"],
                self.signal_names,
                self.churn.get(self.number),
            ),
            strict=True,
        ):
            # Within its own rhythm nobody is silent.
            why[place] = tuple(name for name in names if name != "silence") if within_rhythm[place] else names
        customers.insert(3, "reasons", why)
        if signals is None:
            return customers
        return customers.merge(signals.drop(columns="origin"), on="customer_id", how="left")

    def scored(
        self,
        panel: pd.DataFrame,
        signal_panel: pd.DataFrame | None,
        warn_probability: float,
        settings: Churn,
        ends: Sequence[int],
    ) -> Scored:
        """Score customers who were not learnt from; what came of them later is not looked at."""
        assert self.rhythms is not None  # asked of whom all is learnt from
        panel = panel.sort_values(["customer_id", "origin"], kind="stable").reset_index(drop=True)
        panel = panel.join(self.rhythms.of(panel))
        here = panel_features.still_scored(panel, settings.lost_months)
        rows, features = panel[here], self.features(panel, signal_panel)[here]
        number = panel_features.origin_number(rows)
        this = number == self.number
        if self.churn:
            probability = _by_month_end(self.churn, features, number)
            shrinking = _by_month_end(self.shrinking, features[this], number[this])
            kept = probability.index
            history = pd.DataFrame(
                {
                    "customer_id": rows.loc[kept, "customer_id"], "number": number[kept],
                    "probability": probability, "silence_days": rows.loc[kept, "silence_days"], "left": np.nan,
                    "may_warn": may_warn(rows.loc[kept], self.horizon_months, settings, self.uninformative),
                }
            )  # fmt: skip
        else:
            probability, shrinking = self.without_learning(rows[this]), pd.Series(dtype="float64")
            names = ["customer_id", "number", "probability", "silence_days", "left", "may_warn"]
            history = pd.DataFrame(columns=names)
        known, now = probability.reindex(panel.index), None
        if signal_panel is not None:
            now = signal_panel[signal_panel["origin"] == self.month.to_timestamp(how="end").normalize()]
        return Scored(
            self.listed(rows[this], features[this], probability, shrinking, warn_probability, now, settings),
            history,
            states(panel, known, self.horizon_months, warn_probability, settings, ends, self.uninformative),
        )


def _by_month_end(scores: Mapping[int, Score], features: pd.DataFrame, number: pd.Series) -> pd.Series:
    parts = []
    for end, score in scores.items():
        rows = features[number == end]
        parts.append(pd.Series(score.probability(rows) if len(rows) else [], rows.index, dtype="float64"))
    return pd.concat(parts) if parts else pd.Series(dtype="float64")


def together(parts: list[Scored]) -> Scored:
    """Put parts together, each table in its order; the list is empty afterwards, so that no row stands there twice."""
    tables = {
        name: [frame for part in parts if len(frame := getattr(part, name))] or [getattr(parts[0], name)]
        for name in ("customers", "history", "states")
    }
    parts.clear()
    return Scored(
        customers=_joined(tables.pop("customers"), ["customer_id"]),
        history=_joined(tables.pop("history"), ["number", "customer_id"]),
        states=_joined(tables.pop("states"), ["number", "customer_id"]),
    )


def _joined(frames: list[pd.DataFrame], order: list[str]) -> pd.DataFrame:
    table = pd.concat(frames)
    frames.clear()
    return table.sort_values(order, kind="stable").reset_index(drop=True)
