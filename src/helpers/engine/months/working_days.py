"""The calendar of a data set as it was known at the month end: the country's days and the company's own."""

from __future__ import annotations

from helpers.core.calendar.calendar import Calendar, OwnDay
from helpers.engine.connection import to_pandas
from helpers.engine.facts import Facts


def calendar_of(facts: Facts) -> Calendar | None:
    """Return the working days; None where ``[calendar]`` sets no country.

    Of ``days_off`` count the rows that were known at the month end (`helpers.engine.as_of.on_record`) and name no
    region or that of the settings; of two of one day the one that names it.
    """
    rules = facts.settings.calendar
    if rules.country is None:
        return None
    rows = facts.optional("days_off")
    if rows is None:
        return Calendar(rules)
    found = to_pandas(rows.order_by([rows.date, rows.region.asc(nulls_first=True)]))
    here = found[found["region"].isna() | (found["region"] == rules.region)].drop_duplicates(
        "date", keep="last"
    )
    names = here["name"].fillna("")
    return Calendar(
        rules,
        tuple(
            OwnDay(day.date(), kind, name)
            for day, kind, name in zip(here["date"], here["kind"], names, strict=True)
        ),
    )
