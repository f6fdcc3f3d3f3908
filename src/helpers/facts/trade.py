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
#: Proposals are tested by those of so many months ago.
HIDDEN_MONTHS = 6


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
    """Return what a customer does not buy although peers do: the first `MOST_PRODUCTS` a customer, in two orders.

    Peers are the other customers of the trade class who bought anything in the window. A product counts when
    `LEAST_BUYERS` of them and `LEAST_BUYER_SHARE` buy it, and when its margin in the class is not known to be zero
    or less. One order is by margin times the share of peers who buy (by sales where costs are not known), the other by
    that share alone.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, product_id, margin_place, popularity_place (0 first; NULL: not among the first in that order),
        peers, buyers, buyer_share, typical_share (of the purchases of the peers who buy it), customer_amount (all
        purchases of the customer in the window), expected_amount (customer_amount x typical_share), margin_rate (in the
        class), expected_margin, last_bought (DATE, before the window; NULL: never).
    """
    ranked = _ranked(_candidates(facts.table("customer_products"), facts.table("customers")))
    first = ranked.filter((ranked.margin_place < MOST_PRODUCTS) | (ranked.popularity_place < MOST_PRODUCTS))
    first = first.mutate(
        **{name: (first[name] < MOST_PRODUCTS).ifelse(first[name], ibis.null("int64"))
           for name in ("margin_place", "popularity_place")}
    )  # fmt: skip
    return _with_last_bought(first, facts).select(
        "customer_id", "product_id", "margin_place", "popularity_place", "peers", "buyers", "buyer_share",
        "typical_share", "customer_amount", "expected_amount", "margin_rate", "expected_margin", "last_bought",
    )  # fmt: skip


def _candidates(sums: ir.Table, owned: ir.Table) -> ir.Table:
    """Return each product that enough peers of a customer buy and it does not; `sums` as `customer_products`."""
    bought = sums.filter((sums.net_amount > 0) & sums.product_id.notnull())
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
    return missing.mutate(expected_margin=missing.expected_amount * missing.margin_rate)


def _ranked(missing: ir.Table) -> ir.Table:
    """Number each customer's candidates in both orders: ``margin_place`` and ``popularity_place``, 0 first."""
    by_margin = [
        (missing.expected_margin * missing.buyer_share).desc(nulls_first=False),
        (missing.expected_amount * missing.buyer_share).desc(),
        missing.product_id.asc(),
    ]
    by_share = [missing.buyers.desc(), missing.product_id.asc()]
    return missing.mutate(
        margin_place=ibis.row_number().over(group_by="customer_id", order_by=by_margin).cast("int64"),
        popularity_place=ibis.row_number().over(group_by="customer_id", order_by=by_share).cast("int64"),
    )


def proposal_tests(facts: Facts, hidden_months: int = HIDDEN_MONTHS) -> ir.Table:
    """Return what became of the proposals of so many months ago, made with what had been sold then.

    The trade class is the customer's as of the report's month. Lines of the hidden months say only what was bought of
    what was proposed.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, rule (``margin``, ``popularity``: the first `MOST_PRODUCTS` in that order; ``any``: everything that
        could be proposed), proposals, bought (net sales above zero in the hidden months), net_amount (of them, then),
        margin_amount (of them, at the margin of the class; 0 where costs are not known), likely_amount and
        likely_margin (of a year, what was to be expected of the proposals times the share of peers who buy).
    """
    origin = facts.month - hidden_months
    schema = {"customer_id": "string", "rule": "string", "proposals": "int64", "bought": "int64", "net_amount": MONEY,
              "margin_amount": MONEY, "likely_amount": MONEY, "likely_margin": MONEY}  # fmt: skip
    if origin < facts.coverage.months[0]:
        return ibis.memtable([], schema=ibis.schema(schema))
    last = ibis.date(origin.to_timestamp().date())
    first = ibis.date((origin - facts.settings.periods.window_months + 1).to_timestamp().date())
    lines = facts.lines.filter(facts.lines.customer_id.notnull())
    known = _sums(lines.filter(lines.month.between(first, last)), ["customer_id", "product_id"])
    later = lines.filter(lines.month > last)
    later = later.group_by(later_customer=later.customer_id, later_product=later.product_id).agg(
        later_amount=later.net_amount.sum().cast(MONEY)
    )
    ranked = _ranked(_candidates(known, facts.table("customers")))
    same = [ranked.customer_id == later.later_customer, ranked.product_id == later.later_product]
    rows = ranked.left_join(later, same)
    amount = ibis.greatest(rows.later_amount.fill_null(0).cast(MONEY), ibis.literal(0).cast(MONEY))
    rows = rows.mutate(amount=amount)
    yearly = rows.buyer_share * (12 / facts.settings.periods.window_months)
    rows = rows.mutate(
        margin=(rows.amount.cast("float64") * rows.margin_rate).cast(MONEY),
        likely=(rows.expected_amount * yearly).cast(MONEY),
        likely_margin=(rows.expected_margin * yearly).cast(MONEY),
    )
    parts = []
    for rule in ("margin", "popularity", "any"):
        chosen = rows if rule == "any" else rows.filter(rows[f"{rule}_place"] < MOST_PRODUCTS)
        sums = chosen.group_by("customer_id").agg(
            proposals=chosen.count(), bought=chosen.count(where=chosen.amount > 0),
            net_amount=chosen.amount.sum().cast(MONEY), margin_amount=chosen.margin.sum().cast(MONEY).fill_null(0),
            likely_amount=chosen.likely.sum().cast(MONEY),
            likely_margin=chosen.likely_margin.sum().cast(MONEY).fill_null(0),
        )  # fmt: skip
        parts.append(sums.mutate(rule=ibis.literal(rule)).select(*schema).cast(schema))
    return parts[0].union(parts[1]).union(parts[2])


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
        of_owners=True,
    ),
    "company_product_window": Fact(
        lambda facts: product_window(facts, owner=()),
        order=("trade_class", "assigned", "product_id"),
        scoped=company_only,
    ),
    "product_list": Fact(product_list, order=("product_id",), scoped=everybody),
    "proposal_tests": Fact(proposal_tests, order=("customer_id", "rule"), scoped=own_customers),
    "product_gaps": Fact(product_gaps, order=("customer_id", "product_id"), scoped=own_customers),
}
