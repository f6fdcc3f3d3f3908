"""Sales in other currencies by day."""

import ibis
import ibis.expr.types as ir

from helpers.engine.as_of import MONEY, own_day
from helpers.engine.fact import Fact, by_customer
from helpers.engine.facts import Facts


def currency_days(facts: Facts) -> ir.Table:
    """Return net sales in other currencies by customer, day and currency.

    Returns
    -------
    ibis.expr.types.Table
        customer_id (NULL: unassigned), day (as the source has it: the rate is of that), month (DATE, first of the
        month), currency, net_amount (in the report's currency, as it was converted).
    """
    lines, keys = facts.lines, ["customer_id", "day", "month", "currency"]
    lines = lines.mutate(day=own_day(lines))
    foreign = lines.filter(lines.currency != ibis.literal(facts.settings.report.currency))
    return foreign.group_by(keys).agg(net_amount=foreign.net_amount.sum().cast(MONEY)).order_by(keys)


FACTS: dict[str, Fact] = {
    "currency_days": Fact(
        currency_days, order=("customer_id", "day", "month", "currency"), scoped=by_customer
    )
}
