"""Lifetime value by contribution for readers: what rebates and service leave of the margin expected, and of whom."""

from helpers.present.findings import Findings, findings, needs_data
from helpers.present.name_lists import display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.net_margin.views import charge_label, counted_partly, not_counted
from helpers.subjects.rebates.views import left_out
from helpers.subjects.tiers.views import tier_label
from helpers.subjects.value.contribution import ContributionValue
from helpers.subjects.value.lifetime import LifetimeValue
from helpers.subjects.value.views import MOST_ROWS, horizons, years

#: So many of the largest are compared with so many of whom most is left.
_TOP = 10


def remaining(value: LifetimeValue, result: ContributionValue | None, n: Numbers) -> list[Table | Findings]:
    """Describe what is left of the value expected, with its interval; None stands for costs that are not known."""
    _ = n.words
    if value.customers.empty:
        return []
    if not value.by_margin:
        return [needs_data(_("Value is told in net sales: margin needs order_lines.cost_amount."))]
    if result is None:
        sentence = _(
            "Value is told in gross margin: what is left of it needs the tables rebate_agreements or costs, or [costs] "
            "in the settings."
        )
        return [needs_data(sentence)]
    tables = (behind(_equity(result, value, n)), behind(_customers(result, value, n)))
    return [left_findings(value, result, n), *tables]


def left_findings(value: LifetimeValue, result: ContributionValue, n: Numbers) -> Findings:
    """Describe what is left, how it is counted, who costs more than it brings, and who is less worth than it looks."""
    _ = n.words
    row = result.equity[result.equity["horizon"] == str(result.horizon_years)].iloc[0]
    lead = _(
        "In the next {years} {value} of gross margin is expected, and {left} once rebates and service are paid; with "
        "80% probability between {low} and {high}.",
        value=n.money_short(row["value_amount"]), years=years(value, n), left=n.money_short(row["left_amount"]),
        low=n.money_short(row["low_80"]), high=n.money_short(row["high_80"]),
    )  # fmt: skip
    counted = _(
        "Taken off in proportion to each customer's sales, as in the last {months} months: {names}.",
        months=n.count(result.window_months),
        names=_.listed(charge_label(name, _) for name in result.counted),
    )
    below = result.customers[result.customers["left_amount"] < 0]
    costs = _.ngettext(
        "{n} customer is expected to cost {amount} more than it brings.",
        "{n} customers are expected to cost {amount} more than they bring.",
        len(below), amount=n.money_short(-below["left_amount"].sum()),
    ) if len(below) else None  # fmt: skip
    partly = [counted_partly(*each, n) for each in result.partly]
    without = (*partly, not_counted(result.counted, _), left_out(result.shared, _))
    return findings(lead, counted, *without, costs, _fallen(result, n))


def _fallen(result: ContributionValue, n: Numbers) -> str | None:
    """Name who is among the largest by margin, and not by what is left."""
    rows = result.customers
    if len(rows) < 2 * _TOP:
        return None
    fallen = rows[(rows["value_rank"] <= _TOP) & (rows["left_rank"] > _TOP)].sort_values("value_rank")
    _ = n.words
    return _(
        "Among the ten most valuable by margin, but not by what is left: {names}.",
        names=_.listed(display_names(fallen)),
    ) if len(fallen) else None  # fmt: skip


def _equity(result: ContributionValue, value: LifetimeValue, n: Numbers) -> Table:
    _ = n.words
    columns = {
        "label": Column(_("Horizon")),
        "value_amount": Column(_("Gross margin"), n.count),
        "charged_amount": Column(_("Rebates and service"), n.count),
        "left_amount": Column(_("Contribution"), n.count, bar=True),
        **measures(n, "low_95", "low_80", "high_80", "high_95"),
    }
    caption = _(
        "Customer equity by contribution, discounted, with intervals, in {currency}", currency=n.currency
    )
    return table(result.equity.assign(label=horizons(value, n)), columns, caption)


def _customers(result: ContributionValue, value: LifetimeValue, n: Numbers) -> Table:
    _ = n.words
    shown = result.customers.head(MOST_ROWS)
    columns = {
        **measures(n, "customer", "tier"),
        "value_amount": Column(_("Gross margin"), n.count),
        "charged_amount": Column(_("Rebates and service"), n.count),
        "left_amount": Column(_("Contribution"), n.count, bar=True),
        **measures(n, "low_80", "high_80"),
        "value_rank": Column(_("Rank by margin"), n.count),
        "left_rank": Column(_("Rank by contribution"), n.count),
    }
    caption = _(
        "Customers by contribution expected in the next {years}, in {currency}",
        years=years(value, n), currency=n.currency,
    )  # fmt: skip
    named = shown.assign(tier=[tier_label(tier, _) for tier in shown["tier"]])
    return truncated_table(len(result.customers), named, columns, caption, n)
