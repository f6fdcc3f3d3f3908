"""Of months that one in course is compared with, what lies on like days and what after them."""

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.engine.as_of import line_month, own_day
from helpers.engine.facts import Facts


def _inside(month: ir.DateColumn, months: Sequence[pd.Period]) -> ir.BooleanValue:
    return month.isin([ibis.date(each.to_timestamp().date()) for each in months])


def split(facts: Facts, months: Sequence[pd.Period]) -> tuple[ir.Table, ir.Table]:
    """Return the company's order lines of some months on like days, and those after them.

    Like days are as far from the first of their month as those that the report's month, which is in course, has
    reached (`helpers.core.periods.CompanyYear.like_day`), by the day of the source.
    """
    assert facts.coverage.until is not None
    lines = facts.lines.filter(_inside(facts.lines.month, months))
    last_days = {each: facts.year.like_day(each, facts.coverage.until) for each in months}
    late = reduce(
        ir.BooleanValue.__or__,
        (
            _inside(lines.month, [month]) & (own_day(lines) > ibis.date(day))
            for month, day in last_days.items()
        ),
    )
    return lines.filter(~late), lines.filter(late)


def purchases(facts: Facts, occasions: ir.Table, months: Sequence[pd.Period]) -> tuple[ir.Table, ir.Table]:
    """Return the purchase days (customer_id, date, month, purchase_days: 1) of some months, split as order lines are.

    A day on which several days of the source count is reached with the first of them.
    """
    days = occasions.mutate(month=line_month(occasions.date, facts.year.months), purchase_days=1)
    days = days.filter(_inside(days.month, months))
    lines = split(facts, months)[0]
    sold = lines.filter(lines.net_amount > 0).select("customer_id", date="order_date").distinct()
    return days.semi_join(sold, ["customer_id", "date"]), days.anti_join(sold, ["customer_id", "date"])
