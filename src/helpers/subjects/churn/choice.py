"""Whom to visit when only so many can be visited: how many leavers that would find, and what it would bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.answer import Answer
from helpers.settings.churn import Churn
from helpers.subjects.churn.at_risk import RiskList
from helpers.subjects.churn.churn import ChurnScores
from helpers.subjects.churn.learning.record import warned_of

_PAST_MONTH_ENDS = 12


@dataclass(frozen=True)
class Choice(Answer):
    """A choice of customers to visit.

    Attributes
    ----------
    threshold, capacity, visit_cost_amount, success_share
        What was asked: visit who is at least this likely to leave, at most so many, at this cost each, where so
        large a part of those who would have left stays after a visit.
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
    able = risk.everyone[warned_of(risk.everyone, threshold)]
    gain = able["risk_amount"] * settings.visit_success_share - settings.visit_cost_amount
    able = able.assign(gain_amount=gain.round(4))
    able = able.sort_values(["gain_amount", "customer_id"], ascending=[False, True], kind="stable")
    able = able.reset_index(drop=True)
    profit = pd.DataFrame(
        {
            "visits": np.arange(1, len(able) + 1),
            "profit_amount": able["gain_amount"].cumsum().round(4),
            "pays": able["gain_amount"] > 0,
        }
    )
    past = _likeliest(scores.history, threshold, capacity)
    columns = ["customer_id", "name", "probability", "value_amount", "gain_amount"]
    return Choice(
        threshold=threshold,
        capacity=capacity,
        visit_cost_amount=settings.visit_cost_amount,
        success_share=settings.visit_success_share,
        customers=able.loc[able["gain_amount"] > 0, columns].head(capacity),
        candidates=len(able),
        profit=profit,
        past_visits=len(past),
        past_left=int(past["left"].sum()),
    )


def _likeliest(history: pd.DataFrame, threshold: float, capacity: int) -> pd.DataFrame:
    known = history[history["left"].notna()]
    last = np.sort(known["number"].unique())[-_PAST_MONTH_ENDS:]
    known = known[known["number"].isin(last) & warned_of(known, threshold)]
    order = known.sort_values(["probability", "customer_id"], ascending=[False, True], kind="stable")
    return order.groupby("number").head(capacity)


def gain_curve(history: pd.DataFrame, steps: int = 20) -> pd.DataFrame:
    """Return which share of the leavers is found among the likeliest share of customers, at past month ends.

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
        order = known.sort_values([column, "customer_id"], ascending=[False, True], kind="stable")
        by_month = order.groupby("number")["left"]
        place = (by_month.cumcount() + 1) / by_month.transform("size")
        weight = order["left"] / leavers[order.index] / month_ends
        step = np.ceil((place * steps).round(9)).astype(int)
        table[name] = np.bincount(step, weight, steps + 1).cumsum().round(9)
    return pd.DataFrame(table)
