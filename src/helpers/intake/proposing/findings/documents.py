"""Credit notes whose amounts are written without a minus: by a type beside them, or by debit and credit columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from helpers.intake.proposing.findings.draft import Doubt, Draft, Finding, shown, turned_sign
from helpers.intake.proposing.findings.sold.status import COUNTED, GIVEN_BACK, is_sage, of_document
from helpers.intake.proposing.findings.sold.unfinished import are_yes_or_no, says_yes

_CREDITS = re.compile(
    r"(?i)\b(credit(?! (card|sale|invoice|note issued|term|account))|refund(?!able)|refunded|return|returned|returns|"
    r"gutschrift|rechnungskorrektur|storno|stornorechnung|retoure|rücksendung|avoir|retour|remboursement|"
    r"nota de cr[eé]dito|abono|devoluci[oó]n|rectificativa|devolu[cç][aã]o|estorno|nota (di )?credito|res[oi]|zwrot|"
    r"возврат\w*|кредит-?нота|creditnota|creditfactuur|kredit(faktura|nota)|hyvitys\w*|[İi]ade\w*|retur)\b|"
    r"退货|退款|退回|红字|红冲|红单|贷项|冲销|冲红|負数|返品|赤伝|返金|値引戻|مرتجع|مردودات|إشعار دائن|반품|환불|"
    r"trả hàng|hàng trả|ใบลดหนี้|คืนสินค้า"
)
#: Corrections, which may raise an amount as well.
_CORRECTIONS = re.compile(
    r"(?i)\b(correction|corrective|correctie|korekta|korygująca|корректировк\w*|корректировочн\w*|rettelse|"
    r"price adjustments?|rate differences?|preisdifferenz|preisnachlass)\b|更正|补差|折让|価格調整|税金减免"
)
#: Codes of such documents, as they stand in a column of types or before a document's number: elsewhere CN is China.
_CODES = {"CN", "CM", "NC", "RMA", "RET", "RTN", "GU", "GS", "RK", "CRN", "SCN", "AV", "TH", "XSTH", "XSTHD"}
_TYPES = re.compile(
    r"(?i)^(type|typ|kind|art|tipo|类型|类别|种类|区分)$|(类型|类别|种类|区分|種別)$|"
    r"(doc|transaction|voucher|invoice|beleg|vorgang|order|txn|rechnung|billing|posting|record|entry).{0,14}"
    r"(type|typ|art|kind|code)$|^(type|kind|art) (of|der|des) |^(tipo|type) de (doc|comp|pi[eè]ce|fact)"
)
#: Heads of why something came back, which are blank where nothing did.
_REASONS = re.compile(
    r"(?i)(return|refund|credit)[ _]?(reason|code)|retouren?grund|motif (du )?retour|退货(原因|理由)|返品理由"
)
#: SAP's types of billing documents, and the head of its categories of documents.
SAP_BILLING = {
    "F1", "F2", "F5", "F8", "FX", "G2", "GA", "L2", "RE", "S1", "S2", "IV", "IG", "B1", "FAZ", "FAS", "CS", "SV",
}  # fmt: skip
_SAP_CATEGORY = re.compile(r"(?i)vbtyp|(sd )?doc\w*[. ]?cat|belegtyp")
#: Words around such a word that say the opposite, or that concern the way of payment.
_NOT_CREDITS = re.compile(
    r"(?i)partial\w*[ _-]refund\w*|部分退款|teilweise|"
    r"no[nt]?[- ]return|non[- ]refund|credit (card|sales?|invoice|term|account)|on credit|paid by|"
    r"无退|未退|不退|非退"
)
#: A column of types holds few different words, and short ones.
_FEW, _SHORT = 20, 40
#: So many documents must begin before their first lines tell what the numbers count.
_FEW_BEGUN = 3


def find_credits(draft: Draft) -> Iterator[Finding]:
    """Take lines with a minus that a type calls a credit note, where their amounts have none."""
    # Of what is asked, any answer has the sign that the amounts have.
    readings = {
        name: expression
        for name in ("quantity", "net_amount", "list_amount", "cost_amount", "amount")
        if (expression := draft.any_reading(name))
    }
    for column in draft.all_columns():
        words = {each for each in draft.texts(column) if each}
        if (
            column in draft.columns.values()
            or not words
            or len(words) > _FEW
            or max(map(len, words)) >= _SHORT
        ):
            continue
        credits = sorted(
            word
            for word in words
            if (_CREDITS.search(word) or (word.upper() in _CODES and _TYPES.search(column.replace("_", " "))))
            and not _NOT_CREDITS.search(word)
            and not GIVEN_BACK.match(word)
        )
        if (
            _CREDITS.search(name := column.replace("_", " "))
            and not COUNTED.search(name)
            and are_yes_or_no(words)
        ):
            credits = sorted(word for word in words if says_yes(word))
        if is_sage(words):
            credits = sorted(words & {"SC"})
        credits = credits or sorted(_of_sap(column, words))
        if not credits or (len(credits) == len(words) and all(draft.texts(column))):
            continue
        value = f"{of_document(draft, column)} IN ({draft.quoted(credits)})"
        turned, seen = {}, []
        questions: dict[str, tuple[str, Sequence[tuple[str, str]]]] = {}
        for name, expression in readings.items():
            plus, minus, _ = draft.signs(value, expression)
            if name in draft.questions:
                # Of debit less credit and credit less debit one has the minus already.
                asks, answers = draft.questions[name]
                signed = [(_with_minus(draft, value, made), means) for made, means in answers]
                questions |= {name: (asks, signed)} if signed != [*answers] else {}
            elif plus and not minus:
                turned[name] = turned_sign(value, expression)
            elif plus and minus:
                seen.append(f"{name} is positive in {plus} such rows and negative in {minus}")
        rows, money = draft.money(value)
        said = f"{column} says {', '.join(credits)} in {rows} rows with {shown(money)}"
        if seen:
            yield Finding(
                f"{said}: {' and '.join(seen)}. It is left as it stands: see which is right.", uses=(column,)
            )
        if not (turned or questions):
            if not seen:
                yield Finding(f"{said}: they have their minus already.", uses=(column,))
            continue
        yield Finding(
            f"{said}, without a minus ({', '.join(sorted({*turned, *questions}))}): such lines are taken with one.",
            columns=dict.fromkeys(turned),
            derived=turned,
            questions=questions,
            uses=(column, *(draft.columns[name] for name in turned if name in draft.columns)),
        )
        # One column says it; a second that says the same would take the minus back.
        return
    yield from _corrections(draft)
    yield from _credits_by_number(draft)
    yield from _against_quantity(draft)


def _with_minus(draft: Draft, where: str, expression: str) -> str:
    """Write an expression with a minus before it in rows where it has none of its own, and other rows have none."""
    plus, minus, _ = draft.signs(where, expression)
    others = draft.signs(f"NOT ({where})", expression)[2] or 0
    return turned_sign(where, expression) if plus and not minus and others >= 0 else expression


def _of_sap(column: str, words: set[str]) -> set[str]:
    """Give the types of SAP that are taken off and stand without a minus: credit memos, returns, cancellations."""
    if "F2" in words and words <= SAP_BILLING:
        return words & {"G2", "GA", "RE", "S1", "B1", "IG", "SV"}
    if {"OR", "TA"} & words and _TYPES.search(column):
        return words & {"RE", "CR", "G2", "KR", "RK", "GK"}
    return words & {"N", "O", "K", "H"} if "M" in words and _SAP_CATEGORY.search(column) else set()


def _corrections(draft: Draft) -> Iterator[Finding]:
    """Ask for the sign of corrections whose amounts are all above 0: what is corrected may be more, or less."""
    net = draft.expression("net_amount")
    for column in draft.all_columns():
        words = {each for each in draft.texts(column) if each and len(each) < _SHORT}
        reasons = bool(_REASONS.search(column)) and not all(draft.texts(column))
        found = sorted(word for word in words if reasons or _CORRECTIONS.search(word))
        if (
            net is None
            or not found
            or (len(words) > _FEW and not reasons)
            or column in draft.columns.values()
        ):
            continue
        met = f"{of_document(draft, column)} IN ({draft.quoted(found)})"
        if reasons:
            met, found = f"{draft.words(column)} <> ''", [*found[:3], *(["..."] if len(found) > 3 else [])]
        plus, minus, money = draft.signs(met, net)
        if plus and not minus:
            yield _asked_sign(draft, net, f"{column} says {', '.join(found)} in {plus} rows", met, money)
            return


def _credits_by_number(draft: Draft) -> Iterator[Finding]:
    """Ask for the sign of documents whose numbers alone call them credit notes: ``CN-17`` beside ``INV-17``."""
    net = draft.expression("net_amount")
    if net is None or "order_id" not in draft.columns:
        return
    letters = f"upper(regexp_extract({draft.words(draft.columns['order_id'])}, '^([A-Za-z]{{1,6}})[-_/ ]?[0-9]', 1))"
    counted = {
        word: (rows, minus, money)
        for word, rows, minus, money in draft.all(
            f"SELECT word, count(*), count(*) FILTER (WHERE net < 0), sum(net) FROM "
            f"(SELECT {letters} AS word, ({net}) AS net FROM sample) GROUP BY 1"
        )
        if word
    }
    credits = [word for word in counted if word in _CODES and not counted[word][1]]
    rows, money = (sum(counted[word][place] or 0 for word in credits) for place in (0, 2))
    if not credits or rows == draft.sample.rows:
        return
    met = f"{letters} IN ({draft.quoted(credits)})"
    seen = f"{rows} rows of documents called {', '.join(credits)} have no minus"
    quantity = draft.expression("quantity")
    if quantity and not draft.signs(met, quantity)[1]:
        answers = [
            (turned_sign(met, quantity), "yes: their pieces are taken off"),
            (quantity, "no: they were sold"),
        ]
        yield Finding(
            columns={"quantity": None},
            questions={"quantity": (f"{seen}: are they returns?", answers)},
            uses=(draft.columns["quantity"],) if "quantity" in draft.columns else (),
        )
    yield _asked_sign(draft, net, seen, met, Decimal(money))


def _against_quantity(draft: Draft) -> Iterator[Finding]:
    """Ask for the sign of amounts above 0 beside quantities below 0."""
    net, quantity = draft.expression("net_amount"), draft.expression("quantity")
    if net is None or quantity is None or "net_amount" in draft.questions:
        return
    met = f"({quantity}) < 0 AND ({net}) > 0"
    rows, money = draft.money(met)
    if rows:
        yield _asked_sign(draft, net, f"{rows} rows have a quantity below 0 and an amount above", met, money)


def _asked_sign(draft: Draft, net: str, seen: str, met: str, money: Decimal | None) -> Finding:
    return Finding(
        columns={"net_amount": None},
        questions={
            "net_amount": (
                f"{seen}: are they returns?",
                [
                    (turned_sign(met, net), f"yes: {shown(money)} is taken off"),
                    (net, f"no: {shown(money)} was sold"),
                ],
            )
        },
        uses=(draft.columns["net_amount"],) if "net_amount" in draft.columns else (),
    )


def counts_rows(numbers: Sequence[str], orders: Sequence[str]) -> bool:
    """Whether numbers go on from one document into the next, as those of the rows of a file."""
    begun = [
        number.isdigit() and before.isdigit() and int(number) == int(before) + 1
        for (before, number), (one, other) in zip(pairwise(numbers), pairwise(orders), strict=True)
        if one != other
    ]
    return len(begun) > _FEW_BEGUN and 2 * sum(begun) > len(begun)


def find_row_numbers(draft: Draft) -> Iterator[Finding]:
    """Tell numbers of lines within their document from those that count the rows of a file, anew in each file."""
    column, order = draft.columns.get("line_no"), draft.columns.get("order_id")
    if column is None or order is None:
        return
    if counts_rows(draft.texts(column), draft.texts(order)):
        yield Finding(
            f"{column} counts the rows of the file, and is no number of a line in its document.",
            columns={"line_no": None},
            uses=(column,),
        )


def find_document(draft: Draft) -> Iterator[Finding]:
    """Make an order of what a customer buys on one day, where no column is a document's number, as in a pivot table."""
    if "order_id" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    made = [draft.any_words("order_date"), draft.any_words("customer_id")]
    if not all(made):
        return
    yield Finding(
        "No column is an order's number: what a customer buys on one day is one order.",
        derived={"order_id": f"CAST({made[0]} AS VARCHAR) || ' ' || {made[1]}"},
    )


def find_heads_of_documents(draft: Draft) -> Iterator[Finding]:
    """Ask about the row of a document that names no product and is the sum of its other rows, which do."""
    product, net, document = (
        draft.columns.get("product_id"),
        draft.any_reading("net_amount"),
        draft.document(),
    )
    if product is None or net is None or document is None:
        return
    bare = f"{draft.words(product)} = ''"
    where = f"{bare} AND count(*) FILTER (WHERE NOT ({bare})) OVER (PARTITION BY {document}) > 0"
    heads, sums, money = draft.one(
        "SELECT count(*), count(*) FILTER (WHERE head = parts), sum(head) FROM "
        "(SELECT sum(n) FILTER (WHERE b) AS head, sum(n) FILTER (WHERE NOT b) AS parts, count(*) FILTER (WHERE b) "
        f"AS heads FROM (SELECT {document} AS d, ({bare}) AS b, ({net}) AS n FROM sample) GROUP BY d) "
        "WHERE heads = 1 AND parts IS NOT NULL"
    )
    if heads and sums == heads:
        asks = f"{heads} rows without {product}, with {shown(money)}, are the sums of the other rows of their documents"
        answers = [
            (where, "yes, their totals: they are set aside"),
            ("false", "no, they are sales like the others"),
        ]
        because = "the sum of the other rows of its document"
        yield Finding(doubts=(Doubt("document_head", f"{asks}: are they totals?", answers, because),))


def find_quantity(draft: Draft) -> Iterator[Finding]:
    """Count each row as one piece, where no column is a quantity, as in a register of invoices."""
    if "quantity" in {*draft.columns, *draft.derived, *draft.questions}:
        return
    net = draft.expression("net_amount")
    if net is None and "net_amount" not in draft.questions:
        return
    made = "1" if net is None else f"CASE WHEN ({net}) < 0 THEN -1 ELSE 1 END"
    yield Finding("No column is a quantity: each row counts as one piece.", derived={"quantity": made})


def find_two_sides(draft: Draft) -> Iterator[Finding]:
    """Make one amount of a debit and a credit column, of which each row fills one; ask which of them is sales."""
    if draft.expression("net_amount") or "net_amount" in draft.questions:
        return
    if "debit" not in draft.roles or "credit" not in draft.roles:
        return
    debit, credit = draft.roles["debit"], draft.roles["credit"]
    first, second = draft.number_or_0(debit), draft.number_or_0(credit)
    totals = draft.one(
        f"SELECT sum({first}), sum({second}), count(*) FILTER (WHERE {first} <> 0 AND {second} <> 0) FROM sample"
    )
    if totals[0] is None or totals[1] is None or totals[2]:
        return
    in_debit, in_credit = Decimal(totals[0]), Decimal(totals[1])
    yield Finding(
        questions={"net_amount": (
            f"{debit} adds up to {shown(in_debit)} and {credit} to {shown(in_credit)}: which side are sales?",
            [(f"{second} - {first}", f"{credit}, as in an account of revenue: {shown(in_credit - in_debit)} in all"),
             (f"{first} - {second}", f"{debit}, as in the accounts of customers: {shown(in_debit - in_credit)} in all "
                                     "(with tax, where the account has it)")],
        )},
        uses=(debit, credit),
    )  # fmt: skip
