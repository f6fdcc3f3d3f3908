"""The explorer of receivables: customers of a team or salesperson, and a threshold of days late."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from helpers.present.widgets import Displayable, slider
from helpers.subjects import choices
from helpers.subjects.card.customer_explorer import CustomerExplorer
from helpers.subjects.receivables import views as show


def receivables(book: Any) -> CustomerExplorer:
    """Explore receivables by team, salesperson, trade class and days late.

    Examples
    --------
    >>> explorer = receivables(book)  # as the last line of a cell: `receivables(book)`
    >>> [*explorer.controls]
    ['team', 'salesperson_id', 'trade_class', 'days', 'card', 'lines']
    """
    n, _ = book.numbers, book.numbers.words
    owed, customers = book.receivables(), book.frame("customers")

    def listing(days: int, **only: str) -> Sequence[Displayable]:
        if owed is None or owed.customers.empty:
            return show.receivables(owed, n)
        rows = choices.filter_rows(owed.customers, customers, choices.active_filters(only))
        late = rows[rows["most_days_late"] >= days]
        return [
            show.overdue_table(replace(owed, customers=late), n),
            show.limit_table(replace(owed, customers=rows), n),
        ]

    controls = {
        **choices.dimension_controls(customers, ["team", "salesperson_id", book.main_dimension], n),
        "days": slider(_("Late by at least, days"), 1, 180, 1),
    }
    return CustomerExplorer(book, "receivables", controls, [listing])
