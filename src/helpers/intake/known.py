"""From which month on a row of a standard table is known."""

from __future__ import annotations

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.intake.contracts import ANNOUNCED, KNOWN_FROM
from helpers.settings.periods import Year
from helpers.settings.source import TableName


def own_months(table: str, months: FiscalPeriods | None) -> FiscalPeriods | None:
    """Return the company's months where a table's days lie in them.

    All tables count in them and keep their days, but for order lines: they are dated into their calendar month where a
    year has twelve.
    """
    return months if months is not None and (months.numbered or table != "order_lines") else None


#: The first day of a month, which is no day.
_FIRST = "CAST(month || '-01' AS DATE)"


def _year_begins(year: Year, months: FiscalPeriods | None) -> str:
    """Write the SQL of the first day of the company's year in which a target's period lies."""
    starts, named = year
    number = "CAST(substr(replace(period, 'FY', ''), 1, 4) AS INTEGER)"
    if months is not None and months.numbered:
        return months.year_sql(number)
    if starts == 1:
        return f"make_date({number}, 1, 1)"
    of_year = f"{number} - 1" if named == "last" else number
    month = f"TRY_CAST(coalesce(nullif(substr(period, 6, 2), ''), '{starts}') AS INTEGER)"
    return (
        f"CASE WHEN period LIKE 'FY%' THEN make_date({of_year}, {starts}, 1) "
        f"WHEN period LIKE '%Q%' THEN make_date({number}, 1, 1) "
        f"ELSE make_date(CASE WHEN {month} < {starts} THEN {number} - 1 ELSE {number} END, {starts}, 1) END"
    )


def known_month(table: TableName, year: Year, months: FiscalPeriods | None) -> str:
    """Write the SQL of the month from which a row is known; NULL: always.

    A target is known from the first day of its year on: who sets targets by the month still plans a year. What
    became of an action is known from the month after the one whose report proposed it.
    """
    own = own_months(table, months)

    def month(day: str) -> str:
        return own.month_sql(day) if own else f"CAST(date_trunc('month', {day}) AS DATE)"

    begins, after = _year_begins(year, months), f"CAST({_FIRST} + INTERVAL 1 MONTH AS DATE)"
    if own and own.numbered:
        begins, after = own.month_sql(begins), own.month_after_sql("month")
    known = {"period": begins, "month": after}
    found = [known.get(name) or month(f"CAST({name} AS DATE)") for name in KNOWN_FROM[table]]
    if table == "customers":
        # Without valid_from the first contact is the only witness that a record is younger than a report.
        found = [month("CAST(coalesce(valid_from, first_contact_date) AS DATE)")]
    if table in ANNOUNCED:
        said = (_FIRST if name == "month" else name for name in ANNOUNCED[table])
        found = [month(f"CAST(coalesce({', '.join(said)}) AS DATE)")]
    return f"greatest({', '.join(found)})" if len(found) > 1 else found[0]
