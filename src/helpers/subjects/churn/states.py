"""In which state each customer is at a month end, and how many pass from one to another within a month.

The one definition that all pages read. Each customer who is known at the month end is in exactly one state, the first
that fits of: never bought, lost, lapsed, at risk, overdue, won back, slowing, active.
Who bought and has closed its business is lost from then on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.core.disclosure import disclosed_mean
from helpers.core.frames.answer import Answer
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, month_number
from helpers.settings.churn import STATE_NAMES, Churn
from helpers.subjects.churn.learning.features import (
    days_per_month,
    month_ends,
    month_of,
    origin_number,
    still_scored,
)

#: In the order of the pages; each customer is in exactly one.
STATES = STATE_NAMES
#: States of customers who have bought; the panel has no others.
BUYER_STATES = STATES[:-1]
#: How many month ends have states.
MONTH_ENDS = 13
#: Who had not bought a month ago, on record or not.
NEW = "new"
#: Slowing: the last half-year brought at most this part of the purchases of the half-year before ...
SLOWING_SHARE = 0.5
#: ... which were at least so many: of fewer, half as many is chance.
SLOWING_MIN_PURCHASES = 4
#: Won back is who returned after a gap of so many usual ones: who buys seldom is none.
WON_BACK_GAPS = 3
#: Columns of each customer beside its state.
RHYTHM_COLUMNS = ("silence_days", "usual_gap_days", "own_rhythm", "limit_days")


@dataclass(frozen=True)
class CustomerStates(Answer):
    """The state of each customer who is known at a month end.

    Attributes
    ----------
    month, horizon_months
        As of when; within how many months no purchase is leaving.
    warn_probability, overdue_gaps, lapsed_times, lost_months
        From which probability of leaving on a customer is at risk, and the limits of `helpers.settings.churn.Churn`.
    customers
        One row a customer by customer_id: customer_id, state (one of `STATES`), silence_days, usual_gap_days,
        own_rhythm (whether the usual gap is its own; else its class's), limit_days (silent for longer, its order is
        overdue), closed (whether its business is closed for good); those from silence_days to limit_days are missing of
        who never bought.
    """

    month: pd.Period
    horizon_months: int
    warn_probability: float
    overdue_gaps: float
    lapsed_times: float
    lost_months: int
    customers: pd.DataFrame

    @property
    def counts(self) -> pd.Series:
        """Customers by state, every state of `STATES` in its order."""
        return self.customers["state"].value_counts().reindex(list(STATES), fill_value=0)

    def disclosed(self) -> CustomerStates:
        """Return the same as a scope may know it: the usual gap of a class in two digits, and the limit by it.

        A class's is the mean gap of the one customer in its middle. States are those of the company.
        """
        gaps = self.customers[["usual_gap_days", "limit_days"]]
        of_class = self.customers["own_rhythm"].eq(False)
        told = gaps.mask(of_class, gaps.apply(disclosed_mean))
        return replace(self, customers=self.customers.assign(**{str(name): told[name] for name in told}))

    @property
    def closed(self) -> int:
        """How many of those who are lost have closed their business."""
        return int((self.customers["closed"] & (self.customers["state"] == "lost")).sum())


def may_warn(
    rows: pd.DataFrame, horizon_months: int, settings: Churn, uninformative: Collection[int] = ()
) -> pd.Series:
    """Return which customers may be at risk: buying nothing within the horizon breaks their rhythm, and not lapsed.

    A customer who buys every 65 days and bought yesterday may well buy nothing for two months: that is its rhythm.

    Parameters
    ----------
    rows
        origin, silence_days and limit_days (`helpers.subjects.churn.learning.features.Rhythms.for_panel`).
    uninformative
        Month ends (year * 12 + month) at which the score ranked no better than chance: nobody is warned of then.
    """
    ahead = rows["silence_days"] + horizon_months * days_per_month(rows)
    breaks = (ahead > rows["limit_days"]) & ~_lapsed(rows, horizon_months, settings)
    return breaks & ~origin_number(rows).isin(list(uninformative))


def _lapsed(rows: pd.DataFrame, horizon_months: int, settings: Churn) -> pd.Series:
    long_silent = rows["silence_days"] > horizon_months * days_per_month(rows)
    return long_silent & _exceeds_limits(rows, settings)


def _exceeds_limits(rows: pd.DataFrame, settings: Churn) -> pd.Series:
    return rows["silence_days"] > settings.lapsed_times * rows["limit_days"]


def states(
    panel: pd.DataFrame,
    probability: pd.Series,
    horizon_months: int,
    warn_probability: float,
    settings: Churn,
    ends: Collection[int] | None = None,
    uninformative: Collection[int] = (),
) -> pd.DataFrame:
    """Return the state of each customer who has bought, at the latest month ends at which anybody was scored.

    The first that fits:

    - lost: silent for over ``lost_months`` and over ``lapsed_times`` its limit;
    - lapsed: silent for over the horizon and over ``lapsed_times`` its limit;
    - at_risk: probability of leaving at least ``warn_probability``, and to buy nothing within the horizon would take it
      over its limit (`may_warn`);
    - overdue: silent for over its limit;
    - won_back: bought in the last three months after a gap of over the horizon and `WON_BACK_GAPS` usual ones;
    - slowing: at most `SLOWING_SHARE` of the purchases of the half-year before, which were `SLOWING_MIN_PURCHASES` or
      more;
    - active.

    Parameters
    ----------
    panel
        The fact purchase_panel with the columns of `helpers.subjects.churn.learning.features.Rhythms.for_panel`.
    probability
        Of leaving as known at the month end, in the panel's index; NaN where not scored.
    ends
        The month ends (year * 12 + month); None: the last thirteen at which anybody was scored, and the last of the
        panel in any case.
    uninformative
        See `may_warn`.

    Returns
    -------
    pandas.DataFrame
        customer_id, number (year * 12 + month), state (one of `STATES`), `RHYTHM_COLUMNS`; by number and customer_id.
    """
    number = origin_number(panel)
    if ends is None:
        ends = last_scored_ends(number, probability, MONTH_ENDS)
    is_selected = number.isin(list(ends))
    rows, number, risk = panel[is_selected], number[is_selected], probability[is_selected]
    returned = rows["returned_gap_days"].astype("float64").fillna(0)
    earlier_purchases = rows["purchases_12"] - rows["purchases_6"]
    conditions = {
        "lost": ~still_scored(rows, settings.lost_months) & _exceeds_limits(rows, settings),
        "lapsed": _lapsed(rows, horizon_months, settings),
        "at_risk": (risk >= warn_probability) & may_warn(rows, horizon_months, settings, uninformative),
        "overdue": rows["silence_days"] > rows["limit_days"],
        "won_back": (returned > horizon_months * days_per_month(rows))
        & (returned > WON_BACK_GAPS * rows["usual_gap_days"]),
        "slowing": (earlier_purchases >= SLOWING_MIN_PURCHASES)
        & (rows["purchases_6"] <= SLOWING_SHARE * earlier_purchases),
    }
    state = np.select(
        [condition.to_numpy(dtype=bool) for condition in conditions.values()], list(conditions), "active"
    )
    table = rows[["customer_id"]].assign(number=number, state=pd.Categorical(state, categories=STATES))
    table[list(RHYTHM_COLUMNS)] = rows[list(RHYTHM_COLUMNS)]
    return table.sort_values(["number", "customer_id"], kind="stable").reset_index(drop=True)


def last_scored_ends(number: pd.Series, probability: pd.Series, most: int) -> list[int]:
    """Return the last month ends at which anybody was scored, at most so many, and in any case the last of all."""
    scored = np.sort(number[probability.notna().to_numpy()].unique())[-most:]
    return sorted({*scored.tolist(), *([int(number.max())] if len(number) else [])})


def mark_closed_as_lost(
    table: pd.DataFrame, closed: pd.DataFrame, year: CompanyYear = CALENDAR_YEAR
) -> pd.DataFrame:
    """Return the same states, but lost for customers whose business is closed.

    Parameters
    ----------
    table
        As `states` returns it.
    closed
        customer_id, closed_date and valid_from of the customers closed at the month end. One is closed from its
        closed_date on, and not before its record; without a date from the month after its last purchase.
    """
    if closed.empty:
        return table
    rows = table[["customer_id", "number", "silence_days"]].assign(row=np.arange(len(table)))
    rows = rows.merge(closed, on="customer_id")
    end = month_ends(rows["number"], year)
    closed_day, recorded_from = pd.to_datetime(rows["closed_date"]), pd.to_datetime(rows["valid_from"])
    numbers = rows["number"].unique()
    closed_by = rows["number"].map({number: year.ends(month_of(number)) for number in numbers})
    lengths = end.dt.day if not year.has_thirteen else 28
    is_silent = (rows["silence_days"] >= lengths) & closed_day.isna()
    is_closed = np.zeros(len(table), dtype=bool)
    is_closed[
        rows.loc[
            (is_silent | (closed_day <= closed_by)) & ((recorded_from <= closed_by) | recorded_from.isna()),
            "row",
        ]
    ] = True
    return table.assign(state=table["state"].mask(is_closed, "lost"))


def add_never_bought(table: pd.DataFrame, month: pd.Period, customer_ids: pd.Series) -> pd.DataFrame:
    """Return the states at one month end of all customers known then: those without a row in ``table`` never bought.

    Parameters
    ----------
    table
        As `states` returns it.
    customer_ids
        Ids of the fact customers.

    Returns
    -------
    pandas.DataFrame
        As `CustomerStates.customers`, without closed.
    """
    current = table[table["number"] == month_number(month)].drop(columns="number")
    states = pd.DataFrame({"customer_id": customer_ids.sort_values().array}).merge(
        current, on="customer_id", how="left"
    )
    states["state"] = states["state"].fillna("never_bought")
    return states


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return customers by month end (index: number) and state (a column each of `BUYER_STATES`)."""
    if table.empty:
        return pd.DataFrame(columns=list(BUYER_STATES), dtype="int64")
    by_state = pd.crosstab(table["number"], table["state"].astype(object))
    return by_state.reindex(columns=list(BUYER_STATES), fill_value=0)


def flows(table: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return the transition counts: customers from each state a month ago to each at the month end ``number``.

    Returns
    -------
    pandas.DataFrame
        Index: `BUYER_STATES` and `NEW` (had not bought a month ago); columns: `BUYER_STATES`. No rows where the month
        end before has no states.
    """
    current, previous = table[table["number"] == number], table[table["number"] == number - 1]
    if previous.empty or current.empty:
        return pd.DataFrame(columns=list(BUYER_STATES), dtype="int64")
    previous_state = (
        previous.set_index("customer_id")["state"].astype(object).reindex(current["customer_id"]).fillna(NEW)
    )
    flow_counts = pd.crosstab(previous_state.to_numpy(), current["state"].astype(object).to_numpy())
    return flow_counts.reindex(index=[*BUYER_STATES, NEW], columns=list(BUYER_STATES), fill_value=0)
