"""The settings of the front page: how much of everything it shows."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from helpers.settings.source import Section

Few = Annotated[int, Field(ge=1, le=200)]


class FrontPage(Section):
    """``[front_page]``: how many findings and actions the first page shows."""

    findings: Few = 5
    """Findings of all pages together."""
    findings_a_page: Few = 2
    """At most so many from one page, as long as other pages have any."""
    actions_a_salesperson: Few = 12
    """What one salesperson can do in a month: customers beyond that are counted, not listed."""
    actions_shown: Few = 15
    """Rows of a list that is for several salespeople."""
    follow_up: bool | None = None
    """Whether it says what became of last month's list; None: where something was reported back (`action_results`).
    The list is computed once more from the data of then, which takes a report of new data up to half as long again."""
    unscored_probability: Annotated[float, Field(ge=0, le=1)] = 0.1
    """By what share of a year's sales customers weigh who have been silent for so long that no probability of leaving
    is known: most of it is lost whatever is done."""
    winnable_share: Annotated[float, Field(ge=0, le=1)] = 0.2
    """What share of a customer's purchases elsewhere is expected to be won in a year."""
