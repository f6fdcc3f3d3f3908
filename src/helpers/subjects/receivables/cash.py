"""Expected cash from open invoices, and the accuracy of that forecast at past month ends.

If payments name their invoice, the share of money still open at each week after the due date is the Kaplan-Meier
estimate (1958), weighted by amount; open invoices are censored at their age. Otherwise the share that came in of
equally old open amounts after past month ends is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.backtest import interval, interval_hits, mape, outcome_known
from helpers.core.periods import CALENDAR_YEAR, CompanyYear

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
    year
        Whose months these are.

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
