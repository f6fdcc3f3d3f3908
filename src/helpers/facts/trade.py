"""Facts about products: what is sold of each, how fast its stock turns, and what peers buy that a customer does not."""

# Ibis columns are not pandas': there `notnull` is the name.
# ruff: noqa: PD003, PD004

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.facts import expressions
from helpers.facts.coverage import coverage_of
from helpers.facts.engine import to_pandas
from helpers.facts.expressions import MONEY
from helpers.facts.fact import Fact, company_only, everybody, own_customers, own_owner

if TYPE_CHECKING:
    from helpers.facts.store import Facts

#: A product is proposed when at least so many peers buy it, and at least this share of them.
LEAST_BUYERS, LEAST_BUYER_SHARE = 5, 0.2
#: So many proposals a customer are kept.
MOST_PRODUCTS = 3


def customer_products(facts: Facts) -> ir.Table:
    """Return net sales by customer and product in the window. Large: it stays in the engine, see `products_of`.

    Columns: customer_id, product_id (NULL: the line names none), net_amount, cost_amount, net_amount_with_cost,
    quantity. Lines without a customer are not in it.
    """
    lines = _window(facts)
    return _sums(lines.filter(lines.customer_id.notnull()), ["customer_id", "product_id"])


def product_window(facts: Facts, owner: Sequence[str] = expressions.OWNER) -> ir.Table:
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
    nobody = _sums(everything.filter(everything.customer_id.isnull()), ["product_id"])
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


def _sums(lines: ir.Table, keys: list[str]) -> ir.Table:
    return lines.group_by(keys).agg(
        net_amount=lines.net_amount.sum().cast(MONEY),
        cost_amount=lines.cost_amount.sum().cast(MONEY),
        net_amount_with_cost=lines.net_amount.sum(where=lines.cost_amount.notnull()).cast(MONEY),
        quantity=lines.quantity.sum().cast(MONEY),
    )


def product_list(facts: Facts) -> ir.Table:
    """Return the products sold in the window, with what is known of each and how fast its stock turns.

    Columns: product_id, name, category, offering_role, turnover (pieces sold in a year, the company's, over pieces
    on hand). The table products says what is on hand without a date, so it is taken for the stock at the last
    complete month of the data: in reports of earlier months turnover is NULL, as it is without stock.
    """
    lines = _window(facts)
    sold = lines.filter(lines.product_id.notnull())
    sold = sold.group_by("product_id").agg(quantity=sold.quantity.sum().cast("float64"))
    products = facts.optional("products")
    if products is None:
        return sold.select(
            "product_id",
            **{name: ibis.null("string") for name in ("name", "category", "offering_role")},
            turnover=ibis.null("float64"),
        )
    known = products.group_by(listed_id=products.product_id).agg(
        **{name: products[name].min() for name in ("name", "category", "offering_role")},
        stock=products.stock.max().cast("float64"),
    )
    joined = sold.left_join(known, sold.product_id == known.listed_id)
    yearly = joined.quantity * (12 / facts.settings.periods.window_months)
    turnover = ibis.ifelse((joined.stock > 0) & (yearly > 0), yearly / joined.stock, ibis.null("float64"))
    if not _stock_is_of_month_end(facts):
        turnover = ibis.null("float64")
    return joined.select("product_id", "name", "category", "offering_role", turnover=turnover)


def _stock_is_of_month_end(facts: Facts) -> bool:
    months = to_pandas(expressions.months_with_data(facts.standard("order_lines")))
    return bool(coverage_of(months).last_complete_month <= facts.month)


def product_gaps(facts: Facts) -> ir.Table:
    """Return what a customer does not buy although peers do: at most `MOST_PRODUCTS` a customer, the best first.

    Peers are the other customers of the trade class who bought anything in the window. A product counts when
    `LEAST_BUYERS` of them and `LEAST_BUYER_SHARE` buy it, and when its margin in the class is not known to be zero
    or less. The order is by margin times the share of peers who buy; by sales where costs are not known.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, product_id, place (0 first), peers, buyers, buyer_share, typical_share (of the purchases of
        the peers who buy it), customer_amount (all purchases of the customer in the window), expected_amount
        (customer_amount x typical_share), margin_rate (in the class), expected_margin, last_bought (DATE, before
        the window; NULL: never).
    """
    bought = facts.table("customer_products")
    bought = bought.filter((bought.net_amount > 0) & bought.product_id.notnull())
    owned = facts.table("customers")
    classes = owned.select(owned_id=owned.customer_id, peer_class=owned.trade_class.fill_null(""))
    bought = bought.inner_join(classes, bought.customer_id == classes.owned_id).drop("owned_id")
    buyers = bought.group_by(["customer_id", "peer_class"]).agg(
        customer_amount=bought.net_amount.sum().cast(MONEY)
    )
    totals = buyers.select(buyer_id="customer_id", buyer_amount="customer_amount")
    sized = bought.inner_join(totals, bought.customer_id == totals.buyer_id)
    products = sized.group_by(product_class=sized.peer_class, product_id=sized.product_id).agg(
        buyers=sized.count(),
        amount=sized.net_amount.sum().cast("float64"),
        amount_of_buyers=sized.buyer_amount.sum().cast("float64"),
        costed=sized.net_amount_with_cost.sum().cast("float64"),
        cost=sized.cost_amount.sum().cast("float64"),
    )
    peers = buyers.group_by(counted_class=buyers.peer_class).agg(peers=buyers.count() - 1)
    products = products.inner_join(peers, products.product_class == peers.counted_class)
    products = products.mutate(
        buyer_share=products.buyers / products.peers.nullif(0),
        typical_share=products.amount / products.amount_of_buyers,
        margin_rate=(products.costed - products.cost) / products.costed.nullif(0),
    )
    products = products.filter(
        (products.buyers >= LEAST_BUYERS)
        & (products.buyer_share >= LEAST_BUYER_SHARE)
        & (products.margin_rate.isnull() | (products.margin_rate > 0))
    )
    pairs = buyers.inner_join(products, buyers.peer_class == products.product_class)
    missing = pairs.anti_join(bought, ["customer_id", "product_id"])
    missing = missing.mutate(expected_amount=missing.customer_amount.cast("float64") * missing.typical_share)
    missing = missing.mutate(expected_margin=missing.expected_amount * missing.margin_rate)
    best_first = [
        (missing.expected_margin * missing.buyer_share).desc(nulls_first=False),
        (missing.expected_amount * missing.buyer_share).desc(),
        missing.product_id.asc(),
    ]
    ranked = missing.mutate(place=ibis.row_number().over(group_by="customer_id", order_by=best_first))
    ranked = ranked.filter(ranked.place < MOST_PRODUCTS)
    return _with_last_bought(ranked, facts).select(
        "customer_id", "product_id", "place", "peers", "buyers", "buyer_share", "typical_share",
        "customer_amount", "expected_amount", "margin_rate", "expected_margin", "last_bought",
    )  # fmt: skip


def _with_last_bought(gaps: ir.Table, facts: Facts) -> ir.Table:
    lines = facts.lines
    earlier = lines.filter((lines.month < ibis.date(facts.window()[0])) & (lines.net_amount > 0))
    earlier = earlier.group_by(earlier_customer=earlier.customer_id, earlier_product=earlier.product_id).agg(
        last_bought=earlier.order_date.max()
    )
    same = [gaps.customer_id == earlier.earlier_customer, gaps.product_id == earlier.earlier_product]
    return gaps.left_join(earlier, same)


def products_of(facts: Facts, customer_ids: list[str]) -> pd.DataFrame:
    """Return the fact customer_products of a few customers in pandas, by customer and product."""
    table = facts.table("customer_products")
    chosen = table.filter(table.customer_id.isin(customer_ids) if customer_ids else ibis.literal(False))
    keys = ("customer_id", "product_id")
    return to_pandas(chosen.order_by([ibis.asc(key, nulls_first=False) for key in keys]))


FACTS: dict[str, Fact] = {
    "customer_products": Fact(customer_products, order=("customer_id", "product_id"), scoped=own_customers),
    "product_window": Fact(
        product_window,
        order=("salesperson_id", "team", "trade_class", "assigned", "product_id"),
        scoped=own_owner,
    ),
    "company_product_window": Fact(
        lambda facts: product_window(facts, owner=()),
        order=("trade_class", "assigned", "product_id"),
        scoped=company_only,
    ),
    "product_list": Fact(product_list, order=("product_id",), scoped=everybody),
    "product_gaps": Fact(product_gaps, order=("customer_id", "place"), scoped=own_customers),
}
