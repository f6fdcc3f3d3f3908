"""In which state each customer is at a month end, and how many pass from one to another within a month."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from helpers.subjects.churn.learning.features import DAYS_A_MONTH, origin_number

#: In the order in which they are told; each customer is in exactly one.
STATES = ("active", "won_back", "slowing", "at_risk", "lapsed", "lost")
#: So many month ends are told of.
MONTH_ENDS = 13
#: Who was not a customer a month ago.
NEW = "new"
#: Slowing: the last half-year brought at most this part of the purchases of the half-year before ...
_SLOWING_SHARE = 0.5
#: ... which were at least so many: of fewer, half as many is chance.
_SLOWING_LEAST = 4
#: Who buys seldom has not lapsed, nor been won back, after a gap that is usual for it.
_LAPSED_GAPS, _WON_BACK_GAPS = 2, 3


def states(
    panel: pd.DataFrame,
    probability: pd.Series,
    horizon_months: int,
    warn_probability: float,
    lost_months: int,
    ends: Collection[int] | None = None,
) -> pd.DataFrame:
    """Return each customer's state at the latest month ends at which anybody was scored.

    The first that fits: lost (silent for over ``lost_months``), lapsed (silent for over the horizon and twice the
    customer's own mean gap), at_risk (probability of leaving at least ``warn_probability``), won_back (bought in
    the last three months after a gap of over the horizon and three times its mean gap), slowing (half the
    purchases of the half-year before or fewer), active.

    Parameters
    ----------
    panel
        The fact purchase_panel.
    probability
        Of leaving as known at the month end, in the panel's index; NaN where not scored.
    ends
        The month ends (year * 12 + month); None: the last thirteen at which anybody was scored.

    Returns
    -------
    pandas.DataFrame
        customer_id, number (year * 12 + month), state (one of `STATES`); by number and customer_id.
    """
    number = origin_number(panel)
    if ends is None:
        ends = np.sort(number[probability.notna()].unique())[-MONTH_ENDS:]
    here = number.isin(list(ends))
    rows, number, risk = panel[here], number[here], probability[here]
    horizon_days = horizon_months * DAYS_A_MONTH
    usual = (rows["recency_days"] / rows["frequency"].where(rows["frequency"] > 0)).fillna(0.0)
    returned = rows["returned_gap_days"].astype("float64").fillna(0)
    before = rows["purchases_12"] - rows["purchases_6"]
    fits = [
        rows["silence_days"] > lost_months * DAYS_A_MONTH + 1,
        (rows["silence_days"] > horizon_days) & (rows["silence_days"] > _LAPSED_GAPS * usual),
        risk >= warn_probability,
        (returned > horizon_days) & (returned > _WON_BACK_GAPS * usual),
        (before >= _SLOWING_LEAST) & (rows["purchases_6"] <= _SLOWING_SHARE * before),
    ]
    named = np.select(
        [fit.to_numpy(dtype=bool) for fit in fits],
        ["lost", "lapsed", "at_risk", "won_back", "slowing"],
        "active",
    )
    table = pd.DataFrame(
        {"customer_id": rows["customer_id"], "number": number, "state": named.astype(object)}
    )
    table["state"] = pd.Categorical(table["state"], categories=STATES)
    return table.sort_values(["number", "customer_id"], kind="stable").reset_index(drop=True)


def state_now(table: pd.DataFrame, month: pd.Period) -> pd.DataFrame:
    """Return customer_id and state at one month end; nobody has one where there is too little history."""
    now = table["number"] == month.year * 12 + month.month
    return table.loc[now, ["customer_id", "state"]].reset_index(drop=True)


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return customers by month end (index: number) and state (a column each of `STATES`)."""
    if table.empty:
        return pd.DataFrame(columns=list(STATES), dtype="int64")
    found = pd.crosstab(table["number"], table["state"].astype(object))
    return found.reindex(columns=list(STATES), fill_value=0)


def flows(table: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return how many passed from each state a month ago to each at the month end ``number``.

    Returns
    -------
    pandas.DataFrame
        Index: `STATES` and `NEW` (no customer a month ago); columns: `STATES`. No rows where the month end before
        has no states.
    """
    now, before = table[table["number"] == number], table[table["number"] == number - 1]
    if before.empty or now.empty:
        return pd.DataFrame(columns=list(STATES), dtype="int64")
    earlier = before.set_index("customer_id")["state"].astype(object).reindex(now["customer_id"]).fillna(NEW)
    made = pd.crosstab(earlier.to_numpy(), now["state"].astype(object).to_numpy())
    return made.reindex(index=[*STATES, NEW], columns=list(STATES), fill_value=0)
