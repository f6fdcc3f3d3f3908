"""Numbers of documents: found by their values, or shared by customers of several companies or years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.findings.sold.dates import day_sql
from helpers.intake.proposing.layouts.heads import is_number

#: A number of two customers may be a slip; of so many, and so large a share, it is how they are given.
_LEAST, _MANY = 2, 0.05
#: A column of so few words may say whose books a row is in, if so many rows have each of them.
_FEW, _LEAST_ROWS = 12, 2


def find_document(draft: Draft) -> Iterator[Finding]:
    """Find a document's number by its values; without one, as in a pivot table, an order is a customer's day."""
    if "order_id" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    keys = [draft.first_text_reading("order_date"), draft.first_text_reading("customer_id")]
    if not all(keys):
        return
    bought = list(zip(*(draft.values(key) for key in keys if key), strict=True))
    if (number := _numbers_documents(draft, bought)) is not None:
        observation = (
            f"{number} is an order's number by its values: each is of one customer and day, on several lines."
        )
        yield Finding(observation, columns={"order_id": number}, uses=(number,))
        return
    yield Finding(
        "No column is an order's number: what a customer buys on one day is one order.",
        derived={"order_id": f"CAST({keys[0]} AS VARCHAR) || ' ' || {keys[1]}"},
    )


def _numbers_documents(draft: Draft, bought: Sequence[tuple[object, ...]]) -> str | None:
    """Name the column whose values are each of one customer and day, and stand on several lines each."""
    for column in draft.unmapped:
        texts = draft.texts(column)
        several = sum(count > 1 for count in Counter(texts).values())
        if several <= _LEAST or not all(texts):
            continue
        if any("." in text or "," in text for text in texts if is_number(text)):
            continue
        customers = {(text, customer) for text, (_, customer) in zip(texts, bought, strict=True)}
        alike = len({customer for _, customer in customers}) == len({*texts})
        is_one = len({*zip(texts, bought, strict=True)}) == len({*texts})
        if not alike and is_one:
            return column
    return None


def find_shared_orders(draft: Draft) -> Iterator[Finding]:
    """Ask whether documents of one number are one, where something else tells their customers apart."""
    order, customer = draft.columns.get("order_id"), draft.columns.get("customer_id")
    if order is None or customer is None or order not in draft.sample.columns:
        return
    pairs = list(zip(draft.texts(order), draft.texts(customer), strict=True))
    numbers = {number for number, _ in pairs if number}
    shared = _shared([number for number, _ in pairs], pairs)
    if len(shared) < max(_LEAST, _MANY * len(numbers)):
        return
    number = draft.words(order)
    groupings = [(column, draft.words(column)) for column in companies(draft)]
    if day := draft.columns.get("order_date"):
        date_sql = day_sql(draft, day)
        year = (
            f"left(CAST({date_sql} AS VARCHAR), 4)"
            if date_sql
            else f"regexp_extract({draft.words(day)}, '(19|20)[0-9]{{2}}')"
        )
        groupings.append((f"year of {day}", year))
    for grouping, sql in groupings:
        words = [str(value or "") for value in draft.values(sql)]
        keys = [
            f"{word}-{order_number}" if order_number else ""
            for word, (order_number, _) in zip(words, pairs, strict=True)
        ]
        if len({*words}) > 1 and not _shared(keys, pairs):
            combined = f"CASE WHEN {number} <> '' THEN {sql} || '-' || {number} END"
            question = (
                f"{len(shared)} numbers, as {min(shared)}, are of several customers, "
                f"and of one in each {grouping}"
            )
            answers = [
                (combined, f"each {grouping} has numbers of its own: {len({*keys} - {''})} documents"),
                (draft.sql(order), f"one document each: {len(numbers)} documents"),
            ]
            yield Finding(
                questions={"order_id": (f"{question}: are they one document?", answers)},
                uses=(order, *([grouping] if grouping in draft.unmapped else [])),
            )
            return


def _shared(keys: list[str], pairs: list[tuple[str, str]]) -> set[str]:
    """Return the keys of several customers."""
    customers: dict[str, set[str]] = {}
    for key, (_, customer) in zip(keys, pairs, strict=True):
        if key and customer:
            customers.setdefault(key, set()).add(customer)
    return {key for key, found in customers.items() if len(found) > 1}


def companies(draft: Draft) -> Iterator[str]:
    """Name the columns that may say whose books a row is in: few words that nothing is made of, or the channel."""
    channel = draft.columns.get("channel")
    for column in [*draft.unmapped, *([channel] if channel else [])]:
        words = Counter(draft.texts(column))
        if 1 < len(words) <= _FEW and "" not in words and min(words.values()) >= _LEAST_ROWS:
            yield column
