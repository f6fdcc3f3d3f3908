"""Evidence about customers by month: the basis of signals and scores.

Every source is first added up by customer and month (`evidence_part`), once; a month end is then two windows over
those sums (`helpers.subjects.signals.windows`), so that two dozen past month ends cost little more than one. A
measure whose table or column is not supplied has no column at all: absent is absent, never zero.

What is not an event is written as events, so that every month end can be read off the same rows: a complaint is one
open case more in the month it is opened and one less in the month it is resolved; an invoice is owed from its due
date and settled by payments, those before the due date on it.

Sums of days, counts and money are whole or DECIMAL and do not depend on the order of threads. Variances come from
sums of squares, which add up over months where variances do not.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.engine.as_of import MONEY, counted_day, line_month, month_of, valid_in_month, validity_periods
from helpers.subjects.sales.order_days import RATIO

#: Longest time from enquiry to order that is taken for one decision.
LONGEST_DECISION_DAYS = 365
#: What sources call the topics of a contact that tell a generalist from a specialist.
APPLICATION_TOPICS = ("application", "applications", "product advice", "training", "应用", "产品咨询", "培训")
PRICE_TOPICS = ("price", "prices", "pricing", "discount", "价格", "折扣")
VISITS = ("visit", "visits", "拜访", "回访")
#: More than the number of any month, counted from the year 0.
_CATEGORY_FACTOR = 100_000


@dataclass(frozen=True)
class Sources:
    """The standard tables that evidence comes from; None if a table is not supplied.

    Attributes
    ----------
    lines, order_days, paid
        Order lines and their `orders.order_days`; `linked_payments`; the others under their own names.
    supplied
        Table name -> the columns that the source supplies, as in `StandardTables.supplied`.
    year
        Whose months the other tables' days count in.
    """

    lines: ir.Table
    order_days: ir.Table
    paid: ir.Table
    supplied: Mapping[str, frozenset[str]]
    tables: Mapping[str, ir.Table] = field(default_factory=dict)
    year: CompanyYear = CALENDAR_YEAR

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table is supplied, and each of the columns."""
        return table in self.supplied and set(columns) <= self.supplied[table]


def _matches_any(text: ir.Value, words: Sequence[str]) -> ir.Value:
    return text.strip().lower().isin(list(words)).fill_null(False)


def _line_months(s: Sources) -> dict[str, ir.Table]:
    """Lines, returns, discounts and offering roles of the lines bought, by customer and month."""
    days = s.order_days.filter(s.order_days.customer_id.notnull())
    sums = {
        "lines": days.sold_lines.sum(),
        "gross_amount": days.gross_amount.sum(),
        "returns_amount": (-days.returns_amount).sum(),
    }
    if s.has("order_lines", "list_amount"):
        sums |= {name: days[name].sum() for name in ("discount_n", "discount_sum", "discount_square")}
    parts = {"lines": days.group_by(["customer_id", "month"]).agg(**sums)}
    if s.has("products", "offering_role"):
        products = validity_periods(s.tables["products"], "product_id")
        roles = products.filter(products.offering_role.notnull()).select(
            "valid_from", "until", role_product="product_id", role="offering_role"
        )
        bought = s.lines.filter(s.lines.customer_id.notnull() & (s.lines.net_amount > 0))
        joined = bought.inner_join(roles, bought.product_id == roles.role_product)
        dated = s.has("products", "valid_from")
        joined = joined.filter(valid_in_month(joined, s.year.months)) if dated else joined
        parts["roles"] = joined.group_by(["customer_id", "month"]).agg(
            role_lines=joined.count(),
            component_lines=joined.count(where=joined.role == "component"),
            service_lines=joined.count(where=joined.role.isin(["service", "support"])),
        )
    if s.has("order_lines", "enquiry_date"):
        parts["decisions"] = _decision_months(s.order_days)
    return parts


def _decision_months(order_days: ir.Table) -> ir.Table:
    """Days from the enquiry to the order, an order once, by the month of the order; its later months say nothing."""
    with_enquiry = order_days.filter(order_days.customer_id.notnull() & order_days.enquiry_date.notnull())
    months = with_enquiry.group_by(["customer_id", "order_id", "month"]).agg(
        ordered=with_enquiry.order_date.min(), enquired=with_enquiry.enquiry_date.min()
    )
    row = ibis.row_number().over(group_by=["customer_id", "order_id"], order_by="month")
    orders = months.mutate(place=row, days=months.ordered.delta(months.enquired, unit="day"))
    orders = orders.filter((orders.place == 0) & orders.days.between(0, LONGEST_DECISION_DAYS))
    return orders.group_by(["customer_id", "month"]).agg(
        decision_n=orders.count(),
        decision_sum=orders.days.sum(),
        decision_square=(orders.days * orders.days).sum(),
    )


def _contact_months(s: Sources, until: dt.date) -> dict[str, ir.Table]:
    if not s.has("interactions"):
        return {}
    rows = s.tables["interactions"]
    # On the day on which a line of that day counts: silence is counted in such days too, at past month ends as now.
    rows = rows.mutate(date=counted_day(rows.date, s.year.months))
    rows = rows.filter(rows.date <= ibis.date(until)).mutate(month=line_month(rows.date, s.year.months))
    visit = _matches_any(rows.kind, VISITS)
    sums = {
        "contacts": rows.count(),
        "visits": rows.count(where=visit),
        "last_visit": rows.date.max(where=visit),
        "last_contact": rows.date.max(),
    }
    if s.has("interactions", "contact_role"):
        sums |= {
            "role_contacts": rows.count(where=rows.contact_role.isin(["engineering", "purchasing"])),
            "purchasing_contacts": rows.count(where=rows.contact_role == "purchasing"),
        }
    if s.has("interactions", "topic"):
        sums |= {
            "topic_contacts": rows.count(where=rows.topic.notnull()),
            "application_contacts": rows.count(where=_matches_any(rows.topic, APPLICATION_TOPICS)),
            "price_contacts": rows.count(where=_matches_any(rows.topic, PRICE_TOPICS)),
        }
    return {"contacts": rows.group_by(["customer_id", "month"]).agg(**sums)}


def _complaint_months(s: Sources, until: dt.date) -> dict[str, ir.Table]:
    """Complaints opened; those resolved are in the month of the resolution."""
    if not s.has("complaints"):
        return {}
    rows = s.tables["complaints"]
    rows = rows.mutate(opened=rows.opened_at.cast("date"), resolved=rows.resolved_at.cast("date"))
    end, months = ibis.date(until), s.year.months
    rows = rows.filter(rows.opened <= end)
    opened = rows.mutate(month=month_of(rows.opened, months))
    parts = {"complaints": opened.group_by(["customer_id", "month"]).agg(complaints=opened.count())}
    if s.has("complaints", "resolved_at"):
        # An answer that is dated before its complaint settles it on the day it is opened.
        settled = rows.filter(rows.resolved <= end).mutate(
            month=month_of(ibis.greatest(rows.resolved, rows.opened), months)
        )
        parts["resolved"] = settled.group_by(["customer_id", "month"]).agg(
            complaints_resolved=settled.count()
        )
    return parts


def _survey_months(s: Sources, until: dt.date) -> dict[str, ir.Table]:
    """Survey scores on a scale from 0 to 1 where the scale is known, else as they are."""
    if not s.has("surveys"):
        return {}
    rows = s.tables["surveys"]
    rows = rows.filter(rows.date <= ibis.date(until))
    on_scale = (rows.score - rows.scale_min) / (rows.scale_max - rows.scale_min).nullif(0)
    score = (on_scale if s.has("surveys", "scale_min", "scale_max") else rows.score).cast(RATIO)
    rows = rows.mutate(value=score, month=month_of(rows.date, s.year.months))
    rows = rows.filter(rows.value.notnull())
    square = (rows.value.cast("float64") * rows.value.cast("float64")).cast(RATIO)
    return {
        "surveys": rows.group_by(["customer_id", "month"]).agg(
            survey_n=rows.count(), survey_sum=rows.value.sum(), survey_square=square.sum()
        )
    }


def _payment_months(s: Sources, until: dt.date) -> dict[str, ir.Table]:
    """Days between due date and payment, and what is owed and settled, by the month in which each counts."""
    if not (s.has("invoices") and s.has("payments")):
        return {}
    end, months = ibis.date(until), s.year.months
    invoices = s.tables["invoices"]
    invoices = invoices.filter(invoices.invoice_date <= end)
    owed_from = ibis.greatest(invoices.invoice_date, invoices.due_date)
    invoices = invoices.select("customer_id", "amount", owed_from=owed_from)
    linked = s.paid.filter(s.paid.invoice_id.notnull())
    # From the day on which both are known and the invoice is due: a payment before it is on that day.
    settled = ibis.greatest(linked.payment_date, linked.invoice_date, linked.due_date)
    linked = linked.mutate(settled_on=settled, late=linked.payment_date.delta(linked.due_date, unit="day"))
    due = invoices.filter(invoices.owed_from <= end)
    due = due.mutate(month=month_of(due.owed_from, months))
    settled_rows = linked.filter(linked.settled_on <= end)
    settled_rows = settled_rows.mutate(month=month_of(settled_rows.settled_on, months))
    paid = linked.filter(linked.amount > 0).mutate(month=month_of(linked.payment_date, months))
    account = s.paid.filter(~s.paid.names_invoice & s.paid.customer_id.notnull())
    account = account.mutate(month=month_of(account.payment_date, months))
    money = settled_rows.select("customer_id", "month", "amount").union(
        account.select("customer_id", "month", "amount")
    )
    keys = ["customer_id", "month"]
    return {
        "due": due.group_by(keys).agg(due_amount=due.amount.sum()),
        "settled": money.group_by(keys).agg(settled_amount=money.amount.sum()),
        "paid": paid.group_by(keys).agg(
            late_n=paid.count(), late_sum=paid.late.sum(), late_square=(paid.late * paid.late).sum()
        ),
    }


def quote_months(quotes: ir.Table, year: CompanyYear) -> ir.Table:
    """Count quotes decided, and those won among them, by the month in which page 11 counts them: `quotes.each_quote`.

    ``quotes``: the fact quote_rows. It is the part ``quotes`` of the evidence.
    """
    rows = quotes.filter(quotes.customer_id.notnull())
    by_quote = rows.group_by("quote_id").agg(
        customer_id=rows.customer_id.min(),
        day=ibis.coalesce(rows.decided.max(), rows.quote_date.min()),
        waiting=(rows.status == "open").ifelse(1, 0).max(),
        won=(rows.status == "won").ifelse(1, 0).max(),
    )
    by_quote = by_quote.filter(by_quote.waiting == 0)
    by_quote = by_quote.mutate(month=month_of(by_quote.day, year.months))
    return by_quote.group_by(["customer_id", "month"]).agg(
        quotes_decided=by_quote.count(), quotes_won=by_quote.won.sum().cast("int64")
    )


#: Part -> its measures with their types; a table of `evidence_part` has those that its sources supply.
PARTS: dict[str, dict[str, str]] = {
    "lines": {
        "lines": "int64", "gross_amount": MONEY, "returns_amount": MONEY, "discount_n": "int64",
        "discount_sum": RATIO, "discount_square": RATIO,
    },
    "roles": {"role_lines": "int64", "component_lines": "int64", "service_lines": "int64"},
    "decisions": {"decision_n": "int64", "decision_sum": "int64", "decision_square": "int64"},
    "contacts": {
        "contacts": "int64", "visits": "int64", "role_contacts": "int64", "purchasing_contacts": "int64",
        "topic_contacts": "int64", "application_contacts": "int64", "price_contacts": "int64",
        "last_visit": "date", "last_contact": "date",
    },
    "complaints": {"complaints": "int64"},
    "resolved": {"complaints_resolved": "int64"},
    "surveys": {"survey_n": "int64", "survey_sum": RATIO, "survey_square": RATIO},
    "due": {"due_amount": MONEY},
    "settled": {"settled_amount": MONEY},
    "paid": {"late_n": "int64", "late_sum": "int64", "late_square": "int64"},
    "quotes": {"quotes_decided": "int64", "quotes_won": "int64"},
}  # fmt: skip


def evidence_part(
    name: str, sources: Sources, until: dt.date, since: dt.date | None = None
) -> ir.Table | None:
    """Add up one part of the evidence by customer and month, up to the day ``until``, from the month of ``since`` on.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE, first of the month), and those measures of the part (`PARTS`) that the sources supply;
        None if they supply nothing of it. A part is a table of its own: in one table of all of them most of what is
        written and read would be zeros.
    """
    part = _BUILDERS[name](sources, until).get(name)
    if part is None:
        return None
    part = part if since is None else part.filter(part.month >= ibis.date(since))
    return part.select("customer_id", "month", **_measures(part, PARTS[name]))


_BUILDERS: Mapping[str, Callable[[Sources, dt.date], dict[str, ir.Table]]] = {
    **dict.fromkeys(("lines", "roles", "decisions"), lambda sources, until: _line_months(sources)),
    "contacts": _contact_months,
    **dict.fromkeys(("complaints", "resolved"), _complaint_months),
    "surveys": _survey_months,
    **dict.fromkeys(("due", "settled", "paid"), _payment_months),
}


def _measures(part: ir.Table, kinds: Mapping[str, str]) -> dict[str, ir.Value]:
    """Return the measures that a part has, 0 where nothing is known; days stay unknown."""
    return {
        name: part[name].cast(kind)
        if kind == "date"
        else part[name].cast(kind).fill_null(ibis.literal(0).cast(kind))
        for name, kind in kinds.items()
        if name in part.columns
    }


def category_months(
    lines: ir.Table, products: ir.Table, months: FiscalPeriods | None = None, *, dated: bool = False
) -> ir.Table:
    """Count the lines bought by customer, product category and month.

    ``months``: the company's. ``dated``: whether rows of products have ``valid_from``;
    then a line's category is that of its own month's end.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, category (its place among the names of all categories, 0 first), month (DATE, first of the month),
        lines.
    """
    products = validity_periods(products, "product_id")
    with_category = products.filter(products.category.notnull())
    categories = with_category.select(
        "valid_from",
        "until",
        category_product="product_id",
        category=ibis.dense_rank().over(order_by=with_category.category),
    )
    bought = lines.filter(lines.customer_id.notnull() & (lines.net_amount > 0))
    joined = bought.inner_join(categories, bought.product_id == categories.category_product)
    joined = joined.filter(valid_in_month(joined, months)) if dated else joined
    # Category and month as one number: an engine groups by it in two thirds of the time that a text and a date take.
    month_number = joined.month.year() * 12 + joined.month.month() - 1
    numbered = joined.select(
        "customer_id", both=(joined.category * _CATEGORY_FACTOR + month_number).cast("int64")
    )
    counts = numbered.group_by(["customer_id", "both"]).agg(lines=numbered.count())
    number = counts.both % _CATEGORY_FACTOR
    return counts.select(
        "customer_id",
        category=(counts.both // _CATEGORY_FACTOR).cast("int32"),
        month=ibis.date((number // 12).cast("int32"), (number % 12 + 1).cast("int32"), 1),
        lines="lines",
    )
