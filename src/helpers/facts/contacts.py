"""Facts about people: who sold what, and how satisfied customers say they are."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.facts.expressions import MONEY


def seller_months(lines: ir.Table, owned: ir.Table, salespeople: ir.Table | None) -> ir.Table:
    """Return net sales by who sold them and month: what a sales target is held against.

    A line belongs to the salesperson whom it names; where it names none, to the customer's owner at the month end. The
    team is the salesperson's team on the first day of the line's month (the earliest known before it joined one), so
    that who changes team leaves its past sales where they were made.

    Returns
    -------
    ibis.expr.types.Table
        salesperson_id (NULL: neither line nor customer names one), team, month, net_amount, orders.
    """
    owners = owned.select(owned_id="customer_id", owner_id="salesperson_id")
    rows = lines.left_join(owners, lines.customer_id == owners.owned_id)
    rows = rows.mutate(salesperson_id=ibis.coalesce(rows.salesperson_id, rows.owner_id))
    sums = rows.group_by(["salesperson_id", "month"]).agg(
        net_amount=rows.net_amount.sum().cast(MONEY), orders=rows.order_id.nunique()
    )
    if salespeople is None:
        return sums.mutate(team=ibis.null("string")).select(
            "salesperson_id", "team", "month", "net_amount", "orders"
        )
    staff = salespeople.select(staff_id="salesperson_id", team="team", since="valid_from")
    joined = sums.left_join(staff, sums.salesperson_id == staff.staff_id)
    # Rows that hold by then come first, the latest of them at the top; then the earliest of those to come.
    holds = joined.since.isnull() | (joined.since <= joined.month)
    days = joined.month.delta(joined.since, unit="day").fill_null(10**6)
    nearest = [holds.ifelse(0, 1), days.abs(), joined.team]
    place = ibis.row_number().over(group_by=[joined.salesperson_id, joined.month], order_by=nearest)
    ranked = joined.mutate(place=place)
    return ranked.filter(ranked.place == 0).select("salesperson_id", "team", "month", "net_amount", "orders")


def survey_months(surveys: ir.Table | None, month_end: dt.date) -> ir.Table:
    """Return each customer's answers by month, on a scale from 0 to 10.

    Answers without the ends of their scale are taken as they stand where they lie between 0 and 10, else left out.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE), responses, score_sum (points from 0 to 10).
    """
    schema = {"customer_id": "string", "month": "date", "responses": "int64", "score_sum": MONEY}
    if surveys is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    rows = surveys.filter(surveys.date <= ibis.date(month_end))
    low, high = rows.scale_min.fill_null(0.0), rows.scale_max.fill_null(10.0)
    points = (10 * (rows.score - low) / (high - low).nullif(0)).round(4).cast(MONEY)
    rows = rows.mutate(month=rows.date.truncate("M").cast("date"), points=points)
    rows = rows.filter(rows.points.between(0, 10))
    sums = rows.group_by(["customer_id", "month"]).agg(
        responses=rows.count(), score_sum=rows.points.sum().cast(MONEY)
    )
    return sums.cast(schema).order_by(["customer_id", "month"])
