"""The attention gap (R15): the seller's contacts and the buyer's engagement by months since the first order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.analysis.lookup import beside, by_key, look_up, positions
from helpers.analysis.money import counts_at, parts_of
from helpers.analysis.periods import month_numbers, numbered_months, trailing
from helpers.analysis.rolling import numbered

#: Months of one point of the curves, and the last month that they reach.
STEP_MONTHS, LAST_MONTH = 3, 36
#: A point rests on so many customers at least.
_LEAST_CUSTOMERS = 10
#: So sure has it to be that contacts are fewer than the customer's engagement asks for.
_CHANCE = 0.1
#: No month, and less than any number of months since another.
_NEVER = -10_000


@dataclass(frozen=True)
class Attention:
    """Attention and engagement as of a month end.

    Attributes
    ----------
    month, recent_months
        The parameters.
    curves
        since_month (months since the first order at which a step begins), customers, contacts and engagement (seller's
        contacts, and enquiries and days of purchase, per customer and month), gap (engagement less contacts).
    followed
        Customers whose first order is in the data, on whom the curves rest.
    gap
        Who gets clearly fewer contacts than its engagement asks for, the largest sales first: customer_id, name,
        salesperson_name, since_months (NaN: first order before the data), contacts, contacts_before, engagement,
        engagement_before (in the last ``recent_months`` and in as many before them), expected_contacts, net_amount.
    contacts_per_engagement
        What customers get on average; NaN without engagement.
    """

    month: pd.Period
    recent_months: int
    curves: pd.DataFrame
    followed: int
    gap: pd.DataFrame
    contacts_per_engagement: float


def activity(contact_months: pd.DataFrame, customer_months: pd.DataFrame) -> pd.DataFrame:
    """Return customer_id (categorical), month, contacts, engagement (enquiries and days of purchase).

    A customer's month has a row for what was contacted and one for what was bought: counts that only add up.
    """
    asked = contact_months[["customer_id", "month", "contacts", "enquiries"]]
    bought = customer_months[["customer_id", "month", "purchase_days"]]
    (of_asked, askers), (of_bought, buyers) = numbered(asked["customer_id"]), numbered(bought["customer_id"])
    places = positions(buyers, askers)
    only_asked = places < 0
    places[only_asked] = len(buyers) + np.arange(only_asked.sum())
    (at_asked, asking), (at_bought, buying) = (
        numbered_months(asked["month"]),
        numbered_months(bought["month"]),
    )
    months = buying.union(asking)
    codes = [places.astype("int32")[of_asked], of_bought.astype("int32")]
    steps = [
        months.get_indexer(asking)[at_asked].astype("int16"),
        months.get_indexer(buying)[at_bought].astype("int16"),
    ]
    counts = [rows.fillna(0).to_numpy("int32") for rows in (asked["enquiries"], bought["purchase_days"])]
    return pd.DataFrame(
        {
            "customer_id": pd.Categorical.from_codes(
                np.concatenate(codes), buyers.append(askers[only_asked])
            ),
            "month": pd.Categorical.from_codes(np.concatenate(steps), dtype=pd.CategoricalDtype(months)),
            "contacts": np.append(
                asked["contacts"].fillna(0).to_numpy("int32"), np.zeros(len(bought), "int32")
            ),
            "engagement": np.concatenate(counts),
        },
        copy=False,
    )


def contacts_per_engagement(active: pd.DataFrame, month: pd.Period, recent_months: int) -> float:
    """Return contacts over engagement of the last months, of all customers; NaN without engagement."""
    recent = active.loc[trailing(month, recent_months).holds(active["month"]), ["contacts", "engagement"]]
    engaged = float(recent["engagement"].sum())
    return float(recent["contacts"].sum()) / engaged if engaged else float("nan")


def attention(
    active: pd.DataFrame,
    customers: pd.DataFrame,
    summary: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    per_engagement: float,
    recent_months: int = 6,
) -> Attention:
    """Draw both curves and find who sits in the gap.

    Parameters
    ----------
    active
        As `activity` returns it.
    customers, summary
        The facts ``customers`` and ``customer_summary``.
    per_engagement
        The company's `contacts_per_engagement`.
    """
    began = _began(customers, summary, first_month)
    return Attention(
        month=month,
        recent_months=recent_months,
        curves=_curves(active, began, summary, month),
        followed=len(began),
        gap=_gap(active, customers, summary, began, month, per_engagement, recent_months),
        contacts_per_engagement=per_engagement,
    )


def _began(customers: pd.DataFrame, summary: pd.DataFrame, first_month: pd.Period) -> pd.Series:
    """Month number of the first order of customers whose first order is in the data.

    It is when the first contact falls into the data; where that is not known, when nothing was bought in the first half
    year of the data.
    """
    bought = summary.dropna(subset="first_purchase").set_index("customer_id")["first_purchase"]
    met = look_up(bought.index, customers.set_index("customer_id")["first_contact_date"])
    start = first_month.to_timestamp()
    seen = (met >= start) | (met.isna() & (bought >= (first_month + 6).to_timestamp()))
    return pd.Series(month_numbers(bought[seen]), bought.index[seen])


def _curves(active: pd.DataFrame, began: pd.Series, summary: pd.DataFrame, month: pd.Period) -> pd.DataFrame:
    """Rates per customer and month, each customer followed from its first order to its last sign of life."""
    codes, ids = numbered(active["customer_id"])
    steps, months = numbered_months(active["month"])
    number = np.asarray(months.year * 12 + months.month, dtype="int16")[steps]
    last = np.full(len(ids), _NEVER, dtype="int64")
    for at, each in parts_of(codes, number, (active["engagement"] > 0).to_numpy()):
        np.maximum.at(last, at, each.astype("int64"))
    ends = look_up(began.index, pd.Series(last, ids), _NEVER)
    lasts = (ends - began).where(ends != _NEVER).clip(upper=LAST_MONTH - 1)
    starts = np.arange(0, LAST_MONTH, STEP_MONTHS)
    # Customer-months under observation in each step: whoever was there longer counts in full.
    there = np.clip(lasts.to_numpy()[:, None] + 1 - starts[None, :], 0, STEP_MONTHS)
    # Who is not followed begins after all months.
    since = number - look_up(ids, began, np.iinfo("int16").max).to_numpy("int16")[codes]
    alive = (since >= 0) & (since <= look_up(ids, lasts, _NEVER).to_numpy("int16")[codes])
    step = since // np.int16(STEP_MONTHS)
    exposure = there.sum(axis=0)
    frame = pd.DataFrame({"since_month": starts, "customers": (there > 0).sum(axis=0)})
    for name in ("contacts", "engagement"):
        sums = counts_at(step, active[name].to_numpy(), len(starts), alive)
        frame[name] = sums / np.maximum(exposure, 1)
    frame["gap"] = frame["engagement"] - frame["contacts"]
    return frame[frame["customers"] >= _LEAST_CUSTOMERS].reset_index(drop=True)


def _gap(
    active: pd.DataFrame,
    customers: pd.DataFrame,
    summary: pd.DataFrame,
    began: pd.Series,
    month: pd.Period,
    per_engagement: float,
    recent_months: int,
) -> pd.DataFrame:
    now = trailing(month, recent_months)
    table = beside(
        summary[["customer_id", "net_amount"]], customers[["customer_id", "name", "salesperson_name"]]
    )
    for suffix, span in (("", now), ("_before", now.back(recent_months))):
        rows = active.loc[span.holds(active["month"]), ["customer_id", "contacts", "engagement"]]
        sums = by_key(rows["customer_id"], rows[["contacts", "engagement"]], "sum").astype("float64")
        for name in ("contacts", "engagement"):
            table[f"{name}{suffix}"] = look_up(table["customer_id"], sums[name], 0.0)
    table["expected_contacts"] = table["engagement"] * per_engagement
    table["since_months"] = month.year * 12 + month.month - look_up(table["customer_id"], began)
    chance = stats.poisson.cdf(table["contacts"], table["expected_contacts"].fillna(0.0))
    # The buyer no less engaged than before, the seller clearly behind what others of that engagement get.
    inside = (
        (chance < _CHANCE) & (table["engagement"] >= table["engagement_before"]) & (table["net_amount"] > 0)
    )
    rows = table[inside & (table["engagement"] > 0)]
    return rows.sort_values(["net_amount", "customer_id"], ascending=[False, True]).reset_index(drop=True)
