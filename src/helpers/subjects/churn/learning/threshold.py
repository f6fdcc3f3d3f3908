"""The probability of leaving from which customers are warned of: the one whose visits would have brought most.

A warning costs one visit, when it begins. A lower threshold gives earlier and more warnings, each with less to save. So
each threshold up to one half is tested on past month ends: how many warnings would have begun, how many of these
customers left, and what visits would have saved (share that stays after a visit x a year's value) less their cost.
Thresholds with more warnings than can be visited are excluded. Of thresholds as good as the best but for chance the
lowest is taken: the test counts only leaving within the horizon, and so undervalues early warnings.

A customer's value is the median, not its own: one large customer that crosses a threshold would decide.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.settings.churn import Churn
from helpers.subjects.churn.learning.features import month_ends, month_of

#: The latest: who is likelier to leave than to stay is always warned of.
LATEST = 0.5
#: What is looked at.
_THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True)
class Threshold:
    """The threshold and the reason for it.

    Attributes
    ----------
    probability
        Customers with this probability of leaving or more are warned of.
    reason
        ``set``: by the settings; ``profit``: its visits would have brought most; ``half``: no threshold up to one half
        can be tested, is within the visits possible, and pays; ``withheld``: by profit, but this reader may not see
        the company's figures.
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


#: A new warning is right where the customer's last order comes within so many months after it.
AHEAD_MONTHS = 6
#: Days of `AHEAD_MONTHS`.
_AHEAD_DAYS = 183
#: States of who has left.
LEFT_STATES = ("lapsed", "lost")


@dataclass(frozen=True)
class Lead(Answer):
    """How early new warnings came: those of a customer that was not warned of a month before.

    Attributes
    ----------
    since
        Month end at which the first could begin; None: no record.
    leavers, warned
        Customers who have left (`LEFT_STATES`) and ordered after the month that followed ``since``, and those of them
        with a new warning in the `AHEAD_MONTHS` before their last order.
    days
        From that warning, the first in these months, to the last order: the median; NaN for nobody.
    begun, right
        New warnings so long ago that it is known who left, and those that came true: the customer has left, and its
        last order came within `AHEAD_MONTHS` after, or before.
    """

    since: pd.Period | None
    leavers: int
    warned: int
    days: float
    begun: int
    right: int


def is_at_risk(rows: pd.DataFrame, warn_probability: float) -> pd.Series:
    """Return which rows of `ChurnScores.customers`, or of its history, are in the state at risk."""
    return (rows["probability"] >= warn_probability) & rows["may_warn"].astype(bool)


def new_warnings(history: pd.DataFrame, warn_probability: float) -> pd.DataFrame:
    """Return the rows with a new warning: at risk, and not a month before; none at the first month end."""
    rows = history[is_at_risk(history, warn_probability)]
    keys = pd.MultiIndex.from_frame(rows[["customer_id", "number"]])
    before = pd.MultiIndex.from_arrays([rows["customer_id"], rows["number"] + 1])
    return rows[~keys.isin(before) & (rows["number"] > history["number"].min()).to_numpy()]


def lead(
    history: pd.DataFrame,
    states: pd.DataFrame,
    day: dt.date,
    warn_probability: float,
    horizon: int,
    year: CompanyYear = CALENDAR_YEAR,
) -> Lead:
    """Hold new warnings against the last orders of those who have left.

    Parameters
    ----------
    history
        `ChurnScores.history`: past month ends, the report's among them.
    states
        `ChurnScores.states` at the report's month end.
    """
    if history.empty:
        return Lead(None, 0, 0, float("nan"), 0, 0)
    first_origin, current = int(history["number"].min()) + 1, int(history["number"].max())
    left = states[states["state"].isin(LEFT_STATES)]
    last_order = pd.Series(
        pd.Timestamp(day) - pd.to_timedelta(left["silence_days"].to_numpy(), "D"), left["customer_id"]
    )
    warnings = new_warnings(history, warn_probability)
    lead_time = look_up(warnings["customer_id"], last_order) - month_ends(warnings["number"], year)
    days = lead_time.dt.days.astype("float64")
    lead_days = days[(days >= 0) & (days <= _AHEAD_DAYS)].groupby(warnings["customer_id"]).max()
    leavers = last_order.index[last_order > pd.Timestamp(year.closes(month_of(first_origin + 1)))]
    # Of who is not learnt from no past warnings are known.
    leavers = leavers[leavers.isin(history.loc[history["left"].notna(), "customer_id"])]
    lead_days = lead_days[lead_days.index.isin(leavers)]
    known = (warnings["number"] <= current - AHEAD_MONTHS - horizon).to_numpy()
    return Lead(
        since=month_of(first_origin),
        leavers=len(leavers),
        warned=len(lead_days),
        days=float(lead_days.median()) if len(lead_days) else float("nan"),
        begun=int(known.sum()),
        right=int((days[known] <= _AHEAD_DAYS).sum()),
    )


def record(history: pd.DataFrame, warn_probability: float) -> pd.DataFrame:
    """Return `RiskList.record`: what became of those warned of, by month end whose outcome is known."""
    known = history[history["left"].notna() & history["may_warn"].astype(bool)]
    warned = known["probability"] >= warn_probability
    rows = pd.DataFrame(
        {
            "number": known["number"], "warned": warned.astype(int),
            "warned_left": (warned & (known["left"] == 1)).astype(int),
            "left": known["left"].astype(int), "customers": 1,
        }
    )  # fmt: skip
    return rows.groupby("number").sum().reset_index()
