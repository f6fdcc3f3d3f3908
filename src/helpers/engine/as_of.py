"""Standard tables as they stood at a month end, in Ibis: pure and lazy, the same on any engine.

Money and quantities are DECIMAL(18, 4) sums, which do not depend on the order of threads.
"""

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.calendar.period_names import THIRTEEN, numbered_period, period_name
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.intake import contracts
from helpers.intake.contracts import OWN_DAY
from helpers.settings.source import TableName


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
    # Each is one literal: an expression of five hundred takes ten times as long to compile.
    earlier, later = (ibis.literal(edge, "array<int64>")[known.ifelse(place, 0)] for edge in (before, up_to))
    return ibis.cases(
        (known & (day.day() <= earlier), (first - ibis.interval(days=1)).cast("date")),
        (known & (day.day() > later), (first + ibis.interval(months=1)).cast("date")),
        else_=day,
    )


def not_before(ordered: ir.DateValue, cause: ir.DateValue, months: FiscalPeriods | None) -> ir.DateValue:
    """Return the day of an order, moved to that of its quote or contact if only dating into months put it before.

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
    place = ibis.literal(places, "array<int64>")[ibis.greatest(ibis.least(step, len(places) - 1), 0)]
    return month_numbered(place + months.periods[0].month.ordinal)


def known_until(month_end: ir.DateValue, months: FiscalPeriods | None) -> ir.DateValue:
    """Return the last day of a period of thirteen that is known by the month that ends then; else that day itself."""
    if months is None or not months.numbered:
        return month_end
    first = months.periods[0].month
    place = (month_end.year() - first.year) * 12 + month_end.month() - first.month
    return ibis.literal([each.last for each in months.periods], "array<date>")[place]


def year_begins(year: ir.IntegerValue) -> ir.DateValue:
    """Return the first day of the month by which the first period of a year of thirteen is known."""
    return month_numbered(THIRTEEN * (year - 2000) + numbered_period(2000, 1).ordinal)


def month_numbered(ordinal: ir.IntegerValue) -> ir.DateValue:
    """Return the first day of the month of an ordinal of `pandas.Period`."""
    year = (ordinal / 12).floor().cast("int32")
    return ibis.date(year + 1970, (ordinal - 12 * year + 1).cast("int32"), 1)


MONEY = "decimal(18, 4)"


#: Who owns the customers at the month end: what tells the rows of a team or a salesperson.
OWNER_COLUMNS = ("salesperson_id", "team")


def known_rows(
    name: TableName, table: ir.Table, month_end: dt.date, year: CompanyYear = CALENDAR_YEAR
) -> ir.Table:
    """Return the rows of a standard table that were known at the month end; see `helpers.intake.contracts.KNOWN_FROM`.

    A target counts as set by the beginning of its year unless ``recorded_at`` says when it was; of several
    that were set for one period and unit the last counts. Of tables in `helpers.intake.contracts.ANNOUNCED` a row is
    known from its day, or its month's first, on unless a column says from when it was. ``year``: whose months.
    """
    month = year.month_of(month_end)
    end = ibis.date(year.closes(month) if name == "order_lines" else month_end)
    if name in contracts.ANNOUNCED:
        days = [
            (table.month + "-01").cast("date") if column == "month" else table[column]
            for column in contracts.ANNOUNCED[name]
        ]
        return table.filter(ibis.coalesce(*days) <= end)
    for column in contracts.KNOWN_FROM[name]:
        if column == "period":
            table = table.filter(_has_begun(table.period, month_end, year))
        elif column == "month":
            table = table.filter(table.month < period_name(month))
        else:
            day = table[column].cast("date")
            table = table.filter(day.isnull() | (day <= end))
    if name != "targets":
        return table
    last_first = [table.recorded_at.desc(nulls_first=False)]
    same = ["period", "scope_type", "scope_id", "metric"]
    ranked = table.mutate(place=ibis.rank().over(group_by=same, order_by=last_first))
    return ranked.filter(ranked.place == 0).drop("place")


def _has_begun(period: ir.StringValue, month_end: dt.date, year: CompanyYear) -> ir.BooleanValue:
    """Whether the year of a target's period has begun by a month end."""
    month = year.month_of(month_end)
    own = period.startswith("FY").ifelse(period.substr(2, 4) <= str(year.number(month)), False)
    of_calendar = period.substr(0, 4) <= str(month.year)
    if not year.is_calendar:
        of_calendar = (period.length() == 7).ifelse(period <= str(year.span(month).last), of_calendar)
    return own | (~period.startswith("FY") & of_calendar)


def lines_until(order_lines: ir.Table, month_end: dt.date, months: FiscalPeriods | None = None) -> ir.Table:
    """Return the order lines dated up to the month end, with ``month`` (first day of the line's month)."""
    return order_lines.filter(order_lines.order_date <= ibis.date(month_end)).mutate(
        month=line_month(order_lines.order_date, months)
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


def own_day(order_lines: ir.Table) -> ir.DateColumn:
    """Return the day of each order line as the source has it, also where lines are dated into the company's months."""
    return order_lines[OWN_DAY] if OWN_DAY in order_lines.columns else order_lines.order_date


def days_with_data(order_lines: ir.Table) -> ir.Table:
    """Return order_date (the source's day) and rows of each day that has order lines, ascending."""
    days = order_lines.group_by(order_date=own_day(order_lines)).agg(rows=order_lines.count())
    return days.order_by("order_date")


def validity_periods(table: ir.Table, key: str) -> ir.Table:
    """Return each row with ``until``, the day from which the next row of its ``key`` holds (NULL: the last one)."""
    in_order = [table.valid_from.asc(nulls_first=True)]
    return table.mutate(until=table.valid_from.lead().over(group_by=key, order_by=in_order))


def valid_in_month(lines: ir.Table, months: FiscalPeriods | None = None) -> ir.BooleanValue:
    """Whether the row of `validity_periods` that was joined to an order line held at the end of the line's month."""
    begun = lines.valid_from.isnull() | (month_of(lines.valid_from, months) <= lines.month)
    return begun & (lines.until.isnull() | (month_of(lines.until, months) > lines.month))
