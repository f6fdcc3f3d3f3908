"""Groups of columns that stand side by side, as the items of an order: each group of a row becomes a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from helpers.errors import WorkbookError
from helpers.intake.reading.readers import Relation
from helpers.intake.reading.sql import identifier, literal

#: A pattern that is the place alone: the number of a group within its row.
PLACE = "*"


def columns_of(pattern: str, columns: Iterable[str]) -> dict[str, str]:
    """Return the columns that fit a pattern by what stands in the place of its ``*``: numbers, where any are."""
    before, _, behind = pattern.partition("*")
    fits = re.compile(f"{re.escape(before)}(.+){re.escape(behind)}")
    found = {match[1]: name for name in columns if (match := fits.fullmatch(name))}
    numbers = {place: name for place, name in found.items() if place.isdigit()}
    return numbers or found


def stacked(relation: Relation, groups: Mapping[str, str], place: str) -> Relation:
    """Make a row of each group of columns that has something in it beside zeros.

    Raises
    ------
    WorkbookError
        No column of the file fits a pattern.
    """
    columns = {
        name: columns_of(pattern, relation.columns) for name, pattern in groups.items() if pattern != PLACE
    }
    for name, found in columns.items():
        if not found:
            raise WorkbookError(
                f"{place}.{name}: {relation.name} has no column '{groups[name]}'. "
                f"It has: {', '.join(relation.columns)}."
            )
    places = list(dict.fromkeys(each for found in columns.values() for each in found))
    stacking = {name for found in columns.values() for name in found.values()}
    kept = {name: kind for name, kind in relation.columns.items() if name not in stacking}
    if taken := {name.lower() for name in kept} & {name.lower() for name in groups}:
        raise WorkbookError(
            f"{place}: {relation.name} has a column '{min(taken)}' already; name it otherwise."
        )
    names = {name: f"__part_{number}" for number, name in enumerate(groups)}
    parts = []
    for each in places:
        cells = [
            f"'{names[name]}': "
            + (literal(each) if pattern == PLACE else f"CAST({identifier(columns[name][each])} AS VARCHAR)"
               if each in columns[name] else "NULL")
            for name, pattern in groups.items()
        ]  # fmt: skip
        parts.append("{" + ", ".join(cells) + "}")
    something = " OR ".join(
        f"coalesce(regexp_matches({names[name]}, '[^0.,\\s\\-\\x{{2013}}\\x{{2014}}]'), false)"
        for name in columns
    )
    listed = ", ".join(f"{part} AS {identifier(name)}" for name, part in names.items())
    excluded = ", ".join(map(identifier, stacking))
    sql = f"(SELECT * EXCLUDE ({excluded}), unnest([{', '.join(parts)}], recursive := true) FROM {relation.sql})"
    sql = f"(SELECT * EXCLUDE ({', '.join(names.values())}), {listed} FROM {sql} WHERE {something})"
    return relation.over(sql, kept | dict.fromkeys(names, "VARCHAR"))
