"""What was known of every customer at a month end, and what came after it: the input of lifetime value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import factorize_sorted, from_units, round_significant, to_units
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.lookup import run_positions
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, month_number, month_numbers
from helpers.subjects.sales.purchase_summary import in_units

YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Ledger:
    """The customers and their months, sorted once; see `ledger`.

    Attributes
    ----------
    ids
        Customers who have a purchase occasion, ascending; ``buyer`` and ``code`` point into it.
    purchases
        Rows of the fact ``purchase_months`` with ``code`` and ``number`` (months since year 0).
    months
        Rows of the fact ``customer_months`` of these customers, likewise, with ``units`` (net sales),
        ``margin_units`` and ``costed_units`` (margin, and net sales, of the lines with a cost) in ten-thousandths.
    """

    ids: pd.Index
    purchases: pd.DataFrame
    months: pd.DataFrame
    year: CompanyYear = CALENDAR_YEAR

    @property
    def has_costs(self) -> bool:
        """Whether any line has a cost, so that margins are known."""
        return bool((self.months["costed_units"] != 0).any())


#: What `ledger` reads of the fact ``customer_months``.
PAID_COLUMNS = ("customer_id", "month", "net_amount", "cost_amount", "net_amount_with_cost")


def ledger(
    purchase_months: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    year: CompanyYear = CALENDAR_YEAR,
) -> Ledger:
    """Bring the facts ``purchase_months`` and ``customer_months`` into one order; rows after ``month`` drop out."""
    bought = purchase_months[purchase_months["month"] <= month.to_timestamp()]
    code, ids = factorize_sorted(bought["customer_id"])
    purchases = pd.DataFrame(
        {
            "code": code,
            "number": month_numbers(bought["month"]),
            "purchase_days": bought["purchase_days"].to_numpy(dtype="int64"),
            "first_day": _day(bought["first_purchase"]),
            "last_day": _day(bought["last_purchase"]),
            # Whole 1e-12ths: sums that do not depend on the order of the rows.
            "log_gaps": np.rint(bought["sum_log_gaps"].to_numpy(dtype="float64") * 1e12).astype("int64"),
        }
    )
    place = run_positions(ids, customer_months["customer_id"])
    kept = (place >= 0) & (customer_months["month"] <= month.to_timestamp()).to_numpy()
    rows = customer_months[kept]
    costed = rows["cost_amount"].notna().to_numpy()
    net_costed = to_units(rows["net_amount_with_cost"].where(costed))
    months = pd.DataFrame(
        {
            "code": place[kept],
            "number": month_numbers(rows["month"]),
            "units": to_units(rows["net_amount"]),
            "margin_units": net_costed - to_units(rows["cost_amount"]),
            "costed_units": net_costed,
        }
    )
    return Ledger(ids, purchases, months, year)


def known_at(book: Ledger, month: pd.Period) -> pd.DataFrame:
    """Return one row per customer who had bought by the end of ``month``, from what was dated up to it.

    Parameters
    ----------
    book
        The whole history; later rows are not looked at.

    Returns
    -------
    pandas.DataFrame
        Index customer_id, ascending. frequency (purchase days after the first), recency, T, sum_log_gaps (times in
        weeks), purchases (days), first_day and last_day (days since 1970), last_year and last_year_amount (purchase
        days and net sales of the last twelve months), opening_purchases and opening_amount (of the calendar month of
        the first purchase), net_amount, margin_amount and net_amount_with_cost (all so far, returns on their own
        date); and recent_purchases, recent_amount, recent_margin and recent_costed: the same sums in which a month
        counts half of the month a year later.
    """
    last = month_number(month)
    bought = book.purchases[book.purchases["number"] <= last]
    grouped = bought.groupby("code", sort=True)
    frame = pd.DataFrame(
        {
            "purchases": grouped["purchase_days"].sum(),
            "first_day": grouped["first_day"].min(),
            "last_day": grouped["last_day"].max(),
            "log_gaps": grouped["log_gaps"].sum(),
        }
    )
    first_month = grouped["number"].min()

    def summed(rows: pd.DataFrame, name: str, values: pd.Series | None = None) -> pd.Series:
        sums = (rows[name] if values is None else values).groupby(rows["code"]).sum()
        return sums.reindex(frame.index, fill_value=0)

    def opening(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["number"] == rows["code"].map(first_month)]

    frame["last_year"] = summed(bought[bought["number"] > last - months_a_year(month)], "purchase_days")
    frame["opening_purchases"] = summed(opening(bought), "purchase_days")
    weighted = bought["purchase_days"] * _recency(bought, month)
    frame["recent_purchases"] = round_significant(summed(bought, "purchase_days", weighted))
    end = (pd.Timestamp(book.year.closes(month)) - pd.Timestamp(0)).days
    days = frame.assign(
        frequency=frame["purchases"] - 1, recency_days=frame["last_day"] - frame["first_day"],
        T_days=end - frame["first_day"], sum_log_gaps=frame["log_gaps"] / 1e12,
    )  # fmt: skip
    frame = frame.assign(**in_units(days))
    money = book.months[book.months["number"] <= last]
    sums = (
        money.groupby("code")[["units", "margin_units", "costed_units"]]
        .sum()
        .reindex(frame.index, fill_value=0)
    )
    frame["net_amount"] = from_units(sums["units"])
    frame["margin_amount"] = from_units(sums["margin_units"])
    frame["net_amount_with_cost"] = from_units(sums["costed_units"])
    frame["last_year_amount"] = from_units(
        summed(money[money["number"] > last - months_a_year(month)], "units")
    )
    frame["opening_amount"] = from_units(summed(opening(money), "units"))
    for name, units in (("amount", "units"), ("margin", "margin_units"), ("costed", "costed_units")):
        weighted = money[units] * _recency(money, month)
        frame[f"recent_{name}"] = round_significant(summed(money, units, weighted).to_numpy() / 10_000)
    return frame.drop(columns="log_gaps").set_axis(book.ids[frame.index].rename("customer_id"))


def outcome_after(book: Ledger, month: pd.Period, months: int, known: pd.DataFrame) -> pd.DataFrame:
    """Return what the customers of ``known`` did in the ``months`` after ``month``.

    Columns purchases, net_amount, margin_amount and net_amount_with_cost; same index as ``known``.
    """
    first, last = month_number(month) + 1, month_number(month) + months
    codes = book.ids.get_indexer(known.index)
    bought = book.purchases[book.purchases["number"].between(first, last)]
    money = book.months[book.months["number"].between(first, last)]
    sums = money.groupby("code")[["units", "margin_units", "costed_units"]].sum().reindex(codes, fill_value=0)
    counts = bought.groupby("code")["purchase_days"].sum().reindex(codes, fill_value=0)
    return pd.DataFrame(
        {
            "purchases": counts.to_numpy(),
            "net_amount": from_units(sums["units"].to_numpy()),
            "margin_amount": from_units(sums["margin_units"].to_numpy()),
            "net_amount_with_cost": from_units(sums["costed_units"].to_numpy()),
        },
        index=known.index,
    )


def _recency(rows: pd.DataFrame, month: pd.Period) -> pd.Series:
    """Weight of each month: a half for each year that it lies back."""
    return 0.5 ** ((month_number(month) - rows["number"]) / months_a_year(month))


def _day(dates: pd.Series) -> np.ndarray:
    return (pd.to_datetime(dates) - pd.Timestamp(0)).dt.days.to_numpy(dtype="int64")
