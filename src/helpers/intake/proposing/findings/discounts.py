"""What a discount beside price and quantity is: an amount, a percentage, of a unit, of the document, or taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from helpers.intake.proposing.columns import find_column
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.money.of_documents import amount_heads, document_amounts, line_columns
from helpers.intake.proposing.findings.money.taxes import PAID_ON_TOP
from helpers.intake.proposing.findings.sold.unfinished import are_yes_or_no
from helpers.intake.proposing.synonyms import ROLES

_HUNDREDTH = "CAST(0.01 AS DECIMAL(3,2))"
#: Further names of discounts that are the document's.
_OF_DOCUMENTS = ("orderdiscount", "cartdiscount", "cartdiscountamount", "整单折扣")
#: And whatever else is called so, but for what is left after it, its code, its account, and when it is given.
_DISCOUNT = re.compile(r"(?i)discount|rabatt|remise|descuento|desconto|sconto|korting|折扣|値引|割引")
_NO_DISCOUNT = re.compile(
    r"(?i)after|before|less|w/|with|net|incl|discounted|discountable|code|type|account|\b(no|nr|id)\b|date|days|terms|"
    r"price|method|group|reason|tax|vat|payment|early|cash|possible|allow|nach|vor|après|avant|折扣?[后前]|後|前"
)
_PERCENTAGE = re.compile(r"(?i)[%％]|percent|\bpct\b|prozent|pourcent|porcent")
#: What others keep of a sale, for good or until the warranty ends.
_FEE = re.compile(
    r"(?i)\b(fees?|commissions?|charges|retentions?|retainage|holdbacks?)\b|gebühr|provision(en)?$|einbehalt|frais|"
    r"retenue|comisi[oó]n|retenci[oó]n|佣金|手续费|服务费|质保金|保留金|手数料"
)


#: What a buyer pays with beside money.
_PAID_IN = re.compile(
    r"(?i)coupon|voucher|gift ?card|points?\b|loyalty|wallet|subsidy|gutschein|bonuspunkte|bon d'achat|cup[oó]n|"
    r"优惠券|代金券|积分|红包|抵扣|补贴|礼品卡|满减|クーポン|ポイント"
)


#: What came back, beside what was sold; and what of it is no amount.
_RETURNED = re.compile(
    r"(?i)\breturns?\b|returned|refund|rückgabe|retour|devol|zwrot|iade|trả lại|возврат|返品|退|반품"
)
_NO_AMOUNT = re.compile(
    r"(?i)qty|quant|menge|anzahl|cantidad|miktar|số lượng|колич|数|count|pieces|units|rate|quote|%|"
    r"reason|date|days|id\b|no\b|tax|[税率]|polic|window|period|allow|permit|\bby\b|\b(km|trips?)\b|return on"
)


#: What is to be paid, or is paid out, for an order.
_PAYABLE = re.compile(r"(?i)^(应付|结算|实付|实收|商家实收)(总)?(金额|款)|^(amount|total)[ _]payable$")


def find_discounts(draft: Draft) -> Iterator[Finding]:
    """Decide what each discount is: by the line's amount, by the document's total, else ask."""
    for column in _discounts(draft):
        net = draft.expression("net_amount")
        if "net_amount" in draft.questions:
            yield from _ask_with_amount(draft, column)
            continue
        if net is None:
            return
        if any(draft.values(draft.number_or_0(column))):
            yield from _decide_discount(draft, column, net)
        elif any(draft.texts(column)):
            yield Finding(
                f"{column} is 0 in all rows looked at: rows in which it is not are set aside, to be decided.",
                exclude=(
                    (
                        "discount_not_decided",
                        f"coalesce({draft.number_or_0(column)}, 1) <> 0",
                        f"{column} holds a discount, and no map says whether it is taken off the amount.",
                    ),
                ),
                uses=(column,),
            )


def _ask_with_amount(draft: Draft, column: str) -> Iterator[Finding]:
    """Ask for a discount together with what is asked of the amount already, whose tax may be in it too."""
    asks, answers = draft.questions["net_amount"]
    amounts = [name for name in draft.sample.columns if all(draft.number(name) in sql for sql, _ in answers)]
    if not amounts or not any(draft.values(draft.number_or_0(column))):
        return
    amount, discount = draft.number(amounts[0]), _positive(draft, column)
    is_refund = column == draft.roles.get("refund")
    if not is_refund and _is_deducted(draft, amount, column):
        yield _already_deducted(amounts[0], column)
        return
    reduced = f"({amount} - {discount})"
    if _is_percentage(column):
        reduced = f"({amount} - {amount} * {discount} * {_HUNDREDTH})"
    elif draft.document() and (is_refund or _position(draft, column) is not None):
        reduced = f"less_part_of({amount}, {discount}, {draft.document()})"
    combined_answers = []
    for sql, means in answers:
        combined_answers += [
            (sql.replace(amount, reduced), f"{means}; less {column}"),
            (sql, f"{means}; {column} is no part of it"),
        ]
    (first_discount,) = draft.example(discount, where=f"{discount} <> 0")
    combined_question = (
        f"{asks}; and is {column}, {shown(first_discount)} on the first line with one, to be taken off?"
    )
    yield Finding(questions={"net_amount": (combined_question, combined_answers)}, uses=(column,))


def _is_deducted(draft: Draft, amount: str, column: str) -> bool:
    """Whether an amount is some other one less a discount, wherever there is one: in full, or by its percentage."""
    discount = _positive(draft, column)
    other_columns = [name for name in draft.all_columns() if name != column and draft.is_numeric(name)]
    wholes = [whole for name in other_columns if (whole := draft.number(name)) != amount]
    if "quantity" in draft.columns:
        wholes += [f"{draft.number(draft.columns['quantity'])} * {whole}" for whole in wholes]
    return any(
        draft.agree(reduced, amount, f"{discount} <> 0")
        for whole in wholes
        for reduced in (
            f"{whole} - {discount}",
            f"{whole} - {whole} * {discount} * {_HUNDREDTH}",
            f"{whole} - {whole} * {discount}",  # 10%, read as a hundredth of ten
        )
    )


def _already_deducted(amount: str, column: str) -> Finding:
    return Finding(f"{column} is taken off {amount} already, as the amounts beside it show.", uses=(column,))


def find_paid(draft: Draft) -> Iterator[Finding]:
    """Ask which amount counts, where less was to be paid than the lines of a document add up to."""
    net, document = draft.expression("net_amount"), draft.document()
    column = next((name for name in draft.unmapped if _PAYABLE.search(name) and draft.is_numeric(name)), None)
    if net is None or document is None or column is None or "net_amount" in draft.questions:
        return
    paid = draft.number_or_0(column)
    smaller, larger, line_total, total = draft.fetch_row(
        "SELECT count(*) FILTER (WHERE p BETWEEN 0.01 AND n - 0.02), count(*) FILTER (WHERE p > n + 0.02), sum(n), "
        f"sum(p) FROM (SELECT max(p) AS p, sum(n) AS n FROM (SELECT {document} AS d, ({paid}) AS p, ({net}) AS n "
        "FROM sample) GROUP BY d)"
    )
    if not smaller or larger:
        return
    share = f"{paid} * ({net}) / nullif(sum({net}) OVER (PARTITION BY {document}), 0)"
    question = f"{column} is less than the lines add up to in {smaller} documents: which are the sales?"
    yield Finding(
        questions={"net_amount": (question, [
            (share, f"{column}, spread over the lines by value: {shown(total)}"),
            (net, f"the lines as they are: {shown(line_total)}"),
        ])},
        uses=(column, *([draft.columns["net_amount"]] if "net_amount" in draft.columns else [])),
    )  # fmt: skip


def _positive(draft: Draft, column: str) -> str:
    """Write a discount as a number that is taken off: of one that is below 0 wherever it is given, the opposite."""
    discount = draft.number_or_0(column)
    return discount if any(value > 0 for value in draft.values(discount)) else f"-({discount})"


def find_refunds(draft: Draft) -> Iterator[Finding]:
    """Ask whether what was given back of a document, in an amount beside its lines, is taken off them."""
    returned = (
        name for name in draft.unmapped
        if _RETURNED.search(name) and not _NO_AMOUNT.search(name) and draft.is_numeric(name)
        and not are_yes_or_no(draft.sample.filled.get(name, ()))
    )  # fmt: skip
    column = draft.roles.get("refund") or next(returned, None)
    net = draft.expression("net_amount")
    if column is None or not draft.is_numeric(column):
        return
    if "net_amount" in draft.questions:
        yield from _ask_with_amount(draft, column)
        return
    if net is None:
        return
    refund, document = draft.number_or_0(column), draft.document()
    if document is None or not any(draft.values(refund)):
        return
    absolute = f"abs({refund})"
    before, discount = draft.spread or (net, "")  # a discount and a refund are spread as one
    reduced = f"less_part_of({before}, {' + '.join(filter(None, [discount, absolute]))}, {document})"
    if _position(draft, column) is None and not draft.spread:  # each line has its own
        reduced = f"{net} - {absolute}"
    count, total = draft.fetch_row(
        "SELECT count(*) FILTER (WHERE r > 0), sum(r) FROM "
        f"(SELECT max({absolute}) AS r FROM sample GROUP BY {document})"
    )
    question = f"are the refunds of {column}, {shown(total)} in {count} documents, to be taken off?"
    yield Finding(
        questions={"net_amount": (question, [
            (reduced, "yes, off the lines by value, on the day of the sale (a refund may hold tax and shipping)"),
            (net, "no: the sales stay as they were"),
        ])},
        uses=(column, *([draft.columns["net_amount"]] if "net_amount" in draft.columns else [])),
    )  # fmt: skip


def find_fees(draft: Draft) -> Iterator[Finding]:
    """Ask which amount counts, where the one found is another less what some other has kept."""
    column = draft.columns.get("net_amount")
    numeric = [name for name in draft.all_columns() if name != column and draft.is_numeric(name)]
    fee_columns = [name for name in numeric if _FEE.search(name)]
    if column is None:
        return
    net, fees = draft.number(column), " + ".join(map(draft.number_or_0, fee_columns))
    paid_in = [name for name in numeric if _PAID_IN.search(name)]
    deduction = " + ".join(map(draft.number_or_0, paid_in))
    for paid in (name for name in numeric if paid_in and name not in paid_in):
        if draft.agree(f"{net} - ({deduction})", draft.number(paid), f"({deduction}) <> 0"):
            paid_before, after = draft.example(net, draft.number(paid), where=f"({deduction}) <> 0")
            asks = f"{paid} is {column} less {', '.join(paid_in)}: which are the sales?"
            answers = [
                (draft.number(paid), f"{paid}: {shown(after)}, as what was given off is the seller's own"),
                (net, f"{column}: {shown(paid_before)}, as others pay the seller for it"),
            ]
            yield Finding(
                questions={"net_amount": (asks, answers)},
                uses=(column, paid, *paid_in),
            )
            return
    for whole in (
        name for name in numeric if name not in fee_columns and not all(map(PAID_ON_TOP.search, fee_columns))
    ):
        before = draft.number(whole)
        if any(draft.agree(f"{before} {sign} ({fees})", net, f"({fees}) <> 0") for sign in "+-"):
            values = draft.example(before, net, where=f"({fees}) <> 0")
            if abs(values[0]) < abs(values[1]):
                continue  # it is the whole, and the other is what is left of it
            answers = [
                (before, f"{whole}, before them: {shown(values[0])}"),
                (net, f"{column}: {shown(values[1])}"),
            ]
            asks = f"{column} is {whole} less {', '.join(fee_columns)}: which are the sales?"
            yield Finding(
                questions={"net_amount": (asks, answers)},
                uses=(column, whole, *fee_columns),
            )
            return


def _discounts(draft: Draft) -> list[str]:
    """Name the columns of discounts, of lines first."""
    found: list[str] = []
    candidates = [
        name for name in draft.all_columns() if name not in draft.columns.values() and draft.is_numeric(name)
    ]
    words = [*ROLES["discount"], *_OF_DOCUMENTS]
    while (column := find_column(words, [name for name in candidates if name not in found])) is not None:
        found.append(column)
    more = (name for name in candidates if _DISCOUNT.search(name) and not _NO_DISCOUNT.search(name))
    return [*found, *(name for name in more if name not in found)]


def _is_percentage(column: str) -> bool:
    return _PERCENTAGE.search(column) is not None


def _position(draft: Draft, column: str) -> str | None:
    """Say where a discount stands: on ``each`` line of its document alike, on its ``first`` alone, else None."""
    order = draft.columns.get("order_id")
    if order is None or order not in draft.sample.columns:
        return None
    if column not in draft.sample.columns:
        return "each"
    amount_columns = [name for name in amount_heads(draft.sample.columns) if draft.is_numeric(name)]
    return document_amounts(
        draft.sample.columns, order, {column, *amount_columns}, line_columns(draft.sample, draft.columns)
    ).get(column)


def _decide_discount(draft: Draft, column: str, net: str) -> Iterator[Finding]:
    """Say what a discount is where line or document tell; else ask with each reading."""
    discount, place = _positive(draft, column), _position(draft, column)
    has_discount = f"{discount} <> 0"
    quantity, price = draft.columns.get("quantity"), draft.roles.get("price")
    amount_column = draft.columns.get("net_amount")
    used = (column, *([amount_column] if amount_column else []))
    lines: dict[str, str] = {}
    base = net
    if quantity is not None and price is not None and price not in draft.amounts:
        extended = f"{draft.number(quantity)} * {draft.number(price)}"
        used = (*used, price)
        lines = _line_readings(draft, extended, column, quantity)
        if amount_column is not None or not draft.agree(net, extended):
            fitting = [
                meaning for expression, meaning in lines.items() if draft.agree(expression, net, has_discount)
            ]
            if fitting:
                yield Finding(
                    f"{amount_column or 'The amount'} is quantity x {price} less {column}, which is "
                    f"{' or '.join(fitting)}: it is taken off already.",
                    uses=used,
                )
                return
            if place is None and not draft.agree(extended, net, has_discount):
                return  # neither before nor after it: the column stays named among those nothing is made of
        lines = _line_readings(draft, net, column, quantity)
    readings = lines
    if place is not None:
        readings = {f"less_part_of({base}, {discount}, {draft.document()})": "the document's"} | lines
    elif not lines:
        readings = _line_readings(draft, net, column, quantity) if quantity is not None else {}
        if not readings:
            return
    matching_total = [expression for expression in readings if draft.gives_total(expression)]
    if place is not None and matching_total and readings[matching_total[0]] == "the document's":
        matching_total = matching_total[
            :1
        ]  # all of it taken off the line it stands on would give the same total
    untouched = draft.gives_total(net)
    if untouched and not matching_total:
        yield Finding(
            f"{column} is not taken off: without it the lines add up to the documents' totals.",
            uses=(column,),
        )
    elif len(matching_total) == 1 or (place == "first" and amount_column is None and not matching_total):
        expression = matching_total[0] if matching_total else next(iter(readings))
        yield Finding(
            _sentence(draft, column, net, expression, readings[expression], bool(matching_total)),
            derived={"net_amount": expression},
            uses=used,
            spread=(base, discount) if readings[expression] == "the document's" else None,
        )
    elif _is_deducted(draft, net, column):
        yield _already_deducted(amount_column or "the amount", column)
    else:
        yield _question(draft, column, net, readings, used)


def _line_readings(draft: Draft, amount: str, column: str, quantity: str) -> dict[str, str]:
    """Write the readings of a line's discount: what the line's amount is after it, and what the discount then is."""
    discount = _positive(draft, column)
    percent = {f"{amount} - {amount} * {discount} * {_HUNDREDTH}": "a percentage"}
    readings = {
        f"{amount} - {discount}": "an amount of the line",
        **percent,
        f"{amount} - {draft.number(quantity)} * {discount}": "an amount of each unit",
    }
    values = [abs(value) for value in draft.values(discount) if value]
    if _is_percentage(column):
        readings = percent
    if values and max(values) <= 1:
        readings[f"{amount} - {amount} * {discount}"] = "a share of the amount"
    if "折" in column and values and max(values) <= 100:
        # 八五折: 85 % of the price are paid.
        parts = 1 if max(values) <= 1 else 10 if max(values) <= 10 else 100
        remaining = f"CASE WHEN {discount} = 0 THEN {amount} ELSE {amount} * {discount} / {parts} END"
        readings[remaining] = "what is paid of the amount"
    return readings


def _sentence(draft: Draft, column: str, net: str, expression: str, meaning: str, proved: bool) -> str:
    proof = ", by the documents' totals" if proved else ""
    discount = draft.number_or_0(column)
    if meaning == "the document's":
        count, total = draft.fetch_row(
            f"SELECT count(*) FILTER (WHERE d <> 0), sum(d) FROM (SELECT max({discount}) AS d FROM sample "
            f"GROUP BY {draft.document()})"
        )
        return (
            f"{column} is the document's{proof}: {shown(total)} in {count} documents are spread over their lines by "
            "value, to the cent."
        )
    before, after = draft.example(net, expression, where=f"{discount} <> 0")
    return f"{column} is {meaning}{proof}: {shown(before)} becomes {shown(after)}."


def _question(
    draft: Draft, column: str, net: str, readings: Mapping[str, str], used: tuple[str, ...]
) -> Finding:
    """Ask what a discount is, with what each reading makes of the first line that has one."""
    has_discount = f"{draft.number_or_0(column)} <> 0"
    answers = []
    for expression, how in {**readings, net: ""}.items():
        (value,) = draft.example(expression, where=has_discount) or (None,)
        meaning = f"{how}, to be taken off" if how else "not to be taken off, or taken off already"
        answers.append((expression, f"{meaning}: {shown(value)}"))
    before, discount = draft.example(net, draft.number_or_0(column), where=has_discount)
    example = f"{format(discount.normalize(), 'f')} on the first line with one, of {shown(before)}"
    question = f"what is {column}? It is {example}"
    return Finding(questions={"net_amount": (question, answers)}, uses=used)
