"""Facts for customer cards: categories, order lines, contacts and complaints of a few customers.

Nothing dated after the month end is used; a complaint that was resolved later counts as open.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.periods import trailing_year
from helpers.engine.as_of import MONEY, current_rows, month_of
from helpers.engine.connection import to_pandas
from helpers.engine.fact import Fact, company_only
from helpers.engine.facts import Facts

_PEERS = {"trade_class": "string", "category": "string", "buyers": "int64", "customers": "int64"}


def category_sales(facts: Facts, ids: Sequence[str]) -> pd.DataFrame | None:
    """Return customer_id, category and net_amount of the window, for these customers.

    None if no product categories are supplied.
    """
    sales = _category_sales(facts)
    if sales is None:
        return None
    return to_pandas(sales.filter(sales.customer_id.isin(list(ids))).order_by(["customer_id", "category"]))


def class_categories(facts: Facts, owned: ir.Table) -> ir.Table:
    """Return, for each trade class of the given customers, how many buy each category: the peers of a card.

    Parameters
    ----------
    owned
        The fact customers, or some of its rows.

    Returns
    -------
    ibis.expr.types.Table
        trade_class, category, buyers (customers with net sales above zero in the category in the window),
        customers (of the class, with net sales above zero in any category). No rows without categories.
    """
    sales = _category_sales(facts)
    if sales is None:
        return ibis.memtable([], schema=ibis.schema(_PEERS))
    bought = sales.filter(sales.net_amount > 0)
    classes = owned.select(owner_id=owned.customer_id, trade_class=owned.trade_class)
    joined = bought.inner_join(classes, bought.customer_id == classes.owner_id)
    joined = joined.filter(joined.trade_class.notnull())  # noqa: PD004
    buyers = joined.group_by(["trade_class", "category"]).agg(buyers=joined.count())
    members = joined.select("customer_id", class_name="trade_class").distinct()
    sizes = members.group_by("class_name").agg(customers=members.count())
    both = buyers.inner_join(sizes, buyers.trade_class == sizes.class_name)
    return both.select(*_PEERS).cast(_PEERS)


def peers_among(facts: Facts, ids: Sequence[str]) -> pd.DataFrame:
    """Return `class_categories` with only these customers as peers."""
    owned = facts.table("customers")
    peers = class_categories(facts, owned.filter(owned.customer_id.isin(list(ids))))
    return to_pandas(peers.order_by(["trade_class", "category"]))


def recent_lines(facts: Facts, ids: Sequence[str], most: int) -> pd.DataFrame:
    """Return each customer's latest order lines in the 12 months up to the month end.

    Returns
    -------
    pandas.DataFrame
        customer_id, order_date, order_id, product (its name, else its id), quantity, net_amount; lines (how many there
        are of the customer in these months): ``most`` rows a customer at most, the latest first.
    """
    first = trailing_year(facts.month).first.to_timestamp().date()
    lines = facts.lines.filter(facts.lines.month >= ibis.date(first))
    lines = lines.filter(lines.customer_id.isin(list(ids)))
    lines = lines.mutate(product=lines.product_id)
    products = facts.optional("products")
    if products is not None and facts.tables.has("products", "name"):
        listed = current_rows(products, "product_id", facts.month_end)
        named = listed.select(listed_id=listed.product_id, listed_name=listed.name)
        lines = lines.left_join(named, lines.product_id == named.listed_id)
        lines = lines.mutate(product=ibis.coalesce(lines.listed_name, lines.product_id))
    latest = [
        ibis.desc("order_date"), *(ibis.asc(name, nulls_first=False) for name in ("order_id", "line_no", "product_id")),
        ibis.asc("net_amount"),
    ]  # fmt: skip
    of_one = ibis.window(group_by="customer_id", order_by=latest)
    numbered = lines.mutate(
        place=ibis.row_number().over(of_one), lines=lines.count().over(ibis.window(group_by="customer_id"))
    )
    few = numbered.filter(numbered.place < most).order_by(["customer_id", "place"])
    return to_pandas(
        few.select(
            "customer_id", "order_date", "order_id", "product", "quantity", "net_amount", "lines", "place"
        )
    )


def contacts(facts: Facts, ids: Sequence[str]) -> pd.DataFrame | None:
    """Return customer_id, date, month (DATE), kind, contact_role, topic and outcome, latest first.

    None if contacts are not supplied.
    """
    table = facts.optional("interactions")
    if table is None:
        return None
    columns = ["customer_id", "date", "kind", "contact_role", "topic", "outcome"]
    known = table.filter(table.customer_id.isin(list(ids)))
    others = [ibis.asc(name, nulls_first=False) for name in columns if name != "date"]
    rows = known.select(*columns, month=month_of(known.date, facts.year.months))
    return to_pandas(rows.order_by([ibis.desc("date"), *others]))


def complaints(facts: Facts, ids: Sequence[str]) -> pd.DataFrame | None:
    """Return customer_id, opened, category, severity and resolved (NaT: open), latest first.

    None if complaints are not supplied.
    """
    table = facts.optional("complaints")
    if table is None:
        return None
    end = ibis.date(facts.year.last_day(facts.month))
    dated = table.mutate(opened=table.opened_at.cast("date"), resolved=table.resolved_at.cast("date"))
    known = dated.filter(dated.customer_id.isin(list(ids)))
    known = known.mutate(resolved=ibis.ifelse(known.resolved <= end, known.resolved, ibis.null("date")))
    columns = ["customer_id", "opened", "category", "severity", "resolved"]
    others = [ibis.asc(name, nulls_first=False) for name in columns if name != "opened"]
    return to_pandas(known.select(*columns).order_by([ibis.desc("opened"), *others]))


def _category_sales(facts: Facts) -> ir.Table | None:
    if not (facts.tables.has("products", "category") and facts.tables.has("order_lines", "product_id")):
        return None
    products = current_rows(facts.standard("products"), "product_id", facts.month_end)
    named = products.select(goods=products.product_id, category=products.category)
    sold = facts.table("customer_products")
    joined = sold.inner_join(named, sold.product_id == named.goods)
    joined = joined.filter(joined.category.notnull())  # noqa: PD004
    return joined.group_by(["customer_id", "category"]).agg(net_amount=joined.net_amount.sum().cast(MONEY))


FACTS: dict[str, Fact] = {
    "class_categories": Fact(
        lambda f: class_categories(f, f.table("customers")),
        order=("trade_class", "category"),
        scoped=company_only,
    )
}
