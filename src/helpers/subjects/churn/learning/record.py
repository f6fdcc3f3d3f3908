"""What became of earlier warnings: how many came true, and how long before the last order they came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.subjects.churn.learning.features import month_ends, month_of

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
    day
        Its last day.
    horizon
        In months.
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
