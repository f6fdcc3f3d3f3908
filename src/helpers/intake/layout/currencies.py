"""Exchange rates with one column a currency, as central banks publish them: each cell becomes a row."""

from __future__ import annotations

import re
from collections.abc import Iterable

from helpers.errors import WorkbookError
from helpers.intake.reading.readers import FILE_NAME, ROW, Relation
from helpers.intake.reading.sql import identifier, literal
from helpers.settings.source import TableMap

#: ``USD``, or a pair as ``USD/CNY`` and ``100JPY/CNY``: so many of the second for so many of the first.
_HEAD = re.compile(r"(\d+)?\s*([A-Z]{3})(?:\s*/\s*([A-Z]{3}))?")


def currency_heads(names: Iterable[str]) -> dict[str, re.Match[str]]:
    """Return the heads that are currencies, or pairs of them, each with its units, first and second currency."""
    return {name: match for name in names if (match := _HEAD.fullmatch(name.strip()))}


def by_currency(relation: Relation, mapped: TableMap, own: str) -> Relation:
    """Make rows of a file of rates whose heads are currencies; any other file stays as it is.

    Parameters
    ----------
    own
        The report's currency: of a pair that begins with it, the rate is an indirect one.

    Raises
    ------
    WorkbookError
        A head is a pair of two other currencies.
    """
    said = {*mapped.columns, *mapped.derived}
    heads = currency_heads(relation.columns)
    there = {name.lower() for name in relation.columns}
    if not heads or {"currency", "rate"} <= (said | there):
        return relation
    others = [name for name in relation.columns if name not in heads]
    beside = [
        ROW,
        *([FILE_NAME] if relation.many_files else []),
        *([relation.unreadable] if relation.unreadable else []),
    ]
    kept = ", ".join([*map(identifier, others), *beside])
    parts = []
    for name, match in heads.items():
        units, first, second = match.groups()
        if second and own not in (first, second):
            raise WorkbookError(
                f"{relation.name}: the column '{name}' is a rate between two currencies that are not the report's "
                f"({own}); leave it out of the file, or map the table with rows (currency, date, rate)."
            )
        turned = second is not None and first == own
        quotation = "NULL" if second is None else literal("indirect" if turned else "direct")
        # Of an indirect pair the units are those of the report's own currency: as many fewer of the other for one.
        cell = f"nullif(nullif(trim(CAST({identifier(name)} AS VARCHAR)), ''), 'N/A')"
        added = {
            "currency": literal(second if turned else first), "rate": cell, "quotation": quotation,
            "units": "NULL" if units is None else literal(units),
        }  # fmt: skip
        listed = ", ".join(f"CAST({sql} AS VARCHAR) AS {column}" for column, sql in added.items())
        parts.append(f"SELECT {kept}, {listed} FROM {relation.sql} WHERE {cell} IS NOT NULL")
    columns = {name: relation.columns[name] for name in others}
    columns |= dict.fromkeys(("currency", "rate", "quotation", "units"), "VARCHAR")
    return relation.over(f"({' UNION ALL '.join(parts)})", columns)
