"""Numbers that are one customer: what the rows of ``customer_aliases`` decide together, and where they cannot hold."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from helpers.errors import WorkbookError
from helpers.intake.cleaning.staging import Stage
from helpers.intake.cleaning.verdicts import location
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import Connection, literal

#: Tables that name customers who are there: a number that stands in none of them is unknown.
NAMING = ("customers", "order_lines", "invoices")
_IDS_A_QUERY = 5_000


@dataclass(frozen=True)
class Decision:
    """One row of ``customer_aliases``: from a day on (None: always) a number is, or is not, the same as another."""

    customer_id: str
    same_as: str
    from_date: dt.date | None = None
    is_same: bool = True
    place: str = "customer_aliases"

    @property
    def pair(self) -> tuple[str, str]:
        """The two numbers, whichever is named first."""
        first, second = sorted((self.customer_id, self.same_as))
        return first, second


def counted_as(decisions: Iterable[Decision], day: dt.date) -> dict[str, str]:
    """Return the number under which each merged number counts on a day; what counts as itself is not in it.

    Of two numbers the last decision up to the day holds. All numbers that are the same, directly or through others,
    count as the one that is not said to be the same as a further one, in whatever order the rows stand.

    Raises
    ------
    WorkbookError
        Rows go round in a circle, say two things of one pair on one day, or leave open which number continues; the
        message names the rows and the numbers.
    """
    same = [each for each in _holding(decisions, day) if each.is_same]
    further: dict[str, list[str]] = {}
    for each in same:
        further.setdefault(each.customer_id, []).append(each.same_as)
    try:
        ordered = list(TopologicalSorter(further).static_order())
    except CycleError as error:
        round_trip = error.args[1][::-1]
        rows = [each for each in same if (each.customer_id, each.same_as) in set(pairwise(round_trip))]
        raise WorkbookError(
            f"{_places(rows)}: {' is the same as '.join(round_trip)} goes round in a circle, so that no number is left "
            'that counts. Take one of these rows out, or add a later one with the decision "different".'
        ) from None
    ends: dict[str, set[str]] = {}
    for number in ordered:  # what a number is the same as comes before it
        ends[number] = (
            set().union(*(ends[other] for other in further[number])) if number in further else {number}
        )
    _one_end_each(same, ends)
    return {number: min(ends[number]) for number in sorted(further)}


def _holding(decisions: Iterable[Decision], day: dt.date) -> list[Decision]:
    """Return, of each pair, the last decision up to a day; in the order of numbers."""
    last: dict[tuple[str, str], Decision] = {}
    ordered = sorted(
        decisions,
        key=lambda each: (each.from_date or dt.date.min, each.customer_id, each.same_as, each.place),
    )
    for each in ordered:
        if each.from_date is not None and each.from_date > day:
            continue
        before = last.get(each.pair)
        if before and before.from_date == each.from_date and _said(before) != _said(each):
            when = f"on {each.from_date}" if each.from_date else "without a from_date"
            raise WorkbookError(
                f"{_places([before, each])}: {each.customer_id} and {each.same_as} are decided in two ways {when}. "
                "Leave the row that holds, or give the later one a later from_date."
            )
        last[each.pair] = each
    return [last[pair] for pair in sorted(last)]


def _said(decision: Decision) -> tuple[bool, str]:
    return decision.is_same, decision.customer_id if decision.is_same else ""


def _one_end_each(same: Sequence[Decision], ends: Mapping[str, set[str]]) -> None:
    """Raise where a number is said to be the same as two that are not said to be the same."""
    for number in sorted(ends):
        if len(ends[number]) > 1:
            rows = [each for each in same if each.customer_id == number] or list(same)
            one, other = sorted(ends[number])[:2]
            named = " and as ".join(sorted(ends[number]))
            raise WorkbookError(
                f"{_places(rows)}: {number} is the same as {named}, and nothing says which of them continues. Add a "
                f"row that says that {one} is the same as {other}, or the other way round; or say of one pair that "
                'it is "different".'
            )


def _places(rows: Sequence[Decision]) -> str:
    return "; ".join(sorted({each.place for each in rows}, key=lambda place: (len(place), place)))


def decisions_of(connection: Connection, stage: Stage) -> list[Decision]:
    """Return the sound rows of ``customer_aliases``, each with its file and row."""
    rows = connection.execute(
        f"SELECT customer_id, same_as, from_date, coalesce(decision, 'same'), __file, {ROW} FROM {stage.name}"
        f" WHERE __problem = 0 ORDER BY __file, {ROW}"
    ).fetchall()
    return [
        Decision(number, other, day, decision == "same", location(stage, file, row))
        for number, other, day, decision, file, row in rows
    ]


def check_decisions(
    decisions: Sequence[Decision], known: Callable[[str, Collection[str]], set[str]], tables: Collection[str]
) -> None:
    """Stop where decisions name customers who are not there, or cannot hold together at some month end.

    Parameters
    ----------
    decisions
        See `decisions_of`.
    known
        Which of some numbers a table names as customers.
    tables
        The tables that are there.

    Raises
    ------
    WorkbookError
        The message names file, row and numbers.
    """
    same = [each for each in decisions if each.is_same]
    naming = [table for table in NAMING if table in tables]
    missing = {number for each in same for number in (each.customer_id, each.same_as)}
    for table in naming:
        missing -= known(table, missing)
    for each in same:
        for column, number in (("customer_id", each.customer_id), ("same_as", each.same_as)):
            if number in missing:
                raise WorkbookError(
                    f"{each.place}, column {column}: no customer {number} is in {' or '.join(naming)}. Correct the "
                    "number, or take the row out."
                )
        if each.customer_id == each.same_as:
            raise WorkbookError(
                f"{each.place}: {each.customer_id} is said to be the same as itself. Take the row out, or name the "
                "other number."
            )
    months = {each.from_date.replace(day=1) if each.from_date else dt.date.min for each in decisions}
    for month in sorted(months):
        counted_as(decisions, month.replace(day=calendar.monthrange(month.year, month.month)[1]))


def ids_of(
    connection: Connection, rows_of: Callable[[str], str]
) -> Callable[[str, Collection[str]], set[str]]:
    """Return what `check_decisions` asks whether a table names customers; ``rows_of`` gives what stands after FROM."""

    def known(table: str, wanted: Collection[str]) -> set[str]:
        ordered = sorted(wanted)
        found: set[str] = set()
        for start in range(0, len(ordered), _IDS_A_QUERY):
            listed = ", ".join(map(literal, ordered[start : start + _IDS_A_QUERY]))
            query = f"SELECT DISTINCT customer_id FROM {rows_of(table)} WHERE customer_id IN ({listed})"
            found.update(row[0] for row in connection.execute(query).fetchall())
        return found

    return known
