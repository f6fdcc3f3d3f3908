"""Queries on working days and their effect on comparisons."""

import datetime as dt
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

import ibis
import pandas as pd

from helpers.core.calendar.calendar import Calendar
from helpers.core.disclosure import disclosed_part
from helpers.core.scope import COMPANY
from helpers.engine.as_of import own_day
from helpers.engine.fact import by_customer
from helpers.engine.months.working_days import calendar_of, festival_losses, find_lulls
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.working_time.working_time import Aligned, WorkingTime, aligned_days, working_time

_Key = TypeVar("_Key")


class WorkingTimeQueries(SubjectQueries):
    """The calendar, and the month by its working days."""

    @cached_property
    def calendar(self) -> Calendar | None:
        """The working days as known at the month end; None if the settings name no country.

        Examples
        --------
        >>> print(book.calendar)
        None
        """
        return calendar_of(self.facts)

    def working_time(self) -> WorkingTime | None:
        """Return the month by its working days; see `helpers.subjects.working_time.working_time`.

        None if the settings name no country.

        Examples
        --------
        >>> print(book.working_time())
        None
        """
        if (calendar := self.calendar) is None:
            return None
        result = working_time(
            calendar,
            self.month,
            self.until,
            self._disclosed(festival_losses(self.facts, calendar)),
            self.year,
        )
        if calendar.rules.compare == "aligned":
            result = replace(result, aligned=self._aligned(calendar))
        first, last = calendar.days_of(self.month - 1, self.month)
        lulls = self._disclosed({(lull.first, lull.last): lull.lost for lull in find_lulls(self.facts)})
        near = [(each, lulls.get((each.first, each.last), 0.0)) for each in calendar.moved(first, last)]
        return replace(result, quiet=tuple((each, lost) for each, lost in near if lost))

    def _aligned(self, calendar: Calendar) -> Aligned | None:
        """Return last year's days as far from a festival that moved; None if none did, or the data begin later."""
        found = aligned_days(calendar, self.month, self.until, self.year)
        if found is None or found.first < self.year.first_day(self.facts.coverage.first_whole):
            return None
        now, before = (
            self._sold(*calendar.days_of(self.month, self.month)),
            self._sold(found.first, found.last),
        )
        return replace(found, change_percent=100 * (now / before - 1)) if before > 0 else found

    def _sold(self, first: dt.date, last: dt.date) -> float:
        """Return the scope's net sales of some days, by the day of the source."""
        lines = self.facts.lines
        rows = lines.filter(own_day(lines).between(ibis.date(first), ibis.date(last)))
        rows = rows if self.scope == COMPANY else by_customer(rows, self.scope, self.facts)
        return float(rows.net_amount.sum().to_pyarrow().as_py() or 0)

    def _disclosed(self, lost: dict[_Key, float]) -> dict[_Key, float]:
        """Return the company's lost trade, rounded for a scope."""
        if self.scope == COMPANY:
            return lost
        disclosed = disclosed_part(pd.Series([*lost.values()], dtype="float64"))
        return dict(zip(lost, disclosed.tolist(), strict=True)) if self._shows_company_shares else {}
