"""Invoices and payments: what was never paid or came back, what a payment settles, what is open of an invoice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Draft, Finding, shown, turned_sign
from helpers.intake.proposing.findings.sold.unfinished import ask

#: Words of payments that did not come in, or not yet.
_NOT_PAID = re.compile(
    r"(?i)^(failed|declined|rejected|void(ed)?|cancell?ed|expired|deleted|draft|pending|unpaid|scheduled|bounced|"
    r"reversed|returned|fehlgeschlagen|abgelehnt|storniert|geplatzt|échouée?|refusée?|annulée?|rechazad[oa]|anulad[oa]|"
    r"失败|已?取消|已?作废|已?关闭|待支付|未支付|处理中|退票)$"
)
#: Words of payments that went back.
_BACK = re.compile(
    r"(?i)\b(refund(ed)?|charge-?back|reversal|bounced|dishonou?red|rücklastschrift|rückzahlung|erstattung|"
    r"remboursement|rejet|impayé|reembolso|devoluci[oó]n|estorno)\b|退款|退票|冲销|拒付|返金"
)
#: Heads of what a customer took off for paying in time, and of what is left of an invoice.
_TAKEN = re.compile(
    r"(?i)^((cash|payment|early[ -]payment|prompt[ -]payment|settlement)[ _]?)?(discount|skonto|escompte)"
    r"([ _]?(taken|amount|allowed|given|betrag))?$|^(pronto pago|descuento( pronto pago)?|现金折扣|折扣(金额)?|割引)$"
)
_LEFT = re.compile(
    r"(?i)^(open|outstanding|remaining|unpaid|residual)[ _]?(amount|balance|value)?([ _]?(lcy|\(lcy\)))?$|"
    r"^balance( due)?$|^amount[ _](due|outstanding|open|remaining|residual)$|"
    r"^(offener? betrag|restbetrag|offen|solde|reste à payer|saldo|pendiente|importe pendiente)$|"
    r"^(未收(金额|款)?|未付(金额|款)?|余额|未核销(金额)?|残高)$"
)
_FEW = 25


def find_payments(draft: Draft) -> Iterator[Finding]:
    """Ask about payments that did not come in or went back; what was taken off for paying in time is settled."""
    amount = draft.expression("amount")
    if amount is None:
        return
    for column in draft.left:
        words = {each for each in draft.texts(column) if each}
        if not words or len(words) > _FEW:
            continue
        back = sorted(word for word in words if _BACK.search(word))
        met = f"{draft.words(column)} IN ({draft.quoted(back)})"
        if (
            back
            and len(back) < len(words)
            and not draft.signs(met, amount)[1]
            and "amount" not in draft.questions
        ):
            rows, money = draft.money(met)
            yield Finding(
                columns={"amount": None},
                questions={"amount": (
                    f"{column} says {', '.join(back)} in {rows} rows with {shown(money)}, above 0: did it go back?",
                    [(turned_sign(met, amount), f"yes: {shown(money)} is taken off what was paid"),
                     (amount, f"no: {shown(money)} came in")],
                )},
                uses=(column, draft.columns["amount"]),
            )  # fmt: skip
            continue
        unpaid = sorted(word for word in words if _NOT_PAID.match(word.strip()) and word not in back)
        doubts = (
            ask(draft, column, draft.words(column), unpaid, "not_paid") if len(unpaid) < len(words) else ()
        )
        if doubts:
            yield Finding(doubts=doubts, uses=(column,))
    taken = next(
        (each for each in draft.left if _TAKEN.match(each.strip()) and draft.is_numeric(each)
         and any(draft.values(draft.number_or_0(each)))), None
    )  # fmt: skip
    if taken and draft.expression("settled_amount") is None and "amount" not in draft.questions:
        settled = f"{amount} + abs({draft.number_or_0(taken)})"
        before, after = draft.example(amount, settled, where=f"{draft.number_or_0(taken)} <> 0")
        yield Finding(
            f"{taken} was taken off for paying in time: {shown(before)} settles {shown(after)} of its invoice.",
            derived={"settled_amount": settled},
            uses=(taken,),
        )


def find_balance(draft: Draft) -> Iterator[Finding]:
    """Ask whether an invoice counts with what is left of it, where no payments stand beside the invoices."""
    amount = draft.expression("amount")
    left = next((each for each in draft.left if _LEFT.match(each.strip()) and draft.is_numeric(each)), None)
    if amount is None or left is None or "amount" in draft.questions:
        return
    (whole, rest) = draft.one(f"SELECT sum({amount}), sum({draft.number(left)}) FROM sample")
    if whole is None or rest is None or whole == rest:
        return
    yield Finding(
        columns={"amount": None},
        questions={"amount": (
            f"no payments are here, and {left} is what was left of each invoice when this was exported: what counts?",
            [(draft.number(left), f"{left}, what is owed: {shown(rest)} (right for the month of the export alone)"),
             (amount, f"the whole invoices: {shown(whole)}, of which nothing is paid until payments are added")],
        )},
        uses=(left, draft.columns["amount"]),
    )  # fmt: skip
