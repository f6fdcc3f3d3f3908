"""From which probability of leaving on to warn: where the visits that warnings lead to have brought most.

A warning costs one visit, when it begins; who is warned of still has been visited. With a lower threshold warnings
come earlier and there are more of them, each with less to keep. So each threshold up to one half is held against the
record of past month ends: how many warnings would have begun, how many of these customers did leave, and what visiting
them would have kept (share that stays after a visit x a year's value) less the cost of the visits. More warnings than
can be visited do not count. Of thresholds that brought as much as the best, but for chance, the lowest is taken: only
leaving within the horizon counts as right here, so what an early warning is worth beyond it is not seen.

A customer's value is the median, not its own: one large customer that crosses a threshold would decide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.settings.churn import Churn

#: The latest: who is likelier to leave than to stay is always warned of.
LATEST = 0.5
#: What is looked at.
_THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True)
class Threshold:
    """From which probability on is warned, and why.

    Attributes
    ----------
    probability
        Who is at least so likely to leave is warned of.
    reason
        ``set`` by the settings; ``profit``: the visits would have brought most; ``half``: no record of past warnings,
        or more begin than can be visited, or visits pay, nowhere up to one half; ``withheld``: by profit, but the
        reader is not to see the company's figures.
    value_amount
        What the typical customer brings in a year: the median.
    curve
        By threshold, the lowest first: probability, begun (warnings that began in a month, mean of the past month
        ends whose outcome is known), share_left (the part of these customers that did leave; NaN for none),
        profit_amount (a month's, at the typical value: what these visits would have kept less what they cost; NaN for
        none). No rows without a record.
    """

    probability: float
    reason: str
    value_amount: float
    curve: pd.DataFrame

    def withheld(self) -> Threshold:
        """Return the same without any figure of the company's."""
        reason = "withheld" if self.reason == "profit" else self.reason
        return Threshold(self.probability, reason, float("nan"), self.curve.iloc[:0])


def threshold(history: pd.DataFrame, value_amount: float, settings: Churn, share: float = 1.0) -> Threshold:
    """Choose the threshold from the record of the past month ends.

    Parameters
    ----------
    history
        `ChurnScores.history` of the whole company, this month end's own rows included.
    value_amount
        What the typical customer brings in a year.
    settings
        ``[churn]``: cost, success share and number of visits; its own threshold, where given, stands.
    share
        Under 1: the record is of this part of the customers.
    """
    curve = _curve(history, value_amount, settings, share)
    if settings.warn_probability is not None:
        return Threshold(settings.warn_probability, "set", value_amount, curve)
    affordable = curve[(curve["probability"] <= LATEST) & (curve["begun"] <= settings.visit_capacity)]
    if not affordable["profit_amount"].max() > 0:
        return Threshold(LATEST, "half", value_amount, curve)
    limits = affordable["probability"].tolist()
    best = limits[int(affordable["profit_amount"].argmax())]
    gains = _gains(history, value_amount, settings)
    for limit in limits:
        shortfall = gains[best] - gains[limit]
        if shortfall.sum() <= shortfall.std(ddof=1) * np.sqrt(len(shortfall)):
            return Threshold(limit, "profit", value_amount, curve)
    return Threshold(best, "profit", value_amount, curve)


def _curve(history: pd.DataFrame, value_amount: float, settings: Churn, share: float) -> pd.DataFrame:
    warnings = _new_warnings(history)
    ends = warnings["number"].nunique()
    cost, saved_amount = settings.visit_cost_amount, settings.visit_success_share * value_amount
    table = []
    for limit in _THRESHOLDS if ends else []:
        crossing = warnings[(warnings["probability"] >= limit) & ~(warnings["before"] >= limit)]
        share_left = float(crossing["left"].mean()) if len(crossing) else np.nan
        count = len(crossing) / ends / share
        table.append(
            (limit, round(count, 9), share_left, round(count * (share_left * saved_amount - cost), 4))
        )
    return pd.DataFrame(table, columns=["probability", "begun", "share_left", "profit_amount"])


def _gains(history: pd.DataFrame, value_amount: float, settings: Churn) -> dict[float, np.ndarray]:
    """Return the past gain of visits by threshold, an entry a customer: the standard error is over customers."""
    warnings = _new_warnings(history)
    codes, customers = pd.factorize(warnings["customer_id"], sort=True)
    saved_amount = settings.visit_success_share * value_amount * warnings["left"] - settings.visit_cost_amount
    return {
        limit: np.bincount(
            codes,
            saved_amount.where((warnings["probability"] >= limit) & ~(warnings["before"] >= limit), 0.0),
            len(customers),
        )
        for limit in _THRESHOLDS
    }


def _new_warnings(history: pd.DataFrame) -> pd.DataFrame:
    """Return each row with the probability of a month before; who was not scored then had no warning."""
    rows = history[["customer_id", "number", "probability", "left"]]
    # No warning begins where none may be given, whatever the probability.
    rows = rows.assign(probability=rows["probability"].where(history["may_warn"].astype(bool), 0.0))
    before = rows.assign(number=rows["number"] + 1).rename(columns={"probability": "before"})
    joined = rows.merge(before.drop(columns="left"), on=["customer_id", "number"], how="left")
    # At the first month end it is not known which warnings are new, at the last ones what became of them.
    return joined[(joined["number"] > joined["number"].min()) & joined["left"].notna()]
