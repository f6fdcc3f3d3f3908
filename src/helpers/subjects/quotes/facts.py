"""Facts about quotes as of the month end; quotes decided later count as open."""

# Ibis columns, not pandas: `notnull` is Ibis' name.

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.core.periods import CompanyYear
from helpers.core.scope import Scope
from helpers.engine.as_of import MONEY, not_before
from helpers.engine.fact import Fact, by_owner
from helpers.engine.facts import Facts

_ROWS = {
    "quote_id": "string", "quote_date": "date", "customer_id": "string", "prospect_id": "string",
    "product_id": "string", "salesperson_id": "string", "amount": MONEY, "status": "string", "decided": "date",
    "undated": "boolean", "reason": "string",
}  # fmt: skip


def quote_rows(
    quotes: ir.Table | None, order_days: ir.Table, month_end: dt.date, year: CompanyYear
) -> ir.Table:
    """Return each row of a quote as it stood at ``month_end``, the last day of a month of the company's ``year``.

    Without a status a quote that names an order is won, else open. Without ``decided_at`` a quote is won on the day of
    the order it names (not on record by then: open); where it names none, nobody says when it was decided: then it
    counts as decided when it was quoted, marked ``undated``.

    Parameters
    ----------
    order_days
        The fact, as of the month end.

    Returns
    -------
    ibis.expr.types.Table
        quote_id, quote_date, customer_id, prospect_id, product_id, salesperson_id, amount, status (open, won, lost or
        expired), decided (DATE; NULL: open or undated), undated, reason (of a lost one).
    """
    if quotes is None:
        return ibis.memtable([], schema=ibis.schema(_ROWS))
    named = quotes.filter(quotes.order_id.notnull()).select(named_order="order_id").distinct()
    ordered = order_days.semi_join(named, order_days.order_id == named.named_order)
    ordered = ordered.group_by(came_of="order_id").agg(ordered_on=ordered.order_date.min())
    rows = quotes.filter(quotes.quote_date <= ibis.date(month_end))
    rows = rows.left_join(ordered, rows.order_id == ordered.came_of)
    has_order = rows.order_id.notnull()
    status = ibis.coalesce(rows.status, has_order.ifelse("won", "open"))
    is_won = status == "won"
    ordered_on = not_before(rows.ordered_on, rows.quote_date, year.months)
    decided = ibis.coalesce(rows.decided_at.cast("date"), is_won.ifelse(ordered_on, ibis.null("date")))
    waits = decided.isnull() & is_won & has_order
    is_open = (status == "open") | waits | (decided > ibis.date(month_end)).fill_null(False)
    rows = rows.mutate(
        status=is_open.ifelse("open", status),
        decided=is_open.ifelse(ibis.null("date"), decided),
        undated=~is_open & decided.isnull(),
        reason=is_open.ifelse(ibis.null("string"), rows.reason),
    )
    return rows.select(*_ROWS).cast(_ROWS)


def own_quotes(table: ir.Table, scope: Scope, facts: Facts) -> ir.Table:
    """Return quotes of the scope's customers at the month end, and of its prospects who are not customers."""
    owned = by_owner(facts.table("customers"), scope, facts).select(own_id="customer_id")
    of_customers = table.semi_join(owned, table.customer_id == owned.own_id)
    if not facts.tables.has("prospects"):
        return of_customers
    met = by_owner(facts.table("prospects"), scope, facts).select(own_prospect="prospect_id")
    free = table.filter(table.customer_id.isnull())
    return of_customers.union(free.semi_join(met, free.prospect_id == met.own_prospect))


FACTS: dict[str, Fact] = {
    "quote_rows": Fact(
        lambda f: quote_rows(f.optional("quotes"), f.table("order_days"), f.year.last_day(f.month), f.year),
        order=("quote_date", "quote_id", "product_id", "amount", "status", "decided", "reason"),
        scoped=own_quotes,
    )
}
