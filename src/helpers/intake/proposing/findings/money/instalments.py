"""Invoices that are due in parts: whether rows of one number with other days or amounts are its parts is asked."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.intake.proposing.columns import find_column
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.foreign_words import listed

#: What a part's own amount is called, beside that of the whole invoice.
_OWN_AMOUNT = listed(
    "instalmentamount installmentamount amountofinstalment partamount instotal ratenbetrag teilbetrag "
    "montantdeléchéance montantéchéance importecuota 本期应收 本期应收金额 本期金额 分期金额 本期应付金额"
)


def find_instalments(draft: Draft) -> Iterator[Finding]:
    """Say that an invoice's parts count by themselves, or ask whether they are parts where no column numbers them."""
    if draft.table != "invoices" or not {"invoice_id", "due_date", "amount"} <= draft.columns.keys():
        return
    number, due = (draft.sql(draft.columns[name]) for name in ("invoice_id", "due_date"))
    own = find_column(_OWN_AMOUNT, draft.left)
    of_part = draft.sql(own or draft.columns["amount"])
    several = f"SELECT {number} FROM sample GROUP BY 1 HAVING count(DISTINCT ({due}, {of_part})) > 1"
    amount = draft.number(own or draft.columns["amount"])
    invoices, rows, other_rows, money = draft.one(
        f"SELECT count(DISTINCT {number}), count(*), count(DISTINCT ({number}, {due}, {of_part})), sum({amount}) "
        f"FROM sample WHERE {number} IN ({several})"
    )
    if not invoices:
        return
    if own is not None:
        yield Finding(
            f"{own} is what is due on each day; {draft.columns['amount']} stands there once more for each.",
            columns={"amount": own},
        )
    seen = f"{invoices} invoices stand in {rows} rows with other due dates or amounts and {shown(money)}"
    if "instalment" in draft.columns:
        yield Finding(
            f"{seen}: parts by {draft.columns['instalment']}, each with its own amount, and all count."
        )
        return
    in_order = f"OVER (PARTITION BY {number} ORDER BY {due}, {of_part})"
    again = (
        "CAST(NULL AS VARCHAR)",
        'the same invoice again: say which counts by same_number = "first" or "last"',
    )
    each = "parts, each due by itself and with its own amount: all count"
    readings = [(f"dense_rank() {in_order}", each), again]
    if other_rows < rows:  # as of a list with a row for each of an invoice's lines
        alike = f"of {rows - other_rows} rows that are alike"
        readings = [
            (f"dense_rank() {in_order}", f"{each}, {alike} one each"),
            (f"row_number() {in_order}", f"parts or lines of the invoice: all rows count, {alike} all too"),
            again,
        ]
    yield Finding(questions={"instalment": (f"{seen}: are they parts?", readings)})
