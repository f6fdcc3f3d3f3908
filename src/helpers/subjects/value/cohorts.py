"""Cohorts: how much customers who joined at one time have brought, and how many of them still buy, by age."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import run_positions
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, month_numbers
from helpers.subjects.value.learning.histories import known_at, ledger
from helpers.subjects.value.learning.learning import LearnedValue

#: Months in one step of age, in which a customer buys or does not.
STEP_MONTHS = 3
_ROWS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Cohorts(Answer):
    """Cohort curves.

    Attributes
    ----------
    by_margin
        Whether amounts are margins of the lines with a cost, or net sales.
    curves
        cohort (as in the table given), age_months (3, 6, ...; months since joining, the joining month the first),
        customers, cumulative_amount (a customer), active_share (bought in the three months that end at this age);
        only ages that every customer of the cohort has reached.
    """

    by_margin: bool
    curves: pd.DataFrame


def cohorts(
    members: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    by_margin: bool,
    year: CompanyYear = CALENDAR_YEAR,
) -> Cohorts:
    """Follow each cohort from the month of its customers' first purchase on.

    Parameters
    ----------
    members
        customer_id, cohort, first_day (days since 1970).
    customer_months
        The fact of this name, for these customers; rows after ``month`` are not looked at.
    by_margin
        Amounts are margins.
    """
    joined = pd.to_datetime(members["first_day"], unit="D")
    start = month_numbers(year.months_with(joined))
    last = month.year * 12 + month.month
    names, order = pd.factorize(members["cohort"], sort=True)
    steps = (last - start + 1) // STEP_MONTHS
    complete = np.full(len(order), np.iinfo("int64").max)
    np.minimum.at(complete, names, steps)
    size = np.bincount(names, minlength=len(order))
    width = int(complete.max()) if len(order) else 0
    units = np.zeros((len(order), max(width, 1)), dtype="int64")
    active = np.zeros((len(members), max(width, 1)), dtype="bool")
    places = run_positions(pd.Index(members["customer_id"]), customer_months["customer_id"]).astype("int32")
    for first in range(0, len(customer_months), _ROWS_AT_ONCE):
        rows = customer_months.iloc[first : first + _ROWS_AT_ONCE]
        positions = places[first : first + _ROWS_AT_ONCE].astype(np.intp)
        rows, positions = rows[positions >= 0], positions[positions >= 0]
        age = month_numbers(rows["month"]) - start[positions]
        amount = rows["net_amount_with_cost"] - rows["cost_amount"] if by_margin else rows["net_amount"]
        step = np.maximum(age, 0) // STEP_MONTHS
        inside = (step < complete[names[positions]]) & (age <= (last - start)[positions])
        np.add.at(units, (names[positions][inside], step[inside]), to_units(amount)[inside])
        bought = inside & (rows["purchase_days"] > 0).to_numpy() & (age >= 0)
        active[positions[bought], step[bought]] = True
    active_counts = np.stack(
        [np.bincount(names[buying], minlength=len(order)) for buying in active.T], axis=1
    )
    running = from_units(units.cumsum(axis=1))
    parts = [
        pd.DataFrame(
            {
                "cohort": order[number],
                "age_months": STEP_MONTHS * (np.arange(complete[number]) + 1),
                "customers": size[number],
                "cumulative_amount": running[number, : complete[number]] / size[number],
                "active_share": active_counts[number, : complete[number]] / size[number],
            }
        )
        for number in range(len(order))
        if complete[number] > 0
    ]
    columns = ["cohort", "age_months", "customers", "cumulative_amount", "active_share"]
    return Cohorts(by_margin, pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns))


@dataclass(frozen=True)
class AliveHistory(Answer):
    """P(alive) over time.

    Attributes
    ----------
    months
        month (first of the month) and a column a customer_id, in the order requested: P(alive) at the month end, from
        what was known of the customer by then, with the parameters of the report's month; NaN before it bought.
    """

    months: pd.DataFrame


def alive_history(
    learned: LearnedValue | None,
    purchase_months: pd.DataFrame,
    customer_ids: list[str],
    month: pd.Period,
    months: int = 24,
    year: CompanyYear = CALENDAR_YEAR,
) -> AliveHistory:
    """Return P(alive) of some customers at each of the last ``months`` month ends."""
    chosen = purchase_months[purchase_months["customer_id"].isin(customer_ids)]
    nothing = pd.DataFrame(
        {name: pd.Series(dtype="float64") for name in ("net_amount", "net_amount_with_cost", "cost_amount")}
    ).assign(customer_id=pd.Series(dtype="str"), month=pd.Series(dtype="datetime64[us]"))
    book = ledger(chosen, nothing, month, year)
    rows = []
    for back in range(months - 1, -1, -1):
        row: dict[str, object] = {"month": (month - back).to_timestamp()}
        known = known_at(book, month - back)
        if learned is not None and len(known):
            said = learned.alive.of(learned.model.p_alive(known).to_numpy())
            row |= dict(zip(map(str, known.index), said, strict=True))
        rows.append(row)
    frame = pd.DataFrame(rows).reindex(columns=["month", *customer_ids])
    return AliveHistory(frame.astype(dict.fromkeys(customer_ids, "float64")))
