"""Facts about contacts with customers and prospects, as known at the month end."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.core.periods import CompanyYear
from helpers.engine.as_of import current_rows, month_of, not_before
from helpers.engine.fact import Fact, by_customer, by_owner, monthly_fact
from helpers.engine.months.monthly import HistorySource, Monthly
from helpers.subjects.signals.evidence import VISITS

#: Kinds of contacts initiated by the customer; every other kind is the seller's.
ENQUIRIES = ("enquiry", "enquiries", "inquiry", "inquiries", "request", "询价", "咨询", "询盘")


def contact_months(interactions: ir.Table | None, year: CompanyYear) -> ir.Table:
    """Return each customer's contacts by month: the seller's contacts, visits among them, and enquiries.

    ``interactions``: those known at the month end; ``year``: the company's.

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
    rows = interactions
    kind = rows.kind.strip().lower()
    enquiry = kind.isin(list(ENQUIRIES)).fill_null(False)
    visit = kind.isin(list(VISITS)).fill_null(False)
    rows = rows.mutate(month=month_of(rows.date, year.months), enquiry=enquiry, visit=visit)
    sums = rows.group_by(["customer_id", "month"]).agg(
        contacts=rows.count(where=~rows.enquiry),
        visits=rows.count(where=rows.visit),
        enquiries=rows.count(where=rows.enquiry),
        last_visit=rows.date.max(where=rows.visit),
        last_contact=rows.date.max(),
    )
    return sums.cast(schema).order_by(["customer_id", "month"])


def prospects(
    table: ir.Table | None,
    summary: ir.Table,
    salespeople: ir.Table | None,
    month_end: dt.date,
    year: CompanyYear,
) -> ir.Table:
    """Return each prospect as known at the end of the company's month; later conversions are not known yet.

    The first order is on ``converted_date``; if the source has only the customer, on its first purchase.

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
    rows, end = table, ibis.date(month_end)
    bought = summary.select(buyer_id="customer_id", bought_on=summary.first_purchase.cast("date"))
    rows = rows.left_join(bought, rows.converted_customer_id == bought.buyer_id)
    bought_on = not_before(rows.bought_on, rows.first_contact_date, year.months)
    ordered = ibis.coalesce(rows.converted_date.cast("date"), bought_on)
    rows = rows.mutate(converted_date=(ordered <= end).ifelse(ordered, ibis.null("date")))
    if salespeople is None:
        return rows.mutate(team=ibis.null("string")).select(*schema).cast(schema)
    staff = current_rows(salespeople, "salesperson_id", month_end)
    staff = staff.select(staff_id="salesperson_id", team="team")
    joined = rows.left_join(staff, rows.salesperson_id == staff.staff_id)
    return joined.select(*schema).cast(schema)


FACTS: dict[str, Fact] = {
    "contact_months": monthly_fact(
        Monthly(
            lambda f, after: contact_months(f.optional_after("interactions", after), f.year),
            made_of=(HistorySource("interactions"),),
        ),
        order=("customer_id", "month"),
        scoped=by_customer,
    ),
    "prospects": Fact(
        lambda f: prospects(
            f.optional("prospects"),
            f.table("customer_summary"),
            f.optional("salespeople"),
            f.month_end,
            f.year,
        ),
        order=("prospect_id", "first_contact_date", "source", "grade"),
        scoped=by_owner,
    ),
}
