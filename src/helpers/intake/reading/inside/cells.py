"""What the cells of a sheet tell beside their values, collected cell by cell, whatever the format of the file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO

from helpers.intake.reading.inside.styles import Style
from helpers.intake.reading.shown import Shown

CHUNK_BYTES = 1 << 20
_LONGEST_SIGN = 400


def has_one(signs: Iterable[re.Pattern[bytes]], content: IO[bytes]) -> bool:
    """Whether one of some signs, of a few hundred bytes at most, stands in the XML of a sheet."""
    rest = b""
    while chunk := content.read(CHUNK_BYTES):
        text = rest + chunk
        if any(sign.search(text) for sign in signs):
            return True
        rest = chunk[-_LONGEST_SIGN:]
    return False


@dataclass
class Cells:
    """The cells of a sheet that hold something; rows and columns are counted from 0 on."""

    exact: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    _numbers: dict[int, list[tuple[int, Style, bool]]] = field(default_factory=lambda: defaultdict(list))
    """Column -> numbers that a style adds something to: row, style, and whether they are above 0."""
    _plain: dict[int, set[bool]] = field(default_factory=lambda: defaultdict(set))
    """Column -> the signs of its other numbers."""

    def add(self, row: int, column: int, style: Style, number: float | None, is_hidden: bool) -> None:
        """Take in a cell that holds something: a number, or None for what is none."""
        if is_hidden:
            self.hidden.add(row)
        if style.struck:
            self.struck.add(row)
        if number and (style.below or style.beside):
            self._numbers[column].append((row, style, number > 0))
        elif number:
            self._plain[column].add(number > 0)

    def write(self, row: int, column: int, text: str) -> None:
        """Say what stands in a cell that readers misread."""
        self.exact.setdefault(row, {})[column] = text

    def shown(self) -> Shown:
        """Return all of it."""
        below, beside = _shown(self._numbers, self._plain)
        return Shown(self.exact, beside, below, frozenset(self.hidden), frozenset(self.struck))


def _shown(
    numbers: Mapping[int, Collection[tuple[int, Style, bool]]], plain: Mapping[int, Collection[bool]]
) -> tuple[dict[int, tuple[int, ...]], dict[int, dict[int, str]]]:
    """Return the cells of columns of numbers that are shown as below 0, and those with something beside the number."""
    below: dict[int, tuple[int, ...]] = {}
    beside: dict[int, dict[int, str]] = {}
    for column, cells in numbers.items():
        others = plain.get(column, ())
        texts = {style.beside for _, style, _ in cells} | ({""} if others else set())
        for row, style, is_positive in cells:
            if is_positive and style.below:
                below[row] = (*below.get(row, ()), column)
            if style.beside and len(texts) > 1:
                beside.setdefault(row, {})[column] = style.beside
    return below, beside
