"""Rows of documents, and of customers, above the rows of their items, which share a column: Tally's registers, 1C's lists.

Which of them a row is, the columns show that are filled; that it is no item, its sum.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from helpers.intake.proposing.layouts.blocks import Block, Layout, blank, column_name
from helpers.intake.proposing.layouts.heads import amount, decimal_mark
from helpers.intake.proposing.layouts.rows_apart import Parted, role_of
from helpers.intake.proposing.synonyms import COLUMN_WORDS, CUSTOMER_NAME_WORDS, plain

#: So many documents show how a report is laid out.
_DOCUMENTS = 2
_CENT = Decimal("0.011")


def propose_document_rows(layout: Layout, parted: Parted) -> None:
    """Carry number, day and party of a document, and the customer above it, down to its items."""
    day = _column(parted, ("order_date",))
    shared = _column(parted, ("customer_id", "product_id"), CUSTOMER_NAME_WORDS)
    if day is None or shared is None or layout.blocks or not parted.of("line"):
        return
    if role_of(parted.names[shared], ("customer_id",)):
        return  # nothing would say that what stands there besides are items
    end = parted.of("line")[-1] + 1
    places = [place for place in range(end) if parted.kinds[place] not in ("blank", "head", "total")]
    rows = parted.rows
    customers = _customers(parted, places, day)
    if customers is None:
        return
    dated = [place for place in places if rows[place][day]]
    items = [place for place in places if not rows[place][day] and place not in customers] or dated
    outer = [customers, dated] if items is not dated else [customers]
    names = [{rows[place][shared] for place in each} - {""} for each in (*outer, items)]
    if (
        len(dated) < _DOCUMENTS
        or not all(rows[place][shared] for place in (*customers, *items))
        or (not customers and (items is dated or not all(rows[place][shared] for place in dated)))
        or any(each & names[-1] for each in names[:-1])
        or not _have_sums(parted, [each for each in outer if each], items)
    ):
        return
    where = f"{column_name(parted, day)} IS NOT NULL"
    carried = []
    if customers:
        free = [n for n in range(len(parted.names)) if all(rows[p][n] for p in items)]
        free = [n for n in free if not any(rows[place][n] for place in customers)]
        bare = " AND ".join(blank(parted, list(dict.fromkeys([day, *free[:2]]))))
        carried.append((_called(layout, parted, shared, customers[0]), shared, bare))
    elif all(rows[place][shared] for place in dated):
        carried.append(("Customer", shared, where))
    if items is not dated:
        carried += [
            (parted.names[n], n, where)
            for n in range(len(parted.names))
            if n not in parted.amounts
            and any(rows[place][n] for place in dated)
            and not any(rows[place][n] for place in items)
        ]
    layout.blocks += [
        Block("headings", {"column": name, "where": condition, "value": column_name(parted, column)})
        for name, column, condition in carried
    ]
    for place in places:
        parted.kinds[place] = "line" if place in items else "heading"


def _column(parted: Parted, roles: Sequence[str], words: Sequence[str] = ()) -> int | None:
    named = [(n, name) for n, name in enumerate(parted.names) if n not in parted.amounts]
    return next((n for n, name in named if role_of(name, roles) or plain(name) in words), None)


def _called(layout: Layout, parted: Parted, shared: int, first: int) -> str:
    """Name what stands above documents: customers by their head; a group beside a column of them; else it is asked."""
    parts = [plain(part) for part in re.split(r"[/,;|]", parted.names[shared])]
    if any(part in words for part in parts for words in (CUSTOMER_NAME_WORDS, COLUMN_WORDS["customer_id"])):
        return "Customer"
    if any(role_of(name, ("customer_id",)) or plain(name) in CUSTOMER_NAME_WORDS for name in parted.names):
        return "Group"
    layout.questions["column"] = (
        f'"customer_id" if {parted.rows[first][shared]!r} and others above their documents are customers'
    )
    return "?"


def _customers(parted: Parted, places: Sequence[int], day: int) -> list[int] | None:
    """List the rows of customers: without a day, above one with it, and without what only items have.

    None where rows stand in another order.
    """
    if parted.rows[places[0]][day]:
        return []
    own = {*parted.cells(places[0])}
    customers = [n for n in places if not parted.rows[n][day] and {*parted.cells(n)} <= own]
    if any(
        after in customers or not parted.rows[after][day]
        for place, after in zip(places, places[1:], strict=False)
        if place in customers
    ):
        return None
    return customers if places[-1] not in customers else None


def _have_sums(parted: Parted, outer: Sequence[Sequence[int]], items: Sequence[int]) -> bool:
    """Whether rows above items have their sum, in whatever column; rows of one level alone may have no amounts."""
    marks = {column: decimal_mark([row[column] for row in parted.rows]) for column in parted.amounts}
    summed = [
        any(
            _are_sums(parted, heads, items, of_head, of_items, marks)
            for of_head in marks
            for of_items in marks
        )
        for heads in outer
    ]
    silent = [
        not any(parted.rows[place][column] for place in heads for column in parted.amounts) for heads in outer
    ]
    return any(summed) and all(one or other for one, other in zip(summed, silent, strict=True))


def _are_sums(
    parted: Parted,
    heads: Sequence[int],
    items: Sequence[int],
    of_head: int,
    of_items: int,
    marks: dict[int, str],
) -> bool:
    """Whether each row has the sum of the items up to the next, whose signs, or side of the booking, may be others."""
    ends = [*heads[1:], len(parted.rows)]
    for head, end in zip(heads, ends, strict=True):
        whole = amount(parted.rows[head][of_head], marks[of_head])
        parts = [amount(parted.rows[n][of_items], marks[of_items]) for n in items if head < n < end]
        if not whole or not parts or None in parts:
            return False
        if abs(abs(whole) - sum(abs(part) for part in parts if part is not None)) > _CENT:
            return False
    return True
