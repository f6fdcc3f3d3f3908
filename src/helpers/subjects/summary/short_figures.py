"""What stands beside a month's sales on the front page: what is overdue, and which complaints are open."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.subjects.receivables.receivables import Receivables
from helpers.subjects.service.complaints import Complaints

#: So many month ends are drawn: this one and the year before.
MONTH_ENDS = 13


@dataclass(frozen=True)
class OwedInShort(Answer):
    """What customers owe at the month end, in the report's currency.

    Attributes
    ----------
    overdue_amount, over_90_amount
        Of open invoices, what is past its due day, and what is so by more than 90 days.
    overdue_share
        Of the money in open invoices; NaN where none is open.
    months
        month and dso_days (days sales outstanding; NaN: not known), the last thirteen month ends.
    """

    overdue_amount: float
    over_90_amount: float
    overdue_share: float
    months: pd.DataFrame


@dataclass(frozen=True)
class ComplaintsInShort(Answer):
    """The complaints that are open at the month end.

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
    """Take the few figures; None where there are no invoices of these customers."""
    if result is None or result.customers.empty:
        return None
    ages = result.ageing.set_index("age")["amount"]
    invoices = float(ages.drop("on_account").sum())
    months = result.months[["month", "dso_days"]].tail(MONTH_ENDS).reset_index(drop=True)
    share = result.overdue_amount / invoices if invoices > 0 else float("nan")
    return OwedInShort(result.overdue_amount, float(ages["late_over_90"]), share, months)


def complaints_in_short(result: Complaints | None) -> ComplaintsInShort | None:
    """Take the few figures; None where the table is not supplied, or what is open cannot be told."""
    if result is None or not result.has_resolutions or result.causes.empty:
        return None
    longest = float(result.customers["longest_open_days"].max()) if result.open else float("nan")
    months = result.months[["month", "open"]].tail(MONTH_ENDS).reset_index(drop=True)
    return ComplaintsInShort(result.open, longest, months)
