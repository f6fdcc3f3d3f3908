"""The explorer of lifetime value: dearer money, another horizon, more customers who stay, any part of the customers."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings
from helpers.present.name_lists import display_names, measures
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.widgets import Displayable, dropdown, slider
from helpers.subjects import choices
from helpers.subjects.card.customer_explorer import CustomerExplorer
from helpers.subjects.tiers.ranking import TIERS
from helpers.subjects.tiers.views import tier_label
from helpers.subjects.value import views as show
from helpers.subjects.value.lifetime import LifetimeValue, what_if

#: How many customers are drawn.
_DRAWN = 10
_YEARS = (1, 2, 3, 4, 5, 10, 30)


def value(book: Any) -> CustomerExplorer:
    """Set discount rate, horizon and retention; choose a class or a tier; see what that does to whom.

    Examples
    --------
    >>> explorer = value(book)  # as the last line of a cell: `value(book)`
    >>> [*explorer.controls]
    ['rate', 'years', 'points', 'tier', 'trade_class', 'region', 'card', 'lines']
    """
    n, _ = book.numbers, book.numbers.words
    result = book.lifetime()
    filters = [book.main_dimension, "region"]

    @lru_cache
    def assumed(
        rate: int, years: int, points: int, tier: str, only: choices.Filters
    ) -> tuple[LifetimeValue, pd.DataFrame]:
        kept = result.customers
        for column, chosen in (*only, *([("tier", tier)] if tier else [])):
            kept = kept[kept[column] == chosen]
        part = replace(result, customers=kept)
        return part, what_if(part, rate / 100, years, points)

    def bars(rate: int, years: int, points: int, tier: str, **only: str) -> Displayable:
        return value_bars(*assumed(rate, years, points, tier, choices.active_filters(only)), n)

    def by_tier(rate: int, years: int, points: int, tier: str, **only: str) -> Displayable:
        return tier_table(*assumed(rate, years, points, tier, choices.active_filters(only)), n)

    controls = {
        "rate": slider(_("Discount rate, % a year"), 0, 30, round(100 * result.discount_rate_year)),
        "years": dropdown(_("Horizon in years"), _YEARS, result.horizon_years),
        "points": slider(_("Retention up by points"), 0, 20, 0),
        "tier": choices.tier(n),
        **choices.dimension_controls(result.customers, filters, n),
    }
    return CustomerExplorer(book, "value", controls, [bars, by_tier])


def value_bars(result: LifetimeValue, values: pd.DataFrame, n: Numbers) -> Chart | Findings:
    """Draw the customers with the largest value under the assumptions; the title gives the total of all."""
    _ = n.words
    if values.empty:
        return show.equity_findings(result, n)
    top = values.nlargest(_DRAWN, "value_amount")
    title = _.ngettext(
        "{n} customer: {value}, {change} against the report",
        "{n} customers together: {value}, {change} against the report",
        len(values), value=n.money_short(values["value_amount"].sum()),
        change=n.signed_money_short(values["change_amount"].sum()),
    )  # fmt: skip
    frame = top.assign(
        label=display_names(top), note=[n.signed_money_short(each) for each in top["change_amount"]]
    )
    alt = _.pairs(frame["label"], map(n.money_short, frame["value_amount"]))
    return share_bars(frame, title=title, alt=alt, fmt=n.money_short, value="value_amount", note="note")


def tier_table(result: LifetimeValue, values: pd.DataFrame, n: Numbers) -> Table:
    """Add up the values under the assumptions by tier."""
    _ = n.words
    rows = values.assign(tier=pd.Categorical(result.customers["tier"], TIERS))
    sums = rows.groupby("tier", observed=True).agg(
        customers=("customer_id", "size"),
        value_amount=("value_amount", "sum"),
        change_amount=("change_amount", "sum"),
    )
    frame = sums.reset_index(drop=True)
    frame.insert(0, "tier", [tier_label(str(name), _) for name in sums.index])
    columns = {
        **measures(n, "tier", "customers"),
        "value_amount": Column(_("Value"), n.count, bar=True),
        "change_amount": Column(_("Against the report"), n.signed_count),
    }
    total = {"tier": _("Total"), **{str(name): amount for name, amount in sums.sum().items()}}
    caption = _("Value expected under these assumptions, by tier, in {currency}", currency=n.currency)
    return table(frame, columns, caption, total=total, empty=_("There are no customers here."))
