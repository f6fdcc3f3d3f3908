"""Facts about trade: sales and stock turnover of products, and wallet estimates."""

# Ibis columns, not pandas: `notnull` is Ibis' name.
# ruff: noqa: PD003, PD004

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.engine.as_of import MONEY, OWNER_COLUMNS, current_rows
from helpers.engine.connection import to_pandas
from helpers.engine.fact import Fact, by_customer, by_owner, company_only, unscoped
from helpers.engine.facts import Facts


def customer_products(facts: Facts) -> ir.Table:
    """Return net sales by customer and product in the window. Large: stays in the engine, see `products_of`.

    Columns: customer_id, product_id (NULL: the line names none), net_amount, cost_amount, net_amount_with_cost,
    quantity. Lines without a customer are not in it.
    """
    lines = _window(facts)
    return product_sums(lines.filter(lines.customer_id.notnull()), ["customer_id", "product_id"])


def product_window(facts: Facts, owner: Sequence[str] = OWNER_COLUMNS) -> ir.Table:
    """Return the window's sales by owner, trade class and product; every line is in exactly one row.

    Without ``owner``, by trade class and product alone.

    Columns: salesperson_id, team, trade_class (as of the month end), assigned (False: lines without a customer),
    product_id, net_amount, cost_amount, net_amount_with_cost, quantity, buyers (customers with net sales above
    zero; they add up over the rows of a product, for a customer has one owner and one class).
    """
    lines, owned = facts.table("customer_products"), facts.table("customers")
    owners = owned.select("salesperson_id", "team", "trade_class", owned_id=owned.customer_id)
    own = lines.left_join(owners, lines.customer_id == owners.owned_id).drop("owned_id")
    own = own.mutate(assigned=ibis.literal(True))
    keys = [*owner, "trade_class", "assigned", "product_id"]
    counted = own.group_by(keys).agg(
        **{name: own[name].sum().cast(MONEY) for name in _SUMS}, buyers=own.count(where=own.net_amount > 0)
    )
    everything = _window(facts)
    nobody = product_sums(everything.filter(everything.customer_id.isnull()), ["product_id"])
    nobody = nobody.mutate(
        **{name: ibis.null("string") for name in keys[:-2]},
        assigned=ibis.literal(False),
        buyers=ibis.literal(0, "int64"),
    )
    columns = [*keys, *_SUMS, "buyers"]
    return counted.select(columns).union(nobody.select(columns))


_SUMS = ("net_amount", "cost_amount", "net_amount_with_cost", "quantity")


def _window(facts: Facts) -> ir.Table:
    lines = facts.lines
    return lines.filter(lines.month >= ibis.date(facts.window()[0]))


def product_sums(lines: ir.Table, keys: list[str]) -> ir.Table:
    """Return net_amount, cost_amount, net_amount_with_cost and quantity of the lines by ``keys``."""
    return lines.group_by(keys).agg(
        net_amount=lines.net_amount.sum().cast(MONEY),
        cost_amount=lines.cost_amount.sum().cast(MONEY),
        net_amount_with_cost=lines.net_amount.sum(where=lines.cost_amount.notnull()).cast(MONEY),
        quantity=lines.quantity.sum().cast(MONEY),
    )


def product_list(facts: Facts) -> ir.Table:
    """Return the products sold in the window, with what is known of each and how fast its stock turns.

    Columns: product_id, name, category, offering_role, turnover (pieces sold in a year, the company's, over pieces on
    hand). Stock counts where ``stock_date`` lies in the report's month: how many pieces there are today says nothing of
    another month, so that turnover is NULL if no such day is known, as it is without stock.
    """
    sold = facts.table("company_product_window")
    sold = sold.filter(sold.product_id.notnull())
    sold = sold.group_by("product_id").agg(quantity=sold.quantity.sum().cast("float64"))
    products = facts.optional("products")
    if products is None:
        return sold.select(
            "product_id",
            **{name: ibis.null("string") for name in ("name", "category", "offering_role")},
            turnover=ibis.null("float64"),
        )
    products = current_rows(products, "product_id", facts.month_end)
    counted = products.stock_date.between(
        ibis.date(facts.year.first_day(facts.month)), ibis.date(facts.month_end)
    )
    known = products.select(
        "name",
        "category",
        "offering_role",
        listed_id=products.product_id,
        stock=counted.ifelse(products.stock.cast("float64"), ibis.null("float64")),
    )
    joined = sold.left_join(known, sold.product_id == known.listed_id)
    yearly = joined.quantity * (months_a_year(facts.month) / facts.settings.periods.window_months)
    turnover = ibis.ifelse((joined.stock > 0) & (yearly > 0), yearly / joined.stock, ibis.null("float64"))
    return joined.select("product_id", "name", "category", "offering_role", turnover=turnover)


def products_of(facts: Facts, customer_ids: list[str]) -> pd.DataFrame:
    """Return the fact customer_products of a few customers in pandas, by customer and product."""
    table = facts.table("customer_products")
    chosen = table.filter(table.customer_id.isin(customer_ids))
    keys = ("customer_id", "product_id")
    return to_pandas(chosen.order_by([ibis.asc(key, nulls_first=False) for key in keys]))


def wallet_estimates(evidence: ir.Table | None, month_end: dt.date) -> ir.Table:
    """Return the latest estimate of each customer's total purchases, by method, as of the month end.

    Of several on one day the smallest counts. No rows where the table is not supplied.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, method, as_of (DATE), annual_purchases (DECIMAL).
    """
    schema = {"customer_id": "string", "method": "string", "as_of": "date", "annual_purchases": MONEY}
    if evidence is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    known = evidence.filter(evidence.as_of <= ibis.date(month_end))
    latest_first = [known.as_of.desc(), known.annual_purchases.asc()]
    ranked = known.mutate(
        place=ibis.row_number().over(group_by=["customer_id", "method"], order_by=latest_first)
    )
    return ranked.filter(ranked.place == 0).select(*schema).order_by(["customer_id", "method"])


FACTS: dict[str, Fact] = {
    "customer_products": Fact(customer_products, order=("customer_id", "product_id"), scoped=by_customer),
    "product_window": Fact(
        product_window,
        order=("salesperson_id", "team", "trade_class", "assigned", "product_id"),
        scoped=by_owner,
        scoped_only=True,
    ),
    "company_product_window": Fact(
        lambda facts: product_window(facts, owner=()),
        order=("trade_class", "assigned", "product_id"),
        scoped=company_only,
    ),
    "product_list": Fact(product_list, order=("product_id",), scoped=unscoped),
    "wallet_estimates": Fact(
        lambda f: wallet_estimates(f.optional("wallet_evidence"), f.month_end),
        order=("customer_id", "method"),
        scoped=by_customer,
        is_ordered=True,
    ),
}
