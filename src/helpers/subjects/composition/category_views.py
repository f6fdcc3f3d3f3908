"""Product categories for readers: how each has developed, and which class buys more or less of which."""

from __future__ import annotations

import pandas as pd

from helpers.core.frames.groups import GROUP
from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.heat import heat_map
from helpers.present.charts.lines import small_multiples
from helpers.present.findings import Findings, needs_data
from helpers.present.measures import measures
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.composition.categories import CategoryMix


def categories(result: CategoryMix | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Show each category's months, and the classes' purchases against last year; one line without categories."""
    _ = n.words
    if result is None or not (result.categories["kind"] == GROUP).any():
        return [needs_data(_("By category: this needs the column {column}, which the data do not supply.",
                             column="products.category"))]  # fmt: skip
    if not result.comparable:
        return [months_chart(result, n)]
    return [months_chart(result, n), matrix_chart(result, n), behind(category_table(result, n))]


def _label(frame: pd.DataFrame, n: Numbers) -> pd.Series:
    _ = n.words
    other = frame["kind"].map({"not_recorded": _("Without category"), "others": _("Other categories")})
    return frame["category"].astype("object").where(frame["kind"] == GROUP, other)


def months_chart(result: CategoryMix, n: Numbers) -> Chart:
    """Draw the months of each category, a small picture each on one scale."""
    _ = n.words
    known = result.categories[result.categories["kind"] == GROUP].dropna(subset="change_amount")
    best = known.sort_values(["change_amount", "category"], ascending=[False, True]).iloc[0]
    worst = known.sort_values(["change_amount", "category"]).iloc[0]
    values = {
        "best": best["category"], "worst": worst["category"], "up": n.signed_money_short(best["change_amount"]),
        "down": n.signed_money_short(worst["change_amount"]),
    }  # fmt: skip
    if not result.comparable:
        title = _("Net sales by category and month")
    elif best["category"] == worst["category"]:
        title = _("{best}: {up} on the year before", **values)
    else:
        title = _("Against the year before {best} brought {up}, {worst} {down}", **values)
    alt = n.words.clauses(
        _("{group} {amount}", group=label, amount=n.money_short(amount))
        for label, amount in zip(_label(result.categories, n), result.categories["net_amount"], strict=True)
    )
    frame = result.months.assign(group=_label(result.months, n), value=result.months["net_amount"])
    return small_multiples(frame, title=title, alt=alt, spell=n.money_short, spell_month=n.month_short)


def matrix_chart(result: CategoryMix, n: Numbers) -> Chart:
    """Cross classes with categories: by how much each buys more or less than a year ago."""
    _ = n.words
    cells = result.cells.assign(
        label=labels.groups(
            result.cells[["class_kind", "class_group"]].set_axis(["kind", "group"], axis=1), _
        ),
        what=_label(result.cells, n),
    )
    order = [*dict.fromkeys(cells["label"])], [*_label(result.categories, n)]
    crossed = cells.pivot_table(index="label", columns="what", values="change_amount", aggfunc="sum")
    crossed = crossed.reindex(index=order[0], columns=order[1])
    ranked = cells.sort_values(["change_amount", "label", "what"], kind="stable")
    low, high = ranked.iloc[0], ranked.iloc[-1]
    title = _(
        "Largest fall: {low} in {low_class}, {fall}; largest rise: {high} in {high_class}, {rise}",
        low=low["what"], low_class=low["label"], fall=n.signed_money_short(low["change_amount"]),
        high=high["what"], high_class=high["label"], rise=n.signed_money_short(high["change_amount"]),
    )  # fmt: skip
    return heat_map(
        crossed.astype("float64"), title=title, alt=title,
        spell=lambda change: f"{'+' if change > 0 else ''}{n.short(change)}",
        column_title=_("Change of net sales on the year before, in {currency}", currency=n.currency),
    )  # fmt: skip


def category_table(result: CategoryMix, n: Numbers) -> Table:
    """Give each category's net sales now and a year ago."""
    _ = n.words
    frame = result.categories.assign(label=_label(result.categories, n))
    columns = {
        "label": Column(_("Category")),
        **measures(n, "net_amount", bar="net_amount"),
        "net_amount_previous": Column(_("A year ago"), n.count),
        **measures(n, "change_amount"),
        "change_percent": Column(_("On last year"), n.change_in_percent),
    }
    sums = frame[["net_amount", "net_amount_previous", "change_amount"]].sum()
    caption = _(
        "Net sales of the {months} months to {month} by {dimension}, in {currency}",
        months=result.window_months, month=n.month(result.month), dimension=_("category"), currency=n.currency,
    )  # fmt: skip
    return table(frame, columns, caption, total={"label": _("Total"), **sums.to_dict()})
