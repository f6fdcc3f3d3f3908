"""Receivables: balance, age, credit limits, late payers, and expected cash."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import sums_at, total
from helpers.core.backtest import interval, interval_hits, mape, outcome_known
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import aggregate, index_positions, largest_first, left_join
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, factorize_months, first_month_of, trailing

#: Months of the forecast.
MONTHS = 3
#: Weight of the overall share at each age, as a part of the open amount.
_WEIGHT_OF_ALL = 0.01
_KEYS = ["origin", "horizon_months", "salesperson_id", "team"]
_AMOUNTS = ["forecast_amount", "actual_amount"]


@dataclass(frozen=True)
class Cash:
    """Expected cash from invoices open at the month end.

    Attributes
    ----------
    months
        month (the three after the report's), horizon_months, amount (NaN: nothing is known of how they pay),
        low_amount, high_amount (80 %, by past errors; NaN: too few).
    tests
        The same forecast at past month ends, against what came in of what was open then: horizon_months, origins, error
        (mean absolute, as a share of what came), held and intervals (past 80 % intervals that held what came, and all
        there were).
    """

    months: pd.DataFrame
    tests: pd.DataFrame


def cash_by_owner(
    history: pd.DataFrame, payment_weeks: pd.DataFrame, month: pd.Period, year: CompanyYear = CALENDAR_YEAR
) -> pd.DataFrame:
    """Forecast now and at each past month end, with the data of then, and add the actual amounts.

    Parameters
    ----------
    history, payment_weeks
        Facts ``cash_history`` and ``payment_weeks``, of all customers.

    Returns
    -------
    pandas.DataFrame
        origin (period[M]), horizon_months (1 to 3), salesperson_id, team, forecast_amount, actual_amount (what came in
        of what was open then in that month; NaN: it is not over).
    """
    if history.empty:
        empty = {"origin": pd.PeriodIndex([], freq="M"), "horizon_months": np.array([], dtype="int64")}
        return pd.DataFrame(empty | {name: np.array([]) for name in [*_KEYS[2:], *_AMOUNTS]})
    origins = history["month"].dt.to_period("M")
    # By number: texts of all rows, three times over, would take more than all that is computed.
    kinds = history[_KEYS[2:]].dtypes
    history = history.astype(dict.fromkeys(_KEYS[2:], "category"))
    parts = []
    for origin, rows in history.groupby(origins, sort=True):
        known = payment_weeks[payment_weeks["month"] <= origin.to_timestamp()]
        weeks = rows["weeks_late"].to_numpy()
        shares = _by_payments(rows, known, weeks, origin, year)
        if known.empty:
            shares = _by_history(history[origins < origin], weeks, origin)
        left = rows["open_amount"]
        for horizon in range(1, MONTHS + 1):
            over = origin + horizon <= month
            later = rows[f"open_{horizon}_amount"] if over else left * np.nan
            parts.append(
                rows[["salesperson_id", "team"]].assign(
                    origin=origin.ordinal, horizon_months=horizon,
                    forecast_amount=rows["open_amount"] * shares[:, horizon - 1], actual_amount=left - later,
                )
            )  # fmt: skip
            left = later
    groups = pd.concat(parts, ignore_index=True).groupby(_KEYS, dropna=False, sort=True, observed=True)
    # A forecast of which a part is not known is none.
    sums = groups[_AMOUNTS].sum(skipna=False).reset_index()
    sums["origin"] = pd.PeriodIndex([pd.Period(ordinal=each, freq="M") for each in sums["origin"]], freq="M")
    return sums.astype(kinds.to_dict())


def cash(by_owner: pd.DataFrame, month: pd.Period) -> Cash:
    """Sum `cash_by_owner` of the given owners, and evaluate its past forecasts."""
    months, tests = [], []
    for horizon in range(1, MONTHS + 1):
        rows = by_owner[by_owner["horizon_months"] == horizon]
        sums = rows.groupby("origin", sort=True)[_AMOUNTS].sum(skipna=False)
        amount = float(sums["forecast_amount"].get(month, 0.0))
        past = sums[(sums["actual_amount"] > 0) & sums["forecast_amount"].notna()]
        months.append((month + horizon, horizon, amount, *interval(amount, past)))
        if len(past):
            error = mape(past["forecast_amount"], past["actual_amount"])
            tests.append((horizon, len(past), error, *interval_hits(past, horizon)))
    columns = ["horizon_months", "origins", "error", "held", "intervals"]
    kinds = dict.fromkeys(columns, "int64") | {"error": "float64"}
    return Cash(
        pd.DataFrame(months, columns=["month", "horizon_months", "amount", "low_amount", "high_amount"]),
        pd.DataFrame(tests, columns=columns).astype(kinds),
    )


def _by_payments(
    open_now: pd.DataFrame,
    payment_weeks: pd.DataFrame,
    weeks_late: np.ndarray,
    month: pd.Period,
    year: CompanyYear,
) -> np.ndarray:
    """Return the share of open amounts, by age in weeks, paid in each of the next months; NaN without payments."""
    paid = payment_weeks.groupby("weeks_late")["paid_amount"].sum()
    open_amounts = open_now.groupby("weeks_late")["open_amount"].sum()
    if not len(paid):
        return np.full((len(weeks_late), MONTHS), np.nan)
    known = np.concatenate([paid.index.to_numpy(), weeks_late])
    weeks = np.arange(known.min(), known.max() + 1)
    received, left = (sums.reindex(weeks, fill_value=0.0).to_numpy() for sums in (paid, open_amounts))
    at_risk = np.cumsum((received + left)[::-1])[::-1]
    hazard = np.divide(received, at_risk, out=np.zeros(len(weeks)), where=at_risk > 0)
    out = np.concatenate([[1.0], np.cumprod(1 - np.minimum(hazard, 1))])  # still out before each week
    days = [(year.last_day(month + ahead) - year.last_day(month)).days for ahead in range(MONTHS + 1)]
    # Ages are cut to whole weeks: on average half a week is missing.
    place, grid = weeks_late - weeks[0] + 0.5, np.arange(len(out), dtype="float64")
    reached = np.array([np.interp(place + each / 7, grid, out) for each in days])
    come = (reached[:-1] - reached[1:]) / np.maximum(reached[0], 1e-12) * (reached[0] > 1e-9)
    return come.T


def _by_history(earlier: pd.DataFrame, weeks_late: np.ndarray, month: pd.Period) -> np.ndarray:
    """Return the share of amounts open at earlier month ends, by age, paid in each of the following months."""
    shares = np.full((len(weeks_late), MONTHS), np.nan)
    origins = earlier["month"].dt.to_period("M")
    for horizon in range(1, MONTHS + 1):
        rows = earlier[outcome_known(origins, horizon, month)]
        before = rows["open_amount" if horizon == 1 else f"open_{horizon - 1}_amount"]
        history = rows.assign(came=before - rows[f"open_{horizon}_amount"])
        sums = history.groupby("weeks_late")[["open_amount", "came"]].sum()
        total = sums.sum()
        if total["open_amount"] > 0:
            here = sums.reindex(weeks_late, fill_value=0.0)
            weight = _WEIGHT_OF_ALL * total["open_amount"]
            typical = total["came"] / total["open_amount"]
            shares[:, horizon - 1] = (here["came"] + weight * typical) / (here["open_amount"] + weight)
    return shares


@dataclass(frozen=True)
class Receivables(Answer):
    """Receivables as of the month end. Money is in the report's currency.

    Attributes
    ----------
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
        What is expected to come in of it, and how good that forecast was.
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
    return largest_first(table, "overdue_amount", "balance_amount", ignore_index=True)


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
