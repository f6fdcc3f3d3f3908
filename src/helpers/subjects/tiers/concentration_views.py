"""Views of concentration and dependence on the largest customers."""

import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.periods import year_ago
from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.curves import lorenz
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import display_names, measures
from helpers.present.numbers import TEXT, Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.tiers.concentration import (
    TOP_COUNTS,
    TOP_PERCENTS,
    Concentration,
    Dependence,
    GroupShares,
)


def concentration(result: Concentration, n: Numbers) -> list[Chart | Table | Findings]:
    """Return history and findings; a sentence without net sales."""
    if not result.measures["customers"]:
        return [findings(n.words("No customer has net sales above zero: there is nothing to concentrate."))]
    return [concentration_chart(result, n), concentration_findings(result, n)]


def concentration_measures(result: Concentration, n: Numbers) -> list[Chart | Table]:
    """Return the statistical measures; nothing without net sales."""
    return [lorenz_chart(result, n), concentration_table(result, n)] if result.measures["customers"] else []


def both_ways(result: GroupShares | None, n: Numbers) -> list[Table | Findings]:
    """Return concentration by account and by group, with the largest groups; nothing without groups."""
    if result is None:
        return []
    _ = n.words
    if result.circle:
        return [findings(_("Groups cannot be summed. {why}", why=result.circle))]
    one, ten = "top_1_share", "top_10_share"
    account, group = result.by_account, result.by_group
    if not account["customers"]:
        return []
    same = all(n.percent(group[share]) == n.percent(account[share]) for share in (one, ten))
    sentence = _("Counted by group instead of by account the shares are the same.") if same else _(
        "Counted by group, the largest customer brings {group} of net sales and the ten largest {groups}; counted by "
        "account {account} and {accounts}.",
        group=n.percent(group[one]), groups=n.percent(group[ten]), account=n.percent(account[one]),
        accounts=n.percent(account[ten]),
    )  # fmt: skip
    frame = result.groups.assign(label=display_names(result.groups, "group_id"))
    columns = {
        "label": Column(_("Group of customers")),
        "accounts": Column(_("Accounts"), n.count),
        **measures(n, "net_amount"),
        "share": Column(_("Share"), n.percent),
    }
    caption = _(
        "The largest groups: {months} months to {month}, in {currency}",
        months=result.window_months, month=n.month(result.month), currency=n.currency,
    )  # fmt: skip
    return [findings(sentence), behind(table(frame, columns, caption))]


def lorenz_chart(result: Concentration, n: Numbers) -> Chart:
    """Draw the Lorenz curve of net sales, against equality."""
    _ = n.words
    curve = result.lorenz
    smaller = float(np.interp(0.5, curve["customers_share"], curve["net_amount_share"]))
    title = _(
        "The smaller half of the customers bring {share} of net sales (Gini coefficient {gini})",
        share=n.percent(smaller), gini=n.decimal(result.measures["gini"], 2),
    )  # fmt: skip
    return lorenz(
        curve, title=title, alt=title, fmt_share=n.percent.to(0), even_label=_("if all brought the same"),
        customers_label=_("Share of customers, smallest first"),
        share_label=_("Cumulative share of net sales"),
    )  # fmt: skip


def concentration_chart(result: Concentration, n: Numbers) -> Chart | Findings:
    """Draw the share of the largest customers at each month end."""
    _ = n.words
    history = result.history
    if len(history) < 2:
        return findings(_("There are too few months to show how the concentration has developed."))
    title = _(
        "The ten largest customers bring {now} of net sales, {change} since {month}",
        now=n.percent(result.measures["top_10_share"]),
        change=n.in_points(100 * (history["top_10_share"].iloc[-1] - history["top_10_share"].iloc[0])),
        month=n.month(history["month"].iloc[0].to_period("M")),
    )  # fmt: skip
    series = [
        ("top_10_share", _("Ten largest")),
        ("top_5_share", _("Five largest")),
        ("top_1_share", _("Largest")),
    ]
    alt = n.words.clauses(
        _("{name}: {before}, now {now}", name=name, before=n.percent(history[column].iloc[0]),
          now=n.percent(history[column].iloc[-1]))
        for column, name in series
    )  # fmt: skip
    return trend(history, series, title=title, alt=alt, fmt=n.percent, fmt_month=n.month_short)


def concentration_table(result: Concentration, n: Numbers) -> Table:
    """List every measure now, a year ago and at the start of the history."""
    _ = n.words
    by_month = result.history.set_index("month")
    columns = {"label": Column(_("Measure"))}
    cells = {"label": [name for name, _text in _measures(result.measures, n)]}
    a_year = months_a_year(result.month)
    for back in (0, a_year, 2 * a_year):
        month = (result.month - back).to_timestamp()
        if back and month not in by_month.index:
            continue
        values = result.measures if back == 0 else by_month.loc[[month]].iloc[0]
        cells[f"back_{back}"] = [text for _name, text in _measures(values, n)]
        columns[f"back_{back}"] = Column(n.month_short(result.month - back), TEXT)
    caption = _(
        "How concentrated net sales are: the {months} months to each month", months=result.window_months
    )
    return table(pd.DataFrame(cells), columns, caption)


def _measures(values: pd.Series, n: Numbers) -> list[tuple[str, str]]:
    """Return labels and formats; the number of customers in the largest percent is in brackets."""
    _ = n.words
    customers = int(values["customers"])
    rows = [(_("Customers with net sales"), n.count(customers))]
    for count in TOP_COUNTS:
        name = _.ngettext("Share of the largest customer", "Share of the {n} largest customers", count)
        rows.append((name, n.percent(values[f"top_{count}_share"])))
    for percent in TOP_PERCENTS:
        name = _("Share of the largest {percent} % of customers (so many)", percent=percent)
        share = n.percent(values[f"top_{percent}_percent_share"])
        rows.append(
            (name, _("{share} ({count})", share=share, count=n.count(-(-customers * percent // 100))))
        )
    rows.append((_("Gini coefficient (0: all alike; near 1: one has all)"), n.decimal(values["gini"], 3)))
    rows.append((_("Herfindahl-Hirschman index"), n.decimal(values["hhi"], 4)))
    rows.append(
        (_("As concentrated as so many customers alike"), n.decimal(values["effective_customers"], 1))
    )
    return rows


def concentration_findings(result: Concentration, n: Numbers) -> Findings:
    """Return how concentrated sales are, and the trend."""
    _ = n.words
    now = result.measures
    lead = _.ngettext(
        "The largest customer brings {one} of net sales and the ten largest {ten}; "
        "sales are as concentrated as if {n} customer brought the same.",
        "The largest customer brings {one} of net sales and the ten largest {ten}; "
        "sales are as concentrated as if {n} customers brought the same each.",
        round(now["effective_customers"]), one=n.percent(now["top_1_share"]),
        ten=n.percent(now["top_10_share"]),
    )  # fmt: skip
    return findings(lead, _since_last_year(result, n))


def _since_last_year(result: Concentration, n: Numbers) -> str | None:
    _ = n.words
    before = result.history[result.history["month"] == year_ago(result.month).to_timestamp()]
    if before.empty or pd.isna(before["top_10_share"].iloc[0]):
        return None
    ten = before["top_10_share"].iloc[0]
    change = result.measures["top_10_share"] - ten
    if abs(change) < 0.0005:
        return _("A year ago the ten largest brought the same share.")
    if change > 0:
        return _(
            "The ten largest weigh more than a year ago, when they brought {before}.", before=n.percent(ten)
        )
    return _("The ten largest weigh less than a year ago, when they brought {before}.", before=n.percent(ten))


def dependence_table(result: Dependence, n: Numbers) -> Table:
    """List what losing the largest, or the three largest, customers of each class would cost."""
    _ = n.words
    frame = result.groups
    frame = frame.assign(
        label=labels.group_labels(frame, _).where(frame["kind"] != "total", _("All together")),
        lost=frame["names"].map(" · ".join),
    )
    columns = {
        "label": Column(labels.dimension_heading(result.by, _)),
        "lost": Column(_("Without")),
        **measures(n, "net_amount"),
        "share": Column(_("Of class"), n.percent),
        "total_share": Column(_("Of all"), n.percent),
        "margin_amount": Column(_("Margin"), n.count, if_known=True),
        "margin_share": Column(_("Of margin"), n.percent, if_known=True),
        "customers_to_replace": Column(_("To replace"), n.decimal),
    }
    caption = _(
        "What hangs on the largest customer, and on the three largest: {months} months to {month}, "
        "in {currency}",
        months=result.window_months, month=n.month(result.month), currency=n.currency,
    )  # fmt: skip
    return table(frame, columns, caption, empty=_("Nobody bought in this period."))


def dependence_findings(result: Dependence, n: Numbers) -> Findings:
    """Return the largest dependence, overall and within a class."""
    _ = n.words
    groups = result.groups
    if groups.empty:
        return findings(_("Nobody bought in this period."))
    single = groups[groups["top"] == 1]
    total_row, classes = single[single["kind"] == "total"].iloc[0], single[single["kind"] != "total"]
    first = _(
        "Without {customer}, {amount} of net sales would be gone, {share} of all.",
        customer=total_row["names"][0], amount=n.money_short(total_row["net_amount"]),
        share=n.percent(total_row["total_share"]),
    )  # fmt: skip
    large = classes[classes["customers"] >= 5]
    if large.empty:
        return findings(first)
    worst = large.iloc[[int(large["share"].to_numpy().argmax())]]
    second = _(
        "Most dependent on one customer: {group}, where {customer} brings {share}; "
        "it would take {count} of the class's other customers, on average, to replace it.",
        group=labels.group_labels(worst, _).iloc[0], customer=worst["names"].iloc[0][0],
        share=n.percent(worst["share"].iloc[0]), count=n.decimal(worst["customers_to_replace"].iloc[0], 1),
    )  # fmt: skip
    three = groups[(groups["top"] == 3) & (groups["kind"] != "total") & (groups["customers"] >= 5)]
    most = three.iloc[[int(three["share"].to_numpy().argmax())]]
    third = _(
        "Most dependent on three: {group}, where they bring {share}.",
        group=labels.group_labels(most, _).iloc[0], share=n.percent(most["share"].iloc[0]),
    )  # fmt: skip
    return findings(first, second, third)
