"""Headline figures besides sales: overdue receivables and open complaints."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.subjects.receivables.receivables import Receivables
from helpers.subjects.service.complaints import Complaints

#: Number of month ends drawn: this one and the previous year.
MONTH_ENDS = 13


@dataclass(frozen=True)
class OwedInShort(Answer):
    """Receivables at the month end, in the report's currency.

    Attributes
    ----------
    overdue_amount, over_90_amount
        Of open invoices, what is past its due day, and what is so by more than 90 days.
    overdue_share
        Of the money in open invoices; NaN if none is open.
    months
        month and dso_days (days sales outstanding; NaN: not known), the last thirteen month ends.
    """

    overdue_amount: float
    over_90_amount: float
    overdue_share: float
    months: pd.DataFrame


@dataclass(frozen=True)
class ComplaintsInShort(Answer):
    """Complaints open at the month end.

    Attributes
    ----------
    open, longest_days
        How many, and for how many days the oldest has been (NaN: none is open).
    months
        month and open, the last thirteen month ends.
    """

    open: int
    longest_days: float
    months: pd.DataFrame


def owed_in_short(result: Receivables | None) -> OwedInShort | None:
    """Return headline figures of receivables; None without invoices."""
    if result is None or result.customers.empty:
        return None
    ages = result.ageing.set_index("age")["amount"]
    invoices = float(ages.drop("on_account").sum())
    months = result.months[["month", "dso_days"]].tail(MONTH_ENDS).reset_index(drop=True)
    share = result.overdue_amount / invoices if invoices > 0 else float("nan")
    return OwedInShort(result.overdue_amount, float(ages["late_over_90"]), share, months)


def complaints_in_short(result: Complaints | None) -> ComplaintsInShort | None:
    """Return headline figures of complaints; None if the table or the dates are not supplied."""
    if result is None or not result.has_resolutions or result.causes.empty:
        return None
    longest = float(result.customers["longest_open_days"].max()) if result.open else float("nan")
    months = result.months[["month", "open"]].tail(MONTH_ENDS).reset_index(drop=True)
    return ComplaintsInShort(result.open, longest, months)
