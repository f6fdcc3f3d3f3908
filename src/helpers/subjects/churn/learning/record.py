"""What became of earlier warnings: how many came true, and how long before the last order they came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.subjects.churn.learning.features import month_ends, month_of

#: A new warning is right where the customer's last order comes within so many months after it.
AHEAD_MONTHS = 6
#: Days of `AHEAD_MONTHS`.
_AHEAD_DAYS = 183
#: States of who has left.
GONE = ("lapsed", "lost")


@dataclass(frozen=True)
class Lead(Answer):
    """How early new warnings came: those of a customer that was not warned of a month before.

    Attributes
    ----------
    since
        Month end at which the first could begin; None: no record.
    leavers, warned
        Customers who have left (`GONE`) and ordered after the month that followed ``since``, and those of them of whom
        a warning began in the `AHEAD_MONTHS` before their last order.
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


def warned_of(rows: pd.DataFrame, warn_probability: float) -> pd.Series:
    """Tell who of `ChurnScores.customers`, or of its history, is at risk: the state of that name."""
    return (rows["probability"] >= warn_probability) & rows["may_warn"].astype(bool)


def begun(history: pd.DataFrame, warn_probability: float) -> pd.DataFrame:
    """Return the rows at which a warning begins: warned of, and not a month before; of the first month end none."""
    rows = history[warned_of(history, warn_probability)]
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
    first, now = int(history["number"].min()) + 1, int(history["number"].max())
    gone = states[states["state"].isin(GONE)]
    last = pd.Series(
        pd.Timestamp(day) - pd.to_timedelta(gone["silence_days"].to_numpy(), "D"), gone["customer_id"]
    )
    new = begun(history, warn_probability)
    after = pd.Series(new["customer_id"].map(last).to_numpy(), new.index) - month_ends(new["number"], year)
    days = after.dt.days.astype("float64")
    early = days[(days >= 0) & (days <= _AHEAD_DAYS)].groupby(new["customer_id"]).max()
    leavers = last.index[last > pd.Timestamp(year.closes(month_of(first + 1)))]
    # Of who is not learnt from no past warnings are known.
    leavers = leavers[leavers.isin(history.loc[history["left"].notna(), "customer_id"])]
    early = early[early.index.isin(leavers)]
    known = (new["number"] <= now - AHEAD_MONTHS - horizon).to_numpy()
    return Lead(
        since=month_of(first),
        leavers=len(leavers),
        warned=len(early),
        days=float(early.median()) if len(early) else float("nan"),
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
