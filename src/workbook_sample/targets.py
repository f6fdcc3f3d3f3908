"""Sales targets of the sample: from what the process expects, not from what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from workbook_sample import traits
from workbook_sample.catalogue import Catalogue
from workbook_sample.market import purchases_year
from workbook_sample.process import DAYS_MONTH, ONE_OFF_SHARE, Floats, Ints, Population, Span, day_of, growth
from workbook_sample.staff import Staff
from workbook_sample.write import as_words, money

#: What the process sells against rate x mean order: some fade, pause, cancel, return, narrow their basket.
YIELD = 0.94


@dataclass
class Expected:
    """Expected net sales in CNY of each month (columns) by salesperson and by trade class (rows).

    The months run from the first of the data to December of the last year: plans are made for whole years.
    """

    months: pd.PeriodIndex
    by_salesperson: Floats
    by_class: Floats

    @classmethod
    def nothing(cls, span: Span, staff: Staff) -> Expected:
        """Start with no customers."""
        last = span.first + span.months - 1
        months = pd.period_range(span.first, f"{last.year}-12", freq="M")
        shape = len(months)
        return cls(months, np.zeros((staff.count, shape)), np.zeros((len(traits.TRADE_CLASSES), shape)))

    def add(self, people: Population, span: Span, catalogue: Catalogue) -> None:
        """Add the customers of one chunk, as each year's plan sees them on its first day.

        A customer known on that day counts with exp(-leaving x months since); one still to come with the mean
        of that over all days on which it may come until the month in question.
        """
        season = traits.SEASONS / traits.SEASONS.mean(axis=1, keepdims=True)
        trend = growth(np.arange(len(self.months)))
        month_value = purchases_year(people) / 12 * YIELD
        planned = 0
        for column, month in enumerate(self.months):
            planned = column if month.month == 1 else planned
            day = np.full(len(people), day_of(month))
            price, _ = catalogue.indices(span.first.year, day[:1])
            there = _chance_there(people, span, day_of(self.months[planned]), column + 0.5 - planned)
            value = month_value * there * season[people.trade_class, month.month - 1] * price[0]
            value *= trend[people.trade_class, column]
            owner = people.owner_at(np.arange(len(people)), day)
            self.by_salesperson[:, column] += np.bincount(owner, value, self.by_salesperson.shape[0])
            self.by_class[:, column] += np.bincount(people.trade_class, value, self.by_class.shape[0])


def _chance_there(people: Population, span: Span, plan_day: int, passed: float) -> Floats:
    """Expect, on the first day of a plan, the share of each customer's trade ``passed`` months later."""
    leaving = people.leaving_month
    known = np.where(people.leave >= plan_day, np.exp(-leaving * passed), 0)
    months_left = max((span.end_day + 1 - plan_day) / DAYS_MONTH, 1.0)
    come = min(passed, months_left)
    new = np.exp(-leaving * (passed - come)) * (1 - np.exp(-leaving * come)) / (leaving * months_left)
    to_come = ~people.existing & (people.active_from >= plan_day)
    return np.where(to_come, new * (1 - ONE_OFF_SHARE), known)


def target_rows(rng: np.random.Generator, expected: Expected, staff: Staff) -> dict[str, pa.Array]:
    """Targets in the metric net_sales for company, team, salesperson and trade class, by month and by year.

    Each salesperson's plan asks for 1 to 8 % more than expected; teams and company are the sums of their
    salespeople, so the levels agree. Trade classes are planned apart.
    """
    ask = rng.uniform(1.01, 1.08, staff.count)
    by_person = np.rint(expected.by_salesperson * ask[:, None] / 1000).astype(np.int64)
    ask = rng.uniform(1.02, 1.07, len(traits.TRADE_CLASSES))
    by_class = np.rint(expected.by_class * ask[:, None] / 1000).astype(np.int64)
    id_of = staff.frame.drop_duplicates("salesperson").sort_values("salesperson")["salesperson_id"].tolist()
    classes = list(traits.TRADE_CLASSES)
    parts: list[pd.DataFrame] = []
    for column, month in enumerate(expected.months):
        person = by_person[:, column]
        team_of = staff.team_at(day_of(month + 1) - 1).reindex(range(staff.count)).fillna("")
        team = pd.Series(person).groupby(team_of).sum()
        parts += [
            _level(str(month), "company", [""], person.sum(keepdims=True)),
            _level(str(month), "team", list(team.index), team.to_numpy()),
            _level(str(month), "salesperson", id_of, person),
            _level(str(month), "trade_class", classes, by_class[:, column]),
        ]
    monthly = pd.concat(parts, ignore_index=True)
    # A year counts if all its months are planned: the first year of the data may begin in the middle.
    whole = [str(year) for year, months in expected.months.year.value_counts().items() if months == 12]
    yearly = monthly.assign(period=monthly["period"].str[:4])
    yearly = yearly[yearly["period"].isin(whole)]
    keys = ["period", "scope_type", "scope_id"]
    yearly = yearly.groupby(keys, sort=False)[["thousand"]].sum().reset_index()
    rows = pd.concat([yearly, monthly], ignore_index=True)
    return {
        "period": as_words(rows["period"].tolist()),
        "scope_type": as_words(rows["scope_type"].tolist()),
        "scope_id": as_words([scope or None for scope in rows["scope_id"]]),
        "metric": as_words(["net_sales"] * len(rows)),
        "target": money(rows["thousand"].to_numpy() * 100_000),
    }


def _level(period: str, scope_type: str, scope_ids: list[str], thousand: Ints) -> pd.DataFrame:
    """Lay out one month's targets of one level; nobody has a target of nothing."""
    rows = pd.DataFrame(
        {"period": period, "scope_type": scope_type, "scope_id": scope_ids, "thousand": thousand}
    )
    return rows.loc[rows["thousand"] > 0]
