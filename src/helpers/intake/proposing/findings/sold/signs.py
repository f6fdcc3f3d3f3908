"""Amounts without a minus of which a column says which way they go: before a correction, or on the other side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from helpers.intake import contracts
from helpers.intake.proposing.findings.documents import SAP_BILLING, TYPES
from helpers.intake.proposing.findings.draft import (
    FILE_NAME,
    NEGATED,
    SHEET_NAME,
    Doubt,
    Draft,
    Finding,
    negated_where,
    shown,
)
from helpers.intake.proposing.findings.sold.status import is_known_word
from helpers.intake.proposing.synonyms import RETURNS
from helpers.intake.reading.sql import literal

#: What a correction says that there was, and what there is: corrected invoices in Poland and Russia have both.
_BEFORE = re.compile(
    r"(?i)^(before|old|original|vorher|alt|avant|ancien|antes|prima|przed( korektą| zmianą)?|było|bylo|"
    r"до( изменения| корректировки)?|было|(修改|更正|变更|调整|改)前|原)( line| row| value| image)?$"
)
_AFTER = re.compile(
    r"(?i)^(after|new|corrected|nachher|neu|après|nouveau|después|depois|dopo|po( korekcie| zmianie)?|jest|winno być|"
    r"после( изменения| корректировки)?|стало|(修改|更正|变更|调整|改)后|新)( line| row| value| image)?$"
)
#: Both sides of an account, a till, a store or a slip: words that are all there is in such a column.
_SIDES = (
    ("credit", "debit"), ("cr", "dr"), ("c", "d"), ("h", "s"), ("haben", "soll"), ("贷", "借"), ("贷方", "借方"),
    ("out", "in"), ("出", "入"), ("出库", "入库"), ("收入", "支出"), ("收", "付"), ("income", "expense"), ("+", "-"),
    ("黒", "赤"), ("黒伝", "赤伝"), ("蓝", "红"), ("蓝字", "红字"), ("正", "负"), ("plus", "minus"),
)  # fmt: skip
#: A code of a type of documents, and those of sales: of invoices, bills, orders, and of where they came from.
_CODE = re.compile("[A-Z]{1,4}[0-9]?")
_FEW_CODES = 6
_OF_DOCUMENTS = re.compile(r"(?i)doc|dok|voucher|invoice|beleg|rechnung|billing|fa[ck]t|单据|發票|发票|伝票")
_SALES_CODES = {
    "INV", "SI", "IN", "I", "FA", "FAC", "FC", "FV", "FT", "FS", "F", "R", "RG", "RE", "RN", "VR", "AR", "SO", "OR",
    "TA", "ZOR", "S", "FACT", "BOL", "CMD", "CDE", "PED", "WEB", "POS", "EDI", "B2B", "B2C", "D2C", "XS", "XSD", "XSCK",
}  # fmt: skip
#: So few rows below 0 may all be returns.
_FEWEST = 10
#: One letter is a side only where the head says so.
_OF_SIDES = re.compile(
    r"(?i)debit|credit|\bd ?/? ?c\b|soll|haben|\bs ?/? ?h\b|shkzg|sign|direction|vorzeichen|sens|借贷|方向|符号"
)


def find_signs(draft: Draft) -> Iterator[Finding]:
    """Ask for the sign of such rows, where none of them has a minus."""
    for column in draft.all_columns():
        words = sorted({text for text in draft.texts(column) if text})
        if column in draft.columns.values() or not words or len(words) > 25:
            continue
        before = [word for word in words if _BEFORE.match(word.strip())]
        if before and any(_AFTER.match(word.strip()) for word in words):
            yield from _ask_sign(draft, column, (before,), "what was before a correction", ", ".join(before))
            return
        by_lower = {word.strip().lower(): word for word in words}
        for side in _SIDES:
            short = all(len(word) == 1 and word.isascii() for word in side)
            if {*by_lower} == {*side} and not (short and not _OF_SIDES.search(column.replace("_", " "))):
                first, second = (by_lower[word] for word in side)
                yield from _ask_sign(draft, column, ([second], [first]), "two sides", f"{first} and {second}")
                return


def find_type_codes(draft: Draft) -> Iterator[Finding]:
    """Ask which codes of types of documents are credit notes, where no amount has a minus and nothing says it."""
    negated = any(NEGATED in sql for sql in draft.derived.values())
    above, below, _ = draft.signs("true", draft.first_reading("net_amount") or "NULL")
    if negated or below or not above or "net_amount" in draft.questions:
        return
    for column in draft.all_columns():
        words = sorted({text for text in draft.texts(column) if text})
        unknown = [word for word in words if word.upper() not in _SALES_CODES | SAP_BILLING]
        head = column.replace("_", " ")
        is_codes = all(map(_CODE.fullmatch, words)) and TYPES.search(head)
        # Words of a language that nobody here knows: one of them may be that of credit notes.
        is_foreign = TYPES.search(head) and _OF_DOCUMENTS.search(head) and not any(map(is_known_word, words))
        if (
            1 < len(words) <= _FEW_CODES
            and unknown
            and column not in draft.columns.values()
            and (is_codes or is_foreign)
        ):
            yield from _ask_sign(
                draft, column, [[word] for word in unknown], "which nothing explains", ", ".join(words)
            )
            return


def find_returned_files(draft: Draft) -> Iterator[Finding]:
    """Take off what files called returns hold, where it has no minus, unless it is among the sales already: ask."""
    sample = draft.sample
    if not sample.return_files or len(sample.return_files) == len(sample.parts):
        return
    name_column = FILE_NAME if sample.return_files[0] in {file for file, _, _ in sample.parts} else SHEET_NAME
    # Files to come are told by the word in their names.
    words = {word for name in sample.return_files for word in RETURNS.found(name.lower())[:1]}
    sold = {name for part in sample.parts for name in part[:2] if name} - {*sample.return_files}
    condition = " OR ".join(f"contains(lower({name_column}), {literal(word)})" for word in sorted(words))
    if any(word in name.lower() for word in words for name in sold) or not draft.money(condition)[0]:
        condition = f"{name_column} IN ({draft.quoted(sample.return_files)})"
    derived: dict[str, str] = {}
    questions: dict[str, tuple[str, Sequence[tuple[str, str]]]] = {}
    money = None
    for name in ("net_amount", "quantity"):
        expression = draft.first_reading(name)
        above, below, total = draft.signs(condition, expression or "NULL")
        money = total if name == "net_amount" else money
        if expression is None or not above:
            continue
        if below:
            names = ", ".join(sample.return_files)
            question = f"{names}: {below} rows with a minus, {above} without: which are returns?"
            all_off = f"CASE WHEN {condition} THEN -abs({expression}) ELSE {expression} END"
            options = [
                (all_off, "all of them are taken off"),
                (expression, "those with a minus: the others are added"),
                (negated_where(condition, expression), "those without a minus: the others are added"),
            ]
            questions[name] = question, options
        elif name in draft.questions:
            asks, known = draft.questions[name]
            questions[name] = asks, [(negated_where(condition, reading), means) for reading, means in known]
        else:
            derived[name] = negated_where(condition, expression)
    named = ", ".join(sample.return_files)
    asks = f"{named} says returns by its name: is what it says, {shown(money)}, among the sales already?"
    answers = [
        ("false", "no: it is taken off"),
        (condition, "yes, or it is none of the company's sales: it is set aside"),
    ]
    yield Finding(
        f"{named}: returns, with a minus where they have none." if derived or questions else "",
        derived=derived,
        questions=questions,
        doubts=(Doubt("returned", asks, answers, "The file says returns, which the others have too."),),
    )


def find_below_zero(draft: Draft) -> Iterator[Finding]:
    """Ask whether amounts are below 0 for the most part because a ledger writes them so, as its account of revenue."""
    first = contracts.AMOUNT[draft.table]
    for name in (first, "quantity") if draft.table == "order_lines" else (first,):
        expression = draft.expression(name)
        above, below, total = draft.signs("true", expression or "NULL")
        if name == first and (below <= max(above, _FEWEST) or not total or total >= 0):
            return
        if expression is None or below <= above:
            continue
        asks = f"{name} is below 0 in {below} rows and above in {above}, {shown(total)} in all: how are they written?"
        answers = [
            (f"-({expression})", "with a minus, as in a ledger's account: each sign is turned"),
            (expression, "as they stand: most rows take something back"),
        ]
        yield Finding(
            questions={name: (asks, answers)},
            uses=(draft.columns[name],) if name in draft.columns else (),
        )


def _ask_sign(
    draft: Draft, column: str, deducted: Sequence[Sequence[str]], meaning: str, words_text: str
) -> Iterator[Finding]:
    """Ask which words are taken off, for the amount and for the quantity."""
    word = draft.words(column)
    questions = {}
    used: list[str] = []
    for name in ("net_amount", "quantity"):
        expression = draft.first_reading(name)
        if expression is None:
            continue
        conditions = [f"{word} IN ({draft.quoted(words)})" for words in deducted]
        signs = [draft.signs(condition, expression) for condition in conditions]
        if any(minus for _, minus, _ in signs) or not signs[0][0]:
            continue
        asks, readings = draft.questions.get(name, ("", [(expression, "")]))
        answers = []
        for (reading, means), (where, words) in product(readings, zip(conditions, deducted, strict=True)):
            negated = negated_where(where, reading)
            total = draft.signs("true", negated)[2]
            prefix = f"{means}; " if means else ""
            answers.append((negated, f"{prefix}{', '.join(words)} is taken off: {shown(total)} in all"))
        for reading, means in readings:
            total = draft.signs("true", reading)[2]
            answers.append((reading, f"{f'{means}; ' if means else ''}all are added: {shown(total)} in all"))
        sentence = f"{column} says {words_text}, {meaning}, and no amount has a minus: how do they count?"
        questions[name] = (f"{asks}; {sentence}" if asks else sentence, answers)
        used += [draft.columns[name]] if name in draft.columns else []
    if "net_amount" in questions:
        yield Finding(questions=questions, uses=(column, *used))
