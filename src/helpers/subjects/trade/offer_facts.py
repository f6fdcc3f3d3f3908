"""Facts about recommendations: products that peers buy, and the results of earlier recommendations."""

# Ibis columns, not pandas: `notnull` is Ibis' name.

from itertools import product

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.period_names import months_a_year
from helpers.engine.as_of import MONEY
from helpers.engine.fact import Fact, by_customer, company_only
from helpers.engine.facts import Facts, sampled_ids
from helpers.subjects.trade.facts import product_sums

#: Least number and share of peers that buy a product for it to be proposed.
LEAST_BUYERS, LEAST_BUYER_SHARE = 5, 0.2
#: Proposals per customer.
MOST_PRODUCTS = 3
#: Age in months of the proposals that are tested.
HIDDEN_MONTHS = 6


def product_gaps(facts: Facts) -> ir.Table:
    """Return products that peers buy and a customer does not: the first `MOST_PRODUCTS`, in two orders.

    Peers are the other customers of the trade class who bought anything in the window. A product counts when
    `LEAST_BUYERS` of them and `LEAST_BUYER_SHARE` buy it, and when its margin in the class is not known to be zero
    or less. One order is by margin times the share of peers who buy (by sales where costs are not known), the other by
    that share alone; a class has one order of either kind for all of its customers.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, product_id, margin_place, popularity_place (0 first; NULL: not among the first in that order),
        peers, buyers, buyer_share, typical_share (of the purchases of the peers who buy it), customer_amount (all
        purchases of the customer in the window), expected_amount (customer_amount x typical_share), margin_rate (in the
        class), expected_margin, last_bought (DATE, before the window; NULL: never).
    """
    gaps = _proposals(
        _bought(facts.table("customer_products"), facts.table("customers")), facts.table("product_offers")
    )
    return _with_last_bought(gaps, facts).select(
        "customer_id", "product_id", "margin_place", "popularity_place", "peers", "buyers", "buyer_share",
        "typical_share", "customer_amount", "expected_amount", "margin_rate", "expected_margin", "last_bought",
    )  # fmt: skip


def _bought(sums: ir.Table, owned: ir.Table) -> ir.Table:
    """Return sales of named products, with the customer's class; ``sums`` as `customer_products`."""
    bought = sums.filter((sums.net_amount > 0) & sums.product_id.notnull())
    classes = owned.select(owned_id=owned.customer_id, peer_class=owned.trade_class.fill_null(""))
    return bought.inner_join(classes, bought.customer_id == classes.owned_id).drop("owned_id")


def _buyers(bought: ir.Table) -> ir.Table:
    return bought.group_by(["customer_id", "peer_class"]).agg(
        customer_amount=bought.net_amount.sum().cast(MONEY)
    )


#: The two orders of offers and the columns of their ranks in a class.
_RANKS = {"margin": "margin_rank", "popularity": "popularity_rank"}
_OF_OFFERS = ("product_id", "peers", "buyers", "buyer_share", "typical_share", "margin_rate")


def product_offers(sums: ir.Table, owned: ir.Table) -> ir.Table:
    """Return the products that enough customers of a class buy to be proposed to the others.

    Parameters
    ----------
    sums, owned
        `customer_products`, of any window, and the fact customers.

    Returns
    -------
    ibis.expr.types.Table
        product_class (empty: customers without one), product_id, peers, buyers, buyer_share, typical_share,
        margin_rate, margin_rank and popularity_rank (place in the class in either order, 0 first), offered (products
        of the class).
    """
    bought = _bought(sums, owned)
    buyers = _buyers(bought)
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
    offers = products.filter(
        (products.buyers >= LEAST_BUYERS)
        & (products.buyer_share >= LEAST_BUYER_SHARE)
        & (products.margin_rate.isnull() | (products.margin_rate > 0))
    )
    by_margin = [
        (offers.typical_share * offers.margin_rate * offers.buyer_share).desc(nulls_first=False),
        (offers.typical_share * offers.buyer_share).desc(),
        offers.product_id.asc(),
    ]
    by_share = [offers.buyers.desc(), offers.product_id.asc()]
    return offers.select(
        "product_class",
        *_OF_OFFERS,
        margin_rank=ibis.row_number().over(group_by=offers.product_class, order_by=by_margin).cast("int64"),
        popularity_rank=ibis.row_number()
        .over(group_by=offers.product_class, order_by=by_share)
        .cast("int64"),
        offered=offers.count().over(group_by=offers.product_class),
    )


def _accepted(bought: ir.Table, offers: ir.Table) -> ir.Table:
    """Return customer_id, product_id and both ranks of the offers that a customer already buys."""
    ranks = offers.select(*_RANKS.values(), of_class="product_class", offered_product="product_id")
    same = [bought.peer_class == ranks.of_class, bought.product_id == ranks.offered_product]
    return bought.inner_join(ranks, same).select("customer_id", "product_id", *_RANKS.values())


def _proposals(bought: ir.Table, offers: ir.Table) -> ir.Table:
    """Return the first offers that a customer does not take, in either order.

    They are found by counting: of the offers that a customer takes, those with at most k others left before them are
    before the one proposed at place k. So only the pairs taken have to be joined.

    Columns: customer_id, customer_amount, taken (offers that the customer takes), what `product_offers` says of the
    offer, margin_place, popularity_place, expected_amount, expected_margin.
    """
    accepted = _accepted(bought, offers)
    left = {
        f"{rule}_left": accepted[rank]
        - ibis.row_number().over(group_by=accepted.customer_id, order_by=accepted[rank])
        for rule, rank in _RANKS.items()
    }
    accepted = accepted.mutate(**left)
    places = list(product(_RANKS, range(MOST_PRODUCTS)))
    passed = accepted.group_by(passed_by="customer_id").agg(
        taken=accepted.count(),
        **{
            f"{rule}_{place}": accepted.count(where=accepted[f"{rule}_left"] <= place)
            for rule, place in places
        },
    )
    buyers = _buyers(bought)
    slots = ibis.memtable({"rule": [rule for rule, _ in places], "place": [place for _, place in places]})
    at = buyers.left_join(passed, buyers.customer_id == passed.passed_by).cross_join(slots)
    before = ibis.cases(*(((at.rule == r) & (at.place == k), at[f"{r}_{k}"]) for r, k in places))
    at = at.mutate(rank=before.fill_null(0) + at.place, taken=at.taken.fill_null(0))
    at = at.select("customer_id", "peer_class", "customer_amount", "taken", "rule", "place", "rank").view()
    rules = ibis.memtable({"rank_rule": list(_RANKS)})
    lists = offers.cross_join(rules)
    rank = ibis.cases(*((lists.rank_rule == rule, lists[rank]) for rule, rank in _RANKS.items()))
    lists = lists.select("product_class", "offered", "rank_rule", *_OF_OFFERS, rank_of_rule=rank).view()
    chosen = at.inner_join(
        lists, [("peer_class", "product_class"), ("rule", "rank_rule"), ("rank", "rank_of_rule")]
    )
    rows = chosen.group_by(["customer_id", "customer_amount", "taken", "offered", *_OF_OFFERS]).agg(
        **{f"{rule}_place": chosen.place.max(where=chosen.rule == rule) for rule in _RANKS}
    )
    rows = rows.mutate(expected_amount=rows.customer_amount.cast("float64") * rows.typical_share)
    return rows.mutate(expected_margin=rows.expected_amount * rows.margin_rate)


def _tested_lines(facts: Facts) -> ir.Table:
    """Return the lines of the customers that proposals are tested on: the sample used for learning."""
    lines = facts.lines.filter(facts.lines.customer_id.notnull())
    if facts.sampled_share == 1:
        return lines
    return lines.semi_join(sampled_ids(facts), "customer_id")


def customer_products_before(facts: Facts, hidden_months: int = HIDDEN_MONTHS) -> ir.Table:
    """Return `customer_products` as of some months ago; empty if the data do not reach back.

    Of the sampled customers (`helpers.engine.facts`), if not all are used.
    """
    last = facts.month - hidden_months
    first = last - (facts.settings.periods.window_months - 1)
    lines = _tested_lines(facts)
    inside = lines.month.between(
        ibis.date(first.to_timestamp().date()), ibis.date(last.to_timestamp().date())
    )
    return product_sums(lines.filter(inside), ["customer_id", "product_id"]).drop("quantity")


def proposal_tests(
    facts: Facts, before: ir.Table, offers: ir.Table, hidden_months: int = HIDDEN_MONTHS
) -> ir.Table:
    """Return the results of the proposals of some months ago, made from data of then.

    The trade class is the customer's as of the report's month. Lines of the hidden months say only what was bought of
    what was proposed. Customers, and the peers that proposals are made by, are those of ``before``.

    Parameters
    ----------
    before, offers
        `customer_products_before` and its `product_offers`.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, rule (``margin``, ``popularity``: the first `MOST_PRODUCTS` in that order; ``any``: everything that
        could be proposed), proposals, bought (net sales above zero in the hidden months), net_amount (of them, then),
        margin_amount (of them, at the margin of the class; 0 where costs are not known), likely_amount and
        likely_margin (of a year, what was to be expected of the proposals times the share of peers who buy; NULL for
        ``any``: nobody proposes everything).
    """
    schema = {"customer_id": "string", "rule": "string", "proposals": "int64", "bought": "int64", "net_amount": MONEY,
              "margin_amount": MONEY, "likely_amount": MONEY, "likely_margin": MONEY}  # fmt: skip
    bought = _bought(before, facts.table("customers"))
    proposals = _proposals(bought, offers)
    yearly = proposals.buyer_share * (months_a_year(facts.month) / facts.settings.periods.window_months)
    proposals = proposals.select(
        "customer_id", "product_id", *(f"{rule}_place" for rule in _RANKS),
        could_be=proposals.offered - proposals.taken,
        likely=(proposals.expected_amount * yearly).cast(MONEY),
        likely_margin=(proposals.expected_margin * yearly).cast(MONEY),
        amount=ibis.null(MONEY), margin=ibis.null(MONEY),
    )  # fmt: skip
    sold = _sold_since(facts, hidden_months, offers, _accepted(bought, offers))
    sold = sold.mutate(
        **{name: ibis.null(kind) for name, kind in proposals.schema().items() if name not in sold.columns}
    )
    both = proposals.union(sold.select(*proposals.columns))
    # A proposal and what was sold of it are in two rows: one row of each pair of customer and product.
    pairs = both.group_by(["customer_id", "product_id"]).agg(
        **{name: both[name].max() for name in both.columns[2:]}
    )
    tested = pairs.group_by("customer_id").agg(**_tested(pairs))
    tested = tested.filter(tested.proposals_any > 0)
    rows = tested.cross_join(ibis.memtable({"rule": [*_RANKS, "any"]}))
    measures = {
        name: ibis.cases(*((rows.rule == rule, rows[f"{name}_{rule}"]) for rule in (*_RANKS, "any")))
        for name in list(schema)[2:]
    }
    return rows.select("customer_id", "rule", **measures).cast(schema)


def _tested(pairs: ir.Table) -> dict[str, ir.Value]:
    """Return the measures of `proposal_tests`, named by measure and rule."""
    sums: dict[str, ir.Value] = {}
    for rule in (*_RANKS, "any"):
        chosen = ibis.literal(True) if rule == "any" else pairs[f"{rule}_place"].notnull()
        sums |= {
            f"bought_{rule}": pairs.count(where=chosen & pairs.amount.notnull()),
            f"net_amount_{rule}": pairs.amount.sum(where=chosen).cast(MONEY).fill_null(0),
            f"margin_amount_{rule}": pairs.margin.sum(where=chosen).cast(MONEY).fill_null(0),
        }
        if rule == "any":
            nothing = {f"{name}_any": ibis.null(MONEY) for name in ("likely_amount", "likely_margin")}
            sums |= {"proposals_any": pairs.could_be.max(), **nothing}
        else:
            sums |= {
                f"proposals_{rule}": pairs.count(where=chosen),
                f"likely_amount_{rule}": pairs.likely.sum(where=chosen).cast(MONEY),
                f"likely_margin_{rule}": pairs.likely_margin.sum(where=chosen).cast(MONEY).fill_null(0),
            }
    return sums


def _sold_since(facts: Facts, hidden_months: int, offers: ir.Table, accepted: ir.Table) -> ir.Table:
    """Return sales in the hidden months of offers that a customer did not take before, above zero.

    Columns: customer_id, product_id, amount, margin (at the margin of the class; NULL: not known).
    """
    last = ibis.date((facts.month - hidden_months).to_timestamp().date())
    lines = _tested_lines(facts)
    lines = lines.filter(lines.month > last).select("customer_id", "product_id", "net_amount")
    owned = facts.table("customers")
    classes = owned.select(owned_id="customer_id", peer_class=owned.trade_class.fill_null(""))
    lines = lines.inner_join(classes, lines.customer_id == classes.owned_id)
    offers = offers.select("product_class", "margin_rate", offered="product_id")
    lines = lines.inner_join(
        offers, [lines.peer_class == offers.product_class, lines.product_id == offers.offered]
    )
    new = lines.anti_join(accepted, ["customer_id", "product_id"])
    sold = new.group_by(["customer_id", "product_id", "margin_rate"]).agg(
        amount=new.net_amount.sum().cast(MONEY)
    )
    sold = sold.filter(sold.amount > 0)
    return sold.mutate(margin=(sold.amount.cast("float64") * sold.margin_rate).cast(MONEY)).drop(
        "margin_rate"
    )


def _with_last_bought(gaps: ir.Table, facts: Facts) -> ir.Table:
    """Add the last purchase of a product before the window, for proposed products only."""
    lines = facts.lines
    earlier = lines.filter((lines.month < ibis.date(facts.window()[0])) & (lines.net_amount > 0))
    earlier = earlier.select("order_date", earlier_customer="customer_id", earlier_product="product_id")
    same = [gaps.customer_id == earlier.earlier_customer, gaps.product_id == earlier.earlier_product]
    rows = gaps.left_join(earlier, same)
    return rows.group_by(list(gaps.columns)).agg(last_bought=rows.order_date.max())


FACTS: dict[str, Fact] = {
    "product_offers": Fact(
        lambda facts: product_offers(facts.table("customer_products"), facts.table("customers")),
        order=("product_class", "product_id"),
        scoped=company_only,
    ),
    "customer_products_before": Fact(
        customer_products_before, order=("customer_id", "product_id"), scoped=by_customer
    ),
    "product_offers_before": Fact(
        lambda facts: product_offers(facts.table("customer_products_before"), facts.table("customers")),
        order=("product_class", "product_id"),
        scoped=company_only,
    ),
    "proposal_tests": Fact(
        lambda facts: proposal_tests(
            facts, facts.table("customer_products_before"), facts.table("product_offers_before")
        ),
        order=("customer_id", "rule"),
        scoped=by_customer,
        empty_without="product_offers_before",
    ),
    "product_gaps": Fact(
        product_gaps, order=("customer_id", "product_id"), scoped=by_customer, empty_without="product_offers"
    ),
}
