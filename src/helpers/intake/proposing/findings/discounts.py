"""What a discount beside price and quantity is: an amount, a percentage, of a unit, of the document, or taken off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from helpers.intake.proposing.columns import find_column
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.money.of_documents import amount_heads, document_amounts, line_columns
from helpers.intake.proposing.findings.money.taxes import PAID_ON_TOP
from helpers.intake.proposing.synonyms import ROLES

_HUNDREDTH = "CAST(0.01 AS DECIMAL(3,2))"
#: Further names of discounts that are the document's.
_OF_DOCUMENTS = ("orderdiscount", "cartdiscount", "cartdiscountamount", "整单折扣")
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


#: What is to be paid, or is paid out, for an order.
_PAYABLE = re.compile(r"(?i)^(应付|结算|实付|实收|商家实收)(总)?(金额|款)|^(amount|total)[ _]payable$")


def find_discounts(draft: Draft) -> Iterator[Finding]:
    """Decide what each discount is: by the line's amount, by the document's total, else ask."""
    for column in _discounts(draft):
        net = draft.expression("net_amount")
        if "net_amount" in draft.questions:
            yield from _in_each_answer(draft, column)
            continue
        if net is None:
            return
        if any(draft.values(draft.number_or_0(column))):
            yield from _decided(draft, column, net)
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


def _in_each_answer(draft: Draft, column: str) -> Iterator[Finding]:
    """Ask for a discount together with what is asked of the amount already, whose tax may be in it too."""
    asks, answers = draft.questions["net_amount"]
    amounts = [each for each in draft.sample.columns if all(draft.number(each) in sql for sql, _ in answers)]
    if not amounts or not any(draft.values(draft.number_or_0(column))):
        return
    amount, discount = draft.number(amounts[0]), _positive(draft, column)
    is_refund = column == draft.roles.get("refund")
    if not is_refund and _is_off(draft, amount, column):
        yield _taken_off_already(amounts[0], column)
        return
    less = f"({amount} - {discount})"
    if "%" in column or "％" in column:
        less = f"({amount} - {amount} * {discount} * {_HUNDREDTH})"
    elif draft.document() and (is_refund or _place(draft, column) is not None):
        less = f"less_part_of({amount}, {discount}, {draft.document()})"
    both = []
    for sql, means in answers:
        both += [
            (sql.replace(amount, less), f"{means}; less {column}"),
            (sql, f"{means}; {column} is no part of it"),
        ]
    (given,) = draft.example(discount, where=f"{discount} <> 0")
    asked = f"{asks}; and is {column}, {shown(given)} on the first line with one, to be taken off?"
    yield Finding(questions={"net_amount": (asked, both)}, uses=(column,))


def _is_off(draft: Draft, amount: str, column: str) -> bool:
    """Whether an amount is some other one less a discount, wherever there is one: in full, or by its percentage."""
    discount = _positive(draft, column)
    others = [each for each in draft.all_columns() if each != column and draft.is_numeric(each)]
    wholes = [whole for each in others if (whole := draft.number(each)) != amount]
    if "quantity" in draft.columns:
        wholes += [f"{draft.number(draft.columns['quantity'])} * {whole}" for whole in wholes]
    return any(
        draft.agree(less, amount, f"{discount} <> 0")
        for whole in wholes
        for less in (f"{whole} - {discount}", f"{whole} - {whole} * {discount} * {_HUNDREDTH}")
    )


def _taken_off_already(amount: str, column: str) -> Finding:
    return Finding(f"{column} is taken off {amount} already, as the amounts beside it show.", uses=(column,))


def find_paid(draft: Draft) -> Iterator[Finding]:
    """Ask which amount counts, where less was to be paid than the lines of a document add up to."""
    net, document = draft.expression("net_amount"), draft.document()
    column = next((each for each in draft.left if _PAYABLE.search(each) and draft.is_numeric(each)), None)
    if net is None or document is None or column is None or "net_amount" in draft.questions:
        return
    paid = draft.number_or_0(column)
    less, more, whole, total = draft.one(
        "SELECT count(*) FILTER (WHERE p BETWEEN 0.01 AND n - 0.02), count(*) FILTER (WHERE p > n + 0.02), sum(n), "
        f"sum(p) FROM (SELECT max(p) AS p, sum(n) AS n FROM (SELECT {document} AS d, ({paid}) AS p, ({net}) AS n "
        "FROM sample) GROUP BY d)"
    )
    if not less or more:
        return
    share = f"{paid} * ({net}) / nullif(sum({net}) OVER (PARTITION BY {document}), 0)"
    asked = f"{column} is less than the lines add up to in {less} documents: which are the sales?"
    yield Finding(
        columns={"net_amount": None},
        questions={"net_amount": (asked, [
            (share, f"{column}, spread over the lines by value: {shown(total)}"),
            (net, f"the lines as they are: {shown(whole)}"),
        ])},
        uses=(column, *([draft.columns["net_amount"]] if "net_amount" in draft.columns else [])),
    )  # fmt: skip


def _positive(draft: Draft, column: str) -> str:
    """Write a discount as a number that is taken off: of one that is below 0 wherever it is given, the opposite."""
    discount = draft.number_or_0(column)
    return discount if any(value > 0 for value in draft.values(discount)) else f"-({discount})"


def find_refunds(draft: Draft) -> Iterator[Finding]:
    """Ask whether what was given back of a document, in an amount beside its lines, is taken off them."""
    column = draft.roles.get("refund")
    net = draft.expression("net_amount")
    if column is None or not draft.is_numeric(column):
        return
    if "net_amount" in draft.questions:
        yield from _in_each_answer(draft, column)
        return
    if net is None:
        return
    refund, document = draft.number_or_0(column), draft.document()
    if document is None or not any(draft.values(refund)):
        return
    whole = f"abs({refund})"
    before, discount = draft.spread or (net, "")  # a discount and a refund are spread as one
    made = f"less_part_of({before}, {' + '.join(filter(None, [discount, whole]))}, {document})"
    count, total = draft.one(
        f"SELECT count(*) FILTER (WHERE r > 0), sum(r) FROM (SELECT max({whole}) AS r FROM sample GROUP BY {document})"
    )
    asked = f"are the refunds of {column}, {shown(total)} in {count} documents, to be taken off?"
    yield Finding(
        columns={"net_amount": None},
        questions={"net_amount": (asked, [
            (made, "yes, off the lines by value, on the day of the sale (a refund may hold tax and shipping)"),
            (net, "no: the sales stay as they were"),
        ])},
        uses=(column, *([draft.columns["net_amount"]] if "net_amount" in draft.columns else [])),
    )  # fmt: skip


def find_fees(draft: Draft) -> Iterator[Finding]:
    """Ask which amount counts, where the one found is another less what some other has kept."""
    column = draft.columns.get("net_amount")
    numeric = [name for name in draft.all_columns() if name != column and draft.is_numeric(name)]
    kept = [name for name in numeric if _FEE.search(name)]
    if column is None:
        return
    net, fees = draft.number(column), " + ".join(map(draft.number_or_0, kept))
    paid_in = [name for name in numeric if _PAID_IN.search(name)]
    less = " + ".join(map(draft.number_or_0, paid_in))
    for paid in (name for name in numeric if paid_in and name not in paid_in):
        if draft.agree(f"{net} - ({less})", draft.number(paid), f"({less}) <> 0"):
            given, after = draft.example(net, draft.number(paid), where=f"({less}) <> 0")
            asks = f"{paid} is {column} less {', '.join(paid_in)}: which are the sales?"
            answers = [
                (draft.number(paid), f"{paid}: {shown(after)}, as what was given off is the seller's own"),
                (net, f"{column}: {shown(given)}, as others pay the seller for it"),
            ]
            yield Finding(
                columns={"net_amount": None},
                questions={"net_amount": (asks, answers)},
                uses=(column, paid, *paid_in),
            )
            return
    for whole in (name for name in numeric if name not in kept and not all(map(PAID_ON_TOP.search, kept))):
        before = draft.number(whole)
        if any(draft.agree(f"{before} {sign} ({fees})", net, f"({fees}) <> 0") for sign in "+-"):
            values = draft.example(before, net, where=f"({fees}) <> 0")
            if abs(values[0]) < abs(values[1]):
                continue  # it is the whole, and the other is what is left of it
            answers = [
                (before, f"{whole}, before them: {shown(values[0])}"),
                (net, f"{column}: {shown(values[1])}"),
            ]
            asks = f"{column} is {whole} less {', '.join(kept)}: which are the sales?"
            yield Finding(
                columns={"net_amount": None},
                questions={"net_amount": (asks, answers)},
                uses=(column, whole, *kept),
            )
            return


def _discounts(draft: Draft) -> list[str]:
    """Name the columns of discounts, of lines first."""
    found: list[str] = []
    left = [
        name for name in draft.all_columns() if name not in draft.columns.values() and draft.is_numeric(name)
    ]
    words = [*ROLES["discount"], *_OF_DOCUMENTS]
    while (column := find_column(words, [name for name in left if name not in found])) is not None:
        found.append(column)
    return found


def _place(draft: Draft, column: str) -> str | None:
    """Say where a discount stands: on ``each`` line of its document alike, on its ``first`` alone, else None."""
    order = draft.columns.get("order_id")
    if order is None or order not in draft.sample.columns:
        return None
    if column not in draft.sample.columns:
        return "each"
    beside = [name for name in amount_heads(draft.sample.columns) if draft.is_numeric(name)]
    return document_amounts(
        draft.sample.columns, order, {column, *beside}, line_columns(draft.sample, draft.columns)
    ).get(column)


def _decided(draft: Draft, column: str, net: str) -> Iterator[Finding]:
    """Say what a discount is where line or document tell; else ask with each reading."""
    discount, place = _positive(draft, column), _place(draft, column)
    given = f"{discount} <> 0"
    quantity, price = draft.columns.get("quantity"), draft.roles.get("price")
    own = draft.columns.get("net_amount")
    used = (column, *([own] if own else []))
    lines: dict[str, str] = {}
    base = net
    if quantity is not None and price is not None and price not in draft.amounts:
        times = f"{draft.number(quantity)} * {draft.number(price)}"
        used = (*used, price)
        lines = _of_line(draft, times, column, quantity)
        if own is not None or not draft.agree(net, times):
            fitting = [how for expression, how in lines.items() if draft.agree(expression, net, given)]
            if fitting:
                yield Finding(
                    f"{own or 'The amount'} is quantity x {price} less {column}, which is {' or '.join(fitting)}: it "
                    "is taken off already.",
                    uses=used,
                )
                return
            if place is None and not draft.agree(times, net, given):
                return  # neither before nor after it: the column stays named among those nothing is made of
        lines = _of_line(draft, net, column, quantity)
    readings = lines
    if place is not None:
        readings = {f"less_part_of({base}, {discount}, {draft.document()})": "the document's"} | lines
    elif not lines:
        readings = _of_line(draft, net, column, quantity) if quantity is not None else {}
        if not readings:
            return
    by_total = [expression for expression in readings if draft.gives_total(expression)]
    if place is not None and by_total and readings[by_total[0]] == "the document's":
        by_total = by_total[:1]  # all of it taken off the line it stands on would give the same total
    untouched = draft.gives_total(net)
    if untouched and not by_total:
        yield Finding(
            f"{column} is not taken off: without it the lines add up to the documents' totals.",
            uses=(column,),
        )
    elif len(by_total) == 1 or (place == "first" and own is None and not by_total):
        expression = by_total[0] if by_total else next(iter(readings))
        yield Finding(
            _sentence(draft, column, net, expression, readings[expression], bool(by_total)),
            columns={"net_amount": None},
            derived={"net_amount": expression},
            uses=used,
            spread=(base, discount) if readings[expression] == "the document's" else None,
        )
    elif _is_off(draft, net, column):
        yield _taken_off_already(own or "the amount", column)
    else:
        yield _question(draft, column, net, readings, used)


def _of_line(draft: Draft, amount: str, column: str, quantity: str) -> dict[str, str]:
    """Write the readings of a line's discount: what the line's amount is after it, and what the discount then is."""
    discount = _positive(draft, column)
    percent = {f"{amount} - {amount} * {discount} * {_HUNDREDTH}": "a percentage"}
    readings = {
        f"{amount} - {discount}": "an amount of the line",
        **percent,
        f"{amount} - {draft.number(quantity)} * {discount}": "an amount of each unit",
    }
    values = [abs(value) for value in draft.values(discount) if value]
    if "%" in column or "％" in column:
        readings = percent
    if values and max(values) <= 1:
        readings[f"{amount} - {amount} * {discount}"] = "a share of the amount"
    if "折" in column and values and max(values) <= 100:
        # 八五折: 85 % of the price are paid.
        parts = 1 if max(values) <= 1 else 10 if max(values) <= 10 else 100
        paid = f"CASE WHEN {discount} = 0 THEN {amount} ELSE {amount} * {discount} / {parts} END"
        readings[paid] = "what is paid of the amount"
    return readings


def _sentence(draft: Draft, column: str, net: str, expression: str, how: str, proved: bool) -> str:
    by = ", by the documents' totals" if proved else ""
    discount = draft.number_or_0(column)
    if how == "the document's":
        count, total = draft.one(
            f"SELECT count(*) FILTER (WHERE d <> 0), sum(d) FROM (SELECT max({discount}) AS d FROM sample "
            f"GROUP BY {draft.document()})"
        )
        return (
            f"{column} is the document's{by}: {shown(total)} in {count} documents are spread over their lines by "
            "value, to the cent."
        )
    before, after = draft.example(net, expression, where=f"{discount} <> 0")
    return f"{column} is {how}{by}: {shown(before)} becomes {shown(after)}."


def _question(
    draft: Draft, column: str, net: str, readings: Mapping[str, str], used: tuple[str, ...]
) -> Finding:
    """Ask what a discount is, with what each reading makes of the first line that has one."""
    given = f"{draft.number_or_0(column)} <> 0"
    answers = []
    for expression, how in {**readings, net: ""}.items():
        (value,) = draft.example(expression, where=given) or (None,)
        meaning = f"{how}, to be taken off" if how else "not to be taken off, or taken off already"
        answers.append((expression, f"{meaning}: {shown(value)}"))
    before, discount = draft.example(net, draft.number_or_0(column), where=given)
    example = f"{format(discount.normalize(), 'f')} on the first line with one, of {shown(before)}"
    asked = f"what is {column}? It is {example}"
    return Finding(columns={"net_amount": None}, questions={"net_amount": (asked, answers)}, uses=used)
