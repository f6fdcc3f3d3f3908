"""What a sheet shows otherwise than its cells hold it: hidden rows, amounts in red, what is struck through.

A person who looks at the sheet sees it, and a reader of cells does not. Which of the two is meant nobody can tell but
the person: it is declared (`helpers.settings.source.FileFormat`), and asked for where it is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

from helpers.errors import WorkbookError
from helpers.intake.layout.rows import HIDDEN, STRUCK, Aside
from helpers.settings.source import FileFormat

_MOST_NAMED = 5
#: The head of a table is looked for in so many rows.
_HEAD_WITHIN = 200
#: An amount, a currency or unit beside it; 1月 and Q1 are heads.
_NUMBER = re.compile(r"(?:[A-Z]{3})?\W{0,3}[0-9][0-9.,'\s]*(?:\W{0,3}|\s?[^\W\d_月年季周号日期]{1,4}\.?)")


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
    """Cells with an amount above 0 that is shown as one below: some of a column, or all of them."""
    hidden: frozenset[int] = frozenset()
    """Rows that are hidden, by hand or by a filter, and hold something."""
    struck: frozenset[int] = frozenset()
    """Rows with a cell that is struck through."""

    def from_column(self, left: int) -> Shown:
        """Return the same of rows that begin with another column."""
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
    _Kind("hidden_rows", "hidden, by hand or by a filter",
          {"read": "hidden rows count as the others do",
           "leave_out": "they are not meant, and are set aside"}),
    _Kind("struck_rows", "with a cell that is struck through",
          {"read": "rows that are struck through count as the others do",
           "leave_out": "they are void, and are set aside"}),
    _Kind("shown_below_zero", "with an amount above 0 that is shown in red, with a minus or in parentheses", {}),
)  # fmt: skip


def _rows_of(shown: Shown) -> tuple[Iterable[int], ...]:
    return shown.hidden, shown.struck, shown.below


def question_lines(
    shown: Shown, rows: Iterable[Sequence[Any]], name: str, amounts: Callable[[Iterable[str]], list[str]]
) -> Iterator[str]:
    """Ask in a proposed map what is meant, where a sheet shows something otherwise.

    Parameters
    ----------
    rows
        The first rows of the sheet.
    name
        What the sheet is called.
    amounts
        Gives of columns, by their heads, those that are below 0 of a return: not the number and the price of it.
    """
    for kind, found in zip(_KINDS, _rows_of(shown), strict=True):
        if not found:
            continue
        answers = kind.answers
        if not answers:
            columns = amounts(dict.fromkeys(_heads(rows, shown).values()))
            if not columns:
                yield f"{kind.key} = []  # what stands in red is no amount"
                continue
            answers = {
                json.dumps(columns, ensure_ascii=False): "there they are below 0: returns and credit notes",
                "[]": "they are above 0: the colour says something else",
            }
        else:
            answers = {f'"{value}"': means for value, means in answers.items()}
        yield f"# {name}: {_named(found)}: {kind.said}."
        yield from (f"#   {value}  # {means}" for value, means in answers.items())
        yield f'{kind.key} = "?"  # rows {kind.said}: what is meant?'


def question_keys() -> tuple[str, ...]:
    """Name the settings that such questions ask for."""
    return tuple(kind.key for kind in _KINDS)


def as_declared(
    rows: Iterator[list[Any]], shown: Shown, form: FileFormat, name: str, table: str
) -> Iterator[list[Any]]:
    """Return the rows of a sheet as the settings say what is meant.

    Raises
    ------
    WorkbookError
        The settings do not say it.
    """
    ahead = list(islice(rows, _HEAD_WITHIN if shown.below else 0))
    heads = _heads(ahead, shown)
    listed = json.dumps([*dict.fromkeys(heads.values())], ensure_ascii=False)
    for kind, found in zip(_KINDS, _rows_of(shown), strict=True):
        if found and getattr(form, kind.key) is None:
            answers = " or ".join(
                f'{kind.key} = "{value}" ({means})' for value, means in kind.answers.items()
            ) or (
                f"{kind.key} = {listed} (those of these columns whose amounts or quantities are below 0 then; no "
                f"numbers, no prices) or {kind.key} = [] (they are above 0)"
            )
            raise WorkbookError(
                f"{name}: {_named(found)}: {kind.said}; nothing says what is meant. Write {answers} under "
                f"[tables.{table}] in workbook.toml; `workbook init` proposes it."
            )
    named = form.shown_below_zero or []
    cells = {str(cell).strip() for row in ahead for cell in row} | {*heads.values()}
    if shown.below and (lacking := [each for each in named if each not in cells]):
        raise WorkbookError(
            f"{name}: shown_below_zero in workbook.toml names {', '.join(lacking)}, which no column is called: amounts "
            f"above 0 are shown as below in {listed}."
        )
    columns = {place for place, head in heads.items() if head in named}
    aside = dict.fromkeys(shown.struck, STRUCK) if form.struck_rows == "leave_out" else {}
    aside |= dict.fromkeys(shown.hidden, HIDDEN) if form.hidden_rows == "leave_out" else {}
    for number, row in enumerate(chain(ahead, rows)):
        for place in columns.intersection(shown.below.get(number, ())):
            row[place] = _negative(row[place])
        yield Aside(row, aside[number]) if number in aside else row


def _heads(rows: Iterable[Sequence[Any]], shown: Shown) -> dict[int, str]:
    """Name the columns with amounts that are shown as below 0 by what stands above their first number."""
    left = {place for places in shown.below.values() for place in places}
    heads = {place: f"column {place + 1}" for place in sorted(left)}
    named: set[int] = set()
    for row in rows:
        for place in left.copy():
            text = str(row[place]).strip() if place < len(row) else ""
            if not _NUMBER.fullmatch(text):
                heads[place] = text or heads[place]
                named |= {place} if text else set()
            elif place in named:
                left.remove(place)
    return heads


def _negative(cell: Any) -> Any:
    if isinstance(cell, str):
        return f"-{cell.lstrip()}"
    return -cell if isinstance(cell, int | float) else cell


def _named(rows: Iterable[int]) -> str:
    numbers = [str(number + 1) for number in sorted(rows)]
    more = f" and {len(numbers) - _MOST_NAMED} more" if len(numbers) > _MOST_NAMED else ""
    return f"{'row' if len(numbers) == 1 else 'rows'} {', '.join(numbers[:_MOST_NAMED])}{more}"
