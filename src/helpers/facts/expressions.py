"""The facts as Ibis expressions: standard tables in, one table per fact out, on any engine.

Every function is pure and lazy and uses nothing that only one engine has, so that DuckDB and Spark compute
the same. Money and quantities are DECIMAL(18, 4) sums, which do not depend on the order of threads;
logarithms are rounded to 12 decimals before they are summed, for the same reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.facts.fact import Fact, company_only, own_customers, own_owner, own_targets

MONEY = "decimal(18, 4)"
#: Attributes of the customers table that the fact ``customers`` hands on, besides customer_id and the owner.
ATTRIBUTES = (
    "name", "trade_class", "region", "industry", "size_class", "acquisition_source", "first_contact_date",
    "credit_limit", "interest_level", "parent_id", "valid_from",
)  # fmt: skip


def lines_until(order_lines: ir.Table, month_end: dt.date) -> ir.Table:
    """Return the order lines dated up to the month end, with ``month`` (first day of the line's month)."""
    return order_lines.filter(order_lines.order_date <= ibis.date(month_end)).mutate(
        month=order_lines.order_date.truncate("M").cast("date")
    )


def current_rows(table: ir.Table, key: str, month_end: dt.date) -> ir.Table:
    """Return one row per ``key``: the last one valid at the month end; NULL ``valid_from`` is always valid.

    A row that becomes valid after the month end is never used, not even for want of another: it was not on
    record then, and the report of that month must not change when it is added. Rows with the same
    ``valid_from`` are told apart by their other columns, in the order of the table's columns.
    """
    valid = table.filter(table.valid_from.isnull() | (table.valid_from <= ibis.date(month_end)))
    others = [valid[name].asc(nulls_first=False) for name in table.columns if name not in {key, "valid_from"}]
    newest_first = [valid.valid_from.desc(nulls_first=False), *others]
    ranked = valid.mutate(row_of_key=ibis.row_number().over(group_by=key, order_by=newest_first))
    return ranked.filter(ranked.row_of_key == 0).drop("row_of_key")


def last_salesperson(lines: ir.Table) -> ir.Table:
    """Return customer_id and salesperson_id of the customer's last line that names one.

    Of several lines on the last day the one with the highest order_id counts, then the highest
    salesperson_id.
    """
    named = lines.filter(lines.customer_id.notnull() & lines.salesperson_id.notnull())
    last_days = named.group_by("customer_id").agg(order_date=named.order_date.max())
    # Only the lines of the last day are ranked: ranking all of them is the slowest step of a large history.
    last = named.semi_join(last_days, ["customer_id", "order_date"])
    highest_first = [last.order_id.desc(), last.salesperson_id.desc()]
    ranked = last.mutate(
        row_of_customer=ibis.row_number().over(group_by="customer_id", order_by=highest_first)
    )
    return ranked.filter(ranked.row_of_customer == 0).select("customer_id", "salesperson_id")


def customers(
    lines: ir.Table,
    customer_rows: ir.Table | None,
    salespeople: ir.Table | None,
    month_end: dt.date,
    *,
    owner_from_customers: bool,
) -> ir.Table:
    """Return the customers as of the month end, one row each, with their owner.

    Here is every customer with a row valid at the month end or with an order line up to it. A customer who
    has no line yet and whose ``first_contact_date`` lies after the month end is left out: without
    ``valid_from`` that date is the only witness that the record is younger than the report.

    Parameters
    ----------
    lines
        Order lines as of the month end.
    customer_rows, salespeople
        Standard tables, or None where they are not supplied.
    month_end
        Last day of the report's month.
    owner_from_customers
        Whether the customers table supplies ``salesperson_id``; else the owner is the salesperson of the
        customer's last order line.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, the attributes, ``known`` (False: bought, but has no row valid at the month end; all
        attributes NULL), salesperson_id, salesperson_name, team.
    """
    buyers = lines.filter(lines.customer_id.notnull()).select("customer_id").distinct()
    if customer_rows is None:
        everyone = buyers.mutate(
            **{name: ibis.null(_attribute_type(name)) for name in ATTRIBUTES},
            owner_id=ibis.null("string"),
            known=ibis.literal(False),
        )
    else:
        current = current_rows(customer_rows, "customer_id", month_end)
        current = current.select("customer_id", *ATTRIBUTES, owner_id=current.salesperson_id)
        bought = buyers.select(buyer_id=buyers.customer_id)
        joined = current.outer_join(bought, current.customer_id == bought.buyer_id)
        everyone = joined.mutate(
            known=joined.customer_id.notnull(), customer_id=ibis.coalesce(joined.customer_id, joined.buyer_id)
        )
        not_yet = everyone.buyer_id.isnull() & (everyone.first_contact_date > ibis.date(month_end))
        everyone = everyone.filter(~not_yet.fill_null(False)).drop("buyer_id")
    if owner_from_customers:
        owned = everyone.rename(salesperson_id="owner_id")
    else:
        last = last_salesperson(lines).select(owned_id="customer_id", salesperson_id="salesperson_id")
        owned = (
            everyone.drop("owner_id").left_join(last, everyone.customer_id == last.owned_id).drop("owned_id")
        )
    if salespeople is None:
        named = owned.mutate(salesperson_name=ibis.null("string"), team=ibis.null("string"))
    else:
        staff = current_rows(salespeople, "salesperson_id", month_end)
        staff = staff.select(staff_id=staff.salesperson_id, salesperson_name=staff.name, team=staff.team)
        named = owned.left_join(staff, owned.salesperson_id == staff.staff_id).drop("staff_id")
    return named.select(
        "customer_id", *ATTRIBUTES, "known", "salesperson_id", "salesperson_name", "team"
    ).order_by("customer_id")


def _attribute_type(name: str) -> str:
    return {"credit_limit": MONEY, "first_contact_date": "date", "valid_from": "date"}.get(name, "string")


def purchase_occasions(order_days: ir.Table) -> ir.Table:
    """Return the days on which a customer has positive net sales: customer_id, date, net_amount.

    An order that is cancelled in full (it has positive and negative lines and all of them together come to
    nothing or less, as of the `orders.order_days` given) does not count, and none of its lines does, so that a
    customer who cancels and orders anew on one day has bought on that day. Lines of later months are not among those
    given: an order that is cancelled next month is still an occasion in this month's report.
    """
    assigned = order_days.filter(order_days.customer_id.notnull())
    # Only an order with a line below zero can be cancelled: the others, nearly all, need not be added up.
    returned = assigned.filter(assigned.returns_amount < 0).select("customer_id", "order_id").distinct()
    some = assigned.semi_join(returned, ["customer_id", "order_id"])
    orders = some.group_by(["customer_id", "order_id"]).agg(
        total=some.net_amount.sum(), bought=some.gross_amount.max()
    )
    cancelled = orders.filter((orders.total <= 0) & (orders.bought > 0))
    kept = assigned.anti_join(cancelled, ["customer_id", "order_id"])
    days = kept.group_by(customer_id=kept.customer_id, date=kept.order_date).agg(
        net_amount=kept.net_amount.sum().cast(MONEY)
    )
    return days.filter(days.net_amount > 0)


#: Who owns the customers at the month end: what tells the rows of a team or a salesperson.
OWNER = ("salesperson_id", "team")


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


def _rhythm(occasions: ir.Table, month_end: dt.date) -> ir.Table:
    """First and last purchase, frequency and gaps between purchases, one row per customer who has bought."""
    rhythm = occasions.group_by(buyer_id=occasions.customer_id).agg(
        first_purchase=occasions.first_date.min(),
        last_purchase=occasions.last_date.max(),
        frequency=(occasions.purchases.sum() - 1).cast("float64"),  # float: NULL for who never bought
        sum_log_gaps=occasions.sum_log_gaps.sum().cast("float64"),
    )
    rhythm = rhythm.mutate(
        recency_days=rhythm.last_purchase.delta(rhythm.first_purchase, unit="day").cast("float64"),
        T_days=ibis.date(month_end).delta(rhythm.first_purchase, unit="day").cast("float64"),
    )
    return rhythm.mutate(mean_gap_days=rhythm.recency_days / rhythm.frequency.nullif(0))


def customer_summary(
    order_days: ir.Table,
    occasions: ir.Table,
    month_end: dt.date,
    window: tuple[dt.date, dt.date],
    previous_window: tuple[dt.date, dt.date],
) -> ir.Table:
    """Return one row per customer with any order line up to the month end.

    Parameters
    ----------
    order_days, occasions
        `orders.order_days` as of the month end and their `panel.occasion_months`.
    month_end
        Last day of the report's month: where the time observed, ``T_days``, ends.
    window, previous_window
        First day of the first and of the last month of the trailing window and of the same window a year ago.

    Returns
    -------
    ibis.expr.types.Table
        customer_id; first_purchase, last_purchase (NULL where the customer has no purchase occasion),
        frequency (occasions after the first), recency_days (from first to last purchase), T_days (from first
        purchase to the month end), sum_log_gaps (natural logs of the gaps in days), mean_gap_days (NULL
        without a repeat); net_amount, list_amount, cost_amount, net_amount_with_cost, quantity, orders,
        returns_amount (of negative lines, as a positive number), gross_amount (of positive lines),
        returns_share (returns / gross) in the window; net_amount_previous of the previous window;
        net_amount_lifetime, cost_amount_lifetime, net_amount_with_cost_lifetime, orders_lifetime;
        first_line_date, last_line_date.
    """
    assigned = order_days.filter(order_days.customer_id.notnull())
    inside = assigned.month.between(ibis.date(window[0]), ibis.date(window[1]))
    before = assigned.month.between(ibis.date(previous_window[0]), ibis.date(previous_window[1]))
    # By order first, an order's days inside and outside of the window apart: so orders are counted without sets.
    orders = assigned.group_by(["customer_id", "order_id"]).agg(is_inside=inside.ifelse(1, 0).max())
    counts = orders.group_by(ordered_by="customer_id").agg(
        orders=orders.is_inside.sum().cast("int64"), orders_lifetime=orders.count()
    )
    net = assigned.net_amount
    totals = assigned.group_by("customer_id").agg(
        net_amount=net.sum(where=inside).cast(MONEY).fill_null(0),
        list_amount=assigned.list_amount.sum(where=inside).cast(MONEY),
        cost_amount=assigned.cost_amount.sum(where=inside).cast(MONEY),
        net_amount_with_cost=assigned.net_amount_with_cost.sum(where=inside).cast(MONEY),
        quantity=assigned.quantity.sum(where=inside).cast(MONEY).fill_null(0),
        returns_amount=(-assigned.returns_amount.sum(where=inside)).cast(MONEY).fill_null(0),
        gross_amount=assigned.gross_amount.sum(where=inside).cast(MONEY).fill_null(0),
        net_amount_previous=net.sum(where=before).cast(MONEY).fill_null(0),
        net_amount_lifetime=net.sum().cast(MONEY),
        cost_amount_lifetime=assigned.cost_amount.sum().cast(MONEY),
        net_amount_with_cost_lifetime=assigned.net_amount_with_cost.sum().cast(MONEY),
        first_line_date=assigned.order_date.min(),
        last_line_date=assigned.order_date.max(),
    )
    totals = totals.inner_join(counts, totals.customer_id == counts.ordered_by).drop("ordered_by")
    totals = totals.relocate("orders", after="quantity").relocate(
        "orders_lifetime", after="net_amount_with_cost_lifetime"
    )
    rhythm = _rhythm(occasions, month_end)
    joined = totals.left_join(rhythm, totals.customer_id == rhythm.buyer_id).drop("buyer_id")
    share = joined.returns_amount.cast("float64") / joined.gross_amount.cast("float64").nullif(0)
    return joined.mutate(returns_share=share).order_by("customer_id")


def months_with_data(order_lines: ir.Table) -> ir.Table:
    """Return month (DATE), rows, first_order_date and last_order_date of each month that has order lines."""
    dated = order_lines.mutate(month=order_lines.order_date.truncate("M").cast("date"))
    return (
        dated.group_by("month")
        .agg(
            rows=dated.count(),
            first_order_date=dated.order_date.min(),
            last_order_date=dated.order_date.max(),
        )
        .order_by("month")
    )


def targets(table: ir.Table | None) -> ir.Table:
    """Return period, scope_type, scope_id, metric and target; a table without rows where none is supplied."""
    schema = {
        "period": "string",
        "scope_type": "string",
        "scope_id": "string",
        "metric": "string",
        "target": MONEY,
    }
    if table is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    return table.select(*schema)


FACTS: dict[str, Fact] = {
    "customers": Fact(
        lambda f: customers(
            f.table("order_days"),
            f.optional("customers"),
            f.optional("salespeople"),
            f.month_end,
            owner_from_customers=f.tables.has("customers", "salesperson_id"),
        ),
        order=("customer_id",),
        scoped=own_owner,
        written_in_order=True,
    ),
    "purchase_occasions": Fact(
        lambda f: purchase_occasions(f.table("order_days")),
        order=("customer_id", "date"),
        scoped=own_customers,
    ),
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
    "customer_summary": Fact(
        lambda f: customer_summary(
            f.table("order_days"), f.table("occasion_months"), f.month_end, f.window(), f.window(12)
        ),
        order=("customer_id",),
        scoped=own_customers,
        written_in_order=True,
    ),
    "targets": Fact(
        lambda f: targets(f.optional("targets")),
        order=("metric", "scope_type", "scope_id", "period", "target"),
        scoped=own_targets,
    ),
}
