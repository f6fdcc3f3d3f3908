"""The rows below the head of a report, with what each is and what columns mean by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from helpers.intake.proposing.synonyms import COLUMN_WORDS, plain


def role_of(name: str, roles: Sequence[str]) -> str | None:
    """Which of some standard columns a column is by its name."""
    words = {plain(name), plain(name.rsplit("/", 1)[-1])}
    return next((role for role in roles if words & {plain(role), *COLUMN_WORDS[role]}), None)


@dataclass
class Parted:
    """The rows below a head, each with what it is, by their places.

    Attributes
    ----------
    amounts
        Columns of amounts.
    lines
        Columns that nearly every row with amounts has.
    usual
        Columns of amounts that at least half of the rows with amounts have; others are of documents, as their total.
    kinds
        For each row: ``line``, ``blank``, ``head`` (the head again), ``total`` (with a word), ``sum`` (without one),
        ``headed_sum`` (a sum that is a heading too),
        ``text`` (no amounts, and none of the usual columns), ``note`` (no amounts, but more cells than a heading).
    others
        Columns that are no amounts, but for those that say the same throughout, as a currency, of totals too.
    above
        Rows up to the end of the head.
    """

    rows: list[list[str]]
    names: tuple[str, ...]
    amounts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    usual: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    above: Sequence[Sequence[str]] = ()

    def of(self, *kinds: str) -> list[int]:
        """List the rows of some kinds."""
        return [place for place, kind in enumerate(self.kinds) if kind in kinds]

    def cells(self, row: int) -> list[int]:
        """List the columns of a row with something in them."""
        return [place for place, cell in enumerate(self.rows[row]) if cell]
