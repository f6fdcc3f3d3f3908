"""What a discount beside price and quantity is: an amount, a percentage, of a unit, of the document, or taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from helpers.intake.proposing.columns import find_column
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.money.of_documents import amount_heads, document_amounts, line_columns
from helpers.intake.proposing.findings.sold.unfinished import are_yes_or_no
from helpers.intake.proposing.synonyms import ROLES

_HUNDREDTH = "CAST(0.01 AS DECIMAL(3,2))"
_TENTH = "CAST(0.1 AS DECIMAL(2,1))"
#: Discounts one after the other, in percent: ``10+5`` is 14.5 % in all.
_STEPS = re.compile(r"[0-9]{1,2}([.,][0-9]+)?\s*%?(\s*\+\s*[0-9]{1,2}([.,][0-9]+)?\s*%?)*")
_MOST_STEPS = 4
#: The part that is paid, and words for all of it.
_PAID = re.compile("([1-9](?:[.]?[0-9])?)折")
_NONE_OFF = re.compile("(?:不打折|无折扣?|原价|全价|无|-)")
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
#: Further names of discounts that are the document's.
_OF_DOCUMENTS = ("orderdiscount", "cartdiscount", "cartdiscountamount", "整单折扣")
#: And whatever else is called so, but for what is left after it, its code, its account, and when it is given.
_DISCOUNT = re.compile(r"(?i)discount|rabatt|remise|descuento|desconto|sconto|korting|折扣|値引|割引")
_NO_DISCOUNT = re.compile(
    r"(?i)after|before|less|w/|with|net|incl|discounted|discountable|code|type|account|\b(no|nr|id)\b|date|days|terms|"
    r"price|method|group|reason|tax|vat|payment|early|cash|possible|allow|nach|vor|après|avant|折扣?[后前]|後|前"
)
_PERCENTAGE = re.compile(r"(?i)[%％]|percent|\bpct\b|prozent|pourcent|porcent")
#: What came back, beside what was sold; and what of it is no amount.
_RETURNED = re.compile(
    r"(?i)\breturns?\b|returned|refund|rückgabe|retour|devol|zwrot|iade|trả lại|возврат|返品|退|반품"
)
_NO_AMOUNT = re.compile(
    r"(?i)qty|quant|menge|anzahl|cantidad|miktar|số lượng|колич|数|count|pieces|units|rate|quote|%|"
    r"reason|date|days|id\b|no\b|tax|[税率]|polic|window|period|allow|permit|\bby\b|\b(km|trips?)\b|return on"
)


def find_discounts(draft: Draft) -> Iterator[Finding]:
    """Decide what each discount is: by the line's amount, by the document's total, else ask."""
    for column in _discounts(draft):
        net = draft.expression("net_amount")
        if "net_amount" in draft.questions:
            yield from _ask_with_amount(draft, column)
            continue
        if net is None:
            return
        if _paid_parts(draft, column):
            yield from _decide_paid(draft, column, net)
        elif _steps(draft, column) > 1:
            yield from _decide_steps(draft, column, net)
        elif any(draft.values(draft.number_or_0(column))):
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


def _discounts(draft: Draft) -> list[str]:
    """Name the columns of discounts, of lines first."""
    found: list[str] = []
    candidates = [
        name
        for name in draft.all_columns()
        if name not in draft.columns.values()
        and (draft.is_numeric(name) or _steps(draft, name) or _paid_parts(draft, name))
    ]
    words = [*ROLES["discount"], *_OF_DOCUMENTS]
    while (column := find_column(words, [name for name in candidates if name not in found])) is not None:
        found.append(column)
    return [*found, *(name for name in candidates if is_discount_head(name) and name not in found)]


def is_discount_head(name: str) -> bool:
    """Whether a column is called a discount, and not its kind, its reason or what is left after it."""
    return _DISCOUNT.search(name) is not None and _NO_DISCOUNT.search(name) is None


def _is_part_paid(draft: Draft, column: str) -> bool:
    """Whether a discount is written as what is left to pay, as 九折 is."""
    return any(text.strip().endswith("折") for text in draft.texts(column))


def _paid_parts(draft: Draft, column: str) -> bool:
    """Whether a column says in words, not in numbers alone, what part of a price is paid: 八五折, 不打折."""
    words = {text.strip().translate(_DIGITS) for text in draft.texts(column)} - {""}
    paid = {word for word in words if _PAID.fullmatch(word)}
    return bool(paid) and not draft.is_numeric(column) and all(map(_NONE_OFF.fullmatch, words - paid))


def _steps(draft: Draft, column: str) -> int:
    """Count the most discounts one after the other in a cell of a discount; 0 where some do not read so."""
    texts = {text.strip() for text in draft.texts(column)} - {""}
    if not _DISCOUNT.search(column) or not texts or not all(map(_STEPS.fullmatch, texts)):
        return 0
    return 1 + max(text.count("+") for text in texts)


def _decide_steps(draft: Draft, column: str, net: str) -> Iterator[Finding]:
    """Take off discounts one after the other where the amount is before them."""
    word = draft.words(column)
    parts = [f"replace(split_part({word}, '+', {step}), '%', '')" for step in range(1, _MOST_STEPS + 1)]
    # Factors of four decimals: the product of more would not fit the engine's numbers.
    factors = [f"CAST(1 - number_or_0({part}) * {_HUNDREDTH} AS DECIMAL(6,4))" for part in parts]
    reduced = " * ".join([f"({net})", f"CAST({' * '.join(factors)} AS DECIMAL(10,8))"])
    quantity, price = draft.columns.get("quantity"), draft.roles.get("price")
    if quantity is not None and price is not None:
        before = f"{draft.number(quantity)} * {draft.number(price)}"
        if draft.agree(reduced.replace(net, before), net, f"{word} <> ''") and not draft.agree(before, net):
            yield _already_deducted(draft.columns.get("net_amount", "the amount"), column)
            return
    (example,) = draft.example(reduced, where=f"contains({word}, '+')")
    first = next(text for text in draft.texts(column) if "+" in text)
    yield Finding(
        f"{column} holds discounts in percent, one after the other: {first} leaves {shown(example)}.",
        derived={"net_amount": reduced},
        exclude=(
            (
                "discount_not_decided",
                f"{word} <> '' AND NOT regexp_full_match({word}, '{_STEPS.pattern}') "
                f"OR length({word}) - length(replace({word}, '+', '')) >= {_MOST_STEPS}",
                f"{column} holds a discount that does not read as 10+5.",
            ),
        ),
        uses=(
            column,
            *([draft.columns["net_amount"]] if "net_amount" in draft.columns else []),
            *([price] if price else []),
        ),
    )


def _decide_paid(draft: Draft, column: str, net: str) -> Iterator[Finding]:
    """Take the part that is paid, written as ``八五折``, where the amount is quantity x price; ask where it is not."""
    word = f"translate({draft.words(column)}, '一二三四五六七八九', '123456789')"
    share = f"CAST('0.' || replace(nullif(regexp_extract({word}, '{_PAID.pattern}', 1), ''), '.', '') AS DECIMAL(6,4))"
    reduced = f"({net}) * coalesce({share}, 1)"
    unread = (
        "discount_not_decided",
        f"NOT regexp_full_match({word}, '({_PAID.pattern})?|{_NONE_OFF.pattern}')",
        f"{column} holds a discount that does not read as 八五折.",
    )
    if "net_amount" not in draft.columns:
        values = draft.example(net, reduced, where=f"{share} < 1")
        said = f"{column} is what is paid: {shown(values[0])} becomes {shown(values[1])}." if values else ""
        yield Finding(said, derived={"net_amount": reduced}, exclude=(unread,), uses=(column,))


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
    if place is not None and not _is_part_paid(draft, column):
        readings = {f"less_part_of({base}, {discount}, {draft.document()})": "the document's"} | lines
    elif not lines:
        readings = _line_readings(draft, net, column, quantity) if quantity is not None else {}
        if not readings:
            return
    tax = draft.roles.get("tax")
    on_top = (
        f" + {draft.number_or_0(tax)}" if tax and tax not in draft.amounts and draft.is_numeric(tax) else ""
    )
    matching_total = [
        expression
        for expression in readings
        if draft.gives_total(expression) or (on_top and draft.gives_total(expression + on_top))
    ]
    if place is not None and matching_total and readings[matching_total[0]] == "the document's":
        matching_total = matching_total[
            :1
        ]  # all of it taken off the line it stands on would give the same total
    # A document's subtotal is before its discount, and tells nothing of it.
    untouched = draft.gives_total(net, but_subtotals=place is not None)
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
    # 八五折: 85 % of the price are paid, and so they are of 8.5折.
    remaining = (
        f"{amount} * CASE WHEN {discount} = 0 THEN 1 WHEN {discount} <= 1 THEN {discount} WHEN {discount} <= 10 "
        f"THEN {discount} * {_TENTH} ELSE {discount} * {_HUNDREDTH} END"
    )
    if _is_part_paid(draft, column):
        return {remaining: "what is paid of the amount"}
    if _is_percentage(column):
        readings = percent
    if values and max(values) <= 1:
        readings[f"{amount} - {amount} * {discount}"] = "a share of the amount"
    if "折" in column and values and max(values) <= 100:
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
