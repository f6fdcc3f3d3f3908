"""Views of ABC tiers by sales against tiers by margin and by contribution."""

from collections.abc import Callable

import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.lookup import largest_first, look_up
from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.heat import heat_map
from helpers.present.findings import Findings, findings, needs_data
from helpers.present.name_lists import display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind
from helpers.subjects.net_margin.net_margin import NetMargin
from helpers.subjects.tiers.ranking import TIERS
from helpers.subjects.tiers.tiers import Tiers, tiers_by, two_way
from helpers.subjects.tiers.views import group_column, summary_table, tier_label

MOST_ROWS = 200


def margin_tiers(by_sales: Tiers, by_margin: Tiers | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return tiers by margin and differences from tiers by sales; a sentence if no cost is known."""
    if by_margin is None and by_sales.customers.empty:
        return [findings(n.words("Nobody bought in this period."))]
    if by_margin is None:
        text = n.words("Tiers by margin need the column {column}, which the data do not supply.",
                       column="order_lines.cost_amount")  # fmt: skip
        return [needs_data(text)]
    _, crossed = n.words, _crossed(by_sales, by_margin.customers)

    def says(first: str, second: str) -> str:
        return _("{first} by sales, {second} by margin", first=first, second=second)

    caption = _(
        "Customers whose tier by margin differs from that by sales, in {currency}", currency=n.currency
    )
    columns = {"second_amount": Column(_("Margin"), n.count), **measures(n, "margin_percent")}
    return [
        two_way_chart(crossed, n),
        _two_way_findings(crossed, n),
        behind(differences_table(crossed, by_sales, says, columns, caption, n)),
        behind(summary_table(by_margin, n)),
    ]


def contribution_tiers(by_sales: Tiers, margin: NetMargin | None, n: Numbers) -> list[Table | Findings]:
    """Return differences of tiers by contribution; nothing if only cost of goods is known.

    ``by_sales``: of the window of ``margin``.
    """
    if margin is None or not margin.counted:
        return []
    _ = n.words
    left = margin.customers.dropna(subset="customer_id").set_index("customer_id")["contribution_amount"]
    crossed = _crossed(by_sales, tiers_by(by_sales, left))

    def says(first: str, second: str) -> str:
        return _("{first} by sales, {second} by contribution", first=first, second=second)

    caption = _(
        "Customers whose tier by contribution differs from that by sales, in {currency}", currency=n.currency
    )
    columns = {"second_amount": Column(_("Contribution"), n.count)}
    falls = crossed[(crossed["first_tier"] == "A") & (crossed["lower"] > 0)]
    rises = crossed[(crossed["second_tier"] == "A") & (crossed["lower"] < 0)]
    sentences = [
        _.ngettext(
            "{n} A customer by sales is not A by contribution: {amount} of net sales, of which {left} is left.",
            "{n} A customers by sales are not A by contribution: {amount} of net sales, of which {left} is left.",
            len(falls), **_sums(falls, n),
        ) if len(falls) else None,
        _.ngettext(
            "{n} customer is A by contribution but not by sales: {amount} of net sales, of which {left} is left.",
            "{n} customers are A by contribution but not by sales: {amount} of net sales, of which {left} is left.",
            len(rises), **_sums(rises, n),
        ) if len(rises) else None,
    ]  # fmt: skip
    return [findings(*sentences), differences_table(crossed, by_sales, says, columns, caption, n)]


def _sums(rows: pd.DataFrame, n: Numbers) -> dict[str, str]:
    return {
        "amount": n.money_short(total(rows["first_amount"])),
        "left": n.money_short(total(rows["second_amount"])),
    }


def _crossed(by_sales: Tiers, by_other: pd.DataFrame) -> pd.DataFrame:
    """Return customers with a tier by sales, and how many tiers lower (> 0) they are by the other measure."""
    pair = two_way(by_sales, by_other)
    pair = pair[pair["first_tier"] != "none"].reset_index(drop=True)
    first, second = (pd.Categorical(pair[name], TIERS).codes for name in ("first_tier", "second_tier"))
    classes = by_sales.customers.set_index("customer_id")
    return pair.assign(
        kind=look_up(pair["customer_id"], classes["kind"]),
        group=look_up(pair["customer_id"], classes["group"]),
        lower=second.astype("int64") - first,
        margin_percent=100 * pair["second_amount"] / pair["first_amount"],
    )


def two_way_chart(crossed: pd.DataFrame, n: Numbers) -> Chart:
    """Draw tiers by sales (rows) against tiers by margin (columns)."""
    _ = n.words
    counts = pd.crosstab(
        pd.Categorical(crossed["first_tier"], TIERS[:-1]), pd.Categorical(crossed["second_tier"], TIERS),
        dropna=False
    ).reindex(index=list(TIERS[:-1]), columns=list(TIERS), fill_value=0)  # fmt: skip
    if not counts["none"].any():
        counts = counts.drop(columns="none")
    low, high = int((crossed["lower"] > 0).sum()), int((crossed["lower"] < 0).sum())
    alt = n.words.clauses(
        _("{first} by sales and {second} by margin: {count}",
          count=n.count(float(counts.to_numpy()[row, column])), first=first, second=tier_label(second, _))
        for row, first in enumerate(counts.index) for column, second in enumerate(counts.columns)
        if first != second and counts.to_numpy()[row, column]
    )  # fmt: skip
    counts.index = pd.Index([_("{tier} by sales", tier=tier) for tier in counts.index])
    counts.columns = pd.Index([_("{tier} by margin", tier=tier_label(tier, _)) for tier in counts.columns])
    return heat_map(
        counts.astype("float64"),
        title=_("Tier by margin against tier by sales: {low} lower, {high} higher",
                low=n.count(low), high=n.count(high)),
        alt=alt or _("Every customer has the same tier by both."),
        fmt=n.count,
        outline_diagonal=True,
    )  # fmt: skip


def differences_table(
    crossed: pd.DataFrame,
    by_sales: Tiers,
    says: Callable[[str, str], str],
    others: dict[str, Column],
    caption: str,
    n: Numbers,
) -> Table:
    """List customers off the diagonal, those with a lower tier by the other measure first.

    ``says`` returns the two tiers as text.
    """
    _ = n.words
    off = crossed[crossed["lower"] != 0]
    shown = off.loc[off["first_amount"].nlargest(MOST_ROWS).index]
    shown = largest_first(shown, "lower", "first_amount")
    frame = shown.assign(
        label=labels.group_labels(shown, _),
        says=[
            says(first, tier_label(second, _))
            for first, second in zip(shown["first_tier"], shown["second_tier"], strict=True)
        ],
    )
    columns = {
        **measures(n, "customer"),
        "says": Column(_("Tier")),
        **group_column(by_sales, n),
        "first_amount": Column(_("Net sales"), n.count, bar=True),
        **others,
    }
    empty = _("Every customer has the same tier by both.")
    return truncated_table(
        len(off), frame, columns, caption, n, cut="smaller_apart", by="first_amount", empty=empty
    )


def _two_way_findings(crossed: pd.DataFrame, n: Numbers) -> Findings:
    _ = n.words
    low = crossed[(crossed["first_tier"] == "A") & (crossed["lower"] > 0)]
    high = crossed[(crossed["second_tier"] == "A") & (crossed["lower"] < 0)]
    return findings(_extreme(low, n, falls=True), _extreme(high, n, falls=False), _losing(crossed, n))


def _extreme(rows: pd.DataFrame, n: Numbers, falls: bool) -> str | None:
    if rows.empty:
        return None
    _ = n.words
    first = largest_first(rows, "first_amount").iloc[[0]]
    values = {
        "customer": display_names(first).iloc[0], "amount": n.money_short(first["first_amount"].iloc[0]),
        "rate": n.in_percent(first["margin_percent"].iloc[0]),
    }  # fmt: skip
    if falls:
        return _.ngettext(
            "{n} A customer by sales is not A by margin: {customer}, {amount} at a margin of {rate}.",
            "{n} A customers by sales are not A by margin, the largest {customer}: {amount} at a "
            "margin of {rate}.",
            len(rows), **values,
        )  # fmt: skip
    return _.ngettext(
        "{n} customer is A by margin but not by sales: {customer}, {amount} at a margin of {rate}.",
        "{n} customers are A by margin but not by sales, the largest {customer}: {amount} at a "
        "margin of {rate}.",
        len(rows), **values,
    )  # fmt: skip


def _losing(crossed: pd.DataFrame, n: Numbers) -> str | None:
    losing = int((crossed["second_tier"] == "none").sum())
    if not losing:
        return None
    return n.words.ngettext(
        "{n} customer brings sales but no margin (or its costs are not known).",
        "{n} customers bring sales but no margin (or their costs are not known).", losing,
    )  # fmt: skip
