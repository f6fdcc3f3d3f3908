"""Match columns with unknown heads by their values: a day, and quantity x price = amount."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, permutations

from helpers.intake import contracts
from helpers.intake.proposing.columns import (
    COMPANY_CURRENCY,
    find_column,
    is_date,
    is_identifier_head,
    match_columns,
)
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.layouts.heads import amount, decimal_mark, is_number
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import ROLES, YEAR_WORDS, plain

#: How many rows are checked, how many must have all three numbers, and the share of them that must agree.
_MAX_ROWS, _MIN_ROWS, _AGREES = 200, 5, 0.95
_FACTORS_AND_PRODUCT = ("quantity", "price", "amount")
#: A column that is this share of another amount, in nearly all rows, may be that amount less a discount or a tax.
_DISCOUNTED_SHARE, _MIN_SHARE = (Decimal("0.3"), Decimal("1.001")), 0.9
#: How many columns a question offers.
_MAX_OPTIONS = 6
#: Heads of days that are another than that of the sale.
_ANOTHER_DAY = re.compile(
    r"(?i)due|fällig|faellig|éch[ée]ance|venc|scad|到期|期日|deliver|ship|liefer|livr|entreg|交货|发货|送货|paid|pay|"
    r"zahl|bezahlt|付款|收款|valid|gültig|expir|有效|birth|geburt|print|druck|updat|modif|änder|修改|since|seit|until|"
    r"promis|request|wunsch|plan"
)


#: How columns are told apart whose heads are one: ``Amount (1)``, ``Amount (2)``.
_REPEATED = re.compile(r" \([0-9]+\)$")
#: What is the sum of such columns.
_SUM = re.compile(r"(?i)total|sum|gesamt|合计|总")
_Numbers = dict[str, list[Decimal | None]]


def match_by_values(sample: Sample, mapped: Mapping[str, str], unmapped: Sequence[str]) -> dict[str, str]:
    """Find the day and the amount of lines among the columns whose heads are unknown.

    An amount is the product of two other columns. An ambiguous match is none: beside an amount there may be one less
    its discount, its tax or its costs.

    Parameters
    ----------
    mapped
        Standard column -> column, as matched by heads.
    unmapped
        Columns without a standard column.
    """
    inferred: dict[str, str] = {}
    days = _day_columns(sample, unmapped)
    if "order_date" not in mapped and len(days) == 1 and not _ANOTHER_DAY.search(days[0]):
        inferred["order_date"] = days[0]
    called = mapped.get("net_amount", "")
    if called and "quantity" not in mapped:
        # Jumlah of Indonesia is an amount or how many, and how many where its price makes another column of it.
        numbers, products = _products(sample, [called], unmapped)
        if len(products) == 1 and _are_whole(numbers.get(called, [])):
            inferred |= {"quantity": called, "net_amount": products.pop()}
    elif "net_amount" not in mapped:
        numbers, products = _products(sample, [mapped["quantity"]] if "quantity" in mapped else [], unmapped)
        reduced = [
            each
            for each in numbers
            if any(_are_reduced(numbers[each], numbers[product]) for product in products)
        ]
        with_tax = find_column(ROLES["gross"], [*products])
        if len(products) == 1 and not reduced and with_tax is None:
            inferred["net_amount"] = products.pop()
    return inferred


def match_payments_by_values(
    sample: Sample, mapped: Mapping[str, str], unmapped: Sequence[str]
) -> dict[str, str]:
    """Match the day and the amount of payments that no head names: the only column of days, the only one of amounts."""
    candidates = (
        ("payment_date", _day_columns(sample, unmapped)),
        ("amount", _number_columns(sample, unmapped)),
    )
    return {name: columns[0] for name, columns in candidates if name not in mapped and len(columns) == 1}


def are_sales(sample: Sample) -> bool:
    """Whether rows have a day, an amount of goods by heads or values, and two columns more, of order and customer."""
    days = _day_columns(sample, sample.columns)
    if len(days) != 1 or len(sample.columns) <= len(_FACTORS_AND_PRODUCT) + len(days):
        return False
    mapped, _, _ = match_columns("order_lines", sample.filled)
    if "net_amount" in mapped and {"quantity", "product_id"} & {*mapped}:
        return True  # by its heads
    return bool(_products(sample, [], list(sample.columns))[1])


def _products(
    sample: Sample, quantity_columns: Sequence[str], unmapped: Sequence[str]
) -> tuple[_Numbers, set[str]]:
    """Return the columns of numbers, and those that are the product of two of them, one of which is the quantity."""
    decimal = decimal_mark([text for column in unmapped for text in sample.filled[column][:_MAX_ROWS]])
    numbers = {
        column: [amount(text, decimal) for text in sample.columns[column][:_MAX_ROWS]]
        for column in _number_columns(sample, (*quantity_columns, *unmapped))
    }
    return numbers, {
        product
        for quantity, price, product in permutations(numbers, 3)
        if (quantity in quantity_columns if quantity_columns else _are_whole(numbers[quantity]))
        and _are_product(numbers[quantity], numbers[price], numbers[product])
    }


def ask_number(draft: Draft) -> Iterator[Finding]:
    """Ask which column is the order's number, where no head says so and each order would be a customer's day."""
    if {"order_id", "customer_id"} & {*draft.columns, *draft.derived} or "customer_id" not in draft.questions:
        return
    days = draft.texts(draft.columns["order_date"]) if "order_date" in draft.columns else []
    distinct_counts = {}
    for column in draft.unmapped:
        texts = draft.texts(column)
        if any("." in text or "," in text for text in texts if is_number(text)):
            continue
        is_one_day = days and len({*zip(texts, days, strict=True)}) == len({*texts})
        if all(texts) and is_one_day and len({*texts}) > 1 and not _are_days(texts):
            distinct_counts[column] = len({*texts})
    ordered = sorted(
        distinct_counts, key=lambda column: (not is_identifier_head(column), -distinct_counts[column])
    )[:_MAX_OPTIONS]
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
    days = [column for column in draft.unmapped if _are_days(draft.sample.filled.get(column, ()))][
        :_MAX_OPTIONS
    ]
    if days:
        answers = [(draft.sql(column), f"{column}: {draft.sample.filled[column][0]}") for column in days]
        yield Finding(questions={"order_date": ("no head says which day is that of the sale", answers)})


def ask_quantity(draft: Draft) -> Iterator[Finding]:
    """Ask which of two columns is the quantity, where their product is the amount, or any column of numbers."""
    if "quantity" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    role_columns = {column for role, column in draft.roles.items() if role != "price"}
    numbers = [
        name for name in draft.unmapped
        if draft.is_numeric(name) and not is_identifier_head(name) and name not in role_columns
    ][:_MAX_OPTIONS]  # fmt: skip
    net = draft.expression("net_amount")
    for first, second in combinations(numbers, 2):
        products = [net] if net else [draft.number(each) for each in numbers if each not in (first, second)]
        for product in products:
            if draft.agree(f"{draft.number(first)} * {draft.number(second)}", product):
                values = draft.example(draft.number(first), draft.number(second), product)
                shown = f"{values[0]:,.2f} x {values[1]:,.2f} is {values[2]:,.2f}" if values else ""
                answers = [(draft.number(each), each) for each in (first, second)]
                answers.append(("1", "neither: each row counts as one piece"))
                yield Finding(questions={"quantity": (f"{shown}: which of the two is the quantity", answers)})
                return


def ask_amount(draft: Draft) -> Iterator[Finding]:
    """Ask which column is the amount of a line, where neither a head nor the values tell."""
    name = contracts.AMOUNT[draft.table]
    if name in (*draft.columns, *draft.derived, *draft.questions):
        return
    numbers = [
        column
        for column in draft.unmapped
        if draft.is_numeric(column) and not is_identifier_head(column) and plain(column) not in YEAR_WORDS
    ]
    own = [column for column in numbers if COMPANY_CURRENCY.search(column)]
    if draft.table == "payments" and len(own) == 1:
        yield Finding(f"{own[0]}, in the company's own currency, is the amount.", columns={name: own[0]})
        return
    answers = []
    for column in numbers[:_MAX_OPTIONS]:
        values = draft.example(draft.number(column))
        if values:
            answers.append((draft.number(column), f"{column}: {values[0]} in the first row with one"))
    words = Counter(plain(column.split()[-1]) for column in numbers)
    parts = [column for column in numbers if words[plain(column.split()[-1])] > 1 and not _SUM.search(column)]
    if not parts and len(numbers) > 2:  # a column a product or a shop
        parts = [column for column in numbers if not _SUM.search(column)]
    if len(parts) > 1:  # of several channels or kinds, side by side
        together = " + ".join(draft.number_or_0(column) for column in parts)
        answers.append((together, f"{' and '.join(parts)} together"))
    if answers:
        if draft.table == "quotes" and {"gross", "tax"} <= {*draft.roles}:
            less_tax = f"{draft.number(draft.roles['gross'])} - {draft.number_or_0(draft.roles['tax'])}"
            answers.insert(0, (less_tax, f"{draft.roles['gross']} less {draft.roles['tax']}"))
        of_goods = ", without tax" if draft.table == "order_lines" else ""
        yield Finding(questions={name: (f"no head says which column is the amount{of_goods}", answers)})


def ask_repeated_heads(draft: Draft) -> Iterator[Finding]:
    """Ask which of several columns of one head counts, where their values differ and nothing proves one of them."""
    for name in ("net_amount", "quantity", "order_date", "customer_id", "order_id"):
        column = draft.columns.get(name, "")
        base = _REPEATED.sub("", column)
        same = [
            each
            for each in draft.all_columns()
            if base != column and _REPEATED.sub("", each) == base and any(draft.texts(each))
        ]
        others = [each for each in same if draft.texts(each) != draft.texts(column)]
        proved = name == "net_amount" and "quantity" in draft.columns and "price" in draft.roles
        if not others or (
            proved
            and draft.agree(
                f"{draft.number(draft.columns['quantity'])} * {draft.number(draft.roles['price'])}",
                draft.number(column),
            )
        ):
            continue
        is_number_column = draft.kinds[name] in ("money", "quantity")
        answers = [
            (
                draft.number(each) if is_number_column else draft.sql(each),
                f"{each}: {next(filter(None, draft.texts(each)))} in the first row with one",
            )
            for each in same
        ]
        yield Finding(
            questions={name: (f"{len(same)} columns are called {base!r} and differ: which counts?", answers)},
            uses=tuple(same),
        )


def _day_columns(sample: Sample, columns: Iterable[str]) -> list[str]:
    return [column for column in columns if _are_days(sample.filled[column])]


def _number_columns(sample: Sample, columns: Iterable[str]) -> list[str]:
    """Return the columns of numbers that are no codes."""
    return [
        column for column in columns if not is_identifier_head(column) and _are_numbers(sample.filled[column])
    ]


def _are_days(texts: Sequence[str]) -> bool:
    distinct = list(dict.fromkeys(texts))[:_MAX_ROWS]
    return bool(distinct) and all(is_date(text) and not is_number(text) for text in distinct)


def _are_numbers(texts: Sequence[str]) -> bool:
    distinct = list(dict.fromkeys(texts))[:_MAX_ROWS]
    return bool(distinct) and all(map(is_number, distinct))


def _are_whole(values: Sequence[Decimal | None]) -> bool:
    return all(value == int(value) for value in values if value is not None)


def _are_product(*columns: Sequence[Decimal | None]) -> bool:
    """Whether the third of three columns is the product of the first two, none of which is 1 throughout, or a share."""
    rows = [
        (left, right, product)
        for left, right, product in zip(*columns, strict=True)
        if left is not None and right is not None and product
    ]
    matching = sum(abs(a * b - c) <= Decimal("0.02") + abs(c) * Decimal("0.0005") for a, b, c in rows)
    is_conclusive = all(
        any(row[index] != 1 for row in rows) and any(abs(row[index]) >= 1 for row in rows) for index in (0, 1)
    )
    return len(rows) >= _MIN_ROWS and is_conclusive and matching >= _AGREES * len(rows)


def _are_reduced(values: Sequence[Decimal | None], amounts: Sequence[Decimal | None]) -> bool:
    shares = [
        value / amount for value, amount in zip(values, amounts, strict=True) if value is not None and amount
    ]
    within = sum(_DISCOUNTED_SHARE[0] <= share <= _DISCOUNTED_SHARE[1] for share in shares)
    return any(share < 1 for share in shares) and within >= _MIN_SHARE * len(shares)
