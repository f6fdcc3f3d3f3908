"""Views of price, volume, mix and product categories."""

import pandas as pd

from helpers.core.frames.groups import GROUP
from helpers.core.frames.lookup import largest_first
from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.heat import heat_map
from helpers.present.charts.lines import small_multiples
from helpers.present.charts.waterfall import change_title, change_waterfall
from helpers.present.findings import Findings, findings, needs_data
from helpers.present.name_lists import measures
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.subjects.composition import words
from helpers.subjects.composition.price_volume_mix import EFFECTS, CategoryMix, PriceVolumeMix


def price_volume_mix(result: PriceVolumeMix, n: Numbers) -> list[Chart | Table | Findings]:
    """Return chart, findings and table, or a sentence if there is nothing to compare or no quantity."""
    _ = n.words
    total = result.groups.iloc[-1]
    if not result.comparable and total["net_amount_previous"] == 0:
        before, _now = words.windows(result, n)
        text = _(
            "There is nothing to compare with: the data do not reach back to the {period}.", period=before
        )
        return [needs_data(text)]
    if result.products.empty:
        return [findings(_("There were no sales in either period"))]
    if not (result.products["status"] != "other").any():
        text = _("Prices and volumes need the columns {columns}, which the data do not supply.",
                 columns="order_lines.product_id, order_lines.quantity")  # fmt: skip
        return [needs_data(text)]
    return [effects_chart(result, n), effects_findings(result, n), behind(effects_table(result, n))]


def effect_label(name: str, _: Words) -> str:
    """Return the label of a part of the change."""
    return {
        "price": _("Price"),
        "volume": _("Volume"),
        "mix": _("Mix"),
        "new_products": _("New products"),
        "vanished_products": _("Products no longer sold"),
        "other": _("Without product or quantity"),
    }[name]


def _source(name: str, _: Words) -> str:
    return {
        "price": _("prices"),
        "volume": _("the volume of goods"),
        "mix": _("the mix of products"),
        "new_products": _("new products"),
        "vanished_products": _("products no longer sold"),
        "other": _("lines without a product or quantity"),
    }[name]


def _shown(result: PriceVolumeMix) -> list[str]:
    """Return the effects that are not zero everywhere, and always the first three."""
    return [name for name in EFFECTS if (result.groups[f"{name}_amount"] != 0).any() or name in EFFECTS[:3]]


def effects_chart(result: PriceVolumeMix, n: Numbers) -> Chart:
    """Draw bars from the earlier window's net sales to this window's, with a step for each effect."""
    _ = n.words
    total = result.groups.iloc[-1]
    before, now = words.windows(result, n)
    rows = [(before, total["net_amount_previous"], "total")]
    rows += [(effect_label(name, _), total[f"{name}_amount"], "step") for name in _shown(result)]
    rows.append((now, total["net_amount"], "total"))
    parts = {_source(name, _): float(total[f"{name}_amount"]) for name in EFFECTS}
    return change_waterfall(rows, change_title(float(total["change_amount"]), parts, n), n)


def effects_table(result: PriceVolumeMix, n: Numbers) -> Table:
    """Return the effects by class; every row adds up exactly."""
    _ = n.words
    frame = result.groups.assign(label=labels.group_labels(result.groups, _))
    before, now = words.windows(result, n)
    columns = {"label": Column(labels.dimension_heading("trade_class", _))}
    columns["net_amount_previous"] = Column(before, n.count)
    columns |= {f"{name}_amount": Column(effect_label(name, _), n.signed_count) for name in _shown(result)}
    columns |= {"net_amount": Column(now, n.count), **measures(n, "change_amount")}
    caption = _("Price, volume and mix by trade class, in {currency}", currency=n.currency)
    total = frame.iloc[-1].to_dict()
    return table(frame.iloc[:-1], columns, caption, total=total, empty=_("No sales in either period."))


def effects_findings(result: PriceVolumeMix, n: Numbers) -> Findings:
    """Return sentences on the effects of prices, volume and mix."""
    _ = n.words
    total = result.groups.iloc[-1]
    base = total["net_amount_previous"]
    price = total["price_amount"]
    same_goods = result.products.loc[result.products["status"] == "both", "net_amount"].sum() - price
    rate = abs(price) / same_goods if same_goods > 0 else float("nan")
    values = {"amount": n.money_short(abs(price)), "rate": n.percent(rate)}
    if price >= 0:
        prices = _("At the earlier prices the same goods would have brought {amount} less: "
                   "prices rose by {rate}.",
                   **values)  # fmt: skip
    else:
        prices = _("At the earlier prices the same goods would have brought {amount} more: "
                   "prices fell by {rate}.",
                   **values)  # fmt: skip
    volume = _(
        "Volume made {volume} of the change and the mix of products {mix}{share}.",
        volume=n.signed_money_short(total["volume_amount"]), mix=n.signed_money_short(total["mix_amount"]),
        share=_(", together {change} on the earlier period",
                change=n.signed_percent((total["volume_amount"] + total["mix_amount"]) / base))
        if base > 0 else "",
    )  # fmt: skip
    return findings(prices, volume, _class_with_falling_prices(result, n), _partly(result, n))


def _class_with_falling_prices(result: PriceVolumeMix, n: Numbers) -> str | None:
    classes = result.groups.iloc[:-1]
    falling = classes[(classes["price_amount"] < 0) & (classes["kind"] == "group")]
    if falling.empty:
        return None
    worst = falling.iloc[[int(falling["price_amount"].to_numpy().argmin())]]
    return n.words(
        "Prices fell most in {group}: {amount}.",
        group=labels.group_labels(worst, n.words).iloc[0],
        amount=n.signed_money_short(worst["price_amount"].iloc[0]),
    )  # fmt: skip


def _partly(result: PriceVolumeMix, n: Numbers) -> str | None:
    if result.comparable:
        return None
    return n.words(
        "The data reach back over a part of the earlier period only: the parts are larger than they were."
    )


def categories(result: CategoryMix | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return charts and tables by category against last year, or a sentence if there are no categories."""
    _ = n.words
    if result is not None and result.categories.empty:
        return [findings(_("Nobody bought in this period."))]
    if result is None or not (result.categories["kind"] == GROUP).any():
        return [needs_data(_("By category: this needs the column {column}, which the data do not supply.",
                             column="products.category"))]  # fmt: skip
    if not result.comparable:
        return [months_chart(result, n)]
    return [months_chart(result, n), matrix_chart(result, n), behind(category_table(result, n))]


def _label(frame: pd.DataFrame, n: Numbers) -> pd.Series:
    _ = n.words
    other = frame["kind"].map({"not_recorded": _("Without category"), "others": _("Other categories")})
    return frame["category"].astype("object").where(frame["kind"] == GROUP, other).map(_.value)


def months_chart(result: CategoryMix, n: Numbers) -> Chart:
    """Draw each category's months as small multiples on one scale."""
    _ = n.words
    known = result.categories[result.categories["kind"] == GROUP].dropna(subset="change_amount")
    best = largest_first(known, "change_amount", then="category").iloc[0]
    worst = known.sort_values(["change_amount", "category"]).iloc[0]
    values = {
        "best": _.value(best["category"]), "up": n.signed_money_short(best["change_amount"]),
        "worst": _.value(worst["category"]), "down": n.signed_money_short(worst["change_amount"]),
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
    return small_multiples(frame, title=title, alt=alt, fmt=n.money_short, fmt_month=n.month_short)


def matrix_chart(result: CategoryMix, n: Numbers) -> Chart:
    """Draw classes by categories: the change in net sales against a year ago."""
    _ = n.words
    cells = result.cells.assign(
        label=labels.group_labels(
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
        fmt=lambda change: f"{'+' if change > 0 else ''}{n.short(change)}",
        column_title=_("Change of net sales on the year before, in {currency}", currency=n.currency),
    )  # fmt: skip


def category_table(result: CategoryMix, n: Numbers) -> Table:
    """Return each category's net sales of both windows."""
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
