"""From which month on a row of a standard table is known."""

from __future__ import annotations

from collections.abc import Collection

from helpers.intake.contracts import KNOWN_FROM
from helpers.settings.source import TableName

#: The first day of a column that is no day.
_FIRST_DAYS = {
    "period": "make_date(CAST(substr(period, 1, 4) AS INTEGER), 1, 1)",
    "month": "CAST(CAST(month || '-01' AS DATE) + INTERVAL 1 MONTH AS DATE)",
}


def known_month(table: TableName, found: Collection[str] | None = None) -> str:
    """Write the SQL of the month from which a row is known, of the columns ``found`` (None: all); NULL: always.

    A target is known from the first of January of its year on: who sets targets by the month still plans a year. What
    became of an action is known from the month after the one whose report proposed it.
    """
    names = [name for name in KNOWN_FROM[table] if found is None or name in found]
    days = [_FIRST_DAYS.get(name, f"CAST({name} AS DATE)") for name in names]
    if table == "customers" and (found is None or "first_contact_date" in found):
        # Without valid_from the first contact is the only witness that a record is younger than a report.
        days = [f"coalesce({', '.join([*days, 'first_contact_date'])})"]
    if table == "days_off" and (found is None or "announced_on" in found):
        days = ["CAST(coalesce(announced_on, date) AS DATE)"]
    if table == "exchange_rates":
        first = "CAST(month || '-01' AS DATE)"
        own = [name for name in ("announced_on", "date") if found is None or name in found]
        own += [first] if found is None or "month" in found else []
        days = [f"coalesce({', '.join([*own, 'NULL'])})"]
    latest = f"greatest({', '.join(days)})" if len(days) > 1 else next(iter(days), "NULL")
    return f"CAST(date_trunc('month', {latest}) AS DATE)" if days else "CAST(NULL AS DATE)"
