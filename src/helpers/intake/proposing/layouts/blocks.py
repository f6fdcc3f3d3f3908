"""Settings of a report, as entries of the map below its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from helpers.intake.proposing.layouts.parted import Parted
from helpers.intake.reading.sql import identifier


@dataclass(frozen=True)
class Block:
    """An entry of the map below its table, such as one of ``exclude``: its keys, and what is to be said of it."""

    key: str
    values: dict[str, str | bool | int | list[str]]
    comment: str = ""


@dataclass
class Layout:
    """The settings that a report needs to be read as a table; nothing in them where it is one already."""

    skip: int = 0
    header_rows: int = 1
    names: tuple[str, ...] = ()
    blocks: list[Block] = field(default_factory=list)
    fill_down: list[str] = field(default_factory=list)
    fill_within: str | None = None
    questions: dict[str, str] = field(default_factory=dict)
    """What cannot be told: key of a block whose value is ``?``, and what to write there."""
    answers: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """What may be written there, each with what it means."""
    first: int = 0
    """Rows above the first that has something in it."""
    lines: frozenset[int] = frozenset()
    """Numbers of the rows that are data, or headings carried down to them."""

    @property
    def is_plain(self) -> bool:
        """Whether the head is the first row, and data are all that is below it."""
        return self.skip == self.first and self.header_rows == 1 and not self.blocks and not self.fill_down


def column_name(parted: Parted, column: int) -> str:
    """Write the SQL of a column."""
    return identifier(parted.names[column])


def blank(parted: Parted, columns: Sequence[int]) -> list[str]:
    """Write the conditions that columns are blank."""
    return [f"{column_name(parted, column)} IS NULL" for column in columns]


def exclusion(rule: str, where: str, because: str, as_read: bool = True) -> Block:
    """Return an entry of ``exclude``."""
    values: dict[str, str | bool | int | list[str]] = {"rule": rule, "where": where, "because": because}
    return Block("exclude", values | ({"as_read": True} if as_read else {}))
