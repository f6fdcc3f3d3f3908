"""Score customers by the fitted models, whether the models were fitted on them or not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers.core.amounts import round_significant
from helpers.core.periods import month_number
from helpers.models.base import PurchaseModel
from helpers.settings.churn import Churn
from helpers.subjects.churn.learning import features as panel_features
from helpers.subjects.churn.learning.features import Rhythms, reason_columns
from helpers.subjects.churn.learning.walk_forward import Score
from helpers.subjects.churn.states import may_warn, states

_MOST = 3
#: Contributions smaller than this, in log odds, are no reason; signals are noisier and need more.
_LEAST, _LEAST_OF_SIGNAL = 0.1, 0.3
#: A customer with a longer history is not new: "short_relationship" is no reason for it.
_NEW_DAYS = 365


def reasons(
    features: pd.DataFrame, tenure_days: pd.Series, signal_names: Collection[str], score: Score | None
) -> list[tuple[str, ...]]:
    """Return the strongest reasons for each customer's leaving, from the model that scored it.

    A reason's contribution is how much the model's log odds fall when that reason's features are set to those of the
    median customer and all others stay. Nothing is random, so it is the same on every run.

    Parameters
    ----------
    features
        Features, a row a customer; those named in ``signal_names`` are signals and may be NaN.
    tenure_days
        Days since the first purchase.
    score
        What scored them; None: no model was fitted, and silence is all that was used.

    Returns
    -------
    list of tuple of str
        By row, up to three of `features.reason_columns`, the strongest first.
    """
    if features.empty or score is None:
        return [("silence",)] * len(features)
    columns_by_reason = reason_columns(score.columns)
    names = np.array(list(columns_by_reason), dtype=object)
    positions = {score.columns[position]: int(position) for position in score.fit.informative}
    groups = [[name for name in columns if name in positions] for columns in columns_by_reason.values()]
    values = features[score.columns].to_numpy(dtype="float64")
    contributions = np.zeros((len(values), len(groups)))
    with threadpool_limits(1):
        log_odds = _log_odds(score.fit.curves(values)[:, -1])
        for reason, columns in enumerate(groups):
            changed = [positions[name] for name in columns]
            # An unknown feature is no reason, though the model may have learnt from its absence: a silent customer
            # has no discount.
            is_known_row = (
                np.flatnonzero(~np.isnan(values[:, changed]).all(axis=1))
                if changed
                else np.empty(0, dtype="int64")
            )
            if len(is_known_row):
                neutral = values[is_known_row]
                neutral[:, changed] = score.fit.medians[changed]
                contributions[is_known_row, reason] = log_odds[is_known_row] - _log_odds(
                    score.fit.curves(neutral)[:, -1]
                )
    contributions[np.ix_(tenure_days.to_numpy() > _NEW_DAYS, names == "short_relationship")] = -np.inf
    is_signal = np.array([not columns or columns[0] in signal_names for columns in groups])
    contributions = np.where(is_signal & (contributions <= _LEAST_OF_SIGNAL), 0.0, contributions).round(9)
    order = np.argsort(-contributions, axis=1, kind="stable")[:, :_MOST]
    best = np.where(np.take_along_axis(contributions, order, axis=1) > _LEAST, order, -1)
    # Few different lists are given to many customers.
    distinct, inverse = np.unique(best, axis=0, return_inverse=True)
    reason_lists = [tuple(names[position] for position in row if position >= 0) for row in distinct]
    return [reason_lists[reason] for reason in inverse.ravel()]


def _log_odds(probability: np.ndarray) -> np.ndarray:
    bounded = probability.clip(1e-6, 1 - 1e-6)
    return np.log(bounded / (1 - bounded))


Method = Literal["learned", "purchase_model", "recency"]
#: From this probability on a customer is told to be shrinking: spend goes up and down, and many halve for a while.
LIKELY_SHRINKING = 0.5
_MEASURES = (
    "silence_days", "frequency", "recency_days", "gap_squares", "purchases_3", "purchases_12", "net_amount_12",
    "usual_gap_days", "own_rhythm", "limit_days",
)  # fmt: skip


@dataclass(frozen=True)
class ScoredCustomers:
    """Scores of some customers: the attributes of these names of `helpers.subjects.churn.churn.ChurnScores`."""

    customers: pd.DataFrame
    history: pd.DataFrame
    states: pd.DataFrame


@dataclass(frozen=True)
class FittedModels:
    """The fitted models, as far as they are needed to score customers.

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
    churn, shrinking
        Month end -> how it is scored; empty where too little is known to fit a model.
    fallback
        The purchase model as of the month end, where no churn model was fitted; None: too little even for that.
    rhythms
        The usual gaps; None: not computed yet.
    """

    month: pd.Period
    horizon_months: int
    model: PurchaseModel | None
    gaps: pd.Series
    signal_names: Sequence[str]
    season: bool
    churn: Mapping[int, Score] = field(default_factory=dict)
    shrinking: Mapping[int, Score] = field(default_factory=dict)
    fallback: PurchaseModel | None = None
    rhythms: Rhythms | None = None

    @property
    def number(self) -> int:
        """The month end, counted in months."""
        return month_number(self.month)

    @property
    def method(self) -> Method:
        """See `helpers.subjects.churn.churn.ChurnScores`."""
        if self.number in self.churn:
            return "learned"
        return "recency" if self.fallback is None else "purchase_model"

    @property
    def is_informative(self) -> bool:
        """See `helpers.subjects.churn.churn.ChurnScores`."""
        return self.number not in self.uninformative

    @property
    def uninformative(self) -> list[int]:
        """The month ends at which the score told no better than chance who would leave."""
        return [number for number, score in self.churn.items() if not score.is_informative]

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

    def fallback_probability(self, rows: pd.DataFrame) -> pd.Series:
        """Return the probability of rows of the panel where no churn model was fitted."""
        if self.fallback is not None:
            return round_significant(
                panel_features.none_probability(self.fallback, rows, self.horizon_months).clip(0, 1)
            )
        days = self.horizon_months * panel_features.days_per_month(rows)
        return round_significant(rows["silence_days"] / (rows["silence_days"] + days))

    def customer_table(
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
        needs_reasons = (customers["probability"] >= warn_probability) | (
            customers["shrinking"] >= LIKELY_SHRINKING
        )
        reason_lists = np.empty(len(rows), dtype=object)
        reason_lists.fill(())
        within_rhythm = (rows["silence_days"] <= rows["usual_gap_days"]).to_numpy()
        # Assigned one by one: NumPy would make a table of tuples.
        for position, names in zip(
            np.flatnonzero(needs_reasons),
            reasons(
                features[needs_reasons],
                rows.loc[needs_reasons, "T_days"],
                self.signal_names,
                self.churn.get(self.number),
            ),
            strict=True,
        ):
            # Within its own rhythm nobody is silent.
            reason_lists[position] = (
                tuple(name for name in names if name != "silence") if within_rhythm[position] else names
            )
        customers.insert(3, "reasons", reason_lists)
        if signals is None:
            return customers
        return customers.merge(signals.drop(columns="origin"), on="customer_id", how="left")

    def score(
        self,
        panel: pd.DataFrame,
        signal_panel: pd.DataFrame | None,
        warn_probability: float,
        settings: Churn,
        ends: Sequence[int],
    ) -> ScoredCustomers:
        """Score customers that the models were not fitted on; their later purchases are not used."""
        assert self.rhythms is not None  # asked of whom all is learnt from
        panel = panel.sort_values(["customer_id", "origin"], kind="stable").reset_index(drop=True)
        panel = panel.join(self.rhythms.for_panel(panel))
        is_scored = panel_features.still_scored(panel, settings.lost_months)
        rows, features = panel[is_scored], self.features(panel, signal_panel)[is_scored]
        origins = panel_features.origin_number(rows)
        is_current = origins == self.number
        if self.churn:
            probability = _score_by_origin(self.churn, features, origins)
            shrinking = _score_by_origin(self.shrinking, features[is_current], origins[is_current])
            index = probability.index
            history = pd.DataFrame(
                {
                    "customer_id": rows.loc[index, "customer_id"], "number": origins[index],
                    "probability": probability, "silence_days": rows.loc[index, "silence_days"], "left": np.nan,
                    "may_warn": may_warn(rows.loc[index], self.horizon_months, settings, self.uninformative),
                }
            )  # fmt: skip
        else:
            probability, shrinking = self.fallback_probability(rows[is_current]), pd.Series(dtype="float64")
            names = ["customer_id", "number", "probability", "silence_days", "left", "may_warn"]
            history = pd.DataFrame(columns=names)
        by_panel_row, current_signals = probability.reindex(panel.index), None
        if signal_panel is not None:
            current_signals = signal_panel[
                signal_panel["origin"] == self.month.to_timestamp(how="end").normalize()
            ]
        return ScoredCustomers(
            self.customer_table(
                rows[is_current],
                features[is_current],
                probability,
                shrinking,
                warn_probability,
                current_signals,
                settings,
            ),
            history,
            states(
                panel, by_panel_row, self.horizon_months, warn_probability, settings, ends, self.uninformative
            ),
        )


def _score_by_origin(scores: Mapping[int, Score], features: pd.DataFrame, origins: pd.Series) -> pd.Series:
    parts = []
    for origin, score in scores.items():
        rows = features[origins == origin]
        parts.append(pd.Series(score.probability(rows) if len(rows) else [], rows.index, dtype="float64"))
    return pd.concat(parts) if parts else pd.Series(dtype="float64")


def concat_scored(parts: list[ScoredCustomers]) -> ScoredCustomers:
    """Concatenate parts, each table in its order; empties the list, so that no row is in memory twice."""
    tables = {
        name: [frame for part in parts if len(frame := getattr(part, name))] or [getattr(parts[0], name)]
        for name in ("customers", "history", "states")
    }
    parts.clear()
    return ScoredCustomers(
        customers=_concat_sorted(tables.pop("customers"), ["customer_id"]),
        history=_concat_sorted(tables.pop("history"), ["number", "customer_id"]),
        states=_concat_sorted(tables.pop("states"), ["number", "customer_id"]),
    )


def _concat_sorted(frames: list[pd.DataFrame], order: list[str]) -> pd.DataFrame:
    table = pd.concat(frames)
    frames.clear()
    return table.sort_values(order, kind="stable").reset_index(drop=True)
