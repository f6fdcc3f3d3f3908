"""Views of ABC tiers: the main customers of each class, customers near a cut-off, without a tier."""

from collections.abc import Sequence

import pandas as pd

from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.curves import Band, pareto
from helpers.present.findings import Findings, findings
from helpers.present.labels import money_heading, money_name
from helpers.present.name_lists import MAX_ROWS, largest, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.words import Words
from helpers.subjects.tiers.ranking import TIERS
from helpers.subjects.tiers.tiers import Tiers

RANKED = TIERS[:-1]
#: Largest number of rows; the caption counts the others.
MOST_ROWS = 200


def tier_label(tier: str, _: Words) -> str:
    """Return the label of a tier."""
    return _("None") if tier == "none" else tier


def period(result: Tiers, n: Numbers) -> str:
    """Return the window, within a caption."""
    return n.words("{months} months to {month}", months=result.window_months, month=n.month(result.month))


def group_column(result: Tiers, n: Numbers) -> dict[str, Column]:
    """Return the column ``label`` of the class; none if all customers are ranked together."""
    return {} if result.by is None else {"label": Column(labels.dimension_heading(result.by, n.words))}


def pareto_chart(result: Tiers, n: Numbers, marked: str | None = None) -> Chart | Findings:
    """Draw the cumulative share over the customers of one ranking (``by`` None), with tiers as bands.

    The band of a ``marked`` tier is highlighted and named in the title.
    """
    _ = n.words
    ranked = result.customers.dropna(subset="rank").sort_values("rank")
    if ranked.empty:
        return findings(_nobody(result, n))
    total = _wide_summary(result).iloc[-1]
    bands, first = [], 1
    for tier in RANKED:
        count = int(total[f"{tier}_customers"])
        if count:
            text = _.ngettext(
                "{n} customer, {share}",
                "{n} customers, {share}", count, share=n.percent(total[f"{tier}_share"]),
            )  # fmt: skip
            bands.append(Band(tier, first, first + count - 1, text))
        first += count
    leader = marked if marked in RANKED else "A"
    leaders = int(total[f"{leader}_customers"])
    title = _.ngettext(
        "{n} of {all} customers ({part}) brings {share} of {measure}",
        "{n} of {all} customers ({part}) bring {share} of {measure}",
        leaders, all=n.count(len(ranked)), part=n.percent(leaders / len(ranked)),
        share=n.percent(total[f"{leader}_share"]), measure=money_name(result.by_margin, _),
    )  # fmt: skip
    return pareto(
        ranked["cumulative_share"].reset_index(drop=True), bands, title=title,
        alt=_.pairs((band.name for band in bands), (band.text for band in bands)),
        fmt_share=n.percent.to(0), fmt_count=n.count, count_label=_("Customers, largest first"),
        share_label=_("Cumulative share of {measure}", measure=money_name(result.by_margin, _)), marked=marked,
    )  # fmt: skip


def _nobody(result: Tiers, n: Numbers) -> str:
    return n.words("No customer has {measure} to rank in the {period}.",
                   measure=money_name(result.by_margin, n.words), period=period(result, n))  # fmt: skip


def summary_table(result: Tiers, n: Numbers) -> Table:
    """List customers, money and share of each tier, for every class and the whole."""
    _ = n.words
    frame = _wide_summary(result)
    frame["label"] = labels.group_labels(frame, _)
    if result.by is None:
        frame["label"] = _("All together")
    columns = {"label": Column(_("Ranked") if result.by is None else labels.dimension_heading(result.by, _))}
    money = _("margin") if result.by_margin else _("sales")
    for tier in RANKED:
        columns |= {
            f"{tier}_customers": Column(tier, n.count),
            f"{tier}_amount": Column(f"{tier} {money}", n.count),
            f"{tier}_share": Column(_("{tier} share", tier=tier), n.percent),
        }
    if frame["none_customers"].any():
        columns["none_customers"] = Column(_("None"), n.count)
    caption = _(
        "Customers, {measure} and share of each tier, {period}, in {currency}",
        measure=money_name(result.by_margin, _), period=period(result, n), currency=n.currency,
    )  # fmt: skip
    totals = {str(name): value for name, value in frame.iloc[-1].items() if not pd.isna(value)}
    total = None if result.by is None else totals
    return table(frame.iloc[:-1], columns, caption, total=total, empty=_("Nobody bought in this period."))


def _wide_summary(result: Tiers) -> pd.DataFrame:
    """Return one row a class with its tiers as columns; the whole last."""
    summary = result.summary.reset_index(drop=True)
    place = summary.index // len(TIERS)
    wide = summary[["kind", "group"]].groupby(place).first().reindex(range(len(summary) // len(TIERS)))
    wide["group"] = summary["group"].to_numpy()[:: len(TIERS)]
    for tier in TIERS:
        rows = summary[summary["tier"] == tier]
        for column in ("customers", "amount", "share"):
            wide[f"{tier}_{column}"] = rows[column].to_numpy()
    return wide


def list_table(
    result: Tiers,
    n: Numbers,
    overall: Tiers | None = None,
    most: int = MOST_ROWS,
    listed_tiers: Sequence[str] = ("A", "B"),
) -> Table:
    """List the customers of some tiers by class and rank, with their months in the tier if known.

    Parameters
    ----------
    overall
        The ranking of all classes together: adds the tier that each customer has there.
    most
        So many rows at most, those with the largest amounts; the caption says how many more there are.
    listed_tiers
        Of `RANKED`, which to list.
    """
    _ = n.words
    listed = result.customers[result.customers["tier"].isin(list(listed_tiers))]
    shown = listed.loc[sorted(listed["amount"].nlargest(most).index)]
    frame = shown.assign(label=labels.group_labels(shown, _))
    branches = {"branches": Column(_("Accounts"), n.count)} if "branches" in frame else {}
    columns = {
        **measures(n, "customer"),
        **branches,
        **group_column(result, n),
        "rank": Column(_("Rank"), n.count),
        "amount": Column(money_heading(result.by_margin, _), n.count, bar=True),
        "share": Column(_("Of class") if result.by else _("Share"), n.percent),
        **measures(n, "cumulative_share", "tier"),
    }
    if overall is not None:
        tiers_overall = overall.customers.set_index("customer_id")["tier"]
        frame["overall"] = [
            tier_label(tier, _) for tier in frame["customer_id"].map(tiers_overall).fillna("none")
        ]
        columns["overall"] = Column(_("Overall"))
    caption = _(
        "{tiers} customers by {measure} of the {period}, in {currency}", tiers=_.listed(listed_tiers),
        measure=money_name(result.by_margin, _), period=period(result, n), currency=n.currency,
    )  # fmt: skip
    if result.history_months > 2:  # of a ranking without a past nothing is known but the month before
        columns["months_in_tier"] = Column(
            _("Months"), n.count.written(lambda months: _months(months, result, n))
        )
        caption = _("{caption}, with months in the tier", caption=caption)
    return truncated_table(len(listed), frame, columns, caption, n, cut="smaller_apart", by="amount",
                    empty=_nobody(result, n))  # fmt: skip


def _months(months: float, result: Tiers, n: Numbers) -> str:
    """Return the number of months; at the length of the history it is a minimum."""
    return n.count(months) + ("+" if months >= result.history_months else "")


def near_table(result: Tiers, n: Numbers) -> Table:
    """List the largest customers near a cut-off."""
    _ = n.words
    near = result.customers[result.customers["near"]]
    shown = near.loc[near["amount"].nlargest(MAX_ROWS).index]
    frame = shown.assign(
        label=labels.group_labels(shown, _),
        stands=[
            _side(tier, points, n) for tier, points in zip(shown["tier"], shown["line_points"], strict=True)
        ],
    )
    columns = {
        **measures(n, "customer"),
        **group_column(result, n),
        "amount": Column(money_heading(result.by_margin, _), n.count, bar=True),
        "stands": Column(_("Stands")),
        "line_points": Column(_("From the line"), n.in_points),
        "line_amount": Column(_("Lead or gap in money"), n.signed_count),
    }
    caption = _("Customers near a line between two tiers, in {currency}", currency=n.currency)
    return truncated_table(len(near), frame, columns, caption, n, cut="smaller_apart",
                    empty=_("Nobody stands near a line."))  # fmt: skip


def _side(tier: str, points: float, n: Numbers) -> str:
    _ = n.words
    if points > 0:
        return _("just inside {tier}", tier=tier)
    return _("just short of {tier}", tier=TIERS[TIERS.index(tier) - 1])


def without_tier(result: Tiers, n: Numbers) -> Table:
    """List the customers without a rank: nothing or less in the window."""
    _ = n.words
    every = result.customers[result.customers["tier"] == "none"]
    apart = largest(every, every["previous_amount"], MOST_ROWS)
    frame = apart.assign(
        label=labels.group_labels(apart, _), before=[tier_label(tier, _) for tier in apart["previous_tier"]]
    )
    columns = {
        **measures(n, "customer"),
        **group_column(result, n),
        "amount": Column(money_heading(result.by_margin, _), n.count),
        "previous_amount": Column(_("A month earlier"), n.count),
        "before": Column(_("Tier a month earlier")),
    }
    caption = _(
        "Customers without a tier: {measure} of nothing or less in the {period}, in {currency}",
        measure=money_name(result.by_margin, _), period=period(result, n), currency=n.currency,
    )  # fmt: skip
    empty = _("Every customer with sales in this or the last window has a tier.")
    return truncated_table(len(every), frame, columns, caption, n, empty=empty, sortable=False)


def tier_findings(result: Tiers, overall: Tiers, n: Numbers) -> Findings:
    """Return the main sentences on the tiers."""
    _ = n.words
    if not (result.customers["tier"] != "none").any():
        return findings(_nobody(result, n))
    overall_row, wide = _wide_summary(overall).iloc[-1], _wide_summary(result)
    total = wide.iloc[-1]
    customers = sum(int(total[f"{tier}_customers"]) for tier in RANKED)
    lead = _.ngettext(
        "{n} of {all} customers is A in its class and brings {amount}, {share} of {measure}; "
        "the {tail} C customers together bring {tail_share}.",
        "{n} of {all} customers are A in their class and bring {amount}, {share} of {measure}; "
        "the {tail} C customers together bring {tail_share}.",
        int(total["A_customers"]), all=n.count(customers), amount=n.money_short(total["A_amount"]),
        share=n.percent(total["A_share"]), measure=money_name(result.by_margin, _), tail=n.count(total["C_customers"]),
        tail_share=n.percent(total["C_share"]),
    )  # fmt: skip
    together = _.ngettext(
        "Ranked all together, {n} customer is A: {share} of {measure}.",
        "Ranked all together, {n} customers are A: {share} of {measure}.",
        int(overall_row["A_customers"]), share=n.percent(overall_row["A_share"]),
        measure=money_name(result.by_margin, _),
    )  # fmt: skip
    return findings(lead, together, _narrowest(wide.iloc[:-1], n), _near(result, n), _unnamed(result, n))


def _unnamed(result: Tiers, n: Numbers) -> str | None:
    """Say that shares here are of the sales of named customers, and not of all sales as on other pages."""
    if not (amount := result.unnamed_amount):
        return None
    return n.words(
        "{amount} of net sales name no customer: the shares on this page are of what named customers brought.",
        amount=n.money_short(amount),
    )


def _narrowest(classes: pd.DataFrame, n: Numbers) -> str | None:
    """Return the class with the smallest share of customers in its top tier."""
    ranked = classes[[f"{tier}_customers" for tier in RANKED]].sum(axis=1)
    large = classes[ranked >= 5]
    if len(large) < 2:
        return None
    parts = (large["A_customers"] / ranked[large.index]).to_numpy()
    place = int(parts.argmin())
    row, count = large.iloc[place], int(ranked[large.index].iloc[place])
    label = labels.group_labels(large.iloc[[place]], n.words).iloc[0]
    return n.words.ngettext(
        "The narrowest base: {group}, where {n} of {all} customers brings {share}.",
        "The narrowest base: {group}, where {n} of {all} customers bring {share}.",
        int(row["A_customers"]), group=label, all=n.count(count), share=n.percent(row["A_share"]),
    )  # fmt: skip


def _near(result: Tiers, n: Numbers) -> str | None:
    near = result.customers[result.customers["near"]]
    if near.empty:
        return None
    first = near[(near["tier"] == "A") | ((near["tier"] == "B") & (near["line_points"] <= 0))]
    return n.words.ngettext(
        "{n} customer stands near a line, {first} of them at the line between A and B.",
        "{n} customers stand near a line, {first} of them at the line between A and B.",
        len(near), first=n.count(len(first)),
    )  # fmt: skip
