"""Price, volume and mix effects in the change of net sales, and net sales by product category."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import UNITS, from_units, sum_by, to_units
from helpers.core.frames import groups
from helpers.core.frames.answer import Answer
from helpers.core.frames.groups import GROUP, NOT_RECORDED, UNASSIGNED
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.periods import first_month_of, trailing
from helpers.subjects.composition.bridge import Against, base_distance

#: Effects, in display order.
EFFECTS = ("price", "volume", "mix", "new_products", "vanished_products", "other")

STATUSES = ("both", "new", "vanished", "other")

_SUMS = ["net_amount_previous", "net_amount"]
#: Number of categories shown; the smaller ones are combined.
MOST = 11


@dataclass(frozen=True)
class PriceVolumeMix(Answer):
    """Price, volume and mix effects in the change of net sales between two trailing windows, by class.

    Attributes
    ----------
    month, window_months, against, comparable
        The parameters, and whether the data reach back to the start of the previous window.
    groups
        One row per class and last the row of kind ``total`` (the sum of the rows above): kind, group,
        net_amount_previous, price_amount, volume_amount, mix_amount, new_products_amount,
        vanished_products_amount, other_amount, net_amount, change_amount; quantity_previous and quantity of
        the products sold in both windows. The parts add up to the change to the ten-thousandth.
    products
        One row per class and product: kind, group, product_id, status (``both``, ``new``, ``vanished``,
        ``other``), net_amount_previous, net_amount, quantity_previous, quantity, price_previous, price (money
        per unit of quantity; NaN without quantity), price_amount; by class, then largest price effect first.
    """

    month: pd.Period
    window_months: int
    against: Against
    comparable: bool
    groups: pd.DataFrame
    products: pd.DataFrame


def price_volume_mix(
    class_product_months: pd.DataFrame,
    month: pd.Period,
    window_months: int = 12,
    against: Against = "last_year",
    order: list[str] | None = None,
    first_month: pd.Period | None = None,
    after_day: pd.DataFrame | None = None,
) -> PriceVolumeMix:
    """Split the change in net sales by trade class into price, volume and mix.

    For the products i of a class that have a positive quantity q in both windows, with net sales n and mean
    price p = n / q (0: previous window, 1: this one), and their totals Q and N:

    - price = sum of (p1 - p0) q1: what the same goods would have brought at the earlier prices;
    - volume = (Q1 - Q0) N0 / Q0: more or fewer units at the earlier mean price;
    - mix = sum of p0 (q1 - q0) - volume: a shift to dearer or cheaper products.

    These are the sales-price, sales-quantity and sales-mix variances of management accounting. Products sold in one
    window alone have no price to compare and are separate as ``new_products`` and ``vanished_products``, with what was
    returned or credited of them in the other; lines without a product, amounts without a quantity, and products of
    which both windows have returns alone are ``other``. Quantities of different products are added as they are, so mix
    means most where products are counted in one unit.

    Parameters
    ----------
    class_product_months
        The fact of this name, of the company or one scope; it begins with the previous year's window.
    month, window_months, against, order, first_month
        As for `helpers.subjects.composition.bridge.bridge`.
    after_day
        For a month that is not over: such rows of the compared months after the day it has reached.

    References
    ----------
    Horngren, Datar & Rajan, *Cost Accounting: A Managerial Emphasis*, chapter on sales variances.
    """
    window = trailing(month, window_months)
    previous = window.back(base_distance(against, month))
    rows = class_product_months[class_product_months["month"] <= month.to_timestamp()].reset_index(drop=True)
    begin = first_month or first_month_of(rows) or month
    recorded = np.where(rows["trade_class"].notna(), GROUP, NOT_RECORDED)
    rows = rows.assign(kind=np.where(rows["assigned"], recorded, UNASSIGNED), group=rows["trade_class"])
    rows = rows[window.holds(rows["month"]) | previous.holds(rows["month"])].reset_index(drop=True)
    now, before = window.holds(rows["month"]), previous.holds(rows["month"])
    index = groups.group_order(rows, pd.Series(now), order or ())
    rows["place"] = groups.group_positions(index, rows)
    for name in ("net_amount", "quantity"):
        rows[f"{name}_previous"] = rows[name].where(before)
        rows[name] = rows[name].where(now)
    if after_day is not None:
        rows = pd.concat([rows, _taken_out(after_day, previous.last, index)], ignore_index=True)
    sums = ["net_amount_previous", "net_amount", "quantity_previous", "quantity"]
    products = sum_by(rows, ["place", "product_id"], sums).fillna(0.0).reset_index()
    products["status"] = _status(products)
    products = _prices(products)
    return PriceVolumeMix(
        month=month,
        window_months=window_months,
        against=against,
        comparable=begin <= previous.first,
        groups=_effects(products, index),
        products=_listed(products, index),
    )


def _taken_out(after_day: pd.DataFrame, month: pd.Period, index: pd.MultiIndex) -> pd.DataFrame:
    """Return the sales of a month after a day with the sign reversed, to be added to the previous window."""
    rows = after_day[after_day["month"] == month.to_timestamp()].reset_index(drop=True)
    recorded = np.where(rows["trade_class"].notna(), GROUP, NOT_RECORDED)
    rows = rows.assign(kind=np.where(rows["assigned"], recorded, UNASSIGNED), group=rows["trade_class"])
    amounts = {f"{name}_previous": -rows[name] for name in ("net_amount", "quantity")}
    return rows.assign(
        place=groups.group_positions(index, rows), net_amount=np.nan, quantity=np.nan, **amounts
    )


def _status(products: pd.DataFrame) -> np.ndarray:
    named = products["product_id"].notna()
    had, has = (products[name] > 0 for name in ("quantity_previous", "quantity"))
    # A late return is no sale: it makes a product neither one of both windows nor one without a quantity.
    not_sold_before = (products["quantity_previous"] <= 0) & (products["net_amount_previous"] <= 0)
    not_sold_now = (products["quantity"] <= 0) & (products["net_amount"] <= 0)
    return np.select(
        [named & had & has, named & not_sold_before & has, named & had & not_sold_now],
        ["both", "new", "vanished"],
        default="other",
    )


def _prices(products: pd.DataFrame) -> pd.DataFrame:
    before = products["net_amount_previous"] / products["quantity_previous"].where(
        products["quantity_previous"] > 0
    )
    now = products["net_amount"] / products["quantity"].where(products["quantity"] > 0)
    both = products["status"] == "both"
    effect = (products["net_amount"] - before * products["quantity"]).where(both, 0.0)
    return products.assign(price_previous=before, price=now, price_amount=from_units(to_units(effect)))


def _effects(products: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    size = len(index)
    places = products["place"].to_numpy(dtype="int64")

    def units(column: str, status: str | None = None) -> np.ndarray:
        chosen = products["status"].isin([status] if status else STATUSES).to_numpy()
        sums = np.zeros(size, dtype="int64")
        np.add.at(sums, places[chosen], to_units(products[column])[chosen])
        return sums

    before, now = units("net_amount_previous"), units("net_amount")
    quantity_before, quantity = units("quantity_previous", "both"), units("quantity", "both")
    mean_price = np.divide(
        units("net_amount_previous", "both"), quantity_before, out=np.zeros(size), where=quantity_before > 0
    )
    part = {
        "price": units("price_amount"),
        "volume": np.rint((quantity - quantity_before) / UNITS * mean_price * UNITS).astype("int64"),
        **{
            name: units("net_amount", status) - units("net_amount_previous", status)
            for name, status in (
                ("new_products", "new"),
                ("vanished_products", "vanished"),
                ("other", "other"),
            )
        },
    }
    # What is left is mix by definition; as the remainder it also closes the sum to the last ten-thousandth.
    part["mix"] = now - before - sum(part.values())
    columns = {"net_amount_previous": before}
    columns |= {f"{name}_amount": part[name] for name in EFFECTS}
    columns |= {"net_amount": now, "change_amount": now - before}
    columns |= {"quantity_previous": quantity_before, "quantity": quantity}
    table = pd.DataFrame(
        {name: from_units(np.append(values, values.sum())) for name, values in columns.items()}
    )
    table.insert(0, "kind", [*index.get_level_values("kind"), "total"])
    table.insert(1, "group", pd.Series([*index.get_level_values("group"), None], dtype="object"))
    return table


def _listed(products: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    listed = products.assign(size=products["price_amount"].abs())
    listed = listed.sort_values(["place", "size", "product_id"], ascending=[True, False, True], kind="stable")
    places = listed["place"].to_numpy(dtype="int64")
    listed["kind"] = index.get_level_values("kind").to_numpy()[places]
    listed["group"] = index.get_level_values("group").to_numpy()[places]
    return listed[PRODUCT_COLUMNS].reset_index(drop=True)


PRODUCT_COLUMNS = [
    "kind", "group", "product_id", "status", "net_amount_previous", "net_amount",
    "quantity_previous", "quantity", "price_previous", "price", "price_amount",
]  # fmt: skip


@dataclass(frozen=True)
class CategoryMix(Answer):
    """Net sales of a trailing window by product category, against the same window a year earlier.

    Attributes
    ----------
    month, window_months, comparable
        Those of the `PriceVolumeMix` that it adds up.
    categories
        One row a category, by net_amount: category (NaN if kind is not ``group``), kind (``group``; ``not_recorded``:
        lines without a product, or whose product has no category; ``others``: the smaller categories together),
        net_amount, net_amount_previous, change_amount, change_percent (NaN if the previous year was not positive).
    cells
        One row a trade class and category with the same sums: class_kind, class_group as in
        `helpers.core.frames.groups`, then the columns of ``categories``; classes and categories in their order.
    months
        category, kind, month, net_amount: the months of both windows, 0 where nothing was sold.
    """

    month: pd.Period
    window_months: int
    comparable: bool
    categories: pd.DataFrame
    cells: pd.DataFrame
    months: pd.DataFrame


def category_mix(
    split: PriceVolumeMix, class_product_months: pd.DataFrame, products: pd.DataFrame
) -> CategoryMix:
    """Sum the products of a `PriceVolumeMix` by category.

    Parameters
    ----------
    split
        The comparison with last year, whose spans are used here too.
    class_product_months
        The fact that ``split`` is of.
    products
        product_id and category, one row a product.
    """
    known = products.set_index("product_id")["category"]
    rows = split.products.assign(category=look_up(split.products["product_id"], known))
    sizes = sum_by(rows.dropna(subset="category"), ["category"], ["net_amount"]).reset_index()
    ranked = largest_first(sizes, "net_amount", then="category")["category"].tolist()
    apart = ranked if len(ranked) <= MOST + 1 else ranked[:MOST]

    def placed(frame: pd.DataFrame) -> pd.DataFrame:
        kind = np.where(frame["category"].isna(), NOT_RECORDED, GROUP)
        kind = np.where(frame["category"].notna() & ~frame["category"].isin(apart), "others", kind)
        places = {name: number for number, name in enumerate(apart)}
        order = frame["category"].map(places).fillna(len(apart)).astype(int)
        return frame.assign(kind=kind, order=order + (kind == NOT_RECORDED))

    rows = placed(rows.rename(columns={"kind": "class_kind", "group": "class_group"}))
    by_order = pd.Series(apart, dtype="object")
    sums = sum_by(rows, ["order", "kind"], _SUMS).reset_index().sort_values("order", ignore_index=True)
    classes = {
        (kind, group if isinstance(group, str) else None): number
        for number, (kind, group) in enumerate(zip(split.groups["kind"], split.groups["group"], strict=True))
    }
    rows["class_order"] = [
        classes[kind, group if isinstance(group, str) else None]
        for kind, group in zip(rows["class_kind"], rows["class_group"], strict=True)
    ]
    cells = sum_by(rows, ["class_order", "order", "kind"], _SUMS).reset_index()
    cells = cells.sort_values(["class_order", "order"], ignore_index=True)
    for column in ("kind", "group"):
        cells[f"class_{column}"] = split.groups[column].to_numpy()[cells["class_order"]]
    sold = class_product_months
    span = trailing(split.month, 2 * split.window_months)
    sold = sold[span.holds(sold["month"])]
    sold = placed(sold.assign(category=look_up(sold["product_id"], known)))
    monthly = sum_by(sold, ["order", "kind", "month"], ["net_amount"])["net_amount"]
    every = pd.MultiIndex.from_tuples(
        [
            (order, kind, month)
            for order, kind in zip(sums["order"], sums["kind"], strict=True)
            for month in sorted(sold["month"].unique())
        ],
        names=["order", "kind", "month"],
    )
    months = monthly.reindex(every, fill_value=0.0).reset_index().astype({"month": sold["month"].dtype})

    def named(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(category=frame["order"].map(by_order).astype("object")).drop(columns="order")

    return CategoryMix(
        split.month, split.window_months, split.comparable, _changes(named(sums)),
        _changes(named(cells)).drop(columns="class_order"), named(months),
    )  # fmt: skip


def _changes(frame: pd.DataFrame) -> pd.DataFrame:
    change = (frame["net_amount"] - frame["net_amount_previous"]).round(4)
    before = frame["net_amount_previous"].where(frame["net_amount_previous"] > 0)
    return frame.assign(change_amount=change, change_percent=100 * change / before)
