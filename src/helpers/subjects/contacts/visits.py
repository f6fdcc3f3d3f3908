"""The visit plan by tier: visits made, overdue customers, and customers to visit next month."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import aggregate, largest_first, left_join, look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, trailing


@dataclass(frozen=True)
class Visits(Answer):
    """Visits as of a month end.

    Attributes
    ----------
    month, window_months
        The parameters.
    plan
        tier, every_days, customers, planned (visits in the window: its days, or those since the first purchase, over
        every_days), made (in the window), attainment (of the plan; a customer's visits count up to its plan), overdue
        (customers), overdue_amount (their sales of the window).
    due
        Customers with a tier who are overdue or fall due by the end of next month, the largest value first:
        customer_id, name, salesperson_name, tier, last_visit (NaT: none known), days_since (NaN then), due_date,
        overdue (at the month end), value_amount (sales of the window, in a year).
    elsewhere
        Visits in the window to customers without a tier (no sales in the window).
    any_visit
        Whether any visit to these customers is on record.
    """

    month: pd.Period
    window_months: int
    plan: pd.DataFrame
    due: pd.DataFrame
    elsewhere: int
    any_visit: bool


def visits(
    customers: pd.DataFrame,
    tiered: pd.DataFrame,
    summary: pd.DataFrame,
    contact_months: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    every_days: Mapping[str, int],
    year: CompanyYear = CALENDAR_YEAR,
) -> Visits:
    """Compare visits made with the plan; ``tiered`` is `Tiers.customers`, the others facts of these names.

    ``year``: the company's.

    A customer falls due ``every_days`` after its last visit; who was never visited, as long after its first purchase.
    """
    window = trailing(month, window_months)
    end = year.ends(month)
    days = (end - pd.Timestamp(year.first_day(window.first))).days + 1
    table = tiered.loc[tiered["tier"].isin(list(every_days)), ["customer_id", "tier", "amount"]]
    known = customers[["customer_id", "name", "salesperson_name"]]
    table = left_join(table, known)
    began = look_up(table["customer_id"], summary.set_index("customer_id")["first_purchase"])
    inside = window.holds(contact_months["month"])
    made = aggregate(contact_months.loc[inside, "customer_id"], contact_months.loc[inside, "visits"], "sum")
    last = aggregate(contact_months["customer_id"], contact_months["last_visit"], "max")
    table["every_days"] = look_up(table["tier"], pd.Series(dict(every_days), dtype="int64"))
    table["made"] = look_up(table["customer_id"], made, 0)
    table["last_visit"] = look_up(table["customer_id"], last)
    days_active = ((end - began).dt.days + 1).clip(lower=0, upper=days).fillna(days)
    table["planned"] = days_active / table["every_days"]
    since = table["last_visit"].fillna(began)
    table["due_date"] = (since + pd.to_timedelta(table["every_days"], unit="D")).fillna(end)
    table["days_since"] = (end - table["last_visit"]).dt.days.astype("float64")
    table["overdue"] = table["due_date"] <= end
    table["value_amount"] = table["amount"].clip(lower=0.0) * months_a_year(month) / window_months
    due = table[table["due_date"] <= year.ends(month + 1)]
    due = largest_first(due, "value_amount")
    columns = ["customer_id", "name", "salesperson_name", "tier", "last_visit", "days_since", "due_date", "overdue",
               "value_amount"]  # fmt: skip
    return Visits(
        month=month,
        window_months=window_months,
        plan=_plan(table, every_days),
        due=due[columns].reset_index(drop=True),
        elsewhere=int(made.sum() - table["made"].sum()),
        any_visit=bool(contact_months["visits"].any()),
    )


def _plan(table: pd.DataFrame, every_days: Mapping[str, int]) -> pd.DataFrame:
    rows = table.assign(
        counted=np.minimum(table["made"], table["planned"]),
        overdue_amount=table["amount"].where(table["overdue"], 0.0),
        customers=1,
    )
    names = ["customers", "planned", "made", "counted", "overdue", "overdue_amount"]
    sums = rows.groupby("tier")[names].sum().reindex(list(every_days), fill_value=0).astype("float64")
    sums["attainment"] = (sums["counted"] / sums["planned"]).where(sums["planned"] > 0)
    sums["every_days"] = pd.Series(dict(every_days))
    sums = sums.rename_axis("tier").reset_index()
    counts = ["customers", "made", "overdue"]
    sums[counts] = sums[counts].astype("int64")
    columns = [
        "tier", "every_days", "customers", "planned", "made", "attainment", "overdue", "overdue_amount",
    ]  # fmt: skip
    return sums[columns]
