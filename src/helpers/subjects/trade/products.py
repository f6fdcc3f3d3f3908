"""Products by sales, margin, stock turnover, cross ratio and contribution ratio."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import sum_by
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up

_SUMS = ["net_amount", "cost_amount", "net_amount_with_cost", "quantity"]


@dataclass(frozen=True)
class Products(Answer):
    """Product figures, overall or by group.

    Attributes
    ----------
    by
        Column whose values are the groups (``trade_class``, ``customer_id``); None: everything is one group.
    products
        One row a group and product, by net sales within the group: group, product_id (NaN: the line names none), name,
        category, offering_role, rank, net_amount, quantity, buyers (where counted), share (of the group's sales),
        cumulative_share, margin_rate 毛利率 (of lines with a cost), turnover 周转率 (times a year, the company's),
        cross_ratio 交叉比率 (margin_rate x turnover), contribution_ratio 贡献比率 (cross_ratio x share).
        NaN if not known.
    groups
        One row a group, by net sales: group, net_amount, products, margin_rate, contribution_ratio (sum over its
        products), known_share (of its sales that have a cross ratio), first (product with the highest contribution
        ratio), last (with the lowest), both as position in ``products`` (NaN: none known).
    """

    by: str | None
    products: pd.DataFrame
    groups: pd.DataFrame

    @property
    def has_turnover(self) -> bool:
        """Whether the stock turnover of any product is known."""
        return bool(self.products["turnover"].notna().any())


def products(rows: pd.DataFrame, product_list: pd.DataFrame, by: str | None = None) -> Products:
    """Rank products by sales within each group and compute their ratios.

    Parameters
    ----------
    rows
        product_id, the column ``by``, net_amount, cost_amount, net_amount_with_cost, quantity, and buyers where
        they add up; as the facts product_window and customer_products have them.
    """
    columns = [*_SUMS, "buyers"] if "buyers" in rows else _SUMS
    rows = rows.astype(dict.fromkeys(columns, "float64"))  # without rows a column may be of any type
    table = rows.assign(group="" if by is None else rows[by])
    table = sum_by(table, ["group", "product_id"], columns).reset_index()
    known = product_list.set_index("product_id")
    for column in ("name", "category", "offering_role", "turnover"):
        table[column] = look_up(table["product_id"], known[column])
    table = table.assign(whole=table.groupby("group", dropna=False)["net_amount"].transform("sum").round(4))
    table = table.sort_values(
        ["whole", "group", "net_amount", "product_id"], ascending=[False, True, False, True]
    ).reset_index(drop=True)
    table["rank"] = table.groupby("group", dropna=False).cumcount() + 1
    table["share"] = table["net_amount"] / table["whole"].where(table["whole"] > 0)
    table["cumulative_share"] = table.groupby("group", dropna=False)["share"].cumsum()
    table["margin_rate"] = _margin(table)
    table["cross_ratio"] = table["margin_rate"] * table["turnover"]
    table["contribution_ratio"] = table["cross_ratio"] * table["share"]
    return Products(by, table.drop(columns="whole"), _groups(table))


def _margin(table: pd.DataFrame) -> pd.Series:
    costed = table["net_amount_with_cost"]
    return (costed - table["cost_amount"]) / costed.where(costed > 0)


def _groups(table: pd.DataFrame) -> pd.DataFrame:
    grouped = table.groupby("group", dropna=False, sort=False)
    result = grouped.agg(
        net_amount=("net_amount", "sum"), cost_amount=("cost_amount", "sum"),
        net_amount_with_cost=("net_amount_with_cost", "sum"), products=("product_id", "nunique"),
    )  # fmt: skip
    result["margin_rate"] = _margin(result)
    result["contribution_ratio"] = grouped["contribution_ratio"].sum(min_count=1)
    result["known_share"] = (
        table["share"].where(table["contribution_ratio"].notna())
        .groupby(table["group"], dropna=False, sort=False).sum()
    )  # fmt: skip
    known = table[table["contribution_ratio"].notna()]
    places = known.groupby("group", dropna=False, sort=False)["contribution_ratio"]
    result["first"] = look_up(result.index, places.idxmax()).astype("float64") if len(known) else np.nan
    result["last"] = look_up(result.index, places.idxmin()).astype("float64") if len(known) else np.nan
    return result.drop(columns=["cost_amount", "net_amount_with_cost"]).reset_index()
