"""The month in a few figures, each against last month, last year and target."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.subjects.composition.bridge import Bridge
from helpers.subjects.composition.composition import Composition
from helpers.subjects.exchange.exchange import Exchange
from helpers.subjects.receivables.receivables import Receivables
from helpers.subjects.service.complaints import Complaints


@dataclass(frozen=True)
class MonthInShort(Answer):
    """Headline figures of the month.

    Attributes
    ----------
    month, window_months, lapse_months
        The report's month, the length of the trailing window, and of the silence after which a buyer is reactivated.
    figures
        One row a figure, in the order shown: figure (``month``, ``year_to_date``, ``window``: net sales;
        ``customers``: with net sales > 0 in the window; ``margin``: percent of net sales in the window),
        value, on_last_month_percent, on_last_year_percent, target, attainment_percent, constant_percent (on last year
        at constant exchange rates; only where ``exchange`` is known). NaN: unknown.
    moved
        new, reactivated, lost: customers of the window against the previous year; None if the data do not reach back so
        far.
    history
        month, net_amount, last_year_amount (of the same month a year earlier; NaN before the data), ascending.
    until
        The day of the last line of a month that is not over, which is compared with the same days of others; else None.
    exchange
        What exchange rates did: see `helpers.subjects.composition.composition.Composition`; else None.
    """

    month: pd.Period
    window_months: int
    lapse_months: int
    figures: pd.DataFrame
    moved: tuple[int, int, int] | None
    history: pd.DataFrame
    until: dt.date | None = None
    year: CompanyYear = CALENDAR_YEAR
    exchange: Exchange | None = None


def month_in_short(now: Composition, moved: Bridge, first_month: pd.Period) -> MonthInShort:
    """Take the headline figures from the composition and the bridge, so that all pages agree.

    Parameters
    ----------
    now, moved
        Composition and bridge against last year, of one scope, month and dimension.
    first_month
        First month of the data, company-wide: what lies before it is unknown, not zero.
    """
    total = now.total.iloc[0]
    rows = [
        ("month", "month_net_amount", "month_change_percent", "month_change_year_percent",
         "plan_month_amount", "attainment_month_percent"),
        ("year_to_date", "ytd_net_amount", None, "ytd_change_percent", "plan_ytd_amount", "attainment_ytd_percent"),
        ("window", "net_amount", None, "change_percent", "plan_amount", "attainment_percent"),
        ("customers", "customers", None, None, None, None),
        ("margin", "margin_percent", None, None, None, None),
    ]  # fmt: skip
    names = [
        "figure", "value", "on_last_month_percent", "on_last_year_percent", "target", "attainment_percent",
    ]  # fmt: skip
    figures = pd.DataFrame(
        [
            [name, *(float(total[column]) if column else float("nan") for column in rest)]
            for name, *rest in rows
        ],
        columns=names,
    )
    before = total["customers_previous"]
    if before > 0:
        change = 100 * (total["customers"] - before) / before
        figures.loc[figures["figure"] == "customers", "on_last_year_percent"] = change
    if now.exchange is not None:
        constant = {"month": "month_constant_percent", "year_to_date": "ytd_constant_percent",
                    "window": "constant_percent"}  # fmt: skip
        figures["constant_percent"] = [
            float(total[constant[name]]) if name in constant else float("nan") for name in figures["figure"]
        ]
    last = moved.groups.iloc[-1]
    known = moved.comparable or last["net_amount_previous"] != 0
    steps = ("new_customers", "reactivated_customers", "lost_customers")
    counts = tuple(int(last[name]) for name in steps) if known else None
    history = _history(now, first_month)
    return MonthInShort(
        now.month, now.window_months, moved.lapse_months, figures, counts, history, now.until,  # type: ignore[arg-type]
        now.year, now.exchange,
    )  # fmt: skip


def _history(now: Composition, first_month: pd.Period) -> pd.DataFrame:
    sums = now.history.groupby("month", sort=True)["net_amount"].sum(min_count=1).round(4)
    sums = sums[sums.index >= first_month.to_timestamp()]
    a_year = months_a_year(now.month)
    earlier = sums.copy()
    earlier.index = earlier.index + pd.DateOffset(months=a_year)
    frame = pd.DataFrame({"net_amount": sums, "last_year_amount": earlier.reindex(sums.index)})
    return frame.tail(a_year).rename_axis("month").reset_index()


#: Number of month ends drawn: this one and the previous year.
MONTH_ENDS = 13


@dataclass(frozen=True)
class ReceivablesHeadline(Answer):
    """Receivables at the month end, in the report's currency.

    Attributes
    ----------
    overdue_amount, over_90_amount
        Of open invoices, what is past its due day, and what is so by more than 90 days.
    months
        month and dso_days (days sales outstanding; NaN: not known), the last thirteen month ends.
    """

    overdue_amount: float
    over_90_amount: float
    months: pd.DataFrame


@dataclass(frozen=True)
class ComplaintsHeadline(Answer):
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


def receivables_headline(result: Receivables | None) -> ReceivablesHeadline | None:
    """Return headline figures of receivables; None without invoices."""
    if result is None or result.customers.empty:
        return None
    ages = result.ageing.set_index("age")["amount"]
    months = result.months[["month", "dso_days"]].tail(MONTH_ENDS).reset_index(drop=True)
    return ReceivablesHeadline(result.overdue_amount, float(ages["late_over_90"]), months)


def complaints_headline(result: Complaints | None) -> ComplaintsHeadline | None:
    """Return headline figures of complaints; None if the table or the dates are not supplied."""
    if result is None or not result.has_resolutions or result.causes.empty:
        return None
    longest = float(result.customers["longest_open_days"].max()) if result.open else float("nan")
    months = result.months[["month", "open"]].tail(MONTH_ENDS).reset_index(drop=True)
    return ComplaintsHeadline(result.open, longest, months)
