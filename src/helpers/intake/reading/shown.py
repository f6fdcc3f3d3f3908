"""What a sheet shows otherwise than its cells hold it: hidden rows, amounts in red, what is struck through.

A person who looks at the sheet sees it, and a reader of cells does not. Which of the two is meant nobody can tell but
the person: it is declared (`helpers.settings.source.FileFormat`), and asked for where it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from helpers.errors import WorkbookError
from helpers.intake.layout.rows import HIDDEN, STRUCK, Aside
from helpers.settings.source import FileFormat

_MOST_NAMED = 5


@dataclass(frozen=True)
class Shown:
    """What a sheet tells beside the values of its cells; rows and columns are counted from 0 on.

    A row in a collapsed group is no hidden one: it is what a total above or below it adds up.
    """

    exact: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    """Texts of cells that readers misread."""
    beside: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    """What formats write beside the number of a cell, ``€`` or ``Cr``, in columns where it is not always the same."""
    below: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """Cells with an amount above 0 that is shown as one below, in a column with others that are not."""
    hidden: frozenset[int] = frozenset()
    """Rows that are hidden, by hand or by a filter, and hold something."""
    struck: frozenset[int] = frozenset()
    """Rows with a cell that is struck through."""

    def from_column(self, left: int) -> Shown:
        """Give the same of rows that begin with another column."""
        by_cell = [
            {row: {place - left: text for place, text in cells.items()} for row, cells in each.items()}
            for each in (self.exact, self.beside)
        ]
        below = {row: tuple(place - left for place in places) for row, places in self.below.items()}
        return replace(self, exact=by_cell[0], beside=by_cell[1], below=below)


@dataclass(frozen=True)
class _Kind:
    key: str
    said: str
    answers: Mapping[str, str]


_KINDS = (
    _Kind("hidden_rows", "are hidden, by hand or by a filter",
          {"read": "hidden rows count as the others do",
           "leave_out": "they are not meant, and are set aside"}),
    _Kind("struck_rows", "have a cell that is struck through",
          {"read": "rows that are struck through count as the others do",
           "leave_out": "they are void, and are set aside"}),
    _Kind("shown_below_zero", "have an amount above 0 that is shown in red, with a minus or in parentheses",
          {"minus": "such amounts are below 0: returns and credit notes",
           "plus": "they are above 0: the colour says something else"}),
)  # fmt: skip


def _rows_of(shown: Shown) -> tuple[Iterable[int], ...]:
    return shown.hidden, shown.struck, shown.below


def question_lines(shown: Shown, name: str) -> Iterator[str]:
    """Ask in a proposed map what is meant, where a sheet shows something otherwise; ``name`` is the sheet's."""
    for kind, rows in zip(_KINDS, _rows_of(shown), strict=True):
        if rows:
            yield f"# {name}: {_named(rows)} {kind.said}."
            yield from (f'#   "{value}"  # {means}' for value, means in kind.answers.items())
            yield f'{kind.key} = "?"  # some rows {kind.said}: what is meant?'


def question_keys() -> tuple[str, ...]:
    """Name the settings that such questions ask for."""
    return tuple(kind.key for kind in _KINDS)


def as_declared(rows: Iterator[list[Any]], shown: Shown, form: FileFormat, name: str) -> Iterator[list[Any]]:
    """Give the rows of a sheet as the settings say what is meant.

    Raises
    ------
    WorkbookError
        The settings do not say it.
    """
    for kind, found in zip(_KINDS, _rows_of(shown), strict=True):
        if found and getattr(form, kind.key) is None:
            answers = " or ".join(
                f'{kind.key} = "{value}" ({means})' for value, means in kind.answers.items()
            )
            raise WorkbookError(
                f"{name}: {_named(found)} {kind.said}, and nothing says what is meant. Write {answers} under "
                "the table in workbook.toml."
            )
    minus = shown.below if form.shown_below_zero == "minus" else {}
    aside = dict.fromkeys(shown.struck, STRUCK) if form.struck_rows == "leave_out" else {}
    aside |= dict.fromkeys(shown.hidden, HIDDEN) if form.hidden_rows == "leave_out" else {}
    for number, row in enumerate(rows):
        for place in minus.get(number, ()):
            row[place] = _negative(row[place])
        yield Aside(row, aside[number]) if number in aside else row


def _negative(cell: Any) -> Any:
    return f"-{cell.lstrip()}" if isinstance(cell, str) else -cell


def _named(rows: Iterable[int]) -> str:
    numbers = [str(number + 1) for number in sorted(rows)]
    more = f" and {len(numbers) - _MOST_NAMED} more" if len(numbers) > _MOST_NAMED else ""
    return f"{'row' if len(numbers) == 1 else 'rows'} {', '.join(numbers[:_MOST_NAMED])}{more}"
