"""How many working days the month had, and what that does to its comparisons."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from helpers.core.calendar.calendar import Calendar
from helpers.core.scope import COMPANY
from helpers.core.shares import part_told
from helpers.engine.months.working_days import calendar_of, lost_in_reach
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.working_time.working_time import WorkingTime, working_time


class WorkingTimeQueries(SubjectQueries):
    """The calendar, and the month by its working days."""

    @cached_property
    def calendar(self) -> Calendar | None:
        """The working days as they were known at the month end; None where the settings name no country.

        Examples
        --------
        >>> print(book.calendar)
        None
        """
        return calendar_of(self.facts)

    def working_time(self) -> WorkingTime | None:
        """Return the month by its working days; see `helpers.subjects.working_time.working_time`.

        None where the settings name no country.
        """
        if (calendar := self.calendar) is None:
            return None
        lost = lost_in_reach(self.facts, calendar)
        if self.scope != COMPANY:  # it is measured on the company's order lines
            told = part_told(pd.Series([*lost.values()], dtype="float64"))
            lost = dict(zip(lost, told.tolist(), strict=True)) if self._shows_company_shares else {}
        return working_time(calendar, self.month, self.until, lost)
