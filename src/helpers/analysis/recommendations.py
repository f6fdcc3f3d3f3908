"""Which product to push to which customer: what peers buy and it does not (R4)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.analysis.lookup import look_up


@dataclass(frozen=True)
class Recommendations:
    """Products to propose.

    Attributes
    ----------
    month
        The report's month.
    rows
        One row a customer and product, the customer with the most to expect first: customer_id, name, trade_class,
        salesperson_name, product_id, product, place (of the customer, 1 first), peers, buyers, buyer_share,
        typical_share (of the purchases of peers who buy it), margin_rate, expected_amount and expected_margin (a
        year, if it buys as those peers do), likely_amount (expected_margin, or expected_amount where costs are
        not known, times buyer_share: the order of the list), last_bought (before the window; NaT: never), room_amount
        (left in the customer's purchases; NaN: not known).
    no_room
        Proposals left out because the evidence of the customer's purchases leaves no room for them.
    has_margins
        Whether costs are known.
    """

    month: pd.Period
    rows: pd.DataFrame
    no_room: int
    has_margins: bool


def recommendations(
    product_gaps: pd.DataFrame,
    product_list: pd.DataFrame,
    customers: pd.DataFrame,
    month: pd.Period,
    window_months: int,
    most: int,
    room: pd.DataFrame | None = None,
) -> Recommendations:
    """Put names and room to the gaps, in yearly figures.

    Parameters
    ----------
    product_gaps, product_list, customers
        Facts of these names.
    most
        So many products a customer at most.
    room
        `helpers.analysis.wallet.Wallet.customers`; a proposal larger than even the upper end of the room is left out.
    """
    rows = product_gaps.copy()
    yearly = 12 / window_months
    rows[["expected_amount", "expected_margin"]] = (
        rows[["expected_amount", "expected_margin"]].astype("float64") * yearly
    ).round(2)
    people = customers.set_index("customer_id")
    for column in ("name", "trade_class", "salesperson_name"):
        rows[column] = look_up(rows["customer_id"], people[column])
    named = look_up(rows["product_id"], product_list.set_index("product_id")["name"])
    rows["product"] = named.fillna(rows["product_id"])
    bounds = pd.DataFrame(columns=["room_amount", "room_high_amount"], dtype="float64")
    if room is not None:
        bounds = room.set_index("customer_id")[["room_amount", "room_high_amount"]]
    rows["room_amount"] = look_up(rows["customer_id"], bounds["room_amount"])
    too_much = rows["expected_amount"] > look_up(rows["customer_id"], bounds["room_high_amount"])
    rows = rows[~too_much].sort_values(["customer_id", "place"])
    rows["place"] = rows.groupby("customer_id").cumcount() + 1
    rows = rows[rows["place"] <= most]
    value = rows["expected_margin"].fillna(rows["expected_amount"])
    rows["likely_amount"] = (value * rows["buyer_share"]).round(2)
    whole = rows.groupby("customer_id")["likely_amount"].transform("sum")
    rows = rows.assign(whole=whole).sort_values(
        ["whole", "customer_id", "place"], ascending=[False, True, True]
    )
    return Recommendations(
        month=month,
        rows=rows.drop(columns=["whole", "customer_amount"]).reset_index(drop=True),
        no_room=int(too_much.sum()),
        has_margins=bool(product_gaps["margin_rate"].notna().any()),
    )
