"""Comparisons and scenarios for readers."""

from collections.abc import Mapping

import pandas as pd

from helpers.present.findings import Findings, findings
from helpers.present.name_lists import MAX_ROWS, display_names, truncated_table
from helpers.present.numbers import TEXT, Numbers
from helpers.present.table import Column, Table, table
from helpers.present.words import Words
from helpers.subjects.churn.state_views import state_label
from helpers.subjects.compare.compare import UNASSIGNED, Comparison
from helpers.subjects.compare.scenario import Scenario


def compare(result: Comparison, n: Numbers) -> list[Findings | Table]:
    """Say what two books differ in and by how much, and list the figures and the customers that the difference is."""
    return [
        compare_findings(result, n), differs_table(result, n), figures_table(result, n), movements_table(result, n),
        customers_table(result, n),
    ]  # fmt: skip


def compare_findings(result: Comparison, n: Numbers) -> Findings:
    """Return the difference in net sales and which customers make most of it."""
    _ = n.words
    difference = float(result.movements["difference_amount"].sum())
    sums = result.movements.set_index("movement")
    amounts = {
        _movement(str(kind), _): n.signed_money_short(amount)
        for kind, amount in sums["difference_amount"].items()
        if amount
    }
    listed = _.listed(
        _("{movement} {amount}", movement=kind, amount=amount) for kind, amount in amounts.items()
    )
    return findings(
        _("{this} against {other}: net sales {amount}.", this=result.this, other=result.other,
          amount=n.signed_money_short(difference)),
        _("It is made of: {parts}.", parts=listed) if listed else None,
    )  # fmt: skip


def _movement(kind: str, _: Words) -> str:
    labels: Mapping[str, str] = {
        "only_this": _("customers of the first alone"), "only_other": _("customers of the second alone"),
        "more": _("customers with more"), "less": _("customers with less"),
        "same": _("customers with the same"), "unassigned": _("sales that name no customer"),
    }  # fmt: skip
    return labels[kind]


def differs_table(result: Comparison, n: Numbers) -> Table:
    """List the differences: month, scope, data, settings."""
    _ = n.words
    named = {"month": _("Month"), "scope": _("Scope"), "data": _("Data")}
    rows = result.differs.assign(what=[named.get(what, f"[{what}]") for what in result.differs["what"]])
    columns = {"what": Column(_("What differs")), "this": Column(result.this), "other": Column(result.other)}
    return table(
        rows, columns, _("What the two differ in"), empty=_("They are of the same month, scope and settings.")
    )


def figures_table(result: Comparison, n: Numbers) -> Table:
    """List the figures of both books, each with its format."""
    _ = n.words
    counts = result.figures["figure"].isin(["customers"]) | result.figures["figure"].str.startswith("state_")
    rows = result.figures.assign(label=[_figure(str(name), _) for name in result.figures["figure"]])
    signed = [n.signed_count(value) for value in rows["difference"]]

    def write(values: pd.Series) -> list[str]:
        pairs = zip(values, counts, strict=True)
        return [(n.count if is_count else n.money)(value) for value, is_count in pairs]

    shown = rows.assign(mine=write(rows["this_value"]), theirs=write(rows["other_value"]), apart=signed)
    columns = {
        "label": Column(_("Figure")),
        "mine": Column(result.this, TEXT),
        "theirs": Column(result.other, TEXT),
        "apart": Column(_("Difference"), TEXT),
        "change": Column(_("Change"), n.signed_percent),
    }
    return table(shown, columns, _("Side by side"))


def _figure(name: str, _: Words) -> str:
    labels: Mapping[str, str] = {
        "net_amount": _("Net sales of the window"), "customers": _("Customers with net sales"),
        "margin_amount": _("Margin of the window"), "month_net_amount": _("Net sales of the month"),
        "ytd_net_amount": _("Net sales of the year to date"), "risk_amount": _("Expected loss"),
    }  # fmt: skip
    if name.startswith("state_"):
        return state_label(name.removeprefix("state_"), _)
    if name.startswith("value_"):
        years = name.removeprefix("value_")
        return _("Value, open end") if years == "open" else _("Value of {years} years", years=int(years))
    return labels[name]


def movements_table(result: Comparison, n: Numbers) -> Table:
    """Add up the difference in net sales by movement."""
    _ = n.words
    rows = result.movements.assign(label=[_movement(kind, _) for kind in result.movements["movement"]])
    columns = {
        "label": Column(_("Whose net sales")),
        "customers": Column(_("Customers"), n.count),
        "difference_amount": Column(_("Difference"), n.signed_count),
    }
    totals = {
        "label": _("Together"), "customers": int(rows["customers"].sum()),
        "difference_amount": float(rows["difference_amount"].sum()),
    }  # fmt: skip
    return table(rows, columns, _("What the difference of net sales is made of"), total=totals)


def customers_table(result: Comparison, n: Numbers) -> Table:
    """List the customers with the largest differences."""
    _ = n.words
    named = result.customers["customer_id"] != UNASSIGNED
    rows = result.customers[named & (result.customers["difference_amount"] != 0)]
    shown = rows.head(MAX_ROWS)
    shown = shown.assign(customer=display_names(shown))
    columns = {
        "customer": Column(_("Customer")),
        "this_amount": Column(result.this, n.count),
        "other_amount": Column(result.other, n.count),
        "difference_amount": Column(_("Difference"), n.signed_count),
    }
    caption = _("Customers whose net sales differ, in {currency}", currency=n.currency)
    return truncated_table(len(rows), shown, columns, caption, n, empty=_("No customer differs."))


def scenario(result: Scenario, n: Numbers) -> list[Findings | Table]:
    """Show the assumptions of the scenario, and value and targets with and without it."""
    return [scenario_findings(result, n), value_table(result, n), targets_table(result, n)]


def scenario_findings(result: Scenario, n: Numbers) -> Findings:
    """Return the changes, the assumptions, and what the intervals leave out."""
    _ = n.words
    year = result.value.iloc[0]
    if result.by_margin:
        how = _(
            "Costs of what is sold stay as they are, so a price changes the margin by more than the sales."
        )
    else:
        how = _("Value is net sales: no costs are known.")
    return findings(
        _("Prices {price}, quantities {volume}, without {lost} of net sales a year: the value of a year goes from "
          "{before} to {after}.", price=n.signed_percent(result.price), volume=n.signed_percent(result.volume),
          lost=n.money_short(result.lost_amount), before=n.money_short(year["value_amount"]),
          after=n.money_short(year["scenario_amount"])),
        how,
        _("The ranges are those of the forecasts, moved along: how sure the assumptions are is in none of them."),
        _("Of {count} customers no margin is known; the margin of all is taken.", count=n.count(result.without_rate))
        if result.without_rate else None,
        _("Of the targets, the lost customers' part is their share of last year's net sales: {share}.",
          share=n.percent(result.lost_share)) if result.lost else None,
    )  # fmt: skip


def value_table(result: Scenario, n: Numbers) -> Table:
    """List the value by horizon, expected and under the scenario, with 80% intervals."""
    _ = n.words
    rows = result.value.assign(label=[_figure(f"value_{name}", _) for name in result.value["horizon"]])
    columns = {
        "label": Column(_("Horizon")),
        "value_amount": Column(_("Expected"), n.count),
        "scenario_amount": Column(_("In the scenario"), n.count),
        "scenario_low_80": Column(_("Low (80%)"), n.count),
        "scenario_high_80": Column(_("High (80%)"), n.count),
        "change_amount": Column(_("Change"), n.signed_count),
    }
    return table(
        rows, columns, _("Value of the customers in {currency}, with the 80% range", currency=n.currency)
    )


def targets_table(result: Scenario, n: Numbers) -> Table:
    """List the targets with the forecasts, expected and under the scenario."""
    _ = n.words
    named = {"month": _("Month"), "quarter": _("Quarter"), "year": _("Year")}
    rows = result.targets.assign(label=[named.get(period, period) for period in result.targets["period"]])
    columns = {
        "label": Column(_("Period")),
        "target_amount": Column(_("Target"), n.count),
        "forecast_amount": Column(_("Expected"), n.count),
        "scenario_amount": Column(_("In the scenario"), n.count),
        "scenario_low_amount": Column(_("Low (80%)"), n.count),
        "scenario_high_amount": Column(_("High (80%)"), n.count),
        "attainment_scenario": Column(_("Attained in the scenario"), n.percent),
    }
    return table(
        rows, columns, _("Net sales against target in {currency}, with the 80% range", currency=n.currency)
    )
