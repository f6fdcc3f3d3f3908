"""Credit notes whose amounts are written without a minus: by a type beside them, or by debit and credit columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from helpers.intake import contracts
from helpers.intake.proposing.columns import find_column
from helpers.intake.proposing.findings.draft import Doubt, Draft, Finding, negated_where, shown
from helpers.intake.proposing.findings.sold.status import COUNTED, GIVEN_BACK, document_word, is_sage
from helpers.intake.proposing.findings.sold.unfinished import are_yes_or_no, says_yes
from helpers.intake.proposing.synonyms import CREDITS, listed
from helpers.intake.values.han import Words

#: Corrections, which may raise an amount as well.
_CORRECTIONS = Words(
    r"(?i)\b(correction|corrective|correctie|korekta|korygująca|корректировк\w*|корректировочн\w*|rettelse|"
    r"price adjustments?|rate differences?|preisdifferenz|preisnachlass)\b|更正|补差|折让|価格調整|税金减免"
)
#: Codes of such documents, as they stand in a column of types or before a document's number: elsewhere CN is China.
_CODES = {"CN", "CM", "NC", "RMA", "RET", "RTN", "GU", "GS", "RK", "CRN", "SCN", "AV", "AVC", "AVO", "TH", "XSTH",
          "XSTHD"}  # fmt: skip
TYPES = Words(
    r"(?i)^(type|typ|kind|art|tipo|类型|类别|种类|区分)$|(类型|类别|种类|区分|種別)$|"
    r"(doc|transaction|voucher|invoice|beleg|vorgang|order|txn|rechnung|billing|posting|record|entry).{0,14}"
    r"(type|typ|art|kind|code)$|^(type|kind|art) (of|der|des) |^(belge|fiş|fatura|evrak) t(ür|ip)|"
    r"^(tipo|type|typ|natureza?|rodzaj|druh|jenis|loại)[ .]*(d[eiu]l? )?(doc|dok|comp|pi[eè]ce|fa[ck]t|chứng)"
)
#: Heads of why something came back, and of the document that it is taken off, which are blank where nothing did.
_REASONS = Words(
    r"(?i)(return|refund|credit)[ _]?(reason|code)|retouren?grund|motif (du )?retour|退货(原因|理由)|返品理由|"
    r"^(credit|credited|returned|refunded|reversed|corrected|original)[ _]((of|for|to|from|against)[ _])?"
    r"(invoice|document|sale)([ _.]*(no|number|id|ref))*\.?$|^(storno|gutschrift) (zu|von|für)\b|"
    r"^ursprungs(beleg|rechnung)|^(avoir|annulation) (de|sur)\b|"
    r"^(facture|factura|fattura) (d'origine|original|rectificada)|"
    r"^原(发票|销售|出库|单据)单?(编?号|号码)?$"
)
#: SAP's types of billing documents, and the head of its categories of documents.
SAP_BILLING = {
    "F1", "F2", "F5", "F8", "FX", "G2", "GA", "L2", "RE", "S1", "S2", "IV", "IG", "B1", "FAZ", "FAS", "CS", "SV",
}  # fmt: skip
_SAP_CATEGORY = re.compile(r"(?i)vbtyp|(sd )?doc\w*[. ]?cat|belegtyp")
#: Words around such a word that say the opposite, or that concern the way of payment.
_NOT_CREDITS = Words(
    r"(?i)partial\w*[ _-]refund\w*|部分退款|teilweise|"
    r"no[nt]?[- ]return|non[- ]refund|credit (card|sales?|invoice|term|account)|on credit|paid by|"
    r"无退|未退|不退|非退"
)
#: What NetSuite writes where there is nothing.
_NO_VALUE = ("- None -", "- none -")
#: Why rows of a journal, and totals of documents, are set aside.
OTHER_ACCOUNT, DOCUMENT_HEAD = "other_account", "document_head"
#: Columns of the accounts of a ledger.
_ACCOUNTS = listed("account accountname accountcode glaccount ledger ledgeraccount konto sachkonto compte cuenta conto "
                   "科目 科目名称 科目代码 会计科目 勘定科目")  # fmt: skip
#: A column of types holds few different words, and short ones.
_MAX_TYPES, _MAX_LENGTH = 20, 40
#: So many documents must begin before their first lines tell what the numbers count.
_FEW_BEGUN = 3


def find_credits(draft: Draft) -> Iterator[Finding]:
    """Take lines with a minus that a type calls a credit note, where their amounts have none."""
    # Of what is asked, any answer has the sign that the amounts have.
    readings = {
        name: expression
        for name in ("quantity", "net_amount", "list_amount", "cost_amount", "amount")
        if (expression := draft.first_reading(name))
    }
    for column in draft.all_columns():
        words = {text for text in draft.texts(column) if text}
        if (
            column in draft.columns.values()
            or not words
            or len(words) > _MAX_TYPES
            or max(map(len, words)) >= _MAX_LENGTH
        ):
            continue
        credits = sorted(
            word
            for word in words
            if (CREDITS.search(word) or (word.upper() in _CODES and TYPES.search(column.replace("_", " "))))
            and not _NOT_CREDITS.search(word)
            and not GIVEN_BACK.match(word)
        )
        if (
            CREDITS.search(name := column.replace("_", " "))
            and not COUNTED.search(name)
            and are_yes_or_no(words)
        ):
            credits = sorted(word for word in words if says_yes(word))
        if is_sage(words):
            credits = sorted(words & {"SC"})
        credits = credits or sorted(_sap_credits(column, words))
        if not credits or (len(credits) == len(words) and all(draft.texts(column))):
            continue
        value = f"{document_word(draft, column)} IN ({draft.quoted(credits)})"
        negated, mixed_signs = {}, []
        questions: dict[str, tuple[str, Sequence[tuple[str, str]]]] = {}
        for name, expression in readings.items():
            plus, minus, _ = draft.signs(value, expression)
            if name in draft.questions:
                # Of debit less credit and credit less debit one has the minus already.
                asks, answers = draft.questions[name]
                signed_answers = [(_with_minus(draft, value, answer), means) for answer, means in answers]
                questions |= {name: (asks, signed_answers)} if signed_answers != [*answers] else {}
            elif plus and not minus:
                negated[name] = negated_where(value, expression)
            elif plus and minus:
                mixed_signs.append(f"{name} is positive in {plus} such rows and negative in {minus}")
        rows, money = draft.money(value)
        statement = f"{column} says {', '.join(credits)} in {rows} rows with {shown(money)}"
        if mixed_signs:
            yield Finding(
                f"{statement}: {' and '.join(mixed_signs)}. It is left as it stands: see which is right.",
                uses=(column,),
            )
        if not (negated or questions):
            if not mixed_signs:
                yield Finding(f"{statement}: they have their minus already.", uses=(column,))
            continue
        yield Finding(
            f"{statement}, without a minus ({', '.join(sorted({*negated, *questions}))}): "
            "such lines are taken with one.",
            derived=negated,
            questions=questions,
            uses=(column, *(draft.columns[name] for name in negated if name in draft.columns)),
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
    return negated_where(where, expression) if plus and not minus and others >= 0 else expression


def _sap_credits(column: str, words: set[str]) -> set[str]:
    """Return the types of SAP that are taken off and stand without a minus: credit memos, returns, cancellations."""
    if "TAN" in words:  # categories of items
        return words & {"REN", "G2N", "KRN"}
    if "F2" in words and words <= SAP_BILLING:
        return words & {"G2", "GA", "RE", "S1", "B1", "IG", "SV"}
    if {"OR", "TA"} & words and TYPES.search(column):
        return words & {"RE", "CR", "G2", "KR", "RK", "GK"}
    return words & {"N", "O", "K", "H"} if "M" in words and _SAP_CATEGORY.search(column) else set()


def _corrections(draft: Draft) -> Iterator[Finding]:
    """Ask for the sign of corrections whose amounts are all above 0: what is corrected may be more, or less."""
    net = draft.expression("net_amount")
    for column in draft.all_columns():
        words = {text for text in draft.texts(column) if text and len(text) < _MAX_LENGTH}
        reasons = bool(_REASONS.search(column)) and not all(draft.texts(column))
        corrections = sorted(word for word in words if reasons or _CORRECTIONS.search(word))
        if (
            net is None
            or not corrections
            or (len(words) > _MAX_TYPES and not reasons)
            or column in draft.columns.values()
        ):
            continue
        condition = f"{document_word(draft, column)} IN ({draft.quoted(corrections)})"
        if reasons:
            condition = f"{draft.words(column)} <> ''"
            corrections = [*corrections[:3], *(["..."] if len(corrections) > 3 else [])]
        plus, minus, money = draft.signs(condition, net)
        if plus and not minus:
            yield _sign_question(
                draft, net, f"{column} says {', '.join(corrections)} in {plus} rows", condition, money
            )
            return


def number_letters(draft: Draft, column: str) -> str:
    """Write the letters that a document's number begins with, as ``CN`` of ``CN-17``."""
    return f"upper(regexp_extract({draft.words(column)}, '^([A-Za-z]{{1,6}})[-_/ ]?[0-9]', 1))"


def _credits_by_number(draft: Draft) -> Iterator[Finding]:
    """Ask for the sign of documents whose numbers alone call them credit notes: ``CN-17`` beside ``INV-17``."""
    net = draft.expression("net_amount")
    if net is None or "order_id" not in draft.columns:
        return
    letters = number_letters(draft, draft.columns["order_id"])
    counted = {
        word: (rows, minus, money)
        for word, rows, minus, money in draft.fetch_rows(
            f"SELECT word, count(*), count(*) FILTER (WHERE net < 0), sum(net) FROM "
            f"(SELECT {letters} AS word, ({net}) AS net FROM sample) GROUP BY 1"
        )
        if word
    }
    credits = [word for word in counted if word in _CODES and not counted[word][1]]
    rows, money = (sum(counted[word][index] or 0 for word in credits) for index in (0, 2))
    if not credits or rows == draft.sample.rows:
        return
    condition = f"{letters} IN ({draft.quoted(credits)})"
    observation = f"{rows} rows of documents called {', '.join(credits)} have no minus"
    quantity = draft.expression("quantity")
    if quantity and not draft.signs(condition, quantity)[1]:
        answers = [
            (negated_where(condition, quantity), "yes: their pieces are taken off"),
            (quantity, "no: they were sold"),
        ]
        yield Finding(
            questions={"quantity": (f"{observation}: are they returns?", answers)},
            uses=(draft.columns["quantity"],) if "quantity" in draft.columns else (),
        )
    yield _sign_question(draft, net, observation, condition, Decimal(money))


def _against_quantity(draft: Draft) -> Iterator[Finding]:
    """Ask for the sign of amounts above 0 beside quantities below 0."""
    net, quantity = draft.expression("net_amount"), draft.expression("quantity")
    if net is None or quantity is None or "net_amount" in draft.questions:
        return
    condition = f"({quantity}) < 0 AND ({net}) > 0"
    rows, money = draft.money(condition)
    if rows:
        yield _sign_question(
            draft, net, f"{rows} rows have a quantity below 0 and an amount above", condition, money
        )


def _sign_question(
    draft: Draft, net: str, observation: str, condition: str, money: Decimal | None
) -> Finding:
    return Finding(
        questions={
            "net_amount": (
                f"{observation}: are they returns?",
                [
                    (negated_where(condition, net), f"yes: {shown(money)} is taken off"),
                    (net, f"no: {shown(money)} was sold"),
                ],
            )
        },
        uses=(draft.columns["net_amount"],) if "net_amount" in draft.columns else (),
    )


def counts_rows(numbers: Sequence[str], orders: Sequence[str]) -> bool:
    """Whether numbers go on from one document into the next, as those of the rows of a file."""
    continues = [
        number.isdigit() and previous.isdigit() and int(number) == int(previous) + 1
        for (previous, number), (previous_order, order) in zip(
            pairwise(numbers), pairwise(orders), strict=True
        )
        if previous_order != order
    ]
    return len(continues) > _FEW_BEGUN and 2 * sum(continues) > len(continues)


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


def find_document_headers(draft: Draft) -> Iterator[Finding]:
    """Ask about the row of a document that names no product and is the sum of its other rows, which do."""
    product = draft.columns.get("product_id")
    net = draft.first_reading("net_amount")
    document = draft.document()
    if product is None or net is None or document is None:
        return
    no_product = f"{draft.words(product)} IN ({draft.quoted(['', *_NO_VALUE])})"
    where = f"{no_product} AND count(*) FILTER (WHERE NOT ({no_product})) OVER (PARTITION BY {document}) > 0"
    heads, sums, money = draft.fetch_row(
        "SELECT count(*), count(*) FILTER (WHERE head = parts), sum(head) FROM "
        "(SELECT sum(n) FILTER (WHERE b) AS head, sum(n) FILTER (WHERE NOT b) AS parts, count(*) FILTER (WHERE b) "
        f"AS heads FROM (SELECT {document} AS d, ({no_product}) AS b, ({net}) AS n FROM sample) GROUP BY d) "
        "WHERE heads = 1 AND parts IS NOT NULL"
    )
    if heads and sums == heads:
        question = (
            f"{heads} rows without {product}, with {shown(money)}, are the sums of the other rows of "
            "their documents"
        )
        answers = [
            (where, "yes, their totals: they are set aside"),
            ("false", "no, they are sales like the others"),
        ]
        reason = "the sum of the other rows of its document"
        yield Finding(doubts=(Doubt(DOCUMENT_HEAD, f"{question}: are they totals?", answers, reason),))
        return
    documents, sums, money = draft.fetch_row(
        "SELECT count(*), count(*) FILTER (WHERE 2 * head = whole), sum(head) FROM (SELECT max_by(n, abs(n)) FILTER "
        "(WHERE b) AS head, sum(n) AS whole, count(*) FILTER (WHERE b) AS heads, count(*) FILTER (WHERE NOT b) AS "
        f"parts FROM (SELECT {document} AS d, ({no_product}) AS b, ({net}) AS n FROM sample) GROUP BY d) "
        "WHERE heads > 1 AND parts > 0"
    )
    if documents and sums == documents:
        largest = f"max(abs({net})) FILTER (WHERE {no_product}) OVER (PARTITION BY {document})"
        asks = (
            f"{documents} documents have a row without {product} that is the sum of all others, with {shown(money)}, "
            f"and more such rows, as of tax: which are no sales?"
        )
        answers = [
            (where, f"all without {product}: the totals, and the tax"),
            (
                f"{where} AND abs({net}) = {largest}",
                "the totals alone: the other rows are sold too, as freight",
            ),
        ]
        yield Finding(doubts=(Doubt(DOCUMENT_HEAD, asks, answers, "the total of its document, or tax"),))


def find_two_sides(draft: Draft) -> Iterator[Finding]:
    """Make one amount of a debit and a credit column, of which each row fills one; ask which of them counts."""
    name = contracts.AMOUNT[draft.table]
    if draft.expression(name) or name in draft.questions:
        return
    if "debit" not in draft.roles or "credit" not in draft.roles:
        return
    debit, credit = draft.roles["debit"], draft.roles["credit"]
    first, second = draft.number_or_0(debit), draft.number_or_0(credit)
    totals = draft.fetch_row(
        f"SELECT sum({first}), sum({second}), count(*) FILTER (WHERE {first} <> 0 AND {second} <> 0) FROM sample"
    )
    if totals[0] is None or totals[1] is None or totals[2]:
        return
    in_debit, in_credit = Decimal(totals[0]), Decimal(totals[1])
    account = find_column(_ACCOUNTS, draft.all_columns())
    if in_debit == in_credit and account is not None:
        yield _whole_journal(draft, account, f"{second} - {first}", (debit, credit))
        return
    payments = draft.table == "payments"
    in_credit_less, in_debit_less = f"{second} - {first}", f"{first} - {second}"
    answers = [
        (in_credit_less, f"{credit}, as in {'accounts of customers' if payments else 'an account of revenue'}: "
                         f"{shown(in_credit - in_debit)} in all"),
        (in_debit_less, f"{debit}, as in {'an account of the bank' if payments else 'the accounts of customers'}: "
                        f"{shown(in_debit - in_credit)} in all{'' if payments else ' (with tax, if any)'}"),
    ]  # fmt: skip
    asks = "came in" if payments else "are sales"
    yield Finding(
        questions={name: (f"{debit} adds up to {shown(in_debit)}, {credit} to {shown(in_credit)}: which side {asks}?",
                          answers[::-1] if payments else answers)},
        uses=(debit, credit),
    )  # fmt: skip


def _whole_journal(draft: Draft, account: str, net: str, used: tuple[str, str]) -> Finding:
    """Ask for the account of sales in a journal with both sides of each booking, whose rows add up to nothing."""
    word = draft.words(account)
    totals = {
        name: draft.signs(f"{word} = {draft.quoted([name])}", net)[2]
        for name in sorted({*draft.texts(account)})
    }
    sides = [(name, total) for name, total in totals.items() if total and total > 0]
    answers = [
        (f"{word} <> {draft.quoted([name])}", f"{name}: {shown(total)}") for name, total in sides[:_MAX_TYPES]
    ]
    asks = (
        f"{' and '.join(used)} add up to the same, as both sides of each booking: which {account} is sales?"
    )
    return Finding(
        f"The amount is {used[1]} less {used[0]}, as in an account of revenue.",
        derived={"net_amount": net},
        doubts=(Doubt(OTHER_ACCOUNT, f"{asks} Others can be added", answers, "an account of no sales"),),
        uses=(account, *used),
    )
