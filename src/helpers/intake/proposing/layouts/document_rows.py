"""Rows of documents and of customers above the rows of their items, in one column: registers of Tally, lists of 1C.

Which of them a row is, the columns show that are filled; that it is no item, its sum.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from helpers.intake.proposing.layouts.blocks import Block, Layout, blank, column_name
from helpers.intake.proposing.layouts.heads import DAYS_WITHIN, amount, decimal_mark
from helpers.intake.proposing.layouts.parted import Parted, role_of
from helpers.intake.proposing.synonyms import COLUMN_WORDS, CUSTOMER_NAME_WORDS, plain
from helpers.intake.reading.sql import literal

#: So many documents show how a report is laid out.
_DOCUMENTS = 2
#: A day in what a document is called.
_DAY = re.compile("|".join(DAYS_WITHIN))
_CENT = Decimal("0.011")


def propose_document_rows(layout: Layout, parted: Parted) -> None:
    """Carry number, day and party of a document, and the customer above it, down to its items."""
    day = _column(parted, ("order_date",))
    texts = [n for n in range(len(parted.names)) if n not in parted.amounts and n != day]
    texts = [n for n in texts if any(row[n] for row in parted.rows)]
    shared = _column(parted, ("customer_id", "product_id"), CUSTOMER_NAME_WORDS)
    shared = texts[0] if shared is None and len(texts) == 1 else shared
    if shared is None or layout.blocks or not parted.of("line"):
        return
    end = parted.of("line")[-1] + 1
    places = [place for place in range(end) if parted.kinds[place] not in ("blank", "head", "total")]
    rows = parted.rows
    if day is not None:
        where = f"{column_name(parted, day)} IS NOT NULL"
        has_day = [bool(row[day]) for row in rows]
    else:  # in what the document is called
        has_day = [_DAY.search(row[shared]) is not None for row in rows]
        where = f"regexp_matches({column_name(parted, shared)}, {literal(_DAY.pattern)})"
    first = next((n for n, place in enumerate(places) if any(rows[place][c] for c in parted.amounts)), 0)
    # Above documents and their customers, the head of what stands below, as 1C writes it into the same column.
    heads = places[:first] if not any(has_day[place] for place in places[: first + 1]) else []
    places = places[len(heads) :]
    customers = _customers(parted, places, has_day)
    dated = [place for place in places if has_day[place]]
    below = {place for place in places if not has_day[place]}.difference(customers or ())
    if customers is None or not (customers or below) or len(dated) < _DOCUMENTS:
        return
    if role_of(parted.names[shared], ("customer_id",)) and below:
        return  # nothing would say that what stands there besides are items
    items = sorted(below) or dated
    outer = [each for each in (customers, dated if below else []) if each]
    named = [{rows[place][shared] for place in each} for each in (*outer, items)]
    own = [n for n in range(len(parted.names)) if all(rows[place][n] for place in items)]
    own = [n for n in own if not any(rows[place][n] for place in customers)]
    if (
        any("" in each for each in (named if not customers else (named[0], named[-1])))
        or any(each & named[-1] for each in named[:-1])
        or not (outer and (own or day is None) and _have_sums(parted, outer, items))
    ):
        return
    carried = [("Customer", shared, where)]
    if customers:
        bare = " AND ".join([f"NOT ({where})", *blank(parted, [n for n in own[:2] if n != day])])
        carried = [(_called(layout, parted, shared, customers[0]), shared, bare)]
    carried += [
        (name, n, where)
        for n, name in enumerate(parted.names)
        if below and n not in parted.amounts and any(rows[place][n] for place in dated)
        and not any(rows[place][n] for place in below)
    ]  # fmt: skip
    layout.blocks += [
        Block("headings", {"column": name, "where": condition, "value": column_name(parted, column)})
        for name, column, condition in carried
    ]
    for place in (*heads, *places):
        parted.kinds[place] = "heading"
    for place in items:
        parted.kinds[place] = "line"


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


def _customers(parted: Parted, places: Sequence[int], has_day: Sequence[bool]) -> list[int] | None:
    """List the rows of customers: without a day, above one with it, and without what only items have.

    None where rows stand in another order.
    """
    if has_day[places[0]]:
        return []
    own = {*parted.cells(places[0])}
    kinds = ["D" if has_day[n] else "C" if {*parted.cells(n)} <= own else "I" for n in places]
    if re.fullmatch("(CD+)+|(C(DI+)+)+", "".join(kinds)) is None:
        return None
    return [place for place, kind in zip(places, kinds, strict=True) if kind == "C"]


def _have_sums(parted: Parted, outer: Sequence[Sequence[int]], items: Sequence[int]) -> bool:
    """Whether rows above items have their sum, in whatever column; rows of one level of two may have no amounts.

    Their signs, or side of the booking, may be others.
    """
    marks = {column: decimal_mark([row[column] for row in parted.rows]) for column in parted.amounts}
    values = [[amount(row[column], mark) for row in parted.rows] for column, mark in marks.items()]

    def are_sums(heads: Sequence[int], of_head: int, of_items: int) -> bool:
        for head, end in pairwise([*heads, len(parted.rows)]):
            parts = [values[of_items][n] for n in items[bisect(items, head) : bisect(items, end)]]
            whole, added = values[of_head][head], sum(abs(part) for part in parts if part is not None)
            if not whole or not parts or None in parts or abs(abs(whole) - added) > _CENT:
                return False
        return True

    columns = range(len(values))
    return all(
        any(are_sums(heads, head, item) for head in columns for item in columns)
        or (len(outer) > 1 and not any(each[place] for each in values for place in heads))
        for heads in outer
    )
