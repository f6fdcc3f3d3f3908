"""Queries on working days and their effect on comparisons."""

from dataclasses import replace
from functools import cached_property
from typing import TypeVar

import pandas as pd

from helpers.core.calendar.calendar import Calendar
from helpers.core.disclosure import disclosed_part
from helpers.core.scope import COMPANY
from helpers.engine.months.working_days import calendar_of, festival_losses, find_lulls
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.working_time.working_time import WorkingTime, working_time

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
        first, last = calendar.days_of(self.month - 1, self.month)
        lulls = self._disclosed({(lull.first, lull.last): lull.lost for lull in find_lulls(self.facts)})
        near = [(each, lulls.get((each.first, each.last), 0.0)) for each in calendar.moved(first, last)]
        return replace(result, quiet=tuple((each, lost) for each, lost in near if lost))

    def _disclosed(self, lost: dict[_Key, float]) -> dict[_Key, float]:
        """Return the company's lost trade, rounded for a scope."""
        if self.scope == COMPANY:
            return lost
        disclosed = disclosed_part(pd.Series([*lost.values()], dtype="float64"))
        return dict(zip(lost, disclosed.tolist(), strict=True)) if self._shows_company_shares else {}
