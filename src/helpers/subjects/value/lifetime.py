"""Lifetime value: what each customer has brought, what it is expected to bring, and how sure that is.

Sums over customers and their intervals are made here; one customer's interval is learnt in `learning.learning` and
widened by what the backtest says (`learning.intervals`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers.core.amounts import round_significant, sum_by
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import index_positions, largest_first, look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, factorize_months, trailing_year, up_to_month
from helpers.subjects.value.learning.checks import Checks
from helpers.subjects.value.learning.intervals import BOUNDS
from helpers.subjects.value.learning.learning import HORIZONS, SPAN_ENDS_YEARS, LearnedValue, discount_factors

#: What a customer's card shows of `LifetimeValue.customers`.
CARD_COLUMNS = ("customer_id", "history_amount", "value_amount", "low_80", "high_80")
#: The first cohort holds everybody who bought in the data's first half-year: most were customers before.
EARLIER = "earlier"
#: How the names begin of what is expected of a customer.
_EXPECTED = ("p_alive", "span_", "purchases_", "again_", "value_", "sales_", "deviation_", "low_", "high_")


@dataclass(frozen=True)
class LifetimeValue(Answer):
    """Lifetime value as of a month.

    Attributes
    ----------
    month, horizon_years, discount_rate_year
        The parameters; the horizon is that of ``value_amount`` and of the lists.
    by_margin
        Whether future value is margin (some line has a cost) or, without costs, net sales.
    customers
        One row per customer of this scope who has bought, the largest value first: customer_id, name, the dimensions,
        tier, cohort (``2025-1``: first purchase in the first half of the company's year 2025; `EARLIER`),
        net_amount_lifetime and history_amount (net sales and margin so far; both net sales without costs),
        window_amount (margin of the last twelve months; in both margins lines without a cost count at the customer's
        margin rate), purchases (days),
        last_purchase, p_alive, margin_rate, span_0 ..., purchases_H, again_H (probability of a purchase), value_H,
        sales_H, deviation_H, low_80_H ... for each horizon H of `helpers.subjects.value.learning.learning.HORIZONS`;
        value_amount, expected_purchases, buys_again, low_80, high_80, low_95, high_95 of the horizon chosen; all
        that is expected is 0 of who has closed its business.
    equity
        One row per horizon: horizon, value_amount, low_95, low_80, high_80, high_95, of all these customers.
    groups
        Column (tier, a dimension, cohort) -> group (NaN: not recorded), customers, history_amount, window_amount,
        value_amount, low_80, high_80; groups by value, the largest first (tiers and cohorts in their order).
    rising, fading
        Customers small today (the lower part by window_amount) and large over the horizon (not in the lower part by
        value_amount, and more a year than today); and customers not small today of whom less than half is expected a
        year. With year_amount (expected a year over the horizon, not discounted: a year is compared with a year),
        today_rank and value_rank (1: largest).
    learned
        What was learnt of all customers; None if nobody has bought.
    in_course
        The report's month where it is not over: ``month`` is then the previous one. None: ``month`` is the report's.
    """

    month: pd.Period
    horizon_years: int
    discount_rate_year: float
    by_margin: bool
    customers: pd.DataFrame
    equity: pd.DataFrame
    groups: dict[str, pd.DataFrame]
    rising: pd.DataFrame
    fading: pd.DataFrame
    learned: LearnedValue | None
    in_course: pd.Period | None = None

    @property
    def checks(self) -> Checks | None:
        """The record of such forecasts on the past, over all customers of the company."""
        return self.learned.checks if self.learned else None


def lifetime(
    learned: LearnedValue | None,
    customers: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    tiers: pd.Series,
    dimensions: Sequence[str] = (),
    horizon_years: int = 3,
    discount_rate_year: float = 0.10,
    small_share: float = 0.5,
    first_month: pd.Period | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> LifetimeValue:
    """Cut what was learnt to these customers and add it up.

    What chance brings is each customer's own, so it averages out in a sum; what all share (parameters, and how far
    totals were off in the past) does not. The standard deviation of a sum is the root of the sum of the customers'
    squared ones and of the square of ``shared_error`` times the values without their signs; bounds are those of a
    normal distribution.

    Parameters
    ----------
    learned
        As from `helpers.subjects.value.learning.learning.learn`.
    customers, customer_months
        Facts of these names, for this scope.
    tiers
        Tier by customer_id.
    dimensions
        Columns of ``customers`` by which values are added up.
    horizon_years
        1, 3 or 5.
    discount_rate_year
        The rate at which ``learned`` was discounted.
    small_share
        Lower so much of the customers by margin of the last twelve months is small today; above it by value, large.
    first_month
        First month of the data: who bought in its first half-year is in the cohort `EARLIER`.

    Raises
    ------
    ValueError
        The horizon is not one of those that were learnt.
    """
    if str(horizon_years) not in HORIZONS:
        raise ValueError(f"horizon_years is {horizon_years}; there are 1, 3 and 5")
    table = _customer_table(
        learned, customers, customer_months, month, tiers, dimensions, horizon_years, first_month, year
    )
    shared = learned.shared_error if learned else dict.fromkeys(HORIZONS, 0.0)
    equity = pd.DataFrame([{"horizon": name, **sum_of(table, name, shared)} for name in HORIZONS])
    keys = [name for name in ("tier", *dimensions, "cohort") if name in table]
    rising, fading = _movers(table, small_share, horizon_years)
    return LifetimeValue(
        month=month,
        horizon_years=horizon_years,
        discount_rate_year=discount_rate_year,
        by_margin=bool(learned and learned.by_margin),
        customers=table,
        equity=equity,
        groups={name: _group(table, name, str(horizon_years), shared) for name in keys},
        rising=rising,
        fading=fading,
        learned=learned,
    )


def sum_of(rows: pd.DataFrame, horizon: str, shared: dict[str, float]) -> dict[str, float]:
    """Return value_amount and the bounds of the sum of these customers' values by a horizon."""
    values = rows[f"value_{horizon}"]
    own = float((rows[f"deviation_{horizon}"] ** 2).sum())
    deviation = np.sqrt(own + (shared[horizon] * float(values.abs().sum())) ** 2)
    total = float(values.sum())
    floor = -np.inf if (values < 0).any() else 0.0
    bounds = {
        name: max(total + float(ndtri(level)) * float(deviation), floor) for name, level in BOUNDS.items()
    }
    return {"value_amount": total, **bounds}


def what_if(
    result: LifetimeValue, discount_rate_year: float, horizon_years: float, retention_points: float = 0.0
) -> pd.DataFrame:
    """Return the customers' expected values under other assumptions: customer_id, name, value_amount, change_amount.

    Parameters
    ----------
    discount_rate_year, horizon_years
        Any rate of 0 or more; any of the ends of the spans (1, 2, 3, 4, 5, 7, 10, 15, 20, 30 years).
    retention_points
        So many more of 100 customers stay in each year: a year that keeps a share s of the previous one keeps s plus
        these points, at most all; half of the gain already in the first year.
    """
    frame = result.customers[["customer_id", "name"]].copy()
    if result.learned is None:
        return frame.assign(value_amount=0.0, change_amount=0.0)
    ends = np.array(SPAN_ENDS_YEARS)
    stays = np.array(result.learned.stays_year)
    lift = np.minimum(stays + retention_points / 100, 1.0) / np.maximum(stays, 1e-9)
    growth = np.sqrt(lift[0]) * np.concatenate([[1.0], np.cumprod(lift[1:])])
    later = growth[-1] * lift[-1] ** (ends[5:] - 5.0)
    factors = np.concatenate([growth, later]) * discount_factors(discount_rate_year) * (ends <= horizon_years)
    spans = result.customers[[f"span_{number}" for number in range(len(ends))]].to_numpy()
    base = discount_factors(result.discount_rate_year) * (ends <= result.horizon_years)
    value, before = (round_significant((spans * each).sum(axis=1)) for each in (factors, base))
    return frame.assign(value_amount=value, change_amount=value - before)


def _halves(first_days: pd.Series, year: CompanyYear) -> pd.Series:
    """Name the half of the company's year in which each day lies; of thirteen periods the first has six."""
    codes, starts = factorize_months(year.months_with(first_days))
    months = starts.to_period("M")
    names = [f"{year.number(month)}-{1 + ((month - year.span(month).first).n >= 6)}" for month in months]
    return pd.Series(pd.Index(names, dtype="str").take(codes))


def _customer_table(
    learned: LearnedValue | None,
    customers: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    tiers: pd.Series,
    dimensions: Sequence[str],
    horizon_years: int,
    first_month: pd.Period | None,
    year: CompanyYear,
) -> pd.DataFrame:
    kept = ["customer_id", "name", "salesperson_id", "salesperson_name", *dimensions]
    own = customers[[name for name in kept if name in customers]]
    forecast = learned.customers if learned else _nobody()
    horizon = str(horizon_years)
    places = index_positions(forecast.index, pd.Index(own["customer_id"]))
    bought = np.flatnonzero(places >= 0)
    closed = customers["closed"].to_numpy(dtype=bool) if "closed" in customers else np.zeros(len(own), bool)
    # In its order from the start: fifty numbers of every customer are not copied once more for it.
    worth = pd.DataFrame(
        {
            "value": np.where(closed[bought], 0.0, forecast[f"value_{horizon}"].to_numpy()[places[bought]]),
            "customer_id": own["customer_id"].array[bought],
        }
    )
    bought = bought[largest_first(worth, "value").index]
    known = forecast.take(places[bought]).reset_index(drop=True)
    if closed[bought].any():  # nothing more is bought where the business is closed
        expected = known.columns[known.columns.str.startswith(_EXPECTED)]
        known.loc[pd.Series(closed[bought]), expected] = 0.0
    table = pd.concat([own.take(bought).reset_index(drop=True), known], axis=1)
    by_margin = bool(learned and learned.by_margin)
    measure = "margin_amount" if by_margin else "net_amount"
    inside = trailing_year(month).holds(customer_months["month"])
    costs = ["cost_amount", "net_amount_with_cost"] if by_margin else []
    recent = customer_months.loc[inside, ["customer_id", "net_amount", *costs]]
    if by_margin:
        recent = recent.assign(margin_amount=recent["net_amount_with_cost"] - recent["cost_amount"])

    def summed(rows: pd.DataFrame, name: str) -> np.ndarray:
        sums = sum_by(rows, "customer_id", [name])[name].fillna(0.0)
        return np.asarray(look_up(table["customer_id"], sums, 0.0))

    window_amount, history_amount = summed(recent, measure), table[measure].to_numpy()
    if by_margin:  # as what is expected: lines without a cost count at the customer's own margin rate
        rate = table["margin_rate"].fillna(0.0).to_numpy()
        uncosted = _uncosted(customer_months[up_to_month(month).holds(customer_months["month"])])
        lately = uncosted[trailing_year(month).holds(uncosted["month"])]
        window_amount = (window_amount + rate * summed(lately, "uncosted_amount")).round(4)
        history_amount = (history_amount + rate * summed(uncosted, "uncosted_amount")).round(4)
    first = pd.to_datetime(table["first_day"], unit="D")
    halves = _halves(first, year)
    if first_month is not None:
        halves = halves.where(first >= pd.Timestamp(year.opens(first_month + 6)), EARLIER)
    return table.assign(
        tier=look_up(table["customer_id"], tiers, "none"), cohort=halves,
        net_amount_lifetime=table["net_amount"], history_amount=history_amount, window_amount=window_amount,
        last_purchase=pd.to_datetime(table["last_day"], unit="D"), value_amount=table[f"value_{horizon}"],
        expected_purchases=table[f"purchases_{horizon}"], buys_again=table[f"again_{horizon}"],
        **{name: table[f"{name}_{horizon}"] for name in BOUNDS},
    )  # fmt: skip


def _uncosted(months: pd.DataFrame) -> pd.DataFrame:
    """Return customer_id, month and uncosted_amount (net sales of the lines without a cost) of the months with any."""
    amount = (months["net_amount"] - months["net_amount_with_cost"].fillna(0.0)).round(4)
    rows = months.loc[amount != 0, ["customer_id", "month"]]
    return rows.assign(uncosted_amount=amount[amount != 0])


def _nobody() -> pd.DataFrame:
    numbers = ["purchases", "first_day", "last_day", "net_amount", "margin_amount", "p_alive", "margin_rate"]
    numbers += [f"span_{number}" for number in range(10)]
    starts = ("purchases", "again", "value", "sales", "deviation", *BOUNDS)
    numbers += [f"{start}_{horizon}" for horizon in HORIZONS for start in starts]
    index = pd.Index(pd.array([], dtype="str"), name="customer_id")
    return pd.DataFrame({name: pd.Series(dtype="float64") for name in numbers}).set_axis(index)


def _group(table: pd.DataFrame, by: str, horizon: str, shared: dict[str, float]) -> pd.DataFrame:
    rows = []
    summed = ["history_amount", "window_amount", f"value_{horizon}", f"deviation_{horizon}"]
    for name, part in table[[by, *summed]].groupby(by, dropna=False, sort=True):
        sums = sum_of(part, horizon, shared)
        rows.append(
            {
                "group": name,
                "customers": len(part),
                "history_amount": float(part["history_amount"].sum()),
                "window_amount": float(part["window_amount"].sum()),
                **sums,
            }
        )
    columns = ["group", "customers", "history_amount", "window_amount", "value_amount", *BOUNDS]
    frame = pd.DataFrame(rows, columns=columns)
    if by == "tier":
        return frame
    if by == "cohort":  # who came before the data first
        return frame.sort_values(
            "group", key=lambda names: names.where(names != EARLIER, ""), ignore_index=True
        )
    return frame.sort_values("value_amount", ascending=False, kind="stable").reset_index(drop=True)


def _movers(table: pd.DataFrame, small_share: float, horizon_years: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    spans = [f"span_{number}" for number in range(horizon_years)]
    ranked = table.assign(
        year_amount=round_significant(table[spans].sum(axis=1) / horizon_years),
        today_rank=table["window_amount"].rank(ascending=False, method="first"),
        value_rank=table["value_amount"].rank(ascending=False, method="first"),
    )
    if len(ranked) < 2:
        return ranked.iloc[:0], ranked.iloc[:0]
    small = ranked["window_amount"] <= ranked["window_amount"].quantile(small_share)
    little = ranked["value_amount"] <= ranked["value_amount"].quantile(small_share)
    a_year = ranked["year_amount"]
    rising = ranked[small & ~little & (a_year > ranked["window_amount"])]
    fading = ranked[~small & (2 * a_year < ranked["window_amount"])]
    fading = largest_first(fading, "window_amount")
    return rising.reset_index(drop=True), fading.reset_index(drop=True)
