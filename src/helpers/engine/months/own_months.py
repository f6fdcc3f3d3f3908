"""Days of tables that keep their days, in the months of the company's own.

Order lines are dated into the company's months where they are read. Invoices and payments are not: how late somebody
pays is counted in days. Here a day is only told to which month it belongs.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.own_periods import OwnPeriods


def counted(day: ir.DateValue, months: OwnPeriods | None) -> ir.DateValue:
    """Return a day of the calendar month by which the month of a day is known: `OwnPeriods.counted` on the engine.

    Parameters
    ----------
    months
        The company's months; None: those of the calendar, in which each day counts as itself.
    """
    if months is None or not months.moves:
        return day
    years = (
        (
            day.year() == year,
            ibis.cases(*((day.between(first, last), ibis.date(to)) for first, last, to in moves), else_=day),
        )
        for year, moves in months.moves_by_year.items()
    )
    return ibis.cases(*years, else_=day)


def month_of(day: ir.DateValue, months: OwnPeriods | None) -> ir.DateValue:
    """Return the first day of the calendar month by which the month of a day is known."""
    return counted(day, months).truncate("M").cast("date")
