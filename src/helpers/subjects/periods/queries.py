"""The sales of the company's own periods."""

# Ibis columns are not pandas': there `isnull` is the name.
# ruff: noqa: PD003

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.calendar.year_periods import YearPeriod, YearPeriods
from helpers.core.frames.groups import GROUP, NOT_RECORDED, UNASSIGNED
from helpers.core.scope import COMPANY
from helpers.engine.connection import to_pandas
from helpers.subjects.periods.periods import (
    PeriodSales,
    against_targets,
    compared,
    period_sales,
    with_changes,
)
from helpers.subjects.targets.attainment import units_of
from helpers.subjects.targets.facts import seller_months
from helpers.subjects.working_time.queries import WorkingTimeQueries


class PeriodQueries(WorkingTimeQueries):
    """Sales by period where the company's year has not twelve."""

    def periods(self) -> PeriodSales | None:
        """Return the periods of the year so far; see `helpers.subjects.periods.periods.period_sales`.

        None where the company's year has twelve months, or no period is over by the report's month end.

        Examples
        --------
        >>> print(book.periods())
        None
        """
        if (own := self.year.periods) is None:
            return None
        days, coverage = self._table("order_days", self.scope), self.facts.coverage
        first_day = coverage.months[0].to_timestamp().date()
        sums = days.group_by("order_date").agg(net_amount=days.net_amount.sum())
        result = period_sales(
            to_pandas(sums.order_by("order_date")), own, coverage.day, first_day,
            self._frame("targets", self.scope), self.scope, self.calendar,
        )  # fmt: skip
        return result and replace(
            result,
            groups=self._period_groups(days, compared(result.last, own, first_day)),
            units=self._by_account._period_units(own, result.last),
        )

    def _period_groups(self, days: ir.Table, spans: dict[str, tuple[YearPeriod, ...]]) -> pd.DataFrame:
        people = self.facts.table("customers")
        people = people.select(label_of="customer_id", group=self.main_dimension)
        joined = days.left_join(people, days.customer_id == people.label_of)
        kind = ibis.cases(
            (joined.customer_id.isnull(), UNASSIGNED), (joined.group.isnull(), NOT_RECORDED), else_=GROUP
        )
        day, amount = joined.order_date, joined.net_amount
        nothing = ibis.null(amount.type())
        inside = {
            name: day.between(ibis.date(span[0].first), ibis.date(span[-1].last))
            if span
            else ibis.literal(False)
            for name, span in spans.items()
        }
        sums = {f"{name}net_amount": where.ifelse(amount, nothing).sum() for name, where in inside.items()}
        return with_changes(to_pandas(joined.group_by(kind=kind, group=joined.group).agg(**sums)), spans)

    def _period_units(self, own: YearPeriods, last: YearPeriod) -> pd.DataFrame:
        """Return `PeriodSales.units`; empty where no target is set for the company's periods."""
        targets = self._frame("targets", COMPANY)
        targets = targets[targets["period"].str.startswith("FY")]
        if targets.empty:
            return pd.DataFrame()
        facts, days = self.facts, self.facts.table("order_days")
        known = own.year_to_date(last) or (last,)
        day = days.order_date
        first = ibis.cases(*((day <= ibis.date(each.last), ibis.date(each.first)) for each in known))
        days = days.filter(day.between(ibis.date(known[0].first), ibis.date(last.last))).mutate(month=first)
        sellers = to_pandas(seller_months(days, facts.table("customers"), facts.optional("salespeople")))
        units = units_of(sellers, targets, facts.owners, self.scope)
        return against_targets(last, own, sellers, targets, units)
