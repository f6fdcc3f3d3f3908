"""Facts about people: who sold what, how satisfied customers are, complaints, contacts and prospects."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.facts.expressions import MONEY, current_rows
from helpers.facts.fact import Fact, monthly_fact, own_customers, own_owner
from helpers.facts.history import Dated
from helpers.facts.monthly import Monthly
from helpers.facts.signals_sources import VISITS


def seller_months(order_days: ir.Table, owned: ir.Table, salespeople: ir.Table | None) -> ir.Table:
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


def complaint_cases(complaints: ir.Table | None, month_end: dt.date) -> ir.Table:
    """Return each complaint as it stood at the month end: what was answered or settled later is open still.

    A case settled without a first answer on record counts as answered when it was settled.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, category, severity (NULL where not recorded), opened_at, first_response_at, resolved_at
        (TIMESTAMP; NULL: not by the month end).
    """
    moments = ("opened_at", "first_response_at", "resolved_at")
    texts = ("customer_id", "category", "severity")
    schema = dict.fromkeys(texts, "string") | dict.fromkeys(moments, "timestamp(6)")
    if complaints is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    rows = complaints.select(*schema).cast(schema)
    rows = rows.filter(rows.opened_at.cast("date") <= ibis.date(month_end))
    answered = ibis.coalesce(rows.first_response_at, rows.resolved_at)
    rows = rows.mutate(first_response_at=answered)
    known = {
        name: (rows[name].cast("date") <= ibis.date(month_end)).ifelse(rows[name], ibis.null("timestamp(6)"))
        for name in moments[1:]
    }
    return rows.mutate(**known).select(*schema)


#: What sources call a contact that the customer seeks; every other kind is the seller's.
ENQUIRIES = ("enquiry", "enquiries", "inquiry", "inquiries", "request", "询价", "咨询", "询盘")


def contact_months(interactions: ir.Table | None, month_end: dt.date) -> ir.Table:
    """Return each customer's contacts by month: those that the seller sought, visits among them, and enquiries.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE), contacts (the seller's: all kinds but `ENQUIRIES`), visits, enquiries (the
        customer's own), last_visit, last_contact (DATE; of either side; NULL: none in the month).
    """
    schema = {
        "customer_id": "string", "month": "date", "contacts": "int64", "visits": "int64", "enquiries": "int64",
        "last_visit": "date", "last_contact": "date",
    }  # fmt: skip
    if interactions is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    rows = interactions.filter(interactions.date <= ibis.date(month_end))
    kind = rows.kind.strip().lower()
    enquiry = kind.isin(list(ENQUIRIES)).fill_null(False)
    visit = kind.isin(list(VISITS)).fill_null(False)
    rows = rows.mutate(month=rows.date.truncate("M").cast("date"), enquiry=enquiry, visit=visit)
    sums = rows.group_by(["customer_id", "month"]).agg(
        contacts=rows.count(where=~rows.enquiry),
        visits=rows.count(where=rows.visit),
        enquiries=rows.count(where=rows.enquiry),
        last_visit=rows.date.max(where=rows.visit),
        last_contact=rows.date.max(),
    )
    return sums.cast(schema).order_by(["customer_id", "month"])


def prospects(
    table: ir.Table | None, summary: ir.Table, salespeople: ir.Table | None, month_end: dt.date
) -> ir.Table:
    """Return each prospect as it stood at the month end; conversions of later are not known yet.

    The first order is on ``converted_date``; where the source gives only the customer, on its first purchase.

    Returns
    -------
    ibis.expr.types.Table
        prospect_id, first_contact_date, source, grade, trade_class, salesperson_id, team (of the salesperson at the
        month end), converted_date (DATE; NULL: not by the month end).
    """
    texts = ("prospect_id", "source", "grade", "trade_class", "salesperson_id", "team")
    schema = dict.fromkeys(texts, "string") | {"first_contact_date": "date", "converted_date": "date"}
    if table is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    rows = table.filter(table.first_contact_date <= ibis.date(month_end))
    bought = summary.select(buyer_id="customer_id", bought_on=summary.first_purchase.cast("date"))
    rows = rows.left_join(bought, rows.converted_customer_id == bought.buyer_id)
    ordered = ibis.coalesce(rows.converted_date.cast("date"), rows.bought_on)
    rows = rows.mutate(converted_date=(ordered <= ibis.date(month_end)).ifelse(ordered, ibis.null("date")))
    if salespeople is None:
        return rows.mutate(team=ibis.null("string")).select(*schema).cast(schema)
    staff = current_rows(salespeople, "salesperson_id", month_end)
    staff = staff.select(staff_id="salesperson_id", team="team")
    joined = rows.left_join(staff, rows.salesperson_id == staff.staff_id)
    return joined.select(*schema).cast(schema)


FACTS: dict[str, Fact] = {
    "seller_months": Fact(
        lambda f: seller_months(f.table("order_days"), f.table("customers"), f.optional("salespeople")),
        order=("salesperson_id", "month"),
        scoped=own_owner,
    ),
    "survey_months": Fact(
        lambda f: survey_months(f.optional("surveys"), f.month_end),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "complaint_cases": Fact(
        lambda f: complaint_cases(f.optional("complaints"), f.month_end),
        order=("customer_id", "opened_at", "category", "severity", "first_response_at", "resolved_at"),
        scoped=own_customers,
    ),
    "contact_months": monthly_fact(
        Monthly(
            lambda f, after: contact_months(f.optional_after("interactions", after), f.month_end),
            made_of=(Dated("interactions"),),
        ),
        order=("customer_id", "month"),
        scoped=own_customers,
    ),
    "prospects": Fact(
        lambda f: prospects(
            f.optional("prospects"), f.table("customer_summary"), f.optional("salespeople"), f.month_end
        ),
        order=("prospect_id", "first_contact_date", "source", "grade"),
        scoped=own_owner,
    ),
}
