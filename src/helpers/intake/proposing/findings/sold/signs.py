"""Amounts without a minus of which a column says which way they go: before a correction, or on the other side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from helpers.intake.proposing.findings.draft import (
    FILE_NAME,
    SHEET_NAME,
    Doubt,
    Draft,
    Finding,
    shown,
    turned_sign,
)
from helpers.intake.proposing.grouping import RETURNS
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
#: One letter is a side only where the head says so.
_OF_SIDES = re.compile(
    r"(?i)debit|credit|\bd ?/? ?c\b|soll|haben|\bs ?/? ?h\b|shkzg|sign|direction|vorzeichen|sens|借贷|方向|符号"
)


def find_signs(draft: Draft) -> Iterator[Finding]:
    """Ask for the sign of such rows, where none of them has a minus."""
    for column in draft.all_columns():
        words = sorted({each for each in draft.texts(column) if each})
        if column in draft.columns.values() or not words or len(words) > 25:
            continue
        before = [word for word in words if _BEFORE.match(word.strip())]
        if before and any(_AFTER.match(word.strip()) for word in words):
            yield from _asked(draft, column, (before,), "what was before a correction", ", ".join(before))
            return
        plainly = {word.strip().lower(): word for word in words}
        for side in _SIDES:
            short = all(len(word) == 1 and word.isascii() for word in side)
            if {*plainly} == {*side} and not (short and not _OF_SIDES.search(column.replace("_", " "))):
                one, other = (plainly[word] for word in side)
                yield from _asked(draft, column, ([other], [one]), "two sides", f"{one} and {other}")
                return


def find_returned_files(draft: Draft) -> Iterator[Finding]:
    """Take off what files called returns hold, where it has no minus, unless it is among the sales already: ask."""
    sample = draft.sample
    if not sample.returned or len(sample.returned) == len(sample.parts):
        return
    by = FILE_NAME if sample.returned[0] in {file for file, _, _ in sample.parts} else SHEET_NAME
    # Files to come are told by the word in their names.
    words = {found[0] for name in sample.returned if (found := RETURNS.search(name.lower()))}
    sold = {name for part in sample.parts for name in part[:2] if name} - {*sample.returned}
    met = " OR ".join(f"contains(lower({by}), {literal(word)})" for word in sorted(words))
    if any(word in name.lower() for word in words for name in sold):
        met = f"{by} IN ({draft.quoted(sample.returned)})"
    derived: dict[str, str] = {}
    questions: dict[str, tuple[str, Sequence[tuple[str, str]]]] = {}
    money = None
    for name in ("net_amount", "quantity"):
        expression = draft.any_reading(name)
        above, below, total = draft.signs(met, expression or "NULL")
        money = total if name == "net_amount" else money
        if expression is None or not above:
            continue
        if below:
            asked = f"{', '.join(sample.returned)}: {below} rows with a minus, {above} without: which are returns?"
            all_off = f"CASE WHEN {met} THEN -abs({expression}) ELSE {expression} END"
            ways = [
                (all_off, "all of them are taken off"),
                (expression, "those with a minus: the others are added"),
                (turned_sign(met, expression), "those without a minus: the others are added"),
            ]
            questions[name] = asked, ways
        elif name in draft.questions:
            asks, known = draft.questions[name]
            questions[name] = asks, [(turned_sign(met, made), means) for made, means in known]
        else:
            derived[name] = turned_sign(met, expression)
    named = ", ".join(sample.returned)
    asks = f"{named} says returns by its name: is what it says, {shown(money)}, among the sales already?"
    answers = [
        ("false", "no: it is taken off"),
        (met, "yes, or it is none of the company's sales: it is set aside"),
    ]
    yield Finding(
        f"{named}: returns, with a minus where they have none." if derived or questions else "",
        columns=dict.fromkeys((*derived, *questions)),
        derived=derived,
        questions=questions,
        doubts=(Doubt("returned", asks, answers, "The file says returns, which the others have too."),),
    )


def _asked(
    draft: Draft, column: str, taken: Sequence[Sequence[str]], what: str, named: str
) -> Iterator[Finding]:
    """Ask which words are taken off, for the amount and for the quantity."""
    word = draft.words(column)
    questions = {}
    used: list[str] = []
    for name in ("net_amount", "quantity"):
        expression = draft.any_reading(name)
        if expression is None:
            continue
        met = [f"{word} IN ({draft.quoted(words)})" for words in taken]
        signs = [draft.signs(each, expression) for each in met]
        if any(minus for _, minus, _ in signs) or not signs[0][0]:
            continue
        asks, known = draft.questions.get(name, ("", [(expression, "")]))
        answers = []
        for (made, means), (where, words) in product(known, zip(met, taken, strict=True)):
            turned = turned_sign(where, made)
            total = draft.signs("true", turned)[2]
            before = f"{means}; " if means else ""
            answers.append((turned, f"{before}{', '.join(words)} is taken off: {shown(total)} in all"))
        for made, means in known:
            total = draft.signs("true", made)[2]
            answers.append((made, f"{f'{means}; ' if means else ''}all are added: {shown(total)} in all"))
        asked = f"{column} says {named}, {what}, and no amount has a minus: how do they count?"
        questions[name] = (f"{asks}; {asked}" if asks else asked, answers)
        used += [draft.columns[name]] if name in draft.columns else []
    if "net_amount" in questions:
        yield Finding(columns=dict.fromkeys(questions), questions=questions, uses=(column, *used))
