"""Sales targets of the sample: from what the process expects, not from what came of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers.sample import traits
from helpers.sample.catalogue import Catalogue
from helpers.sample.market import purchases_year
from helpers.sample.process import (
    DAYS_MONTH,
    EXISTING_SHARE,
    ONE_OFF_SHARE,
    Floats,
    Population,
    Span,
    day_of,
    growth,
)
from helpers.sample.staff import Staff
from helpers.sample.write import as_words, money

#: What the process sells against rate x mean order: pieces are whole, some fade, pause, cancel, return or shift.
YIELD = 1.0


@dataclass
class Expected:
    """Expected net sales in CNY of each month (columns) by salesperson and by trade class (rows).

    The months run from January of the first year to December of the last: plans are made for whole years.
    """

    months: pd.PeriodIndex
    by_salesperson: Floats
    by_class: Floats

    @classmethod
    def nothing(cls, span: Span, staff: Staff) -> Expected:
        last = span.first + span.months - 1
        months = pd.period_range(f"{span.first.year}-01", f"{last.year}-12", freq="M")
        shape = len(months)
        return cls(months, np.zeros((staff.count, shape)), np.zeros((len(traits.TRADE_CLASSES), shape)))

    def add(self, people: Population, span: Span, catalogue: Catalogue) -> None:
        """Add the customers of one chunk.

        A customer counts with the chance that it is there: one of the start with exp(-leaving x months); one who
        comes at some time with the mean of that over all days on which it may have come until then.
        """
        season = traits.SEASONS / traits.SEASONS.mean(axis=1, keepdims=True)
        trend = growth(np.arange(len(self.months)) - (span.start_day - day_of(self.months[0])) / DAYS_MONTH)
        month_value = purchases_year(people) / 12
        for column, month in enumerate(self.months):
            day = np.full(len(people), day_of(month))
            passed = max((day_of(month) - span.start_day) / DAYS_MONTH + 0.5, 0.0)
            price, _ = catalogue.indices(span.first.year, day[:1])
            there = _chance_there(people, passed, span.months)
            value = month_value * there * season[people.trade_class, month.month - 1] * price[0] * YIELD
            value *= trend[people.trade_class, column]
            owner = people.owner_at(np.arange(len(people)), day)
            self.by_salesperson[:, column] += np.bincount(owner, value, self.by_salesperson.shape[0])
            self.by_class[:, column] += np.bincount(people.trade_class, value, self.by_class.shape[0])


def _chance_there(people: Population, passed: float, months: int) -> Floats:
    existing = np.exp(-people.leaving_month * passed)
    come = min(passed, months)
    new = (1 - np.exp(-people.leaving_month * come)) / (people.leaving_month * months) * (1 - ONE_OFF_SHARE)
    # Whether a customer is one of the start is known to the planner of the first year only as a share.
    return np.where(people.existing, existing, new) if passed > 0 else np.full(len(people), EXISTING_SHARE)


def target_rows(rng: np.random.Generator, expected: Expected, staff: Staff) -> dict[str, pa.Array]:
    """Targets in the metric net_sales for company, team, salesperson and trade class, by month and by year.

    Each salesperson's plan asks for 1 to 8 % more than expected; teams and company are the sums of their
    salespeople, so the levels agree. Trade classes are planned apart.
    """
    ask = rng.uniform(1.01, 1.08, expected.by_salesperson.shape[0])
    by_person = np.rint(expected.by_salesperson * ask[:, None] / 1000).astype(np.int64)
    ask = rng.uniform(1.02, 1.07, expected.by_class.shape[0])
    by_class = np.rint(expected.by_class * ask[:, None] / 1000).astype(np.int64)
    id_of = staff.frame.drop_duplicates("salesperson").sort_values("salesperson")["salesperson_id"].tolist()
    parts = []
    for column, month in enumerate(expected.months):
        teams = staff.team_at(day_of(month + 1) - 1)
        person = pd.Series(by_person[:, column], index=id_of)
        team_of = pd.Series(id_of).index.map(teams).fillna("")
        parts.append(_level(str(month), "company", pd.Series([person.sum()], index=[""])))
        team = pd.Series(by_person[:, column]).groupby(np.asarray(team_of)).sum()
        parts.append(_level(str(month), "team", team))
        parts.append(_level(str(month), "salesperson", person))
        classes = pd.Series(by_class[:, column], index=list(traits.TRADE_CLASSES))
        parts.append(_level(str(month), "trade_class", classes))
    monthly = pd.concat(parts, ignore_index=True)
    yearly = monthly.assign(period=monthly["period"].str[:4])
    keys = ["period", "scope_type", "scope_id"]
    yearly = yearly.groupby(keys, sort=False, as_index=False)["thousand"].sum()
    rows = pd.concat([yearly, monthly], ignore_index=True)
    return {
        "period": as_words(rows["period"].tolist()),
        "scope_type": as_words(rows["scope_type"].tolist()),
        "scope_id": as_words([scope or None for scope in rows["scope_id"]]),
        "metric": as_words(["net_sales"] * len(rows)),
        "target": money(rows["thousand"].to_numpy() * 100_000),
    }


def _level(period: str, scope_type: str, thousand: pd.Series) -> pd.DataFrame:
    """One month's targets of one level; nobody has a target of nothing."""
    some = thousand[thousand > 0]
    return pd.DataFrame(
        {"period": period, "scope_type": scope_type, "scope_id": some.index, "thousand": some.to_numpy()}
    )
