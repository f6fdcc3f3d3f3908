"""The explorer of ABC tiers: other cut-offs, measures, filters, one tier at a time."""

from functools import lru_cache
from typing import Any

from helpers.present.widgets import Displayable, dropdown, slider
from helpers.subjects import choices
from helpers.subjects.card.customer_explorer import CustomerExplorer
from helpers.subjects.tiers import views as show
from helpers.subjects.tiers.ranking import TIERS

#: Largest number of rows shown.
_LISTED = 20


def tiers(book: Any) -> CustomerExplorer:
    """Explore tiers: set cut-offs, filters and measure; a selected tier is highlighted and listed.

    Examples
    --------
    >>> explorer = tiers(book)  # as the last line of a cell: `tiers(book)`
    >>> [*explorer.controls]
    ['a', 'b', 'tier', 'trade_class', 'region', 'salesperson_id', 'measure', 'card', 'lines']
    """
    n, _ = book.numbers, book.numbers.words
    lines = book.settings.tiers

    @lru_cache
    def ranked(a: int, b: int, measure: Any, only: choices.Filters) -> Any:
        # The curve needs no past.
        return book.tiers(None, measure, (a / 100, (a + b) / 100), dict(only) or None, history_months=1)

    def curve(a: int, b: int, measure: str, tier: str, **only: str) -> Displayable:
        return show.pareto_chart(ranked(a, b, measure, choices.active_filters(only)), n, tier or None)

    def listing(a: int, b: int, measure: str, tier: str, **only: str) -> Displayable:
        found = ranked(a, b, measure, choices.active_filters(only))
        if tier == TIERS[-1]:
            return show.without_tier(found, n)
        return show.list_table(found, n, most=_LISTED, listed_tiers=(tier,) if tier else show.RANKED)

    measures = {_("Net sales"): "net_amount"} | ({_("Margin"): "margin_amount"} if book.has_costs else {})
    controls = {
        "a": slider(_("A up to %"), 5, 100, round(lines.a_percent)),
        "b": slider(_("B: the next %"), 0, 90, round(lines.b_percent)),
        "tier": choices.tier(n),
        **choices.dimension_controls(
            book.frame("customers"), [book.main_dimension, "region", "salesperson_id"], n
        ),
        "measure": dropdown(_("By"), measures),
    }
    return _Tiers(book, "tiers", controls, [curve, listing])


class _Tiers(CustomerExplorer):
    """Sliders that stay consistent: B cannot end before A."""

    def start_anew(self) -> None:
        """Reset both cut-offs, each within its range."""
        self.controls["b"].max = 100
        super().start_anew()

    def prepare(self, moved: str) -> None:
        """Limit the range of B to what A leaves."""
        self.controls["b"].max = max(100 - self.controls["a"].value, 0)
        super().prepare(moved)
