"""The list of customers at risk, by the margin that would go with them, and what became of earlier warnings."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up, reindex_rows
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, month_number
from helpers.settings.churn import Churn
from helpers.subjects.churn.churn import ChurnScores
from helpers.subjects.churn.learning.scoring import LIKELY_SHRINKING
from helpers.subjects.churn.learning.threshold import LATEST, LEFT_STATES, Lead, is_at_risk, lead, record
from helpers.subjects.signals.measures import gaps_of


@dataclass(frozen=True)
class RiskList(Answer):
    """Whom we warn of.

    Attributes
    ----------
    warn_probability
        The threshold (`ChurnScores.warn`): listed are customers in the state at_risk, with this probability or more of
        leaving and `helpers.subjects.churn.states.may_warn`.
    has_margin
        Whether amounts are margins; else no line of these customers has a cost and they are net sales.
    contacts_known
        Whether interactions are supplied.
    customers
        customer_id, name, salesperson_name, probability, value_amount (the last twelve months' margin: what the
        next year would bring if it stayed as it was), risk_amount (probability x value), reasons, silence_days,
        mean_gap_days and gap_spread_days (`measures.gaps_of`), purchases_3, purchases_12, last_contact (NaT: none
        known), is_new (not warned of a month ago), visit (among the ``visit_capacity`` customers with most at risk, and
        the visit is expected to save more than it costs); the largest risk_amount first, equal ones by customer_id.
    silent
        Who is in the state overdue or lapsed: the columns of ``everyone`` and state. Who is silent for too long to be
        scored has no probability and no risk_amount, and stands last. The largest risk_amount first, then value_amount,
        then customer_id.
    everyone
        The same columns without is_new and visit, for all scored customers, with shrinking and the signal columns of
        `ChurnScores.customers`; with `ChurnScores.drift` also probability_drift, the probability corrected for it.
    shrinking
        Rows of ``everyone`` that are neither at risk nor silent beyond their rhythm, and likely to stay but to spend
        under half of the year's pace: with shrink_amount (half the value x that probability), the largest first.
    recovered
        Customers warned of a month ago and not now, who bought since: customer_id, name.
    fell_silent
        Customers warned of a month ago who are in the state lapsed or lost now: their number.
    record
        One row a past month end whose outcome is known: number (year * 12 + month), warned, warned_left, left,
        customers: of those of whom could be warned.
    lead
        How long before their last order customers were warned of.
    """

    warn_probability: float
    has_margin: bool
    contacts_known: bool
    customers: pd.DataFrame
    silent: pd.DataFrame
    everyone: pd.DataFrame
    shrinking: pd.DataFrame
    recovered: pd.DataFrame
    fell_silent: int
    record: pd.DataFrame
    lead: Lead

    @property
    def risk_amount(self) -> float:
        """Expected loss of a year's margin over the list."""
        return total(self.customers["risk_amount"])

    @property
    def silent_amount(self) -> float:
        """The same of who is silent beyond its rhythm already; who is not scored has none."""
        return total(self.silent["risk_amount"].fillna(0.0))


def risk_list(
    scores: ChurnScores,
    customers: pd.DataFrame,
    customer_summary: pd.DataFrame,
    contacts: pd.DataFrame | None,
    settings: Churn,
    day: dt.date,
    year: CompanyYear = CALENDAR_YEAR,
) -> RiskList:
    """Rank the customers at risk, and compare earlier warnings with what followed.

    Parameters
    ----------
    scores
        `helpers.subjects.churn.churn.churn`, of the same customers.
    customers, customer_summary, contacts
        Facts customers, customer_summary and last_contacts; None where interactions are not supplied.
    settings
        ``[churn]``: what a visit costs and keeps, and how many can be made.
    day
        Up to which things are known.
    """
    warn_probability = scores.warn.probability
    by_customer = customers.set_index("customer_id")
    summary_rows = customer_summary.set_index("customer_id")
    rates, net = margin_rates(summary_rows), summary_rows["net_amount"]
    has_margin = rates is not None
    value = (net if rates is None else net * rates).clip(lower=0).round(4)
    table = scores.customers.copy(deep=False)
    ids = table["customer_id"]
    # Looked up rather than mapped: the result of an empty map has no type of its own.
    for column, found in reindex_rows(pd.Index(ids), by_customer[["name", "salesperson_name"]]).items():
        table[column] = found.array
    table["value_amount"] = look_up(ids, value.astype("float64"), 0.0)
    table["risk_amount"] = (table["probability"] * table["value_amount"]).round(4)
    gaps = (table[name].to_numpy(dtype="float64") for name in ("frequency", "recency_days", "gap_squares"))
    table["mean_gap_days"], table["gap_spread_days"] = gaps_of(*gaps)
    if scores.drift is not None:
        table["probability_drift"] = scores.drift.shifted(table["probability"])
    table["last_contact"] = pd.NaT
    if contacts is not None:
        days = contacts.set_index("customer_id")["last_contact"]
        table["last_contact"] = pd.to_datetime(look_up(ids, days).to_numpy())
    previous = scores.history[scores.history["number"] == month_number(scores.month) - 1]
    warned_before = pd.Index(previous.loc[is_at_risk(previous, warn_probability), "customer_id"])
    was_at_risk = look_up(ids, pd.Series(True, warned_before), False).to_numpy(dtype=bool)
    at_risk = is_at_risk(table, warn_probability).to_numpy()
    current_states = scores.states[scores.states["number"] == month_number(scores.month)]
    left = pd.Index(current_states.loc[current_states["state"].isin(LEFT_STATES), "customer_id"])
    warned = table[at_risk].assign(is_new=~was_at_risk[at_risk])
    warned = largest_first(warned, "risk_amount")
    visit_pays = warned["risk_amount"] * settings.visit_success_share > settings.visit_cost_amount
    warned = warned.assign(visit=visit_pays & (np.arange(len(warned)) < settings.visit_capacity))
    stays = ~at_risk & (table["probability"] < LATEST) & (table["silence_days"] <= table["limit_days"])
    shrinking = table[(table["shrinking"] >= LIKELY_SHRINKING) & stays]
    shrinking = shrinking.assign(
        shrink_amount=(shrinking["shrinking"] * shrinking["value_amount"] / 2).round(4)
    )
    shrinking = largest_first(shrinking, "shrink_amount")
    days_in_month = (year.closes(scores.month) - year.opens(scores.month)).days + 1
    bought_again = table[was_at_risk & ~at_risk & (table["silence_days"] < days_in_month)]
    return RiskList(
        warn_probability=warn_probability,
        has_margin=has_margin,
        contacts_known=contacts is not None,
        customers=warned.reset_index(drop=True),
        silent=_silent(current_states, table, by_customer, value),
        everyone=table,
        shrinking=shrinking.reset_index(drop=True),
        recovered=bought_again[["customer_id", "name"]].reset_index(drop=True),
        fell_silent=len(warned_before.intersection(left)),
        record=record(scores.history, warn_probability),
        lead=lead(scores.history, current_states, day, warn_probability, scores.horizon_months, year),
    )


def margin_rates(summary: pd.DataFrame) -> pd.Series | None:
    """Return each customer's margin rate, of lines with a cost; where it has none, the overall rate.

    Parameters
    ----------
    summary
        net_amount, cost_amount and net_amount_with_cost of the window, by customer.

    Returns
    -------
    pandas.Series or None
        In the index of ``summary``; None where no line has a cost.
    """
    if not summary["cost_amount"].notna().any():
        return None
    costed = summary["net_amount_with_cost"]
    margin = costed - summary["cost_amount"]
    overall = margin.sum() / costed.sum() if costed.sum() else 1.0
    return (margin / costed.where(costed > 0)).astype("float64").fillna(overall)


def _silent(
    current_states: pd.DataFrame, scored: pd.DataFrame, by_customer: pd.DataFrame, value: pd.Series
) -> pd.DataFrame:
    """Return `RiskList.silent` of the states at the month end."""
    current_states = (
        current_states[current_states["state"].isin(["overdue", "lapsed"])]
        .drop(columns="number")
        .reset_index(drop=True)
    )
    ids = current_states["customer_id"]
    rows = reindex_rows(pd.Index(ids), scored.set_index("customer_id")).reset_index()
    # Customers silent for too long to be scored have a state and a name all the same.
    rows = rows.assign(**current_states, may_warn=rows["may_warn"].eq(True))
    for column, found in reindex_rows(pd.Index(ids), by_customer[["name", "salesperson_name"]]).items():
        rows[column] = found.array
    rows["value_amount"] = look_up(ids, value.astype("float64"), 0.0)
    rows["risk_amount"] = (rows["probability"] * rows["value_amount"]).round(4)
    return largest_first(rows, "risk_amount", "value_amount", ignore_index=True)
