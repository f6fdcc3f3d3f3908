"""Orders by day, the base of most facts: sums of order lines in a quarter of the rows.

Purchase occasions, months, summaries, sellers and decisions all need amounts by customer and day, and numbers of
orders. Summing the lines once is faster than reading every line for each of them.
"""

# Ibis columns, not pandas: `notnull` is Ibis' name.

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.engine.as_of import line_month
from helpers.engine.fact import Fact, by_customer, monthly_fact
from helpers.engine.months.monthly import HistorySource, Monthly

KEYS = ("customer_id", "order_id", "order_date", "salesperson_id")
_MONEY = "decimal(18, 4)"
#: Discounts as DECIMAL, so that their sums are exact.
RATIO = "decimal(18, 8)"


def order_days(lines: ir.Table, months: FiscalPeriods | None = None) -> ir.Table:
    """Sum the lines of each order by day and salesperson; every line is in exactly one row.

    A row depends only on lines of its own day.

    Parameters
    ----------
    lines
        `expressions.lines_until`, of any months.

    Returns
    -------
    ibis.expr.types.Table
        customer_id (NULL: unassigned), order_id, order_date, salesperson_id, month (DATE, first of the month);
        net_amount, list_amount, cost_amount, net_amount_with_list and net_amount_with_cost (of the lines that have a
        list price or a cost), quantity, lines; gross_amount and returns_amount (of the lines above and below zero, the
        latter negative; NULL without any), enquiry_date (the first of the lines above zero). Of the lines above zero:
        sold_lines, sold_list_amount (those without a list price at what they were sold for); of those with a list price
        discount_n, and discount_sum and discount_square of their discounts as fractions of it (NULL without any).
        goods_lines (with a quantity above zero).
    """
    ratio = lines.net_amount.cast("float64") / lines.list_amount.cast("float64").nullif(0)
    # A line at twice the list price or more is no discount but another price list. Not `clip`: it writes what it limits
    # nine times, and the engine divides as often.
    discount = ibis.least(ibis.greatest(1 - ratio, ibis.literal(-1.0)), ibis.literal(1.0)).cast(RATIO)
    lines = lines.mutate(discount=discount)
    net, sold = lines.net_amount, lines.net_amount > 0
    listed = sold & (lines.list_amount > 0)
    discount = lines.discount.cast("float64")

    def where(condition: ir.Value, value: ir.Value) -> ir.Value:
        # In columns of their own: conditions of the sums themselves (FILTER) cost the engine an eighth more.
        return condition.ifelse(value, ibis.null(value.type()))

    sums = lines.group_by(list(KEYS)).agg(
        net_amount=net.sum().cast(_MONEY),
        list_amount=lines.list_amount.sum().cast(_MONEY),
        cost_amount=lines.cost_amount.sum().cast(_MONEY),
        net_amount_with_list=where(lines.list_amount.notnull(), net).sum().cast(_MONEY),
        net_amount_with_cost=where(lines.cost_amount.notnull(), net).sum().cast(_MONEY),
        quantity=lines.quantity.sum().cast(_MONEY),
        lines=lines.count(),
        gross_amount=where(sold, net).sum().cast(_MONEY),
        returns_amount=where(net < 0, net).sum().cast(_MONEY),
        enquiry_date=where(sold, lines.enquiry_date).min(),
        sold_lines=where(sold, net).count(),
        sold_list_amount=where(sold, ibis.coalesce(lines.list_amount, net)).sum().cast(_MONEY),
        discount_n=where(listed, net).count(),
        discount_sum=where(listed, lines.discount).sum().cast(RATIO),
        discount_square=where(listed, (discount * discount).cast(RATIO)).sum().cast(RATIO),
        goods_lines=where(lines.quantity > 0, net).count(),
    )
    return sums.mutate(month=line_month(sums.order_date, months))


FACTS: dict[str, Fact] = {
    "order_days": monthly_fact(
        Monthly(
            lambda f, after: order_days(f.lines_after(after), f.year.months),
            made_of=(HistorySource("order_lines"),),
        ),
        order=KEYS,
        scoped=by_customer,
    )
}
