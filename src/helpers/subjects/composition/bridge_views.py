"""Views of the bridge: chart, tables and sentences on the change in net sales, with customer names."""

from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.core.amounts import total
from helpers.core.periods import year_ago
from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.waterfall import change_title, change_waterfall
from helpers.present.findings import Findings, WeighedFinding, findings, weighed
from helpers.present.name_lists import (
    display_names,
    measures,
    table_with_others,
    truncated_caption,
    with_full_sheet,
)
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.composition import words
from helpers.subjects.composition.bridge import MOVEMENTS, Bridge

PAGE = "01_customer_composition"
#: Largest number of customers in the spreadsheet of the tables.
_MOST_KEPT = 5_000


def bridge_sections(result: Bridge, n: Numbers, by_group: bool = True) -> list[Chart | Table | Findings]:
    """Return chart, findings and tables of the bridge, or a sentence if there is nothing to compare with."""
    if not has_earlier_period(result):
        return [replace(bridge_findings(result, n), needs=True)]
    tables = [behind(bridge_table(result, n))] if by_group else []
    return [bridge_chart(result, n), bridge_findings(result, n), *tables, behind(movers_table(result, n))]


def has_earlier_period(result: Bridge) -> bool:
    """Return whether the data cover the earlier period; without it all customers would look new."""
    return result.comparable or result.groups["net_amount_previous"].iloc[-1] != 0


def bridge_chart(result: Bridge, n: Numbers) -> Chart:
    """Draw bars from the earlier window's net sales to this window's, with a step for each movement."""
    _ = n.words
    total = result.groups.iloc[-1]
    steps = [name for name in MOVEMENTS if name != "unassigned" or total["unassigned_amount"] != 0]
    before, now = words.windows(result, n)
    rows = [(before, total["net_amount_previous"], "total")]
    for name in steps:
        label = words.movement(name, _)
        if name != "unassigned":
            label += " · " + n.count(total[f"{name}_customers"])
        rows.append((label, total[f"{name}_amount"], "step"))
    rows.append((now, total["net_amount"], "total"))
    return change_waterfall(rows, _bridge_title(total, n), n)


def _bridge_title(total: pd.Series, n: Numbers) -> str:
    _ = n.words
    if total["change_amount"] == 0 and total["net_amount"] == 0:
        return _("There were no sales in either period")
    parts = {_owners(name, n): float(total[f"{name}_amount"]) for name in MOVEMENTS}
    return change_title(float(total["change_amount"]), parts, n)


def _owners(movement: str, n: Numbers) -> str:
    _ = n.words
    return {
        "new": _("customers who started buying"),
        "reactivated": _("reactivated customers"),
        "growing": _("growing customers"),
        "shrinking": _("shrinking customers"),
        "lost": _("customers who stopped buying"),
        "unassigned": _("lines that name no customer"),
    }[movement]


def bridge_table(result: Bridge, n: Numbers) -> Table:
    """Return the same steps by group; every row adds up exactly."""
    _ = n.words
    frame = result.groups.assign(label=labels.group_labels(result.groups, _))
    before, now = words.windows(result, n)
    columns = {
        "label": Column(labels.dimension_heading(result.by, _)),
        "net_amount_previous": Column(before, n.count),
    }
    for name in MOVEMENTS:
        if name != "unassigned" or (frame["unassigned_amount"] != 0).any():
            columns[f"{name}_amount"] = Column(words.movement(name, _), n.signed_count)
    columns |= {"net_amount": Column(now, n.count), **measures(n, "change_amount")}
    caption = _(
        "From one period to the next by {dimension}, in {currency}",
        dimension=labels.dimension_name(result.by, _), currency=n.currency,
    )  # fmt: skip
    total = frame.iloc[-1].to_dict()
    return table_with_others(
        frame.iloc[:-1], columns, caption, n, by="net_amount", adds_up=[*columns][1:], total=total,
        empty=_("No sales in either period."),
    )  # fmt: skip


def movers_table(result: Bridge, n: Numbers, count: int = 5) -> Table:
    """List the customers with the largest changes of each movement."""
    _ = n.words
    tops = [result.top(name, count) for name in MOVEMENTS if name != "unassigned"]
    frame = pd.concat([top for top in tops if len(top)] or tops[:1], ignore_index=True)
    columns = movers_columns(result, n)
    caption = _("Who moved most: up to {count} customers of each kind, in {currency}",
                count=count, currency=n.currency)  # fmt: skip
    read = table(name_movers(frame, n), columns, caption, empty=_("No customer's sales changed."))
    every = name_movers(_by_group(result), n)
    listed = every["customer_id"].isin(frame["customer_id"])
    full_caption = truncated_caption(
        _("Customers whose sales changed, by {dimension}, in {currency}",
          dimension=labels.dimension_name(result.by, _), currency=n.currency),
        len(every), len(result.customers), n, "smaller_changes",
    )  # fmt: skip
    return replace(with_full_sheet(read, every, listed, columns, full_caption, n), rows_by=("label",))


def name_movers(customers: pd.DataFrame, n: Numbers) -> pd.DataFrame:
    """Add name, movement and group as readers see them to customers of a bridge."""
    _ = n.words
    moved = [words.movement(name, _) for name in customers["movement"]]
    return customers.assign(
        customer=display_names(customers), moved=moved, label=labels.group_labels(customers, _)
    )


def movers_columns(result: Bridge, n: Numbers) -> dict[str, Column]:
    """Return the columns of a list of customers made by `name_movers`."""
    before, now = words.windows(result, n)
    return {
        **measures(n, "customer"),
        "moved": Column(n.words("Movement")),
        "label": Column(labels.dimension_heading(result.by, n.words)),
        "net_amount_previous": Column(before, n.count),
        "net_amount": Column(now, n.count),
        **measures(n, "change_amount"),
    }


def _by_group(result: Bridge) -> pd.DataFrame:
    """Return the customers with changed sales by group, the largest change of each first."""
    order = {group: place for place, group in enumerate(result.groups["group"].dropna())}
    kept = result.customers.head(_MOST_KEPT)
    places = kept["group"].map(order).fillna(len(order))
    return kept.assign(place=places).sort_values("place", kind="stable", ignore_index=True)


def regrouped(book: Any, n: Numbers) -> list[Table]:
    """Compare last year's sales in today's grouping with those as recorded then; nothing if nobody moved."""
    if not book.can_group_then:
        return []
    now, then = (book.composition(grouping=grouping) for grouping in ("now", "then"))
    _, keys = n.words, ["kind", "group"]
    both = pd.concat([now.groups[keys], then.groups[keys]]).drop_duplicates(ignore_index=True)
    for name, result in (("net_amount_previous_then", then), ("net_amount_previous", now)):
        sold = result.groups[[*keys, "net_amount_previous"]].set_axis([*keys, name], axis=1)
        both = both.merge(sold, "left", keys).fillna({name: 0.0})
    both["change_amount"] = (both["net_amount_previous"] - both["net_amount_previous_then"]).round(4)
    if (both["change_amount"] == 0).all():
        return []
    both["label"] = labels.group_labels(both, _)
    columns = {
        "label": Column(labels.dimension_heading(now.by, _)),
        "net_amount_previous_then": Column(_("As recorded then"), n.count),
        "net_amount_previous": Column(_("In today's grouping"), n.count),
        "change_amount": Column(_("Moved"), n.signed_count),
    }
    caption = _(
        "Sales of the {months} months to {month} by {dimension}: customers moved between groups, in {currency}",
        months=now.window_months, month=n.month(year_ago(now.month)), dimension=labels.dimension_name(now.by, _),
        currency=n.currency,
    )  # fmt: skip
    amounts = [*columns][1:]
    total_row = {name: total(both[name]) for name in amounts} | {"label": _("Total")}
    return [
        behind(
            table_with_others(
                both, columns, caption, n, by="net_amount_previous", adds_up=amounts, total=total_row
            )
        )
    ]


def bridge_findings(result: Bridge, n: Numbers) -> Findings:
    """Return sentences on gains, losses and the customers with the largest changes."""
    _ = n.words
    if not has_earlier_period(result):
        before, _now = words.windows(result, n)
        return findings(
            _("There is nothing to compare with: the data do not reach back to the {period}.", period=before)
        )
    total = result.groups.iloc[-1]
    sources = _(
        "Customers who started buying ({new}) and reactivated ones ({back}) brought {gain}; those who stopped buying "
        "({lost}) took {loss}.",
        new=n.count(total["new_customers"]), back=n.count(total["reactivated_customers"]),
        gain=n.money_short(total["new_amount"] + total["reactivated_amount"]),
        lost=n.count(total["lost_customers"]), loss=n.money_short(-total["lost_amount"]),
    )  # fmt: skip
    stayed = _(
        "Among those who stayed, {up} grew by {gain} and {down} shrank by {loss}.",
        up=n.count(total["growing_customers"]), gain=n.money_short(total["growing_amount"]),
        down=n.count(total["shrinking_customers"]), loss=n.money_short(-total["shrinking_amount"]),
    )  # fmt: skip
    return findings(sources, _closed(result, n), stayed, _largest_fall(result, n), _not_comparable(result, n))


def _closed(result: Bridge, n: Numbers) -> str | None:
    """Return how many of the lost customers have closed their business."""
    shut = result.customers[(result.customers["movement"] == "lost") & result.customers["closed"]]
    if shut.empty:
        return None
    return n.words.ngettext(
        "{n} of them has closed its business, with {loss}: there is nobody to win back.",
        "{n} of them have closed their business, with {loss}: there is nobody to win back.",
        len(shut), loss=n.money_short(-shut["change_amount"].sum()),
    )  # fmt: skip


def _largest_fall(result: Bridge, n: Numbers) -> str | None:
    falls = result.customers[
        (result.customers["change_amount"] < 0) & (result.customers["net_amount_previous"] > 0)
    ]
    return None if falls.empty else _fall(falls, n)


def _fall(falls: pd.DataFrame, n: Numbers) -> str:
    worst = falls.iloc[0]
    return n.words(
        "The largest single fall is {customer}: from {before} to {now}.",
        customer=display_names(falls.head(1)).iloc[0], before=n.money_short(worst["net_amount_previous"]),
        now=n.money_short(worst["net_amount"]),
    )  # fmt: skip


def _not_comparable(result: Bridge, n: Numbers) -> str | None:
    if result.comparable:
        return None
    return n.words(
        "The data reach back over a part of the earlier period only: customers may look new who are not."
    )


def weighed_findings(result: Bridge, n: Numbers) -> list[WeighedFinding]:
    """Return front-page findings: lost customers, and the largest fall among the others."""
    if not has_earlier_period(result):
        return []
    _ = n.words
    found: list[tuple[str | None, float]] = []
    lost, fallen = result.top("lost", 1), result.top("shrinking", 1)
    if len(lost):
        total = result.groups.iloc[-1]
        sentence = _.ngettext(
            "{n} customer of the year before stopped buying, {customer}, with {loss} of net sales.",
            "{n} customers of the year before stopped buying, {customer} the largest of them, with {loss} of net sales "
            "in all.",
            int(total["lost_customers"]), loss=n.money_short(-total["lost_amount"]),
            customer=display_names(lost).iloc[0],
        )  # fmt: skip
        found.append((sentence, -total["lost_amount"]))
    if len(fallen):
        found.append((_fall(fallen, n), -fallen["change_amount"].iloc[0]))
    return weighed(PAGE, *found)
