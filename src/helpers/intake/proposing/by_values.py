"""Columns whose heads are in no list of words, told by what stands below: a day, and quantity x price = amount."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, permutations

from helpers.intake.proposing.columns import is_date, numbers_something
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.layouts.heads import amount, decimal_mark, is_number
from helpers.intake.proposing.samples import Sample

#: So many rows are looked at, so many must have all three numbers, and this share of them must agree.
_LOOKED_AT, _ENOUGH, _AGREES = 200, 5, 0.95
_FACTORS_AND_PRODUCT = ("quantity", "price", "amount")
#: What is so much of another amount, in nearly all rows, may be that amount less a discount or a tax.
_LESS, _NEARLY = (Decimal("0.3"), Decimal("1.001")), 0.9
#: So many columns are offered where one is asked for.
_OFFERED = 6
#: Heads of days that are another than that of the sale.
_ANOTHER_DAY = re.compile(
    r"(?i)due|fällig|faellig|éch[ée]ance|venc|scad|到期|期日|deliver|ship|liefer|livr|entreg|交货|发货|送货|paid|pay|"
    r"zahl|bezahlt|付款|收款|valid|gültig|expir|有效|birth|geburt|print|druck|updat|modif|änder|修改|since|seit|until|"
    r"promis|request|wunsch|plan"
)


_Numbers = dict[str, list[Decimal | None]]


def by_values(sample: Sample, found: Mapping[str, str], left: Sequence[str]) -> dict[str, str]:
    """Find the day and the amount of lines among the columns that no word told.

    An amount is the product of two other columns. Nothing is found where two columns could be meant: an amount that is
    less its discount, its tax or its costs may stand beside it.

    Parameters
    ----------
    found
        Standard column -> column, as their heads told.
    left
        Columns that nothing is made of.
    """
    more: dict[str, str] = {}
    days = [column for column in left if _are_days(sample.filled[column])]
    if "order_date" not in found and len(days) == 1 and not _ANOTHER_DAY.search(days[0]):
        more["order_date"] = days[0]
    if "net_amount" not in found:
        numbers, products = _products(sample, [found["quantity"]] if "quantity" in found else [], left)
        rivals = [
            each
            for each in numbers
            if any(_are_less(numbers[each], numbers[product]) for product in products)
        ]
        if len(products) == 1 and not rivals:
            more["net_amount"] = products.pop()
    return more


def payment_by_values(sample: Sample, found: Mapping[str, str], left: Sequence[str]) -> dict[str, str]:
    """Find the day and the amount of payments that no word told: the one column of days, the one of amounts."""
    days = [column for column in left if _are_days(sample.filled[column])]
    amounts = [
        column for column in left if not numbers_something(column) and _are_numbers(sample.filled[column])
    ]
    told = (("payment_date", days), ("amount", amounts))
    return {name: columns[0] for name, columns in told if name not in found and len(columns) == 1}


def are_sales(sample: Sample) -> bool:
    """Whether rows have a day, quantity x price = amount, and two columns more to tell order and customer by."""
    days = [column for column in sample.columns if _are_days(sample.filled[column])]
    _, products = _products(sample, [], list(sample.columns))
    return bool(len(days) == 1 and products) and len(sample.columns) > len(_FACTORS_AND_PRODUCT) + len(days)


def _products(sample: Sample, known: Sequence[str], left: Sequence[str]) -> tuple[_Numbers, set[str]]:
    """Give the columns of numbers, and those that are the product of two of them; ``known``: the quantity, if it is."""
    mark = decimal_mark([text for column in left for text in sample.filled[column][:_LOOKED_AT]])
    numbers = {
        column: [amount(text, mark) for text in sample.columns[column][:_LOOKED_AT]]
        for column in (*known, *left)
        if not numbers_something(column) and _are_numbers(sample.filled[column])
    }
    return numbers, {
        product
        for quantity, price, product in permutations(numbers, 3)
        if (quantity in known if known else _are_whole(numbers[quantity]))
        and _are_product(numbers[quantity], numbers[price], numbers[product])
    }


def ask_number(draft: Draft) -> Iterator[Finding]:
    """Ask which column is the order's number, where no head says so and each order would be a customer's day."""
    if {"order_id", "customer_id"} & {*draft.columns, *draft.derived} or "customer_id" not in draft.questions:
        return
    days = draft.texts(draft.columns["order_date"]) if "order_date" in draft.columns else []
    fitting = {}
    for column in draft.left:
        texts = draft.texts(column)
        if any("." in text or "," in text for text in texts if is_number(text)):
            continue
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


def ask_day(draft: Draft) -> Iterator[Finding]:
    """Ask which of the columns of days is that of the sale, where no head says so."""
    if "order_date" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    days = [column for column in draft.left if _are_days(draft.sample.filled.get(column, ()))][:_OFFERED]
    if days:
        answers = [(draft.sql(column), f"{column}: {draft.sample.filled[column][0]}") for column in days]
        yield Finding(questions={"order_date": ("no head says which day is that of the sale", answers)})


def ask_quantity(draft: Draft) -> Iterator[Finding]:
    """Ask which of two columns is the quantity, where their product is the amount, or any column of numbers."""
    if "quantity" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    others = {column for role, column in draft.roles.items() if role != "price"}
    numbers = [
        each for each in draft.left if draft.is_numeric(each) and not numbers_something(each) and each not in others
    ][:_OFFERED]  # fmt: skip
    net = draft.expression("net_amount")
    for one, other in combinations(numbers, 2):
        products = [net] if net else [draft.number(each) for each in numbers if each not in (one, other)]
        for product in products:
            if draft.agree(f"{draft.number(one)} * {draft.number(other)}", product):
                values = draft.example(draft.number(one), draft.number(other), product)
                shown = f"{values[0]:,.2f} x {values[1]:,.2f} is {values[2]:,.2f}" if values else ""
                answers = [(draft.number(each), each) for each in (one, other)]
                answers.append(("1", "neither: each row counts as one piece"))
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
    """Whether the third of three columns is the product of the first two, none of which is 1 throughout, or a share."""
    rows = [
        (one, other, product)
        for one, other, product in zip(*columns, strict=True)
        if one is not None and other is not None and product
    ]
    same = sum(abs(a * b - c) <= Decimal("0.02") + abs(c) * Decimal("0.0005") for a, b, c in rows)
    telling = all(
        any(row[place] != 1 for row in rows) and any(abs(row[place]) >= 1 for row in rows) for place in (0, 1)
    )
    return len(rows) >= _ENOUGH and telling and same >= _AGREES * len(rows)


def _are_less(values: Sequence[Decimal | None], amounts: Sequence[Decimal | None]) -> bool:
    shares = [one / other for one, other in zip(values, amounts, strict=True) if one is not None and other]
    near = sum(_LESS[0] <= share <= _LESS[1] for share in shares)
    return any(share < 1 for share in shares) and near >= _NEARLY * len(shares)
