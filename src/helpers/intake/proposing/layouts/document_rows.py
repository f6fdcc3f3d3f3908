"""Rows of documents above the rows of their items, as in a register of Tally, whose party and items share a column."""

from __future__ import annotations

from decimal import Decimal

from helpers.intake.proposing.layouts.blocks import Block, Layout, column_name
from helpers.intake.proposing.layouts.heads import amount, decimal_mark
from helpers.intake.proposing.layouts.rows_apart import Parted, role_of
from helpers.intake.proposing.synonyms import CUSTOMER_NAME_WORDS, plain

#: So many documents show how a report is laid out.
_DOCUMENTS = 2
_CENT = Decimal("0.011")


def propose_document_rows(layout: Layout, parted: Parted) -> None:
    """Carry number, day and party of a document down to its items, where its row is the sum of theirs."""
    roles = [
        next(
            (n for n, name in enumerate(parted.names) if role_of(name, (role,)) or plain(name) in words), None
        )
        for role, words in (("order_id", ()), ("order_date", ()), ("customer_id", CUSTOMER_NAME_WORDS))
    ]
    if None in roles or layout.blocks:
        return
    number, day, party = (column for column in roles if column is not None)
    groups: list[list[int]] = []
    for place in parted.of("line"):
        row = parted.rows[place]
        if not row[party] or bool(row[number]) != bool(row[day]) or not (groups or row[number]):
            return
        if row[number]:
            groups.append([place])
        else:
            groups[-1].append(place)
    parties = {parted.rows[head][party] for head, *_ in groups}
    items = {parted.rows[place][party] for _, *below in groups for place in below}
    if len(groups) < _DOCUMENTS or any(len(group) < 2 for group in groups) or parties & items:
        return
    marks = {column: decimal_mark([row[column] for row in parted.rows]) for column in parted.amounts}
    if not any(_is_sum(parted, groups, head, items, marks) for head in marks for items in marks):
        return
    where = f"{column_name(parted, number)} IS NOT NULL"
    carried = [
        ("Customer", party),
        *((parted.names[n], n) for n, name in enumerate(parted.names) if _of_head(parted, n, groups)),
    ]
    layout.blocks += [
        Block("headings", {"column": name, "where": where, "value": column_name(parted, column)})
        for name, column in carried
    ]
    for head, *_ in groups:
        parted.kinds[head] = "heading"


def _of_head(parted: Parted, column: int, groups: list[list[int]]) -> bool:
    """Whether a column of no amounts is filled in the rows of documents alone."""
    filled = any(parted.rows[head][column] for head, *_ in groups)
    below = any(parted.rows[place][column] for _, *items in groups for place in items)
    return column not in parted.amounts and filled and not below


def _is_sum(
    parted: Parted, groups: list[list[int]], of_head: int, of_items: int, marks: dict[int, str]
) -> bool:
    """Whether each document's row has the sum of its items, whose signs, or side of the booking, may be others."""
    for head, *items in groups:
        columns = [of_head, *[of_items] * len(items)]
        values = [
            amount(parted.rows[place][column], marks[column])
            for place, column in zip((head, *items), columns, strict=True)
        ]
        if any(value is None for value in values):
            return False
        whole, *parts = (abs(value) for value in values if value is not None)
        if not whole or abs(whole - sum(parts)) > _CENT:
            return False
    return True
