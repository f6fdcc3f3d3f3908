"""Invoices and payments: what was never paid or came back, what a payment settles, what is open of an invoice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Draft, Finding, negated_where, shown
from helpers.intake.proposing.findings.sold.unfinished import ask_if_sold

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
    for column in draft.unmapped:
        words = {name for name in draft.texts(column) if name}
        if not words or len(words) > _FEW:
            continue
        refund_words = sorted(word for word in words if _BACK.search(word))
        condition = f"{draft.words(column)} IN ({draft.quoted(refund_words)})"
        if (
            refund_words
            and len(refund_words) < len(words)
            and not draft.signs(condition, amount)[1]
            and "amount" not in draft.questions
        ):
            rows, money = draft.money(condition)
            yield Finding(
                questions={"amount": (
                    f"{column} says {', '.join(refund_words)} in {rows} rows with {shown(money)}, above 0: "
                    "did it go back?",
                    [(negated_where(condition, amount), f"yes: {shown(money)} is taken off what was paid"),
                     (amount, f"no: {shown(money)} came in")],
                )},
                uses=(column, draft.columns["amount"]),
            )  # fmt: skip
            continue
        unpaid = sorted(word for word in words if _NOT_PAID.match(word.strip()) and word not in refund_words)
        doubts = (
            ask_if_sold(draft, column, draft.words(column), unpaid, "not_paid")
            if len(unpaid) < len(words)
            else ()
        )
        if doubts:
            yield Finding(doubts=doubts, uses=(column,))
    discount = next(
        (name for name in draft.unmapped if _TAKEN.match(name.strip()) and draft.is_numeric(name)
         and any(draft.values(draft.number_or_0(name)))), None
    )  # fmt: skip
    if discount and draft.expression("settled_amount") is None and "amount" not in draft.questions:
        settled = f"{amount} + abs({draft.number_or_0(discount)})"
        before, after = draft.example(amount, settled, where=f"{draft.number_or_0(discount)} <> 0")
        yield Finding(
            f"{discount} was taken off for paying in time: {shown(before)} settles {shown(after)} of its invoice.",
            derived={"settled_amount": settled},
            uses=(discount,),
        )


def find_balance(draft: Draft) -> Iterator[Finding]:
    """Ask whether an invoice counts with what is left of it, where no payments stand beside the invoices."""
    amount = draft.expression("amount")
    balance = next(
        (name for name in draft.unmapped if _LEFT.match(name.strip()) and draft.is_numeric(name)), None
    )
    if amount is None or balance is None or "amount" in draft.questions:
        return
    (invoiced, remaining) = draft.fetch_row(f"SELECT sum({amount}), sum({draft.number(balance)}) FROM sample")
    if invoiced is None or remaining is None or invoiced == remaining:
        return
    yield Finding(
        questions={"amount": (
            f"no payments are here, and {balance} is what was left of each invoice when this was exported: "
            "what counts?",
            [(draft.number(balance),
              f"{balance}, what is owed: {shown(remaining)} (right for the month of the export alone)"),
             (amount, f"the whole invoices: {shown(invoiced)}, of which nothing is paid until payments are added")],
        )},
        uses=(balance, draft.columns["amount"]),
    )  # fmt: skip
