"""Receivables: balance, age, credit limits, late payers, and expected cash."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import sums_at, total
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import aggregate, index_positions, left_join
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, factorize_months, first_month_of, trailing
from helpers.subjects.receivables.cash import Cash


@dataclass(frozen=True)
class Receivables(Answer):
    """Receivables as of the month end. Money is in the report's currency.

    Attributes
    ----------
    month
        The report's month.
    customers
        One row per customer with invoices or payments, the largest overdue amount first: the columns of the fact
        ``receivables``, name, salesperson_name, credit_limit, limit_use (balance / limit; NaN without a limit above
        zero), over_limit_amount (balance above a known limit; 0: within it, or no limit known), collection_rate (of
        what fell due in the window, collected by the month end), lateness_days, lateness_before_days (mean days late of
        payments in the last six months and in the twelve before), later_days (their difference; NaN with too few
        payments), pays_later.
    ageing
        age (as the fact names them, then ``on_account``, negative: credit not used), amount; adds up to the balance.
    balance_amount, overdue_amount, dso_days, collection_rate
        Of all customers; dso_days is balance / invoiced in ``dso_months`` x their days, NaN if nothing was.
    months
        month, invoiced_amount, paid_amount, balance_amount (at its end), dso_days; the last 24 at most.
    cash
        What is expected to come in of it, and how good that forecast was: see `helpers.subjects.receivables.cash`.
    unmatched_amount
        Payments that name neither a customer nor a known invoice.
    """

    month: pd.Period
    customers: pd.DataFrame
    ageing: pd.DataFrame
    balance_amount: float
    overdue_amount: float
    dso_days: float
    collection_rate: float
    months: pd.DataFrame
    cash: Cash
    unmatched_amount: float


def receivables(
    customers: pd.DataFrame,
    owed: pd.DataFrame,
    receivable_months: pd.DataFrame,
    cash: Cash,
    month: pd.Period,
    dso_months: int = 3,
    later_days: float = 5,
    least_payments: int = 3,
    year: CompanyYear = CALENDAR_YEAR,
) -> Receivables:
    """Compute `Receivables` from the facts of these names and the settings ``[money]``.

    ``year``: whose months these are.
    """
    table = _customers(customers, owed, receivable_months, month, later_days, least_payments)
    ages = [name for name in owed.columns if name == "not_due_amount" or name.startswith("late_")]
    amounts = [*(total(owed[age]) for age in ages), -total(owed["credit_amount"])]
    ageing = pd.DataFrame(
        {"age": [*(age.removesuffix("_amount") for age in ages), "on_account"], "amount": amounts}
    )
    months = _months(receivable_months, month, dso_months, year)
    due = total(owed["due_amount"])
    return Receivables(
        month=month,
        customers=table,
        ageing=ageing,
        balance_amount=total(owed["balance_amount"]),
        overdue_amount=total(owed["overdue_amount"]),
        dso_days=float(months["dso_days"].iloc[-1]),
        collection_rate=1 - total(owed["due_open_amount"]) / due if due > 0 else float("nan"),
        months=months.tail(24).reset_index(drop=True),
        cash=cash,
        unmatched_amount=-total(owed.loc[owed["customer_id"].isna(), "balance_amount"]),
    )


def _customers(
    customers: pd.DataFrame,
    owed: pd.DataFrame,
    months: pd.DataFrame,
    month: pd.Period,
    later_days: float,
    least_payments: int,
) -> pd.DataFrame:
    named = owed[owed["customer_id"].notna()]
    known = customers[["customer_id", "name", "salesperson_id", "salesperson_name", "credit_limit"]]
    table = left_join(named, known).reset_index(drop=True)
    limit, balance = table["credit_limit"], table["balance_amount"]
    table["limit_use"] = (balance / limit).where(limit > 0)
    table["over_limit_amount"] = (balance - limit).clip(lower=0).fillna(0.0)
    due = table["due_amount"]
    table["collection_rate"] = (1 - table["due_open_amount"] / due).where(due > 0)
    now, before = trailing(month, 6), trailing(month - 6, 12)
    ids, means, errors = pd.Index(table["customer_id"]), [], []
    for span in (now, before):
        rows = months[span.holds(months["month"])]
        sums = aggregate(rows["customer_id"], rows[["payments", "days_late_sum", "days_late_squares"]], "sum")
        sums = sums.reset_index(drop=True).reindex(index_positions(sums.index, ids))
        count = sums["payments"].where(sums["payments"] >= least_payments).to_numpy()
        mean = sums["days_late_sum"].to_numpy() / count
        spread = sums["days_late_squares"].to_numpy() - count * mean**2
        means.append(mean)
        errors.append(np.maximum(spread, 0) / np.maximum(count - 1, 1) / count)
    table["lateness_days"], table["lateness_before_days"] = means
    table["later_days"] = means[0] - means[1]
    # Significant: twice the standard error of the difference of the two means.
    sure = table["later_days"].to_numpy() > 2 * np.sqrt(errors[0] + errors[1])
    table["pays_later"] = sure & (table["later_days"] >= later_days).to_numpy()
    order = ["overdue_amount", "balance_amount", "customer_id"]
    return table.sort_values(order, ascending=[False, False, True], kind="stable").reset_index(drop=True)


def _months(rows: pd.DataFrame, month: pd.Period, dso_months: int, year: CompanyYear) -> pd.DataFrame:
    """Return invoiced, paid, balance and days sales outstanding of each month."""
    first = min(first_month_of(rows) or month, month)
    every = pd.period_range(first, month, freq="M")
    codes, starts = factorize_months(rows["month"])
    sums = pd.DataFrame(
        {
            name: sums_at(codes, rows[name].to_numpy(), len(starts))
            for name in ("invoiced_amount", "paid_amount")
        },
        pd.PeriodIndex(starts, freq="M"),
    ).reindex(every, fill_value=0)
    balance = (sums["invoiced_amount"] - sums["paid_amount"]).cumsum()
    invoiced = sums["invoiced_amount"].rolling(dso_months, min_periods=dso_months).sum()
    lengths = [(year.last_day(each) - year.first_day(each)).days + 1 for each in every]
    days = pd.Series(lengths, index=every).rolling(dso_months).sum()
    return pd.DataFrame(
        {
            "month": every,
            "invoiced_amount": sums["invoiced_amount"].to_numpy() / 10_000,
            "paid_amount": sums["paid_amount"].to_numpy() / 10_000,
            "balance_amount": balance.to_numpy() / 10_000,
            "dso_days": (balance / invoiced.where(invoiced > 0) * days).to_numpy(dtype="float64"),
        }
    )
