"""What was known of every customer at a month end, and what came after it: the input of lifetime value."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import factorize_sorted, from_units, round_significant, to_units
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.lookup import run_positions
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, month_number, month_numbers
from helpers.models.base import PurchaseModel
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


#: Purchases of usual size added to each customer's own: order sizes differ much more between customers than within.
USUAL_PURCHASES = 0.3
#: Customers taken to open with what they go on with, added to those whose opening was followed by more.
EVEN_OPENINGS = 20
#: Who bought this long (in years) after the first of all may have been a customer before the data begin.
_FIRST_QUARTER = 0.25


def joined_later(known: pd.DataFrame, year: float) -> np.ndarray:
    """Tell who was seen to join: not a customer from the first quarter of the data on."""
    observed = known["T"].to_numpy(dtype="float64")
    return np.asarray(observed < observed.max(initial=0.0) - _FIRST_QUARTER * year)


def opening_ratio(known: pd.DataFrame, year: float) -> float:
    """Return how much larger a purchase of the first month is than the later ones of the same customer; 1 or more."""
    bought, spent, opened, stocked = (
        known[name].to_numpy(dtype="float64")
        for name in ("purchases", "net_amount", "opening_purchases", "opening_amount")
    )
    seen = joined_later(known, year) & (bought > opened) & (stocked > 0) & (spent > stocked)
    logs = np.log((stocked / opened)[seen]) - np.log(((spent - stocked)[seen]) / (bought - opened)[seen])
    return round_significant(float(np.exp(max(logs.sum() / (seen.sum() + EVEN_OPENINGS), 0.0))))


def spend(known: pd.DataFrame, year: float) -> np.ndarray:
    """Return the net sales expected of a purchase of each customer of `helpers.subjects.value.learning.histories`.

    Never below nothing: whose returns outweigh its purchases is expected to bring a small part of a usual purchase.
    """
    bought, amount = (known[name].to_numpy(dtype="float64") for name in ("recent_purchases", "recent_amount"))
    opened = known["opening_amount"].to_numpy(dtype="float64") * 0.5 ** (known["T"].to_numpy() / year)
    too_much = np.clip(opened, 0.0, np.maximum(amount, 0.0)) * (1 - 1 / opening_ratio(known, year))
    amount = np.maximum(amount - np.where(joined_later(known, year), too_much, 0.0), 0.0)
    own = np.divide(amount, bought, out=np.zeros(len(known)), where=bought > 0)
    usual = float(own[own > 0].mean()) if (own > 0).any() else 0.0
    return round_significant((amount + USUAL_PURCHASES * usual) / (bought + USUAL_PURCHASES))


def outlying(known: pd.DataFrame, size: np.ndarray) -> np.ndarray:
    """Return how much larger than usual each customer's purchases are, in logarithms, as far as few purchases tell.

    Who bought once counts half, who bought often hardly: its own size is known.

    Parameters
    ----------
    size
        As from `spend`.
    """
    priced = size > 0
    logs = np.log(np.where(priced, size, 1.0))
    above = np.where(priced, logs - (np.median(logs[priced]) if priced.any() else 0.0), 0.0)
    return round_significant(above / (1 + known["recent_purchases"].to_numpy(dtype="float64")))


def margin_rates(known: pd.DataFrame, by_margin: bool) -> np.ndarray:
    """Return each customer's recent margin rate, shrunk towards the overall rate by the weight of one mean purchase.

    All rates are 1 where value is counted in sales and not in margin.
    """
    sold, kept = (known[name].to_numpy(dtype="float64") for name in ("recent_costed", "recent_margin"))
    total = float(np.maximum(sold, 0.0).sum())
    if not by_margin or total <= 0:
        return np.ones(len(known))
    bought = known["recent_purchases"].to_numpy(dtype="float64")
    usual = float(np.divide(sold, bought, out=np.zeros(len(known)), where=bought > 0).clip(min=0).mean())
    common = float(kept.sum()) / total
    base = np.maximum(sold, 0.0) + usual
    return round_significant(np.clip((kept + usual * common) / np.maximum(base, 1e-9), -1.0, 1.0))


#: Histories are alike when purchases, silence and time observed lie in the same steps of so much of themselves.
_STEP = 0.15
#: Up to so many purchases each number stands for itself.
_EXACT_PURCHASES = 12
_READ = ["frequency", "recency", "T", "sum_log_gaps"]


def purchases_by(ends: np.ndarray, known: pd.DataFrame, model: PurchaseModel) -> np.ndarray:
    """Return the purchases that the model expects up to each end of ``ends`` (columns), by groups of like histories.

    Parameters
    ----------
    ends
        Ascending, in weeks.
    known
        As from `helpers.subjects.value.learning.histories.known_at`.
    """
    grouped = known[_READ].groupby(_keys(known), sort=True)
    means = grouped.mean()
    frequency = means["frequency"].round()
    # A repeat purchase has its time, and none has none: rounding must not part them.
    recency = np.where(frequency > 0, np.maximum(means["recency"], 1e-9), 0.0)
    like = means.assign(frequency=frequency, recency=np.minimum(recency, means["T"]))
    expected = model.expected_purchases(like, list(ends)).to_numpy()
    return np.asarray(expected[grouped.ngroup().to_numpy()])


def _keys(known: pd.DataFrame) -> np.ndarray:
    """Number the group of each history: one whole number of frequency, silence and time observed."""
    frequency = known["frequency"].to_numpy(dtype="float64")
    step = np.log1p(_STEP)
    many = _EXACT_PURCHASES + 1 + np.log(np.maximum(frequency, 1) / _EXACT_PURCHASES) / step
    bought = np.where(frequency <= _EXACT_PURCHASES, frequency, np.floor(many)).astype("int64")
    silent = np.floor(np.log1p((known["T"] - known["recency"]).to_numpy()) / step)
    observed = np.floor(np.log1p(known["T"].to_numpy()) / step)
    return np.asarray(bought * 1_000_000 + silent.astype("int64") * 1_000 + observed.astype("int64"))
