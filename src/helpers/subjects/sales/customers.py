"""The fact ``customers``: everybody with purchases or a record at the month end, with owner."""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.engine.as_of import MONEY, current_rows, line_month, month_of
from helpers.engine.fact import Fact, by_owner
from helpers.engine.facts import Facts

#: Columns of the customers table in the fact ``customers``, besides customer_id and the owner.
ATTRIBUTES = (
    "name", "trade_class", "region", "industry", "size_class", "acquisition_source", "first_contact_date",
    "credit_limit", "interest_level", "parent_id", "valid_from",
)  # fmt: skip
#: Columns that say that a business is closed.
_CLOSING = ("status", "closed_date")


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
    closed_words: Sequence[str] | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> ir.Table:
    """Return the customers as of the month end, one row each, with their owner.

    These are all customers with a record valid at the month end or with an order line up to it. Customers without a
    line whose ``first_contact_date`` is after the month end are left out: without ``valid_from`` that date alone shows
    that the record is younger than the report.

    Parameters
    ----------
    lines
        Order lines as of the month end.
    customer_rows, salespeople
        Standard tables, or None if they are not supplied.
    owner_from_customers
        Whether the customers table supplies ``salesperson_id``; else the owner is the salesperson of the
        customer's last order line.
    closed_words
        What ``status`` says of a business that is closed; None: the customers table supplies nothing of it.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, the attributes, ``known`` (False: bought, but has no row valid at the month end; all
        attributes NULL), salesperson_id, salesperson_name (its id where no name is known), team; status,
        closed_date and closed (see `_is_closed`).
    """
    buyers = lines.filter(lines.customer_id.notnull()).select("customer_id").distinct()
    if customer_rows is None:
        everyone = buyers.mutate(
            **{name: ibis.null(_attribute_type(name)) for name in ATTRIBUTES},
            **{name: ibis.null(_attribute_type(name)) for name in _CLOSING},
            owner_id=ibis.null("string"),
            known=ibis.literal(False),
        )
    else:
        current = current_rows(customer_rows, "customer_id", month_end)
        current = current.select("customer_id", *ATTRIBUTES, *_CLOSING, owner_id=current.salesperson_id)
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
        named = owned.mutate(salesperson_name=owned.salesperson_id, team=ibis.null("string"))
    else:
        staff = current_rows(salespeople, "salesperson_id", month_end)
        staff = staff.select(staff_id=staff.salesperson_id, salesperson_name=staff.name, team=staff.team)
        joined = owned.left_join(staff, owned.salesperson_id == staff.staff_id).drop("staff_id")
        named = joined.mutate(salesperson_name=ibis.coalesce(joined.salesperson_name, joined.salesperson_id))
    if closed_words is None:
        marked = named.mutate(closed=ibis.literal(False))
    else:
        marked = _is_closed(named, lines, closed_words, month_end, year)
    return marked.select(
        "customer_id", *ATTRIBUTES, "known", "salesperson_id", "salesperson_name", "team", *_CLOSING, "closed"
    ).order_by("customer_id")


def _is_closed(
    people: ir.Table, lines: ir.Table, words: Sequence[str], month_end: dt.date, year: CompanyYear
) -> ir.Table:
    """Add ``closed``: whether the business is closed for good as of the month end.

    It is from its ``closed_date`` on; with a ``status`` that says so and no day, always, as an attribute without
    ``valid_from`` is. But not where it has bought since in a later month than it closed in, nor, without a day, in a
    month in which it buys: then the record is wrong, or not of that time.
    """
    months, sold = year.months, lines.filter(lines.customer_id.notnull() & (lines.net_amount > 0))
    last = sold.group_by(last_id=sold.customer_id).agg(last_day=sold.order_date.max())
    rows = people.left_join(last, people.customer_id == last.last_id).drop("last_id")
    end, first = ibis.date(month_end), ibis.date(year.opens(year.month_of(month_end)))
    says_closed = rows.status.strip().lower().isin([word.strip().lower() for word in words])
    by_day = (rows.closed_date <= end) & (
        rows.last_day.isnull() | (line_month(rows.last_day, months) <= month_of(rows.closed_date, months))
    )
    without_day = rows.closed_date.isnull() & says_closed & (rows.last_day.isnull() | (rows.last_day < first))
    return rows.mutate(closed=by_day.fill_null(False) | without_day.fill_null(False)).drop("last_day")


def _attribute_type(name: str) -> str:
    days = dict.fromkeys(("first_contact_date", "valid_from", "closed_date"), "date")
    return {"credit_limit": MONEY, **days}.get(name, "string")


def _closed_words(f: Facts) -> Sequence[str] | None:
    supplied = f.tables.has("customers", "status") or f.tables.has("customers", "closed_date")
    return f.settings.customers.closed if supplied else None


FACTS: dict[str, Fact] = {
    "customers": Fact(
        lambda f: customers(
            f.table("order_days").select(
                "customer_id", "order_date", "order_id", "salesperson_id", "net_amount"
            ),
            f.optional("customers"),
            f.optional("salespeople"),
            f.month_end,
            owner_from_customers=f.tables.has("customers", "salesperson_id"),
            closed_words=_closed_words(f),
            year=f.year,
        ),
        order=("customer_id",),
        scoped=by_owner,
        is_ordered=True,
    )
}
