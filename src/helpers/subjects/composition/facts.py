"""Facts: sales by class, product and month, by channel and month, and the recorded group of each month."""

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.engine.as_of import MONEY, OWNER_COLUMNS, valid_in_month, validity_periods
from helpers.engine.fact import Fact, by_customer, by_owner, company_only, monthly_fact
from helpers.engine.months.monthly import HistorySource, Monthly


def class_product_months(
    lines: ir.Table, owned: ir.Table, first_month: dt.date, owner: Sequence[str] = OWNER_COLUMNS
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


def channel_months(lines: ir.Table) -> ir.Table:
    """Return each customer's months by channel.

    Columns: customer_id, channel (NULL: the lines name none), month, net_amount, net_amount_with_cost (of the lines
    that have a cost), cost_amount. Lines without a customer are in the fact unassigned_months.
    """
    named = lines.filter(lines.customer_id.notnull())
    keys = ["customer_id", "channel", "month"]
    return named.group_by(keys).agg(
        net_amount=named.net_amount.sum().cast(MONEY),
        net_amount_with_cost=named.net_amount.sum(where=named.cost_amount.notnull()).cast(MONEY),
        cost_amount=named.cost_amount.sum().cast(MONEY),
    )


def recorded_groups(
    rows: ir.Table, records: ir.Table, by: str, own_months: FiscalPeriods | None = None
) -> ir.Table:
    """Add ``group`` to rows of customers and months: the value on record at the end of each month.

    NULL if no record of that time has a value, also if the customer was recorded later.

    Parameters
    ----------
    records
        The standard table customers, as known at the report's month end.
    own_months
        The company's, where they are no calendar months.
    """
    # Of several records of one day the one that `as_of.current_rows` takes.
    others = [records[name].asc(nulls_first=False) for name in records.columns if name not in _TELL_APART]
    ranked = records.mutate(place=ibis.row_number().over(group_by=list(_TELL_APART), order_by=others))
    periods = validity_periods(ranked.filter(ranked.place == 0), "customer_id").select(
        "customer_id", "valid_from", "until", group=by
    )
    months = rows.select("customer_id", "month").distinct().inner_join(periods, "customer_id")
    recorded = months.filter(valid_in_month(months, own_months)).select("customer_id", "month", "group")
    return rows.left_join(recorded, ["customer_id", "month"])


_TELL_APART = ("customer_id", "valid_from")


FACTS: dict[str, Fact] = {
    "channel_months": monthly_fact(
        Monthly(
            lambda f, after: channel_months(f.lines_after(after)), made_of=(HistorySource("order_lines"),)
        ),
        order=("customer_id", "channel", "month"),
        scoped=by_customer,
    ),
    "class_product_months": Fact(
        lambda f: class_product_months(f.lines, f.table("customers"), f.window(f.year.length)[0]),
        order=("salesperson_id", "team", "trade_class", "assigned", "product_id", "month"),
        scoped=by_owner,
        scoped_only=True,
    ),
    "company_product_months": Fact(
        lambda f: class_product_months(f.lines, f.table("customers"), f.window(f.year.length)[0], owner=()),
        order=("trade_class", "assigned", "product_id", "month"),
        scoped=company_only,
    ),
}
