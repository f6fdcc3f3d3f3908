"""Which column is a line's net amount: proved by price and quantity, by tax, and by what a document adds up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.money.priced import (
    ask_price_unit,
    extended_price,
    find_ratio,
    reduced_amount,
)
from helpers.intake.proposing.findings.money.tax_rates import RATES
from helpers.intake.proposing.findings.money.taxes import (
    SAYS_NET,
    find_included_freight,
    find_taxed_rows,
    includes_tax_by_rates,
    rate_sql,
    tax_of_documents,
    tax_sql,
    taxed_beside,
    taxes,
)


def find_net_amount(draft: Draft) -> Iterator[Finding]:
    """Choose the net amount, or derive it from an amount with tax, or from quantity and price."""
    roles = {
        role: column for role, column in draft.roles.items() if role == "rate" or draft.is_numeric(column)
    }
    roles = {role: column for role, column in roles.items() if column not in draft.amounts or role == "rate"}
    extended = extended_price(draft, roles.get("price"), roles.get("price_per"))
    net = draft.expression("net_amount")
    if net is None:
        yield from _derive_net(draft, roles, extended)
        return
    column = draft.columns.get("net_amount", "")
    if not column:
        return
    if _includes_tax(draft, net, roles, extended):
        untaxed = _without_tax(draft, net, roles)
        if untaxed is not None:
            yield _derived_net(draft, column, untaxed, net)
            return
    includes_tax = _includes_tax(draft, net, roles, extended)
    if {"discount", "tax", "document"} <= set(roles):
        # Before discount: the total less the tax is the net amount, as the three columns show.
        discount, tax, total = (roles[role] for role in ("discount", "tax", "document"))
        made_of = f"{draft.number(total)} - {tax_sql(draft, tax)}"
        if any(draft.agree(f"{net} {sign} {draft.number_or_0(discount)}", made_of) for sign in "-+"):
            yield Finding(
                f"{column} less {discount} with {tax} is {total}: the net amount is {total} less {tax}.",
                derived={"net_amount": made_of},
                uses=(column, discount, tax, total),
            )
            return
    is_open = includes_tax is None and not SAYS_NET.search(column)
    if is_open and "tax" not in roles and (finding := _by_documents(draft, net, column, roles)):
        yield finding
        return
    if is_open and ("rate" in roles or "tax" in roles):
        untaxed = _without_tax(draft, net, roles)
        findings = [] if untaxed is None else [
            *find_taxed_rows(
                draft, net, untaxed[0], column,
                lambda condition: _includes_tax_where(draft, net, roles, extended, condition),
            ),
            *find_included_freight(draft, net, column, roles, lambda goods: _includes_tax(draft, goods, roles, None)),
        ]  # fmt: skip
        if findings:
            yield findings[0]
            return
        if untaxed is not None:
            values = draft.example(net, untaxed[0], where=f"{net} <> 0")
            # Which rates of tax there are, who reads it knows.
            shares = (
                [f", {roles['tax']} is {_share(values[0] - values[1], each)} of that" for each in values]
                if values and "tax" in roles
                else ["", ""]
            )
            yield Finding(
                questions={"net_amount": (
                    f"is {column} with tax or without? Nothing here tells",
                    [(net, f"{column} is without tax: {shown(values[0]) if values else ''}{shares[0]}"),
                     (untaxed[0], f"{column} is with tax: {shown(values[1]) if values else ''} without it{shares[1]}")],
                )},
                uses=(column, *untaxed[1]),
            )  # fmt: skip
            return
    if includes_tax is False:
        proof = roles.get("gross") or roles.get("tax") or roles.get("rate") or ""
        yield Finding(
            f"{column} is without tax, as {proof} beside it shows.",
            uses=_role_columns(roles, "gross", "tax", "rate"),
        )
    if extended and draft.agree(extended, net):
        yield Finding(f"{column} is quantity x {roles['price']}.", uses=(roles["price"],))
    elif extended and "discount" not in roles and includes_tax is None:
        yield from find_ratio(draft, column, net, extended, roles["price"])


def _by_documents(draft: Draft, net: str, column: str, roles: Mapping[str, str]) -> Finding | None:
    """Take the tax that stands once for a document off its lines where it is in them, by rate or value; else ask."""
    found = tax_of_documents(draft, net)
    if found is None:
        return None
    tax, is_inside = found
    if is_inside is False:
        return Finding(f"{column} is without tax, as the documents' {tax} shows.", uses=(column, tax))
    spread = f"less_part_of({net}, {draft.number_or_0(tax)}, {draft.document()})"
    by_rate = _without_tax(draft, net, roles)
    untaxed = by_rate or (spread, (tax,), f"less its part of {tax}, by value")
    if is_inside:
        return _derived_net(draft, column, untaxed, net)
    values = draft.example(net, untaxed[0], where=f"{net} <> 0")
    answers = [
        (net, f"without tax: {shown(values[0])}"),
        (untaxed[0], f"with tax: {shown(values[1])} without it"),
    ]
    asks = f"is {column} with the tax that {tax} says of a document, or without? Nothing here tells"
    return Finding(questions={"net_amount": (asks, answers)}, uses=(column, tax)) if values else None


def find_register(draft: Draft) -> Iterator[Finding]:
    """Ask for the tax in the amounts of a register of documents: they are with it in most, and nothing there tells."""
    decided = {*draft.derived, *draft.questions}
    if "quantity" in {*draft.columns, *draft.questions} or "net_amount" in decided:
        return
    column = draft.columns.get("net_amount") or draft.roles.get("document")
    if column is None or SAYS_NET.search(column) or not draft.is_numeric(column):
        return
    if {"tax", "rate", "gross"} & set(draft.roles):
        return
    rate_finding = _ask_rate(draft, column, draft.number(column))
    ((_, answers),) = rate_finding.questions.values()
    yield Finding(
        questions={
            "net_amount": (f"is tax in {column}, the amounts of whole documents, and of what rate?", answers)
        },
        uses=(column,),
    )


def _role_columns(roles: Mapping[str, str], *names: str) -> tuple[str, ...]:
    return tuple(roles[name] for name in names if name in roles)


def _without_tax(
    draft: Draft, amount: str, roles: Mapping[str, str]
) -> tuple[str, tuple[str, ...], str] | None:
    """Return the SQL of an amount without its tax, with the columns used and a description."""
    if "tax" in roles:
        listed = taxes(draft, roles["tax"])
        how = f"less {', '.join(listed)}"
        return f"{amount} - {tax_sql(draft, roles['tax'])}", (*listed, *_role_columns(roles, "rate")), how
    rate = rate_sql(draft, roles["rate"]) if "rate" in roles else None
    if rate is None:
        return None
    return (
        f"without_tax({amount}, {rate})",
        (roles["rate"],),
        f"divided by 1 + {roles['rate']}, to four decimals (books that round each line may be half a cent off)",
    )


def _share(tax: Decimal, amount: Decimal) -> str:
    return f"{float(100 * tax / amount):.3g} %" if amount else "all"


def _includes_tax(draft: Draft, amount: str, roles: Mapping[str, str], extended: str | None) -> bool | None:
    """Whether an amount has the tax in it, by the columns beside it; None where they do not tell."""
    gross = draft.number(roles["gross"]) if "gross" in roles else None
    tax = tax_sql(draft, roles["tax"]) if "tax" in roles else None
    rate = rate_sql(draft, roles["rate"]) if "rate" in roles else None
    taxed = f"({tax or rate or '1'}) <> 0"
    shares = [rate] if rate else [f"{each / 100:.4g}" for each in RATES]
    if gross is not None and (tax or rate):
        with_tax = f"{amount} + {tax}" if tax else f"{amount} * (1 + {rate})"
        if draft.agree(with_tax, gross, taxed):
            return False
        # What is called gross may be before a discount, and without tax.
        if draft.agree(amount, gross, taxed):
            return not (tax and includes_tax_by_rates(draft, amount, tax) is False)
    total = roles.get("document")
    if total is not None and tax is not None and draft.agree(f"{amount} + {tax}", draft.number(total), taxed):
        return False
    if gross is not None and any(draft.agree(f"{amount} * (1 + {share})", gross) for share in shares):
        return False
    if tax is not None:
        if rate:
            outside = draft.agree(f"{amount} * {rate}", tax, taxed)
            inside = draft.agree(f"({amount}) - without_tax({amount}, {rate})", tax, taxed)
            result = inside if outside != inside else None
        else:
            result = includes_tax_by_rates(draft, amount, tax)
        if result is not None:
            return result
    if tax and any(draft.values(tax)):
        others = [
            each for each in draft.all_columns() if draft.is_numeric(each) and draft.number(each) != amount
        ]
        if any(draft.agree(f"{amount} + {tax}", draft.number(each), taxed) for each in others):
            return False
        if any(draft.agree(f"{amount} - {tax}", draft.number(each), taxed) for each in others):
            return True
    if (tax or rate) and any(draft.values(tax or str(rate))):
        # What comes onto the lines makes a document's total, beside which its subtotal may stand.
        if draft.gives_total(f"{amount} + {tax}" if tax else f"{amount} * (1 + {rate})"):
            return False
        if tax and draft.gives_total(amount, but_subtotals=True):
            return True
    if extended and rate:
        if draft.agree(f"({extended}) * (1 + {rate})", amount, taxed):
            return True
        taxed_price = "price_with_tax" in roles and draft.number(roles["price_with_tax"])
        if taxed_price and draft.agree(
            taxed_price, f"{amount} / nullif({draft.number(draft.columns['quantity'])}, 0)", taxed
        ):
            return True
    return None


def _includes_tax_where(
    draft: Draft, amount: str, roles: Mapping[str, str], extended: str | None, condition: str
) -> bool | None:
    """Whether amounts include tax in the rows of a condition, by the tax or the price beside them."""
    if "tax" in roles:
        tax = tax_sql(draft, roles["tax"])
        return includes_tax_by_rates(draft, amount, tax, condition)
    rate = rate_sql(draft, roles["rate"])
    if extended is None or rate is None:
        return None
    condition = f"{condition} AND {rate} <> 0"
    as_excluded = draft.agree(extended, amount, condition)
    as_included = draft.agree(f"({extended}) * (1 + {rate})", amount, condition)
    return as_included if as_excluded != as_included else None


def _derived_net(
    draft: Draft, column: str, untaxed: tuple[str, tuple[str, ...], str], amount: str
) -> Finding:
    expression, used, how = untaxed
    before, after = draft.example(amount, expression, where=f"({amount}) <> 0") or (None, None)
    return Finding(
        f"{column} is with tax: the net amount is {column} {how}; {shown(before)} becomes {shown(after)}.",
        derived={"net_amount": expression},
        uses=(column, *used),
    )


def _derive_net(draft: Draft, roles: Mapping[str, str], extended: str | None) -> Iterator[Finding]:
    """Derive a net amount where no column is one."""
    if "gross" in roles:
        column = roles["gross"]
        amount = draft.number(column)
        tax = tax_sql(draft, roles["tax"]) if "tax" in roles else None
        if tax and includes_tax_by_rates(draft, amount, tax) is False:
            said = f"{column} is without tax, whatever it is called, as {roles['tax']} beside it shows."
            yield Finding(said, columns={"net_amount": column}, uses=(column, *taxes(draft, roles["tax"])))
            return
        if tax and "discount" in roles:
            less = f"{amount} - sign({amount}) * abs({draft.number_or_0(roles['discount'])})"
            if includes_tax_by_rates(draft, less, tax) is False:
                how = f"less {roles['discount']}, of which {roles['tax']} is the tax"
                used = (roles["discount"], *taxes(draft, roles["tax"]))
                yield Finding(
                    f"The net amount is {column} {how}.", derived={"net_amount": less}, uses=(column, *used)
                )
                return
        untaxed = _without_tax(draft, amount, roles)
        if untaxed is not None:
            yield _derived_net(draft, column, untaxed, amount)
            return
        if own := taxed_beside(draft, column):
            yield Finding(
                f"{column} is {own[0]} and the tax on it, {own[1]:g} %: {own[0]} is the net amount.",
                columns={"net_amount": own[0]},
                uses=(column,),
            )
            return
        if extended:
            for rate in RATES:
                if draft.agree(f"({extended}) * {1 + rate / 100:.6g}", amount):
                    untaxed = (
                        f"without_tax({amount}, {rate / 100:.4g})",
                        (roles["price"],),
                        f"less the {rate:g} % tax in it",
                    )
                    yield _derived_net(draft, column, untaxed, amount)
                    return
        yield _ask_rate(draft, column, amount)
        return
    amount_sql = extended or extended_price(draft, roles.get("price_with_tax"))
    if amount_sql is None:
        return
    price = roles["price"] if extended else roles["price_with_tax"]
    if extended is None:
        untaxed = _without_tax(
            draft, amount_sql, {role: roles[role] for role in ("tax", "rate") if role in roles}
        )
        if untaxed is None:
            yield _ask_rate(draft, f"quantity x {price}", amount_sql, (price,))
            return
        yield _derived_net(draft, f"quantity x {price}", untaxed, amount_sql)
        return
    if other_amount := reduced_amount(draft, amount_sql):
        values = draft.example(
            draft.number(other_amount), amount_sql, where=f"{draft.number(other_amount)} <> {amount_sql}"
        )
        answers = [(draft.number(other_amount), f"{other_amount}: {shown(values[0])}"),
                   (amount_sql, f"quantity x {price}: {shown(values[1])}")]  # fmt: skip
        question = (
            f"no head says which column is the amount, "
            f"and {other_amount} is not quantity x {price}: which is it?"
        )
        yield Finding(questions={"net_amount": (question, answers)}, uses=(price,))
        return
    if (asked := ask_price_unit(draft, amount_sql)) is not None:
        yield asked
        return
    yield Finding(
        f"No column is a net amount: it is quantity x {price}.",
        derived={"net_amount": amount_sql},
        uses=(price, *_role_columns(draft.roles, "price_per")),
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
