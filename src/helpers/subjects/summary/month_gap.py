"""The gap of the month: from its plan, or the same month a year earlier, to actual net sales."""

import datetime as dt
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.frames.groups import GROUP, group_keys
from helpers.core.frames.lookup import look_up
from helpers.core.periods import Span, trailing_year, year_ago
from helpers.engine.months.windows import Window
from helpers.subjects.composition.composition import Composition

#: Customers named per group, on either side.
MOST_CUSTOMERS = 3


@dataclass(frozen=True)
class MonthGap(Answer):
    """The distance between plan or last year and actual net sales of the month.

    Attributes
    ----------
    by
        The dimension that the groups come from.
    against
        ``plan``, or ``last_year``: the same month a year earlier, where groups have no plan of the month.
    plan_amount
        The plan of the month for all groups together; NaN: there is none.
    until
        Last day of a month that is not over, which is compared with the same days a year earlier; None: it is over.
    start_amount, net_amount
        What the steps begin with, plan or last year's net sales of the month, and its own.
    steps
        One row a group whose amounts differ, the furthest below first: kind, group, start_amount, net_amount,
        change_amount. Of kind ``plans`` is what the groups' plans differ from the plan of the whole. All changes
        together are net_amount - start_amount, to the ten-thousandth.
    customers
        Of each group the customers (at most `MOST_CUSTOMERS` on either side) whose net sales of the month differ most
        from those of the same month a year earlier, the furthest below first: customer_id, name, kind, group,
        net_amount, last_year_amount, average_amount (of a month of the last twelve), change_amount. Empty where the
        data do not reach back so far.
    """

    month: pd.Period
    against: Literal["plan", "last_year"]
    plan_amount: float
    start_amount: float
    net_amount: float
    steps: pd.DataFrame
    customers: pd.DataFrame
    until: date | None = None
    by: str = "trade_class"

    @property
    def change_amount(self) -> float:
        """Net sales less plan or last year; negative: a shortfall."""
        return float(from_units(to_units(self.net_amount) - to_units(self.start_amount)))


def required_measures(month: pd.Period, until: dt.date | None = None) -> dict[str, Window]:
    """Return the measures of each customer that `month_gap` needs; up to a day for a partial month."""
    now = Span(month, month)
    before = Window("net_amount", now.year_back(), until=until)
    year = Window("net_amount", trailing_year(month))
    return {"net_amount": Window("net_amount", now), "last_year_amount": before, "year_amount": year}


def month_gap(
    now: Composition,
    by_customer: pd.DataFrame,
    customers: pd.DataFrame,
    first_month: pd.Period,
    until: date | None = None,
) -> MonthGap | None:
    """Split the distance from plan, or from last year's month, by group, and name customers.

    Parameters
    ----------
    now
        Composition of the scope, by the dimension that the groups come from.
    by_customer
        customer_id and the columns of `required_measures`.
    customers
        customer_id, name and the dimension.
    first_month
        First month of the data: a year earlier is unknown before it.
    until
        Last day of a month that is not over: a plan of the whole month is not compared with it.

    Returns
    -------
    MonthGap or None
        None if there is neither a plan for the whole and any group, nor a month a year earlier.
    """
    total, reaches_back = now.total.iloc[0], year_ago(now.month) >= first_month
    planned = (
        until is None
        and pd.notna(total["plan_month_amount"])
        and now.groups["plan_month_amount"].notna().any()
    )
    if not planned and not reaches_back:
        return None
    column = "plan_month_amount" if planned else "month_last_year_net_amount"
    steps = now.groups[["kind", "group"]].assign(
        start_amount=now.groups[column].fillna(0.0), net_amount=now.groups["month_net_amount"]
    )
    apart = from_units(to_units(total[column]) - to_units(steps["start_amount"]).sum())
    steps.loc[len(steps)] = ["plans", None, apart, 0.0]
    steps["change_amount"] = from_units(to_units(steps["net_amount"]) - to_units(steps["start_amount"]))
    steps = steps[steps["change_amount"] != 0].sort_values("change_amount", kind="stable", ignore_index=True)
    largest_changes = _customers(
        by_customer if reaches_back else by_customer.head(0), customers, now.by, months_a_year(now.month)
    )
    against: Literal["plan", "last_year"] = "plan" if planned else "last_year"
    plan, start, actual = (float(total[name]) for name in ("plan_month_amount", column, "month_net_amount"))
    return MonthGap(now.month, against, plan, start, actual, steps, largest_changes, until, now.by)


def direction(result: MonthGap) -> float:
    """Return the distance from plan if there is one (negative: below), else from last year."""
    if result.until is None and pd.notna(result.plan_amount) and result.net_amount != result.plan_amount:
        return result.net_amount - result.plan_amount
    return result.change_amount


def main_step(result: MonthGap) -> pd.Series | None:
    """Return the step of the group with the largest distance in that direction; None without one."""
    steps = result.steps[result.steps["kind"] != "plans"]
    side = steps[steps["change_amount"] * direction(result) > 0]
    return None if side.empty else side.iloc[int(side["change_amount"].abs().argmax())]


def largest_changes(result: MonthGap) -> pd.DataFrame:
    """Return the customers of that group with the largest changes on last year's month."""
    main, people = main_step(result), result.customers
    if main is None or people.empty:
        return people.head(0)
    same = people["group"].eq(main["group"]) if pd.notna(main["group"]) else people["group"].isna()
    people = people[same & people["kind"].eq(main["kind"])]
    below = direction(result) < 0
    people = people[people["change_amount"] < 0] if below else people[people["change_amount"] > 0].iloc[::-1]
    return people.head(MOST_CUSTOMERS)


def causes_of_missed_plan(result: MonthGap) -> pd.DataFrame:
    """Return the named customers if a complete month missed its plan; else none."""
    missed = result.until is None and result.net_amount < result.plan_amount
    return largest_changes(result) if missed else result.customers.head(0)


def _customers(by_customer: pd.DataFrame, customers: pd.DataFrame, by: str, a_year: int) -> pd.DataFrame:
    known = customers.set_index("customer_id")
    rows = by_customer[["customer_id", "net_amount", "last_year_amount"]].fillna(0.0)
    rows["average_amount"] = (by_customer["year_amount"].fillna(0.0) / a_year).round(4)
    rows["change_amount"] = from_units(to_units(rows["net_amount"]) - to_units(rows["last_year_amount"]))
    rows = rows[rows["change_amount"] != 0].sort_values(["change_amount", "customer_id"], kind="stable")
    rows.insert(1, "name", look_up(rows["customer_id"], known["name"]))
    group = look_up(rows["customer_id"], known[by].astype("object"))
    rows.insert(2, "kind", group.notna().map({True: GROUP, False: "not_recorded"}))
    rows.insert(3, "group", group.where(group.notna(), None))
    by_group = rows.groupby(
        pd.Series(group_keys(rows["kind"], rows["group"]), rows.index, dtype="object"), sort=False
    )
    ends = pd.concat([by_group.head(MOST_CUSTOMERS), by_group.tail(MOST_CUSTOMERS)])
    return ends[~ends.index.duplicated()].sort_values(["change_amount", "customer_id"], ignore_index=True)
