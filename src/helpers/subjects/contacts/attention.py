"""The attention gap: the seller's contacts and the buyer's engagement by months since the first order."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.amounts import counts_at, parts_of
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import aggregate, customer_codes, largest_first, left_join, look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, factorize_months, month_numbers, trailing

#: Months of one point of the curves, and the last month that they reach.
STEP_MONTHS, LAST_MONTH = 3, 36
#: Least number of customers for a point of the curves.
_LEAST_CUSTOMERS = 10
#: Significance level for fewer contacts than expected from the customer's engagement.
_CHANCE = 0.1
#: Stands for no month; less than any month number.
_NEVER = -10_000


@dataclass(frozen=True)
class Attention(Answer):
    """Attention and engagement as of a month end.

    Attributes
    ----------
    curves
        since_month (months since the first order at which a step begins), customers, contacts and engagement (seller's
        contacts, and enquiries and days of purchase, per customer and month), gap (engagement less contacts).
    gap
        Customers with significantly fewer contacts than expected, largest sales first: customer_id, name,
        salesperson_name, since_months (NaN: first order before the data), contacts, contacts_before, engagement,
        engagement_before (in the last ``recent_months`` and in as many before them), expected_contacts, net_amount.
    """

    month: pd.Period
    recent_months: int
    curves: pd.DataFrame
    gap: pd.DataFrame


class Activity(NamedTuple):
    """Contacts and engagement by customer and month.

    Attributes
    ----------
    contacts
        customer_id, month, contacts, engagement (enquiries).
    bought
        customer_id, month, engagement (days of purchase).
    """

    contacts: pd.DataFrame
    bought: pd.DataFrame


def activity(contact_months: pd.DataFrame, customer_months: pd.DataFrame) -> Activity:
    """Return contacts and engagement from the facts of these names."""
    contacts = contact_months[["customer_id", "month", "contacts", "enquiries"]]
    bought = customer_months[["customer_id", "month", "purchase_days"]]
    return Activity(
        contacts.rename(columns={"enquiries": "engagement"}),
        bought.rename(columns={"purchase_days": "engagement"}),
    )


def contacts_per_engagement(active: Activity, month: pd.Period, recent_months: int) -> float:
    """Return contacts per engagement of the last months, over all customers; NaN without engagement."""
    span, sums = trailing(month, recent_months), {"contacts": 0.0, "engagement": 0.0}
    for rows in active:
        inside = span.holds(rows["month"])
        for name in sums.keys() & set(rows):
            sums[name] += float(rows.loc[inside, name].sum())
    return sums["contacts"] / sums["engagement"] if sums["engagement"] else float("nan")


def attention(
    active: Activity,
    customers: pd.DataFrame,
    summary: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    per_engagement: float,
    recent_months: int = 6,
    year: CompanyYear = CALENDAR_YEAR,
) -> Attention:
    """Compute both curves, and find the customers in the gap.

    Parameters
    ----------
    active
        As `activity` returns it.
    per_engagement
        The company's `contacts_per_engagement`.
    """
    began = _began(customers, summary, first_month, year)
    return Attention(
        month=month,
        recent_months=recent_months,
        curves=_curves(active, began),
        gap=_gap(active, customers, summary, began, month, per_engagement, recent_months),
    )


def _began(
    customers: pd.DataFrame, summary: pd.DataFrame, first_month: pd.Period, year: CompanyYear
) -> pd.Series:
    """Return the month number of the first order, for customers whose first order is in the data.

    The first order counts as in the data if the first contact is; if that is not known, if nothing was bought in the
    first half year of the data.
    """
    bought = summary.dropna(subset="first_purchase").set_index("customer_id")["first_purchase"]
    met = look_up(bought.index, customers.set_index("customer_id")["first_contact_date"])
    start = pd.Timestamp(year.first_day(first_month))
    in_coverage = (met >= start) | (met.isna() & (bought >= pd.Timestamp(year.opens(first_month + 6))))
    return pd.Series(month_numbers(year.months_with(bought[in_coverage])), bought.index[in_coverage])


def _curves(active: Activity, began: pd.Series) -> pd.DataFrame:
    """Return rates per customer and month; each customer is followed from its first order to its last activity."""
    ends = np.maximum(*(_last_engaged(rows, began.index) for rows in active))
    lasts = pd.Series(ends - began.to_numpy(), began.index, dtype="float64")
    lasts = lasts.where(ends != _NEVER).clip(upper=LAST_MONTH - 1)
    starts = np.arange(0, LAST_MONTH, STEP_MONTHS)
    # Customer-months under observation in each step.
    observed_months = np.clip(lasts.to_numpy()[:, None] + 1 - starts[None, :], 0, STEP_MONTHS)
    frame = pd.DataFrame({"since_month": starts, "customers": (observed_months > 0).sum(axis=0)})
    sums = {name: np.zeros(len(starts), dtype="int64") for name in ("contacts", "engagement")}
    for rows in active:
        step, alive = _steps(rows, began, lasts)
        for name in sums.keys() & set(rows):
            sums[name] += counts_at(step, rows[name].to_numpy(), len(starts), alive)
    for name, counted in sums.items():
        frame[name] = counted / np.maximum(observed_months.sum(axis=0), 1)
    frame["gap"] = frame["engagement"] - frame["contacts"]
    return frame[frame["customers"] >= _LEAST_CUSTOMERS].reset_index(drop=True)


def _last_engaged(rows: pd.DataFrame, ids: pd.Index) -> np.ndarray:
    """Return each customer's last month number with engagement, `_NEVER` without any."""
    codes, known = customer_codes(rows["customer_id"])
    last = np.full(len(known) + 1, _NEVER, dtype="int64")  # the last: of customers whom nobody knows
    for at, number in parts_of(codes, _numbers(rows), (rows["engagement"] > 0).to_numpy()):
        np.maximum.at(last, at, number.astype("int64"))
    return look_up(ids, pd.Series(last[:-1], known), _NEVER).to_numpy(dtype="int64")


def _steps(rows: pd.DataFrame, began: pd.Series, lasts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the step of each row, and whether its customer is followed in that month."""
    codes, known = customer_codes(rows["customer_id"])
    # Who is not followed begins after all months.
    after_all = np.iinfo("int16").max
    begins = np.append(look_up(known, began, after_all).to_numpy("int16"), np.int16(after_all))
    ends = np.append(look_up(known, lasts, _NEVER).to_numpy("int16"), np.int16(_NEVER))
    since = _numbers(rows) - begins[codes]
    return since // np.int16(STEP_MONTHS), (since >= 0) & (since <= ends[codes])


def _numbers(rows: pd.DataFrame) -> np.ndarray:
    steps, months = factorize_months(rows["month"])
    return np.asarray(months.year * 12 + months.month, dtype="int16")[steps]


def _gap(
    active: Activity,
    customers: pd.DataFrame,
    summary: pd.DataFrame,
    began: pd.Series,
    month: pd.Period,
    per_engagement: float,
    recent_months: int,
) -> pd.DataFrame:
    now = trailing(month, recent_months)
    table = left_join(
        summary[["customer_id", "net_amount"]], customers[["customer_id", "name", "salesperson_name"]]
    )
    for suffix, span in (("", now), ("_before", now.back(recent_months))):
        for name in ("contacts", "engagement"):
            table[f"{name}{suffix}"] = 0.0
        for part in active:
            rows = part[span.holds(part["month"])]
            for name in ("contacts", "engagement"):
                if name in rows:
                    sums = aggregate(rows["customer_id"], rows[name], "sum").astype("float64")
                    table[f"{name}{suffix}"] += look_up(table["customer_id"], sums, 0.0).to_numpy()
    table["expected_contacts"] = table["engagement"] * per_engagement
    table["since_months"] = month.year * 12 + month.month - look_up(table["customer_id"], began)
    chance = stats.poisson.cdf(table["contacts"], table["expected_contacts"].fillna(0.0))
    # The buyer no less engaged than before, the seller clearly behind what others of that engagement get.
    inside = (
        (chance < _CHANCE) & (table["engagement"] >= table["engagement_before"]) & (table["net_amount"] > 0)
    )
    rows = table[inside & (table["engagement"] > 0)]
    return largest_first(rows, "net_amount", ignore_index=True)
