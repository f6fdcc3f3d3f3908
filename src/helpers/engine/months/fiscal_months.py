"""Days of tables that keep their days, in the months of the company's own.

Order lines are dated into the company's months where they are read. Tables in `helpers.intake.known.IN_OWN_MONTHS` are
not: how late somebody pays is counted in days. Here a day is only told to which month it belongs.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.calendar.period_names import THIRTEEN, numbered_period


def counted_day(day: ir.DateValue, months: FiscalPeriods | None) -> ir.DateValue:
    """Return the day on which an order line of a day counts: `FiscalPeriods.counted` on the engine.

    Parameters
    ----------
    months
        The company's months; None: those of the calendar, in which each day counts as itself, as in numbered periods.
    """
    if months is None or not months.moves:
        return day
    start, before, up_to = months.edges
    place = day.year() * 12 + day.month() - (start.year * 12 + start.month)
    known = day.between(ibis.date(months.periods[0].first), ibis.date(months.periods[-1].last))
    first = day.truncate("M").cast("date")
    # Two lists of small numbers: looked up, they cost an engine a fraction of a case for each month of forty years.
    earlier, later = (ibis.array(edge)[known.ifelse(place, 0)] for edge in (before, up_to))
    return ibis.cases(
        (known & (day.day() <= earlier), (first - ibis.interval(days=1)).cast("date")),
        (known & (day.day() > later), (first + ibis.interval(months=1)).cast("date")),
        else_=day,
    )


def not_before(ordered: ir.DateValue, cause: ir.DateValue, months: FiscalPeriods | None) -> ir.DateValue:
    """Return the day of an order that came of something; that one's day, where only dating into months put it before.

    ``ordered``: of order lines, which are dated into their month; ``cause`` has kept its day.
    """
    if months is None or months.numbered:
        return ordered
    same = month_of(ordered, months) == month_of(cause, months)
    return same.ifelse(ibis.greatest(ordered, cause), ordered)


def month_of(day: ir.DateValue, months: FiscalPeriods | None) -> ir.DateValue:
    """Return the first day of the month by which the month of a day is known."""
    if months is not None and months.numbered:
        return _period_of(day, months)
    return counted_day(day, months).truncate("M").cast("date")


def line_month(day: ir.DateValue, months: FiscalPeriods | None) -> ir.DateValue:
    """Return the same for the day of an order line, which is dated into its month where a year has twelve."""
    return month_of(day, months if months is not None and months.numbered else None)


def _period_of(day: ir.DateValue, months: FiscalPeriods) -> ir.DateValue:
    """Return the first day of the month by which a numbered period is known; beyond them of the first or the last."""
    begins, days, places = months.steps
    step = (day.cast("date").delta(ibis.date(begins), unit="day") / days).floor().cast("int64")
    place = ibis.array(places)[ibis.greatest(ibis.least(step, len(places) - 1), 0)]
    return month_numbered(place + months.periods[0].month.ordinal)


def known_until(month_end: ir.DateValue, months: FiscalPeriods | None) -> ir.DateValue:
    """Return the last day of a period of thirteen that is known by the month that ends then; else that day itself."""
    if months is None or not months.numbered:
        return month_end
    first = months.periods[0].month
    place = (month_end.year() - first.year) * 12 + month_end.month() - first.month
    return ibis.array([each.last for each in months.periods])[place]


def year_begins(year: ir.IntegerValue) -> ir.DateValue:
    """Return the first day of the month by which the first period of a year of thirteen is known."""
    return month_numbered(THIRTEEN * (year - 2000) + numbered_period(2000, 1).ordinal)


def month_numbered(ordinal: ir.IntegerValue) -> ir.DateValue:
    """Return the first day of the month of an ordinal of `pandas.Period`."""
    year = (ordinal / 12).floor().cast("int32")
    return ibis.date(year + 1970, (ordinal - 12 * year + 1).cast("int32"), 1)
