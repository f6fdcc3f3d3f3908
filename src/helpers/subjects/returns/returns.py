"""Returns by customer and product against their class: rates, reasons, significance."""

from dataclasses import dataclass

import pandas as pd

from helpers.core.disclosure import disclosed_mean
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, left_join, look_up
from helpers.models import rates

_COUNTS = ["sold_orders", "sold_amount", "returned_orders", "returned_amount", "credit_amount"]


@dataclass(frozen=True)
class Returns(Answer):
    """Returns of the window. Money is in the report's currency.

    Attributes
    ----------
    month, window_months
        The window.
    customers
        One row a customer with an order or a return, the largest returned amount first: customer_id, name,
        salesperson_name, group (of the main dimension; missing: not recorded), sold_orders, sold_amount,
        returned_orders, returned_amount, credit_amount, rate (returned over sold orders), low, high (95 %, exact
        Poisson), amount_rate (of the money), group_rate (orders, of the whole group), chance
        (`rates.more_than_others`; NaN in a scope), more (whether that is too little for chance, all customers taken
        together), reason (the most frequent).
    products
        The same by product: product_id, name, category, and the category's rate as group_rate.
    groups
        group, the counts, rate, low, high, amount_rate: the own customers'.
    reasons
        reason (missing: not recorded), orders, amount; the most frequent first.
    has_reasons
        Whether the table return_reasons is supplied.
    """

    month: pd.Period
    window_months: int
    customers: pd.DataFrame
    products: pd.DataFrame
    groups: pd.DataFrame
    reasons: pd.DataFrame
    has_reasons: bool

    @property
    def totals(self) -> pd.Series:
        """Counts over all customers, with rate, low, high and amount_rate."""
        return rated(self.customers[_COUNTS].sum().to_frame().T).iloc[0]


def rated(counts: pd.DataFrame) -> pd.DataFrame:
    """Add rate, low, high (95 %) and amount_rate."""
    sold = counts["sold_orders"].astype("float64")
    low, high = rates.poisson(counts["returned_orders"], sold)
    money = counts["sold_amount"].astype("float64")
    return counts.assign(
        rate=counts["returned_orders"] / sold.where(sold > 0), low=low, high=high,
        amount_rate=counts["returned_amount"] / money.where(money > 0),
    )  # fmt: skip


def customers_against_class(customer_returns: pd.DataFrame, customers: pd.DataFrame, by: str) -> pd.DataFrame:
    """Compare each customer with the others of its class, within these frames.

    Returns
    -------
    pandas.DataFrame
        customer_id, group, the counts, rate, low, high, amount_rate, group_rate, chance, more.
    """
    groups = customers.set_index("customer_id")[by]
    rows = customer_returns.assign(group=look_up(customer_returns["customer_id"], groups))
    return _against(rows)


def _against(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rated(rows)
    sums = rows.groupby("group")[["returned_orders", "sold_orders"]].sum()
    rates_of = sums["returned_orders"] / sums["sold_orders"].where(sums["sold_orders"] > 0)
    chance = rates.more_than_others(rows["returned_orders"], rows["sold_orders"], rows["group"])
    return rows.assign(
        group_rate=look_up(rows["group"], rates_of), chance=chance, more=rates.significant(chance)
    )


def returns(
    of_customers: pd.DataFrame,
    product_returns: pd.DataFrame,
    return_rows: pd.DataFrame,
    customers: pd.DataFrame,
    products: pd.DataFrame | None,
    month: pd.Period,
    window_months: int,
    *,
    has_reasons: bool,
    others: pd.Series | None = None,
) -> Returns:
    """Compute `Returns`.

    Parameters
    ----------
    of_customers
        `customers_against_class`, cut to the scope's customers.
    product_returns, return_rows
        The facts of these names, of the scope.
    customers
        The fact of the scope: customer_id, name, salesperson_name.
    products
        product_id, name, category; None if the table is not supplied.
    others
        By class, of how many customers of others its rate is: it is then told rounded; None: the company.
    """
    table = left_join(of_customers, customers[["customer_id", "name", "salesperson_name"]])
    if others is not None:
        table["group_rate"] = disclosed_mean(table["group_rate"], look_up(table["group"], others, 0))
        table["chance"] = float("nan")  # it would tell the rate of the class
    table["reason"] = _first_reason(table["customer_id"], return_rows, "customer_id")
    groups = table.groupby("group", dropna=False)[_COUNTS].sum().reset_index()
    reasons = return_rows.groupby("reason", dropna=False)[["orders", "amount"]].sum().reset_index()
    return Returns(
        month=month,
        window_months=window_months,
        customers=_ordered(table, "customer_id"),
        products=_products(product_returns, return_rows, products),
        groups=largest_first(rated(groups), "rate", then="group", ignore_index=True),
        reasons=largest_first(reasons, "orders", then="reason", ignore_index=True),
        has_reasons=has_reasons,
    )


def _products(
    product_returns: pd.DataFrame, return_rows: pd.DataFrame, products: pd.DataFrame | None
) -> pd.DataFrame:
    rows = product_returns.groupby("product_id")[_COUNTS].sum().reset_index()
    for column in ("name", "category"):
        known = None if products is None else products.set_index("product_id")[column]
        rows[column] = None if known is None else look_up(rows["product_id"], known)
    table = _against(rows.assign(group=rows["category"].fillna("")))
    table["reason"] = _first_reason(table["product_id"], return_rows, "product_id")
    return _ordered(table, "product_id")


def _first_reason(keys: pd.Series, return_rows: pd.DataFrame, key: str) -> pd.Series:
    sums = return_rows.dropna(subset="reason").groupby([key, "reason"])["orders"].sum().reset_index()
    first = largest_first(sums, "orders", then="reason").drop_duplicates(key)
    return look_up(keys, first.set_index(key)["reason"])


def _ordered(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    return largest_first(rows, "returned_amount", then=key, ignore_index=True)
