"""Price, volume and mix for readers: how much of the change of sales is prices, and how much goods."""

from __future__ import annotations

from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.waterfall import change_title, change_waterfall
from helpers.present.findings import Findings, findings, needs_data
from helpers.present.measures import measures
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.subjects.composition import words
from helpers.subjects.composition.price_volume_mix import EFFECTS, PriceVolumeMix


def price_volume_mix(result: PriceVolumeMix, n: Numbers) -> list[Chart | Table | Findings]:
    """Show chart, findings and table; one line where there is nothing to compare with or no quantity."""
    _ = n.words
    total = result.groups.iloc[-1]
    if not result.comparable and total["net_amount_previous"] == 0:
        before, _now = words.windows(result, n)
        text = _(
            "There is nothing to compare with: the data do not reach back to the {period}.", period=before
        )
        return [findings(text)]
    if result.products.empty:
        return [findings(_("There were no sales in either period"))]
    if not (result.products["status"] != "other").any():
        text = _("Prices and volumes need the columns {columns}, which the data do not supply.",
                 columns="order_lines.product_id, order_lines.quantity")  # fmt: skip
        return [needs_data(text)]
    return [effects_chart(result, n), effects_findings(result, n), behind(effects_table(result, n))]


def effect_label(name: str, _: Words) -> str:
    """Return what readers call a part of the change."""
    return {
        "price": _("Price"),
        "volume": _("Volume"),
        "mix": _("Mix"),
        "new_products": _("New products"),
        "vanished_products": _("Products no longer sold"),
        "other": _("Without quantity"),
    }[name]


def _source(name: str, _: Words) -> str:
    return {
        "price": _("prices"),
        "volume": _("the volume of goods"),
        "mix": _("the mix of products"),
        "new_products": _("new products"),
        "vanished_products": _("products no longer sold"),
        "other": _("lines without a quantity"),
    }[name]


def _shown(result: PriceVolumeMix) -> list[str]:
    """Return the parts worth a column: those that are anywhere not nothing."""
    return [name for name in EFFECTS if (result.groups[f"{name}_amount"] != 0).any() or name in EFFECTS[:3]]


def effects_chart(result: PriceVolumeMix, n: Numbers) -> Chart:
    """Draw columns from the earlier window's net sales to this one's, a step for each part."""
    _ = n.words
    total = result.groups.iloc[-1]
    before, now = words.windows(result, n)
    rows = [(before, total["net_amount_previous"], "total")]
    rows += [(effect_label(name, _), total[f"{name}_amount"], "step") for name in _shown(result)]
    rows.append((now, total["net_amount"], "total"))
    parts = {_source(name, _): float(total[f"{name}_amount"]) for name in EFFECTS}
    return change_waterfall(rows, change_title(float(total["change_amount"]), parts, n), n)


def effects_table(result: PriceVolumeMix, n: Numbers) -> Table:
    """Give the parts for each class; every row adds up exactly."""
    _ = n.words
    frame = result.groups.assign(label=labels.groups(result.groups, _))
    before, now = words.windows(result, n)
    columns = {"label": Column(labels.dimension_heading("trade_class", _))}
    columns["net_amount_previous"] = Column(before, n.count)
    columns |= {f"{name}_amount": Column(effect_label(name, _), n.signed_count) for name in _shown(result)}
    columns |= {"net_amount": Column(now, n.count), **measures(n, "change_amount")}
    caption = _("Price, volume and mix by trade class, in {currency}", currency=n.currency)
    total = frame.iloc[-1].to_dict()
    return table(frame.iloc[:-1], columns, caption, total=total, empty=_("No sales in either period."))


def effects_findings(result: PriceVolumeMix, n: Numbers) -> Findings:
    """Write what prices, volume and mix did to sales."""
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
        group=labels.groups(worst, n.words).iloc[0],
        amount=n.signed_money_short(worst["price_amount"].iloc[0]),
    )  # fmt: skip


def _partly(result: PriceVolumeMix, n: Numbers) -> str | None:
    if result.comparable:
        return None
    return n.words(
        "The data reach back over a part of the earlier period only: the parts are larger than they were."
    )
