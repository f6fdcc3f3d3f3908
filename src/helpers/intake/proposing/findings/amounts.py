"""Which column is a line's net amount: proved by price and quantity, by tax, and by what a document adds up to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from helpers.intake.proposing.columns import numbers_something, pieces_of_price
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.money.taxes import (
    RATES,
    find_freight_in,
    find_taxed_rows,
    shown_by_tax,
    tax_sql,
    taxes,
)

#: Heads that say by themselves that an amount is without tax.
_SAYS_NET = re.compile(
    r"(?i)\b(net|netto|neto|untaxed|taxable|excl\w*|h\.?t\.?)\b|net|"
    r"不含税|无税|未税|净|税抜|sin iva|imponible|montant ht"
)

#: Of so many rows an amount that is not quantity x price must be near it.
_NEARLY = 0.9


def find_net_amount(draft: Draft) -> Iterator[Finding]:
    """Choose the net amount, or derive it from an amount with tax, or from quantity and price."""
    roles = {role: column for role, column in draft.roles.items() if draft.is_numeric(column)}
    roles = {role: column for role, column in roles.items() if column not in draft.amounts or role == "rate"}
    times = _quantity_times(draft, roles.get("price"), roles.get("price_per"))
    net = draft.expression("net_amount")
    if net is None:
        yield from _without_net(draft, roles, times)
        return
    column = draft.columns.get("net_amount", "")
    if not column:
        return
    if _includes_tax(draft, net, roles, times):
        made = _taken_off(draft, net, roles)
        if made is not None:
            yield _derived_net(draft, column, made, net)
            return
    with_tax = _includes_tax(draft, net, roles, times)
    if {"discount", "tax", "document"} <= set(roles):
        # Before discount: the total less the tax is the net amount, as the three columns show.
        discount, tax, total = (roles[role] for role in ("discount", "tax", "document"))
        made_of = f"{draft.number(total)} - {tax_sql(draft, tax)}"
        if any(draft.agree(f"{net} {sign} {draft.number_or_0(discount)}", made_of) for sign in "-+"):
            yield Finding(
                f"{column} less {discount} with {tax} is {total}: the net amount is {total} less {tax}.",
                columns={"net_amount": None},
                derived={"net_amount": made_of},
                uses=(column, discount, tax, total),
            )
            return
    if with_tax is None and not _SAYS_NET.search(column) and ("rate" in roles or "tax" in roles):
        made = _taken_off(draft, net, roles)
        found = [] if made is None else [
            *find_taxed_rows(draft, net, made[0], column, lambda met: _taxed_where(draft, net, roles, times, met)),
            *find_freight_in(draft, net, column, roles, lambda goods: _includes_tax(draft, goods, roles, None)),
        ]  # fmt: skip
        if found:
            yield found[0]
            return
        if made is not None:
            values = draft.example(net, made[0], where=f"{net} <> 0")
            # Which rates of tax there are, who reads it knows.
            shares = (
                [f", {roles['tax']} is {_share(values[0] - values[1], each)} of that" for each in values]
                if values and "tax" in roles
                else ["", ""]
            )
            yield Finding(
                columns={"net_amount": None},
                questions={"net_amount": (
                    f"is {column} with tax or without? Nothing here tells",
                    [(net, f"{column} is without tax: {shown(values[0]) if values else ''}{shares[0]}"),
                     (made[0], f"{column} is with tax: {shown(values[1]) if values else ''} without it{shares[1]}")],
                )},
                uses=(column, *made[1]),
            )  # fmt: skip
            return
    if with_tax is False:
        proof = roles.get("gross") or roles.get("tax") or roles.get("rate") or ""
        yield Finding(
            f"{column} is without tax, as {proof} beside it shows.",
            uses=_named(roles, "gross", "tax", "rate"),
        )
    if times and draft.agree(times, net):
        yield Finding(f"{column} is quantity x {roles['price']}.", uses=(roles["price"],))
    elif times and "discount" not in roles and with_tax is None:
        yield from _against_price(draft, column, net, times, roles["price"])


def find_register(draft: Draft) -> Iterator[Finding]:
    """Ask for the tax in the amounts of a register of documents: they are with it in most, and nothing there tells."""
    told = {*draft.derived, *draft.questions}
    if "quantity" in {*draft.columns, *draft.questions} or "net_amount" in told:
        return
    column = draft.columns.get("net_amount") or draft.roles.get("document")
    if column is None or _SAYS_NET.search(column) or not draft.is_numeric(column):
        return
    if {"tax", "rate", "gross"} & set(draft.roles):
        return
    asked = _ask_rate(draft, column, draft.number(column))
    ((_, answers),) = asked.questions.values()
    yield Finding(
        columns={"net_amount": None},
        questions={
            "net_amount": (f"is tax in {column}, the amounts of whole documents, and of what rate?", answers)
        },
        uses=(column,),
    )


def _named(roles: Mapping[str, str], *names: str) -> tuple[str, ...]:
    return tuple(roles[name] for name in names if name in roles)


def _quantity_times(draft: Draft, price: str | None, per: str | None = None) -> str | None:
    """Write quantity x price, where the price is that of one, or of as many as a column beside it says."""
    quantity = draft.columns.get("quantity")
    if price is None or quantity is None:
        return None
    made = f"{draft.number(quantity)} * {draft.number(price)}"
    if (pieces := pieces_of_price(price)) > 1:
        return f"{made} / {pieces}"
    values = set() if per is None else {*draft.values(draft.number(per))} - {None}
    if per is None or not values <= {1, 10, 100, 1000, 10000} or values == {1}:
        return made
    return f"{made} / coalesce({draft.number(per)}, 1)"


def _against_price(draft: Draft, column: str, net: str, times: str, price: str) -> Iterator[Finding]:
    """Say where amount and quantity x price differ in one way: by a tax of one rate."""
    for rate in RATES:
        share = f"{rate / 100:.4g}"
        if draft.agree(f"({times}) * {1 + rate / 100:.6g}", net):
            made = f"without_tax({net}, {share})"
            before, after = draft.example(net, made, where=f"{net} <> 0")
            yield Finding(
                columns={"net_amount": None},
                questions={"net_amount": (
                    f"{column} is everywhere {rate:g} % more than quantity x {price}: is that tax?",
                    [(made, f"yes: {shown(before)} is {shown(after)} without it"),
                     (net, f"no: {shown(before)} is net")],
                )},
                uses=(column, price),
            )  # fmt: skip
            return
    for power in (10, 100, 1000, 10_000):
        for more, less, said in ((net, times, f"{power:,} times"), (times, net, f"a part in {power:,} of")):
            if draft.agree(f"({less}) * {power}", more):
                values = draft.example(net, times, where=f"{net} <> 0")
                yield Finding(
                    columns={"net_amount": None},
                    questions={"net_amount": (
                        f"{column} is everywhere {said} quantity x {price}: which is in whole units of money?",
                        [(net, f"{column}: {shown(values[0])}"), (times, f"quantity x {price}: {shown(values[1])}")],
                    )},
                    uses=(column, price),
                )  # fmt: skip
                return
    count, near = draft.one(
        f"SELECT count(*), count(*) FILTER (WHERE abs(({net}) - ({times})) <= 0.011 + 0.0001 * abs({net})) FROM sample "
        f"WHERE ({net}) IS NOT NULL AND ({times}) IS NOT NULL"
    )
    if count:
        yield Finding(
            f"{column} is not quantity x {price} in {count - near} of {count} rows; {price} may be a list price."
        )


def _rate(draft: Draft, column: str) -> str | None:
    """Write a tax rate as a share; None where 1 can be 1 % or the whole."""
    written = [each for each in draft.texts(column) if each]
    values = [value for value in draft.values(draft.number(column)) if value is not None]
    if not values or max(values) > 100 or min(values) < 0:
        return None
    if any(each.endswith(("%", "％")) for each in written) or max(values) < 1:
        return draft.number_or_0(column)
    return f"{draft.number_or_0(column)} * 0.01" if max(values) > 1 else None


def _taken_off(
    draft: Draft, amount: str, roles: Mapping[str, str]
) -> tuple[str, tuple[str, ...], str] | None:
    """Write an amount less its tax, with the columns used and how it is done."""
    if "tax" in roles:
        listed = taxes(draft, roles["tax"])
        how = f"less {', '.join(listed)}"
        return f"{amount} - {tax_sql(draft, roles['tax'])}", (*listed, *_named(roles, "rate")), how
    rate = _rate(draft, roles["rate"]) if "rate" in roles else None
    if rate is None:
        return None
    return (
        f"without_tax({amount}, {rate})",
        (roles["rate"],),
        f"divided by 1 + {roles['rate']}, to four decimals",
    )


def _share(tax: Decimal, amount: Decimal) -> str:
    return f"{float(100 * tax / amount):.3g} %" if amount else "all"


def _includes_tax(draft: Draft, amount: str, roles: Mapping[str, str], times: str | None) -> bool | None:
    """Whether an amount has the tax in it, by the columns beside it; None where they do not tell."""
    gross = draft.number(roles["gross"]) if "gross" in roles else None
    tax = tax_sql(draft, roles["tax"]) if "tax" in roles else None
    rate = _rate(draft, roles["rate"]) if "rate" in roles else None
    taxed = f"({tax or rate or '1'}) <> 0"
    shares = [rate] if rate else [f"{each / 100:.4g}" for each in RATES]
    if gross is not None and (tax or rate):
        onto = f"{amount} + {tax}" if tax else f"{amount} * (1 + {rate})"
        if draft.agree(onto, gross, taxed):
            return False
        if draft.agree(amount, gross, taxed):
            return True
    total = roles.get("document")
    if total is not None and tax is not None and draft.agree(f"{amount} + {tax}", draft.number(total), taxed):
        return False
    if gross is not None and any(draft.agree(f"{amount} * (1 + {share})", gross) for share in shares):
        return False
    if tax is not None:
        if rate:
            outside = draft.agree(f"{amount} * {rate}", tax, taxed)
            inside = draft.agree(f"({amount}) - without_tax({amount}, {rate})", tax, taxed)
            told = inside if outside != inside else None
        else:
            told = shown_by_tax(draft, amount, tax)
        if told is not None:
            return told
    if (tax or rate) and any(draft.values(tax or str(rate))):
        # What comes onto the lines makes a document's total, beside which its subtotal may stand.
        if draft.gives_total(f"{amount} + {tax}" if tax else f"{amount} * (1 + {rate})"):
            return False
        if tax and draft.gives_total(amount):
            return True
    if times and rate:
        if draft.agree(f"({times}) * (1 + {rate})", amount, taxed):
            return True
        own = "price_with_tax" in roles and draft.number(roles["price_with_tax"])
        if own and draft.agree(
            own, f"{amount} / nullif({draft.number(draft.columns['quantity'])}, 0)", taxed
        ):
            return True
    return None


def _taxed_where(
    draft: Draft, amount: str, roles: Mapping[str, str], times: str | None, met: str
) -> bool | None:
    """Whether rows that meet a condition have the tax in their amount, by the tax or the price beside it."""
    if "tax" in roles:
        tax = tax_sql(draft, roles["tax"])
        return shown_by_tax(draft, amount, tax, met)
    rate = _rate(draft, roles["rate"])
    if times is None or rate is None:
        return None
    met = f"{met} AND {rate} <> 0"
    without, within = draft.agree(times, amount, met), draft.agree(f"({times}) * (1 + {rate})", amount, met)
    return within if without != within else None


def _derived_net(draft: Draft, column: str, made: tuple[str, tuple[str, ...], str], amount: str) -> Finding:
    expression, used, how = made
    before, after = draft.example(amount, expression, where=f"({amount}) <> 0") or (None, None)
    return Finding(
        f"{column} is with tax: the net amount is {column} {how}; {shown(before)} becomes {shown(after)}.",
        columns={"net_amount": None},
        derived={"net_amount": expression},
        uses=(column, *used),
    )


def _without_net(draft: Draft, roles: Mapping[str, str], times: str | None) -> Iterator[Finding]:
    """Derive a net amount where no column is one."""
    if "gross" in roles:
        column = roles["gross"]
        amount = draft.number(column)
        made = _taken_off(draft, amount, roles)
        if made is not None:
            yield _derived_net(draft, column, made, amount)
            return
        if times:
            for rate in RATES:
                if draft.agree(f"({times}) * {1 + rate / 100:.6g}", amount):
                    made = (
                        f"without_tax({amount}, {rate / 100:.4g})",
                        (roles["price"],),
                        f"less the {rate:g} % tax in it",
                    )
                    yield _derived_net(draft, column, made, amount)
                    return
        yield _ask_rate(draft, column, amount)
        return
    priced = times or _quantity_times(draft, roles.get("price_with_tax"))
    if priced is None:
        return
    price = roles["price"] if times else roles["price_with_tax"]
    if times is None:
        made = _taken_off(draft, priced, {role: roles[role] for role in ("tax", "rate") if role in roles})
        if made is None:
            yield _ask_rate(draft, f"quantity x {price}", priced, (price,))
            return
        yield _derived_net(draft, f"quantity x {price}", made, priced)
        return
    if beside := _less_than(draft, priced):
        values = draft.example(draft.number(beside), priced, where=f"{draft.number(beside)} <> {priced}")
        answers = [(draft.number(beside), f"{beside}: {shown(values[0])}"),
                   (priced, f"quantity x {price}: {shown(values[1])}")]  # fmt: skip
        asks = (
            f"no head says which column is the amount, and {beside} is not quantity x {price}: which is it?"
        )
        yield Finding(questions={"net_amount": (asks, answers)}, uses=(price,))
        return
    yield Finding(
        f"No column is a net amount: it is quantity x {price}.",
        derived={"net_amount": priced},
        uses=(price, *_named(draft.roles, "price_per")),
    )


def _less_than(draft: Draft, priced: str) -> str | None:
    """Find a column that no word tells and that is quantity x price less something in some rows, as a discount."""
    for column in draft.left:
        if column in {*draft.roles.values(), *draft.amounts} or numbers_something(column):
            continue
        if draft.is_numeric(column):
            count, near, less = draft.one(
                "SELECT count(*), count(*) FILTER (WHERE value / priced BETWEEN 0.3 AND 1.001), "
                "count(*) FILTER (WHERE value / priced < 0.999) FROM (SELECT "
                f"{draft.number(column)} AS value, ({priced}) AS priced FROM sample) WHERE value <> 0 AND priced <> 0"
            )
            if less and near >= _NEARLY * count:
                return column
    return None


def _ask_rate(draft: Draft, column: str, amount: str, used: tuple[str, ...] = ()) -> Finding:
    """Ask for the tax in an amount, where no column tells its rate."""
    rates = (
        (13, 9, 6, 3, 1) if any("\u4e00" <= letter <= "\u9fff" for letter in column) else (19, 20, 21, 10, 8)
    )
    (before,) = draft.example(amount, where=f"({amount}) <> 0") or (None,)
    answers = [(f"without_tax({amount}, {rate / 100:.4g})", f"{rate} % tax is in it") for rate in rates]
    answers.append((amount, f"no tax is in it: {shown(before)} is net"))
    return Finding(
        questions={
            "net_amount": (f"{column} is with tax, of what rate? (or without_tax(..., your rate))", answers)
        },
        uses=(column, *used),
    )
