"""Amounts that are a document's, and stand on each of its lines or on its first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from helpers.intake.proposing.columns import head_variants
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import COLUMN_WORDS, ROLES
from helpers.intake.proposing.toml import toml

#: A document must have lines, and there must be several documents, for a repeated amount to be more than chance.
_LEAST_DOCUMENTS = 2


def document_amounts(
    cells: Mapping[str, Sequence[str]], order: str, numeric: Collection[str], lines: Sequence[str] = ()
) -> dict[str, str]:
    """Find amounts that are the same on each line of a document, or stand on its first line alone.

    Parameters
    ----------
    cells
        Column -> its text in each row.
    order
        The column with the document's number.
    numeric
        The columns to look at.
    lines
        Columns that tell lines of a document apart: rows of one line, there for each of its payments, are one.

    Returns
    -------
    dict
        Column -> ``each`` line, or the ``first``.
    """
    rows_by_document: dict[str, list[int]] = {}
    known_lines = set()
    for place, document in enumerate(cells[order]):
        line = (document, *(cells[column][place] for column in lines))
        if document and not (lines and line in known_lines):
            known_lines.add(line)
            rows_by_document.setdefault(document, []).append(place)
    several = [rows for rows in rows_by_document.values() if len(rows) > 1]
    if len(several) < _LEAST_DOCUMENTS:
        return {}

    def kinds(column: str) -> set[str]:
        found = set()
        for rows in several:
            values = [cells[column][row] for row in rows]
            if any(values):
                found.add(
                    "first"
                    if values[0] and not any(values[1:])
                    else "each"
                    if len(set(values)) == 1
                    else "line"
                )
        return found

    kinds_by_column = {column: kinds(column) for column in numeric if column != order}
    found = {
        column: kind.pop() for column, kind in kinds_by_column.items() if len(kind) == 1 and kind != {"line"}
    }
    varies = [
        column for column in kinds_by_column if "line" in kinds_by_column[column] and column not in found
    ]
    nonzero = {column for column in found if len({*cells[column]} - {"", "0", "0.0", "0.00"}) > 1}
    # Where nothing at all varies within documents, their lines are alike, and nothing is told by that.
    return {column: found[column] for column in found if column in nonzero} if varies else {}


def line_columns(sample: Sample, found: Mapping[str, str]) -> list[str]:
    """Name the columns that tell lines of a document apart, where articles are known."""
    columns = [found[name] for name in ("product_id", "quantity", "line_no") if name in found]
    return [each for each in columns if each in sample.columns] if "product_id" in found else []


def find_document_amounts(draft: Draft) -> Iterator[Finding]:
    """Say which amounts are the document's: they are no line's net amount."""
    named = [column for column in amount_heads(draft.amounts) if column in draft.unmapped]
    if named:
        listed = ", ".join(toml(column) for column in named)
        yield Finding(
            f"The same on every line of a document, or on its first only, so no amount of a line: {listed}."
        )


def amount_heads(columns: Collection[str]) -> list[str]:
    """Name the columns whose heads are those of amounts, prices and quantities."""
    roles = ("gross", "tax", "discount", "document", "price", "price_with_tax")
    words = {word for role in roles for word in ROLES[role]}
    for name in ("quantity", "net_amount", "list_amount", "cost_amount"):
        words |= {name.replace("_", ""), *COLUMN_WORDS[name]}
    return [
        column
        for column in columns
        if words & set(head_variants(column))
        or re.search(r"(?i)amount|total|discount|tax|额|金|額|合计", column)
    ]
