"""Credit: payment grades, suggested limits against limits in force, and delivery stops.

Limit = mean invoiced in months with an invoice x mean term in months x factor of the grade, as defined in
`settings.receivables.Credit`. The grade follows from the mean days late of payments that name their invoice, in the
window; an invoice that is open for too long gives the lowest grade.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import total
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import aggregate, largest_first, left_join, look_up
from helpers.core.periods import trailing
from helpers.settings.analysis import Credit as Rules


def month_days(month: pd.Period) -> float:
    """Return the mean length of a month in days."""
    return 365 / months_a_year(month)


@dataclass(frozen=True)
class Credit(Answer):
    """Credit as of the month end. Money is in the report's currency.

    Attributes
    ----------
    customers
        One row a customer with an invoice, the largest balance first: customer_id, name, salesperson_name, grade
        (missing: too few payments to tell), lateness_days (mean of the window), monthly_amount (mean invoiced in the
        window's months that have an invoice), term_days, suggested_amount (missing without a grade), credit_limit
        (in force; missing: none known), balance_amount, over_limit_amount, overdue_amount, most_days_late,
        bad_amount, stop (ship no more: over the limit in force, or of the lowest grade with something open).
    bad_amount, bad_rate
        Open for longer than ``rules.bad_days`` past the due day; of all that is open (NaN if nothing is).
    ungraded
        Number of customers with an open amount and too few payments for a grade.
    """

    month: pd.Period
    customers: pd.DataFrame
    bad_amount: float
    bad_rate: float
    ungraded: int
    rules: Rules


def credit(
    records: pd.DataFrame,
    owed: pd.DataFrame,
    receivable_months: pd.DataFrame,
    customers: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    rules: Rules,
    least_payments: int,
) -> Credit:
    """Grade customers and suggest limits.

    Parameters
    ----------
    owed
        `Receivables.customers`.
    """
    of_owed = ["customer_id", "balance_amount", "overdue_amount", "most_days_late", "over_limit_amount"]
    table = left_join(records, owed[of_owed])
    table = left_join(table, customers[["customer_id", "name", "salesperson_name", "credit_limit"]])
    rows = receivable_months[trailing(month, window_months).holds(receivable_months["month"])]
    paid = aggregate(rows["customer_id"], rows[["payments", "days_late_sum"]], "sum")
    payments = look_up(table["customer_id"], paid["payments"], 0)
    late = look_up(table["customer_id"], paid["days_late_sum"], 0)
    table["lateness_days"] = (late / payments.where(payments > 0)).astype("float64")
    known = (payments >= least_payments) | (table["bad_amount"] > 0)
    table["grade"] = _grades(table["lateness_days"], table["bad_amount"] > 0, rules).where(known)
    months = table["invoiced_months"].astype("float64")
    table["monthly_amount"] = table["invoiced_amount"] / months.where(months > 0)
    invoices = table["invoices"].astype("float64")
    table["term_days"] = table["term_days_sum"] / invoices.where(invoices > 0)
    factors = pd.Series({**{name: each.factor for name, each in rules.grades.items()}, rules.lowest: 0.0})
    amount = table["monthly_amount"] * table["term_days"] / month_days(month)
    suggested = (amount * look_up(table["grade"], factors)).clip(upper=rules.most).round(4)
    table["suggested_amount"] = suggested.where(table["grade"] != rules.lowest, 0.0)
    is_low = (table["grade"] == rules.lowest) & (table["open_amount"] > 0)
    table["stop"] = (table["over_limit_amount"] > 0) | is_low
    open_total = total(table["open_amount"])
    columns = [
        "customer_id", "name", "salesperson_name", "grade", "lateness_days", "monthly_amount", "term_days",
        "suggested_amount", "credit_limit", "balance_amount", "over_limit_amount", "overdue_amount", "most_days_late",
        "bad_amount", "stop",
    ]  # fmt: skip
    order = largest_first(table, "balance_amount", ignore_index=True)
    bad = total(table["bad_amount"])
    return Credit(
        month=month,
        customers=order[columns],
        bad_amount=bad,
        bad_rate=bad / open_total if open_total > 0 else float("nan"),
        ungraded=int((table["grade"].isna() & (table["open_amount"] > 0)).sum()),
        rules=rules,
    )


def _grades(lateness: pd.Series, has_bad: pd.Series, rules: Rules) -> pd.Series:
    """Return each customer's first grade whose days fit; the lowest if none fits or an invoice is open too long."""
    names, ends = [*rules.grades, rules.lowest], [grade.late_days for grade in rules.grades.values()]
    place = np.searchsorted(ends, lateness.fillna(np.inf).to_numpy(), side="left")
    place = np.where(has_bad, len(ends), place)
    return pd.Series(np.array(names, dtype="object")[place], lateness.index)
