"""The explorer of visits: which customers of an owner, region and tier to visit next month."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from helpers.present.widgets import Displayable
from helpers.subjects import choices
from helpers.subjects.card.customer_explorer import CustomerExplorer
from helpers.subjects.contacts import visit_views as show


def visits(book: Any) -> CustomerExplorer:
    """Explore next month's visits by owner, region and tier.

    Examples
    --------
    >>> explorer = visits(book)  # as the last line of a cell: `visits(book)`
    >>> [*explorer.controls]
    ['team', 'salesperson_id', 'region', 'tier', 'card', 'lines']
    """
    n = book.numbers
    planned, customers = book.visits(), book.frame("customers")

    def listing(tier: str, **only: str) -> Sequence[Displayable]:
        if planned is None or not planned.any_visit:
            return show.visits(planned, n)
        due = choices.filter_rows(planned.due, customers, choices.active_filters(only))
        due = due[due["tier"] == tier] if tier else due
        return [show.due_table(replace(planned, due=due), n)]

    controls = {
        **choices.dimension_controls(customers, ["team", "salesperson_id", "region"], n),
        "tier": choices.tier(n),
    }
    return CustomerExplorer(book, "visits", controls, [listing])
