"""What customers buy: net sales by product category, month by month and class by class against the year before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import sum_by
from helpers.core.frames.answer import Answer
from helpers.core.frames.groups import GROUP, NOT_RECORDED
from helpers.core.frames.lookup import look_up
from helpers.core.periods import trailing
from helpers.subjects.composition.price_volume_mix import PriceVolumeMix

_SUMS = ["net_amount_previous", "net_amount"]
#: So many categories stand apart; the smaller ones are one.
MOST = 11


@dataclass(frozen=True)
class CategoryMix(Answer):
    """Net sales of a trailing window by product category, and of the same window a year ago.

    Attributes
    ----------
    month, window_months, comparable
        Those of the `PriceVolumeMix` that it adds up.
    categories
        One row a category, by net_amount: category (NaN where kind is not ``group``), kind (``group``;
        ``not_recorded``: lines without a product, or whose product has no category; ``others``: the smaller
        categories together), net_amount, net_amount_previous, change_amount, change_percent (NaN where the year
        before was not positive).
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
    """Add the products of a `PriceVolumeMix` up by category.

    Parameters
    ----------
    split
        Against last year: what it compares, days that a month has not reached left out, is compared here.
    class_product_months
        The fact that ``split`` is of.
    products
        product_id and category, one row a product.
    """
    known = products.set_index("product_id")["category"]
    rows = split.products.assign(category=look_up(split.products["product_id"], known))
    sizes = sum_by(rows.dropna(subset="category"), ["category"], ["net_amount"]).reset_index()
    ranked = sizes.sort_values(["net_amount", "category"], ascending=[False, True])["category"].tolist()
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
