"""The explorer of composition: who brings the sales and what changed, of any part of the customers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from helpers.views import bridge as change
from helpers.views import composition as show
from helpers.views.explorers import choices
from helpers.views.widgets import Drawn, Explorer, choice, pick, slider

#: The longest window that is offered, in months.
_LONGEST = 24


def composition(book: Any) -> Explorer:
    """Choose by what to cut, which trade class and region, over how many months, and what to compare with.

    Examples
    --------
    >>> composition(book)  # doctest: +SKIP
    """
    n, _ = book.numbers, book.numbers.words

    @lru_cache
    def bridge(by: str, months: int, against: Any, only: choices.Picked) -> Any:
        return book.bridge(by, against, dict(only), months)

    def shares(by: str, months: int, **only: str) -> Drawn:
        return show.share_chart(book.composition(by, dict(choices.picked(only)), months), n)

    def steps(by: str, months: int, against: Any, **only: str) -> Drawn:
        found = bridge(by, months, against, choices.picked(only))
        draw = change.bridge_chart if change.has_earlier_period(found) else change.bridge_findings
        return draw(found, n)

    def movers(by: str, months: int, against: Any, **only: str) -> Drawn:
        return change.movers_table(bridge(by, months, against, choices.picked(only)), n, 3)

    dimensions = book.dimensions or [book.main_dimension]
    controls = {
        "by": choice(_("Cut by"), {choices.heading(name, n): name for name in dimensions}),
        **choices.groups(book.frame("customers"), [book.main_dimension, "region"], n),
        "months": slider(_("Months"), 1, _LONGEST, min(book.settings.periods.window_months, _LONGEST)),
        "against": pick(_("Against"), {_("Last year"): "last_year", _("Last month"): "last_month"}),
    }
    key = ("composition", str(book.month), book.scope.slug, _.language)
    return Explorer(key, controls, [shares, steps, movers], _)
