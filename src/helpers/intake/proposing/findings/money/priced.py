"""Quantity x price: what an amount is beside it, and of how many pieces the price is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.columns import is_identifier_head, units_per_price
from helpers.intake.proposing.findings.discounts import is_discount_head
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.money.tax_rates import RATES

#: The share of rows in which an amount that is not quantity x price must be near it.
_MIN_SHARE = 0.9
#: A price may be of so many pieces, as a column beside it says, and is of several somewhere.
_PIECES, _SEVERAL = {1, 10, 100, 1000, 10000}, 100


def extended_price(draft: Draft, price: str | None, price_unit: str | None = None) -> str | None:
    """Return the SQL of quantity x price, divided by the price's unit where a column gives it."""
    quantity = draft.columns.get("quantity")
    if price is None or quantity is None:
        return None
    product = f"{draft.number(quantity)} * {draft.number(price)}"
    if (pieces := units_per_price(price)) > 1:
        return f"{product} / {pieces}"
    values = set() if price_unit is None else {*draft.values(draft.number(price_unit))} - {None}
    if price_unit is None or not values <= _PIECES or values == {1}:
        return product
    return f"{product} / coalesce({draft.number(price_unit)}, 1)"


def find_ratio(draft: Draft, column: str, net: str, extended: str, price: str) -> Iterator[Finding]:
    """Say where amount and quantity x price differ in one way: by a tax of one rate."""
    for rate in RATES:
        share = f"{rate / 100:.4g}"
        if draft.agree(f"({extended}) * {1 + rate / 100:.6g}", net):
            untaxed = f"without_tax({net}, {share})"
            before, after = draft.example(net, untaxed, where=f"{net} <> 0")
            yield Finding(
                questions={"net_amount": (
                    f"{column} is everywhere {rate:g} % more than quantity x {price}: is that tax?",
                    [(untaxed, f"yes: {shown(before)} is {shown(after)} without it"),
                     (net, f"no: {shown(before)} is net")],
                )},
                uses=(column, price),
            )  # fmt: skip
            return
    for power in (10, 100, 1000, 10_000):
        for larger, smaller, ratio in (
            (net, extended, f"{power:,} times"),
            (extended, net, f"a part in {power:,} of"),
        ):
            if draft.agree(f"({smaller}) * {power}", larger):
                values = draft.example(net, extended, where=f"{net} <> 0")
                yield Finding(
                    questions={"net_amount": (
                        f"{column} is everywhere {ratio} quantity x {price}: which is in whole units of money?",
                        [(net, f"{column}: {shown(values[0])}"), (extended, f"quantity x {price}: {shown(values[1])}")],
                    )},
                    uses=(column, price),
                )  # fmt: skip
                return
    count, close = draft.fetch_row(
        f"SELECT count(*), count(*) FILTER (WHERE abs(({net}) - ({extended})) <= 0.011 + 0.0001 * abs({net})) "
        f"FROM sample WHERE ({net}) IS NOT NULL AND ({extended}) IS NOT NULL"
    )
    if count:
        yield Finding(
            f"{column} is not quantity x {price} in {count - close} of {count} rows; {price} may be a list price."
        )


def reduced_amount(draft: Draft, priced: str) -> str | None:
    """Find a column with an unknown head that is quantity x price less something, as a discount, in some rows."""
    for column in draft.unmapped:
        if column in {*draft.roles.values(), *draft.amounts} or is_identifier_head(column):
            continue
        if draft.is_numeric(column):
            count, close, reduced = draft.fetch_row(
                "SELECT count(*), count(*) FILTER (WHERE value / priced BETWEEN 0.3 AND 1.001), "
                "count(*) FILTER (WHERE value / priced < 0.999) FROM (SELECT "
                f"{draft.number(column)} AS value, ({priced}) AS priced FROM sample) WHERE value <> 0 AND priced <> 0"
            )
            if reduced and close >= _MIN_SHARE * count:
                return column
    return None


def ask_price_unit(draft: Draft, product: str) -> Finding | None:
    """Ask whether a column of 1, 100 and 1,000 beside price and quantity says of how many pieces the price is."""
    for column in draft.unmapped:
        if column in draft.roles.values() or not draft.is_numeric(column):
            continue
        values = {*draft.values(draft.number(column))} - {None}
        if values <= _PIECES and values and max(values) >= _SEVERAL:
            divided = f"{product} / coalesce({draft.number(column)}, 1)"
            before, after = draft.example(product, divided, where=f"{draft.number(column)} > 1")
            answers = [(divided, f"yes: {shown(after)}"), (product, f"no: {shown(before)}")]
            asks = f"is a price of as many pieces as {column} says?"
            return Finding(questions={"net_amount": (asks, answers)}, uses=(draft.roles["price"], column))
    return None


def find_unread_discounts(draft: Draft) -> Iterator[Finding]:
    """Say that a discount in words is not taken off quantity x price: how much it is, they do not tell."""
    read = {column for finding in draft.findings for column in finding.uses}
    unread = [name for name in draft.sample.columns if is_discount_head(name) and name not in read]
    for column in unread if "net_amount" in draft.derived else ():
        words = sorted({text for text in draft.texts(column) if re.search(r"[^\W\d_]", text)})
        if words:
            yield Finding(
                f"{column} says {', '.join(words[:3])}: how much that is nothing tells, and nothing is taken off. "
                "Where prices are before it, export the amounts.",
                uses=(column,),
            )
