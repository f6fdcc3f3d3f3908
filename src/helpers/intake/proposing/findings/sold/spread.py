"""Lines that stand in several rows, each with one kind of amount: price, tax, shipping, commission of one sale."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Doubt, Draft, Finding, shown

#: Kinds of amounts, by what marketplaces and payment providers call them; in this order: the price of shipping is none.
_KINDS = {
    "tax": re.compile(r"(?i)\btax(es)?\b|tax$|\bvat\b|\bgst\b|umsatzsteuer|\btva\b|\biva\b|税"),
    "fee": re.compile(
        r"(?i)fees?\b|fee$|commission|chargeback|advertis|subscription|storage|removal|\bpayouts?\b|gebühr|provision|"
        r"frais|comisi[oó]n|佣金|手续费|服务费|技术服务|广告|推广|仓储|平台扣|提现"
    ),
    "shipping": re.compile(
        r"(?i)shipping|postage|freight|gift ?wrap|versand|livraison|env[ií]o|运费|邮费|物流"
    ),
    "goods": re.compile(
        r"(?i)^(principal|(product|item|order|goods)[ _]?(price|sales?|charges?|amount)|goods|merchandise|"
        r"produktpreis|prix (du )?produit|precio( del producto)?|货款|商品(货款|金额|价款)|订单货款)$"
    ),
}
_FEW = 60


def find_spread(draft: Draft) -> Iterator[Finding]:
    """Ask which kinds of amounts are sales, where one line is spread over rows of price, tax, shipping and fees."""
    column, quantity = draft.columns.get("net_amount"), draft.expression("quantity")
    found = {
        name: words
        for name in draft.all_columns()
        if name not in draft.columns.values()
        and len(words := {word for word in draft.texts(name) if word}) <= _FEW
        and {"goods", "fee"} <= {*map(_kind, words)}
    }
    if column is None or not found:
        return
    name = max(found, key=lambda name: len({*map(_kind, found[name])}))
    value = draft.words(name)
    goods, shipping = (
        sorted(word for word in found[name] if _kind(word) == kind) for kind in ("goods", "shipping")
    )
    answers = []
    for sale_kinds in [goods, *([[*goods, *shipping]] if shipping else [])]:
        not_sale = f"{value} NOT IN ({draft.quoted(sale_kinds)})"
        answers.append(
            (not_sale, f"{', '.join(sale_kinds)} alone: {shown(draft.money(f'NOT ({not_sale})')[1])}")
        )
    others = ", ".join(sorted(found[name] - {*goods, *shipping}))
    yield Finding(
        # Only what was sold has pieces: a promotion, or money given back, is an amount.
        derived={"quantity": f"CASE WHEN {draft.number(column)} > 0 THEN coalesce({quantity}, 0) ELSE 0 END"}
        if quantity
        else {},
        doubts=(
            Doubt(
                "no_sale",
                f"{name} says what each amount is: which are sales? None are {others}",
                answers,
                f"{name} says that it is no price of what was sold.",
            ),
        ),
        uses=(name,),
    )


def _kind(word: str) -> str:
    return next((kind for kind, shape in _KINDS.items() if shape.search(word)), "")
