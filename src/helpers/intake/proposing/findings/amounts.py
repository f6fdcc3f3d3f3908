"""Which column is a line's net amount: proved by price and quantity, by tax, and by what a document adds up to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from helpers.intake.proposing.columns import words_of
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.synonyms import COLUMN_WORDS, ROLES
from helpers.intake.proposing.toml import toml

#: Rates of value added and sales tax that are or were usual, in percent.
_RATES = (1, 2, 2.1, 3, 4, 4.8, 5, 5.5, 6, 7, 7.7, 8, 8.1, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
          24, 25, 27, 28)  # fmt: skip
#: Heads that say by themselves that an amount is without tax.
_SAYS_NET = re.compile(
    r"(?i)\b(net|netto|neto|untaxed|taxable|excl\w*|h\.?t\.?)\b|net|"
    r"不含税|无税|未税|净|税抜|sin iva|imponible|montant ht"
)
#: A document must have lines, and there must be several documents, for a repeated amount to be more than chance.
_LEAST_DOCUMENTS = 2


def document_amounts(
    cells: Mapping[str, Sequence[str]], order: str, numeric: Collection[str]
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

    Returns
    -------
    dict
        Column -> ``each`` line, or the ``first``.
    """
    places: dict[str, list[int]] = {}
    for place, document in enumerate(cells[order]):
        if document:
            places.setdefault(document, []).append(place)
    several = [rows for rows in places.values() if len(rows) > 1]
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

    seen = {column: kinds(column) for column in numeric if column != order}
    found = {column: kind.pop() for column, kind in seen.items() if len(kind) == 1 and kind != {"line"}}
    varies = [column for column in seen if "line" in seen[column] and column not in found]
    nonzero = {column for column in found if len({*cells[column]} - {"", "0", "0.0", "0.00"}) > 1}
    # Where nothing at all varies within documents, their lines are alike, and nothing is told by that.
    return {column: found[column] for column in found if column in nonzero} if varies else {}


def find_document_amounts(draft: Draft) -> Iterator[Finding]:
    """Say which amounts are the document's: they are no line's net amount."""
    named = [column for column in amount_heads(draft.amounts) if column in draft.left]
    if named:
        listed = ", ".join(toml(column) for column in named)
        yield Finding(
            f"The same on every line of a document, or on its first only, so no amount of a line: {listed}."
        )


def find_net_amount(draft: Draft) -> Iterator[Finding]:
    """Choose the net amount, or derive it from an amount with tax, or from quantity and price."""
    roles = {role: column for role, column in draft.roles.items() if draft.is_numeric(column)}
    roles = {role: column for role, column in roles.items() if column not in draft.amounts or role == "rate"}
    times = _quantity_times(draft, roles.get("price"), roles.get("price_per"))
    net = draft.expression("net_amount")
    if net is None:
        yield from _without_net(draft, roles, times)
        return
    column = draft.columns["net_amount"]
    if _includes_tax(draft, net, roles, times):
        made = _taken_off(draft, net, roles)
        if made is not None:
            yield _derived_net(draft, column, made, net)
            return
    with_tax = _includes_tax(draft, net, roles, times)
    if {"discount", "tax", "document"} <= set(roles):
        # Before discount: the total less the tax is the net amount, as the three columns show.
        discount, tax, total = (roles[role] for role in ("discount", "tax", "document"))
        made_of = f"{draft.number(total)} - {draft.number_or_0(tax)}"
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
        if made is not None:
            values = draft.example(net, made[0], where=f"{net} <> 0")
            yield Finding(
                columns={"net_amount": None},
                questions={"net_amount": (
                    f"is {column} with tax or without? Nothing here tells",
                    [(net, f"{column} is without tax: {shown(values[0]) if values else ''}"),
                     (made[0], f"{column} is with tax: {shown(values[1]) if values else ''} without it")],
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
    if "quantity" in draft.columns or "net_amount" in draft.derived or "net_amount" in draft.questions:
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
    values = set() if per is None else {*draft.values(draft.number(per))} - {None}
    if per is None or not values <= {1, 10, 100, 1000, 10000} or values == {1}:
        return made
    return f"{made} / coalesce({draft.number(per)}, 1)"


def _against_price(draft: Draft, column: str, net: str, times: str, price: str) -> Iterator[Finding]:
    """Say where amount and quantity x price differ in one way: by a tax of one rate."""
    for rate in _RATES:
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
        tax = roles["tax"]
        return f"{amount} - {draft.number_or_0(tax)}", (tax, *_named(roles, "rate")), f"less {tax}"
    rate = _rate(draft, roles["rate"]) if "rate" in roles else None
    if rate is None:
        return None
    return (
        f"without_tax({amount}, {rate})",
        (roles["rate"],),
        f"divided by 1 + {roles['rate']}, to four decimals",
    )


def _includes_tax(draft: Draft, amount: str, roles: Mapping[str, str], times: str | None) -> bool | None:
    """Whether an amount has the tax in it, by the columns beside it; None where they do not tell."""
    gross = draft.number(roles["gross"]) if "gross" in roles else None
    tax = draft.number_or_0(roles["tax"]) if "tax" in roles else None
    rate = _rate(draft, roles["rate"]) if "rate" in roles else None
    taxed = f"({tax or rate or '1'}) <> 0"
    shares = [rate] if rate else [f"{each / 100:.4g}" for each in _RATES]
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
        outside = any(draft.agree(f"{amount} * {share}", tax, taxed) for share in shares)
        inside = any(
            draft.agree(f"({amount}) - without_tax({amount}, {share})", tax, taxed) for share in shares
        )
        if outside != inside:
            return inside
        if draft.gives_total(f"{amount} + {tax}") != (whole := draft.gives_total(amount)) and any(
            draft.values(tax)
        ):
            return whole
    if times and rate:
        if draft.agree(f"({times}) * (1 + {rate})", amount, taxed):
            return True
        own = "price_with_tax" in roles and draft.number(roles["price_with_tax"])
        if own and draft.agree(
            own, f"{amount} / nullif({draft.number(draft.columns['quantity'])}, 0)", taxed
        ):
            return True
    return None


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
            for rate in _RATES:
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
    yield Finding(
        f"No column is a net amount: it is quantity x {price}.", derived={"net_amount": priced}, uses=(price,)
    )


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


def find_unit_cost(draft: Draft) -> Iterator[Finding]:
    """Tell a cost for one unit from a line's cost: of one product it is the same whatever the quantity."""
    quantity, product = draft.columns.get("quantity"), draft.columns.get("product_id")
    column = draft.columns.get("cost_amount") or draft.roles.get("unit_cost")
    if column is None or quantity is None or not draft.is_numeric(column):
        return
    is_total = "cost_amount" in draft.columns
    if product is not None:
        cost, units = draft.number(column), draft.number(quantity)
        alike, spread = draft.one(
            f"SELECT count(*) FILTER (WHERE costs = 1), count(*) FROM (SELECT count(DISTINCT {cost}) AS costs, "
            f"count(DISTINCT abs({units})) AS quantities FROM sample WHERE {cost} IS NOT NULL AND {cost} <> 0 "
            f"GROUP BY {draft.sql(product)}) WHERE quantities > 1"
        )
        if is_total and spread and alike >= 0.8 * spread:
            is_total = False
    if not is_total:
        expression = f"{draft.number(quantity)} * {draft.number(column)}"
        yield Finding(
            f"{column} is the cost of one unit: cost_amount is quantity x {column}.",
            columns={"cost_amount": None},
            derived={"cost_amount": expression},
            uses=(column,),
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
        if words & set(words_of(column)) or re.search(r"(?i)amount|total|discount|tax|额|金|額|合计", column)
    ]
