"""Sales by trade class, product and month: what price, volume and mix are told by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.engine.as_of import MONEY, OWNER
from helpers.engine.fact import Fact, company_only, own_owner


def class_product_months(
    lines: ir.Table, owned: ir.Table, first_month: dt.date, owner: Sequence[str] = OWNER
) -> ir.Table:
    """Return net sales and quantity by owner, trade class, product and month, from ``first_month`` on.

    Without ``owner``, by trade class, product and month alone: all that the company needs, and very much less.

    Columns: salesperson_id, team, trade_class (both as of the month end), assigned (False: lines without a
    customer id), product_id (NULL: the line names none), month, net_amount, quantity. Every line is in
    exactly one row, so that the rows add up to the company's sales.
    """
    recent = lines.filter(lines.month >= ibis.date(first_month))
    owners = owned.select("salesperson_id", "team", "trade_class", owned_id=owned.customer_id)
    joined = recent.drop("salesperson_id").left_join(owners, recent.customer_id == owners.owned_id)
    joined = joined.mutate(assigned=joined.customer_id.notnull())
    keys = [*owner, "trade_class", "assigned", "product_id", "month"]
    return (
        joined.group_by(keys)
        .agg(net_amount=joined.net_amount.sum().cast(MONEY), quantity=joined.quantity.sum().cast(MONEY))
        .order_by([ibis.asc(key, nulls_first=False) for key in keys])
    )


FACTS: dict[str, Fact] = {
    "class_product_months": Fact(
        lambda f: class_product_months(f.lines, f.table("customers"), f.window(12)[0]),
        order=("salesperson_id", "team", "trade_class", "assigned", "product_id", "month"),
        scoped=own_owner,
        of_owners=True,
    ),
    "company_product_months": Fact(
        lambda f: class_product_months(f.lines, f.table("customers"), f.window(12)[0], owner=()),
        order=("trade_class", "assigned", "product_id", "month"),
        scoped=company_only,
    ),
}
