"""The explorer of composition: sales, changes and customer names for any part of the customers."""

from functools import lru_cache
from typing import Any

import pandas as pd

from helpers.core.frames.groups import UNASSIGNED
from helpers.present import labels
from helpers.present.name_lists import display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.widgets import Displayable, View, dropdown, radio, slider
from helpers.subjects import choices
from helpers.subjects.card.customer_explorer import CustomerExplorer
from helpers.subjects.composition import bridge_views as change
from helpers.subjects.composition import views as composition_views
from helpers.subjects.composition import words
from helpers.subjects.composition.bridge import MOVEMENTS, Bridge

#: The longest window in months that is offered, unless the settings have a longer one.
_LONGEST = 24
#: How many customers of a group or a movement are listed.
_MEMBERS = 50


class CompositionExplorer(CustomerExplorer):
    """Groups and movements, and the customers of the clicked one."""

    def prepare(self, moved: str) -> None:
        """Update the options of groups and movements."""
        super().prepare(moved)
        if moved in ("", "by"):
            choices.set_options(self.controls["members"], self._members(self.controls["by"].value))

    @lru_cache  # noqa: B019 - as long as the explorer
    def _members(self, by: str) -> tuple[tuple[str, Any], ...]:
        n, customers = self._book.numbers, self._book.frame("customers")
        moves = [(words.movement(name, n.words), (name, "")) for name in MOVEMENTS[:-1]]
        groups: list[tuple[str, Any]]
        if by == "channel":
            rows = self._book.composition(by).groups
            rows = rows[rows["kind"] != UNASSIGNED]
            values = rows["group"].where(rows["group"].notna(), None)
            groups = list(zip(labels.group_labels(rows, n.words), values, strict=True))
        else:
            offered: dict[str, Any] = {**choices.options(customers, by, n)}
            groups = list(offered.items())[1:]
            if customers[by].isna().any():
                groups.append((n.words("Not recorded"), None))
        return ((choices.NO_OPTION, choices.ALL), *moves, *((label, ("", group)) for label, group in groups))


def composition(book: Any) -> CompositionExplorer:
    """Explore composition by dimension, trade class, region, window, comparison and grouping.

    Examples
    --------
    >>> explorer = composition(book)  # as the last line of a cell: `composition(book)`
    >>> [*explorer.controls]
    ['by', 'trade_class', 'region', 'months', 'against', 'members', 'grouping', 'card', 'lines']
    """
    n, _ = book.numbers, book.numbers.words

    @lru_cache
    def bridge(by: str, months: int, against: Any, only: choices.Filters) -> Bridge:
        cut_by = book.main_dimension if by == "channel" else by  # a customer orders by several channels
        return book.bridge(cut_by, against, dict(only) or None, months)

    def steps(by: str, months: int, against: Any, **only: str) -> Displayable:
        found = bridge(by, months, against, choices.active_filters(only))
        draw = change.bridge_chart if change.has_earlier_period(found) else change.bridge_findings
        return draw(found, n)

    def shares(by: str, months: int, against: Any, **only: str) -> Displayable:
        return shares_in(by, months, against, "now", **only)

    def shares_in(by: str, months: int, against: Any, grouping: Any, **only: str) -> Displayable:
        if grouping == "then" or by == "channel":
            found = book.composition(by, dict(choices.active_filters(only)) or None, months, grouping)
            return composition_views.share_table(found, n)
        return share_table(bridge(by, months, against, choices.active_filters(only)), n)

    def movers(by: str, months: int, against: Any, members: Any, **only: str) -> Displayable:
        found = bridge(by, months, against, choices.active_filters(only))
        if members and by == "channel" and not members[0]:
            customers = book.channel_customers(members[1], dict(choices.active_filters(only)) or None, months)
            return listed_members(customers, found, labels.group_label(members[1], n.words), n)
        return members_table(found, members, n) if members else change.movers_table(found, n, 3)

    dimensions = book.dimensions or [book.main_dimension]
    dimensions += ["channel"] if book.tables.has("order_lines", "channel") else []
    controls = {
        "by": dropdown(_("Cut by"), {choices.heading(name, n): name for name in dimensions}),
        **choices.dimension_controls(book.frame("customers"), [book.main_dimension, "region"], n),
        "months": slider(_("Months"), 1, _LONGEST, book.settings.periods.window_months),
        "against": radio(_("Against"), {_("Last year"): "last_year", _("Last month"): "last_month"}),
        "members": dropdown(_("Customers of"), {choices.NO_OPTION: choices.ALL}),
    }
    views: list[View] = [steps, shares, movers]
    if book.can_group_then:  # of the shares alone: a movement is a customer's, wherever it counts
        views[1] = shares_in
        offered = {_("Today's grouping"): "now", _("As recorded then"): "then"}
        controls["grouping"] = radio(_("Shares in"), offered, book.settings.report.grouping)
    return CompositionExplorer(book, "composition", controls, views)


def members_table(result: Bridge, member: tuple[str, str | None], n: Numbers) -> Table:
    """List the customers of a movement or a group (None: without a group) with changed sales, largest first.

    The largest change comes first.
    """
    (movement, group), people = member, result.customers
    if movement:
        return listed_members(
            people[people["movement"] == movement], result, words.movement(movement, n.words), n, "moved"
        )
    rows = people[people["group"].isna() if group is None else people["group"] == group]
    return listed_members(rows, result, labels.group_label(group, n.words), n)


def listed_members(
    rows: pd.DataFrame, result: Bridge, title: str, n: Numbers, label_column: str = "label"
) -> Table:
    """List customers that share a value; the column that would repeat it is left out."""
    _, shown, columns = n.words, rows.head(_MEMBERS), change.movers_columns(result, n)
    del columns[label_column]
    if "movement" in rows:
        shown = change.name_movers(shown, n)
    else:  # of one channel: what the customer buys through others is another movement
        shown = shown.assign(customer=display_names(shown))
        del columns["moved"]
    caption = _("{group}: customers whose sales changed, in {currency}", group=title, currency=n.currency)
    return truncated_table(
        len(rows), shown, columns, caption, n, cut="smaller_changes", sortable=False, read=_MEMBERS,
        empty=_("No customer's sales changed."),
    )  # fmt: skip


def share_table(result: Bridge, n: Numbers) -> Table:
    """List customers, net sales and share of each group in this window and the earlier one."""
    _ = n.words
    frame = result.groups.assign(label=labels.group_labels(result.groups, _))
    for name in ("net_amount", "net_amount_previous"):
        total_amount = frame[name].iloc[-1]
        frame[f"{name}_share"] = frame[name] / (total_amount if total_amount > 0 else float("nan"))
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
                dimension=labels.dimension_name(result.by, _), currency=n.currency)  # fmt: skip
    total = {str(name): value for name, value in frame.iloc[-1].items() if name in columns}
    return table(frame.iloc[:-1], columns, caption, total=total, empty=_("No sales in either period."))
