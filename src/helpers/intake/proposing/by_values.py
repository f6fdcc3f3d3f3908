"""Columns whose heads are in no list of words, told by what stands below: a day, and quantity x price = amount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, permutations

from helpers.intake.proposing.columns import is_date, numbers_something
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.layouts.heads import amount, decimal_mark, is_number
from helpers.intake.proposing.samples import Sample

#: So many rows are looked at, so many must have all three numbers, and this share of them must agree.
_LOOKED_AT, _ENOUGH, _AGREES = 200, 5, 0.95
#: So many columns are offered where one is asked for.
_OFFERED = 6


def by_values(sample: Sample, found: Mapping[str, str], left: Sequence[str]) -> dict[str, str]:
    """Find the day, the quantity and the amount of lines among the columns that no word told.

    An amount is the product of two other columns, of which the one of whole numbers is the quantity. Nothing is found
    where two columns could be meant.

    Parameters
    ----------
    found
        Standard column -> column, as their heads told.
    left
        Columns that nothing is made of.
    """
    more: dict[str, str] = {}
    days = [column for column in left if _are_days(sample.filled[column])]
    if "order_date" not in found and len(days) == 1:
        more["order_date"] = days[0]
    if "net_amount" in found:
        return more
    mark = decimal_mark([text for column in left for text in sample.filled[column][:_LOOKED_AT]])
    known = [found["quantity"]] if "quantity" in found else []
    numbers = {
        column: [amount(text, mark) for text in sample.columns[column][:_LOOKED_AT]]
        for column in (*known, *left)
        if column not in days and not numbers_something(column) and _are_numbers(sample.filled[column])
    }
    proved = [
        (quantity, product)
        for quantity, price, product in permutations(numbers, 3)
        if (not known or quantity in known)
        and (known or _are_whole(numbers[quantity]))
        and _are_product(numbers[quantity], numbers[price], numbers[product])
    ]
    if len({product for _, product in proved}) == 1:
        more["net_amount"] = proved[0][1]
        if len(proved) == 1:
            more["quantity"] = proved[0][0]
    return {name: column for name, column in more.items() if name not in found}


def are_sales(sample: Sample) -> bool:
    """Whether rows have a day, quantity x price = amount, and two columns more to tell order and customer by."""
    found = by_values(sample, {}, list(sample.columns))
    return {"order_date", "net_amount"} <= {*found} and len(sample.columns) > len(found) + 1


def ask_number(draft: Draft) -> Iterator[Finding]:
    """Ask which column is the order's number, where no head says so and each order would be a customer's day."""
    if {"order_id", "customer_id"} & {*draft.columns, *draft.derived} or "customer_id" not in draft.questions:
        return
    days = draft.texts(draft.columns["order_date"]) if "order_date" in draft.columns else []
    fitting = {}
    for column in draft.left:
        texts = draft.texts(column)
        one_day = days and len({*zip(texts, days, strict=True)}) == len({*texts})
        if all(texts) and one_day and len({*texts}) > 1 and not _are_days(texts):
            fitting[column] = len({*texts})
    ordered = sorted(fitting, key=lambda column: (not numbers_something(column), -fitting[column]))[:_OFFERED]
    if ordered:
        answers = [
            (draft.words(column), f"{column}: {', '.join([*dict.fromkeys(draft.texts(column))][:3])}")
            for column in ordered
        ]
        yield Finding(
            questions={"order_id": ("no head says which column is the number of an order", answers)}
        )


def ask_quantity(draft: Draft) -> Iterator[Finding]:
    """Ask which of two columns of whole numbers is the quantity, where their product is the amount."""
    net = draft.expression("net_amount")
    if net is None or {"quantity"} & {*draft.columns, *draft.derived, *draft.questions}:
        return
    numbers = [each for each in draft.left if draft.is_numeric(each) and not numbers_something(each)]
    for one, other in combinations(numbers[:_OFFERED], 2):
        if draft.agree(f"{draft.number(one)} * {draft.number(other)}", net):
            values = draft.example(draft.number(one), draft.number(other), net)
            shown = f"{values[0]} x {values[1]} is {values[2]}" if values else ""
            answers = [(draft.number(each), each) for each in (one, other)]
            yield Finding(questions={"quantity": (f"{shown}: which of the two is the quantity", answers)})
            return


def ask_amount(draft: Draft) -> Iterator[Finding]:
    """Ask which column is the amount of a line, where neither a head nor the values tell."""
    if "net_amount" in (*draft.columns, *draft.derived, *draft.questions):
        return
    numbers = [each for each in draft.left if draft.is_numeric(each) and not numbers_something(each)]
    answers = []
    for column in numbers[:_OFFERED]:
        values = draft.example(draft.number(column))
        if values:
            answers.append((draft.number(column), f"{column}: {values[0]} in the first row with one"))
    if answers:
        yield Finding(
            questions={"net_amount": ("no head says which column is the amount, without tax", answers)}
        )


def _are_days(texts: Sequence[str]) -> bool:
    looked_at = list(dict.fromkeys(texts))[:_LOOKED_AT]
    return bool(looked_at) and all(is_date(text) and not is_number(text) for text in looked_at)


def _are_numbers(texts: Sequence[str]) -> bool:
    looked_at = list(dict.fromkeys(texts))[:_LOOKED_AT]
    return bool(looked_at) and all(map(is_number, looked_at))


def _are_whole(values: Sequence[Decimal | None]) -> bool:
    return all(value == int(value) for value in values if value is not None)


def _are_product(*columns: Sequence[Decimal | None]) -> bool:
    """Whether the third of three columns is the product of the first two, none of which is 1 throughout."""
    rows = [
        (one, other, product)
        for one, other, product in zip(*columns, strict=True)
        if one is not None and other is not None and product
    ]
    same = sum(abs(a * b - c) <= Decimal("0.02") + abs(c) * Decimal("0.0005") for a, b, c in rows)
    telling = all(any(row[place] != 1 for row in rows) for place in (0, 1))
    return len(rows) >= _ENOUGH and telling and same >= _AGREES * len(rows)
