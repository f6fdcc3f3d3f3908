"""Standard tables as they stood at a month end, in Ibis: pure and lazy, the same on any engine.

Money and quantities are DECIMAL(18, 4) sums, which do not depend on the order of threads.
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

MONEY = "decimal(18, 4)"


#: Who owns the customers at the month end: what tells the rows of a team or a salesperson.
OWNER = ("salesperson_id", "team")


def lines_until(order_lines: ir.Table, month_end: dt.date) -> ir.Table:
    """Return the order lines dated up to the month end, with ``month`` (first day of the line's month)."""
    return order_lines.filter(order_lines.order_date <= ibis.date(month_end)).mutate(
        month=order_lines.order_date.truncate("M").cast("date")
    )


def current_rows(table: ir.Table, key: str, month_end: dt.date) -> ir.Table:
    """Return one row per ``key``: the last one valid at the month end; NULL ``valid_from`` is always valid.

    A row that becomes valid after the month end is never used, not even for want of another: it was not on
    record then, and the report of that month must not change when it is added. Rows with the same
    ``valid_from`` are told apart by their other columns, in the order of the table's columns.
    """
    valid = table.filter(table.valid_from.isnull() | (table.valid_from <= ibis.date(month_end)))
    others = [valid[name].asc(nulls_first=False) for name in table.columns if name not in {key, "valid_from"}]
    newest_first = [valid.valid_from.desc(nulls_first=False), *others]
    ranked = valid.mutate(row_of_key=ibis.row_number().over(group_by=key, order_by=newest_first))
    return ranked.filter(ranked.row_of_key == 0).drop("row_of_key")


def days_with_data(order_lines: ir.Table) -> ir.Table:
    """Return order_date and rows of each day that has order lines, ascending."""
    return order_lines.group_by("order_date").agg(rows=order_lines.count()).order_by("order_date")
