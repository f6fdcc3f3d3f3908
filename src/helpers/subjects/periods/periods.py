"""Net sales by period of a year that has not twelve, against the like periods of the year before and targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.calendar.calendar import Calendar
from helpers.core.calendar.year_periods import YearPeriod, YearPeriods, weeks
from helpers.core.frames.answer import Answer
from helpers.core.scope import Scope


@dataclass(frozen=True)
class PeriodSales(Answer):
    """Net sales of the company's periods, of those alone that are over.

    Attributes
    ----------
    last
        The last period that is over by the report's month end, or by the day up to which the data go.
    a_year
        How many periods a year has.
    rows
        kind (``period``: each of the year so far; ``year_to_date``; ``trailing_year``: as many periods as a year has),
        name (of a period), periods, first_day, last_day, weeks, net_amount; the same of the like periods of the year
        before: previous_name, previous_first_day, previous_last_day, previous_weeks, previous_net_amount;
        change_percent, change_week_percent (per week; NaN where both have as many), change_day_percent (per working day
        of the calendar that is set), target_amount, attainment_percent.
        NaN: the data or the periods known do not reach back so far, or there is no target.
    groups
        By the main dimension, the largest first: kind and group (as in a composition), net_amount, previous_net_amount,
        change_percent and change_week_percent of the last period, and with ``ytd_`` before them of the year to date.
    units
        The scope, its teams and its salespeople against targets of periods: kind, id (NaN: company), name,
        sales_amount, target_amount and attainment_percent of the last period, and with ``ytd_`` before them of the year
        to date. Sales are who sold them's. Empty without such targets.
    """

    last: YearPeriod
    a_year: int
    rows: pd.DataFrame
    groups: pd.DataFrame = field(default_factory=pd.DataFrame)
    units: pd.DataFrame = field(default_factory=pd.DataFrame)


def period_sales(
    days: pd.DataFrame,
    own: YearPeriods,
    until: dt.date,
    first_day: dt.date,
    targets: pd.DataFrame,
    scope: Scope,
    calendar: Calendar | None = None,
) -> PeriodSales | None:
    """Add up the periods of the year so far.

    Parameters
    ----------
    days
        order_date, net_amount: a day once, of the scope's sales up to the report's month end.
    until, first_day
        The days up to which, and from which on, the data hold all sales.
    targets
        The fact of this name; ``net_sales`` of the scope for ``FY2026-P10`` or ``FY2026`` is looked at.
    calendar
        Working days, where the settings set a country.

    Returns
    -------
    PeriodSales or None
        None: no period is over yet.
    """
    last = own.last_over(until)
    if last is None or last.last < first_day:
        return None
    plans = _Plans(own, targets, scope.kind, scope.id)
    sums = _Sums(days, first_day)
    spans: list[tuple[str, Sequence[YearPeriod]]] = [
        ("period", (each,)) for each in own.year_to_date(last) or (last,)
    ]
    spans += [("year_to_date", own.year_to_date(last)), ("trailing_year", own.trailing_year(last))]
    rows = [_row(kind, span, own, sums, plans, calendar) for kind, span in spans if span]
    return PeriodSales(last, own.a_year, pd.DataFrame(rows))


def _row(
    kind: str,
    span: Sequence[YearPeriod],
    own: YearPeriods,
    sums: _Sums,
    plans: _Plans,
    calendar: Calendar | None,
) -> dict[str, object]:
    before = own.likes(span)
    now, then, plan = sums.of(span), sums.of(before), plans.of(span)
    change = now / then if then > 0 else np.nan
    length, earlier = weeks(span), weeks(before) if before else np.nan
    days = [
        calendar.working_days(each[0].first, each[-1].last) if calendar and each else np.nan
        for each in (span, before)
    ]
    return {
        "kind": kind, "name": span[-1].name, "periods": len(span),
        "first_day": pd.Timestamp(span[0].first), "last_day": pd.Timestamp(span[-1].last), "weeks": length,
        "net_amount": now,
        "previous_name": before[-1].name if before else None,
        "previous_first_day": pd.Timestamp(before[0].first) if before else pd.NaT,
        "previous_last_day": pd.Timestamp(before[-1].last) if before else pd.NaT,
        "previous_weeks": earlier, "previous_net_amount": then, "change_percent": 100 * (change - 1),
        "change_week_percent": 100 * (change * earlier / length - 1) if earlier != length else np.nan,
        "change_day_percent": 100 * (change * days[1] / days[0] - 1) if days[0] else np.nan,
        "target_amount": plan, "attainment_percent": 100 * now / plan if plan > 0 else np.nan,
    }  # fmt: skip


class _Sums:
    """Exact sums of days; NaN where the data begin within them."""

    def __init__(self, days: pd.DataFrame, first_day: dt.date) -> None:
        ordered = days.sort_values("order_date")
        self._days = pd.DatetimeIndex(ordered["order_date"])
        self._up_to = np.concatenate([[0], to_units(ordered["net_amount"]).cumsum()])
        self._first_day = first_day

    def of(self, span: Sequence[YearPeriod]) -> float:
        if not span or span[0].first < self._first_day:
            return float("nan")
        begin = self._days.searchsorted(pd.Timestamp(span[0].first))
        end = self._days.searchsorted(pd.Timestamp(span[-1].last), side="right")
        return float(from_units(self._up_to[end] - self._up_to[begin]))


class _Plans:
    """Targets of one: a period's own, else by weeks its part of its year's."""

    def __init__(self, own: YearPeriods, targets: pd.DataFrame, kind: str, whose: str | None) -> None:
        chosen = targets[(targets["scope_type"] == kind) & (targets["metric"] == "net_sales")]
        if kind != "company":
            chosen = chosen[chosen["scope_id"] == whose]
        units = pd.Series(to_units(chosen["target"]), chosen.index).groupby(chosen["period"]).sum()
        self._targets = from_units(units).to_dict()
        self._own = own

    def of(self, span: Sequence[YearPeriod]) -> float:
        return round(sum(self._of_one(each) for each in span), 2)

    def _of_one(self, period: YearPeriod) -> float:
        if period.code in self._targets:
            return float(self._targets[period.code])
        year = self._own.of_year(period.year)
        if len(year) < self._own.a_year:
            return float("nan")
        return float(self._targets.get(f"FY{period.year}", np.nan)) * weeks((period,)) / weeks(year)


def compared(last: YearPeriod, own: YearPeriods, first_day: dt.date) -> dict[str, tuple[YearPeriod, ...]]:
    """Return by name the periods that groups are compared over: the last, the year to date, and their likes.

    Names are what stands before ``net_amount`` in the columns of `PeriodSales.groups`. Empty: the data or the periods
    known do not reach back so far.
    """
    found = {"": (last,), "ytd_": own.year_to_date(last)}
    spans = found | {f"{name}previous_": own.likes(span) for name, span in found.items()}
    return {name: span if span and span[0].first >= first_day else () for name, span in spans.items()}


def with_changes(groups: pd.DataFrame, spans: dict[str, tuple[YearPeriod, ...]]) -> pd.DataFrame:
    """Add the changes to sums of groups, the largest first: `PeriodSales.groups`."""
    for name in ("", "ytd_"):
        now, before = spans[name], spans[f"{name}previous_"]
        then = groups[f"{name}previous_net_amount"]
        change = groups[f"{name}net_amount"] / then.where(then > 0)
        groups[f"{name}change_percent"] = 100 * (change - 1)
        by_week = weeks(before) / weeks(now) if now and before and weeks(before) != weeks(now) else np.nan
        groups[f"{name}change_week_percent"] = 100 * (change * by_week - 1)
    return groups.sort_values(
        ["net_amount", "kind", "group"], ascending=[False, True, True], ignore_index=True
    )


#: Whose the rows of `helpers.subjects.targets.facts.seller_months` are, by kind of unit.
_COLUMNS = {"team": "team", "salesperson": "salesperson_id"}


def against_targets(
    last: YearPeriod, own: YearPeriods, sellers: pd.DataFrame, targets: pd.DataFrame, units: pd.DataFrame
) -> pd.DataFrame:
    """Hold what each unit sold in a period, and in its year to date, against its targets: `PeriodSales.units`.

    Parameters
    ----------
    sellers
        As the fact seller_months, ``month`` being the first day of the period.
    targets
        The fact of this name, the whole company's.
    units
        kind, id and name, as `helpers.subjects.targets.attainment.units_of` lists them.
    """
    amounts = pd.Series(to_units(sellers["net_amount"]), sellers.index)
    rows = []
    for kind, whose in zip(units["kind"], units["id"], strict=True):
        plans = _Plans(own, targets, kind, whose)
        row: dict[str, float] = {}
        mine = sellers[_COLUMNS[kind]] == whose if kind in _COLUMNS else pd.Series(True, sellers.index)
        for name, span in (("", (last,)), ("ytd_", own.year_to_date(last))):
            inside = sellers["month"] >= pd.Timestamp(span[0].first) if span else mine & False
            sold, plan = float(from_units(amounts[mine & inside].sum())), plans.of(span) if span else np.nan
            row |= {
                f"{name}sales_amount": sold if span else np.nan, f"{name}target_amount": plan,
                f"{name}attainment_percent": 100 * sold / plan if plan > 0 else np.nan,
            }  # fmt: skip
        rows.append(row)
    return pd.concat([units, pd.DataFrame(rows, index=units.index)], axis=1)
