"""In which state each customer is at a month end, and how many pass from one to another within a month.

The one definition that all pages read. Each customer who is known at the month end is in exactly one state, the first
that fits of: never bought, lost, lapsed, at risk, overdue, won back, slowing, active.
Who bought and has closed its business is lost from then on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.settings.churn import STATE_NAMES, Churn
from helpers.subjects.churn.learning.features import days_a_month, month_ends, origin_number, still_scored

#: In the order in which they are told; each customer is in exactly one.
STATES = STATE_NAMES
#: States of who has bought; the panel knows nobody else.
OF_BUYERS = STATES[:-1]
#: So many month ends are told of.
MONTH_ENDS = 13
#: Who had not bought a month ago, on record or not.
NEW = "new"
#: Slowing: the last half-year brought at most this part of the purchases of the half-year before ...
SLOWING_SHARE = 0.5
#: ... which were at least so many: of fewer, half as many is chance.
SLOWING_LEAST = 4
#: Won back is who returned after a gap of so many usual ones: who buys seldom is none.
WON_BACK_GAPS = 3
#: What is told of each customer beside its state.
OF_RHYTHM = ("silence_days", "usual_gap_days", "own_rhythm", "limit_days")


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

    @property
    def closed(self) -> int:
        """How many of those who are lost have closed their business."""
        return int((self.customers["closed"] & (self.customers["state"] == "lost")).sum())


def may_warn(
    rows: pd.DataFrame, horizon_months: int, settings: Churn, uninformative: Collection[int] = ()
) -> pd.Series:
    """Tell of whom can be warned: to buy nothing within the horizon would break its rhythm, and it has not lapsed.

    Who buys every 65 days and bought yesterday may well buy nothing for two months: that is its rhythm.

    Parameters
    ----------
    rows
        origin, silence_days and limit_days (`helpers.subjects.churn.learning.rhythm.Rhythms.of`).
    uninformative
        Month ends (year * 12 + month) at which the score told nothing: then of nobody can be warned.
    """
    ahead = rows["silence_days"] + horizon_months * days_a_month(rows)
    breaks = (ahead > rows["limit_days"]) & ~_lapsed(rows, horizon_months, settings)
    return breaks & ~origin_number(rows).isin(list(uninformative))


def _lapsed(rows: pd.DataFrame, horizon_months: int, settings: Churn) -> pd.Series:
    long_silent = rows["silence_days"] > horizon_months * days_a_month(rows)
    return long_silent & _beyond(rows, settings)


def _beyond(rows: pd.DataFrame, settings: Churn) -> pd.Series:
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
    - slowing: at most `SLOWING_SHARE` of the purchases of the half-year before, which were `SLOWING_LEAST` or more;
    - active.

    Parameters
    ----------
    panel
        The fact purchase_panel with the columns of `helpers.subjects.churn.learning.rhythm.Rhythms.of`.
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
        customer_id, number (year * 12 + month), state (one of `STATES`), and `OF_RHYTHM`; by number and customer_id.
    """
    number = origin_number(panel)
    if ends is None:
        ends = ends_of(number, probability, MONTH_ENDS)
    here = number.isin(list(ends))
    rows, number, risk = panel[here], number[here], probability[here]
    returned = rows["returned_gap_days"].astype("float64").fillna(0)
    before = rows["purchases_12"] - rows["purchases_6"]
    fits = {
        "lost": ~still_scored(rows, settings.lost_months) & _beyond(rows, settings),
        "lapsed": _lapsed(rows, horizon_months, settings),
        "at_risk": (risk >= warn_probability) & may_warn(rows, horizon_months, settings, uninformative),
        "overdue": rows["silence_days"] > rows["limit_days"],
        "won_back": (returned > horizon_months * days_a_month(rows))
        & (returned > WON_BACK_GAPS * rows["usual_gap_days"]),
        "slowing": (before >= SLOWING_LEAST) & (rows["purchases_6"] <= SLOWING_SHARE * before),
    }
    named = np.select([fit.to_numpy(dtype=bool) for fit in fits.values()], list(fits), "active")
    table = rows[["customer_id"]].assign(number=number, state=pd.Categorical(named, categories=STATES))
    table[list(OF_RHYTHM)] = rows[list(OF_RHYTHM)]
    return table.sort_values(["number", "customer_id"], kind="stable").reset_index(drop=True)


def ends_of(number: pd.Series, probability: pd.Series, most: int) -> list[int]:
    """Return the last month ends at which anybody was scored, at most so many, and in any case the last of all."""
    scored = np.sort(number[probability.notna().to_numpy()].unique())[-most:]
    return sorted({*scored.tolist(), *([int(number.max())] if len(number) else [])})


def lost_once_closed(
    table: pd.DataFrame, closed: pd.DataFrame, year: CompanyYear = CALENDAR_YEAR
) -> pd.DataFrame:
    """Return the same states, but lost for who has closed its business: nobody can wait for its order.

    Parameters
    ----------
    table
        As `states` returns it.
    closed
        customer_id, closed_date and valid_from of who is closed at the month end. One is from its day on, and no longer
        than its record says so; without a day from the month after its last purchase.
    """
    if closed.empty:
        return table
    rows = table[["customer_id", "number", "silence_days"]].assign(row=np.arange(len(table)))
    rows = rows.merge(closed, on="customer_id")
    end = month_ends(rows["number"], year)
    day, since = pd.to_datetime(rows["closed_date"]), pd.to_datetime(rows["valid_from"])
    lengths = end.dt.day if not year.has_thirteen else 28
    silent = (rows["silence_days"] >= lengths) & day.isna()
    gone = np.zeros(len(table), dtype=bool)
    gone[rows.loc[(silent | (day <= end)) & ((since <= end) | since.isna()), "row"]] = True
    return table.assign(state=table["state"].mask(gone, "lost"))


def of_everybody(table: pd.DataFrame, month: pd.Period, known: pd.Series) -> pd.DataFrame:
    """Return the states at one month end of all customers known then: who has no row in ``table`` never bought.

    Parameters
    ----------
    table
        As `states` returns it.
    known
        Ids of the fact customers.

    Returns
    -------
    pandas.DataFrame
        As `CustomerStates.customers`, without closed.
    """
    now = table[table["number"] == month.year * 12 + month.month].drop(columns="number")
    found = pd.DataFrame({"customer_id": known.sort_values().array}).merge(now, on="customer_id", how="left")
    found["state"] = found["state"].fillna("never_bought")
    return found


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return customers by month end (index: number) and state (a column each of `OF_BUYERS`)."""
    if table.empty:
        return pd.DataFrame(columns=list(OF_BUYERS), dtype="int64")
    found = pd.crosstab(table["number"], table["state"].astype(object))
    return found.reindex(columns=list(OF_BUYERS), fill_value=0)


def flows(table: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return how many passed from each state a month ago to each at the month end ``number``.

    Returns
    -------
    pandas.DataFrame
        Index: `OF_BUYERS` and `NEW` (had not bought a month ago); columns: `OF_BUYERS`. No rows where the month end
        before has no states.
    """
    now, before = table[table["number"] == number], table[table["number"] == number - 1]
    if before.empty or now.empty:
        return pd.DataFrame(columns=list(OF_BUYERS), dtype="int64")
    earlier = before.set_index("customer_id")["state"].astype(object).reindex(now["customer_id"]).fillna(NEW)
    made = pd.crosstab(earlier.to_numpy(), now["state"].astype(object).to_numpy())
    return made.reindex(index=[*OF_BUYERS, NEW], columns=list(OF_BUYERS), fill_value=0)
