"""Views of the card index: customers by facet value, and the list."""

from collections.abc import Sequence

import pandas as pd

from helpers.present import labels
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.words import Words
from helpers.subjects.card.card_index import NOT_RECORDED, CardIndex
from helpers.subjects.churn import state_views as churn_states
from helpers.subjects.grading import behaviour_views as behaviour
from helpers.subjects.grading import grade_views as grades
from helpers.subjects.tiers.views import tier_label

MOST_ROWS = 200
#: Facets that the list leaves out: bands repeat amounts shown anyway, and an A4 page has little room.
UNLISTED = ("sales_band", "credit_band", "industry", "interest_level")


def facet_heading(facet: str, _: Words) -> str:
    """Return the label of a facet."""
    return {
        "sales_band": _("Sales"), "credit_band": _("Credit limit"), "interest_level": _("Interest"),
        "tier": _("Tier"), "grade": _("Grade"), "segment": _("Behaviour"), "state": _("State"),
    }.get(facet) or labels.dimension_heading(facet, _)  # fmt: skip


def value_label(facet: str, value: str, n: Numbers) -> str:
    """Return the label of a facet's value."""
    _ = n.words
    if value == NOT_RECORDED:
        return _("Not recorded")
    if facet in ("sales_band", "credit_band"):
        return _band(value, n)
    if facet == "tier":
        return tier_label(value, _)
    if facet == "state":
        return churn_states.state_label(value, _)
    if facet == "grade":
        return grades.grade_label(value, _)
    return behaviour.segment_label(value, _) if facet == "segment" else str(_.value(value))


def _band(value: str, n: Numbers) -> str:
    _, (low, dash, high) = n.words, value.partition("-")
    if not dash:
        return _("nothing")
    if not high:
        return _("{amount} and more", amount=n.money_short(float(low)))
    return _("{low} to {high}", low=n.money_short(float(low)), high=n.money_short(float(high)))


def index_findings(index: CardIndex, n: Numbers) -> Findings:
    """Return the number of customers and the facet that is most often not recorded."""
    _, counts = n.words, index.counts()
    count = len(index.customers)
    if not count:
        return findings(_("There are no customers to pick from."))
    first = _.ngettext(
        "{n} customer can be picked by {names}.", "{n} customers can be picked by {names}.", count,
        names=_.listed(facet_heading(facet, _) for facet in index.facets),
    )  # fmt: skip
    empty = {facet: by_value[NOT_RECORDED] for facet, by_value in counts.items() if NOT_RECORDED in by_value}
    second = None
    if empty:
        worst = max(empty, key=lambda facet: empty[facet])
        second = _.ngettext(
            "Most often empty: {name}, of {n} customer.", "Most often empty: {name}, of {n} customers.",
            empty[worst], name=facet_heading(worst, _),
        )  # fmt: skip
    return findings(first, second)


def counts_table(index: CardIndex, n: Numbers) -> Table:
    """Count the customers of every facet value."""
    _ = n.words
    rows = [
        {"facet": facet_heading(facet, _), "value": value_label(facet, value, n), "customers": count}
        for facet, by_value in index.counts().items()
        for value, count in by_value.items()
    ]
    columns = {
        "facet": Column(_("Picked by")),
        "value": Column(_("Value")),
        **measures(n, "customers", bar="customers"),
    }
    frame = pd.DataFrame(rows, columns=list(columns))
    return table(frame, columns, _("Customers by what they can be picked by"),
                 empty=_("There are no customers to pick from."))  # fmt: skip


def index_table(
    index: CardIndex,
    selected: pd.DataFrame,
    n: Numbers,
    most: int = MOST_ROWS,
    row_count: int | None = None,
    without: Sequence[str] = UNLISTED,
) -> Table:
    """List customers of the index, at most so many; the caption says how many more there are.

    ``row_count`` is the number of all rows where ``selected`` has only the first of them; ``without`` are facets that
    are not shown.
    """
    _ = n.words
    shown = selected.head(most)
    frame = shown.copy()
    shown_as = {**measures(n, "customer"), "customer_id": Column(_("Id"), listed=False)}
    for facet in index.facets:
        if facet not in without:
            values = shown[facet].astype("object").fillna(NOT_RECORDED)
            frame[facet] = [value_label(facet, value, n) for value in values]
            shown_as[facet] = Column(facet_heading(facet, _))
    shown_as |= {
        **measures(n, "net_amount", bar="net_amount"),
        "credit_limit": Column(_("Credit limit"), n.count, listed=False),
        "last_purchase": Column(_("Last purchase"), n.date),
    }
    count = len(selected) if row_count is None else row_count
    caption = _("The card index, money in {currency}", currency=n.currency)
    empty = _("No customer fits; take something off.")
    return truncated_table(count, frame, shown_as, caption, n, sortable=True, empty=empty)
