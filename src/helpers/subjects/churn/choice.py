"""Choose customers to visit within a capacity: how many leavers the visits would reach, and their expected gain."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first
from helpers.settings.churn import Churn
from helpers.subjects.churn.at_risk import RiskList
from helpers.subjects.churn.churn import ChurnScores
from helpers.subjects.churn.learning.threshold import is_at_risk

_PAST_MONTH_ENDS = 12


@dataclass(frozen=True)
class Choice(Answer):
    """A choice of customers to visit.

    Attributes
    ----------
    threshold, capacity, visit_cost_amount, success_share
        The question: visit customers of at least this probability of leaving, at most so many, at this cost each,
        where this share of those who would have left stays after a visit.
    customers
        The chosen, the largest gain first: customer_id, name, probability, value_amount, gain_amount (expected:
        probability x success share x value - cost of the visit).
    candidates
        How many customers are at or above the threshold.
    profit
        visits (1, 2, ...) and profit_amount expected of so many visits, best customers first, beyond the capacity
        too.
    past_visits, past_left
        Had we visited the likeliest ``capacity`` at or above the threshold at each of the last twelve month ends
        whose outcome is known: visits, and those of them who did leave.
    """

    threshold: float
    capacity: int
    visit_cost_amount: float
    success_share: float
    customers: pd.DataFrame
    candidates: int
    profit: pd.DataFrame
    past_visits: int
    past_left: int

    @property
    def profit_amount(self) -> float:
        """Expected gain of all visits, their costs taken off."""
        return total(self.customers["gain_amount"])

    @property
    def best_visits(self) -> int:
        """How many visits would pay, whatever the capacity."""
        return int(self.profit["profit_amount"].argmax()) + 1 if self.profit["pays"].any() else 0


def choose(
    scores: ChurnScores,
    risk: RiskList,
    settings: Churn,
    threshold: float | None = None,
    capacity: int | None = None,
) -> Choice:
    """Choose whom to visit: the largest expected gains, as long as a visit pays.

    Parameters
    ----------
    scores, risk
        `helpers.subjects.churn.churn.churn` and its list, of the same customers.
    settings
        ``[churn]``: cost of a visit, success share, and what is taken where the next two are None.
    threshold
        Least probability of leaving of those of whom can be warned; None takes that of the list.
    capacity
        Most visits; None takes ``visit_capacity``.
    """
    threshold = risk.warn_probability if threshold is None else threshold
    capacity = settings.visit_capacity if capacity is None else capacity
    candidates = risk.everyone[is_at_risk(risk.everyone, threshold)]
    gain = candidates["risk_amount"] * settings.visit_success_share - settings.visit_cost_amount
    candidates = candidates.assign(gain_amount=gain.round(4))
    candidates = largest_first(candidates, "gain_amount", ignore_index=True)
    profit = pd.DataFrame(
        {
            "visits": np.arange(1, len(candidates) + 1),
            "profit_amount": candidates["gain_amount"].cumsum().round(4),
            "pays": candidates["gain_amount"] > 0,
        }
    )
    past = _likeliest(scores.history, threshold, capacity)
    columns = ["customer_id", "name", "probability", "value_amount", "gain_amount"]
    return Choice(
        threshold=threshold,
        capacity=capacity,
        visit_cost_amount=settings.visit_cost_amount,
        success_share=settings.visit_success_share,
        customers=candidates.loc[candidates["gain_amount"] > 0, columns].head(capacity),
        candidates=len(candidates),
        profit=profit,
        past_visits=len(past),
        past_left=int(past["left"].sum()),
    )


def _likeliest(history: pd.DataFrame, threshold: float, capacity: int) -> pd.DataFrame:
    known = history[history["left"].notna()]
    last_ends = np.sort(known["number"].unique())[-_PAST_MONTH_ENDS:]
    known = known[known["number"].isin(last_ends) & is_at_risk(known, threshold)]
    ranked = largest_first(known, "probability")
    return ranked.groupby("number").head(capacity)


def gain_curve(history: pd.DataFrame, steps: int = 20) -> pd.DataFrame:
    """Return the cumulative gains curve: the share of leavers among the likeliest customers, at past month ends.

    Parameters
    ----------
    history
        `ChurnScores.history`; only rows whose outcome is known count.
    steps
        Shares of customers: 0, 1 / steps, ..., 1.

    Returns
    -------
    pandas.DataFrame
        customers_share; score and recency: the share of the leavers among so many customers with the highest
        probability and the longest silence, mean over the month ends at which anybody left. No rows without.
    """
    known = history[history["left"].notna()]
    leavers = known.groupby("number")["left"].transform("sum")
    known, leavers = known[leavers > 0], leavers[leavers > 0]
    if known.empty:
        return pd.DataFrame(columns=["customers_share", "score", "recency"], dtype="float64")
    grid = np.linspace(0, 1, steps + 1)
    month_ends = known["number"].nunique()
    table = {"customers_share": grid}
    for name, column in (("score", "probability"), ("recency", "silence_days")):
        ranked = largest_first(known, column)
        left_by_month = ranked.groupby("number")["left"]
        share_seen = (left_by_month.cumcount() + 1) / left_by_month.transform("size")
        weight = ranked["left"] / leavers[ranked.index] / month_ends
        step = np.ceil((share_seen * steps).round(9)).astype(int)
        table[name] = np.bincount(step, weight, steps + 1).cumsum().round(9)
    return pd.DataFrame(table)
