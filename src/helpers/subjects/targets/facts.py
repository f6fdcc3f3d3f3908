"""Facts: targets, and net sales by salesperson and month."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.engine.as_of import MONEY, month_of
from helpers.engine.fact import Fact, by_owner, by_target_scope

_LONG_AGO = dt.date(1900, 1, 1)


def targets(table: ir.Table | None) -> ir.Table:
    """Return period, scope_type, scope_id, metric and target; empty if none is supplied."""
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


def seller_months(
    order_days: ir.Table, owned: ir.Table, salespeople: ir.Table | None, months: FiscalPeriods | None = None
) -> ir.Table:
    """Return net sales by seller and month, which sales targets are compared with.

    A line belongs to its salesperson; without one, to the customer's owner at the month end. The team is the
    salesperson's team on the first day of the line's month (the earliest known one before that), so that past sales
    stay with the team where they were made.

    Returns
    -------
    ibis.expr.types.Table
        salesperson_id (NULL: neither line nor customer names one), team, month, net_amount, orders.
    """
    owners = owned.select(owned_id="customer_id", owner_id="salesperson_id")
    rows = order_days.left_join(owners, order_days.customer_id == owners.owned_id)
    rows = rows.mutate(salesperson_id=ibis.coalesce(rows.salesperson_id, rows.owner_id))
    keys = ["salesperson_id", "month"]
    # By order first: so orders are counted without sets.
    orders = rows.group_by([*keys, "order_id"]).agg(net_amount=rows.net_amount.sum())
    sums = orders.group_by(keys).agg(net_amount=orders.net_amount.sum().cast(MONEY), orders=orders.count())
    if salespeople is None:
        return sums.mutate(team=ibis.null("string")).select(
            "salesperson_id", "team", "month", "net_amount", "orders"
        )
    staff = salespeople.select(staff_id="salesperson_id", team="team", since="valid_from")
    joined = sums.left_join(staff, sums.salesperson_id == staff.staff_id)
    # Rows that hold by then come first, the latest of them at the top; then the earliest of those to come.
    # A period of thirteen is known by another day than its first: so the day before tells from which month a row holds.
    day_before = (joined.since - ibis.interval(days=1)).cast("date")
    holds = joined.since.isnull() | (month_of(day_before, months) < joined.month)
    days = joined.since.delta(ibis.date(_LONG_AGO), unit="day").fill_null(0)
    nearest = [holds.ifelse(0, 1), holds.ifelse(-days, days), joined.team]
    place = ibis.row_number().over(group_by=[joined.salesperson_id, joined.month], order_by=nearest)
    ranked = joined.mutate(place=place)
    return ranked.filter(ranked.place == 0).select("salesperson_id", "team", "month", "net_amount", "orders")


FACTS: dict[str, Fact] = {
    "targets": Fact(
        lambda f: targets(f.optional("targets")),
        order=("metric", "scope_type", "scope_id", "period", "target"),
        scoped=by_target_scope,
    ),
    "seller_months": Fact(
        lambda f: seller_months(
            f.table("order_days"), f.table("customers"), f.optional("salespeople"), f.year.months
        ),
        order=("salesperson_id", "month"),
        scoped=by_owner,
    ),
}
