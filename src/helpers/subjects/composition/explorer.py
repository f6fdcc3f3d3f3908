"""The explorer of composition: who brings the sales and what changed, of any part of the customers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from helpers.present import labels
from helpers.present.measures import measures
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.widgets import Drawn, Explorer, View, choice, pick, slider
from helpers.subjects import choices
from helpers.subjects.composition import bridge_views as change
from helpers.subjects.composition import views as composition_views
from helpers.subjects.composition import words
from helpers.subjects.composition.bridge import Bridge

#: The longest window that is offered, in months.
_LONGEST = 24


def composition(book: Any) -> Explorer:
    """Choose by what to cut, which trade class and region, over how many months, what to compare with, whose grouping.

    Examples
    --------
    >>> explorer = composition(book)  # as the last line of a cell: `composition(book)`
    >>> [*explorer.controls]
    ['by', 'trade_class', 'region', 'months', 'against', 'grouping']
    """
    n, _ = book.numbers, book.numbers.words

    @lru_cache
    def bridge(by: str, months: int, against: Any, only: choices.Picked) -> Bridge:
        # A movement is a customer's, and a customer orders by several ways.
        cut = book.main_dimension if by == "channel" else by
        return book.bridge(cut, against, dict(only) or None, months)

    def steps(by: str, months: int, against: Any, **only: str) -> Drawn:
        found = bridge(by, months, against, choices.picked(only))
        draw = change.bridge_chart if change.has_earlier_period(found) else change.bridge_findings
        return draw(found, n)

    def shares(by: str, months: int, against: Any, **only: str) -> Drawn:
        return shares_in(by, months, against, "now", **only)

    def shares_in(by: str, months: int, against: Any, grouping: Any, **only: str) -> Drawn:
        if grouping == "then" or by == "channel":
            found = book.composition(by, dict(choices.picked(only)) or None, months, grouping)
            return composition_views.share_table(found, n)
        return share_table(bridge(by, months, against, choices.picked(only)), n)

    def movers(by: str, months: int, against: Any, **only: str) -> Drawn:
        return change.movers_table(bridge(by, months, against, choices.picked(only)), n, 3)

    dimensions = book.dimensions or [book.main_dimension]
    dimensions += ["channel"] if book.tables.has("order_lines", "channel") else []
    controls = {
        "by": choice(_("Cut by"), {choices.heading(name, n): name for name in dimensions}),
        **choices.groups(book.frame("customers"), [book.main_dimension, "region"], n),
        "months": slider(_("Months"), 1, _LONGEST, min(book.settings.periods.window_months, _LONGEST)),
        "against": pick(_("Against"), {_("Last year"): "last_year", _("Last month"): "last_month"}),
    }
    views: list[View] = [steps, shares, movers]
    if book.can_group_then:  # of the shares alone: a movement is a customer's, wherever it counts
        views[1] = shares_in
        offered = {_("Today's grouping"): "now", _("As recorded then"): "then"}
        controls["grouping"] = pick(_("Shares in"), offered, book.settings.report.grouping)
    key = ("composition", str(book.month), book.scope.slug, _.language)
    return Explorer(key, controls, views, _)


def share_table(result: Bridge, n: Numbers) -> Table:
    """Customers, net sales and share of each group in this window, beside the earlier one's."""
    _ = n.words
    frame = result.groups.assign(label=labels.groups(result.groups, _))
    for name in ("net_amount", "net_amount_previous"):
        whole = frame[name].iloc[-1]
        frame[f"{name}_share"] = frame[name] / (whole if whole > 0 else float("nan"))
    frame["share_points"] = 100 * (frame["net_amount_share"] - frame["net_amount_previous_share"])
    before, now = words.windows(result, n)
    columns = {
        "label": Column(labels.dimension_heading(result.by, _)),
        **measures(n, "customers"),
        "net_amount": Column(now, n.count, bar=True),
        "net_amount_share": Column(_("Share"), n.percent),
        "share_points": Column(_("Change of share"), n.in_points),
        "net_amount_previous": Column(before, n.count),
        **measures(n, "change_amount"),
    }
    caption = _("Net sales and shares by {dimension}, in {currency}",
                dimension=labels.dimension(result.by, _), currency=n.currency)  # fmt: skip
    total = {str(name): value for name, value in frame.iloc[-1].items() if name in columns}
    return table(frame.iloc[:-1], columns, caption, total=total, empty=_("No sales in either period."))
